/* SPDX-License-Identifier: MIT */
/*
 * Where two neighbouring calls are of different kinds both are made again, instruction by
 * instruction; the last instruction before their ways part is the one that decides.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/study.h"
#include "subject/a64.h"

struct search {
	const struct hvc_map_config *config;
	const struct hvc_map *map;
	const struct hvc_study *study; /* kinds are known */
	struct hvc_machine *machine;
	struct hvc_watched watched[2];
	struct hvc_watched *now; /* the one that is filled */
	struct hvc_boundary *found;
	unsigned count;
	unsigned unseen;
};

static void on_step(void *ctx, const struct hvc_step *step)
{
	hvc_watched__trace(((struct search *)ctx)->now, step);
}

static void on_block(void *ctx, uint64_t address, uint32_t size)
{
	hvc_watched__block(((struct search *)ctx)->now, address, size);
}

const char *hvc_decision_name(enum hvc_decision decision)
{
	static const char *const names[] = {
	        [HVC_DECISION_BRANCH] = "branch",
	        [HVC_DECISION_SELECT] = "select",
	        [HVC_DECISION_VALUE] = "value",
	};

	return names[decision];
}

/* What boundaries have in common that need be looked at only once. */
static bool same_question(const struct search *search, const struct hvc_boundary *a,
                          const struct hvc_boundary *b)
{
	const struct hvc_probe *probe = search->map->probes.probe;

	if (a->reg != b->reg || a->kind[0] != b->kind[0] || a->kind[1] != b->kind[1])
		return false;
	if (a->reg == HVC_REG_NONE)
		return a->imm[0] == b->imm[0] && a->imm[1] == b->imm[1];
	return probe[a->probe[0]].call.x[a->reg] == probe[b->probe[0]].call.x[b->reg] &&
	       probe[a->probe[1]].call.x[a->reg] == probe[b->probe[1]].call.x[b->reg];
}

static void ask(struct search *search, const struct hvc_boundary *boundary)
{
	for (unsigned i = 0; i < search->count; i++)
		if (same_question(search, &search->found[i], boundary))
			return;
	if (search->count == HVC_BOUNDARY_MAX)
		search->unseen++;
	else
		search->found[search->count++] = *boundary;
}

static unsigned kind_of(const struct search *search, const struct hvc_run *run)
{
	return search->study->kind_of[run->class_];
}

/* Neighbouring immediates of one probe. */
static void ask_immediates(struct search *search)
{
	const struct hvc_map *map = search->map;

	for (size_t i = 1; i < map->runs; i++) {
		const struct hvc_run *left = &map->run[i - 1], *right = &map->run[i];
		struct hvc_boundary boundary = {
		        .kind = {kind_of(search, left), kind_of(search, right)},
		        .reg = HVC_REG_NONE,
		        .probe = {left->probe, right->probe},
		        .imm = {left->hi, right->lo},
		};

		if (left->probe == right->probe && boundary.kind[0] != boundary.kind[1])
			ask(search, &boundary);
	}
}

/* First run of a probe. */
static const struct hvc_run *runs_of(const struct hvc_map *map, unsigned probe)
{
	size_t lo = 0, hi = map->runs;

	while (lo < hi) {
		size_t middle = lo + (hi - lo) / 2;

		if (map->run[middle].probe < probe)
			lo = middle + 1;
		else
			hi = middle;
	}
	return &map->run[lo];
}

/* Two probes that differ in one register: immediates where their kinds differ. */
static void ask_probes(struct search *search, unsigned p, unsigned q, enum hvc_reg reg)
{
	const struct hvc_run *a = runs_of(search->map, p), *b = runs_of(search->map, q);
	const struct hvc_run *end = search->map->run + search->map->runs;
	unsigned last[2] = {UINT32_MAX, UINT32_MAX};

	while (a < end && b < end && a->probe == p && b->probe == q) {
		uint16_t lo = a->lo > b->lo ? a->lo : b->lo;
		uint16_t hi = a->hi < b->hi ? a->hi : b->hi;
		struct hvc_boundary boundary = {
		        .kind = {kind_of(search, a), kind_of(search, b)},
		        .reg = reg,
		        .probe = {p, q},
		        .imm = {lo, lo},
		};

		if (boundary.kind[0] != boundary.kind[1] &&
		    (boundary.kind[0] != last[0] || boundary.kind[1] != last[1])) {
			last[0] = boundary.kind[0];
			last[1] = boundary.kind[1];
			ask(search, &boundary);
		}
		a += a->hi == hi;
		b += b->hi == hi;
	}
}

