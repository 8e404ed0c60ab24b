/* SPDX-License-Identifier: MIT */
/*
 * The doors of handlers. Following the first handler that is met to its end would drown the rest
 * of the dispatch: printing, locks, walks over tables of EL2's own. The first function that is
 * called after the call's registers have decided something is a door that stands open. When they
 * decide again inside, on any way, it was part of the dispatch. A way that meets other choices
 * again and again, or an end that is none, waits. When all ways behind the door wait or have
 * ended, the dispatch was over: one path ends at the door, and all that lies behind is dropped.
 *
 * A function that another one calls with a register of the caller's, which was saved before, as an
 * argument is a handler at once.
 *
 * A handler may be part of the function that chose it, and walk over EL2's memory without calling
 * any: so the first choice by memory, inside a function, is a door as well, at the instruction that
 * chooses. More choices may follow behind it, and functions have doors of their own inside.
 */
#include <stdlib.h>

#include "symbolic/explore.h"

/** Registers that hold arguments (AAPCS64). */
#define ARGUMENTS 8u
/** Calls within calls that a dispatch is made of. */
#define DISPATCH_DEPTH 2u
/** Choices by memory behind a door that is no function's. */
#define INSIDE_FORKS 6u
/** Inputs of a condition that are looked at. */
#define INPUTS 8u
/** Instructions of a handler that is followed, and places that an access of it is taken apart into.
 */
#define BEHIND_STEPS     UINT64_C(200000)
#define BEHIND_ADDRESSES 64u

struct hvc_waiting {
	struct hvc_waiting *next;
	struct hvc_walker *walker;
	struct hvc_sympath path;
	bool ends; /* as `path`; else it only waits */
};

/* Behind the door `outer`, which counts it. */
static void stop_at(struct hvc_explorer *e, struct hvc_way *way, bool undecided,
                    struct hvc_door *outer)
{
	struct hvc_walker *at = calloc(1, sizeof *at);

	if (!at) {
		e->status = HVC_E_NOMEM;
		hvc_way__free(way);
		return;
	}
	at->way = way;
	at->undecided = undecided;
	at->door = outer;
	at->checkpoint_at = 1;
	hvc_door__stop(e, at);
}

void hvc_door__stop(struct hvc_explorer *e, struct hvc_walker *w)
{
	struct hvc_sympath path = {.kind = HVC_OUTCOME_HANDOFF,
	                           .level = w->way->spx ? HVC_LEVEL_EL2H : HVC_LEVEL_EL2T,
	                           .target = hvc_bv__num(e->s->scene.terms, 64, w->way->pc),
	                           .pc = w->way->pc};

	if (e->s->config.behind)
		path.behind = hvc_explorer__twin(e, w);
	if (path.behind && path.behind->door) {
		path.behind->door->live--;
		path.behind->door = NULL;
	}
	hvc_explorer__end(e, w, &path);
}

/* Was this register of the caller's put into EL2's memory? */
static bool is_saved(const struct hvc_way *way, hvc_ref x)
{
	for (const struct hvc_log *log = way->log; log; log = log->before)
		if (log->value == x)
			return true;
	return false;
}

/*
 * Is an argument of the function a register of the caller's, fetched from where it was saved and
 * not yet decided? What was only left in an argument's register is none.
 */
static bool is_handler(struct hvc_explorer *e, struct hvc_way *way)
{
	if (!way->choice || way->depth < 2)
		return false;
	for (unsigned n = 0; n < ARGUMENTS; n++) {
		hvc_ref x = hvc_facts__apply(&e->s->scene, &way->facts, way->x[n]);

		if (way->moved >> n & 1 && x->op == HVC_OP_INPUT && x->value < HVC_GPR_COUNT &&
		    is_saved(way, x))
			return true;
	}
	return false;
}

