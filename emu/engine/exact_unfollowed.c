/* SPDX-License-Identifier: MIT */
/*
 * What could not be followed is asked of the machine: with the registers of one call that gets
 * there, every immediate that meets the row. Such a row becomes one for each way in which calls
 * have ended; what they leave in registers is not told, as it is known of those registers only.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "engine/exact_trial.h"
#include "machine/outcome.h"
#include "machine/world.h"

/** Rows of all callers that are swept; those past them stay as they are. */
#define ROWS_MAX 64u
/** Instructions of all calls of a row, and of all rows: one that uses up its budget takes as long
 * as thousands. */
#define STEPS_MAX     UINT64_C(8000000)
#define STEPS_MAX_ALL UINT64_C(24000000)
#define LOST          UINT8_MAX

/* Shared with the process that makes the calls. */
struct bench {
	struct hvc_flight flight;
	struct hvc_diag diag;
	unsigned path;                /* under way, an index into the row's */
	uint64_t steps;               /* instructions of all calls */
	unsigned alike;               /* calls in a row that the engine died of, */
	uint64_t address;             /* at this instruction */
	uint8_t ended[HVC_IMM_COUNT]; /* how: 1 + kind * levels + level; 0: not called */
};

struct work {
	struct hvc_exact *exact;
	const struct hvc_exact_part *part;
	const struct hvc_row *row;
	struct bench *bench;
};

struct sweeper {
	struct bench *bench;
	struct hvc_row_trial trial;
	const struct hvc_call *call;
	uint64_t *value;
	unsigned imm;
};

static bool next(void *ctx, struct hvc_call *call)
{
	struct sweeper *s = ctx;

	for (; s->bench->steps < STEPS_MAX && s->imm < HVC_IMM_COUNT; s->imm++) {
		if (s->bench->ended[s->imm])
			continue;
		*call = *s->call;
		call->imm = (uint16_t)s->imm;
		s->value[HVC_INPUT_IMM] = s->imm;
		s->value[HVC_INPUT_SELF] = hvc_call__address(call);
		if (hvc_row__holds(&s->trial, (uint16_t)s->imm))
			return true;
	}
	return false;
}

static bool done(void *ctx, const struct hvc_call *call, const struct hvc_outcome *outcome)
{
	struct sweeper *s = ctx;

	(void)call;
	s->bench->alike = 0;
	s->bench->steps += outcome->instructions;
	s->bench->ended[s->imm++] =
	        (uint8_t)(1 + (unsigned)outcome->kind * HVC_LEVEL_COUNT + (unsigned)outcome->level);
	return true;
}

/* With the registers of one path. */
static enum hvc_status sweep_path(struct work *work, struct hvc_symbolic_witness *witness)
{
	const struct hvc_machine_config config = {.image = *hvc_subject_image(work->exact->subject),
	                                          .world = &witness->world,
	                                          .budget = work->exact->budget};
	struct sweeper s = {.bench = work->bench,
	                    .trial = {.exact = work->exact,
	                              .part = work->part,
	                              .row = work->row,
	                              .model = &witness->model},
	                    .call = &witness->call,
	                    .value = witness->model.value};
	const struct hvc_feed feed = {next, done, &s};
	struct hvc_machine *machine;
	enum hvc_status status;

	HVC_TRY(hvc_machine_open(&config, &work->bench->diag, &machine));
	s.trial.machine = machine;
	if (hvc_row__prepare(&s.trial))
		status = hvc_machine_run(machine, &feed, &work->bench->diag);
	else
		status = HVC_OK;
	hvc_machine_close(machine);
	return status;
}

static enum hvc_status sweep_row(void *ctx)
{
	struct work *work = ctx;
	struct hvc_symbolic *s = work->part->symbolic;
	const struct hvc_machine_config config = {.image = *hvc_subject_image(work->exact->subject),
	                                          .world = &work->exact->world};
	enum hvc_status status = hvc_machine_open(&config, &work->bench->diag, &s->config.machine);

