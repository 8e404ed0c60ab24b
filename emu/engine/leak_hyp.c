/* SPDX-License-Identifier: MIT */
/*
 * Leaks of code for Hyp mode, which is not followed: one call of each behaviour that a sweep finds
 * (exact_hyp.c) is made with what the machine has and with one secret after the other changed, and
 * what the caller sees has to be the same. Nothing of this is proved.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "abi/abi.h"
#include "engine/exact.h"
#include "engine/internal.h"
#include "engine/leak.h"
#include "hvcheck/arch.h"
#include "machine/outcome.h"
#include "machine/world.h"
#include "subject/subject.h"

#define FOUND_MAX 256u
#define CELLS_MAX 0x10000u
#define SP_MOVES  0x100u /* bytes: EL2's stack is moved down, and what is above SP with it */

/* One place at which a call of a row shows a secret. */
struct found {
	unsigned row;
	int secret, rule;
	enum hvc_channel channel;
	unsigned place;
};

/* Shared with the process that makes the calls. */
struct bench {
	struct hvc_flight flight;
	struct hvc_diag diag;
	struct found found[FOUND_MAX];
	unsigned finds, declared;
	enum hvc_outcome_kind kind; /* of the last row that was called as it is */
};

struct hyp {
	struct hvc_leak_search *search;
	const struct hvc_exact_part *part;
	struct bench *bench;
	struct hvc_leak_side base;
};

/* The register that a secret is; HVC_REG_NONE: it is memory. */
static enum hvc_reg register_of(unsigned secret)
{
	for (enum hvc_reg reg = HVC_REG_SP_EL0; reg < HVC_REG_COUNT; reg++)
		if (!strcmp(hvc_reg_name(reg), hvc_secret__name(secret)))
			return reg;
	return HVC_REG_NONE;
}

static bool add_cell(struct hvc_leak_side *side, uint64_t address, uint64_t value)
{
	struct hvc_leak_cell *grown;

	if (side->cells == CELLS_MAX)
		return true;
	if (!(side->cells & (side->cells - 1))) {
		grown = realloc(side->cell, (side->cells ? 2 * side->cells : 1) * sizeof *grown);
		if (!grown)
			return false;
		side->cell = grown;
	}
	side->cell[side->cells++] = (struct hvc_leak_cell){address, value};
	return true;
}

/* Does the world say what is there? The caller may know. */
static bool is_told(const struct hvc_world *world, uint64_t address)
{
	for (unsigned i = 0; i < world->memories; i++)
		if (world->memory[i].address < address + 8 &&
		    address < world->memory[i].address + world->memory[i].size)
			return true;
	return false;
}

/* Other words everywhere, but for addresses of the image. */
static bool change_memory(const struct hyp *hyp, struct hvc_machine *machine, uint64_t lo,
                          uint64_t hi, struct hvc_leak_side *side)
{
	const struct hvc_extent image =
	        hvc_extent__of_image(hvc_subject_image(hyp->search->config->subject));

	for (uint64_t at = (lo + 7) & ~UINT64_C(7); at + 7 <= hi && at >= lo; at += 8) {
		uint64_t value, other = 0;

		if (is_told(&side->world, at) ||
		    hvc_machine_read(machine, at, &value, sizeof value) != HVC_OK)
			continue;
		for (unsigned half = 0; half < 64; half += 32) {
			uint64_t word = value >> half & UINT32_MAX;

			if ((word & ~UINT64_C(1)) < image.lo || word > image.hi)
				word ^= 0xa5c30000u + (uint32_t)(at >> 1) + half;
			other |= (word & UINT32_MAX) << half;
		}
		if (!add_cell(side, at, other))
			return false;
	}
	return true;
}

static bool change(const struct hyp *hyp, struct hvc_machine *machine, unsigned secret,
                   struct hvc_leak_side *side)
{
	const struct hvc_subject *subject = hyp->search->config->subject;
	const uint64_t data = hvc_harness32(HVC_EL2_DATA);
	const enum hvc_reg reg = register_of(secret);
	uint64_t value, lo, hi;