/* At the walker's pc; behind the one that it is at, if that is open. */
static void open_door(struct hvc_explorer *e, struct hvc_walker *w, bool inside)
{
	struct hvc_door *door = calloc(1, sizeof *door);

	if (door)
		door->way = hvc_way__copy(w->way);
	if (!door || !door->way) {
		free(door);
		e->status = HVC_E_NOMEM;
		return;
	}
	door->undecided = w->undecided;
	door->inside = inside;
	door->outer = w->door && !w->door->passed ? w->door : NULL;
	door->live = 1;
	door->next = e->door;
	e->door = door;
	w->door = door;
	w->door_forks = 0;
}

bool hvc_door__call(struct hvc_explorer *e, struct hvc_walker *w)
{
	/* What calls nothing has no handler: it faults there. */
	if (e->s->config.doors != HVC_DOORS_HANDLER || !hvc_explorer__is_code(e, w->way->pc))
		return true;
	if (is_handler(e, w->way)) {
		hvc_door__pass(e, w);
		hvc_door__stop(e, w);
		return false;
	}
	if (!w->door || w->door->passed || w->door->inside)
		open_door(e, w, false);
	return true;
}

static void drop(struct hvc_walker *w)
{
	if (!w)
		return;
	hvc_way__free(w->way);
	free(w);
}

/* All ways behind it wait or have ended: it is a handler's. */
static void close_door(struct hvc_explorer *e, struct hvc_door *door)
{
	struct hvc_way *way = door->way;

	while (door->waiting) {
		struct hvc_waiting *waiting = door->waiting;

		door->waiting = waiting->next;
		drop(waiting->walker);
		free(waiting);
	}
	door->closed = true;
	door->way = NULL;
	stop_at(e, way, door->undecided, door->outer);
}

void hvc_door__leave(struct hvc_explorer *e, struct hvc_door *door)
{
	if (!door || --door->live)
		return;
	if (door->waiting && !door->passed)
		close_door(e, door); /* which leaves the outer one */
	else
		hvc_door__leave(e, door->outer);
}

bool hvc_door__waits(struct hvc_explorer *e, struct hvc_walker *w, const struct hvc_sympath *path)
{
	struct hvc_door *door = w->door;
	struct hvc_waiting *waiting;

	if (!door || door->passed)
		return false;
	waiting = calloc(1, sizeof *waiting);
	if (!waiting) {
		e->status = HVC_E_NOMEM;
		return false;
	}
	waiting->walker = w;
	waiting->ends = path != NULL;
	if (path)
		waiting->path = *path;
	waiting->next = door->waiting;
	door->waiting = waiting;
	hvc_door__leave(e, door);
	return true;
}

static void pass(struct hvc_explorer *e, struct hvc_door *door)
{
	door->passed = true;
	while (door->waiting) {
		struct hvc_waiting *waiting = door->waiting;

		door->waiting = waiting->next;
		waiting->walker->door = NULL;
		waiting->walker->door_forks = 0;
		if (waiting->ends)
			hvc_explorer__end(e, waiting->walker, &waiting->path);
		else
			hvc_explorer__queue(e, waiting->walker);
		free(waiting);
	}
}

void hvc_door__pass(struct hvc_explorer *e, struct hvc_walker *w)
{
	w->door_forks = 0;
	for (struct hvc_door *door = w->door; door && !door->passed; door = door->outer)
		pass(e, door);
}

/*
 * Does a condition ask what EL2's memory holds? Whether a stack is where the code wants it, as C
 * code asserts it all over, is nothing that a handler goes by.
 */
static bool asks_memory(struct hvc_explorer *e, hvc_ref condition)
{
	struct hvc_bvs *t = e->s->scene.terms;
	size_t index[INPUTS], count = hvc_bv__inputs(t, condition, index, INPUTS);

	for (size_t i = 0; i < count && i < INPUTS; i++) {
		hvc_ref address = hvc_bv__input_at(t, index[i])->address;

		if (address && !(address->uses & HVC_USES_CALL))
			return true;
	}
	return count > INPUTS;
}

/* Is it a choice of the dispatch? */
static bool is_by_call(const struct hvc_walker *w, hvc_ref condition, bool memory)
{
	/* What compares a register with EL2's memory looks something up. */
	if (!(condition->uses & HVC_USES_CALL) || memory)
		return false;
	/* Far inside, what depends on the call is its printing, not its dispatch. */
	return !w->door || w->door->passed || w->door->inside ||
	       w->way->depth <= w->door->way->depth + DISPATCH_DEPTH;
}

