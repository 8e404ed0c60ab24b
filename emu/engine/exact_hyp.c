/* SPDX-License-Identifier: MIT */
/*
 * The map of code for Hyp mode, which is not followed: what calls do, as the machine does it. Every
 * immediate is called with registers that can be told apart, and then registers r0 to r12 get the
 * values that handlers compare with: small numbers, and the constants of the code. A value with
 * which some call does something else makes a row of its own; what is known of all others is what
 * was seen of one. Nothing of this is proved: such rows are `swept`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "engine/exact_trial.h"
#include "engine/imm_class.h"
#include "engine/scene.h"
#include "engine/way_seen.h"
#include "machine/outcome.h"
#include "machine/world.h"
#include "subject/walk.h"

#define WAYS_MAX        60u /* ways in which calls have ended */
#define GROUPS_MAX      12u /* sets of values of a register with which calls do the same */
#define VALUES_MAX      160u
#define CONSTANTS_LIMIT 1000u /* instructions followed when looking for compared constants */
#define TRIED_MAX       24u   /* immediates that stand for all where values are tried */
#define REGISTERS       HVC_WAY_REGISTERS
#define OTHER_SEED      1
#define SAMPLE          4096u /* of so many immediates one is called after ENOUGH */
/* Instructions at EL2; after them a sample of immediates, no values. */
#define ENOUGH UINT64_C(30000000)

/* Values of one register with which the immediates end so. */
struct group {
	unsigned reg;
	uint64_t value[VALUES_MAX];
	unsigned values;
	uint8_t tried[TRIED_MAX];
	uint8_t way[HVC_IMM_COUNT];
};

/* Shared with the process that makes the calls. */
struct bench {
	struct hvc_flight flight;
	struct hvc_diag diag;
	struct hvc_way_seen way[WAYS_MAX];
	unsigned ways;
	uint64_t instructions; /* that calls have executed */
	bool overflow;         /* more ways than there is room for */
	unsigned passed;       /* immediates without a call, as calls take long */
	unsigned dropped;      /* values that do something else again, and have no row */
	uint8_t base[HVC_IMM_COUNT];
	uint16_t tried[TRIED_MAX];
	unsigned trieds;
	uint8_t usual[TRIED_MAX]; /* base[] of these */
	struct group group[GROUPS_MAX];
	unsigned groups;
};

/* A value that a register is called with; HVC_REG_NONE: each of them. */
struct work {
	struct hvc_exact *exact;
	const struct hvc_exact_part *part;
	struct bench *bench;
	struct hvc_machine *machine;
	struct hvc_imm_classes *classes;
	struct hvc_constant value[VALUES_MAX];
	unsigned values;
};

/* Calls of one register file, of some immediates or of all. */
struct pass {
	struct work *work;
	struct hvc_call call;
	unsigned given;      /* the register that has another value; REGISTERS: none */
	const uint16_t *imm; /* NULL: all */
	unsigned imms, at;
	uint8_t *way; /* one an immediate that is called */
};

static bool next(void *ctx, struct hvc_call *call)
{
	struct pass *pass = ctx;

	if (pass->at == pass->imms ||
	    (!pass->imm && pass->at % SAMPLE && pass->work->bench->instructions >= ENOUGH) ||
	    (!pass->imm && hvc_imm_classes__has(pass->work->classes, (uint16_t)pass->at)))
		return false;
	*call = pass->call;
	call->imm = pass->imm ? pass->imm[pass->at] : (uint16_t)pass->at;
	return true;
}

static bool done(void *ctx, const struct hvc_call *call, const struct hvc_outcome *outcome)
{
	struct pass *pass = ctx;
	struct bench *bench = pass->work->bench;
	const struct hvc_machine *machine = pass->work->machine;
	const struct hvc_way_seen *const like[2] = {
	        pass->at ? &bench->way[pass->way[pass->at - 1]] : NULL,
	        pass->given < REGISTERS ? &bench->way[bench->base[call->imm]] : NULL,
	};
	unsigned i;

	bench->instructions += outcome->instructions;
	/* The nearest first; then whichever says what this call did. */
	for (i = 0; i < 2; i++)
		if (like[1 - i] && hvc_way_seen__fits(like[1 - i], machine, call, outcome)) {
			pass->way[pass->at++] = (uint8_t)(like[1 - i] - bench->way);
			return true;
		}
	for (i = 0; i < bench->ways; i++)
		if (hvc_way_seen__fits(&bench->way[i], machine, call, outcome)) {
			pass->way[pass->at++] = (uint8_t)i;
			return true;
		}
	bench->overflow = bench->ways == WAYS_MAX;
	if (bench->overflow)
		return false;
	bench->way[bench->ways] = hvc_way_seen__of(machine, call, outcome, pass->given, like);
	pass->way[pass->at++] = (uint8_t)bench->ways++;
	return true;
}

