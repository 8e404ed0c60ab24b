/* SPDX-License-Identifier: MIT */
/*
 * Ways wait in a queue and take turns from fork to fork, the oldest first: a deep handler cannot
 * keep the others from being looked at, and a bound that is met has left out what is furthest
 * from the vector.
 */
#include "symbolic/explore.h"

#include "base/grow.h"
#include "machine/world.h"

#include <stdlib.h>

#define PATHS      4096u
#define CROWD      1024u /* paths from which on sides that meet again are merged */
#define ROUNDS     80u
#define ADDRESSES  1024u
#define TOTAL      UINT64_C(20000000)
#define DOOR_FORKS 2u
#define UNDECIDED  16u
/* Of a path; each load and store looks at all stores before it. */
#define STORES 16384u
#define READS  2000u /* of what nobody has set: each is an input with a name */
#define DEPTH  1024u /* of calls */

/* What the path's own condition decides need not be asked again in its results. */
static void settle(struct hvc_explorer *e, struct hvc_way *way, struct hvc_sympath *path)
{
	struct hvc_scene *scene = &e->s->scene;

	/* What nothing was done to stays what it was, whatever that is. */
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		if (way->x[n] != e->s->before[n])
			way->x[n] = hvc_facts__apply(scene, &way->facts, way->x[n]);
	for (unsigned n = HVC_REG_SP_EL0; n < HVC_REG_COUNT; n++)
		if (way->sys[n] && way->sys[n] != e->s->before[n])
			way->sys[n] = hvc_facts__apply(scene, &way->facts, way->sys[n]);
	if (path->target)
		path->target = hvc_facts__apply(scene, &way->facts, path->target);
}

/* Of callers in AArch32 state: as hvc_aarch32__conclude does it. */
static void narrow(struct hvc_symbolic *s, struct hvc_way *way, const struct hvc_sympath *path)
{
	struct hvc_bvs *t = s->scene.terms;

	if (!hvc_level_is_aarch32(s->config.from))
		return;
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		if (hvc_level_is_aarch32(path->level))
			way->x[n] = hvc_symbolic__low(t, way->x[n]);
		else if (way->x[n] == hvc_bv__input_at(t, n)->term)
			way->x[n] = s->before[n];
}

void hvc_explorer__end(struct hvc_explorer *e, struct hvc_walker *w, struct hvc_sympath *path)
{
	struct hvc_symbolic *s = e->s;

	hvc_walker__unnest(w, path);
	narrow(s, w->way, path);
	settle(e, w->way, path);
	path->way = w->way;
	path->undecided = w->undecided;
	path->door = w->door;
	free(w);
	if (!hvc_grow(&s->path, &s->paths_max, s->paths, sizeof *s->path)) {
		hvc_way__free(path->way);
		e->status = HVC_E_NOMEM;
		return;
	}
	s->path[s->paths++] = *path;
	hvc_door__leave(e, path->door);
}

void hvc_explorer__queue(struct hvc_explorer *e, struct hvc_walker *w)
{
	w->next = NULL;
	*e->last = w;
	e->last = &w->next;
	e->waiting++;
}

bool hvc_explorer__chose(struct hvc_explorer *e, struct hvc_way *way, hvc_ref condition)
{
	struct hvc_choice *choice = hvc_bv__take(e->s->scene.terms, sizeof *choice);

	if (!choice || hvc_facts__assume(&e->s->scene, &way->facts, condition) != HVC_OK) {
		e->status = HVC_E_NOMEM;
		return false;
	}
	*choice = (struct hvc_choice){.before = way->choice,
	                              .pc = way->pc,
	                              .condition = condition,
	                              .number = way->choice ? way->choice->number + 1 : 1,
	                              .clauses = way->facts.clauses};
	way->choice = choice;
	return true;
}

/* One side of a fork; the last takes the walker itself. */
static void branch(struct hvc_explorer *e, struct hvc_walker *w, hvc_ref condition,
                   enum hvc_verdict_of fact, const uint64_t *pc)
{
	struct hvc_way *way = w->way;

