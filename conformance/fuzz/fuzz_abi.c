/* SPDX-License-Identifier: MIT */
/* YAML: a specification, a world or suppressions, whichever the input is. */
#include "abi/abi.h"
#include "abi/expr.h"
#include "abi/suppression.h"
#include "abi/world_file.h"
#include "fuzz.h"
#include "hvcheck/verdict.h"
#include "machine/outcome.h"

/* A value that is in one of the intervals, at its edge or beside it. */
static uint64_t draw(uint64_t *seed, const struct hvc_interval *interval, unsigned intervals)
{
	const uint64_t random = fuzz_random(seed);
	const struct hvc_interval *one;

	if (!intervals || random % 8 == 0)
		return random >> random % 61;
	one = &interval[random % intervals];
	return (random >> 8 & 1 ? one->lo : one->hi) + (random >> 9) % 3 - 1;
}

static bool is_in(const struct hvc_interval *interval, unsigned intervals, uint64_t value)
{
	for (unsigned i = 0; i < intervals; i++)
		if (value >= interval[i].lo && value <= interval[i].hi)
			return true;
	return false;
}

/* Does the rule speak of the call? The slow way. */
static bool matches(const struct hvc_rule *rule, unsigned world, const struct hvc_call *call)
{
	if (!(rule->worlds >> world & 1) || !(rule->levels >> call->from & 1) ||
	    !(rule->insns >> call->insn & 1) || !is_in(rule->imm, rule->imms, hvc_call__imm(call)))
		return false;
	for (unsigned k = 0; k < rule->conditions; k++) {
		const struct hvc_condition *condition = &rule->condition[k];
		uint64_t seen = hvc_level_is_aarch32(call->from) ? UINT32_MAX : UINT64_MAX;

		if (!is_in(condition->interval, condition->intervals,
		           call->x[condition->reg] & condition->mask & seen))
			return false;
	}
	return true;
}

/* The one rule that governs a call: of those that match, the only one of the highest priority. */
static int governs(const struct hvc_abi *abi, unsigned world, const struct hvc_call *call)
{
	int found = -1;
	bool twice = false;

	for (unsigned i = 0; i < hvc_abi_rule_count(abi); i++) {
		const struct hvc_rule *rule = hvc_abi_rule_at(abi, i);
		const struct hvc_rule *other =
		        found < 0 ? NULL : hvc_abi_rule_at(abi, (unsigned)found);

		if (!matches(rule, world, call))
			continue;
		if (!other || rule->priority > other->priority) {
			found = (int)i;
			twice = false;
		} else if (rule->priority == other->priority) {
			twice = true;
		}
	}
	FUZZ_HOLD(found >= 0, "imm 0x%x has no rule", call->imm);
	FUZZ_HOLD(!twice, "imm 0x%x has two rules", call->imm);
	return found;
}

/* What does as the rule says conforms; what returns elsewhere does not. */
static void hold_judged(const struct hvc_abi *abi, unsigned world, const struct hvc_rule *rule,
                        const struct hvc_call *call)
{
	const struct hvc_regset all = {{UINT64_MAX, UINT64_MAX}};
	struct hvc_state entry;
	struct hvc_outcome outcome = {.kind = rule->outcome, .level = rule->level};
	struct hvc_verdict verdict;

	hvc_entry_state(&hvc_abi_world_at(abi, world)->world.state, call, &entry);
	outcome.state = entry;
	outcome.pc = hvc_call__address(call) + 4;
	if (outcome.level == HVC_LEVEL_COUNT)
		outcome.level = call->from;
	for (unsigned i = 0; i < rule->results; i++) {
		const struct hvc_result *result = &rule->result[i];
		const struct hvc_context context = {&entry, call};
		const uint64_t value = result->intervals ? result->interval[0].lo
		                                         : hvc_expr__eval(&result->expr, &context);

		outcome.state.v[result->reg] &= ~result->mask;
		outcome.state.v[result->reg] |= value & result->mask;
	}
	hvc_verdict_judge(abi, world, &entry, &all, call, &outcome, &verdict);
	FUZZ_HOLD(verdict.rule == hvc_abi__rule_of(abi, world, call), "rule %d", verdict.rule);
	FUZZ_HOLD(rule->specified == (verdict.kind != HVC_VERDICT_UNDECIDED), "%s", rule->name);
	if (rule->outcome != HVC_OUTCOME_RETURN)
		return;
	FUZZ_HOLD(verdict.kind != HVC_VERDICT_VIOLATES, "%s: %s, %s: 0x%" PRIx64 ", 0x%" PRIx64,
	          rule->name, hvc_clause_name(verdict.clause), hvc_reg_name(verdict.reg),
	          verdict.expected, verdict.actual);
	outcome.kind = HVC_OUTCOME_SPIN;
	hvc_verdict_judge(abi, world, &entry, &all, call, &outcome, &verdict);
	FUZZ_HOLD(verdict.kind != HVC_VERDICT_CONFORMS, "%s", rule->name);
}

