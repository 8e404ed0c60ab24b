/* SPDX-License-Identifier: MIT */
/*
 * A call that leaks, made step by step with two values of the secrets: what the caller sees
 * differ, and the last instruction that put something there that is not the same for both.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "engine/leak.h"
#include "hvcheck/arch.h"
#include "machine/outcome.h"
#include "machine/world.h"

/* What one call shows to a caller below EL2. */

bool hvc_view__shows(enum hvc_reg reg)
{
	const struct hvc_reg_info *info = hvc_reg_info(reg);

	switch (info->class_) {
	case HVC_CLASS_GPR:
	case HVC_CLASS_PSTATE:
		return true;
	case HVC_CLASS_SP:
		return reg != HVC_REG_SP_EL2;
	case HVC_CLASS_SYS: /* op1 0 is EL1's, 3 is EL0's */
		return info->encoding[1] == 0 || info->encoding[1] == 3;
	case HVC_CLASS_EXCEPTION:
		break;
	}
	return false;
}

bool hvc_view__is_back(enum hvc_outcome_kind kind, enum hvc_level level)
{
	switch (kind) {
	case HVC_OUTCOME_RETURN:
	case HVC_OUTCOME_RETRY:
	case HVC_OUTCOME_INJECT:
	case HVC_OUTCOME_JUMP:
	case HVC_OUTCOME_UNDEFINED:
		return hvc_level__el(level) < 2;
	default:
		return false;
	}
}

bool hvc_view__is_granted(enum hvc_outcome_kind kind, enum hvc_level level)
{
	return !hvc_view__is_back(kind, level) &&
	       (kind == HVC_OUTCOME_JUMP || kind == HVC_OUTCOME_HANDOFF);
}

static bool is_back(const struct hvc_view *view)
{
	return hvc_view__is_back(view->outcome.kind, view->outcome.level);
}

static bool is_granted(const struct hvc_view *view)
{
	return hvc_view__is_granted(view->outcome.kind, view->outcome.level);
}

bool hvc_view__stores_part(const struct hvc_outcome *a, const struct hvc_outcome *b)
{
	if (a->stores != b->stores)
		return true;
	for (unsigned i = 0; i < a->stores && i < HVC_STORE_MAX; i++)
		if (a->store[i].address != b->store[i].address ||
		    a->store[i].value != b->store[i].value || a->store[i].size != b->store[i].size)
			return true;
	return false;
}

static bool outcomes_part(const struct hvc_view *a, const struct hvc_view *b)
{
	if (!is_back(a) && !is_back(b))
		return is_granted(a) != is_granted(b) ||
		       (is_granted(a) && a->outcome.pc != b->outcome.pc);
	return a->outcome.kind != b->outcome.kind || a->outcome.level != b->outcome.level ||
	       a->outcome.pc != b->outcome.pc;
}

bool hvc_view__parts(const struct hvc_view *a, const struct hvc_view *b, enum hvc_channel channel,
                     unsigned place)
{
	switch (channel) {
	case HVC_CHANNEL_OUTCOME:
		return outcomes_part(a, b);
	case HVC_CHANNEL_REGISTER:
		return (a->outcome.state.v[place] ^ b->outcome.state.v[place]) &
		       hvc_reg_info((enum hvc_reg)place)->mask;
	case HVC_CHANNEL_SIMD:
		return !hvc_simd__same(&a->simd, &b->simd, place);
	case HVC_CHANNEL_MEMORY:
		return hvc_view__stores_part(&a->outcome, &b->outcome);
	case HVC_CHANNEL_CONTROL: /* of one view */
	case HVC_CHANNEL_COUNT:
		break;
	}
	return false;
}

