/* SPDX-License-Identifier: MIT */
#include "report/picture.h"

#include <stdlib.h>
#include <string.h>

#include "engine/internal.h"

#define SLOTS  (4 * HVC_IMM_COUNT * HVC_SIDE_COUNT) /* of the hash table: a power of two */
#define NOBODY UINT32_MAX

/* Cells are parted probe by probe: those of one part stay together iff their class is the same. */
struct parting {
	struct hvc_picture *picture;
	uint32_t *label; /* class of each cell by the present probe */
	uint32_t *slot;  /* hash table: a cell that stands for its new part, or NOBODY */
	uint32_t *part;  /* new part of each cell */
};

static uint32_t cells_of(const struct hvc_picture *picture)
{
	return picture->planes * HVC_IMM_COUNT;
}

/* Find each class of the second map among those of the first, by a hash table. */
static bool name_second(struct hvc_picture *picture)
{
	const struct hvc_map *old = picture->map[0], *new = picture->map[1];
	uint32_t slots = 4, *slot;

	while (slots < 2 * old->classes)
		slots *= 2;
	slot = malloc(slots * sizeof(*slot));
	if (!slot)
		return false;
	memset(slot, 0xff, slots * sizeof(*slot));
	for (unsigned i = 0; i < old->classes; i++) {
		uint32_t at = (uint32_t)hvc_class__hash(&old->class_[i]) & (slots - 1);

		while (slot[at] != NOBODY)
			at = (at + 1) & (slots - 1);
		slot[at] = i;
	}
	for (unsigned i = 0; i < new->classes; i++) {
		uint32_t at = (uint32_t)hvc_class__hash(&new->class_[i]) & (slots - 1);

		while (slot[at] != NOBODY &&
		       !hvc_class_equal(&old->class_[slot[at]], &new->class_[i]))
			at = (at + 1) & (slots - 1);
		picture->name[1][i] = slot[at] != NOBODY ? slot[at] : old->classes + i;
	}
	free(slot);
	return true;
}

static bool name_classes(struct hvc_picture *picture)
{
	for (unsigned plane = 0; plane < picture->planes; plane++) {
		picture->name[plane] =
		        malloc((picture->map[plane]->classes + 1) * sizeof(*picture->name[plane]));
		if (!picture->name[plane])
			return false;
	}
	/* There is a map in the first plane. NOLINTNEXTLINE(*NullDereference) */
	for (unsigned i = 0; i < picture->map[0]->classes; i++)
		picture->name[0][i] = i;
	return picture->planes == 1 || name_second(picture);
}

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
	for (uint32_t i = 0; i < cells_of(picture); i++) {
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
	memcpy(cell, parting->part, cells_of(picture) * sizeof(*cell));
	picture->groups = parts;
}

/* Where the runs of the next probe begin: they are sorted by probe. */
struct runs {
	const struct hvc_picture *picture;
	size_t at[HVC_SIDE_COUNT];
};

static bool label_probe(void *ctx, uint32_t probe, uint32_t *label)
{
	struct runs *runs = ctx;
	size_t *at = runs->at;
	bool many = false;

	for (unsigned plane = 0; plane < runs->picture->planes; plane++) {
		const struct hvc_map *map = runs->picture->map[plane];

		for (; at[plane] < map->runs && map->run[at[plane]].probe == probe; at[plane]++) {
			const struct hvc_run *run = &map->run[at[plane]];
			uint32_t *to = label + plane * HVC_IMM_COUNT;

			for (uint32_t imm = run->lo; imm <= run->hi; imm++)
				to[imm] = runs->picture->name[plane][run->class_];
			many = many || to[run->lo] != label[0];
		}
	}
	return many;
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
	for (uint32_t i = 0; i < cells_of(picture); i++) {
		struct hvc_picture_group *group = &picture->group[picture->cell[i]];

		if (!group->count++)
			group->first = i;
	}
	qsort(picture->group, picture->groups, sizeof(*picture->group), by_size);
	for (uint32_t i = 0; i < picture->groups; i++)
		/* At most a group a cell. NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
		parting->label[picture->cell[picture->group[i].first]] = i;
	for (uint32_t i = 0; i < cells_of(picture); i++)
		picture->cell[i] = parting->label[picture->cell[i]];
	return true;
}

bool hvc_picture__part(struct hvc_picture *picture, uint32_t rounds, hvc_picture_label *label,
                       void *ctx)
{
	struct parting parting = {.picture = picture};
	bool good;

	picture->cell = calloc(cells_of(picture), sizeof(*picture->cell));
	parting.label = calloc(cells_of(picture), sizeof(*parting.label));
	parting.part = calloc(cells_of(picture), sizeof(*parting.part));
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

/*
 * Which regions a group lies in: a region has all of a group or nothing, so its first cell
 * tells. `first` is the group of each first cell, NOBODY for other cells. Without `meet` the
 * regions are only counted, one place to the right, as sums want it.
 */
static void meet_regions(struct hvc_picture *picture, const uint32_t *first, size_t *used,
                         const struct hvc_region **meet)
{
	for (unsigned plane = 0; plane < picture->planes; plane++) {
		const uint32_t *of = first + plane * HVC_IMM_COUNT;

		for (unsigned i = 0; i < picture->regions[plane].count; i++) {
			const struct hvc_region *region = &picture->regions[plane].region[i];

			for (unsigned k = 0; k < region->imms; k++)
				for (uint64_t imm = region->imm[k].lo; imm <= region->imm[k].hi;
				     imm++) {
					if (of[imm] == NOBODY)
						continue;
					if (meet)
						meet[used[of[imm]]] = region;
					used[of[imm]]++;
				}
		}
	}
}

static bool index_regions(struct hvc_picture *picture)
{
	uint32_t *first = malloc(cells_of(picture) * sizeof(*first));
	size_t *used = calloc(picture->groups + 1, sizeof(*used)), sum = 0;
	bool good = first && used;

	if (good) {
		memset(first, 0xff, cells_of(picture) * sizeof(*first));
		for (uint32_t i = 0; i < picture->groups; i++)
			first[picture->group[i].first] = i;
		meet_regions(picture, first, used, NULL);
		for (uint32_t i = 0; i <= picture->groups; i++) {
			picture->group[i].meets = sum;
			sum += used[i];
			used[i] = picture->group[i].meets;
		}
		picture->meet = malloc((sum + 1) * sizeof(*picture->meet));
		good = picture->meet;
	}
	if (good)
		meet_regions(picture, first, used, picture->meet);
	free(first);
	free(used);
	return good;
}

/* Regions come in class order; a cell has as many calls in one as it has probes. */
static void choose_class(struct hvc_picture *picture, unsigned group)
{
	const struct hvc_region *const *region;
	size_t count = hvc_picture__regions(picture, group, &region);
	unsigned plane = hvc_picture__plane(picture, group);
	uint64_t votes = 0, most = 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t imms = 0;

		for (unsigned k = 0; k < region[i]->imms; k++)
			imms += region[i]->imm[k].hi - region[i]->imm[k].lo + 1;
		if (i && region[i]->class_ != region[i - 1]->class_) {
			picture->group[group].mixed = true;
			votes = 0;
		}
		votes += imms ? region[i]->calls / imms : 0;
		if (votes > most) {
			most = votes;
			picture->group[group].class_ =
			        hvc_picture__class(picture, plane, region[i]->class_);
		}
	}
}