	side->world = *hyp->search->p.config->world;
	if (secret == HVC_SECRET_MEMORY)
		return change_memory(hyp, machine, data, data + HVC_EL2_DATA_SIZE - 1, side);
	if (secret == HVC_SECRET_DATA) {
		for (size_t i = 0; hvc_subject__data(subject, i, &lo, &hi); i++)
			if (!change_memory(hyp, machine, lo, hi, side))
				return false;
		return true;
	}
	value = hvc_machine_entry(machine)->v[reg];
	if (reg != HVC_REG_SP_EL2)
		return hvc_world_set(&side->world, reg,
		                     value ^ hyp->search->secrets.open.reg[reg]) == HVC_OK;
	for (uint64_t at = value & ~UINT64_C(7); at + 8 <= data + HVC_EL2_DATA_SIZE; at += 8)
		if (hvc_machine_read(machine, at, &lo, sizeof lo) == HVC_OK &&
		    !add_cell(side, at - SP_MOVES, lo))
			return false;
	return hvc_world_set(&side->world, reg, value - SP_MOVES) == HVC_OK;
}

static enum hvc_status open_side(const struct hyp *hyp, const struct hvc_leak_side *side,
                                 struct hvc_machine **out)
{
	const struct hvc_machine_config config = {
	        .image = *hvc_subject_image(hyp->search->config->subject),
	        .world = &side->world,
	        .budget = hyp->search->config->budget,
	};
	enum hvc_status status = hvc_machine_open(&config, &hyp->bench->diag, out);

	for (size_t i = 0; status == HVC_OK && i < side->cells; i++)
		status = hvc_machine_write(*out, side->cell[i].address, &side->cell[i].value,
		                           sizeof side->cell[i].value);
	return status;
}

static enum hvc_status view(const struct hyp *hyp, struct hvc_machine *machine,
                            const struct hvc_call *call, struct hvc_view *out)
{
	memset(out, 0, sizeof *out);
	hyp->bench->flight.call = *call;
	HVC_TRY(hvc_machine_reset(machine, &hyp->bench->diag));
	HVC_TRY(hvc_machine_call(machine, call, &hyp->bench->diag, &out->outcome));
	hvc_machine_simd(machine, &out->simd);
	return HVC_OK;
}

/* What the specification says of the call; conforms: it is as it says. */
static int judge(const struct hyp *hyp, struct hvc_machine *machine, const struct hvc_call *call,
                 const struct hvc_view *view, bool *conforms)
{
	const struct hvc_abi *abi = hyp->search->config->abi;
	struct hvc_verdict verdict;
	struct hvc_state entry;

	*conforms = false;
	if (!abi)
		return -1;
	hvc_entry_state(hvc_machine_entry(machine), call, &entry);
	hvc_verdict_judge(abi, hyp->search->world, &entry, hvc_machine_present(machine), call,
	                  &view->outcome, &verdict);
	*conforms = verdict.kind != HVC_VERDICT_VIOLATES;
	return verdict.rule;
}

/* Is the register what the rule says, or data that the call is there to give? */
static bool is_declared(const struct hyp *hyp, int rule, unsigned place, unsigned secret)
{
	const struct hvc_rule *says =
	        rule < 0 ? NULL : hvc_abi_rule_at(hyp->search->config->abi, (unsigned)rule);

	if (!says)
		return false;
	if (secret == HVC_SECRET_DATA && hvc_regset_has(&says->returns, (enum hvc_reg)place))
		return true;
	for (unsigned i = 0; i < says->results; i++)
		if (says->result[i].reg == (enum hvc_reg)place)
			return true;
	return false;
}

static void note(const struct hyp *hyp, const struct found *found)
{
	struct bench *bench = hyp->bench;

	for (unsigned i = 0; i < bench->finds; i++)
		if (bench->found[i].rule == found->rule &&
		    bench->found[i].secret == found->secret &&
		    bench->found[i].channel == found->channel &&
		    bench->found[i].place == found->place)
			return;
	if (bench->finds < FOUND_MAX)
		bench->found[bench->finds++] = *found;
}