/* reg: REGISTERS: none is set. */
static enum hvc_status call_all(struct work *work, unsigned reg, uint64_t value,
                                const uint16_t *imm, unsigned imms, uint8_t *way)
{
	struct pass pass = {.work = work, .given = reg, .imm = imm, .imms = imms, .way = way};
	const struct hvc_feed feed = {next, done, &pass};
	enum hvc_status status = HVC_OK;
	const struct hvc_outcome *outcome;
	const struct hvc_call *call;

	hvc_call_init(&pass.call, 0);
	pass.call.from = work->part->from;
	pass.call.insn = work->part->insn;
	hvc_call__fit(&pass.call, work->exact->world.cpu);
	if (reg < REGISTERS)
		pass.call.x[reg] = value;
	if (!imm)
		HVC_TRY(hvc_imm_classes__find(work->classes, &pass.call, &work->bench->diag));
	while (pass.at < imms && status == HVC_OK && !work->bench->overflow) {
		if (!imm && pass.at % SAMPLE && work->bench->instructions >= ENOUGH) {
			way[pass.at] = way[pass.at - 1];
			work->bench->passed += reg == REGISTERS;
			pass.at++;
		} else if (imm || !hvc_imm_classes__has(work->classes, (uint16_t)pass.at)) {
			status = hvc_machine_run(work->machine, &feed, &work->bench->diag);
		} else {
			outcome = hvc_imm_classes__outcome(work->classes, (uint16_t)pass.at, &call);
			(void)done(&pass, call, outcome);
		}
	}
	return status == HVC_E_CANCELLED ? HVC_OK : status;
}

static void try_imm(struct bench *bench, uint16_t imm)
{
	for (unsigned i = 0; i < bench->trieds; i++)
		if (bench->tried[i] == imm)
			return;
	if (bench->trieds < TRIED_MAX)
		bench->tried[bench->trieds++] = imm;
}

/* One immediate of each way, the last, and one of each kind that the code tells apart. */
static void choose_tried(struct bench *bench, const struct hvc_imm_classes *classes)
{
	bool met[WAYS_MAX] = {false};
	uint16_t first;

	for (unsigned imm = 0; imm < HVC_IMM_COUNT && bench->trieds < TRIED_MAX - 1; imm++)
		if (!met[bench->base[imm]]) {
			met[bench->base[imm]] = true;
			try_imm(bench, (uint16_t)imm);
		}
	try_imm(bench, UINT16_MAX);
	for (unsigned i = 0; hvc_imm_classes__first(classes, i, &first); i++)
		try_imm(bench, first);
}

/* There is no room for what the value does, and for the ways in which its calls ended. */
static enum hvc_status drop(struct bench *bench, unsigned ways)
{
	bench->ways = ways;
	bench->overflow = false;
	bench->dropped++;
	return HVC_OK;
}

/* The first call of each way once more, with other registers: way: one of each that is tried. */
static enum hvc_status doubt(struct work *work, unsigned reg, uint64_t value, const uint8_t *way)
{
	struct bench *bench = work->bench;
	bool met[WAYS_MAX] = {false};

	for (unsigned i = 0; i < bench->trieds; i++) {
		struct hvc_outcome outcome;
		struct hvc_call call;

		if (met[way[i]])
			continue;
		met[way[i]] = true;
		hvc_call_init(&call, OTHER_SEED);
		call.from = work->part->from;
		call.insn = work->part->insn;
		call.imm = bench->tried[i];
		hvc_call__fit(&call, work->exact->world.cpu);
		if (reg < REGISTERS)
			call.x[reg] = value;
		HVC_TRY(hvc_machine_reset(work->machine, &bench->diag));
		HVC_TRY(hvc_machine_call(work->machine, &call, &bench->diag, &outcome));
		hvc_way_seen__doubt(&bench->way[way[i]], work->machine, &call, &outcome);
	}
	return HVC_OK;
}

