/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/quote.h"
#include "engine/suggest.h"
#include "hvcheck/arch.h"

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

static void put_intervals(FILE *file, const struct hvc_interval *interval, unsigned intervals)
{
	for (unsigned i = 0; i < intervals; i++) {
		fprintf(file, "%s0x%" PRIx64, i ? ", " : "", interval[i].lo);
		if (interval[i].hi != interval[i].lo)
			fprintf(file, "-0x%" PRIx64, interval[i].hi);
	}
}

/* Left over from the code itself, such as a return address: not the same in the next build. */
static bool points_into_image(const struct hvc_draft *draft, uint64_t value)
{
	const struct hvc_image *image = hvc_subject_image(draft->config->subject);

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
static bool goes_without_saying(const struct hvc_class *class_, enum hvc_reg reg)
{
	return (reg == HVC_REG_DAIF || reg == HVC_REG_NZCV) &&
	       (class_->kind == HVC_OUTCOME_INJECT ||
	        (reg == HVC_REG_DAIF && hvc_level_el(class_->level) == 2 &&
	         class_->kind != HVC_OUTCOME_RETURN && class_->kind != HVC_OUTCOME_RETRY));
}

/* Effects that are promised, and registers that may change. */
static void put_effects(FILE *file, const struct hvc_draft *draft,
                        const struct hvc_draft_rule *rule)
{
	const struct hvc_draft_behaviour *behaviour = &draft->behaviour[rule->behaviour];
	const struct hvc_class *class_ = &draft->map->class_[behaviour->class_];
	struct hvc_regset free = rule->spared;
	unsigned promised = 0, spared = 0;
	char text[64];

	for (enum hvc_reg reg = HVC_REG_X0; reg < HVC_REG_COUNT; reg++)
		if (hvc_regset_has(&behaviour->varies, reg))
			hvc_regset_add(&free, reg);
	for (unsigned i = 0; i < class_->effects; i++) {
		const struct hvc_effect *effect = &class_->effect[i];

		if (goes_without_saying(class_, effect->reg) ||
		    (takes_exception(class_->kind) && effect->reg >= HVC_GPR_COUNT))
			continue;
		if (effect->value.kind == HVC_TERM_CONST &&
		    points_into_image(draft, effect->value.value))
			hvc_regset_add(&free, effect->reg);
		if (hvc_regset_has(&free, effect->reg))
			continue;
		hvc_term_print(&effect->value, text, sizeof text);
		if (effect->value.kind == HVC_TERM_IMM && rule->imms == 1 &&
		    rule->imm[0].lo == rule->imm[0].hi)
			snprintf(text, sizeof text, "0x%" PRIx64, rule->imm[0].lo);
		/* a comma would end the value */
		fprintf(file, strchr(text, ',') ? "%s%s: \"%s\"" : "%s%s: %s",
		        promised++ ? ", " : "    results: { ", hvc_reg_name(effect->reg), text);
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

static enum hvc_level usual_level(const struct hvc_draft *draft, const struct hvc_class *class_)
{
	switch (class_->kind) {
	case HVC_OUTCOME_RETURN:
	case HVC_OUTCOME_RETRY:
	case HVC_OUTCOME_INJECT:
	case HVC_OUTCOME_UNDEFINED:
		return draft->map->probes.probe[0].call.from;
	default:
		return HVC_LEVEL_EL2H;
	}
}

static void put_promise(FILE *file, const struct hvc_draft *draft,
                        const struct hvc_draft_rule *rule)
{
	const struct hvc_draft_behaviour *behaviour = &draft->behaviour[rule->behaviour];
	const struct hvc_class *class_ = &draft->map->class_[behaviour->class_];
	char text[64];

	if (rule->unspecified || behaviour->stores) {
		if (behaviour->stores)
			fputs("    # writes memory that is not its own, which no rule can "
			      "promise\n",
			      file);
		else
			fputs("    # depends on more than the conditions above say\n", file);
		fputs("    outcome: unspecified\n", file);
		return;
	}
	fprintf(file, "    outcome: %s\n", hvc_outcome_name(class_->kind));
	if (class_->level != usual_level(draft, class_))
		fprintf(file, "    level: %s\n", hvc_level_name(class_->level));
	if (class_->kind == HVC_OUTCOME_JUMP) {
		hvc_term_print(&class_->pc, text, sizeof text);
		fprintf(file, "    at: %s\n", text);
	} else if (class_->kind == HVC_OUTCOME_INJECT) {
		fputs("    at: vector\n", file);
	}
	put_effects(file, draft, rule);
}

static void put_name(FILE *file, const struct hvc_draft *draft, unsigned index, bool unaligned)
{
	const struct hvc_draft_rule *rule = &draft->rule[index];

	if (rule->is_default) {
		fputs("  - name: unknown\n", file);
		return;
	}
	fputs("\n  - name: ", file);
	if (rule->imms)
		fprintf(file, "imm_0x%" PRIx64, rule->imm[0].lo);
	else
		fputs("any", file);
	if (rule->reg != HVC_REG_NONE)
		fprintf(file, "_%c%u_0x%" PRIx64, rule->word ? 'w' : 'x', (unsigned)rule->reg,
		        rule->value[0].lo);
	fputs(unaligned ? "_unaligned\n" : "\n", file);
}

static void put_when(FILE *file, const struct hvc_draft_rule *rule, bool unaligned)
{
	unsigned conditions = 0;

	if (rule->is_default) {
		fputs("    default: true\n", file);
		return;
	}
	fputs("    when: { ", file);
	if (rule->imms) {
		fputs("imm: \"", file);
		put_intervals(file, rule->imm, rule->imms);
		fputc('"', file);
		conditions++;
	}
	if (rule->reg != HVC_REG_NONE) {
		fprintf(file, "%s%c%u: \"", conditions++ ? ", " : "", rule->word ? 'w' : 'x',
		        (unsigned)rule->reg);
		put_intervals(file, rule->value, rule->values);
		fputc('"', file);
	}
	if (rule->aligned != HVC_REG_NONE)
		fprintf(file, "%s%s: %s mask 3", conditions++ ? ", " : "",
		        hvc_reg_name(rule->aligned), unaligned ? "1-3" : "0");
	fputs(" }\n", file);
	if (rule->priority)
		fprintf(file, "    priority: %d\n", rule->priority);
}

static void put_rule(FILE *file, const struct hvc_draft *draft, unsigned index, bool unaligned)
{
	const struct hvc_draft_rule *rule = &draft->rule[index];
	unsigned class_ = draft->behaviour[rule->behaviour].class_;
	char text[1024];

	put_name(file, draft, index, unaligned);
	hvc_class_print(&draft->map->class_[class_], text, sizeof text);
	if (unaligned)
		snprintf(text, sizeof text, "the same, for an address that no instruction has");
	else if (!hvc_regset_empty(&draft->behaviour[rule->behaviour].varies))
		hvc_kind_print(draft->map, hvc_map_kind_of(draft->map, class_), text, sizeof text);
	fputs("    title: ", file);
	put_quoted(file, text);
	put_when(file, rule, unaligned);
	if (unaligned)
		fputs("    outcome: unspecified\n", file);
	else
		put_promise(file, draft, rule);
}

static void put_head(FILE *file, const struct hvc_draft *draft)
{
	const struct hvc_call *call = &draft->map->probes.probe[0].call;
	char line[4400];

	put_comment(file,
	            "Derived from what the code does, not from what its authors promise: a first");
	put_comment(file,
	            "specification to correct by hand. Name the rules, take out what callers may");
	put_comment(file, "not rely on, and say where each promise is documented.");
	snprintf(line, sizeof line, "Made from: %s", draft->map->subject);
	put_comment(file, line);
	fprintf(file, "abi: %s\ntitle: ", draft->name);
	snprintf(line, sizeof line, "what %s does (derived)", draft->map->subject);
	put_quoted(file, line);
	fputs("source: ", file);
	snprintf(line, sizeof line, "derived by hvcheck map from %s", draft->map->subject);
	put_quoted(file, line);
	fprintf(file, "callers: %s\ninstructions: %s\n", hvc_level_name(call->from),
	        hvc_insn_name(call->insn));
	if (draft->map->world.cpu != HVC_CPU_A72 || !draft->map->world.el3)
		fprintf(file, "worlds:\n  - name: host\n    title: as mapped\n    cpu: %s\n%s",
		        hvc_cpu_name(draft->map->world.cpu),
		        draft->map->world.el3 ? "" : "    el3: false\n");
	fputs("rules:", file);
}

bool hvc_draft__write(const struct hvc_draft *draft, char **text, size_t *size, unsigned *rule)
{
	FILE *file = open_memstream(text, size);
	unsigned count = 0;
	bool ok;

	if (!file)
		return false;
	put_head(file, draft);
	for (unsigned i = 0; i < draft->rules; i++) {
		bool split = draft->rule[i].aligned != HVC_REG_NONE;

		if (draft->rule[i].is_default)
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