	if (!hvc_explorer__chose(e, way, condition)) {
		hvc_way__free(way);
		free(w);
		return;
	}
	if (fact == HVC_FACT_UNDECIDED)
		w->undecided = true;
	if (pc)
		way->pc = *pc;
	hvc_explorer__queue(e, w);
}

struct hvc_walker *hvc_explorer__twin(struct hvc_explorer *e, const struct hvc_walker *w)
{
	struct hvc_walker *new = malloc(sizeof *new);

	if (!new) {
		e->status = HVC_E_NOMEM;
		return NULL;
	}
	*new = *w;
	new->way = hvc_way__copy(w->way);
	if (new->way) {
		if (new->door)
			new->door->live++;
		return new;
	}
	e->status = HVC_E_NOMEM;
	free(new);
	return NULL;
}

/* How often did this path choose at this instruction? */
static unsigned rounds(const struct hvc_way *way)
{
	unsigned count = 0;

	for (const struct hvc_choice *c = way->choice; c; c = c->before)
		count += c->pc == way->pc;
	return count;
}

/* The more places there are to choose at, the more there is to ask. */
static void allow(struct hvc_explorer *e, uint64_t pc)
{
	for (size_t i = 0; i < e->places; i++)
		if (e->place[i] == pc)
			return;
	if (hvc_grow(&e->place, &e->places_max, e->places, sizeof *e->place)) {
		e->place[e->places++] = pc;
		hvc_solver__allow(e->s->scene.solver, HVC_SOLVER_STEPS_PLACE);
	} else {
		e->status = HVC_E_NOMEM;
	}
}

void hvc_explorer__fork(struct hvc_explorer *e, struct hvc_walker *w, const hvc_ref *condition,
                        const uint64_t *pc, size_t count, enum hvc_verdict_of fact)
{
	struct hvc_symbolic *s = e->s;
	struct hvc_door *door;

	if (!hvc_door__fork(e, w, condition, count))
		return;
	allow(e, w->way->pc);
	if (rounds(w->way) >= s->config.rounds) {
		hvc_explorer__bound(e, w, "a loop that the inputs keep going");
		return;
	}
	e->crowded |= !e->merges && s->paths + e->waiting + count > CROWD;
	if (e->crowded || s->paths + e->waiting + count > s->config.paths) {
		hvc_explorer__bound(e, w, "too many paths");
		return;
	}
	for (size_t i = 0; i < count && e->status == HVC_OK; i++) {
		enum hvc_verdict_of each =
		        fact == HVC_FACT_TRUE
		                ? hvc_facts__decide(&s->scene, &w->way->facts, condition[i])
		                : fact;
		struct hvc_walker *new = each == HVC_FACT_FALSE ? NULL : hvc_explorer__twin(e, w);

		if (new)
			branch(e, new, condition[i], each, pc ? &pc[i] : NULL);
	}
	door = w->door;
	hvc_way__free(w->way);
	free(w);
	hvc_door__leave(e, door);
}

/* Where the world says that the run ends, or what a function returns. False: it ended. */
static bool at_boundary(struct hvc_explorer *e, struct hvc_walker *w, bool *skipped)
{
	const struct hvc_world *world = e->s->config.world;
	const struct hvc_stop *stop = world ? hvc_world__find_stop(world, w->way->pc) : NULL;
	struct hvc_lift back = {.next = HVC_NEXT_INDIRECT, .pc = w->way->pc, .returns = true};

	*skipped = false;
	if (!stop)
		return true;
	if (!stop->stub) {
		hvc_explorer__stop(e, w, HVC_OUTCOME_HANDOFF,
		                   hvc_bv__num(e->s->scene.terms, 64, stop->address));
		return false;
	}
	*skipped = true;
	w->way->x[0] = hvc_bv__num(e->s->scene.terms, 64, stop->value);
	back.target = w->way->x[30];
	return hvc_explorer__indirect(e, w, &back);
}