/* Do two calls differ in one register alone? */
static bool one_apart(const struct hvc_probe *p, const struct hvc_probe *q, enum hvc_reg reg)
{
	if (p->call.insn != q->call.insn || p->call.from != q->call.from || p->seed != q->seed)
		return false;
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		if (n != (unsigned)reg && p->call.x[n] != q->call.x[n])
			return false;
	return true;
}

/*
 * Neighbouring values of one register. Probes are sorted by caller, seed, register and values, so
 * that the neighbour of a probe is the next one that varies the same register.
 */
static void ask_registers(struct search *search)
{
	const struct hvc_probes *probes = &search->map->probes;

	for (unsigned p = 0; p + 1 < probes->count; p++) {
		const struct hvc_probe *probe = &probes->probe[p];

		if (probe->reg != HVC_REG_NONE && probe[1].reg == probe->reg &&
		    one_apart(probe, probe + 1, probe->reg))
			ask_probes(search, p, p + 1, probe->reg);
	}
}

static void place(const struct search *search, const struct hvc_watched_step *step,
                  struct hvc_place *out)
{
	const char *name;

	out->address = step->pc;
	out->word = step->word;
	out->symbol[0] = '\0';
	out->offset = 0;
	if (hvc_subject_symbol(search->config->subject, step->pc, &name, &out->offset)) {
		size_t length = strlen(name);

		if (length >= sizeof out->symbol)
			length = sizeof out->symbol - 1;
		memcpy(out->symbol, name, length);
		out->symbol[length] = '\0';
	}
}

/* Instructions that write the flags as their business: ADDS, SUBS, ANDS, BICS, CCMP, CCMN. */
static bool sets_flags(uint32_t word)
{
	return (word & UINT32_C(0x3f000000)) == UINT32_C(0x31000000) || /* immediate */
	       (word & UINT32_C(0x3f000000)) == UINT32_C(0x2b000000) || /* register */
	       (word & UINT32_C(0x7f800000)) == UINT32_C(0x72000000) || /* ANDS, immediate */
	       (word & UINT32_C(0x7f000000)) == UINT32_C(0x6a000000) || /* ANDS, BICS */
	       (word & UINT32_C(0x3fe00000)) == UINT32_C(0x3a400000);   /* CCMN, CCMP */
}

/* Reads the flags: B.cond, CSEL and the like, but not CBZ and TBZ. */
static bool reads_flags(uint32_t word)
{
	return (word & UINT32_C(0xff000000)) == UINT32_C(0x54000000) ||
	       hvc_watched__is_select(word);
}

/* The register that an instruction tests, 31 for none. */
static unsigned tested(const struct hvc_watched_step *step)
{
	struct hvc_a64 insn;

	if ((step->word & UINT32_C(0xfe7f0000)) == UINT32_C(0xd61f0000) ||
	    (step->word & UINT32_C(0xfe7f0000)) == UINT32_C(0xd63f0000))
		return step->word >> 5 & 31; /* BR, BLR */
	hvc_a64__decode(step->pc, step->word, &insn);
	if (insn.compare != HVC_COMPARE_NONE)
		return insn.rn;
	return sets_flags(step->word) ? step->word >> 5 & 31 : 31;
}

/* The instruction that decides, and the comparison that it goes by. */
static void decide(const struct search *search, unsigned a, unsigned b, enum hvc_decision decision,
                   struct hvc_boundary *out)
{
	const struct hvc_watched *left = &search->watched[0], *right = &search->watched[1];
	unsigned asked = a, reg;

	out->decision = decision;
	place(search, &left->step[a], &out->at);
	if (reads_flags(left->step[a].word)) {
		while (asked > 0 && !sets_flags(left->step[asked].word))
			asked--;
		out->compares = sets_flags(left->step[asked].word);
		if (out->compares)
			place(search, &left->step[asked], &out->compare);
	}
	/* The other call came the same way, if not as often round a loop. */
	while (b > 0 && right->step[b].pc != left->step[asked].pc)
		b--;
	reg = tested(&left->step[asked]);
	if (reg == 31 || right->step[b].pc != left->step[asked].pc)
		return;
	out->operand = (enum hvc_reg)(HVC_REG_X0 + reg);
	out->value[0] = left->step[asked].x[reg];
	out->value[1] = right->step[b].x[reg];
}

