/* SPDX-License-Identifier: MIT */
/*
 * Each behaviour that an unknown call can meet is looked at for what it does to EL2, and the
 * simplest such call is made. What could not be followed may do anything, and is told.
 */
#include "engine/safety.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "engine/call.h"
#include "engine/differ.h"
#include "engine/prover.h"
#include "engine/scene.h"
#include "machine/world.h"

#define BELOW_EL2                                                            \
	(1u << HVC_LEVEL_EL0 | 1u << HVC_LEVEL_EL1T | 1u << HVC_LEVEL_EL1H | \
	 (HVC_LEVELS_AARCH32 & ~(1u << HVC_LEVEL_EL2_HYP)))
#define DOES_SIZE 2048u

struct look {
	const struct hvc_safety_config *config;
	struct hvc_safety *safety;
	unsigned world;
	struct hvc_differ differ; /* with one side */
	const struct hvc_exact_part *part;
	struct hvc_diag *diag;
};

const char *hvc_hazard__name(enum hvc_hazard_kind kind)
{
	static const char *const names[HVC_HAZARD_COUNT] = {"control", "vectors", "state", "memory",
	                                                    "image",   "fault",   "width", "stuck"};

	return kind < HVC_HAZARD_COUNT ? names[kind] : "?";
}

static enum hvc_status out_of_memory(struct look *look)
{
	return hvc_diag_set(look->diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
}

/*
 * Registers of EL2 that hold between calls; the exception registers do not. Of those without a
 * row nobody knows better; FP/SIMD registers are the caller's.
 */
static bool is_of_el2(const struct hvc_row_effect *effect)
{
	const struct hvc_reg_info *info;

	if (effect->reg == HVC_REG_NONE)
		return effect->name[0] != 'q';
	info = hvc_reg_info(effect->reg);
	return effect->reg == HVC_REG_SP_EL2 ||
	       (info->class_ == HVC_CLASS_SYS && info->encoding[1] >= 4);
}

static unsigned hazards_of(const struct hvc_row *row)
{
	unsigned kinds = 0;

	for (unsigned i = 0; i < row->effects; i++)
		if (is_of_el2(&row->effect[i]))
			kinds |= 1u << (row->effect[i].reg == HVC_REG_VBAR_EL2 ? HVC_HAZARD_VECTORS
			                                                       : HVC_HAZARD_STATE);
	if (row->stores > row->own_stores || row->stored)
		kinds |= 1u << HVC_HAZARD_MEMORY;
	/* Its own code, with EL2's rights. */
	if (hvc_level__el(row->level) == 2 &&
	    (row->kind == HVC_OUTCOME_RETURN || row->kind == HVC_OUTCOME_RETRY ||
	     row->kind == HVC_OUTCOME_INJECT))
		kinds |= 1u << HVC_HAZARD_CONTROL;
	switch (row->kind) {
	case HVC_OUTCOME_JUMP:
	case HVC_OUTCOME_HANDOFF:
		/* A door at a fixed place is told as what is not followed. */
		if (hvc_level__el(row->level) == 2 && !(row->target && hvc_bv__const(row->target) &&
		                                        row->kind == HVC_OUTCOME_HANDOFF))
			kinds |= 1u << HVC_HAZARD_CONTROL;
		break;
	case HVC_OUTCOME_FAULT:
		kinds |= 1u << HVC_HAZARD_FAULT;
		break;
	case HVC_OUTCOME_SPIN:
	case HVC_OUTCOME_LIMIT:
	case HVC_OUTCOME_FORWARD:
		kinds |= 1u << HVC_HAZARD_STUCK;
		break;
	default:
		break;
	}
	return kinds;
}

/* What the image holds, as a number of so many bytes; false: it is not all in it. */
static bool shipped(const struct hvc_image *image, uint64_t address, unsigned size, uint64_t *value)
{
	*value = 0;
	for (unsigned i = 0; i < image->segments; i++) {
		const struct hvc_segment *s = &image->segment[i];
		uint64_t at = address - s->address;

		if (at >= s->size || s->size - at < size)
			continue;
		for (unsigned k = 0; s->data && k < size; k++)
			if (at + k < s->data_size)
				*value |= (uint64_t)s->data[at + k] << 8 * k;
		return true;
	}
	return false;
}

/* When a path leaves something else in the image than was shipped, counts of calls aside, as far as
 * stores tell. */
static hvc_ref writes_image(struct look *look, const struct hvc_sympath *path)
{
	struct hvc_bvs *t = look->differ.terms;
	const struct hvc_image *image = hvc_subject_image(look->config->subject);
	hvc_ref any = hvc_bv__num(t, 1, 0);
	uint64_t value;

	for (const struct hvc_log *log = path->way->log; log; log = log->before) {
		const struct hvc_log *later = path->way->log;

		while (later != log &&
		       (later->base || later->offset != log->offset || later->size < log->size))
			later = later->before;
		if (later == log && !log->base && !log->counts &&
		    shipped(image, log->offset, log->size, &value))
			any = hvc_bv__or(
			        t, any,
			        hvc_bv__not(t, hvc_bv__eq(t, log->value,
			                                  hvc_bv__num(t, 8u * log->size, value))));
	}
	return any;
}

/* Calls of a row of which a path does something. */
static hvc_ref calls_that(struct look *look, const struct hvc_row *row,
                          hvc_ref (*does)(struct look *, const struct hvc_sympath *))
{
	struct hvc_bvs *t = look->differ.terms;
	hvc_ref any = hvc_bv__num(t, 1, 0);

	for (unsigned i = 0; i < row->paths; i++) {
		const struct hvc_sympath *path = &look->part->symbolic->path[row->path[i]];
		hvc_ref when = does(look, path);

		if (!hvc_bv__is(when, 0))
			any = hvc_bv__or(
			        t, any,
			        hvc_bv__and(t, when,
			                    hvc_symbolic__condition(look->part->symbolic, path)));
	}
	return any;
}

/* When a path reads by a pointer of the caller's that leads nowhere: EL2 faults there. */
static hvc_ref reads_nowhere(struct look *look, const struct hvc_sympath *path)
{
	struct hvc_bvs *t = look->differ.terms;
	const struct hvc_extent there[] = {
	        hvc_extent__of_image(hvc_subject_image(look->config->subject)),
	        {HVC_HARNESS_BASE, HVC_HARNESS_BASE + HVC_HARNESS_SIZE},
	};
	hvc_ref any = hvc_bv__num(t, 1, 0), base, here;

	for (const struct hvc_read *read = path->way->read; read; read = read->before) {
		if (!read->address)
			continue;
		(void)hvc_bv__offset(read->address, &base);
		if (!base || !hvc_way__is_callers(t, base))
			continue;
		here = hvc_bv__or(t, hvc_extent__has(t, &there[0], read->address, read->size),
		                  hvc_extent__has(t, &there[1], read->address, read->size));
		any = hvc_bv__or(t, any, hvc_bv__not(t, here));
	}
	return any;
}

/* The same from another caller. */
static struct hvc_hazard *find(struct look *look, const struct hvc_hazard *like)
{
	struct hvc_safety *safety = look->safety;

