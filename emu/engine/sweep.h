/* SPDX-License-Identifier: MIT */
/**
 * The cross product: every immediate with the registers of every probe, really called, shared out
 * to worker processes. Whoever asks judges each outcome where it comes up, and adds up what the
 * workers counted; nothing else of a call is kept. The result is the same for any number of jobs.
 */
#ifndef ENGINE_SWEEP_H
#define ENGINE_SWEEP_H

#include "engine/internal.h"
#include "hvcheck/doubt.h"

struct hvc_sweep_config {
	const struct hvc_subject *subject;
	const struct hvc_world *world; /**< NULL: the default */
	const struct hvc_probes *probes;
	unsigned jobs;   /**< worker processes; 0: 1 */
	uint64_t budget; /**< instructions a call; 0: HVC_BUDGET_DEFAULT */
	/**
	 * Some calls stand for others: of immediates that Hyp mode cannot tell apart one is called,
	 * and of calls that take long so few as `skipped` tells. False: every call is made.
	 */
	bool representatives;
	hvc_progress_fn progress; /**< may be NULL */
	void *progress_ctx;
};

/** Who judges, in the processes of the workers but for `add`. */
struct hvc_sweep_judge {
	/** Bytes in which one worker counts: all zero at first, and shared with who waits. */
	size_t tally;
	/** A machine of the sweep's world, before its first call; may be NULL. */
	void (*machine)(void *ctx, struct hvc_machine *machine);
	/**
	 * One call, of this probe. HVC_OUTCOME_FAILED: the engine died of it, and nothing is known.
	 * The order is that of immediates and probes within a chunk, else any. False: no more.
	 */
	bool (*take)(void *ctx, void *tally, unsigned probe, const struct hvc_call *call,
	             const struct hvc_outcome *outcome);
	/** In the process that waits, when all are done: what one worker has counted. */
	void (*add)(void *ctx, const void *tally);
	void *ctx;
};

/** What is known of any sweep. Free with hvc_sweep__free. */
struct hvc_sweep {
	uint64_t calls;
	uint64_t failed;                 /**< of them, those that the engine died of */
	char failure[256];               /**< the first of these, by immediate; or "" */
	uint8_t lost[HVC_IMM_COUNT / 8]; /**< immediates of which a call failed */
	/** Immediates of which a call was not made: those before it in its chunk took too long. */
	uint8_t skipped[HVC_IMM_COUNT / 8];
	struct hvc_supplied supplied;
	struct hvc_doubt doubt;
	struct hvc_state entry; /**< registers at each call but x0..x30, nzcv, daif */
	struct hvc_regset present;
};

/**
 * Make all of it. Errors: those of hvc_machine_open, HVC_E_CANCELLED (also: the judge wanted no
 * more), HVC_E_ENGINE (also: it died too often, or of nothing that can be told).
 */
HVC_MUST_USE enum hvc_status hvc_sweep__run(const struct hvc_sweep_config *config,
                                            const struct hvc_sweep_judge *judge,
                                            struct hvc_diag *diag, struct hvc_sweep *out);
void hvc_sweep__free(struct hvc_sweep *sweep);

#endif