/* Where the views of a row's call part, and no rule says so. */
static void compare(const struct hyp *hyp, const struct hvc_view *a, const struct hvc_view *b,
                    struct found found, bool conforms)
{
	if (hvc_view__parts(a, b, HVC_CHANNEL_OUTCOME, 0)) {
		found.channel = HVC_CHANNEL_OUTCOME;
		note(hyp, &found);
		return;
	}
	if (!hvc_view__is_back(a->outcome.kind, a->outcome.level))
		return;
	for (unsigned place = 0; place < HVC_REG_COUNT; place++) {
		if (!hvc_view__shows((enum hvc_reg)place) ||
		    !hvc_view__parts(a, b, HVC_CHANNEL_REGISTER, place))
			continue;
		found.channel = HVC_CHANNEL_REGISTER;
		found.place = place;
		if (conforms && is_declared(hyp, found.rule, place, (unsigned)found.secret))
			hyp->bench->declared++;
		else
			note(hyp, &found);
	}
	for (unsigned place = 0; place < HVC_SIMD_COUNT; place++) {
		found.channel = HVC_CHANNEL_SIMD;
		found.place = place;
		if (hvc_view__parts(a, b, HVC_CHANNEL_SIMD, place))
			note(hyp, &found);
	}
	found.channel = HVC_CHANNEL_MEMORY;
	found.place = 0;
	if (hvc_view__parts(a, b, HVC_CHANNEL_MEMORY, 0))
		note(hyp, &found);
}

static enum hvc_status run_rows(const struct hyp *hyp, struct hvc_machine *machine[2],
                                unsigned secret)
{
	for (unsigned i = 0; i < hyp->part->rows; i++) {
		struct found found = {.row = i, .secret = (int)secret};
		const struct hvc_call *call = &hyp->part->row[i].witness;
		struct hvc_view views[2];
		bool conforms[2];

		for (unsigned side = 0; side < 2; side++) {
			HVC_TRY(view(hyp, machine[side], call, &views[side]));
			found.rule = judge(hyp, machine[side], call, &views[side], &conforms[side]);
		}
		compare(hyp, &views[0], &views[1], found, conforms[0] && conforms[1]);
	}
	return HVC_OK;
}

/* In a process of its own. */
static enum hvc_status run(void *ctx)
{
	const struct hyp *hyp = ctx;
	struct hvc_machine *machine[2] = {NULL, NULL};
	enum hvc_status status = open_side(hyp, &hyp->base, &machine[0]);

	for (unsigned secret = 0; status == HVC_OK && secret < hvc_secret__count(); secret++) {
		struct hvc_leak_side side = {.cells = 0};

		if (!(hyp->search->secrets.rows >> secret & 1))
			continue;
		status = HVC_E_NOMEM;
		if (change(hyp, machine[0], secret, &side))
			status = open_side(hyp, &side, &machine[1]);
		if (status == HVC_OK)
			status = run_rows(hyp, machine, secret);
		hvc_machine_close(machine[1]);
		machine[1] = NULL;
		free(side.cell);
	}
	hvc_machine_close(machine[0]);
	return status;
}

/* Halve the memory that differs, as long as a half shows it, too. */
static enum hvc_status narrow(const struct hyp *hyp, struct hvc_leak_side side[2],
                              struct hvc_leak *leak, struct hvc_diag *diag)
{
	bool made = true, shown = true;

	while (side[1].cells > 1 && shown && made) {
		struct hvc_leak_side half[2] = {side[0], side[1]};
		const size_t middle = side[1].cells / 2;

		half[1].cells = middle;
		HVC_TRY(hvc_leak__run(hyp->search, half, leak, &made, &shown, diag));
		if (!shown) {
			half[1].cell = side[1].cell + middle;
			half[1].cells = side[1].cells - middle;
			HVC_TRY(hvc_leak__run(hyp->search, half, leak, &made, &shown, diag));
		}
		if (shown)
			side[1] = half[1];
	}
	return HVC_OK;
}

/* The values of the secret that show it. */
static void name_secret(struct hvc_machine *machine, const struct found *found,
                        const struct hvc_leak_side *other, struct hvc_leak *leak)
{
	enum hvc_reg reg = register_of((unsigned)found->secret);

	snprintf(leak->secret, sizeof leak->secret, "%s",
	         hvc_secret__name((unsigned)found->secret));
	if (reg != HVC_REG_NONE) {
		leak->secret_reg = reg;
		leak->secret_value[0] = hvc_machine_entry(machine)->v[reg];
		leak->secret_value[1] = other->world.state.v[reg];
	} else if (other->cells == 1 &&
	           hvc_machine_read(machine, other->cell->address, &leak->secret_value[0],
	                            sizeof leak->secret_value[0]) == HVC_OK) {
		snprintf(leak->secret, sizeof leak->secret, "[0x%llx]",
		         (unsigned long long)other->cell->address);
		leak->secret_value[1] = other->cell->value;
	}
}