	for (unsigned i = 0; i < safety->hazards; i++) {
		struct hvc_hazard *hazard = &safety->hazard[i];

		if (hazard->rule == like->rule && hazard->kinds == like->kinds &&
		    hazard->world == like->world && !strcmp(hazard->does, like->does) &&
		    !strcmp(hazard->when, like->when))
			return hazard;
	}
	return NULL;
}

/* The call that the sweep made of the row, if it is one of the rule's. */
static enum hvc_status take_witness(struct look *look, const struct hvc_row *row,
                                    struct hvc_hazard *hazard)
{
	const struct hvc_world *world = &look->differ.side[0]->world;
	const struct hvc_probe probe = {.call = row->witness};
	struct hvc_witness *out = &hazard->witness;
	char command[HVC_COMMAND_SIZE];

	out->made = hvc_abi__rule_of(look->safety->abi, look->world, &row->witness) ==
	            (int)hazard->rule;
	if (!out->made) {
		out->why = strdup("the call that was made of it is none of the rule's");
		return out->why ? HVC_OK : out_of_memory(look);
	}
	hvc_call__command(look->safety->subject, world, &probe, row->witness.imm, command,
	                  sizeof command);
	out->call = row->witness;
	out->command[0] = strdup(command);
	out->world[0] = malloc(sizeof *world);
	if (!out->command[0] || !out->world[0])
		return out_of_memory(look);
	*out->world[0] = *world;
	return HVC_OK;
}

static enum hvc_status add_hazard(struct look *look, const struct hvc_row *row, hvc_ref calls,
                                  struct hvc_hazard *hazard)
{
	const struct hvc_exact_part *const part[HVC_SIDE_COUNT] = {look->part, NULL};
	const struct hvc_row *const rows[HVC_SIDE_COUNT] = {row, NULL};
	struct hvc_safety *safety = look->safety;
	struct hvc_hazard *known;
	enum hvc_status status;
	void *grown;