static void unlifted(struct hvc_explorer *e, struct hvc_walker *w, const struct hvc_lift *lift)
{
	struct hvc_sympath path = {.end = HVC_END_UNLIFTED,
	                           .kind = HVC_OUTCOME_LIMIT,
	                           .level = w->way->spx ? HVC_LEVEL_EL2H : HVC_LEVEL_EL2T,
	                           .pc = lift->pc,
	                           .word = lift->word,
	                           .why = lift->why};

	e->stuck = true;
	if (!hvc_door__waits(e, w, &path))
		hvc_explorer__end(e, w, &path);
}

/* Both sides of a condition that is not known; true: only one can be, and the way goes on. */
static bool choose(struct hvc_explorer *e, struct hvc_walker *w, const struct hvc_lift *lift)
{
	struct hvc_bvs *t = e->s->scene.terms;
	const uint64_t pc[2] = {lift->to, lift->pc + 4};
	hvc_ref condition[2] = {lift->condition, hvc_bv__not(t, lift->condition)};
	enum hvc_verdict_of fact = hvc_facts__decide(&e->s->scene, &w->way->facts, lift->condition);

	if (fact == HVC_FACT_TRUE || fact == HVC_FACT_FALSE) {
		w->way->pc = pc[fact == HVC_FACT_FALSE];
		if (w->way->pc > lift->pc || !hvc_walker__spins(w))
			return true;
		hvc_explorer__spin(e, w, lift->pc);
		return false;
	}
	if (e->merges && hvc_explorer__merge(e, w, lift))
		return true;
	hvc_explorer__fork(e, w, condition, pc, 2, fact);
	return false;
}

static bool jump(struct hvc_explorer *e, struct hvc_walker *w, const struct hvc_lift *lift)
{
	w->way->pc = lift->to;
	if (lift->call && !hvc_door__call(e, w))
		return false;
	if (lift->to > lift->pc || !hvc_walker__spins(w))
		return true;
	hvc_explorer__spin(e, w, lift->pc);
	return false;
}

/* True: the way goes on at its pc. */
static bool follow(struct hvc_explorer *e, struct hvc_walker *w, const struct hvc_lift *lift)
{
	hvc_ref both[2];

	switch (lift->next) {
	case HVC_NEXT_FALL:
	case HVC_NEXT_WAIT:
		w->way->pc += 4;
		return true;
	case HVC_NEXT_BRANCH:
		return jump(e, w, lift);
	case HVC_NEXT_CHOICE:
		return choose(e, w, lift);
	case HVC_NEXT_INDIRECT:
		if (!hvc_explorer__indirect(e, w, lift))
			return false;
		return !lift->call || hvc_door__call(e, w);
	case HVC_NEXT_ERET:
		return hvc_explorer__eret(e, w, lift);
	case HVC_NEXT_SMC:
		hvc_explorer__stop(e, w, HVC_OUTCOME_FORWARD, NULL);
		return false;
	case HVC_NEXT_FAULT:
		return hvc_explorer__fault(e, w, lift->ec, lift->target);
	case HVC_NEXT_ASK:
		both[0] = lift->condition;
		both[1] = hvc_bv__not(lift->t, lift->condition);
		hvc_explorer__fork(e, w, both, NULL, 2, HVC_FACT_TRUE);
		return false;
	case HVC_NEXT_UNLIFTED:
		unlifted(e, w, lift);
		return false;
	case HVC_NEXT_FAILED:
		break;
	}
	e->status = hvc_bv__status(lift->t);
	if (e->status == HVC_OK)
		e->status = HVC_E_NOMEM;
	hvc_way__free(w->way);
	free(w);
	return false;
}

/* Where the machine has code of its own, other than the function. */
static bool is_harness(const struct hvc_symbolic *s, uint64_t pc)
{
	uint32_t word;

	return s->config.exact && pc - HVC_HARNESS_BASE < HVC_HARNESS_SIZE &&
	       !hvc_memory__fetch(&s->scene, pc, &word);
}

/*
 * What takes so long is not followed, and the machine is asked by a call. No door is a way out of a
 * recursion: the function that it would end at is under way.
 */