/* Calls at the edges of rules: loading has proved that each has one rule, which is found. */
static void hold_total(const struct hvc_abi *abi, uint64_t seed)
{
	const unsigned rules = hvc_abi_rule_count(abi), worlds = hvc_abi_world_count(abi);

	for (unsigned n = 0; n < 64; n++) {
		const struct hvc_rule *rule = hvc_abi_rule_at(abi, fuzz_random(&seed) % rules);
		unsigned world = fuzz_random(&seed) % worlds;
		struct hvc_call call;
		int governor;

		hvc_call_init(&call, fuzz_random(&seed) | 1);
		call.imm = (uint16_t)draw(&seed, rule->imm, rule->imms);
		for (unsigned k = 0; k < rule->conditions; k++)
			call.x[rule->condition[k].reg] = draw(&seed, rule->condition[k].interval,
			                                      rule->condition[k].intervals);
		call.from = (enum hvc_level)(fuzz_random(&seed) % HVC_LEVEL_COUNT);
		call.insn = (enum hvc_insn)(fuzz_random(&seed) % HVC_INSN_COUNT);
		if (!(hvc_abi__levels(abi) >> call.from & 1) ||
		    !(hvc_abi__insns(abi) >> call.insn & 1) ||
		    hvc_caller_index(call.insn, call.from) == HVC_CALLER_NONE) {
			FUZZ_HOLD(hvc_abi__rule_of(abi, world, &call) == -1, "a stranger");
			continue;
		}
		governor = governs(abi, world, &call);
		FUZZ_HOLD(hvc_abi__rule_of(abi, world, &call) == governor, "imm 0x%x", call.imm);
		hold_judged(abi, world, hvc_abi_rule_at(abi, (unsigned)governor), &call);
	}
}

/* What rules promise can be written down and read again. */
static void hold_expressions(const struct hvc_abi *abi)
{
	for (unsigned i = 0; i < hvc_abi_rule_count(abi); i++) {
		const struct hvc_rule *rule = hvc_abi_rule_at(abi, i);

		for (unsigned k = 0; k < rule->results; k++) {
			const struct hvc_expr *expr = &rule->result[k].expr;
			struct hvc_expr again;
			char text[2048];

			if (rule->result[k].intervals)
				continue;
			hvc_expr__print(expr, text, sizeof text);
			FUZZ_HOLD(hvc_expr__parse(text, &again, NULL, NULL) == HVC_OK, "%s", text);
			FUZZ_HOLD(hvc_expr__equal(expr, &again), "%s", text);
		}
	}
}

static bool try_abi(const char *text, size_t size)
{
	struct hvc_abi *const mark = (struct hvc_abi *)(uintptr_t)text, *abi = mark;
	struct hvc_diag diag = {0};
	enum hvc_status status = hvc_abi_parse(text, size, "input", &diag, &abi);

	if (status != HVC_OK) {
		fuzz_refused(status, &diag, abi, mark);
		return false;
	}
	FUZZ_HOLD(hvc_abi_rule_count(abi) && hvc_abi_world_count(abi), "nothing in it");
	hold_total(abi, fuzz_seed((const uint8_t *)text, size));
	hold_expressions(abi);
	hvc_abi_free(abi);
	return true;
}

static enum hvc_status find_place(void *ctx, const char *text, struct hvc_diag *diag,
                                  uint64_t *address)
{
	(void)ctx;
	if (text[0] == 'u')
		return hvc_diag_set(diag, HVC_E_NOTFOUND, NULL, 0, 0, "no symbol");
	*address = HVC_LANDING + 4 * (strlen(text) % 64);
	return HVC_OK;
}

static bool try_world(const char *text, size_t size)
{
	struct hvc_world world, mark;
	struct hvc_diag diag = {0};
	enum hvc_status status;

	memset(&world, 0x5a, sizeof world);
	mark = world;
	status = hvc_world__parse(text, size, "input", find_place, NULL, &diag, &world);
	if (status != HVC_OK) {
		fuzz_refused(status, &diag, NULL, NULL);
		FUZZ_HOLD(!memcmp(&world, &mark, sizeof mark), "%s", diag.message);
		return false;
	}
	FUZZ_HOLD(world.stops <= HVC_STOPS_MAX && world.extras <= HVC_EXTRAS_MAX &&
	                  world.zero_pages <= HVC_ZERO_PAGES_MAX,
	          "too much");
	FUZZ_HOLD(memchr(world.name, '\0', sizeof world.name), "name");
	return true;
}

static bool try_suppressions(const char *text, size_t size)
{
	struct hvc_suppressions *const mark = (struct hvc_suppressions *)(uintptr_t)text;
	struct hvc_suppressions *made = mark;
	const struct hvc_suppression *entry;
	struct hvc_diag diag = {0};
	enum hvc_status status = hvc_suppressions__parse(text, size, "input", &diag, &made);

	if (status != HVC_OK) {
		fuzz_refused(status, &diag, made, mark);
		return false;
	}
	for (unsigned i = 0; (entry = hvc_suppressions__at(made, i)); i++)
		FUZZ_HOLD(entry->expires >= 101 && entry->reason[0] && entry->owner[0] &&
		                  entry->rule && entry->about && entry->subject,
		          "entry %u", i);
	hvc_suppressions__free(made);
	return true;
}

FUZZ_TARGET
{
	/* With nothing behind it, not even a NUL. */
	char *text = malloc(size + !size);

	FUZZ_HOLD(text, "no memory");
	if (size)
		memcpy(text, data, size);
	fuzz_taken += try_abi(text, size) + try_world(text, size) + try_suppressions(text, size);
	free(text);
	return 0;
}
