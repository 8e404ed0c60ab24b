/* SPDX-License-Identifier: MIT */
/** A check under way (check.c), and the judging of its calls (check_judge.c). Internal. */
#ifndef ENGINE_CHECK_H
#define ENGINE_CHECK_H

#include "engine/exact_trial.h"
#include "engine/prove.h"
#include "engine/sweep.h"
#include "hvcheck/check.h"

/** A check under way: what judging needs besides the check itself. */
struct hvc_check_bench {
	const struct hvc_check_config *config;
	struct hvc_check *check;
	unsigned world;
	const struct hvc_probes *probes; /* of this world */
	struct hvc_proof proof;          /* of this world; no parts: none was asked for */
	struct hvc_hold *hold;           /* rows that calls are held to; NULL: none */
	uint64_t held;                   /* calls of this world */
	unsigned levels, insns;
	bool *sampled;     /* of all worlds, one a rule: calls of it go on in handlers */
	unsigned capacity; /* of check->finding */
	uint8_t (*seen)[HVC_IMM_COUNT / 8]; /* for each finding, the immediates it was seen on */
	bool nomem, full;                   /* while adding up */
	char fault[400];                    /* of hvcheck: a call that the proof is wrong of */
	/* in a worker's process: */
	const struct hvc_machine *machine;
	struct hvc_state before; /* registers at calls of this probe */
	unsigned probe;
};

/** Judges calls of a bench's world; its ctx is the bench. */
struct hvc_sweep_judge hvc_check__judge(struct hvc_check_bench *bench);
/** Ways in which rules can be broken, and be told; more are refused. */
unsigned hvc_check__ways(const struct hvc_abi *abi);
/** A call of the proof's that breaks a rule in a way that no call shows by itself. */
void hvc_check__note(struct hvc_check_bench *bench, const struct hvc_proof_call *call);
/** The registers that a witness leaves wrong besides the one that its finding is about. */
void hvc_check__name_others(struct hvc_check *check, struct hvc_finding *finding);
void hvc_check__count(struct hvc_rule_account *account, enum hvc_verdict_kind kind);

/** "sync+0x4, 0x80080804: mov x1, #1". Cut to size. */
void hvc_cause__print(const struct hvc_cause *cause, char *text, size_t size);

#endif
