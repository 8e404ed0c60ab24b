/* SPDX-License-Identifier: MIT */
/* A suggested specification as YAML. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/expr.h"
#include "engine/quote.h"
#include "engine/suggest.h"
#include "hvcheck/arch.h"
#include "machine/world.h"

static void put_comment(FILE *file, const char *text)
{
	fputs("# ", file);
	hvc_quote__put(file, HVC_QUOTE_LINE, text);
	fputc('\n', file);
}

static void put_quoted(FILE *file, const char *text)
{
	fputc('"', file);
	hvc_quote__put(file, HVC_QUOTE_YAML, text);
	fputs("\"\n", file);
}

/* Left over from the code itself, such as a return address: not the same in the next build. */
static bool points_into_image(const struct hvc_suggestion *draft, uint64_t value)
{
	const struct hvc_image *image = hvc_subject_image(draft->exact->subject);

	for (unsigned i = 0; i < image->segments; i++)
		if (value - image->segment[i].address < image->segment[i].size)
			return true;
	return false;
}

/* After these only x0 to x30 are compared, as what the exception itself does is not listed. */
static bool takes_exception(enum hvc_outcome_kind kind)
{
	return kind == HVC_OUTCOME_UNDEFINED || kind == HVC_OUTCOME_FAULT;
}

/* Masked by taking the exception, and still so at EL2: what goes without saying. */
static bool goes_without_saying(const struct hvc_row *row, enum hvc_reg reg)
{
	return (reg == HVC_REG_DAIF || reg == HVC_REG_NZCV) &&
	       (row->kind == HVC_OUTCOME_INJECT ||
	        (reg == HVC_REG_DAIF && hvc_level__el(row->level) == 2 &&
	         row->kind != HVC_OUTCOME_RETURN && row->kind != HVC_OUTCOME_RETRY));
}

/* Has the language of specifications words for it? */
static bool can_say(const struct hvc_suggestion *draft, const struct hvc_row_effect *effect,
                    char *text, size_t size)
{
	struct hvc_expr expr;

	if (effect->reg == HVC_REG_NONE)
		return false;
	if (hvc_bv__const(effect->value) && points_into_image(draft, effect->value->value))
		return false;
	hvc_exact__print_value(draft->exact, effect->value, text, size);
	return hvc_expr__parse(text, &expr, NULL, NULL) == HVC_OK;
}

/* Effects that are promised, and registers that may change. */
static void put_effects(FILE *file, const struct hvc_suggestion *draft,
                        const struct hvc_suggestion_rule *rule)
{
	const struct hvc_row *row = rule->row;
	struct hvc_regset free = rule->spared;
	unsigned promised = 0, spared = 0;
	char text[256];

	for (unsigned i = 0; i < row->effects; i++) {
		const struct hvc_row_effect *effect = &row->effect[i];

		if (effect->reg == HVC_REG_NONE || goes_without_saying(row, effect->reg) ||
		    (takes_exception(row->kind) && effect->reg >= HVC_GPR_COUNT))
			continue;
		if (!can_say(draft, effect, text, sizeof text))
			hvc_regset_add(&free, effect->reg);
		if (hvc_regset_has(&free, effect->reg))
			continue;
		/* a comma would end the value */
		fprintf(file, strchr(text, ',') ? "%s%s: \"%s\"" : "%s%s: %s",
		        promised++ ? ", " : "    results: { ", effect->name, text);
	}
	if (promised)
		fputs(" }\n", file);
	for (enum hvc_reg reg = HVC_REG_X0; reg < HVC_REG_COUNT; reg++)
		if (hvc_regset_has(&free, reg))
			fprintf(file, "%s%s",
			        spared++ ? ", " : "    clobbers: ", hvc_reg_name(reg));
	if (spared)
		fputc('\n', file);
}

static enum hvc_level usual_level(const struct hvc_suggestion *draft, const struct hvc_row *row)
{
	switch (row->kind) {
	case HVC_OUTCOME_RETURN:
	case HVC_OUTCOME_RETRY:
	case HVC_OUTCOME_INJECT:
	case HVC_OUTCOME_UNDEFINED:
		return draft->part->from;
	default:
		return HVC_LEVEL_EL2H;
	}
}

static void put_promise(FILE *file, const struct hvc_suggestion *draft,
                        const struct hvc_suggestion_rule *rule)
{
	const struct hvc_row *row = rule->row;
	struct hvc_expr expr;
	char text[256] = "";

	if (row->target)
		hvc_exact__print_value(draft->exact, row->target, text, sizeof text);
	if (row->stores)
		fputs("    # writes memory that is not its own, which no rule can promise\n", file);
	else if (rule->unspecified)
		fputs("    # depends on more than the conditions above say\n", file);
	if (rule->unspecified || row->stores) {
		fputs("    outcome: unspecified\n", file);
		return;
	}
	fprintf(file, "    outcome: %s\n", hvc_outcome_name(row->kind));
	if (row->level != usual_level(draft, row))
		fprintf(file, "    level: %s\n", hvc_level_name(row->level));
	if (row->kind == HVC_OUTCOME_INJECT)
		fputs("    at: vector\n", file);
	else if (row->kind == HVC_OUTCOME_JUMP &&
	         hvc_expr__parse(text, &expr, NULL, NULL) == HVC_OK)
		fprintf(file, "    at: %s\n", text);
	put_effects(file, draft, rule);
}