/* One leak, made once more; of one place all secrets are told with it. */
static enum hvc_status tell(const struct hyp *hyp, const struct hvc_exact *exact, unsigned i,
                            struct hvc_diag *diag)
{
	const struct found *found = &hyp->bench->found[i];
	const struct hvc_row *row = &hyp->part->row[found->row];
	struct hvc_leak leak = {
	        .rule = found->rule,
	        .channel = found->channel,
	        .place = found->place,
	        .world = hyp->search->world,
	        .sources = UINT32_C(1) << found->secret,
	        .probe = {.call = row->witness},
	        .imm = row->witness.imm,
	        .secret_reg = HVC_REG_NONE,
	};
	struct hvc_leak_side side[2] = {hyp->base, {.cells = 0}};
	struct hvc_leaks *leaks = hyp->search->leaks;
	struct hvc_leak_cell *cells;
	bool made = false, shown = false;
	enum hvc_status status;

	for (unsigned k = 0; k < leaks->leaks; k++)
		if (leaks->leak[k].rule == leak.rule && leaks->leak[k].channel == leak.channel &&
		    leaks->leak[k].place == leak.place) {
			leaks->leak[k].sources |= leak.sources;
			return HVC_OK;
		}
	if (!change(hyp, hyp->search->p.machine, (unsigned)found->secret, &side[1])) {
		free(side[1].cell);
		return HVC_E_NOMEM;
	}
	cells = side[1].cell;
	hvc_exact__print_condition(exact, row, leak.condition, sizeof leak.condition);
	status = register_of((unsigned)found->secret) == HVC_REG_NONE
	                 ? narrow(hyp, side, &leak, diag)
	                 : HVC_OK;
	if (status == HVC_OK)
		status = hvc_leak__run(hyp->search, side, &leak, &made, &shown, diag);
	if (status == HVC_OK && shown) {
		name_secret(hyp->search->p.machine, found, &side[1], &leak);
		status = hvc_leak__add(hyp->search, &leak);
	}
	free(cells);
	return status;
}

static enum hvc_status search_part(struct hyp *hyp, const struct hvc_exact *exact,
                                   struct hvc_diag *diag)
{
	bool died = false;
	enum hvc_status status = hvc_lost__apart(run, hyp, &hyp->bench->flight, &died);

	if (died)
		return hvc_diag_set(diag, status, NULL, 0, 0, "the engine failed on a call");
	for (unsigned i = 0; i < hyp->part->rows && status == HVC_OK; i++) {
		const struct hvc_row *row = &hyp->part->row[i];

		hyp->search->leaks->paths++;
		if (hvc_view__is_back(row->kind, row->level) && row->kind != HVC_OUTCOME_UNDEFINED)
			hyp->search->leaks->compared++;
		else if (hvc_view__is_granted(row->kind, row->level))
			hyp->search->leaks->granted++;
		else
			hyp->search->leaks->silent++;
	}
	hyp->search->leaks->declared += hyp->bench->declared;
	for (unsigned i = 0; i < hyp->bench->finds && status == HVC_OK; i++)
		status = tell(hyp, exact, i, diag);
	return status;
}

enum hvc_status hvc_leak__sweep_hyp(struct hvc_leak_search *search, enum hvc_level from,
                                    enum hvc_insn insn, struct hvc_diag *diag)
{
	const struct hvc_exact_config config = {
	        .subject = search->config->subject,
	        .world = search->p.config->world,
	        .levels = 1u << from,
	        .insns = 1u << insn,
	        .budget = search->config->budget,
	};
	struct hyp hyp = {.search = search, .base = {.world = *config.world}};
	struct hvc_exact *exact = NULL;
	enum hvc_status status = hvc_exact__make(&config, diag, &exact);

	search->leaks->swept = true;
	for (unsigned i = 0; status == HVC_OK && i < exact->parts; i++) {
		hyp.part = &exact->part[i];
		hyp.bench = mmap(NULL, sizeof *hyp.bench, PROT_READ | PROT_WRITE,
		                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (hyp.bench == MAP_FAILED)
			status = HVC_E_NOMEM;
		else if (hyp.part->row[0].known == HVC_ROW_SWEPT)
			status = search_part(&hyp, exact, diag);
		hvc_prover__gap(&search->p, "%s", hyp.part->why);
		if (hyp.bench != MAP_FAILED)
			munmap(hyp.bench, sizeof *hyp.bench);
	}
	hvc_exact__free(exact);
	return status == HVC_E_NOMEM ? hvc_diag_set(diag, status, NULL, 0, 0, "out of memory")
	                             : status;
}
