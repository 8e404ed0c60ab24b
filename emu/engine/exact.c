/* SPDX-License-Identifier: MIT */
#include "engine/exact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/exact_trial.h"
#include "hvcheck/arch.h"
#include "machine/outcome.h"
#include "machine/world.h"
#include "symbolic/smt.h"

const char *hvc_row_known_name(enum hvc_row_known known)
{
	static const char *const names[] = {"proved", "swept", "sampled"};

	return names[known];
}

static bool signs_pointers(const struct hvc_exact *exact)
{
	const uint64_t on =
	        UINT64_C(1) << 31 | UINT64_C(1) << 30 | UINT64_C(1) << 27 | UINT64_C(1) << 13;

	return exact->world.cpu == HVC_CPU_MAX &&
	       hvc_machine_entry(exact->machine)->v[HVC_REG_SCTLR_EL2] & on;
}

static void gap(struct hvc_exact_part *part, const char *text)
{
	if (part->complete)
		snprintf(part->why, sizeof part->why, "%s", text);
	part->complete = false;
}

/* What is not known for all inputs, and whether the rows are a partition. */
static void judge(struct hvc_exact_part *part)
{
	char text[240];

	part->complete = true;
	for (unsigned i = 0; i < part->symbolic->paths; i++) {
		const struct hvc_sympath *path = &part->symbolic->path[i];

		if (path->end == HVC_END_OUTCOME && !path->undecided)
			continue;
		hvc_symbolic__print_end(part->symbolic, path, text, sizeof text);
		gap(part, text);
	}
	hvc_symbolic__prove(part->symbolic, &part->proof);
	if (part->proof.disjoint != HVC_ANSWER_YES || part->proof.total != HVC_ANSWER_YES)
		gap(part, "the solver gave up on whether conditions are disjoint and total");
}

static bool has_too(void *ctx, uint64_t address, uint64_t *there)
{
	const struct hvc_exact *exact = ctx;

	return hvc_exact__counterpart(exact, exact->like, address, there);
}

static enum hvc_status make_part(struct hvc_exact *exact, const struct hvc_exact_config *config,
                                 enum hvc_level from, enum hvc_insn insn, struct hvc_diag *diag)
{
	uint64_t budget = config->budget ? config->budget : HVC_BUDGET_DEFAULT;
	struct hvc_exact_part *part = &exact->part[exact->parts];
	struct hvc_regset fixed = *hvc_symbolic__fixed();
	const struct hvc_symbolic_config explore = {
	        .image = hvc_subject_image(config->subject),
	        .subject = config->subject,
	        .machine = exact->machine,
	        .world = &exact->world,
	        .from = from,
	        .insn = insn,
	        .fixed = &fixed,
	        .exact = config->exact,
	        .doors = HVC_DOORS_HANDLER,
	        .behind = config->into ? HVC_HANDLER_QUERIES : 0,
	        .stays = true,
	        .pointer_auth = signs_pointers(exact),
	        .terms = exact->terms,
	        .solver = exact->solver,
	        .same_data = exact->like ? has_too : NULL,
	        .same_data_ctx = exact,
	        .paths = config->paths ? config->paths : HVC_EXACT_PATHS,
	        .steps = (unsigned)(budget > UINT32_MAX ? UINT32_MAX : budget),
	};
	enum hvc_status status;

	fixed.bits[0] |= exact->world.given.bits[0];
	fixed.bits[1] |= exact->world.given.bits[1];
	status = hvc_symbolic__explore(&explore, diag, &part->symbolic);
	if (status == HVC_E_ARG) /* nobody can execute there */
		return HVC_OK;
	if (status != HVC_OK)
		return status;
	exact->parts++;
	part->symbolic->config.fixed = hvc_symbolic__fixed();
	memcpy(part->before, part->symbolic->before, sizeof part->before);
	part->from = from;
	part->insn = insn;
	if (hvc_exact__rows(exact, part) != HVC_OK)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	judge(part);
	if (part->proof.disjoint == HVC_ANSWER_NO || part->proof.total == HVC_ANSWER_NO)
		return hvc_diag_set(diag, HVC_E_ENGINE, hvc_subject_name(config->subject), 0, 0,
		                    "a fault of hvcheck: conditions of paths from %s are not %s",
		                    hvc_level_name(from),
		                    part->proof.total == HVC_ANSWER_NO ? "all" : "disjoint");
	return HVC_OK;
}