enum hvc_status hvc_picture__make(const struct hvc_map *const *map, unsigned planes,
                                  struct hvc_diag *diag, struct hvc_picture *out)
{
	struct hvc_picture picture = {.planes = planes};
	struct runs runs = {.picture = &picture};
	bool good = true;

	for (unsigned plane = 0; plane < planes; plane++) {
		picture.map[plane] = map[plane];
		good = good && hvc_map_regions(map[plane], &picture.regions[plane]) == HVC_OK;
	}
	good = good && name_classes(&picture) &&
	       hvc_picture__part(&picture, picture.map[0]->probes.count, label_probe, &runs) &&
	       index_regions(&picture);
	if (!good) {
		hvc_picture__free(&picture);
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	}
	for (unsigned i = 0; i < picture.groups; i++)
		choose_class(&picture, i);
	*out = picture;
	return HVC_OK;
}

void hvc_picture__free(struct hvc_picture *picture)
{
	for (unsigned plane = 0; plane < picture->planes; plane++) {
		hvc_regions_free(&picture->regions[plane]);
		free(picture->name[plane]);
	}
	free(picture->cell);
	free(picture->group);
	free(picture->meet);
	*picture = (struct hvc_picture){0};
}

size_t hvc_picture__regions(const struct hvc_picture *picture, unsigned group,
                            const struct hvc_region *const **out)
{
	*out = picture->meet + picture->group[group].meets;
	return picture->group[group + 1].meets - picture->group[group].meets;
}

uint32_t hvc_picture__class(const struct hvc_picture *picture, unsigned plane, unsigned class_)
{
	return picture->name[plane][class_];
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

void hvc_picture__imms(const struct hvc_picture *picture, unsigned plane, unsigned group,
                       struct hvc_words *words)
{
	struct hvc_interval *imm = NULL;
	unsigned imms = 0;

	/* Once to count, once to keep. */
	for (unsigned pass = 0; pass < 2; pass++) {
		imms = 0;
		for (unsigned i = 0; i < HVC_IMM_COUNT; i++) {
			if (hvc_picture__at(picture, plane, i) != group)
				continue;
			if (!i || hvc_picture__at(picture, plane, i - 1) != group) {
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

bool hvc_picture__row_is_plain(const struct hvc_picture *picture, unsigned plane, unsigned row)
{
	for (unsigned i = 1; i < HVC_PICTURE_SIDE; i++)
		if (hvc_picture__at(picture, plane, row * HVC_PICTURE_SIDE + i) !=
		    hvc_picture__at(picture, plane, row * HVC_PICTURE_SIDE))
			return false;
	return true;
}

unsigned hvc_picture__row_like(const struct hvc_picture *picture, unsigned plane, unsigned row)
{
	const uint32_t *cell = picture->cell + plane * HVC_IMM_COUNT;
	size_t size = HVC_PICTURE_SIDE * sizeof(*cell);

	for (unsigned i = 0; i < row; i++)
		if (!memcmp(cell + i * HVC_PICTURE_SIDE, cell + row * HVC_PICTURE_SIDE, size))
			return i;
	return row;
}