	hazard->outcome = row->kind;
	hazard->world = look->world;
	hazard->callers = HVC_CALLER_BIT(look->part->insn, look->part->from);
	hazard->does = malloc(DOES_SIZE);
	if (!hazard->does || !hvc_differ__when(&look->differ, row, row, calls, &hazard->when, NULL))
		return out_of_memory(look);
	hvc_exact__print_behaviour(look->differ.side[0], row, hazard->does, DOES_SIZE);
	if (hazard->reads)
		hvc_differ__print_reads(&look->differ, look->part, row, hazard->does, DOES_SIZE);
	known = find(look, hazard);
	if (known) {
		known->callers |= hazard->callers;
		free(hazard->does);
		free(hazard->when);
		return HVC_OK;
	}
	status = row->seen ? take_witness(look, row, hazard)
	                   : hvc_differ__witness(&look->differ, part, rows, calls, false,
	                                         look->diag, &hazard->witness);
	grown = realloc(safety->hazard, (safety->hazards + 1) * sizeof *hazard);
	if (!grown)
		return out_of_memory(look);
	safety->hazard = grown;
	safety->hazard[safety->hazards++] = *hazard;
	return status;
}

static enum hvc_status judge(struct look *look, const struct hvc_row *row, hvc_ref calls,
                             unsigned index)
{
	struct hvc_hazard hazard = {
	        .rule = index,
	        .kinds = hazards_of(row),
	        .unspecified = !hvc_abi_rule_at(look->safety->abi, index)->specified,
	};
	struct hvc_bvs *t = look->differ.terms;
	hvc_ref writes = hvc_bv__and(t, calls, calls_that(look, row, writes_image));
	hvc_ref nowhere = hvc_bv__and(t, calls, calls_that(look, row, reads_nowhere));

	if (hvc_differ__ask(&look->differ, writes, writes) != HVC_ANSWER_NO) {
		hazard.kinds |= 1u << HVC_HAZARD_IMAGE;
		calls = writes;
	}
	hazard.reads = hvc_differ__ask(&look->differ, nowhere, nowhere) != HVC_ANSWER_NO;
	if (hazard.reads)
		hazard.kinds |= 1u << HVC_HAZARD_FAULT;
	if (hazard.unspecified) {
		look->safety->open++;
	} else {
		look->safety->behaviours++;
		look->safety->safe += hazard.kinds == 0;
	}
	return hazard.kinds ? add_hazard(look, row, calls, &hazard) : HVC_OK;
}

/* What is not known of unknown calls may be anything. */
static enum hvc_status tell_gap(struct look *look, const char *text)
{
	struct hvc_safety *safety = look->safety;
	uint64_t caller = HVC_CALLER_BIT(look->part->insn, look->part->from);
	void *grown;

	for (unsigned i = 0; i < safety->gaps; i++)
		if (!strcmp(safety->gap[i].text, text)) {
			safety->gap[i].callers |= caller;
			return HVC_OK;
		}
	grown = realloc(safety->gap, (safety->gaps + 1) * sizeof *safety->gap);
	if (!grown)
		return out_of_memory(look);
	safety->gap = grown;
	safety->gap[safety->gaps] = (struct hvc_gap){caller, strdup(text)};
	return safety->gap[safety->gaps++].text ? HVC_OK : out_of_memory(look);
}

static enum hvc_status look_at_rule(struct look *look, struct hvc_rule_calls *of, unsigned index)
{
	struct hvc_differ *d = &look->differ;
	hvc_ref governs = hvc_rule_calls__of(of, index);
	char text[300];

	for (unsigned i = 0; i < look->part->rows; i++) {
		const struct hvc_row *row = &look->part->row[i];
		hvc_ref calls = hvc_bv__and(d->terms, governs, row->condition);
		enum hvc_answer answer = hvc_differ__ask(d, calls, calls);

		if (answer == HVC_ANSWER_NO)
			continue;
		look->safety->swept |= row->seen;
		if ((row->known != HVC_ROW_PROVED && !row->seen) ||
		    answer == HVC_ANSWER_UNDECIDED ||
		    (row->kind == HVC_OUTCOME_HANDOFF && row->target &&
		     hvc_bv__const(row->target))) {
			hvc_exact__print_end(d->side[0], row, text, sizeof text);
			HVC_TRY(tell_gap(look, text));
		}
		if ((row->known == HVC_ROW_PROVED || row->seen) && answer == HVC_ANSWER_YES)
			HVC_TRY(judge(look, row, calls, index));
	}
	return HVC_OK;
}

static enum hvc_status look_at_part(struct look *look)
{
	const struct hvc_abi *abi = look->safety->abi;
	struct hvc_rule_calls calls;
	enum hvc_status status = HVC_OK;
	char text[300];