static enum hvc_status try_value(struct work *work, unsigned reg, uint64_t value)
{
	struct bench *bench = work->bench;
	uint8_t way[TRIED_MAX] = {0};
	unsigned ways = bench->ways;
	struct group *group;

	HVC_TRY(call_all(work, reg, value, bench->tried, bench->trieds, way));
	if (bench->overflow)
		return drop(bench, ways);
	if (!memcmp(way, bench->usual, sizeof way))
		return HVC_OK;
	for (unsigned i = 0; i < bench->groups; i++) {
		group = &bench->group[i];
		if (group->reg == reg && !memcmp(group->tried, way, sizeof way) &&
		    group->values < VALUES_MAX) {
			group->value[group->values++] = value;
			return HVC_OK;
		}
	}
	if (bench->groups == GROUPS_MAX)
		return drop(bench, ways);
	group = &bench->group[bench->groups];
	*group = (struct group){.reg = reg, .value = {value}, .values = 1};
	memcpy(group->tried, way, sizeof way);
	HVC_TRY(call_all(work, reg, value, NULL, HVC_IMM_COUNT, group->way));
	if (bench->overflow)
		return drop(bench, ways);
	bench->groups++;
	return doubt(work, reg, value, way);
}

static enum hvc_status sweep(void *ctx)
{
	struct work *work = ctx;
	struct bench *bench = work->bench;

	HVC_TRY(hvc_scene__machine(work->exact->subject, &work->exact->world, work->exact->budget,
	                           &bench->diag, &work->machine));
	HVC_TRY(hvc_imm_classes__open(&(struct hvc_lost_machine){work->exact->subject,
	                                                         &work->exact->world,
	                                                         work->exact->budget},
	                              &bench->diag, &work->classes));
	/* A small immediate cannot be told from a number: what a large one does is known before. */
	HVC_TRY(call_all(work, REGISTERS, 0, &(const uint16_t){0xfedc}, 1, bench->base));
	HVC_TRY(call_all(work, REGISTERS, 0, NULL, HVC_IMM_COUNT, bench->base));
	if (bench->overflow)
		return HVC_OK;
	choose_tried(bench, work->classes);
	for (unsigned i = 0; i < bench->trieds; i++)
		bench->usual[i] = bench->base[bench->tried[i]];
	HVC_TRY(doubt(work, REGISTERS, 0, bench->usual));
	for (unsigned reg = 0; reg < REGISTERS; reg++)
		for (unsigned i = 0; i < work->values && bench->instructions < ENOUGH; i++)
			if (work->value[i].reg == HVC_REG_NONE || work->value[i].reg == reg)
				HVC_TRY(try_value(work, reg, work->value[i].value));
	hvc_imm_classes__close(work->classes);
	hvc_machine_close(work->machine);
	return HVC_OK;
}

static void add_value(struct work *work, enum hvc_reg reg, uint64_t value)
{
	for (unsigned i = 0; i < work->values; i++)
		if (work->value[i].value == value &&
		    (work->value[i].reg == reg || work->value[i].reg == HVC_REG_NONE))
			return;
	if (work->values < VALUES_MAX)
		work->value[work->values++] = (struct hvc_constant){.reg = reg, .value = value};
}

/* Small numbers, bounds, and what the code compares a register with, and what is next to it. */
static enum hvc_status choose_values(struct work *work)
{
	static const uint64_t usual[] = {0x1000,     0x1000000,  0x40000000, 0x7fffffff, 0x80000000,
	                                 0x80000001, 0xc0000000, 0xfffffffe, UINT32_MAX};
	struct hvc_constant *constant = NULL;
	size_t constants = 0;

	for (uint64_t value = 0; value < 10; value++)
		add_value(work, HVC_REG_NONE, value);
	for (unsigned i = 0; i < sizeof usual / sizeof *usual; i++)
		add_value(work, HVC_REG_NONE, usual[i]);
	add_value(work, HVC_REG_NONE, hvc_harness32(HVC_FUNCTION));
	HVC_TRY(hvc_subject__constants(work->exact->subject, CONSTANTS_LIMIT, &constant,
	                               &constants));
	for (size_t i = 0; i < constants; i++)
		for (unsigned near = 0; near < 3; near++)
			add_value(work, constant[i].reg,
			          (constant[i].value + near - 1) & UINT32_MAX);
	free(constant);
	return HVC_OK;
}

