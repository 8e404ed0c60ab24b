/* SPDX-License-Identifier: MIT */
/* Text of sequences. */
#include <inttypes.h>

#include "base/number.h"
#include "report/table.h"

static const char *rule_of(const struct hvc_sequences *sequences, int rule)
{
	return rule < 0 ? "-" : hvc_abi_rule_at(sequences->abi, (unsigned)rule)->name;
}

static void put_steps(const struct hvc_page *page, const struct hvc_sequences *sequences,
                      const struct hvc_sequence_failure *failure)
{
	for (unsigned i = 0; i < failure->steps; i++) {
		const struct hvc_sequence_step *step = &failure->step[i];
		struct hvc_words call = {0};
		struct hvc_call plain;
		char number[HVC_U64_SIZE];

		hvc_call_init(&plain, 0);
		hvc_words__witness(&call, &step->call);
		if (step->call.nzcv != plain.nzcv)
			hvc_words__add(&call, ", nzcv = %s",
			               hvc_u64_print(step->call.nzcv, number));
		if (step->call.daif != plain.daif)
			hvc_words__add(&call, ", daif = %s",
			               hvc_u64_print(step->call.daif, number));
		hvc_page__line(page, 8, "call %u:      %s", i + 1, hvc_words__text(&call));
		hvc_page__line(page, 12, "%s: %s at %s, x0 = %s", rule_of(sequences, step->rule),
		               hvc_outcome_name(step->outcome), hvc_level_name(step->level),
		               hvc_u64_print(step->x0, number));
		hvc_words__free(&call);
	}
}

static void put_failure(const struct hvc_page *page, const struct hvc_sequences *sequences,
                        const char *abi, const struct hvc_property *property,
                        const struct hvc_sequence_failure *failure)
{
	char what[256], command[HVC_COMMAND_SIZE];

	put_steps(page, sequences, failure);
	hvc_sequence__print(sequences, property, failure, what, sizeof(what));
	hvc_page__line(page, 8, "call %u fails: %s%s%s", failure->steps,
	               hvc_ink__begin(page, HVC_INK_BAD), what, hvc_ink__end(page, HVC_INK_BAD));
	hvc_sequence__command(sequences, abi, failure, property ? 0 : 1, command, sizeof(command));
	hvc_page__command(page, 8, command);
}

static enum hvc_status put_properties(const struct hvc_page *page,
                                      const struct hvc_sequences *sequences, const char *abi,
                                      struct hvc_diag *diag)
{
	struct hvc_table *table = hvc_table__new(page, "Stated|World||What it says~");

	for (unsigned i = 0; i < sequences->properties; i++) {
		const struct hvc_sequence_property *row = &sequences->property[i];
		const struct hvc_property *property =
		        hvc_abi_property__at(sequences->abi, row->property);
		enum hvc_ink ink = row->broken   ? HVC_INK_BAD
		                   : row->trials ? HVC_INK_GOOD
		                                 : HVC_INK_WARN;

		hvc_table__row(table);
		hvc_table__cell(table, 0, HVC_INK_PLAIN, "%s", property->name);
		hvc_table__cell(table, 1, HVC_INK_PLAIN, "%s", sequences->world[row->world].name);
		hvc_table__cell(table, 2, ink, "%s",
		                row->broken   ? "broken"
		                : row->trials ? "held"
		                              : "not tried");
		hvc_table__cell(table, 3, HVC_INK_PLAIN, "%s", property->title);
	}
	HVC_TRY(hvc_table__print(table, diag));
	for (unsigned i = 0; i < sequences->properties; i++) {
		const struct hvc_sequence_property *row = &sequences->property[i];
		const struct hvc_property *property =
		        hvc_abi_property__at(sequences->abi, row->property);

		if (!row->broken)
			continue;
		hvc_page__gap(page);
		hvc_page__line(page, 4, "%s is broken in world %s", property->name,
		               sequences->world[row->world].name);
		hvc_page__prose(page, hvc_page__open(page, 8), 12, "stated by:   %s",
		                property->source);
		put_failure(page, sequences, abi, property, &row->failure);
	}
	return HVC_OK;
}

static void put_randoms(const struct hvc_page *page, const struct hvc_sequences *sequences,
                        const char *abi)
{
	char randoms[HVC_NUMBER_SIZE], calls[HVC_NUMBER_SIZE], failed[HVC_NUMBER_SIZE];

	if (!sequences->randoms)
		return;
	hvc_page__gap(page);
	hvc_page__line(page, 0,
	               "Random sequences from seed %" PRIu64 ": %s, of %s calls; %s fail%s",
	               sequences->seed, hvc_words__number(sequences->randoms, randoms),
	               hvc_words__number(sequences->calls, calls),
	               sequences->failed ? hvc_words__number(sequences->failed, failed) : "none",
	               sequences->failed > 1 ? "" : "s");
	if (sequences->table[0])
		hvc_page__prose(
		        page, 0, 2,
		        "Besides the subject's own vectors they set %u tables that branch to them, "
		        "from 0x%" PRIx64 " on.",
		        HVC_SEQUENCE_TABLES, sequences->table[0]);
	for (unsigned i = 0; i < sequences->failures; i++) {
		const struct hvc_sequence_failure *failure = &sequences->failure[i];

		hvc_page__gap(page);
		hvc_page__line(page, 4, "%u. %s fails after %u call%s, %s", i + 1,
		               rule_of(sequences, failure->verdict.rule), failure->steps - 1,
		               failure->steps == 2 ? "" : "s",
		               hvc_clause_name(failure->verdict.clause));
		hvc_page__line(page, 8, "in %s sequence%s, in world %s; cut down from %u call%s",
		               hvc_words__number(failure->sequences, failed),
		               failure->sequences == 1 ? "" : "s",
		               sequences->world[failure->world].name, failure->found,
		               failure->found == 1 ? "" : "s");
		put_failure(page, sequences, abi, NULL, failure);
	}
}

enum hvc_status hvc_sequences__text(const struct hvc_page *page, const void *of,
                                    struct hvc_diag *diag)
{
	const struct hvc_sequences_report *report = of;
	const struct hvc_sequences *sequences = report->sequences;

	if (sequences->properties)
		HVC_TRY(put_properties(page, sequences, report->abi, diag));
	else
		hvc_page__line(page, 0, "The ABI states no sequences.");
	put_randoms(page, sequences, report->abi);
	return hvc_page__status(page, diag);
}