static bool is_endless(struct hvc_explorer *e, struct hvc_walker *w)
{
	bool steps = w->way->steps >= e->s->config.steps;
	struct hvc_sympath path = {.end = HVC_END_BOUND,
	                           .kind = HVC_OUTCOME_LIMIT,
	                           .level = w->way->spx ? HVC_LEVEL_EL2H : HVC_LEVEL_EL2T,
	                           .pc = w->way->pc,
	                           .handler = true};

	if (w->way->depth > DEPTH)
		path.why = "calls nested too deeply";
	else if (w->way->stores > STORES)
		path.why = "too many stores";
	else if (w->way->reads > READS)
		path.why = "too many reads of what nobody has set";
	else if (steps)
		path.why = "the budget of instructions";
	else
		return false;
	e->stuck = true;
	if (w->way->depth > DEPTH || !hvc_door__waits(e, w, &path))
		hvc_explorer__end(e, w, &path);
	return true;
}

/* Until it ends or forks. */
static void walk(struct hvc_explorer *e, struct hvc_walker *w)
{
	struct hvc_symbolic *s = e->s;
	bool skipped;

	for (;;) {
		struct hvc_lift lift;
		uint32_t word;

		if (!at_boundary(e, w, &skipped))
			return;
		if (skipped)
			continue;
		if (is_harness(s, w->way->pc)) {
			hvc_explorer__bound(e, w, "a fixed address of the harness");
			return;
		}
		if (w->way->pc & 3 || !hvc_memory__fetch(&s->scene, w->way->pc, &word)) {
			if (!hvc_explorer__fault(
			            e, w, w->way->pc & 3 ? HVC_EC_PC_ALIGN : HVC_EC_IABT_SAME,
			            hvc_bv__num(s->scene.terms, 64, w->way->pc)))
				return;
			continue;
		}
		if (s->scene.undecided > s->config.undecided) {
			hvc_explorer__bound(e, w, "the solver gave up too often");
			return;
		}
		if (hvc_memory__is_written(w->way, NULL, w->way->pc)) {
			hvc_explorer__bound(e, w, "code that was stored to");
			return;
		}
		if (s->steps >= s->config.total) {
			hvc_explorer__bound(e, w, "the budget of instructions");
			return;
		}
		if (is_endless(e, w))
			return;
		if (s->config.queries &&
		    hvc_solver__queries(s->scene.solver) - e->asked >= s->config.queries) {
			hvc_explorer__bound(e, w, "the budget of the solver");
			return;
		}
		w->way->steps++;
		s->steps++;
		hvc_lift__word(&s->scene, w->way, word, &lift);
		if (lift.call)
			w->way->depth++;
		else if (lift.returns && w->way->depth)
			w->way->depth--;
		if (!follow(e, w, &lift))
			return;
	}
}

void hvc_explorer__run(struct hvc_explorer *e)
{
	while (e->first && e->status == HVC_OK && !e->crowded && !(e->enters && e->stuck)) {
		struct hvc_walker *w = e->first;

		e->first = w->next;
		if (!e->first)
			e->last = &e->first;
		e->waiting--;
		walk(e, w);
		if (hvc_solver__status(e->s->scene.solver) != HVC_OK)
			e->status = hvc_solver__status(e->s->scene.solver);
		if (hvc_bv__status(e->s->scene.terms) != HVC_OK)
			e->status = hvc_bv__status(e->s->scene.terms);
	}
	while (e->first) {
		struct hvc_walker *w = e->first;

		e->first = w->next;
		hvc_way__free(w->way);
		free(w);
	}
	e->last = &e->first;
	e->waiting = 0;
}

/* Of what has been explored. */
static bool is_complete(const struct hvc_symbolic *s)
{
	for (unsigned i = 0; i < s->paths; i++)
		if (s->path[i].end != HVC_END_OUTCOME || s->path[i].undecided)
			return false;
	return true;
}

static void set_defaults(struct hvc_symbolic_config *c)
{
	c->closed |= c->exact;
	c->fixed = c->fixed ? c->fixed : hvc_symbolic__fixed();
	c->paths = c->paths ? c->paths : PATHS;
	c->steps = c->steps ? c->steps : HVC_BUDGET_DEFAULT;
	c->rounds = c->rounds ? c->rounds : ROUNDS;
	c->addresses = c->addresses ? c->addresses : ADDRESSES;
	c->total = c->total ? c->total : TOTAL;
	c->undecided = c->undecided ? c->undecided : UNDECIDED;
	c->door_forks = c->door_forks ? c->door_forks : DOOR_FORKS;
}

