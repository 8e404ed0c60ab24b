/* SPDX-License-Identifier: MIT */
/* Text of a comparison of specifications. */
#include <inttypes.h>

#include "report/note.h"
#include "report/table.h"

static const char *name_of(const struct hvc_abi_diff *diff, enum hvc_side side)
{
	return hvc_abi_name(diff->abi[side]);
}

static void put_summary(const struct hvc_page *page, const struct hvc_abi_diff *diff)
{
	struct hvc_abi_counts counts;

	hvc_abi_note__count(diff, &counts);
	if (!diff->equal)
		hvc_page__line(page, 0, "%u operation%s the same in both", counts.same,
		               counts.same == 1 ? " is" : "s are");
	else
		hvc_page__prose(page, 0, 2, "%s and %s promise the same for every call",
		                name_of(diff, HVC_SIDE_OLD), name_of(diff, HVC_SIDE_NEW));
}

static void add_meeting(struct hvc_table *table, const struct hvc_abi_migration *migration)
{
	static const enum hvc_ink inks[HVC_ABI_MIGRATION_COUNT] = {
	        [HVC_ABI_MIGRATION_SILENT] = HVC_INK_BAD,
	        [HVC_ABI_MIGRATION_CHANGED] = HVC_INK_WARN,
	        [HVC_ABI_MIGRATION_NO_PROMISE] = HVC_INK_WARN,
	};
	struct hvc_words calls = {0}, old = {0}, new = {0};

	hvc_abi_note__calls(migration, &calls);
	hvc_words__add(&old, "%s: ", migration->rule[HVC_SIDE_OLD]->name);
	hvc_words__promise(&old, migration->rule[HVC_SIDE_OLD]);
	hvc_words__add(&new, "%s: ", migration->rule[HVC_SIDE_NEW]->name);
	hvc_words__promise(&new, migration->rule[HVC_SIDE_NEW]);
	hvc_table__row(table);
	hvc_table__cell(table, 0, inks[migration->kind], "%s",
	                migration->kind == HVC_ABI_MIGRATION_SILENT
	                        ? "SILENT"
	                        : hvc_abi_migration__name(migration->kind));
	hvc_table__take(table, 1, HVC_INK_PLAIN, &calls);
	hvc_table__take(table, 2, HVC_INK_PLAIN, &old);
	hvc_table__take(table, 3, HVC_INK_PLAIN, &new);
}

/* What goes wrong unseen comes first, as the migrations are sorted. */
static enum hvc_status put_meetings(const struct hvc_page *page, const struct hvc_abi_diff *diff,
                                    struct hvc_diag *diag)
{
	struct hvc_table *table;
	unsigned told = 0;

	while (told < diff->migrations && diff->migration[told].kind != HVC_ABI_MIGRATION_SAME)
		told++;
	if (!told)
		return HVC_OK;
	hvc_page__heading(page, "%s as an old caller sees it: one of %s",
	                  name_of(diff, HVC_SIDE_NEW), name_of(diff, HVC_SIDE_OLD));
	hvc_page__gap(page);
	table = hvc_table__new(page, "|Call~|%s~|%s~", name_of(diff, HVC_SIDE_OLD),
	                       name_of(diff, HVC_SIDE_NEW));
	hvc_table__is_plain(table);
	for (unsigned i = 0; i < told; i++)
		add_meeting(table, &diff->migration[i]);
	HVC_TRY(hvc_table__print(table, diag));
	hvc_page__gap(page);
	if (told < diff->migrations)
		hvc_page__line(page, 2, "%u more kind%s of call mean%s what %s did.",
		               diff->migrations - told, diff->migrations - told == 1 ? "" : "s",
		               diff->migrations - told == 1 ? "s" : "",
		               diff->migrations - told == 1 ? "it" : "they");
	if (diff->migration[0].kind == HVC_ABI_MIGRATION_SILENT)
		hvc_page__line(page, 2,
		               "SILENT: another operation, or one that is unknown without saying "
		               "so.");
	return HVC_OK;
}

/* How one side has it: the call, what it does, what it may change, and what it costs. */
static void add_use(struct hvc_table *table, unsigned column, const struct hvc_abi_use *use)
{
	struct hvc_words words = {0}, clobbers = {0};

	if (!use->rule) {
		hvc_table__cell(table, column, HVC_INK_FAINT, "-");
		return;
	}
	hvc_words__add(&words, "%s: ", use->how);
	hvc_words__promise(&words, use->rule);
	if (!hvc_regset_empty(&use->rule->clobbers)) {
		hvc_words__ranges(&clobbers, &use->rule->clobbers);
		hvc_words__add(&words, "; clobbers %s", hvc_words__text(&clobbers));
		hvc_words__free(&clobbers);
	}
	if (use->instructions)
		hvc_words__add(&words, "; %" PRIu64 " instructions", use->instructions);
	hvc_table__take(table, column, HVC_INK_PLAIN, &words);
}

static enum hvc_status put_operations(const struct hvc_page *page, const struct hvc_abi_diff *diff,
                                      struct hvc_diag *diag)
{
	struct hvc_table *table =
	        hvc_table__new(page, "Operation|%s~|%s~|What became of it~",
	                       name_of(diff, HVC_SIDE_OLD), name_of(diff, HVC_SIDE_NEW));

	hvc_table__is_plain(table);
	hvc_page__heading(page, "Operations, side by side");
	hvc_page__gap(page);
	for (unsigned i = 0; i < diff->operations; i++) {
		const struct hvc_abi_operation *operation = &diff->operation[i];
		struct hvc_words note = {0};

		hvc_abi_note__operation(operation, &note);
		hvc_table__row(table);
		hvc_table__cell(table, 0, HVC_INK_STRONG, "%s", operation->name);
		for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
			add_use(table, 1 + side, &operation->use[side]);
		hvc_table__take(table, 3, HVC_INK_PLAIN, &note);
	}
	HVC_TRY(hvc_table__print(table, diag));
	hvc_page__gap(page);
	hvc_page__line(page, 2, "Instructions are those of the built-in subject, for one call.");
	return HVC_OK;
}

enum hvc_status hvc_abi_diff__text(const struct hvc_page *page, const void *of,
                                   struct hvc_diag *diag)
{
	const struct hvc_abi_diff *diff = of;

	put_summary(page, diff);
	if (!diff->equal)
		HVC_TRY(put_meetings(page, diff, diag));
	return put_operations(page, diff, diag);
}