	look->safety->callers |= HVC_CALLER_BIT(look->part->insn, look->part->from);
	if (look->differ.side[0]->failed) {
		snprintf(text, sizeof text, "the engine failed on a call: %s",
		         look->differ.side[0]->failure);
		HVC_TRY(tell_gap(look, text));
	}
	if (!hvc_rule_calls__begin(&calls, look->differ.terms, abi, look->world, look->part))
		return out_of_memory(look);
	hvc_solver__push(look->differ.solver);
	hvc_solver__require(look->differ.solver,
	                    hvc_search__address(look->differ.terms, look->part->insn));
	for (unsigned r = 0; status == HVC_OK && r < hvc_abi_rule_count(abi); r++) {
		const struct hvc_rule *rule = hvc_abi_rule_at(abi, r);

		if (rule->role == HVC_ROLE_UNKNOWN || !rule->specified)
			status = look_at_rule(look, &calls, r);
	}
	hvc_solver__pop(look->differ.solver);
	hvc_rule_calls__end(&calls);
	return status;
}

static enum hvc_status look_at_world(struct look *look, unsigned levels, unsigned insns)
{
	const struct hvc_safety_config *config = look->config;
	const struct hvc_diff_config none = {.budget = config->budget};
	const struct hvc_exact_part *part[HVC_DIFFER_PARTS];
	struct hvc_world world;
	struct hvc_exact_config make = {
	        .subject = config->subject,
	        .world = &world,
	        .levels = levels,
	        .insns = insns,
	        .into = true,
	        .brief = config->brief,
	        .budget = config->budget,
	};
	struct hvc_exact *exact;
	enum hvc_status status = HVC_OK;
	unsigned count;

	HVC_TRY(hvc_scene__world(config->subject, look->safety->abi, look->world, config->over,
	                         look->diag, &world));
	HVC_TRY(hvc_exact__make(&make, look->diag, &exact));
	look->differ = (struct hvc_differ){.config = &none,
	                                   .terms = exact->terms,
	                                   .solver = exact->solver,
	                                   .side = {exact, NULL}};
	count = hvc_differ__parts(exact, part);
	for (unsigned i = 0; status == HVC_OK && i < count; i++) {
		look->part = part[i];
		status = look_at_part(look);
	}
	hvc_exact__free(exact);
	if (status == HVC_OK)
		status = hvc_safety__width(config, look->world, &world, levels, insns, look->diag,
		                           look->safety);
	return status;
}

static bool is_finding(const struct hvc_hazard *hazard)
{
	return !hazard->unspecified && hazard->kinds & ~(1u << HVC_HAZARD_STUCK);
}

/* Findings first; otherwise in order of rule, and then by what people read. */
static int by_weight(const void *a, const void *b)
{
	const struct hvc_hazard *x = a, *y = b;

	if (is_finding(x) != is_finding(y))
		return is_finding(x) ? -1 : 1;
	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	if (x->world != y->world)
		return x->world < y->world ? -1 : 1;
	if (strcmp(x->when, y->when) != 0)
		return strcmp(x->when, y->when);
	return strcmp(x->does, y->does);
}

static enum hvc_status look_at_all(struct look *look)
{
	const struct hvc_safety_config *config = look->config;
	struct hvc_safety *safety = look->safety;
	unsigned levels =
	        hvc_abi__levels(config->abi) & BELOW_EL2 & (config->levels ? config->levels : ~0u);
	unsigned insns = hvc_abi__insns(config->abi) & (config->insns ? config->insns : ~0u);
	enum hvc_status status = HVC_OK;

	safety->subject = strdup(hvc_subject_name(config->subject));
	safety->abi = config->abi;
	if (!safety->subject)
		return out_of_memory(look);
	if (!levels || !insns)
		return hvc_diag_set(look->diag, HVC_E_ARG, NULL, 0, 0,
		                    "%s has no such caller below EL2", hvc_abi_name(config->abi));
	for (; status == HVC_OK && look->world < hvc_abi_world_count(config->abi); look->world++)
		status = look_at_world(look, levels, insns);
	return status;
}

enum hvc_status hvc_safety__look(const struct hvc_safety_config *config, struct hvc_diag *diag,
                                 struct hvc_safety **out)
{
	struct look look = {.config = config, .diag = diag};
	enum hvc_status status;

	look.safety = calloc(1, sizeof *look.safety);
	if (!look.safety)
		return out_of_memory(&look);
	status = look_at_all(&look);
	if (status != HVC_OK) {
		hvc_safety__free(look.safety);
		return status;
	}
	if (look.safety->hazards)
		qsort(look.safety->hazard, look.safety->hazards, sizeof *look.safety->hazard,
		      by_weight);
	for (unsigned i = 0; i < look.safety->hazards; i++)
		look.safety->findings += is_finding(&look.safety->hazard[i]);
	*out = look.safety;
	return HVC_OK;
}

void hvc_safety__free(struct hvc_safety *safety)
{
	if (!safety)
		return;
	for (unsigned i = 0; i < safety->hazards; i++) {
		free(safety->hazard[i].when);
		free(safety->hazard[i].does);
		hvc_witness__free(&safety->hazard[i].witness);
	}
	for (unsigned i = 0; i < safety->gaps; i++)
		free(safety->gap[i].text);
	free(safety->hazard);
	free(safety->gap);
	free(safety->subject);
	free(safety);
}