/* The instruction before turn i, or the last of all. */
static unsigned before_turn(const struct hvc_watched *watched, unsigned i)
{
	unsigned step = i < watched->turns ? watched->turn[i].step : watched->steps;

	if (step > watched->steps)
		step = watched->steps;
	return step ? step - 1 : 0;
}

/* The same way: does a conditional select go two ways? */
static bool find_select(const struct search *search, struct hvc_boundary *out)
{
	const struct hvc_watched *left = &search->watched[0], *right = &search->watched[1];
	unsigned a = 0, b = 0;

	for (;; a++, b++) {
		while (a < left->steps &&
		       (left->step[a].looped || !hvc_watched__is_select(left->step[a].word)))
			a++;
		while (b < right->steps &&
		       (right->step[b].looped || !hvc_watched__is_select(right->step[b].word)))
			b++;
		if (a == left->steps || b == right->steps || left->step[a].pc != right->step[b].pc)
			return false;
		if (hvc_watched__selects(&left->step[a]) != hvc_watched__selects(&right->step[b]))
			break;
	}
	decide(search, a, b, HVC_DECISION_SELECT, out);
	return true;
}

static void find_parting(const struct search *search, struct hvc_boundary *out)
{
	const struct hvc_watched *left = &search->watched[0], *right = &search->watched[1];
	unsigned i = 0;

	out->decision = HVC_DECISION_VALUE;
	out->operand = HVC_REG_NONE;
	if (!left->steps || !right->steps)
		return;
	while (i < left->turns && i < right->turns && left->turn[i].name == right->turn[i].name)
		i++;
	if (i == left->turns && i == right->turns)
		find_select(search, out);
	else
		decide(search, before_turn(left, i), before_turn(right, i), HVC_DECISION_BRANCH,
		       out);
}

static enum hvc_status watch(struct search *search, const struct hvc_boundary *boundary,
                             struct hvc_diag *diag)
{
	for (unsigned side = 0; side < 2; side++) {
		struct hvc_outcome outcome;
		struct hvc_call call;

		search->now = &search->watched[side];
		hvc_map_call(search->map, boundary->probe[side], boundary->imm[side], &call);
		hvc_watched__begin(search->now);
		HVC_TRY(hvc_machine_reset(search->machine, diag));
		HVC_TRY(hvc_machine_call(search->machine, &call, diag, &outcome));
		if (search->now->failed)
			return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	}
	return HVC_OK;
}

/* Boundaries that the same instruction decides are told once. */
static bool same_answer(const struct hvc_boundary *a, const struct hvc_boundary *b)
{
	bool straight = a->kind[0] == b->kind[0] && a->kind[1] == b->kind[1];
	bool crossed = a->kind[0] == b->kind[1] && a->kind[1] == b->kind[0];

	if (a->reg != b->reg || a->decision != b->decision)
		return false;
	if (a->decision == HVC_DECISION_VALUE)
		return straight || crossed;
	return a->at.address == b->at.address;
}

static enum hvc_status answer(struct search *search, struct hvc_diag *diag)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < search->count; i++) {
		struct hvc_boundary boundary = search->found[i];
		unsigned k = 0;

		HVC_TRY(watch(search, &boundary, diag));
		find_parting(search, &boundary);
		while (k < kept && !same_answer(&search->found[k], &boundary))
			k++;
		if (k == kept)
			search->found[kept++] = boundary;
		search->found[k].times++;
	}
	search->count = kept;
	return HVC_OK;
}

enum hvc_status hvc_boundary__find(const struct hvc_map_config *config, const struct hvc_map *map,
                                   struct hvc_path *path, struct hvc_study *study,
                                   struct hvc_diag *diag)
{
	struct search search = {.config = config,
	                        .map = map,
	                        .study = study,
	                        .watched = {{.path = path}, {.path = path}}};
	const struct hvc_watch watch = {on_step, on_block, &search};
	enum hvc_status status;

	search.found = calloc(HVC_BOUNDARY_MAX, sizeof *search.found);
	if (!search.found)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	status = hvc_jobs__machine(config, &watch, diag, &search.machine);
	if (status == HVC_OK) {
		ask_immediates(&search);
		ask_registers(&search);
		status = answer(&search, diag);
		hvc_machine_close(search.machine);
	}
	hvc_watched__free(&search.watched[0]);
	hvc_watched__free(&search.watched[1]);
	if (status != HVC_OK) {
		free(search.found);
		return status;
	}
	study->boundary = search.found;
	study->boundaries = search.count;
	study->unseen = search.unseen;
	return HVC_OK;
}