/*
 * Each injects into its own slot, and has its own SPSR: what reads the same is the same then.
 */
static bool same_injection(const struct hvc_exact *exact, const struct hvc_row *a,
                           const struct hvc_row *b)
{
	char text[2][1024];

	if (!hvc_exact__to_vector(exact, a) || !hvc_exact__to_vector(exact, b) ||
	    a->known != b->known || a->stores - a->own_stores > HVC_ROW_STORES_TOLD ||
	    a->own_stores > HVC_ROW_OWN_TOLD)
		return false;
	hvc_exact__print_behaviour(exact, a, text[0], sizeof text[0]);
	hvc_exact__print_behaviour(exact, b, text[1], sizeof text[1]);
	return strlen(text[0]) < sizeof text[0] - 1 && !strcmp(text[0], text[1]);
}

/* Rows of different parts are the same: their terms are of one room. */
static bool same_rows(const struct hvc_exact *exact, const struct hvc_exact_part *a,
                      const struct hvc_exact_part *b)
{
	if (a->rows != b->rows || a->complete != b->complete)
		return false;
	for (unsigned i = 0; i < a->rows; i++)
		if (a->row[i].condition != b->row[i].condition ||
		    (!hvc_row__same(&a->row[i], &b->row[i]) &&
		     !same_injection(exact, &a->row[i], &b->row[i])))
			return false;
	return true;
}

static void find_same(struct hvc_exact *exact)
{
	for (unsigned i = 0; i < exact->parts; i++)
		for (unsigned j = 0; j < i && !exact->part[i].same; j++)
			if (!exact->part[j].same &&
			    same_rows(exact, &exact->part[j], &exact->part[i]))
				exact->part[i].same = &exact->part[j];
}

/* Of an AArch64 machine; an SMC of EL2 itself is never trapped there (Arm ARM D1.3.4). */
static bool reaches(enum hvc_level from, enum hvc_insn insn)
{
	return !hvc_level_is_aarch32(from) &&
	       (hvc_level__el(from) == 1 || (hvc_level__el(from) == 2 && insn == HVC_INSN_HVC));
}

static enum hvc_status make_parts(struct hvc_exact *exact, const struct hvc_exact_config *config,
                                  struct hvc_diag *diag)
{
	bool hyp = hvc_cpu__is_hyp(exact->world.cpu);
	const unsigned usual =
	        hyp ? 1u << HVC_LEVEL_EL1_SVC : 1u << HVC_LEVEL_EL1T | 1u << HVC_LEVEL_EL1H;
	unsigned levels =
	        (config->levels ? config->levels : usual) & hvc_cpu__levels(exact->world.cpu);
	unsigned insns = config->insns      ? config->insns
	                 : exact->world.esr ? 1u << HVC_INSN_TRAP
	                                    : hvc_insns__all(1u << HVC_INSN_HVC);
	bool everyone =
	        config->everyone && !config->levels && !config->insns && !hyp && !exact->world.esr;

	for (unsigned insn = 0; insn < HVC_INSN_COUNT; insn++)
		for (unsigned from = 0; from < HVC_LEVEL_COUNT; from++) {
			bool asked = everyone ? reaches((enum hvc_level)from, (enum hvc_insn)insn)
			                      : levels >> from & 1 && insns >> insn & 1;

			if (asked && hvc_world__has_caller(&exact->world, (enum hvc_insn)insn,
			                                   (enum hvc_level)from))
				HVC_TRY(make_part(exact, config, (enum hvc_level)from,
				                  (enum hvc_insn)insn, diag));
		}
	return HVC_OK;
}

