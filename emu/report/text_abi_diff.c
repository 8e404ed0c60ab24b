/* SPDX-License-Identifier: MIT */
/* Text of a comparison of specifications. */
#include <inttypes.h>
#include <string.h>

#include "report/abi_note.h"
#include "report/table.h"

static const char *name_of(const struct hvc_abi_diff *diff, enum hvc_side side)
{
	return hvc_abi_name(diff->abi[side]);
}

static void put_title(const struct hvc_page *page, const char *title)
{
	hvc_page__print(page, "\n%s%s%s\n\n", hvc_ink__begin(page, HVC_INK_STRONG), title,
	                hvc_ink__end(page, HVC_INK_STRONG));
}

static void put_summary(const struct hvc_page *page, const struct hvc_abi_diff *diff)
{
	struct hvc_abi_counts counts;
	enum hvc_ink ink = diff->equal ? HVC_INK_GOOD : HVC_INK_WARN;

	hvc_abi_note__count(diff, &counts);
	hvc_page__print(page, "%s%s and %s promise ", hvc_ink__begin(page, ink),
	                name_of(diff, HVC_SIDE_OLD), name_of(diff, HVC_SIDE_NEW));
	if (diff->equal)
		fputs("the same for every call", page->out);
	else
		hvc_page__print(
		        page,
		        "different things; operations: %u added, %u removed, %u asked for by other "
		        "calls, %u changed, %u the same",
		        counts.added, counts.removed, counts.moved, counts.changed, counts.same);
	hvc_page__print(page, "%s\n", hvc_ink__end(page, ink));
	if (counts.silent)
		hvc_page__print(page,
		                "%s%u kind%s of call of %s silently mean%s something else%s\n",
		                hvc_ink__begin(page, HVC_INK_BAD), counts.silent,
		                counts.silent == 1 ? "" : "s", name_of(diff, HVC_SIDE_OLD),
		                counts.silent == 1 ? "s" : "", hvc_ink__end(page, HVC_INK_BAD));
}

static void add_meeting(struct hvc_table *table, const struct hvc_abi_meeting *meeting)
{
	static const enum hvc_ink inks[HVC_ABI_MEETING_COUNT] = {
	        [HVC_ABI_MEETING_SILENT] = HVC_INK_BAD,
	        [HVC_ABI_MEETING_CHANGED] = HVC_INK_WARN,
	        [HVC_ABI_MEETING_NO_PROMISE] = HVC_INK_WARN,
	};
	struct hvc_words calls = {0}, old = {0}, new = {0};

	hvc_abi_note__calls(meeting, &calls);
	hvc_words__add(&old, "%s: ", meeting->rule[HVC_SIDE_OLD]->name);
	hvc_words__promise(&old, meeting->rule[HVC_SIDE_OLD]);
	hvc_words__add(&new, "%s: ", meeting->rule[HVC_SIDE_NEW]->name);
	hvc_words__promise(&new, meeting->rule[HVC_SIDE_NEW]);
	hvc_table__row(table);
	hvc_table__cell(table, 0, inks[meeting->kind], "%s",
	                meeting->kind == HVC_ABI_MEETING_SILENT
	                        ? "SILENT"
	                        : hvc_abi_meeting_name(meeting->kind));
	hvc_table__take(table, 1, HVC_INK_PLAIN, &calls);
	hvc_table__take(table, 2, HVC_INK_PLAIN, &old);
	hvc_table__take(table, 3, HVC_INK_PLAIN, &new);
}

/* What goes wrong unseen comes first, as the meetings are sorted. */
static enum hvc_status put_meetings(const struct hvc_page *page, const struct hvc_abi_diff *diff,
                                    struct hvc_diag *diag)
{
	const struct hvc_column columns[] = {
	        {"", HVC_ALIGN_LEFT},
	        {"Call", HVC_ALIGN_WRAP},
	        {name_of(diff, HVC_SIDE_OLD), HVC_ALIGN_WRAP},
	        {name_of(diff, HVC_SIDE_NEW), HVC_ALIGN_WRAP},
	};
	struct hvc_table *table;
	unsigned told = 0;

