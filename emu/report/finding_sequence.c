/* SPDX-License-Identifier: MIT */
/* What is found where promises are not kept over several calls. */
#include "report/finding.h"

static void put_place(struct hvc_draft *draft, const struct hvc_abi *abi, const char *name,
                      const char *subject_file, int rule)
{
	draft->file = *subject_file ? subject_file : NULL;
	if (draft->file || rule < 0)
		return;
	draft->file = hvc_identity__abi_file(name);
	if (!draft->file)
		return;
	draft->line = hvc_abi_rule_at(abi, (unsigned)rule)->line;
	draft->column = hvc_abi_rule_at(abi, (unsigned)rule)->column;
}

static void add_failure(struct hvc_findings *list, const struct hvc_sequences *sequences,
                        const char *abi, const char *file, const struct hvc_property *property,
                        const struct hvc_sequence_failure *failure)
{
	int rule = failure->verdict.rule;
	const char *called =
	        rule < 0 ? "other vectors" : hvc_abi_rule_at(sequences->abi, (unsigned)rule)->name;
	struct hvc_draft draft = {
	        .rule = property ? "sequence-stated" : "sequence-random",
	        .about = property ? property->name : called,
	        .calls = failure->steps,
	};
	char text[2048];

	put_place(&draft, sequences->abi, abi, file, rule);
	/* The same failure for another seed, and with other vectors. */
	hvc_words__add(&draft.key, "%s %s", called,
	               failure->verdict.reg < HVC_REG_COUNT ? hvc_reg_name(failure->verdict.reg)
	                                                    : "-");
	hvc_sequence_print(sequences, property, failure, text, sizeof(text));
	hvc_words__add(&draft.summary, "after %u calls, %s: %s", failure->steps, called, text);
	for (unsigned i = 0; i < failure->steps; i++)
		hvc_words__add(
		        &draft.call, "%s%s", i ? ", " : "",
		        failure->step[i].rule < 0
		                ? "other vectors"
		                : hvc_abi_rule_at(sequences->abi, (unsigned)failure->step[i].rule)
		                          ->name);
	hvc_sequence_command(sequences, abi, failure, property ? 0 : 1, text, sizeof(text));
	hvc_words__add(&draft.command, "%s", text);
	hvc_findings__add(list, &draft);
}

enum hvc_status hvc_findings_of_sequences(const struct hvc_sequences *sequences, const char *abi,
                                          struct hvc_diag *diag, struct hvc_findings **out)
{
	struct hvc_words identity = {0}, file = {0}, account = {0};
	struct hvc_findings *list;
	char randoms[HVC_NUMBER_SIZE];

	hvc_identity__add(&identity, sequences->subject);
	hvc_identity__file(&file, sequences->subject);
	list = hvc_findings__new("sequence", hvc_words__text(&identity),
	                         hvc_abi_name(sequences->abi));
	hvc_words__add(&account, "%u stated sequences and %s random ones", sequences->properties,
	               hvc_words__number(sequences->randoms, randoms));
	if (list) {
		hvc_findings__take(list, &list->account, &account);
		for (unsigned i = 0; i < sequences->properties; i++) {
			const struct hvc_sequence_property *row = &sequences->property[i];

			if (row->broken)
				add_failure(list, sequences, abi, hvc_words__text(&file),
				            hvc_abi_property_at(sequences->abi, row->property),
				            &row->failure);
		}
		for (unsigned i = 0; i < sequences->failures; i++)
			add_failure(list, sequences, abi, hvc_words__text(&file), NULL,
			            &sequences->failure[i]);
		list->failed = list->failed || identity.failed || file.failed;
	}
	hvc_findings__cases(list);
	hvc_words__free(&identity);
	hvc_words__free(&file);
	hvc_words__free(&account);
	return hvc_findings__end(list, diag, out);
}