static hvc_ref term_of(struct hvc_exact *exact, const struct hvc_exact_part *part,
                       const struct hvc_way_value *value)
{
	struct hvc_bvs *t = exact->terms;
	hvc_ref base;

	switch (value->from) {
	case HVC_FROM_REG:
		base = value->value < HVC_REG_COUNT && part->before[value->value]
		               ? part->before[value->value]
		               : hvc_bv__input(t, hvc_reg_name((enum hvc_reg)value->value), 64);
		break;
	case HVC_FROM_RETURN:
		base = hvc_bv__add(t, hvc_bv__input(t, "self", 64), hvc_bv__num(t, 64, 4));
		break;
	case HVC_FROM_IMM:
		return hvc_bv__zext(t, hvc_bv__input(t, "imm", 16), 64);
	case HVC_FROM_ESR:
		return hvc_bv__input(t, "esr_el2", 64);
	case HVC_FROM_OTHER:
		return hvc_bv__input(t, "computed", 64);
	default:
		return hvc_bv__num(t, 64, value->value);
	}
	if (!value->plus)
		return base;
	base = hvc_bv__add(t, base, hvc_bv__num(t, 64, (uint64_t)value->plus));
	return hvc_bv__and(t, base, hvc_bv__num(t, 64, UINT32_MAX));
}

/* The values of a register in some groups. */
static const struct hvc_set *values_of(struct hvc_bvs *terms, const struct group *group,
                                       const struct hvc_set *set)
{
	for (unsigned i = 0; set && i < group->values; i++) {
		const struct hvc_set *one =
		        hvc_set__range(terms, 64, group->value[i], group->value[i]);

		set = one ? hvc_set__or(terms, set, one) : NULL;
	}
	return set;
}

/* Immediates of one row: which, and the groups whose values take some of their calls away. */
struct imms {
	const struct hvc_set *set;
	unsigned first;
	unsigned active; /* groups, a bit each */
};

/* Which groups do something else than the base for an immediate. */
static unsigned active_at(const struct bench *bench, unsigned imm)
{
	unsigned active = 0;

	for (unsigned i = 0; i < bench->groups; i++)
		if (bench->group[i].way[imm] != bench->base[imm])
			active |= 1u << i;
	return active;
}

/* Immediates with this way of this group (NULL: the base), and these groups active. */
struct alike {
	const struct bench *bench;
	const uint8_t *ways;
	unsigned active;
	uint8_t way;
};

static bool is_alike(const void *ctx, unsigned imm)
{
	const struct alike *a = ctx;

	return a->ways[imm] == a->way && active_at(a->bench, imm) == a->active;
}

/* Conditions of a row: its immediates, and for each register the values that it has or has not. */
static bool add_case(struct hvc_exact *exact, const struct hvc_exact_part *part,
                     const struct bench *bench, const struct imms *imms, const struct group *group,
                     struct hvc_row *row)
{
	struct hvc_bvs *terms = exact->terms;
	struct hvc_row_case *c = row->case_ = calloc(1, sizeof *c);
	const struct hvc_set *none = hvc_set__none(terms, 64);

	row->cases = 1;
	if (c)
		c->member = calloc(1 + REGISTERS, sizeof *c->member);
	if (!c || !c->member || !none)
		return false;
	if (hvc_set__size(imms->set) < HVC_IMM_COUNT)
		c->member[c->members++] =
		        (struct hvc_member){hvc_bv__input(terms, "imm", 16), imms->set};
	for (unsigned reg = 0; reg < REGISTERS; reg++) {
		const struct hvc_set *set = none;

		if (group && group->reg == reg) {
			set = values_of(terms, group, set);
		} else if (!group || reg < group->reg) {
			for (unsigned i = 0; i < bench->groups; i++)
				if (bench->group[i].reg == reg && imms->active >> i & 1)
					set = values_of(terms, &bench->group[i], set);
			if (set && !set->count)
				continue;
			set = set ? hvc_set__not(terms, set) : NULL;
		} else {
			continue;
		}
		if (!set)
			return false;
		c->member[c->members++] = (struct hvc_member){part->before[HVC_REG_X0 + reg], set};
	}
	row->condition = hvc_bv__num(terms, 1, 1);
	for (size_t i = 0; i < c->members; i++)
		row->condition =
		        hvc_bv__and(terms, row->condition, hvc_set__term(terms, &c->member[i]));
	return true;
}