void hvc_view__tell(const struct hvc_view *a, const struct hvc_view *b, struct hvc_leak *leak)
{
	const struct hvc_view *views[2] = {a, b};
	unsigned half = leak->channel == HVC_CHANNEL_SIMD && leak->place < HVC_SIMD_COUNT &&
	                a->simd.q[leak->place][0] == b->simd.q[leak->place][0];
	unsigned store = 0;

	while (store + 1 < HVC_STORE_MAX && store < a->outcome.stores &&
	       store < b->outcome.stores &&
	       !memcmp(&a->outcome.store[store], &b->outcome.store[store],
	               sizeof a->outcome.store[store]))
		store++;
	leak->address = leak->channel == HVC_CHANNEL_MEMORY
	                        ? (a->outcome.stores > store ? a : b)->outcome.store[store].address
	                        : 0;
	for (unsigned side = 0; side < 2; side++) {
		const struct hvc_view *view = views[side];

		leak->level[side] = view->outcome.level;
		leak->at[side] = view->outcome.pc;
		switch (leak->channel) {
		case HVC_CHANNEL_REGISTER:
		case HVC_CHANNEL_CONTROL:
			leak->value[side] = view->outcome.state.v[leak->place];
			break;
		case HVC_CHANNEL_SIMD:
			leak->value[side] = leak->place < HVC_SIMD_COUNT
			                            ? view->simd.q[leak->place][half]
			                    : leak->place == HVC_SIMD_COUNT ? view->simd.fpcr
			                                                    : view->simd.fpsr;
			break;
		case HVC_CHANNEL_MEMORY:
			leak->value[side] = view->outcome.store[store].value;
			break;
		default:
			leak->value[side] = view->outcome.kind;
		}
	}
}

#define STEPS_MAX 4096u

/* What one instruction left. */
struct moment {
	uint64_t pc;
	uint32_t word;
	enum hvc_isa isa;
	uint64_t memory; /* at the leak's address */
	struct hvc_state state;
	struct hvc_simd simd;
};

struct film {
	struct hvc_machine *machine;
	uint64_t address;
	struct moment *moment;
	unsigned moments;
};

static void record(void *ctx, const struct hvc_step *step)
{
	struct film *film = ctx;
	struct moment *moment = &film->moment[film->moments];

	if (film->moments == STEPS_MAX)
		return;
	film->moments++;
	moment->pc = step->pc;
	moment->word = step->word;
	moment->isa = step->isa;
	moment->state = *step->after;
	if (!film->address || hvc_machine_read(film->machine, film->address, &moment->memory,
	                                       sizeof moment->memory) != HVC_OK)
		moment->memory = 0;
	hvc_machine_simd(film->machine, &moment->simd);
}

static bool differs(const struct moment *a, const struct moment *b, enum hvc_channel channel,
                    unsigned place)
{
	switch (channel) {
	case HVC_CHANNEL_REGISTER:
		return a->state.v[place] != b->state.v[place];
	case HVC_CHANNEL_SIMD:
		return !hvc_simd__same(&a->simd, &b->simd, place);
	case HVC_CHANNEL_MEMORY:
		return a->memory != b->memory;
	default:
		return false;
	}
}

/* The last step before `end` that changed the place in a world, the worlds being apart after it. */
static bool find_mover(const struct film film[2], unsigned end, enum hvc_channel channel,
                       unsigned place, unsigned *at)
{
	for (unsigned i = end; i-- > 0;) {
		const struct moment *a = film[0].moment + i, *b = film[1].moment + i;

		if (!differs(a, b, channel, place))
			continue;
		if (i == 0 || differs(a, a - 1, channel, place) ||
		    differs(b, b - 1, channel, place)) {
			*at = i;
			return true;
		}
	}
	return false;
}

static void name_mover(const struct film film[2], struct hvc_leak *leak)
{
	unsigned place = leak->place, common = 0, end, at = 0;

	while (common < film[0].moments && common < film[1].moments &&
	       film[0].moment[common].pc == film[1].moment[common].pc)
		common++;
	end = common;
	/* ERET only hands on what SPSR_EL2 was made to hold. */
	if (leak->channel == HVC_CHANNEL_REGISTER &&
	    hvc_reg_info((enum hvc_reg)place)->class_ == HVC_CLASS_PSTATE)
		place = HVC_REG_SPSR_EL2;
	if (find_mover(film, end, leak->channel, place, &at))
		leak->moved = true;
	else if (common > 0 && (common < film[0].moments || common < film[1].moments)) {
		at = common - 1; /* the branch after which the worlds went different ways */
		leak->moved = true;
	}
	if (leak->moved) {
		/* Moments that are told of are there. NOLINTNEXTLINE(*NullDereference) */
		leak->pc = film[0].moment[at].pc;
		leak->word = film[0].moment[at].word;
		leak->isa = film[0].moment[at].isa;
	}
}