	for (; status == HVC_OK && work->bench->path < work->row->paths; work->bench->path++) {
		struct hvc_symbolic_witness witness;

		status = hvc_symbolic__witness(s, &s->path[work->row->path[work->bench->path]],
		                               &work->exact->world, &witness);
		if (status == HVC_OK) {
			status = sweep_path(work, &witness);
			hvc_symbolic__free_witness(&witness);
		}
		if (status == HVC_E_UNSUPPORTED || status == HVC_E_RANGE)
			status = HVC_OK;
	}
	return status;
}

static enum hvc_status sweep_apart(struct work *work, struct hvc_diag *diag)
{
	struct bench *bench = work->bench;
	struct hvc_exact *exact = work->exact;
	enum hvc_status status;
	bool died = false;

	memset(bench, 0, sizeof *bench);
	do {
		status = hvc_lost__apart(sweep_row, work, &bench->flight, &died);
		if (status != HVC_E_ENGINE || !bench->flight.open || exact->failed == HVC_LOST_MAX)
			break;
		hvc_exact__lose(exact, &bench->flight);
		bench->ended[bench->flight.call.imm] = LOST;
		bench->alike = bench->address == bench->flight.address ? bench->alike + 1 : 1;
		bench->address = bench->flight.address;
		if (bench->alike == HVC_LOST_ALIKE) {
			bench->path++;
			bench->alike = 0;
		}
	} while (true);
	if (status == HVC_OK)
		return HVC_OK;
	return hvc_diag_set(diag, status, hvc_subject_name(exact->subject), 0, 0, "%s",
	                    bench->diag.message[0] ? bench->diag.message : hvc_strerror(status));
}

static bool copy_cases(struct hvc_bvs *terms, const struct hvc_row *from,
                       const struct hvc_member *imm, struct hvc_row *to)
{
	bool known;

	to->cases = 0;
	to->case_ = calloc(from->cases, sizeof *to->case_);
	for (unsigned i = 0; to->case_ && i < from->cases; i++) {
		const struct hvc_row_case *old = &from->case_[i];
		struct hvc_row_case *c = &to->case_[to->cases++];

		c->member = malloc((old->members + 1) * sizeof *c->member);
		c->rest = malloc((old->rests + 1) * sizeof(hvc_ref));
		if (!c->member || !c->rest)
			return false;
		memcpy(c->member, old->member, old->members * sizeof *c->member);
		memcpy(c->rest, old->rest, old->rests * sizeof(hvc_ref));
		c->members = old->members;
		c->rests = old->rests;
		known = false;
		for (size_t j = 0; j < c->members; j++)
			if (c->member[j].key == imm->key) {
				c->member[j].set = hvc_set__and(terms, c->member[j].set, imm->set);
				if (!c->member[j].set)
					return false;
				known = true;
			}
		if (!known)
			c->member[c->members++] = *imm;
	}
	return to->case_ != NULL;
}

struct ending {
	const struct bench *bench;
	uint8_t how;
};

static bool ended_so(const void *ctx, unsigned imm)
{
	const struct ending *ending = ctx;

	return ending->bench->ended[imm] == ending->how;
}

/* The immediates that ended alike, as a set; NULL: there are too many ranges. */
static const struct hvc_set *set_of(struct hvc_bvs *terms, const struct bench *bench, uint8_t how)
{
	return hvc_set__imms(terms, ended_so, &(struct ending){bench, how});
}

static bool can_be(struct hvc_exact *exact, hvc_ref condition)
{
	enum hvc_answer answer;

	hvc_solver__push(exact->solver);
	hvc_solver__require(exact->solver, condition);
	answer = hvc_solver__check(exact->solver);
	hvc_solver__pop(exact->solver);
	return answer != HVC_ANSWER_NO;
}

