/* SPDX-License-Identifier: MIT */
/*
 * Rules from the rows of a map: each case that `when` can say is a rule, and the row that most
 * calls meet is the default. What `when` cannot say falls under the default, which then promises
 * nothing. The draft is held to the subject that it was made from by a check; where that
 * contradicts a rule, the rule promises nothing, either.
 */
#include "engine/suggest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/expr.h"
#include "engine/quote.h"
#include "hvcheck/arch.h"
#include "hvcheck/check.h"
#include "machine/world.h"

/* A rule: one case of a row, or the default. */
struct rule {
	const struct hvc_row *row;
	const struct hvc_row_case *case_; /* NULL: what the others leave */
	bool unspecified;                 /* nothing is promised after all */
};

struct draft {
	const struct hvc_exact *exact;
	const struct hvc_exact_part *part;
	const char *name;
	struct rule *rule; /* the default is the last one */
	unsigned rules;
};

/* Rules of the format at most, see conformance/abi/README.md. */
#define RULES_MAX 512u

/* limit: what the register can hold at most. */
static void put_set(struct hvc_text *out, const struct hvc_set *set, uint64_t limit)
{
	for (size_t i = 0; i < set->count && set->range[i].lo <= limit; i++) {
		uint64_t hi = set->range[i].hi < limit ? set->range[i].hi : limit;

		hvc_text__put(out, "%s0x%" PRIx64, i ? ", " : "", set->range[i].lo);
		if (hi != set->range[i].lo)
			hvc_text__put(out, "-0x%" PRIx64, hi);
	}
}

/* The register of which it is some bits, and which; NULL: of none, or of more than one. */
static hvc_ref masked(const struct draft *draft, hvc_ref key, uint64_t *mask)
{
	struct hvc_bvs *t = draft->exact->terms;

	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		hvc_ref x = draft->part->symbolic->before[n];

		*mask = key->width == 64 ? ~key->zeros : hvc_bv__mask(key->width);
		if (key->width == 64 && hvc_bv__and(t, x, hvc_bv__num(t, 64, *mask)) == key)
			return x;
		if (key->width < 64 && hvc_bv__extract(t, x, key->width - 1u, 0) == key)
			return x;
	}
	return NULL;
}

static bool put_condition(const struct draft *draft, const struct hvc_member *member,
                          struct hvc_text *out)
{
	hvc_ref key = member->key, x;
	uint64_t mask = UINT64_MAX;

	if (!member->set->count)
		return false;
	if (key->op == HVC_OP_INPUT && key->value == HVC_INPUT_IMM) {
		hvc_text__put(out, "imm: \"");
	} else {
		x = masked(draft, key, &mask);
		if (!x)
			return false;
		hvc_text__put(out, "%c%u: \"", mask == UINT32_MAX ? 'w' : 'x', (unsigned)x->value);
	}
	put_set(out, member->set, mask == UINT32_MAX ? UINT32_MAX : UINT64_MAX);
	if (mask != UINT32_MAX && mask != UINT64_MAX)
		hvc_text__put(out, " mask 0x%" PRIx64, mask);
	hvc_text__put(out, "\"");
	return true;
}

/* Can `when` say it? It has each register once, as xN and as wN. */
static bool can_say(const struct draft *draft, const struct hvc_row_case *c)
{
	char text[8192], names[64][8];
	size_t count = 0;

	if (c->rests || c->members > 64)
		return false;
	for (size_t i = 0; i < c->members; i++) {
		struct hvc_text out = {text, sizeof text, 0};
		size_t length;

		if (!put_condition(draft, &c->member[i], &out) || out.length + 1 >= sizeof text)
			return false;
		length = strcspn(text, ":");
		if (length >= sizeof *names)
			return false;
		memcpy(names[count], text, length);
		names[count][length] = '\0';
		for (size_t j = 0; j < count; j++)
			if (!strcmp(names[j], names[count]))
				return false;
		count++;
	}
	return true;
}