	while (told < diff->meetings && diff->meeting[told].kind != HVC_ABI_MEETING_SAME)
		told++;
	if (!told)
		return HVC_OK;
	hvc_page__print(page, "\n%sA caller of %s meets %s%s\n\n",
	                hvc_ink__begin(page, HVC_INK_STRONG), name_of(diff, HVC_SIDE_OLD),
	                name_of(diff, HVC_SIDE_NEW), hvc_ink__end(page, HVC_INK_STRONG));
	table = hvc_table__new(page, columns, 4);
	for (unsigned i = 0; i < told; i++)
		add_meeting(table, &diff->meeting[i]);
	HVC_TRY(hvc_table__print(table, diag));
	if (told < diff->meetings)
		hvc_page__print(page, "\n  %u more kind%s of call mean%s what %s did.\n",
		                diff->meetings - told, diff->meetings - told == 1 ? "" : "s",
		                diff->meetings - told == 1 ? "s" : "",
		                diff->meetings - told == 1 ? "it" : "they");
	if (diff->meeting[0].kind == HVC_ABI_MEETING_SILENT)
		fputs("\n  SILENT: another operation, or one that is unknown without saying so.\n",
		      page->out);
	return HVC_OK;
}

/* The columns of one side; abi: its name. */
static void add_use(struct hvc_table *table, const char *abi, const struct hvc_abi_use *use)
{
	struct hvc_words arguments = {0}, promise = {0}, clobbers = {0};

	hvc_words__ranges(&arguments, &use->arguments);
	hvc_words__promise(&promise, use->rule);
	hvc_words__ranges(&clobbers, &use->rule->clobbers);
	hvc_table__cell(table, 1, HVC_INK_PLAIN, "%s", abi);
	hvc_table__cell(table, 2, HVC_INK_PLAIN, "%s", use->how);
	hvc_table__take(table, 3, HVC_INK_PLAIN, &arguments);
	hvc_table__take(table, 4, HVC_INK_PLAIN, &promise);
	hvc_table__take(table, 5, HVC_INK_PLAIN, &clobbers);
	if (use->instructions)
		hvc_table__cell(table, 6, HVC_INK_PLAIN, "%" PRIu64, use->instructions);
	else
		hvc_table__cell(table, 6, HVC_INK_PLAIN, "-");
}

/* A row for each side that has it; one for both where nothing changed but the work. */
static void add_operation(struct hvc_table *table, const struct hvc_abi_diff *diff,
                          const struct hvc_abi_operation *operation)
{
	uint64_t before = operation->use[HVC_SIDE_OLD].instructions;
	uint64_t after = operation->use[HVC_SIDE_NEW].instructions;
	bool same = hvc_abi_note__is_same(operation), first = true;
	struct hvc_words note = {0};

	hvc_abi_note__operation(operation, &note);
	for (enum hvc_side side = HVC_SIDE_OLD; side < HVC_SIDE_COUNT; side++) {
		const struct hvc_abi_use *use = &operation->use[side];

		if (!use->rule || (same && side == HVC_SIDE_NEW))
			continue;
		hvc_table__row(table);
		if (first) {
			hvc_table__cell(table, 0, HVC_INK_STRONG, "%s", operation->name);
			hvc_table__take(table, 7, HVC_INK_PLAIN, &note);
		}
		add_use(table, same ? "both" : name_of(diff, side), use);
		if (same && before && after && before != after)
			hvc_table__cell(table, 6, HVC_INK_PLAIN, "%" PRIu64 ", %" PRIu64, before,
			                after);
		first = false;
	}
}

static enum hvc_status put_operations(const struct hvc_page *page, const struct hvc_abi_diff *diff,
                                      struct hvc_diag *diag)
{
	static const struct hvc_column columns[] = {
	        {"Operation", HVC_ALIGN_LEFT}, {"ABI", HVC_ALIGN_LEFT},
	        {"Call", HVC_ALIGN_WRAP},      {"Takes", HVC_ALIGN_WRAP},
	        {"Does", HVC_ALIGN_WRAP},      {"May clobber", HVC_ALIGN_WRAP},
	        {"EL2 runs", HVC_ALIGN_RIGHT}, {"What became of it", HVC_ALIGN_WRAP},
	};
	struct hvc_table *table = hvc_table__new(page, columns, 8);

	put_title(page, "Operations, side by side");
	for (unsigned i = 0; i < diff->operations; i++)
		add_operation(table, diff, &diff->operation[i]);
	HVC_TRY(hvc_table__print(table, diag));
	fputs("\n  EL2 runs: instructions of the built-in subject of the ABI's name, for one "
	      "call.\n",
	      page->out);
	return HVC_OK;
}

enum hvc_status hvc_abi_diff_text(const struct hvc_page *page, const struct hvc_abi_diff *diff,
                                  struct hvc_diag *diag)
{
	put_summary(page, diff);
	if (!diff->equal)
		HVC_TRY(put_meetings(page, diff, diag));
	return put_operations(page, diff, diag);
}
