/* SPDX-License-Identifier: MIT */
/* Findings of a check and its contract. */
#include <inttypes.h>

#include "abi/verdict.h"
#include "engine/call.h"
#include "hvcheck/arch.h"
#include "report/new_finding.h"

/* Where to look: the rule in the specification, or the subject's file. */
static void put_place(struct hvc_new_finding *draft, const struct hvc_rule *rule, const char *abi,
                      const struct hvc_findings *list)
{
	const char *file = hvc_identity__abi_file(abi);

	draft->file = file ? file : list->file;
	draft->line = file ? rule->line : 0;
	draft->column = file ? rule->column : 0;
}

/* What tells one violation of a clause from another: never a value, which may be an address. */
static void put_key(const struct hvc_verdict *verdict, struct hvc_words *key)
{
	char name[24];

	if (verdict->clause == HVC_CLAUSE_OUTCOME)
		hvc_words__add(key, "%s for %s",
		               hvc_outcome_name((enum hvc_outcome_kind)verdict->actual),
		               hvc_outcome_name((enum hvc_outcome_kind)verdict->expected));
	else if (verdict->clause == HVC_CLAUSE_LEVEL)
		hvc_words__add(key, "%s for %s", hvc_level_name((enum hvc_level)verdict->actual),
		               hvc_level_name((enum hvc_level)verdict->expected));
	else if (verdict->clause == HVC_CLAUSE_FEATURES)
		hvc_words__add(key, "0x%" PRIx64, verdict->expected);
	else
		hvc_words__add(key, "%s", hvc_verdict__register(verdict, name, sizeof name));
}

static void add_violations(struct hvc_findings *list, const struct hvc_check *check,
                           const char *abi)
{
	for (unsigned i = 0; i < check->findings + check->contradictions; i++) {
		const struct hvc_finding *finding = &check->finding[i];
		const struct hvc_rule *rule =
		        hvc_abi_rule_at(check->abi, (unsigned)finding->verdict.rule);
		struct hvc_new_finding draft = {.about = rule->name,
		                                .calls = finding->calls,
		                                .symbol = finding->cause.symbol,
		                                .address = finding->cause.pc,
		                                .has_address = finding->cause.known};
		char id[32], text[768];

		snprintf(id, sizeof(id), "check-%s", hvc_clause_name(finding->verdict.clause));
		draft.rule = id;
		put_place(&draft, rule, abi, list);
		put_key(&finding->verdict, &draft.key);
		hvc_finding_print(check, finding, text, sizeof(text));
		hvc_words__add(&draft.summary, "%s", text);
		hvc_words__call(&draft.call, &finding->probe, finding->imm);
		hvc_words__check_command(&draft.command, check, finding, abi);
		hvc_findings__add(list, &draft);
	}
}

/* The registers of all findings about a rule, in order; false: an earlier finding told of them. */
static bool put_places(const struct hvc_contract *contract, unsigned first, struct hvc_words *key)
{
	const struct hvc_contract_finding *finding = &contract->finding[first];
	bool told[HVC_PLACES] = {false};

	for (unsigned i = 0; i < contract->findings; i++) {
		const struct hvc_contract_finding *other = &contract->finding[i];

		if (other->allowed != finding->allowed ||
		    contract->class_[other->class_].rule != contract->class_[finding->class_].rule)
			continue;
		if (i < first)
			return false;
		if (!told[other->place])
			hvc_words__add(key, "%s%s", key->length ? ", " : "",
			               hvc_place__name(other->place));
		told[other->place] = true;
	}
	return true;
}

/* One a rule: what the ABI does not allow, and what it does. */
static void add_clobbers(struct hvc_findings *list, const struct hvc_check *check, const char *abi)
{
	const struct hvc_contract *contract = check->contract;

	for (unsigned i = 0; contract && i < contract->findings; i++) {
		const struct hvc_contract_finding *first = &contract->finding[i];
		int index = contract->class_[first->class_].rule;
		struct hvc_new_finding draft = {.rule = first->allowed ? "contract-clobbered"
		                                                       : "contract-broken"};
		const struct hvc_rule *rule;
		char text[HVC_COMMAND_SIZE];

		if (index < 0 || !put_places(contract, i, &draft.key)) {
			hvc_words__free(&draft.key);
			continue;
		}
		rule = hvc_abi_rule_at(check->abi, (unsigned)index);
		draft.about = rule->name;
		put_place(&draft, rule, abi, list);
		hvc_words__add(&draft.summary, "changed, and no result: %s",
		               hvc_words__text(&draft.key));
		hvc_words__call(&draft.call, &first->probe, first->probe.call.imm);
		hvc_call__command(check->subject, &first->world, &first->probe,
		                  first->probe.call.imm, text, sizeof(text));
		hvc_words__add(&draft.command, "%s", text);
		hvc_findings__add(list, &draft);
	}
}

static void add_rules(struct hvc_findings *list, const struct hvc_check *check, const char *abi)
{
	for (unsigned i = 0; i < hvc_abi_rule_count(check->abi); i++) {
		const struct hvc_rule *rule = hvc_abi_rule_at(check->abi, i);
		const struct hvc_rule_account *account = &check->rule[i];
		struct hvc_new_finding draft = {.rule = "check-undecided",
		                                .about = rule->name,
		                                .calls = account->undecided};

		hvc_findings__case(list, rule->name, *rule->title ? rule->title : rule->source,
		                   account->conforms + account->violates == 0);
		/* Of a rule that promises something, calls are undecided when they failed. */
		if (!account->undecided || rule->specified)
			continue;
		put_place(&draft, rule, abi, list);
		hvc_words__add(&draft.summary, "the ABI promises nothing for these calls");
		hvc_findings__add(list, &draft);
	}
}

enum hvc_status hvc_findings__of_check(const struct hvc_check *check, const char *abi,
                                       struct hvc_diag *diag, struct hvc_findings **out)
{
	char calls[HVC_NUMBER_SIZE], space[HVC_NUMBER_SIZE];
	const char *one;
	uint64_t failed = hvc_words__failed(check, &one);
	struct hvc_findings *list = hvc_findings__of(
	        "check", check->subject, hvc_abi_name(check->abi),
	        "%s immediates, %s calls; %" PRIu32 " immediate%s with a violation",
	        hvc_words__number(HVC_IMM_COUNT, space),
	        hvc_words__number(check->total.calls, calls), check->immediates_violating,
	        check->immediates_violating == 1 ? "" : "s");

	if (list) {
		hvc_findings__failed(list, failed, one);
		add_violations(list, check, abi);
		add_clobbers(list, check, abi);
		add_rules(list, check, abi);
	}
	return hvc_findings__end(list, diag, out);
}