/* What most calls meet: said to be the rest, or else the last. */
static const struct hvc_row *find_default(const struct hvc_exact_part *part)
{
	for (unsigned i = 0; i < part->rows; i++)
		if (part->row[i].rest)
			return &part->row[i];
	return &part->row[part->rows - 1];
}

static void add_rule(struct draft *draft, const struct hvc_row *row, const struct hvc_row_case *c)
{
	draft->rule[draft->rules++] = (struct rule){
	        .row = row, .case_ = c, .unspecified = row->why != NULL && !row->seen};
}

static enum hvc_status make_draft(struct draft *draft, struct hvc_diag *diag)
{
	const struct hvc_exact_part *part = &draft->exact->part[0];
	const char *subject = hvc_subject_name(draft->exact->subject);
	const struct hvc_row *last;
	unsigned most = 1;
	bool all = true;

	for (unsigned i = 0; i < draft->exact->parts; i++)
		if (i && draft->exact->part[i].same != part)
			return hvc_diag_set(diag, HVC_E_ARG, subject, 0, 0,
			                    "callers do not meet the same: a specification is of "
			                    "one caller and instruction");
	draft->part = part;
	for (unsigned i = 0; i < part->rows; i++)
		most += part->row[i].cases;
	draft->rule = calloc(most, sizeof *draft->rule);
	if (!draft->rule)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	last = find_default(part);
	for (unsigned i = 0; i < part->rows; i++)
		for (unsigned j = 0; &part->row[i] != last && j < part->row[i].cases; j++) {
			if (can_say(draft, &part->row[i].case_[j]))
				add_rule(draft, &part->row[i], &part->row[i].case_[j]);
			else
				all = false;
		}
	add_rule(draft, last, NULL);
	draft->rule[draft->rules - 1].unspecified |= !all;
	if (draft->rules > RULES_MAX)
		return hvc_diag_set(diag, HVC_E_UNSUPPORTED, subject, 0, 0,
		                    "more behaviours than the %u rules that a "
		                    "specification holds",
		                    RULES_MAX);
	return HVC_OK;
}

