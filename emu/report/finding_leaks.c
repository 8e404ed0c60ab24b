/* SPDX-License-Identifier: MIT */
/* What is found where a caller learns, or does, what it should not: leaks and hazards. */

#include "engine/call.h"
#include "report/new_finding.h"

static void add_leak(struct hvc_findings *list, const struct hvc_leaks *leaks,
                     const struct hvc_subject *subject, const char *abi,
                     const struct hvc_leak *leak)
{
	const struct hvc_rule *rule =
	        leak->rule < 0 ? NULL : hvc_abi_rule_at(leaks->abi, (unsigned)leak->rule);
	struct hvc_new_finding draft = {
	        .about = rule ? rule->name : NULL,
	        .has_address = leak->moved,
	        .address = leak->moved ? leak->pc : 0,
	};
	char id[32], text[HVC_COMMAND_SIZE];
	uint64_t offset;

	snprintf(id, sizeof(id), "leak-%s", hvc_channel__name(leak->channel));
	draft.rule = id;
	hvc_new_finding__place(&draft, rule, abi, list);
	if (leak->moved && !hvc_subject_symbol(subject, leak->pc, &draft.symbol, &offset))
		draft.symbol = NULL;
	if (leak->channel == HVC_CHANNEL_REGISTER || leak->channel == HVC_CHANNEL_CONTROL)
		hvc_words__add(&draft.key, "%s", hvc_reg_name((enum hvc_reg)leak->place));
	else if (leak->channel == HVC_CHANNEL_SIMD)
		hvc_words__add(&draft.key, "%s", hvc_simd_name(leak->place));
	hvc_leak__print(leak, text, sizeof(text));
	hvc_words__add(&draft.summary, "%s", text);
	hvc_words__call(&draft.call, &leak->probe, leak->imm);
	hvc_call__command(leaks->subject, &leaks->world[leak->world], &leak->probe, leak->imm, text,
	                  sizeof(text));
	hvc_words__add(&draft.command, "%s --trace", text);
	hvc_findings__add(list, &draft);
}

enum hvc_status hvc_findings__of_leaks(const struct hvc_leaks *leaks,
                                       const struct hvc_subject *subject, const char *abi,
                                       struct hvc_diag *diag, struct hvc_findings **out)
{
	struct hvc_findings *list = hvc_findings__of(
	        "leaks", leaks->subject, leaks->abi ? hvc_abi_name(leaks->abi) : "",
	        "%u paths, of which %u come back and were compared", leaks->paths, leaks->compared);

	for (unsigned i = 0; list && i < leaks->leaks; i++)
		add_leak(list, leaks, subject, abi, &leaks->leak[i]);
	hvc_findings__cases(list);
	return hvc_findings__end(list, diag, out);
}
