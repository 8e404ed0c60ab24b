/* SPDX-License-Identifier: MIT */
/* An ABI of 64 bits is read as callers of 32 bits would, and compared with the other as written. */
#include "engine/widths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"

bool hvc_widths__are_two(const struct hvc_abi *a, const struct hvc_abi *b)
{
	return hvc_abi__is_aarch32(a) != hvc_abi__is_aarch32(b);
}

/* The halves of one file; or its callers in AArch64 and in AArch32 state, of the same EL2. */
static enum hvc_status read_one(struct hvc_widths *w, struct hvc_diag *diag)
{
	const struct hvc_abi *abi = w->abi[0], *half = abi->half ? abi->half : abi;
	bool hyp = hvc_abi__is_hyp(half) || hvc_abi__is_hyp(abi);

	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
		const struct hvc_abi *of = hvc_half__levels(abi, side) ? abi : half;

		if (!hvc_half__levels(of, side))
			return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
			                    "'%s' is for callers of %s bits alone; name the "
			                    "other ABI, too",
			                    hvc_abi_name(abi), side ? "64" : "32");
		HVC_TRY(hvc_half__read_at_32(of, hvc_half__levels(of, side), hyp, diag,
		                             &w->read[side]));
	}
	return HVC_OK;
}

static enum hvc_status read_two(struct hvc_widths *w, struct hvc_diag *diag)
{
	bool hyp = hvc_abi__is_hyp(w->abi[0]) || hvc_abi__is_hyp(w->abi[1]);

	if (!hvc_widths__are_two(w->abi[0], w->abi[1]))
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "'%s' and '%s' are not one of 64 bits and one of 32",
		                    hvc_abi_name(w->abi[0]), hvc_abi_name(w->abi[1]));
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
		const struct hvc_abi *of = w->abi[side];

		HVC_TRY(hvc_half__read_at_32(of, hvc_half__levels(of, hvc_abi__is_aarch32(of)), hyp,
		                             diag, &w->read[side]));
	}
	return HVC_OK;
}

enum hvc_status hvc_widths__compare(struct hvc_widths *w, struct hvc_diag *diag)
{
	struct hvc_abi_diff_config config = {.widths = true};

	HVC_TRY(w->abi[1] ? read_two(w, diag) : read_one(w, diag));
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
		config.abi[side] = w->read[side];
	HVC_TRY(hvc_abi_diff__run(&config, diag, &w->diff));
	for (unsigned i = 0; i < w->diff->operations; i++)
		if (!w->diff->operation[i].unknown) {
			w->operations++;
			w->agreed += hvc_abi_operation__agrees(&w->diff->operation[i]);
		}
	return HVC_OK;
}

void hvc_widths__free(struct hvc_widths *w)
{
	hvc_abi_diff__free(w->diff);
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
		hvc_abi_free(w->read[side]);
		hvc_abi_free(w->abi[side]);
	}
	memset(w, 0, sizeof *w);
}

/* Generations of one family, oldest first. */
struct line {
	const char *name[HVC_GENERATIONS_MAX];
	unsigned count;
	char until[HVC_VERSION_SIZE]; /* "": it goes on */
};

static enum hvc_status find_line(const char *family, struct hvc_diag *diag, struct line *out)
{
	struct hvc_abi *last;

	out->count = hvc_family__members(family, out->name);
	if (!out->count)
		return hvc_diag_set(diag, HVC_E_NOTFOUND, NULL, 0, 0,
		                    "'%s' is no family: ABIs of one are named FAMILY-VERSION "
		                    "('hvcheck list abis')",
		                    family);
	HVC_TRY(hvc_abi_open(out->name[out->count - 1], diag, &last));
	snprintf(out->until, sizeof out->until, "%s", last->until);
	hvc_abi_free(last);
	return HVC_OK;
}

/* The generation of a version; NULL: not yet, or no more. */
static const char *generation(const struct line *line, const char *version)
{
	if (line->until[0] && hvc_family__compare(version, line->until) > 0)
		return NULL;
	return hvc_family__at(line->name, line->count, version);
}

/* The next version of either line behind `after`; NULL: there is none. */
static const char *next_version(const struct line line[static HVC_SIDE_COUNT], const char *after)
{
	const char *next = NULL;

	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
		for (unsigned i = 0; i < line[side].count; i++) {
			const char *version = hvc_family__version(line[side].name[i]);

			if ((!after || hvc_family__compare(version, after) > 0) &&
			    (!next || hvc_family__compare(version, next) < 0))
				next = version;
		}
	return next;
}

static enum hvc_status add_pair(struct hvc_width_history *history, const struct line *line,
                                const char *version, struct hvc_diag *diag)
{
	struct hvc_widths *pair = &history->pair[history->pairs];
	const char *name[HVC_SIDE_COUNT];

	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
		name[side] = generation(&line[side], version);
		if (!name[side])
			return HVC_OK;
	}
	history->pairs++;
	pair->since = version;
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
		HVC_TRY(hvc_abi_open(name[side], diag, &pair->abi[side]));
	return hvc_widths__compare(pair, diag);
}

static enum hvc_status make(struct hvc_width_history *history, struct hvc_diag *diag)
{
	struct line line[HVC_SIDE_COUNT];

	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
		HVC_TRY(find_line(history->family[side], diag, &line[side]));
		memcpy(history->until[side], line[side].until, sizeof line[side].until);
	}
	for (const char *v = next_version(line, NULL); v; v = next_version(line, v))
		HVC_TRY(add_pair(history, line, v, diag));
	if (!history->pairs)
		return hvc_diag_set(diag, HVC_E_NOTFOUND, NULL, 0, 0,
		                    "no version has both %s and %s", history->family[0],
		                    history->family[1]);
	return HVC_OK;
}

enum hvc_status hvc_width_history__make(const char *const family[HVC_SIDE_COUNT],
                                        struct hvc_diag *diag, struct hvc_width_history **out)
{
	struct hvc_width_history *history = calloc(1, sizeof *history);
	enum hvc_status status;

	if (!history)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
		history->family[side] = family[side];
	status = make(history, diag);
	if (status == HVC_OK)
		*out = history;
	else
		hvc_width_history__free(history);
	return status;
}

void hvc_width_history__free(struct hvc_width_history *history)
{
	if (!history)
		return;
	for (unsigned i = 0; i < history->pairs; i++)
		hvc_widths__free(&history->pair[i]);
	free(history);
}