static void put_name(FILE *file, unsigned index, const struct hvc_suggestion_rule *rule,
                     bool unaligned)
{
	if (!rule->case_)
		fputs("  - name: unknown\n", file);
	else
		fprintf(file, "\n  - name: rule_%u%s\n", index + 1, unaligned ? "_unaligned" : "");
}

static void put_when(FILE *file, const struct hvc_suggestion *draft,
                     const struct hvc_suggestion_rule *rule, bool unaligned)
{
	char text[8192];

	if (!rule->case_) {
		fputs("    default: true\n", file);
		return;
	}
	fputs("    when: { ", file);
	for (size_t i = 0; i < rule->case_->members; i++) {
		struct hvc_text out = {text, sizeof text, 0};

		if (hvc_suggestion__condition(draft, &rule->case_->member[i], &out))
			fprintf(file, "%s%s", i ? ", " : "", text);
	}
	if (rule->aligned != HVC_REG_NONE)
		fprintf(file, "%s%s: %s mask 3", rule->case_->members ? ", " : "",
		        hvc_reg_name(rule->aligned), unaligned ? "1-3" : "0");
	fputs(" }\n", file);
}

static void put_rule(FILE *file, const struct hvc_suggestion *draft, unsigned index, bool unaligned)
{
	const struct hvc_suggestion_rule *rule = &draft->rule[index];
	char text[1024];

	put_name(file, index, rule, unaligned);
	hvc_exact__print_behaviour(draft->exact, rule->row, text, sizeof text);
	if (unaligned)
		snprintf(text, sizeof text, "the same, for an address that no instruction has");
	fputs("    title: ", file);
	put_quoted(file, text);
	put_when(file, draft, rule, unaligned);
	if (unaligned)
		fputs("    outcome: unspecified\n", file);
	else
		put_promise(file, draft, rule);
}

static void put_callers(FILE *file, const struct hvc_suggestion *draft)
{
	unsigned insns = 0, levels = 0;

	for (unsigned i = 0; i < draft->exact->parts; i++) {
		insns |= 1u << draft->exact->part[i].insn;
		levels |= 1u << draft->exact->part[i].from;
	}
	fputs("callers: ", file);
	for (unsigned i = 0, n = 0; i < HVC_LEVEL_COUNT; i++)
		if (levels >> i & 1)
			fprintf(file, "%s%s", n++ ? ", " : "", hvc_level_name((enum hvc_level)i));
	fputs("\ninstructions: ", file);
	for (unsigned i = 0, n = 0; i < HVC_INSN_COUNT; i++)
		if (insns >> i & 1)
			fprintf(file, "%s%s", n++ ? ", " : "", hvc_insn_name((enum hvc_insn)i));
	fputc('\n', file);
}

static void put_head(FILE *file, const struct hvc_suggestion *draft)
{
	const char *subject = hvc_subject_name(draft->exact->subject);
	const struct hvc_world *world = &draft->exact->world;
	char line[4400];

	put_comment(file,
	            "Derived from what the code does, not from what its authors promise: a first");
	put_comment(file,
	            "specification to correct by hand. Name the rules, take out what callers may");
	put_comment(file, "not rely on, and say where each promise is documented.");
	snprintf(line, sizeof line, "Made from: %s", subject);
	put_comment(file, line);
	fprintf(file, "abi: %s\ntitle: ", draft->name);
	snprintf(line, sizeof line, "what %s does (derived)", subject);
	put_quoted(file, line);
	fputs("source: ", file);
	snprintf(line, sizeof line, "derived by hvcheck map from %s", subject);
	put_quoted(file, line);
	put_callers(file, draft);
	if (world->cpu != HVC_CPU_A72 || !world->el3 || world->esr)
		fprintf(file, "worlds:\n  - name: host\n    title: as mapped\n    cpu: %s\n%s",
		        hvc_cpu_name(world->cpu), world->el3 ? "" : "    el3: false\n");
	if (world->esr)
		fprintf(file, "    esr: 0x%x\n", (unsigned)world->esr);
	fputs("rules:", file);
}

bool hvc_suggestion__write(const struct hvc_suggestion *draft, char **text, size_t *size,
                           unsigned *rule)
{
	FILE *file = open_memstream(text, size);
	unsigned count = 0;
	bool ok;

	if (!file)
		return false;
	put_head(file, draft);
	for (unsigned i = 0; i < draft->rules; i++) {
		bool split = draft->rule[i].aligned != HVC_REG_NONE;

		if (!draft->rule[i].case_)
			fputc('\n', file);
		put_rule(file, draft, i, false);
		rule[count++] = i;
		if (split) {
			put_rule(file, draft, i, true);
			rule[count++] = i;
		}
	}
	ok = !ferror(file);
	return !fclose(file) && *text && ok; /* glibc: 0, and no text, when memory runs out here */
}
