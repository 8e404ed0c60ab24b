/* SPDX-License-Identifier: MIT */
#include "report/picture.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS  (4 * HVC_IMM_COUNT) /* of the hash table: a power of two */
#define NOBODY UINT32_MAX

/* Cells are parted round by round: those of one part stay together iff their label is the same. */
struct parting {
	struct hvc_picture *picture;
	uint32_t *label; /* of each cell in the present round */
	uint32_t *slot;  /* hash table: a cell that stands for its new part, or NOBODY */
	uint32_t *part;  /* new part of each cell */
};

static uint32_t slot_of(uint32_t part, uint32_t label)
{
	uint64_t mixed = part * UINT64_C(0x9e3779b97f4a7c15) + label;

	return (uint32_t)((mixed * UINT64_C(0xff51afd7ed558ccd)) >> 32) & (SLOTS - 1);
}

/* Part what has different labels. */
static void split(struct parting *parting)
{
	struct hvc_picture *picture = parting->picture;
	uint32_t *cell = picture->cell, parts = 0;

	memset(parting->slot, 0xff, SLOTS * sizeof(*parting->slot));
	for (uint32_t i = 0; i < HVC_IMM_COUNT; i++) {
		uint32_t at = slot_of(cell[i], parting->label[i]), known;

		for (; (known = parting->slot[at]) != NOBODY; at = (at + 1) & (SLOTS - 1))
			if (cell[known] == cell[i] && parting->label[known] == parting->label[i])
				break;
		if (known == NOBODY) {
			parting->slot[at] = i;
			parting->part[i] = parts++;
		} else {
			parting->part[i] = parting->part[known];
		}
	}
	memcpy(cell, parting->part, HVC_IMM_COUNT * sizeof(*cell));
	picture->groups = parts;
}

static int by_size(const void *a, const void *b)
{
	const struct hvc_picture_group *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return (x->first > y->first) - (x->first < y->first);
}

/* Number the groups by size. */
static bool sort_groups(struct parting *parting)
{
	struct hvc_picture *picture = parting->picture;

	picture->group = calloc(picture->groups + 1, sizeof(*picture->group));
	if (!picture->group)
		return false;
	for (uint32_t i = 0; i < HVC_IMM_COUNT; i++) {
		struct hvc_picture_group *group = &picture->group[picture->cell[i]];

		if (!group->count++)
			group->first = i;
	}
	qsort(picture->group, picture->groups, sizeof(*picture->group), by_size);
	for (uint32_t i = 0; i < picture->groups; i++)
		/* At most a group a cell. NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
		parting->label[picture->cell[picture->group[i].first]] = i;
	for (uint32_t i = 0; i < HVC_IMM_COUNT; i++)
		picture->cell[i] = parting->label[picture->cell[i]];
	return true;
}

bool hvc_picture__part(struct hvc_picture *picture, uint32_t rounds, hvc_picture_label *label,
                       void *ctx)
{
	struct parting parting = {.picture = picture};
	bool good;

	picture->cell = calloc(HVC_IMM_COUNT, sizeof(*picture->cell));
	parting.label = calloc(HVC_IMM_COUNT, sizeof(*parting.label));
	parting.part = calloc(HVC_IMM_COUNT, sizeof(*parting.part));
	parting.slot = malloc(SLOTS * sizeof(*parting.slot));
	good = picture->cell && parting.label && parting.part && parting.slot;
	picture->groups = 1;
	for (uint32_t round = 0; good && round < rounds; round++)
		if (label(ctx, round, parting.label))
			split(&parting);
	good = good && sort_groups(&parting);
	free(parting.label);
	free(parting.part);
	free(parting.slot);
	return good;
}

void hvc_picture__free(struct hvc_picture *picture)
{
	free(picture->cell);
	free(picture->group);
	*picture = (struct hvc_picture){0};
}

const char *hvc_picture__name(unsigned group, char text[HVC_NUMBER_SIZE])
{
	if (group < 52)
		snprintf(text, HVC_NUMBER_SIZE, "%c",
		         (int)(group < 26 ? 'A' + group : 'a' + group - 26));
	else
		snprintf(text, HVC_NUMBER_SIZE, "%u", group + 1);
	return text;
}

unsigned hvc_picture__ink(uint32_t class_)
{
	return class_ ? 1 + (class_ - 1) % (HVC_PICTURE_INKS - 1) : 0;
}

void hvc_picture__imms(const struct hvc_picture *picture, unsigned group, struct hvc_words *words)
{
	struct hvc_interval *imm = NULL;
	unsigned imms = 0;

	/* Once to count, once to keep. */
	for (unsigned pass = 0; pass < 2; pass++) {
		imms = 0;
		for (unsigned i = 0; i < HVC_IMM_COUNT; i++) {
			if (hvc_picture__at(picture, i) != group)
				continue;
			if (!i || hvc_picture__at(picture, i - 1) != group) {
				if (imm)
					imm[imms].lo = i;
				imms++;
			}
			if (imm)
				imm[imms - 1].hi = i;
		}
		if (!imms || imm)
			break;
		imm = calloc(imms, sizeof(*imm));
		if (!imm) {
			words->failed = true;
			return;
		}
	}
	if (imms)
		hvc_words__imms(words, imm, imms);
	free(imm);
}

bool hvc_picture__row_is_plain(const struct hvc_picture *picture, unsigned row)
{
	for (unsigned i = 1; i < HVC_PICTURE_SIDE; i++)
		if (hvc_picture__at(picture, row * HVC_PICTURE_SIDE + i) !=
		    hvc_picture__at(picture, row * HVC_PICTURE_SIDE))
			return false;
	return true;
}

unsigned hvc_picture__row_like(const struct hvc_picture *picture, unsigned row)
{
	const uint32_t *cell = picture->cell;
	size_t size = HVC_PICTURE_SIDE * sizeof(*cell);

	for (unsigned i = 0; i < row; i++)
		if (!memcmp(cell + i * HVC_PICTURE_SIDE, cell + row * HVC_PICTURE_SIDE, size))
			return i;
	return row;
}
