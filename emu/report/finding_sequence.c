/* SPDX-License-Identifier: MIT */
/* What is found where promises are not kept over several calls. */
#include <string.h>

#include "abi/verdict.h"
#include "report/new_finding.h"

static void add_failure(struct hvc_findings *list, const struct hvc_sequences *sequences,
                        const char *abi, const struct hvc_property *property,
                        const struct hvc_sequence_failure *failure)
{
	int rule = failure->verdict.rule;
	const char *called =
	        rule < 0 ? "other vectors" : hvc_abi_rule_at(sequences->abi, (unsigned)rule)->name;
	struct hvc_new_finding draft = {
	        .rule = property ? "sequence-stated" : "sequence-random",
	        .about = property ? property->name : called,
	        .calls = failure->steps,
	};
	char text[HVC_COMMAND_SIZE];

	hvc_new_finding__place(&draft,
	                       rule < 0 ? NULL : hvc_abi_rule_at(sequences->abi, (unsigned)rule),
	                       abi, list);
	/* The same failure for another seed, and with other vectors. */
	hvc_words__add(&draft.key, "%s %s", called,
	               *hvc_verdict__register(&failure->verdict, text, sizeof(text)) ? text : "-");
	hvc_sequence__print(sequences, property, failure, text, sizeof(text));
	hvc_words__add(&draft.summary, "after %u call%s, %s: %s", failure->steps,
	               failure->steps == 1 ? "" : "s", called, text);
	for (unsigned i = 0; i < failure->steps; i++)
		hvc_words__add(
		        &draft.call, "%s%s", i ? ", " : "",
		        failure->step[i].rule < 0
		                ? "other vectors"
		                : hvc_abi_rule_at(sequences->abi, (unsigned)failure->step[i].rule)
		                          ->name);
	hvc_sequence__command(sequences, abi, failure, property ? 0 : 1, text, sizeof(text));
	hvc_words__add(&draft.command, "%s", text);
	hvc_findings__add(list, &draft);
}

enum hvc_status hvc_findings__of_sequences(const struct hvc_sequences *sequences, const char *abi,
                                           struct hvc_diag *diag, struct hvc_findings **out)
{
	char randoms[HVC_NUMBER_SIZE];
	struct hvc_findings *list =
	        hvc_findings__of("sequence", sequences->subject, hvc_abi_name(sequences->abi),
	                         "%u stated sequences and %s random ones", sequences->properties,
	                         hvc_words__number(sequences->randoms, randoms));

	for (unsigned i = 0; list && i < sequences->properties; i++) {
		const struct hvc_sequence_property *row = &sequences->property[i];

		if (row->broken)
			add_failure(list, sequences, abi,
			            hvc_abi_property__at(sequences->abi, row->property),
			            &row->failure);
	}
	/* A stated sequence is a case of its own, once for all worlds. */
	for (unsigned i = 0; list && i < sequences->properties; i++) {
		const struct hvc_property *property =
		        hvc_abi_property__at(sequences->abi, sequences->property[i].property);
		unsigned before = 0;

		while (before < list->cases && strcmp(list->one[before].name, property->name) != 0)
			before++;
		if (before == list->cases)
			hvc_findings__case(list, property->name, property->title,
			                   !sequences->property[i].trials);
	}
	for (unsigned i = 0; list && i < sequences->failures; i++)
		add_failure(list, sequences, abi, NULL, &sequences->failure[i]);
	hvc_findings__cases(list);
	return hvc_findings__end(list, diag, out);
}
