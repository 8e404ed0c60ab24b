/* SPDX-License-Identifier: MIT */
/** What a caller below EL2 cannot read, and worlds that differ in it. */
#ifndef ENGINE_SECRET_H
#define ENGINE_SECRET_H

#include "hvcheck/leak.h"

/**
 * A machine in a world whose secrets (bits of `which`) have other values. Seed 0: none has. Seed
 * 1: as many bits as may differ do; others: pseudo-random. base: a machine in that world itself,
 * NULL for seed 0.
 */
struct hvc_secret_world {
	const struct hvc_subject *subject;
	const struct hvc_world *world;
	const struct hvc_machine *base;
	uint64_t budget;
	uint64_t seed;
	uint32_t which;
	void (*trace)(void *ctx, const struct hvc_step *step); /**< may be NULL */
	void *trace_ctx;
};

enum hvc_status hvc_secret__open(const struct hvc_secret_world *secret, struct hvc_diag *diag,
                                 struct hvc_machine **out);
/** Which secrets really differ between two machines, memory not looked at. */
uint32_t hvc_secret__varied(const struct hvc_machine *a, const struct hvc_machine *b);

#endif