static enum hvc_status begin(struct hvc_explorer *e)
{
	struct hvc_walker *w = calloc(1, sizeof *w);
	struct hvc_sympath path = {0};
	bool ended = false;
	enum hvc_status status;

	if (!w)
		return HVC_E_NOMEM;
	w->checkpoint_at = 1;
	status = hvc_symbolic__enter(e->s, &w->way, &ended, &path);
	if (status != HVC_OK) {
		hvc_way__free(w->way);
		free(w);
	} else if (ended) {
		hvc_explorer__end(e, w, &path);
	} else if (e->s->config.world && hvc_cpu__is_hyp(e->s->config.world->cpu)) {
		hvc_explorer__bound(e, w, "A32 and T32 code is not followed");
	} else {
		hvc_explorer__queue(e, w);
	}
	return status;
}

static enum hvc_status explore_once(const struct hvc_symbolic_config *config, bool merges,
                                    bool aliases, bool *crowded, struct hvc_diag *diag,
                                    struct hvc_symbolic **out)
{
	struct hvc_symbolic *s = calloc(1, sizeof *s);
	struct hvc_explorer e = {.s = s, .merges = merges, .last = &e.first};

	if (!s)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	s->config = *config;
	set_defaults(&s->config);
	s->scene = (struct hvc_scene){.image = config->image,
	                              .subject = config->subject,
	                              .addresses = s->config.addresses,
	                              .pointer_auth = config->pointer_auth,
	                              .aliases = aliases,
	                              .terms = config->terms,
	                              .solver = config->solver};
	if (!config->terms)
		e.status = hvc_bv__open(0, &s->scene.terms);
	if (e.status == HVC_OK && !config->solver)
		e.status = hvc_solver__open(s->scene.terms, 0, 0, &s->scene.solver);
	if (e.status == HVC_OK)
		e.asked = hvc_solver__queries(s->scene.solver);
	if (e.status == HVC_OK)
		e.status = begin(&e);
	hvc_explorer__run(&e);
	hvc_door__finish(&e);
	if (config->behind && !e.crowded)
		hvc_door__enter(&e);
	free(e.place);
	s->complete = is_complete(s);
	*crowded = e.crowded;
	if (e.status == HVC_OK) {
		*out = s;
		return HVC_OK;
	}
	hvc_diag_set(diag, e.status, NULL, 0, 0, "%s%s",
	             e.status == HVC_E_ENGINE ? "the solver failed: " : "the exploration failed: ",
	             s->scene.solver && hvc_solver__message(s->scene.solver)[0]
	                     ? hvc_solver__message(s->scene.solver)
	                     : hvc_strerror(e.status));
	hvc_symbolic__free(s);
	return e.status;
}

enum hvc_status hvc_symbolic__explore(const struct hvc_symbolic_config *config,
                                      struct hvc_diag *diag, struct hvc_symbolic **out)
{
	bool merges = false, aliases = true, crowded = false;

	for (;; hvc_symbolic__free(*out)) {
		HVC_TRY(explore_once(config, merges, aliases, &crowded, diag, out));
		if (!(crowded && !merges) && !(aliases && (*out)->scene.many_aliases))
			return HVC_OK;
		aliases = aliases && !(*out)->scene.many_aliases;
		merges = merges || crowded;
	}
}

void hvc_symbolic__free(struct hvc_symbolic *symbolic)
{
	if (!symbolic)
		return;
	for (unsigned i = 0; i < symbolic->paths; i++) {
		hvc_way__free(symbolic->path[i].way);
		if (symbolic->path[i].behind) /* crowded, or failed */
			hvc_way__free(symbolic->path[i].behind->way);
		free(symbolic->path[i].behind);
	}
	free(symbolic->path);
	if (!symbolic->config.solver)
		hvc_solver__close(symbolic->scene.solver);
	if (!symbolic->config.terms)
		hvc_bv__close(symbolic->scene.terms);
	free(symbolic);
}
