/* SPDX-License-Identifier: MIT */
/* JSON of a check. */
#include "abi/verdict.h"
#include "hvcheck/arch.h"
#include "machine/supplied.h"
#include "report/contract_words.h"
#include "report/json_class.h"
#include "report/new_finding.h"
#include "report/proof_words.h"
#include "report/supplied.h"
#include "report/words.h"
#include "subject/subject.h"

static void add_account(struct hvc_json *json, const struct hvc_rule_account *account)
{
	hvc_json__put(json, "calls conforms violates undecided known", account->calls,
	              account->conforms, account->violates, account->undecided,
	              hvc_evidence_name(account->known));
}

/* One a caller of each world; none where no proof was asked for. */
static void add_parts(struct hvc_json *json, const struct hvc_check *check)
{
	struct hvc_words words = {0};

	hvc_json__array(json, "proof");
	for (unsigned i = 0; i < check->parts; i++) {
		const struct hvc_check_part *part = &check->part[i];

		hvc_json__put(json, "{ world insn from known paths cells why? }",
		              hvc_abi_world_at(check->abi, part->world)->world.name,
		              hvc_insn_name(part->insn), hvc_level_name(part->from),
		              hvc_evidence_name(part->proved     ? HVC_EVIDENCE_PROVED
		                                : part->handlers ? HVC_EVIDENCE_SAMPLED
		                                                 : HVC_EVIDENCE_SWEPT),
		              part->paths, part->cells, !part->proved ? part->why : NULL);
	}
	hvc_json__close(json);
	hvc_words__reads(&words, check);
	if (words.length)
		hvc_json__words(json, "rests_on", &words);
}

static void add_rules(struct hvc_json *json, const struct hvc_check *check)
{
	hvc_json__array(json, "rules");
	for (unsigned i = 0; i < hvc_abi_rule_count(check->abi); i++) {
		const struct hvc_rule *rule = hvc_abi_rule_at(check->abi, i);

		hvc_json__put(json, "{ rule title source unconfirmed specified", rule->name,
		              rule->title, rule->source, rule->unconfirmed, rule->specified);
		add_account(json, &check->rule[i]);
		hvc_json__close(json);
	}
	hvc_json__close(json);
}

/* What was promised, and what came: words or a value, by the clause. */
static void add_value(struct hvc_json *json, const char *key, enum hvc_clause clause,
                      uint64_t value)
{
	switch (clause) {
	case HVC_CLAUSE_OUTCOME:
		hvc_json__string(json, key, hvc_outcome_name((enum hvc_outcome_kind)value));
		break;
	case HVC_CLAUSE_LEVEL:
		hvc_json__string(json, key, hvc_level_name((enum hvc_level)value));
		break;
	case HVC_CLAUSE_ADDRESS:
	case HVC_CLAUSE_RESULT:
	case HVC_CLAUSE_PRESERVE:
	case HVC_CLAUSE_MEMORY:
	case HVC_CLAUSE_OWN:
	case HVC_CLAUSE_FEATURES:
	case HVC_CLAUSE_WIDTH:
	case HVC_CLAUSE_FETCH:
	case HVC_CLAUSE_CONTRADICTION:
		hvc_json__hex(json, key, value);
		break;
	case HVC_CLAUSE_NONE:
		hvc_json__null(json, key);
		break;
	}
}

void hvc_json__verdict(struct hvc_json *json, const struct hvc_abi *abi,
                       const struct hvc_verdict *verdict)
{
	const struct hvc_rule *rule =
	        verdict->rule < 0 ? NULL : hvc_abi_rule_at(abi, (unsigned)verdict->rule);
	char name[24];

	hvc_json__string(json, "verdict", hvc_verdict_name(verdict->kind));
	if (rule)
		hvc_json__put(json, "rule source", rule->name, rule->source);
	if (verdict->clause == HVC_CLAUSE_NONE)
		return;
	hvc_json__put(json, "clause register?", hvc_clause_name(verdict->clause),
	              *hvc_verdict__register(verdict, name, sizeof name) ? name : NULL);
	add_value(json, "expected", verdict->clause, verdict->expected);
	add_value(json, "actual", verdict->clause, verdict->actual);
}

