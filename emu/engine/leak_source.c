/* SPDX-License-Identifier: MIT */
/*
 * Why a call leaks: the call is made once more for each secret alone, which tells those that
 * alone make the difference; and once more in both worlds step by step, which tells the last
 * instruction that put something there that is not the same in both.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/leak.h"
#include "hvcheck/arch.h"

#define STEPS_MAX 4096u

const char *hvc_channel_name(enum hvc_channel channel)
{
	static const char *const names[HVC_CHANNEL_COUNT] = {"outcome", "register", "simd",
	                                                     "memory"};

	return channel < HVC_CHANNEL_COUNT ? names[channel] : "?";
}

/* What one instruction left. */
struct moment {
	uint64_t pc;
	uint32_t word;
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
	moment->state = *step->after;
	if (!film->address || hvc_machine_read(film->machine, film->address, &moment->memory,
	                                       sizeof moment->memory) != HVC_OK)
		moment->memory = 0;
	hvc_machine_simd(film->machine, &moment->simd);
}

/* The call that leaks, in the world that `secret` says. */
static enum hvc_status repeat(const struct hvc_secret_world *secret, const struct hvc_leak *leak,
                              struct film *film, struct hvc_diag *diag, struct hvc_view *view)
{
	struct hvc_secret_world world = *secret;
	struct hvc_call call = leak->probe.call;
	struct hvc_machine *machine = NULL;
	enum hvc_status status;

	call.imm = leak->imm;
	if (film) {
		world.trace = record;
		world.trace_ctx = film;
	}
	HVC_TRY(hvc_secret__open(&world, diag, &machine));
	if (film)
		film->machine = machine;
	memset(view, 0, sizeof *view);
	status = hvc_machine_call(machine, &call, diag, &view->outcome);
	if (status == HVC_OK)
		hvc_machine_simd(machine, &view->simd);
	hvc_machine_close(machine);
	return status;
}

static bool differs(const struct moment *a, const struct moment *b, enum hvc_channel channel,
                    unsigned place)
{
	switch (channel) {
	case HVC_CHANNEL_REGISTER:
		return a->state.v[place] != b->state.v[place];
	case HVC_CHANNEL_SIMD:
		return !hvc_simd_same(&a->simd, &b->simd, place);
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
	}
}

static enum hvc_status find_instruction(const struct hvc_secret_world *secret,
                                        struct hvc_leak *leak, struct hvc_diag *diag)
{
	struct hvc_secret_world world = *secret;
	struct film film[2] = {{.address = leak->address}, {.address = leak->address}};
	struct hvc_view view;
	enum hvc_status status = HVC_OK;

	for (unsigned i = 0; i < 2 && status == HVC_OK; i++) {
		world.seed = i ? leak->seed : 0;
		film[i].moment = malloc(STEPS_MAX * sizeof *film[i].moment);
		if (!film[i].moment)
			status = hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
		else
			status = repeat(&world, leak, &film[i], diag, &view);
	}
	if (status == HVC_OK)
		name_mover(film, leak);
	free(film[0].moment);
	free(film[1].moment);
	return status;
}

enum hvc_status hvc_leak__explain(const struct hvc_secret_world *secret, struct hvc_leak *leak,
                                  struct hvc_diag *diag)
{
	struct hvc_secret_world world = *secret;
	struct hvc_view first, other;

	HVC_TRY(repeat(&world, leak, NULL, diag, &first));
	world.seed = leak->seed;
	for (unsigned i = 0; i < hvc_secret_count(); i++) {
		world.which = UINT32_C(1) << i;
		HVC_TRY(repeat(&world, leak, NULL, diag, &other));
		if (hvc_view__parts(&first, &other, leak->channel, leak->place))
			leak->sources |= world.which;
	}
	world.which = UINT32_MAX;
	return find_instruction(&world, leak, diag);
}

void hvc_leak_print(const struct hvc_leak *leak, char *text, size_t size)
{
	char what[64] = "how the call ends", from[256] = "";
	size_t used = 0;

	if (leak->channel == HVC_CHANNEL_REGISTER)
		snprintf(what, sizeof what, "%s", hvc_reg_name((enum hvc_reg)leak->place));
	else if (leak->channel == HVC_CHANNEL_SIMD)
		snprintf(what, sizeof what, "%s", hvc_simd_name(leak->place));
	else if (leak->channel == HVC_CHANNEL_MEMORY)
		snprintf(what, sizeof what, "memory at 0x%llx", (unsigned long long)leak->address);
	for (unsigned i = 0; i < hvc_secret_count() && used < sizeof from; i++)
		if (leak->sources >> i & 1)
			used += (size_t)snprintf(from + used, sizeof from - used, "%s%s",
			                         used ? ", " : "", hvc_secret_name(i));
	snprintf(text, size, "%s tells %s", what,
	         leak->sources ? from : "of several EL2 secrets at once");
}
