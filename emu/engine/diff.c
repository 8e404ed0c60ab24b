/* SPDX-License-Identifier: MIT */
/*
 * Both sides are followed in one room of terms; each pair of rows whose behaviours are not plainly
 * the same is asked of the solver: is there a call that meets both, so that something differs?
 */
#include "engine/diff.h"
#include "machine/world.h"

#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "base/grow.h"
#include "engine/differ.h"
#include "engine/saved.h"
#include "engine/scene.h"
#include "hvcheck/arch.h"
#include "machine/outcome.h"

#define WHAT_SIZE 400u
#define DOES_SIZE 2048u

static enum hvc_status out_of_memory(struct hvc_diag *diag)
{
	return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
}

static uint64_t caller_of(const struct hvc_exact_part *part)
{
	return HVC_CALLER_BIT(part->insn, part->from);
}

/* Two callers' pairs are one change where the same calls do the same. */
static bool join(struct hvc_differ *d, const struct hvc_differ_pair *pair)
{
	for (unsigned i = 0; i < d->pairs; i++) {
		const struct hvc_differ_pair *known = &d->pair[i];

		if (known->condition != pair->condition ||
		    !hvc_row__same(known->row[0], pair->row[0]) ||
		    !hvc_row__same(known->row[1], pair->row[1]))
			continue;
		d->diff->change[i].callers |= caller_of(pair->part[0]);
		return true;
	}
	return false;
}

/* The aspects that really may differ, in their order. */
static char *print_what(struct hvc_differ *d, hvc_ref both, const struct hvc_aspect *aspect,
                        size_t count)
{
	char *text = calloc(1, WHAT_SIZE);
	struct hvc_text out = {text, WHAT_SIZE, 0};

	for (size_t i = 0; text && i < count; i++)
		if (hvc_bv__is(aspect[i].differs, 1) ||
		    hvc_differ__ask(d, both, aspect[i].differs) != HVC_ANSWER_NO)
			hvc_text__put(&out, "%s%s", out.length ? ", " : "", aspect[i].name);
	return text;
}

static bool describe(struct hvc_differ *d, const struct hvc_differ_pair *pair,
                     const struct hvc_aspect *aspect, size_t count, struct hvc_change *change)
{
	hvc_ref any = hvc_differ__any(d, aspect, count);
	hvc_ref both = hvc_bv__and(d->terms, pair->row[0]->condition, pair->row[1]->condition);

	change->callers = caller_of(pair->part[0]);
	if (!hvc_differ__when(d, pair->row[0], pair->row[1], any, &change->when, &change->unless))
		return false;
	change->what = print_what(d, both, aspect, count);
	if (!change->what)
		return false;
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
		change->does[side] = malloc(DOES_SIZE);
		if (!change->does[side])
			return false;
		hvc_exact__print_behaviour(d->side[side], pair->row[side], change->does[side],
		                           DOES_SIZE);
		if (strstr(change->what, "reads at "))
			hvc_differ__print_reads(d, pair->part[side], pair->row[side],
			                        change->does[side], DOES_SIZE);
		change->kind[side] = pair->row[side]->kind;
		change->level[side] = pair->row[side]->level;
	}
	return true;
}

static enum hvc_status add_change(struct hvc_differ *d, struct hvc_differ_pair *pair,
                                  const struct hvc_aspect *aspect, size_t count,
                                  struct hvc_diag *diag)
{
	struct hvc_diff *diff = d->diff;

	if (join(d, pair))
		return HVC_OK;
	if (!hvc_grow(&d->pair, &d->pairs_max, d->pairs, sizeof *d->pair) ||
	    !hvc_grow(&diff->change, &d->changes_max, diff->changes, sizeof *diff->change))
		return out_of_memory(diag);
	d->pair[d->pairs++] = *pair;
	memset(&diff->change[diff->changes++], 0, sizeof *diff->change);
	if (!describe(d, pair, aspect, count, &diff->change[diff->changes - 1]))
		return out_of_memory(diag);
	return hvc_differ__witness(d, pair->part, pair->row, pair->condition, pair->seen, diag,
	                           &diff->change[diff->changes - 1].witness);
}

static enum hvc_status compare_rows(struct hvc_differ *d,
                                    const struct hvc_exact_part *const part[2],
                                    const struct hvc_row *a, const struct hvc_row *b,
                                    struct hvc_diag *diag)
{
	const struct hvc_row *const row[2] = {a, b};
	struct hvc_aspect aspect[HVC_ASPECTS_MAX];
	size_t count = hvc_differ__aspects(d, part, row, aspect);
	struct hvc_differ_pair pair = {.part = {part[0], part[1]}, .row = {a, b}};
	hvc_ref both = hvc_bv__and(d->terms, a->condition, b->condition);