/* Shared with the process that makes the calls. */
struct bench {
	struct hvc_flight flight;
	struct hvc_diag diag;
	struct hvc_leak leak;
	bool shown;
};

struct work {
	const struct hvc_leak_search *search;
	const struct hvc_leak_side *side;
	struct bench *bench;
	uint64_t vectors;
};

static enum hvc_status run_side(const struct work *work, unsigned side, struct film *film,
                                struct hvc_view *view)
{
	const struct hvc_leak_side *s = &work->side[side];
	const struct hvc_machine_config config = {
	        .image = *hvc_subject_image(work->search->config->subject),
	        .world = &s->world,
	        .budget = work->search->config->budget,
	        .trace = record,
	        .trace_ctx = film,
	};
	struct hvc_diag *diag = &work->bench->diag;
	struct hvc_call call = work->bench->leak.probe.call;
	struct hvc_machine *machine = NULL;
	enum hvc_status status = hvc_machine_open(&config, diag, &machine);

	if (status != HVC_OK)
		return status;
	film->machine = machine;
	call.imm = work->bench->leak.imm;
	for (size_t i = 0; status == HVC_OK && i < s->cells; i++)
		status = hvc_machine_write(machine, s->cell[i].address, &s->cell[i].value,
		                           sizeof s->cell[i].value);
	if (status == HVC_OK) {
		status = hvc_machine_call(machine, &call, diag, &view->outcome);
		hvc_machine_simd(machine, &view->simd);
	}
	hvc_machine_close(machine);
	return status;
}

/* In a process of its own. Where memory is stored to is known after the first time. */
static enum hvc_status run_both(void *ctx)
{
	const struct work *work = ctx;
	struct hvc_leak *leak = &work->bench->leak;
	unsigned rounds = leak->channel == HVC_CHANNEL_MEMORY ? 2 : 1;
	struct hvc_view view[2];
	struct film film[2] = {{.moments = 0}};

	for (unsigned i = 0; i < 2; i++) {
		film[i].moment = malloc(STEPS_MAX * sizeof *film[i].moment);
		if (!film[i].moment)
			return HVC_E_NOMEM;
	}
	for (unsigned round = 0; round < rounds; round++) {
		for (unsigned i = 0; i < 2; i++) {
			film[i].moments = 0;
			film[i].address = leak->address;
			memset(&view[i], 0, sizeof view[i]);
			HVC_TRY(run_side(work, i, &film[i], &view[i]));
		}
		work->bench->shown =
		        leak->channel == HVC_CHANNEL_CONTROL
		                ? view[0].outcome.state.v[leak->place] != work->vectors
		                : hvc_view__parts(&view[0], &view[1], leak->channel, leak->place);
		if (!work->bench->shown)
			return HVC_OK;
		hvc_view__tell(&view[0], &view[1], leak);
	}
	name_mover(film, leak);
	return HVC_OK;
}

enum hvc_status hvc_leak__run(const struct hvc_leak_search *search,
                              const struct hvc_leak_side side[2], struct hvc_leak *leak, bool *made,
                              bool *shown, struct hvc_diag *diag)
{
	const struct hvc_image *image = hvc_subject_image(search->config->subject);
	struct work work = {search, side, NULL, image->vectors};
	enum hvc_status status;
	bool died = false;
	char text[160];

	work.bench = mmap(NULL, sizeof *work.bench, PROT_READ | PROT_WRITE,
	                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (work.bench == MAP_FAILED)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	work.bench->leak = *leak;
	status = hvc_lost__apart(run_both, &work, &work.bench->flight, &died);
	*made = status == HVC_OK;
	*shown = *made && work.bench->shown;
	if (status == HVC_OK)
		*leak = work.bench->leak;
	else if (died) {
		hvc_call__print(&work.bench->flight.call, text, sizeof text);
		hvc_diag_set(diag, status, NULL, 0, 0, "the engine failed on %s", text);
	} else if (status != HVC_E_RANGE)
		hvc_diag_set(diag, status, NULL, 0, 0, "%s", work.bench->diag.message);
	munmap(work.bench, sizeof *work.bench);
	return status == HVC_E_RANGE ? HVC_OK : status;
}