void hvc_json__cause(struct hvc_json *json, const struct hvc_cause *cause)
{
	char text[96];

	if (!cause->known)
		return;
	hvc_disasm__in(cause->isa, cause->pc, cause->word, text, sizeof text);
	hvc_json__put(json, "cause{ address:x", cause->pc);
	if (cause->symbol[0])
		hvc_json__put(json, "symbol offset", cause->symbol, cause->offset);
	hvc_json__put(json, "instruction }", text);
}

static void add_finding(struct hvc_json *json, const struct hvc_check *check,
                        const struct hvc_finding *finding)
{
	const struct hvc_check_world *world = &check->world[finding->world];
	struct hvc_state before;
	char text[768];

	hvc_finding_print(check, finding, text, sizeof(text));
	hvc_json__object(json, NULL);
	hvc_json__verdict(json, check->abi, &finding->verdict);
	hvc_json__string(json, "summary", text);
	hvc_json__cause(json, &finding->cause);
	hvc_json__put(json, "calls immediates world", finding->calls, finding->immediates,
	              hvc_abi_world_at(check->abi, finding->world)->world.name);
	hvc_json__witness(json, "witness", check->subject, &check->world[finding->world].world,
	                  &finding->probe, finding->imm);
	hvc_json__object(json, "outcome");
	hvc_entry_state(&world->entry, &finding->probe.call, &before);
	hvc_json__outcome(json, &finding->outcome, &before, &world->present);
	hvc_json__put(json, "} }");
}

/* Of all worlds: they lend and answer alike. */
static void add_supplied(struct hvc_json *json, const struct hvc_check *check)
{
	struct hvc_supplied all = {0};

	for (unsigned i = 0; i < check->worlds; i++)
		if (hvc_supplied__merge(&all, &check->world[i].supplied) != HVC_OK)
			hvc_json__fail(json);
	hvc_supplied__sort(&all);
	hvc_supplied__json(json, "invented", &check->world[0].world, &all);
	hvc_supplied__free(&all);
}

enum hvc_status hvc_check__json(FILE *out, const struct hvc_check *check, const char *abi,
                                const struct hvc_findings *findings, struct hvc_diag *diag)
{
	struct hvc_json *json = hvc_json__new("hvcheck-check/1");
	uint32_t classified = 0;
	const char *one;
	uint64_t failed = hvc_words__failed(check, &one);

	for (unsigned i = 0; i < check->worlds; i++)
		if (i == 0 || check->world[i].classified < classified)
			classified = check->world[i].classified;
	hvc_json__put(json, "subject abi abi_option verdict", check->subject,
	              hvc_abi_name(check->abi), abi,
	              hvc_verdict_name(check->findings ? HVC_VERDICT_VIOLATES
	                               : failed        ? HVC_VERDICT_UNDECIDED
	                                               : HVC_VERDICT_CONFORMS));
	hvc_json__failed(json, failed, one);
	hvc_json__left_out(json, check->world[0].untried);
	hvc_json__put(json, "account{ space classified", HVC_IMM_COUNT, classified);
	add_account(json, &check->total);
	hvc_json__put(json, "immediates_violating }", check->immediates_violating);
	add_parts(json, check);
	add_supplied(json, check);
	add_rules(json, check);
	hvc_json__array(json, "findings");
	for (unsigned i = 0; i < check->findings; i++)
		add_finding(json, check, &check->finding[i]);
	hvc_json__close(json);
	if (check->contradictions)
		hvc_json__array(json, "contradictions");
	for (unsigned i = 0; i < check->contradictions; i++)
		add_finding(json, check, &check->finding[check->findings + i]);
	if (check->contradictions)
		hvc_json__close(json);
	hvc_json__contract(json, check->contract, check->subject);
	hvc_json__findings(json, findings);
	return hvc_json__print(json, out, diag);
}