enum hvc_status hvc_exact__make(const struct hvc_exact_config *config, struct hvc_diag *diag,
                                struct hvc_exact **out)
{
	struct hvc_exact *exact = calloc(1, sizeof *exact);
	struct hvc_machine_config machine = {.image = *hvc_subject_image(config->subject),
	                                     .budget = config->budget};
	enum hvc_status status = HVC_OK;

	if (!exact)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	exact->subject = config->subject;
	exact->name = hvc_subject_name(config->subject);
	if (config->world)
		exact->world = *config->world;
	else
		hvc_world_init(&exact->world, HVC_CPU_A72);
	exact->brief = config->brief;
	exact->budget = config->budget;
	exact->borrowed = config->terms != NULL;
	exact->terms = config->terms;
	exact->solver = config->solver;
	exact->like = config->like;
	exact->part = calloc(HVC_LEVEL_COUNT * HVC_INSN_COUNT, sizeof *exact->part);
	machine.world = &exact->world;
	if (!exact->part)
		status = HVC_E_NOMEM;
	if (status == HVC_OK && !exact->borrowed)
		status = hvc_bv__open(0, &exact->terms);
	if (status == HVC_OK && !exact->borrowed)
		status = hvc_solver__open(exact->terms, 0, 0, &exact->solver);
	if (status != HVC_OK)
		hvc_diag_set(diag, status, NULL, 0, 0, "%s", hvc_strerror(status));
	else
		status = hvc_machine_open(&machine, diag, &exact->machine);
	if (status == HVC_OK)
		status = make_parts(exact, config, diag);
	if (status == HVC_OK && !config->unconfirmed)
		status = hvc_exact__confirm(exact, diag);
	if (status == HVC_OK && !config->unconfirmed && !config->brief)
		status = hvc_exact__sweep_unfollowed(exact, diag);
	if (status == HVC_OK)
		status = hvc_bv__status(exact->terms);
	find_same(exact);
	if (status == HVC_OK)
		*out = exact;
	else
		hvc_exact__free(exact);
	return status;
}

void hvc_exact__free(struct hvc_exact *exact)
{
	if (!exact)
		return;
	for (unsigned i = 0; exact->part && i < exact->parts; i++) {
		for (unsigned j = 0; j < exact->part[i].rows; j++)
			hvc_row__free(&exact->part[i].row[j]);
		free(exact->part[i].row);
		hvc_symbolic__free(exact->part[i].symbolic);
	}
	free(exact->part);
	free(exact->origin.inside);
	free(exact->origin.symbol);
	hvc_machine_close(exact->machine);
	if (!exact->borrowed) {
		hvc_solver__close(exact->solver);
		hvc_bv__close(exact->terms);
	}
	free(exact);
}

enum hvc_status hvc_exact__certify(const struct hvc_exact *exact, struct hvc_certificates *out)
{
	for (unsigned i = 0; i < exact->parts; i++) {
		const struct hvc_exact_part *part = &exact->part[i];
		char about[64];

		if (part->proof.disjoint != HVC_ANSWER_YES || part->proof.total != HVC_ANSWER_YES)
			continue;
		snprintf(about, sizeof about, "%s %s", hvc_insn_name(part->insn),
		         hvc_level_name(part->from));
		HVC_TRY(hvc_smt__paths(part->symbolic, about, out));
	}
	return HVC_OK;
}

const struct hvc_row *hvc_exact__row_of(struct hvc_exact *exact, const struct hvc_call *call)
{
	uint64_t value[HVC_GPR_COUNT + 4];
	const struct hvc_model model = {.value = value, .count = HVC_GPR_COUNT + 4};

	hvc_way__values(call, value);
	for (unsigned i = 0; i < exact->parts; i++) {
		const struct hvc_exact_part *part = &exact->part[i];

		if (part->from != call->from || part->insn != call->insn)
			continue;
		for (unsigned j = 0; j < part->rows; j++)
			if (hvc_bv__eval(exact->terms, part->row[j].condition, &model))
				return &part->row[j];
	}
	return NULL;
}

bool hvc_exact__is_complete(const struct hvc_exact *exact)
{
	for (unsigned i = 0; i < exact->parts; i++)
		if (!exact->part[i].complete)
			return false;
	return exact->parts && !exact->failed;
}
