/* SPDX-License-Identifier: MIT */
/* A finding of a check, in words. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "abi/expr.h"
#include "abi/verdict.h"
#include "base/number.h"
#include "engine/check.h"
#include "engine/features.h"
#include "engine/prover.h"
#include "machine/outcome.h"
#include "machine/world.h"

const char *hvc_evidence_name(enum hvc_evidence evidence)
{
	static const char *const names[] = {"proved", "swept", "sampled"};

	return names[evidence];
}

/* A value; of a syndrome register, what it stands for. */
static void print_value(enum hvc_reg reg, uint64_t value, bool word, char *text, size_t size)
{
	char number[HVC_U64_SIZE], syndrome[80];

	if (word)
		hvc_u32_print((uint32_t)value, number);
	else
		hvc_u64_print(value, number);
	hvc_syndrome__print(value, syndrome, sizeof syndrome);
	if (reg == HVC_REG_ESR_EL1 || reg == HVC_REG_ESR_EL2)
		snprintf(text, size, "%s (%s)", number, syndrome);
	else
		snprintf(text, size, "%s", number);
}

/* "x0 is 0x2, promised 0x0 (vbar_el2)"; w0 where the upper half is not promised. */
static void print_result(const struct hvc_rule *rule, const struct hvc_verdict *v, char *text,
                         size_t size)
{
	const struct hvc_result *result = rule->result;
	const char *name = hvc_reg_name(v->reg);
	bool word;
	char promise[80] = "", actual[120], expected[120];

	while (result->reg != v->reg)
		result++;
	word = result->mask == UINT32_MAX;
	if (result->intervals)
		snprintf(promise, sizeof promise, " (one of %s)", result->text);
	else if (!isdigit((unsigned char)result->text[result->text[0] == '-']))
		snprintf(promise, sizeof promise, " (%s)", result->text);
	print_value(v->reg, v->actual, word, actual, sizeof actual);
	print_value(v->reg, v->expected, word, expected, sizeof expected);
	snprintf(text, size, "%c%s is %s, promised %s%s", word ? 'w' : name[0], name + 1, actual,
	         expected, promise);
}

static void print_contradiction(const struct hvc_rule *rule, const struct hvc_verdict *verdict,
                                enum hvc_level from, char *text, size_t size)
{
	size_t used;

	print_result(rule, verdict, text, size);
	used = strlen(text);
	if (used < size)
		snprintf(text + used, size - used,
		         ": no code can do that in a call from %s, for ERET goes to ELR_EL2, and "
		         "the "
		         "rule says where control goes; not judged",
		         hvc_level_name(from));
}

static void print_lie(const struct hvc_verdict *v, char *text, size_t size)
{
	static const char *const words[] = {
	        "says that %s (0x%llx) is there, and the call gives NOT_SUPPORTED",
	        "says that %s (0x%llx) is not there, and the call works",
	        "tells of the 32-bit form of %s, and its 64-bit form (0x%llx) is not there",
	        "%s (0x%llx) is answered as no unknown call is, and no rule names it",
	};
	const char *asked, *name = hvc_features__name((uint32_t)v->expected, &asked);
	bool secret = v->actual == HVC_LIE_SECRET;
	int used = snprintf(text, size, "%s%s", secret ? "" : asked, secret ? "" : " ");

	if (used >= 0 && (size_t)used < size)
		snprintf(text + used, size - (size_t)used, words[v->actual & 3], name,
		         (unsigned long long)v->expected);
}

/* Where control lands instead of behind the call, if it is a place with a name. */
static const char *lands(const struct hvc_finding *finding)
{
	struct hvc_call call = finding->probe.call;

	call.imm = finding->imm;
	if (finding->verdict.expected != HVC_OUTCOME_RETURN)
		return "";
	if (finding->outcome.kind == HVC_OUTCOME_RETRY)
		return ": the call is made again, for ELR_EL2 is not moved on";
	if (finding->outcome.kind == HVC_OUTCOME_JUMP &&
	    finding->outcome.pc == hvc_call__address(&call) + 8)
		return ": it skips one instruction, past the return address";
	if ((finding->outcome.kind == HVC_OUTCOME_SPIN ||
	     finding->outcome.kind == HVC_OUTCOME_LIMIT) &&
	    hvc_level__el(finding->outcome.level) == 2 &&
	    finding->outcome.state.v[HVC_REG_ELR_EL2] == finding->outcome.pc)
		return ": its ERET goes to EL2 again and again, for ELR_EL2 is that of an "
		       "exception "
		       "inside the call";
	return "";
}