bool hvc_door__fork(struct hvc_explorer *e, struct hvc_walker *w, const hvc_ref *condition,
                    size_t count)
{
	unsigned most = e->s->config.door_forks;
	bool memory = asks_memory(e, condition[0]), by_call = false;

	for (size_t i = 0; i < count; i++)
		by_call |= is_by_call(w, condition[i], memory);
	if (by_call)
		hvc_door__pass(e, w);
	if (by_call || !memory)
		return true;
	if (e->s->config.doors == HVC_DOORS_HANDLER && w->way->depth &&
	    (!w->door || w->door->passed))
		open_door(e, w, true);
	if (w->door && w->door->inside)
		most = INSIDE_FORKS;
	return ++w->door_forks <= most || !hvc_door__waits(e, w, NULL);
}

static bool is_behind_closed(const struct hvc_door *door)
{
	while (door && !door->closed)
		door = door->outer;
	return door != NULL;
}

void hvc_door__finish(struct hvc_explorer *e)
{
	struct hvc_symbolic *s = e->s;
	unsigned kept = 0;

	for (unsigned i = 0; i < s->paths; i++) {
		struct hvc_sympath *path = &s->path[i];

		if (is_behind_closed(path->door)) {
			hvc_way__free(path->way);
			drop(path->behind);
			continue;
		}
		path->entered = path->door && !path->door->passed && !path->door->inside;
		path->door = NULL;
		s->path[kept++] = *path;
	}
	s->paths = kept;
	while (e->door) {
		struct hvc_door *door = e->door;

		while (door->waiting) { /* where the exploration failed */
			struct hvc_waiting *waiting = door->waiting;

			door->waiting = waiting->next;
			drop(waiting->walker);
			free(waiting);
		}
		e->door = door->next;
		hvc_way__free(door->way);
		free(door);
	}
}

/* With as much as one handler may cost. True: all its ways have ended. */
static bool is_followed(struct hvc_explorer *e, struct hvc_walker *behind)
{
	struct hvc_symbolic *s = e->s;
	unsigned before = s->paths, undecided = s->scene.undecided;

	e->asked = hvc_solver__queries(s->scene.solver);
	e->stuck = false;
	s->config.total = s->steps + BEHIND_STEPS;
	hvc_explorer__queue(e, behind);
	hvc_explorer__run(e);
	if (!e->stuck && !e->crowded && e->status == HVC_OK) {
		while (before < s->paths)
			s->path[before++].entered = true;
		return true;
	}
	while (s->paths > before)
		hvc_way__free(s->path[--s->paths].way);
	s->scene.undecided = undecided;
	e->crowded = false;
	return false;
}

void hvc_door__enter(struct hvc_explorer *e)
{
	struct hvc_symbolic *s = e->s;
	struct hvc_symbolic_config config = s->config;
	unsigned doors = s->paths, kept = 0;

	e->enters = true;
	s->config.doors = HVC_DOORS_NONE;
	s->config.queries = config.behind;
	s->config.addresses = s->scene.addresses = BEHIND_ADDRESSES;
	for (unsigned i = 0; i < doors; i++) {
		struct hvc_walker *behind = s->path[i].behind;

		s->path[i].behind = NULL;
		if (!behind)
			continue;
		if (e->status != HVC_OK) {
			drop(behind);
		} else if (is_followed(e, behind)) {
			hvc_way__free(s->path[i].way);
			s->path[i].way = NULL;
		} else if (!config.stays) {
			s->path[i].end = HVC_END_BOUND;
			s->path[i].handler = true;
			s->path[i].why = "a handler, which is not followed,";
		}
	}
	for (unsigned i = 0; i < s->paths; i++)
		if (s->path[i].way)
			s->path[kept++] = s->path[i];
	s->paths = kept;
	s->config = config;
	s->scene.addresses = config.addresses;
}