/* What is left of the row for the immediates that ended so. */
static bool add_row(struct hvc_exact *exact, struct hvc_exact_part *part,
                    const struct hvc_row *from, const struct bench *bench, uint8_t how)
{
	struct hvc_member imm = {hvc_bv__input(exact->terms, "imm", 16),
	                         set_of(exact->terms, bench, how)};
	struct hvc_row *to = &part->row[part->rows];

	hvc_ref condition;

	if (!imm.set)
		return false;
	condition = hvc_bv__and(exact->terms, from->condition, hvc_set__term(exact->terms, &imm));
	if (!can_be(exact, condition))
		return true;
	*to = *from;
	to->effect = NULL;
	to->store = NULL;
	to->case_ = NULL;
	to->path = malloc(from->paths * sizeof *to->path);
	part->rows++;
	if (!to->path || !copy_cases(exact->terms, from, &imm, to))
		return false;
	memcpy(to->path, from->path, from->paths * sizeof *to->path);
	to->condition = condition;
	to->effects = to->stores = 0;
	to->witness.imm = (uint16_t)imm.set->range[0].lo;
	if (how == 0)
		return true;
	to->known = HVC_ROW_SWEPT;
	to->kind = how == LOST ? HVC_OUTCOME_FAILED
	                       : (enum hvc_outcome_kind)((how - 1u) / HVC_LEVEL_COUNT);
	to->level = how == LOST ? part->from : (enum hvc_level)((how - 1u) % HVC_LEVEL_COUNT);
	to->level_kept = to->level == part->from;
	return true;
}

static bool split(struct hvc_exact *exact, struct hvc_exact_part *part, unsigned index,
                  const struct bench *bench)
{
	bool met[UINT8_MAX + 1] = {false};
	unsigned ways = 0;
	struct hvc_row *grown, old;

	for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++) {
		ways += !met[bench->ended[imm]];
		met[bench->ended[imm]] = true;
	}
	if (met[0] && ways == 1)
		return true; /* no call could be made */
	/* Immediates that can hardly be told stay what they are: not followed. */
	for (unsigned how = 0; how <= UINT8_MAX; how++)
		if (met[how] && !set_of(exact->terms, bench, (uint8_t)how))
			return hvc_bv__status(exact->terms) == HVC_OK;
	grown = realloc(part->row, (part->rows + ways + 1) * sizeof *grown);
	if (!grown)
		return false;
	part->row = grown;
	old = part->row[index];
	part->row[index] = part->row[--part->rows];
	for (unsigned how = 0; how <= UINT8_MAX; how++)
		if (met[how] && !add_row(exact, part, &old, bench, (uint8_t)how))
			return false;
	hvc_row__free(&old);
	return true;
}

enum hvc_status hvc_exact__sweep_unfollowed(struct hvc_exact *exact, struct hvc_diag *diag)
{
	struct bench *bench = mmap(NULL, sizeof *bench, PROT_READ | PROT_WRITE,
	                           MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	enum hvc_status status = HVC_OK;
	uint64_t steps = 0;
	unsigned swept = 0;

	if (bench == MAP_FAILED)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	for (unsigned i = 0; i < exact->parts; i++) {
		struct hvc_exact_part *part = &exact->part[i];
		struct hvc_machine *machine = part->symbolic->config.machine;

		if (hvc_cpu__is_hyp(exact->world.cpu))
			status = hvc_exact__sweep_hyp(exact, part, diag);
		/* From the end: what is split goes there, and is done. */
		for (unsigned j = part->rows; status == HVC_OK && j-- > 0;) {
			struct work work = {exact, part, &part->row[j], bench};

			if (!part->row[j].why || part->row[j].known == HVC_ROW_SWEPT ||
			    swept++ >= ROWS_MAX || steps >= STEPS_MAX_ALL)
				continue;
			status = sweep_apart(&work, diag);
			steps += bench->steps;
			if (status == HVC_OK && !split(exact, part, j, bench))
				status = hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0,
				                      "out of memory");
		}
		part->symbolic->config.machine = machine;
		if (status == HVC_OK)
			hvc_exact__order(exact, part);
	}
	munmap(bench, sizeof *bench);
	return status;
}