/* "stores to memory that is not EL2's own: 8 bytes at 0x4000020000" */
static void print_memory(const struct hvc_rule *rule, const struct hvc_written *written, char *text,
                         size_t size)
{
	int used = snprintf(text, size, "stores to memory that is not EL2's own%s",
	                    rule->buffers ? ", not all of it granted by the rule" : "");

	for (unsigned i = 0; i < written->count && i < HVC_WRITTEN_MAX; i++)
		if (used > 0 && (size_t)used < size)
			used += snprintf(text + used, size - (size_t)used, "%s%llu bytes at 0x%llx",
			                 i ? ", " : ": ",
			                 (unsigned long long)written->range[i].size,
			                 (unsigned long long)written->range[i].address);
}

static void print_finding(const struct hvc_check *check, const struct hvc_finding *finding,
                          char *text, size_t size)
{
	const struct hvc_verdict *v = &finding->verdict;
	const struct hvc_rule *rule = hvc_abi_rule_at(check->abi, (unsigned)v->rule);
	unsigned long long actual = v->actual, expected = v->expected;
	char promise[64], is[120], was[120];

	switch (v->clause) {
	case HVC_CLAUSE_OUTCOME:
		snprintf(is, sizeof is, "%s", hvc_outcome_name((enum hvc_outcome_kind)actual));
		if (actual == HVC_OUTCOME_FAULT)
			hvc_outcome__print_end(&finding->outcome, is, sizeof is);
		snprintf(text, size, "%s, promised %s%s", is,
		         hvc_outcome_name((enum hvc_outcome_kind)expected), lands(finding));
		break;
	case HVC_CLAUSE_LEVEL:
		snprintf(text, size, "%s ends at %s, promised %s", hvc_outcome_name(rule->outcome),
		         hvc_level_name((enum hvc_level)actual),
		         hvc_level_name((enum hvc_level)expected));
		break;
	case HVC_CLAUSE_ADDRESS:
		hvc_expr__print(&rule->at, promise, sizeof promise);
		snprintf(text, size, "%s to 0x%llx, promised 0x%llx (%s)",
		         hvc_outcome_name(rule->outcome), actual, expected, promise);
		break;
	case HVC_CLAUSE_RESULT:
		print_result(rule, v, text, size);
		break;
	case HVC_CLAUSE_PRESERVE:
		hvc_verdict__register(v, promise, sizeof promise);
		print_value(v->reg, actual, false, is, sizeof is);
		print_value(v->reg, expected, false, was, sizeof was);
		snprintf(text, size, "%s is %s, had to stay %s", promise, is, was);
		break;
	case HVC_CLAUSE_MEMORY:
		print_memory(rule, &finding->outcome.written, text, size);
		break;
	case HVC_CLAUSE_OWN:
		snprintf(text, size,
		         "EL2's own memory at 0x%llx is written by a pointer of the caller's",
		         actual);
		break;
	case HVC_CLAUSE_FEATURES:
		print_lie(v, text, size);
		break;
	case HVC_CLAUSE_WIDTH:
		hvc_width__print(v, text, size);
		break;
	case HVC_CLAUSE_FETCH:
		snprintf(text, size,
		         "the caller's memory at 0x%llx is read twice, and what another CPU writes "
		         "there in between breaks the promise",
		         actual);
		break;
	case HVC_CLAUSE_CONTRADICTION:
		print_contradiction(rule, v, finding->probe.call.from, text, size);
		break;
	case HVC_CLAUSE_NONE:
		snprintf(text, size, "no clause");
		break;
	}
}

void hvc_finding_print(const struct hvc_check *check, const struct hvc_finding *finding, char *text,
                       size_t size)
{
	char cause[HVC_CAUSE_SYMBOL + 140];
	size_t used;

	print_finding(check, finding, text, size);
	used = strlen(text);
	if (finding->also[0] && used < size)
		used += (size_t)snprintf(text + used, size - used, "; wrong in this call, too: %s",
		                         finding->also);
	if (!finding->cause.known)
		return;
	hvc_cause__print(&finding->cause, cause, sizeof cause);
	if (used < size)
		snprintf(text + used, size - used, "; by %s", cause);
}