static bool add_row(struct hvc_exact *exact, struct hvc_exact_part *part, const struct bench *bench,
                    const struct imms *imms, const struct group *group,
                    const struct hvc_way_seen *way, const char *why)
{
	struct hvc_row *grown = realloc(part->row, (part->rows + 1) * sizeof *grown), *row;

	if (!grown)
		return false;
	part->row = grown;
	row = &part->row[part->rows++];
	*row = (struct hvc_row){.known = HVC_ROW_SWEPT,
	                        .why = why,
	                        .seen = true,
	                        .kind = way->kind,
	                        .level = way->level,
	                        .level_kept = way->level == part->from,
	                        .pc = way->pc,
	                        .stored = way->stores};
	row->path = calloc(1, sizeof *row->path);
	row->effect = calloc(HVC_WAY_EFFECTS, sizeof *row->effect);
	if (!row->path || !row->effect || !add_case(exact, part, bench, imms, group, row))
		return false;
	if (way->jumps)
		row->target = term_of(exact, part, &way->target);
	for (unsigned i = 0; i < way->effects; i++)
		row->effect[row->effects++] = (struct hvc_row_effect){
		        way->effect[i].reg, hvc_reg_name(way->effect[i].reg),
		        term_of(exact, part, &way->effect[i].value)};
	hvc_call_init(&row->witness, 0);
	row->witness.from = part->from;
	row->witness.insn = part->insn;
	row->witness.imm = (uint16_t)imms->first;
	if (group)
		row->witness.x[group->reg] = group->value[0];
	return true;
}

/* Each way of a group, or of the base, with the immediates that end so. */
static bool add_rows(struct hvc_exact *exact, struct hvc_exact_part *part,
                     const struct bench *bench, const struct group *group, const char *why)
{
	const uint8_t *ways = group ? group->way : bench->base;

	for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++) {
		struct imms imms = {NULL, imm, active_at(bench, imm)};
		bool told = group && ways[imm] == bench->base[imm];

		/* Told with the first immediate of its kind. */
		for (unsigned other = 0; !told && other < imm; other++)
			told = ways[other] == ways[imm] && active_at(bench, other) == imms.active;
		if (told)
			continue;
		imms.set = hvc_set__imms(exact->terms, is_alike,
		                         &(struct alike){bench, ways, imms.active, ways[imm]});
		if (!imms.set ||
		    !add_row(exact, part, bench, &imms, group, &bench->way[ways[imm]], why))
			return false;
	}
	return true;
}

enum hvc_status hvc_exact__sweep_hyp(struct hvc_exact *exact, struct hvc_exact_part *part,
                                     struct hvc_diag *diag)
{
	struct bench *bench = mmap(NULL, sizeof *bench, PROT_READ | PROT_WRITE,
	                           MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct work work = {.exact = exact, .part = part, .bench = bench};
	struct hvc_text text = {part->why, sizeof part->why, strlen(part->why)};
	const char *why = part->row[0].why;
	enum hvc_status status;
	bool died = false, made = true;

	if (bench == MAP_FAILED)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	status = choose_values(&work);
	if (status == HVC_OK)
		status = hvc_lost__apart(sweep, &work, &bench->flight, &died);
	/* What the engine dies of, or what ends in too many ways, stays as it was: not followed. */
	if (status == HVC_OK && !bench->overflow) {
		for (unsigned i = 0; i < part->rows; i++)
			hvc_row__free(&part->row[i]);
		part->rows = 0;
		for (unsigned i = 0; made && i < bench->groups; i++)
			made = add_rows(exact, part, bench, &bench->group[i], why);
		made = made && add_rows(exact, part, bench, NULL, why);
		part->taken = HVC_IMM_COUNT - bench->passed;
		hvc_text__put(&text,
		              "; r0 to r12 had values of a list of %u, of which others may be told "
		              "apart",
		              work.values);
		if (bench->passed)
			hvc_text__put(&text, "; calls take long: %u immediates had none",
			              bench->passed);
		if (bench->dropped)
			hvc_text__put(&text, "; %u more did otherwise, and have no row",
			              bench->dropped);
	}
	munmap(bench, sizeof *bench);
	if (!made || status == HVC_E_NOMEM)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	hvc_exact__order(exact, part);
	return HVC_OK;
}
