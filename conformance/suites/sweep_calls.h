/* SPDX-License-Identifier: MIT */
/** A sweep of which a test keeps how each call ended. */
#ifndef SWEEP_CALLS_H
#define SWEEP_CALLS_H

#include <stdlib.h>
#include <string.h>

#include "engine/sweep.h"

#define SWEEP_PROBES 9u

/** By probe and immediate; what a worker keeps, too. */
struct sweep_calls {
	uint8_t times[SWEEP_PROBES][HVC_IMM_COUNT]; /**< made, or lost */
	uint8_t kind[SWEEP_PROBES][HVC_IMM_COUNT];
	uint64_t sum[SWEEP_PROBES][HVC_IMM_COUNT]; /**< of all that is left behind */
	unsigned most;                             /**< the judge wants no more; 0: all */
};

static inline uint64_t sweep_calls_fold(uint64_t sum, uint64_t word)
{
	return (sum ^ word ^ word >> 32) * UINT64_C(0x100000001b3);
}

static inline bool sweep_calls_take(void *ctx, void *tally, unsigned probe,
                                    const struct hvc_call *call, const struct hvc_outcome *outcome)
{
	const struct sweep_calls *all = ctx;
	struct sweep_calls *own = tally;
	uint64_t sum = UINT64_C(0xcbf29ce484222325);

	own->times[probe][call->imm]++;
	own->kind[probe][call->imm] = (uint8_t)outcome->kind;
	sum = sweep_calls_fold(sweep_calls_fold(sum, outcome->pc), outcome->level);
	for (unsigned i = 0; i < HVC_REG_COUNT; i++)
		sum = sweep_calls_fold(sum, outcome->state.v[i]);
	own->sum[probe][call->imm] = sum;
	return !all->most || ++own->most < all->most;
}

static inline void sweep_calls_add(void *ctx, const void *tally)
{
	struct sweep_calls *all = ctx;
	const struct sweep_calls *own = tally;

	for (unsigned p = 0; p < SWEEP_PROBES; p++)
		for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++) {
			if (!own->times[p][imm])
				continue;
			all->times[p][imm] = (uint8_t)(all->times[p][imm] + own->times[p][imm]);
			all->kind[p][imm] = own->kind[p][imm];
			all->sum[p][imm] = own->sum[p][imm];
		}
}

/** free() it. */
static inline struct sweep_calls *sweep_calls_new(void)
{
	struct sweep_calls *calls = calloc(1, sizeof *calls);

	if (!calls)
		abort();
	return calls;
}

static inline enum hvc_status sweep_calls_run(struct sweep_calls *calls,
                                              const struct hvc_sweep_config *config,
                                              struct hvc_diag *diag, struct hvc_sweep *sweep)
{
	const struct hvc_sweep_judge judge = {.tally = sizeof *calls,
	                                      .take = sweep_calls_take,
	                                      .add = sweep_calls_add,
	                                      .ctx = calls};

	return hvc_sweep__run(config, &judge, diag, sweep);
}

#endif