	if (!count)
		return HVC_OK;
	pair.condition = hvc_bv__and(d->terms, both, hvc_differ__any(d, aspect, count));
	for (size_t i = 0; i < count; i++)
		pair.seen = pair.seen || (aspect[i].seen && hvc_bv__is(aspect[i].differs, 1));
	switch (hvc_differ__ask(d, pair.condition, both)) {
	case HVC_ANSWER_NO:
		return HVC_OK;
	case HVC_ANSWER_YES:
		return add_change(d, &pair, aspect, count, diag);
	default:
		return hvc_differ__gap(d, part[0], "the solver gave up on whether a call differs")
		               ? HVC_OK
		               : out_of_memory(diag);
	}
}

static enum hvc_status compare_parts(struct hvc_differ *d, const struct hvc_exact_part *a,
                                     const struct hvc_exact_part *b, struct hvc_diag *diag)
{
	const struct hvc_exact_part *const part[2] = {a, b};
	enum hvc_status status = HVC_OK;

	d->diff->callers |= caller_of(a);
	d->diff->swept |= hvc_cpu__is_hyp(d->side[HVC_SIDE_OLD]->world.cpu);
	d->diff->rows[HVC_SIDE_OLD] += a->rows;
	d->diff->rows[HVC_SIDE_NEW] += b->rows;
	if (!hvc_differ__tell_gaps(d, HVC_SIDE_OLD, a) ||
	    !hvc_differ__tell_gaps(d, HVC_SIDE_NEW, b) || !hvc_differ__tell_apart(d, a) ||
	    !hvc_differ__tell_apart(d, b))
		return out_of_memory(diag);
	hvc_solver__push(d->solver);
	hvc_solver__require(d->solver, hvc_search__address(d->terms, a->insn));
	for (unsigned i = 0; i < a->rows; i++)
		for (unsigned j = 0; status == HVC_OK && j < b->rows; j++)
			if ((a->row[i].known == HVC_ROW_PROVED || a->row[i].seen) &&
			    (b->row[j].known == HVC_ROW_PROVED || b->row[j].seen))
				status = compare_rows(d, part, &a->row[i], &b->row[j], diag);
	hvc_solver__pop(d->solver);
	if (status == HVC_OK && hvc_differ__certify(d, part) != HVC_OK)
		return out_of_memory(diag);
	return status;
}

static void find_touched(struct hvc_differ *d)
{
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
		for (unsigned i = 0; i < d->side[side]->parts; i++) {
			const struct hvc_exact_part *part = &d->side[side]->part[i];

			for (unsigned j = 0; j < part->rows; j++)
				for (unsigned k = 0; k < part->row[j].effects; k++)
					if (part->row[j].effect[k].reg != HVC_REG_NONE &&
					    hvc_differ__changes(d, part, &part->row[j].effect[k],
					                        part->row[j].condition))
						hvc_regset_add(&d->diff->touched[side],
						               part->row[j].effect[k].reg);
		}
}

static enum hvc_status compare(struct hvc_differ *d, struct hvc_diag *diag)
{
	const struct hvc_exact_part *old[HVC_DIFFER_PARTS], *other;
	unsigned count = hvc_differ__parts(d->side[HVC_SIDE_OLD], old);

	for (unsigned i = 0; i < count; i++) {
		other = hvc_differ__other(d, old[i]);
		if (other)
			HVC_TRY(compare_parts(d, old[i], other, diag));
	}
	if (!hvc_differ__tell_missing(d, HVC_SIDE_OLD) ||
	    !hvc_differ__tell_missing(d, HVC_SIDE_NEW))
		return out_of_memory(diag);
	/* Nothing compared is never equal. */
	if (!d->diff->callers)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0, "there is no call to compare");
	find_touched(d);
	HVC_TRY(hvc_operation__find(d, diag));
	if (hvc_bv__status(d->terms) != HVC_OK || hvc_solver__status(d->solver) != HVC_OK)
		return hvc_diag_set(diag, HVC_E_ENGINE, NULL, 0, 0, "the solver failed: %s",
		                    hvc_solver__message(d->solver));
	d->diff->queries = hvc_solver__queries(d->solver);
	d->diff->equal = !d->diff->changes && !d->diff->gaps;
	return HVC_OK;
}

/* An SMC reaches EL2 where HCR_EL2.TSC traps it. */
static bool traps_smc(const struct hvc_world *world)
{
	return world && hvc_regset_has(&world->given, HVC_REG_HCR_EL2) &&
	       world->state.v[HVC_REG_HCR_EL2] & HVC_HCR_TSC;
}

/* Callers that a saved map has, or else those that either side's ABI speaks of. */
static void choose_callers(const struct hvc_diff_config *config, unsigned *levels, unsigned *insns)
{
	const struct hvc_world *world = config->world[HVC_SIDE_OLD];
	unsigned of_saved[2] = {0, 0}, of_abi[2] = {0, 0};

	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
		const struct hvc_exact *saved = config->saved[side];

		for (unsigned i = 0; saved && i < saved->parts; i++) {
			of_saved[0] |= 1u << saved->part[i].from;
			of_saved[1] |= 1u << saved->part[i].insn;
		}
		if (config->abi[side]) {
			of_abi[0] |= hvc_abi__levels(config->abi[side]);
			of_abi[1] |= hvc_abi__insns(config->abi[side]);
		}
		if (traps_smc(config->world[side]))
			of_abi[1] |= hvc_insns__all(1u << HVC_INSN_HVC | 1u << HVC_INSN_SMC);
	}
	/* Nobody says: the kernel, by either instruction, of which SMC is as if it was trapped. */
	if (!of_abi[1] && !config->levels && world && !hvc_cpu__is_hyp(world->cpu) && !world->esr)
		of_abi[1] = 1u << HVC_INSN_HVC | 1u << HVC_INSN_SMC;
	*levels = config->levels ? config->levels : of_saved[0] ? of_saved[0] : of_abi[0];
	*insns = config->insns ? config->insns : of_saved[1] ? of_saved[1] : of_abi[1];
}