/* A suggested specification as YAML. */

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
static bool points_into_image(const struct draft *draft, uint64_t value)
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
static bool can_promise(const struct draft *draft, const struct hvc_row_effect *effect, char *text,
                        size_t size)
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
static void put_effects(FILE *file, const struct draft *draft, const struct rule *rule)
{
	const struct hvc_row *row = rule->row;
	struct hvc_regset free = {{0}};
	unsigned promised = 0, spared = 0;
	char text[256];

	for (unsigned i = 0; i < row->effects; i++) {
		const struct hvc_row_effect *effect = &row->effect[i];

		if (effect->reg == HVC_REG_NONE || goes_without_saying(row, effect->reg) ||
		    (takes_exception(row->kind) && effect->reg >= HVC_GPR_COUNT))
			continue;
		if (!can_promise(draft, effect, text, sizeof text))
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

static enum hvc_level usual_level(const struct draft *draft, const struct hvc_row *row)
{
	switch (row->kind) {
	case HVC_OUTCOME_RETURN:
	case HVC_OUTCOME_RETRY:
	case HVC_OUTCOME_INJECT:
	case HVC_OUTCOME_UNDEFINED:
		return draft->part->from;
	default:
		return hvc_cpu__is_hyp(draft->exact->world.cpu) ? HVC_LEVEL_EL2_HYP
		                                                : HVC_LEVEL_EL2H;
	}
}

static void put_promise(FILE *file, const struct draft *draft, const struct rule *rule)
{
	const struct hvc_row *row = rule->row;
	struct hvc_expr expr;
	char text[256] = "";

	if (row->target)
		hvc_exact__print_value(draft->exact, row->target, text, sizeof text);
	if (row->stores || row->stored)
		fputs("    # writes memory that is not its own, which no rule can promise\n", file);
	else if (rule->unspecified)
		fputs("    # depends on more than the conditions above say\n", file);
	if (!rule->unspecified && row->seen)
		fputs("    # swept: as calls had it, and not proved\n", file);
	if (rule->unspecified || row->stores || row->stored) {
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

static void put_name(FILE *file, unsigned index, const struct rule *rule)
{
	if (!rule->case_)
		fputs("  - name: unknown\n", file);
	else
		fprintf(file, "\n  - name: rule_%u\n", index + 1);
}

static void put_when(FILE *file, const struct draft *draft, const struct rule *rule)
{
	char text[8192];

	if (!rule->case_) {
		fputs("    default: true\n", file);
		return;
	}
	fputs("    when: { ", file);
	for (size_t i = 0; i < rule->case_->members; i++) {
		struct hvc_text out = {text, sizeof text, 0};

		if (put_condition(draft, &rule->case_->member[i], &out))
			fprintf(file, "%s%s", i ? ", " : "", text);
	}
	fputs(" }\n", file);
}

static void put_rule(FILE *file, const struct draft *draft, unsigned index)
{
	const struct rule *rule = &draft->rule[index];
	char text[1024];

	put_name(file, index, rule);
	hvc_exact__print_behaviour(draft->exact, rule->row, text, sizeof text);
	fputs("    title: ", file);
	put_quoted(file, text);
	put_when(file, draft, rule);
	put_promise(file, draft, rule);
}

static void put_callers(FILE *file, const struct draft *draft)
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

static void put_head(FILE *file, const struct draft *draft)
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

static bool write_draft(const struct draft *draft, char **text, size_t *size)
{
	FILE *file = open_memstream(text, size);
	bool ok;

	if (!file)
		return false;
	put_head(file, draft);
	for (unsigned i = 0; i < draft->rules; i++) {
		if (!draft->rule[i].case_)
			fputc('\n', file);
		put_rule(file, draft, i);
	}
	ok = !ferror(file);
	return !fclose(file) && *text && ok; /* glibc: 0, and no text, when memory runs out here */
}

/* *holds: nothing contradicts the draft; else the rules at fault promise nothing any more. */
static enum hvc_status try_draft(struct draft *draft, const struct hvc_suggest_config *suggest,
                                 const char *text, size_t size, struct hvc_diag *diag, bool *holds)
{
	struct hvc_check_config config = {
	        .subject = draft->exact->subject,
	        .over = &draft->exact->world,
	        .randoms = suggest->randoms,
	        .jobs = suggest->jobs,
	        .progress = suggest->progress,
	        .progress_ctx = suggest->progress_ctx,
	};
	struct hvc_check *check;
	struct hvc_abi *abi;
	enum hvc_status status;

	HVC_TRY(hvc_abi_parse(text, size, draft->name, diag, &abi));
	config.abi = abi;
	status = hvc_check_run(&config, diag, &check);
	if (status == HVC_OK) {
		*holds = check->findings == 0;
		for (unsigned i = 0; i < check->findings; i++)
			draft->rule[check->finding[i].verdict.rule].unspecified = true;
		hvc_check_free(check);
	}
	hvc_abi_free(abi);
	return status;
}

/* Each round takes a rule back, so that it ends. */
static enum hvc_status settle(struct draft *draft, const struct hvc_suggest_config *config,
                              struct hvc_diag *diag, char **out)
{
	enum hvc_status status = HVC_OK;
	bool holds = false;

	for (unsigned round = 0; status == HVC_OK && !holds; round++) {
		char *text = NULL;
		size_t size;

		if (round > draft->rules)
			return hvc_diag_set(diag, HVC_E_ENGINE,
			                    hvc_subject_name(draft->exact->subject), 0, 0,
			                    "no specification holds: what the calls do is not the "
			                    "same twice");
		if (!write_draft(draft, &text, &size))
			return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
		status = try_draft(draft, config, text, size, diag, &holds);
		if (status == HVC_OK && holds)
			*out = text;
		else
			free(text);
	}
	return status;
}

enum hvc_status hvc_suggest__abi(const struct hvc_exact *exact,
                                 const struct hvc_suggest_config *config, const char *name,
                                 struct hvc_diag *diag, char **out)
{
	struct draft draft = {.exact = exact, .name = name};
	enum hvc_status status = make_draft(&draft, diag);

	if (status == HVC_OK)
		status = settle(&draft, config, diag, out);
	free(draft.rule);
	return status;
}