static enum hvc_status make_side(struct hvc_differ *d, enum hvc_side side, unsigned levels,
                                 unsigned insns, struct hvc_diag *diag)
{
	const struct hvc_diff_config *config = d->config;
	const struct hvc_exact_config make = {
	        .subject = config->subject[side],
	        .world = config->world[side],
	        .levels = levels,
	        .insns = insns,
	        .into = true,
	        .budget = config->budget,
	        .brief = config->brief,
	        .terms = d->terms,
	        .solver = d->solver,
	        .like = side == HVC_SIDE_NEW ? d->side[HVC_SIDE_OLD] : NULL,
	};
	enum hvc_status status;

	if (config->saved[side])
		status = hvc_saved__import(config->saved[side], make.like, d->terms, d->solver,
		                           diag, &d->side[side]);
	else
		status = hvc_exact__make(&make, diag, &d->side[side]);
	if (status != HVC_OK)
		return status;
	d->diff->abi[side] = config->abi[side];
	d->diff->saved[side] = config->saved[side] != NULL;
	d->diff->world[side] = d->side[side]->world;
	d->diff->name[side] = strdup(d->side[side]->name);
	return d->diff->name[side] ? HVC_OK : out_of_memory(diag);
}

static enum hvc_status run(struct hvc_differ *d, struct hvc_diag *diag)
{
	unsigned levels, insns;
	enum hvc_status status = hvc_bv__open(0, &d->terms);

	if (status == HVC_OK)
		status = hvc_solver__open(d->terms, 0, 0, &d->solver);
	if (status != HVC_OK)
		return hvc_diag_set(diag, status, NULL, 0, 0, "%s", hvc_strerror(status));
	/* The inputs of a call are the first of any room. */
	hvc_way__inputs(d->terms);
	choose_callers(d->config, &levels, &insns);
	for (enum hvc_side side = HVC_SIDE_OLD; side < HVC_SIDE_COUNT; side++)
		HVC_TRY(make_side(d, side, levels, insns, diag));
	HVC_TRY(hvc_scene__same(d->side[HVC_SIDE_OLD], d->side[HVC_SIDE_NEW], diag));
	d->one_image = hvc_differ__are_one_image(d);
	return compare(d, diag);
}

enum hvc_status hvc_diff__run(const struct hvc_diff_config *config, struct hvc_diag *diag,
                              struct hvc_diff **out)
{
	struct hvc_differ d = {.config = config, .diff = calloc(1, sizeof *d.diff)};
	enum hvc_status status;

	if (!d.diff)
		return out_of_memory(diag);
	status = run(&d, diag);
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
		hvc_exact__free(d.side[side]);
	hvc_solver__close(d.solver);
	hvc_bv__close(d.terms);
	free(d.pair);
	free(d.used);
	if (status == HVC_OK)
		*out = d.diff;
	else
		hvc_diff__free(d.diff);
	return status;
}

static void free_use(struct hvc_use *use)
{
	free(use->how);
	free(use->does);
	hvc_witness__free(&use->witness);
}

void hvc_diff__free(struct hvc_diff *diff)
{
	if (!diff)
		return;
	for (unsigned i = 0; i < diff->changes; i++) {
		free(diff->change[i].when);
		free(diff->change[i].unless);
		free(diff->change[i].what);
		free(diff->change[i].does[HVC_SIDE_OLD]);
		free(diff->change[i].does[HVC_SIDE_NEW]);
		hvc_witness__free(&diff->change[i].witness);
	}
	for (unsigned i = 0; i < diff->gaps; i++)
		free(diff->gap[i].text);
	for (unsigned i = 0; i < diff->operations; i++) {
		free(diff->operation[i].name);
		free(diff->operation[i].change);
		free_use(&diff->operation[i].use[HVC_SIDE_OLD]);
		free_use(&diff->operation[i].use[HVC_SIDE_NEW]);
	}
	for (unsigned i = 0; i < diff->migrations; i++) {
		free(diff->migration[i].does);
		free(diff->migration[i].rule_new);
		hvc_witness__free(&diff->migration[i].witness);
	}
	free(diff->change);
	free(diff->gap);
	free(diff->operation);
	free(diff->migration);
	for (unsigned i = 0; i < HVC_DIFF_APARTS; i++)
		free(diff->apart[i]);
	free(diff->name[HVC_SIDE_OLD]);
	free(diff->name[HVC_SIDE_NEW]);
	free(diff);
}
