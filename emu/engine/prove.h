/* SPDX-License-Identifier: MIT */
/**
 * What an ABI promises of a subject, proved: for each caller of a world every path is followed,
 * and of every rule that governs calls on it each clause is shown to hold for all of them, or a
 * call is named that breaks it. All of these calls are then made in the machine, and judged.
 */
#ifndef ENGINE_PROVE_H
#define ENGINE_PROVE_H

#include "engine/internal.h"
#include "hvcheck/check.h"

/** A call that the proof has named. */
struct hvc_proof_call {
	struct hvc_call call;
	unsigned part;
	unsigned path;              /**< of the part's */
	struct hvc_verdict verdict; /**< of the proof; expected and actual are not filled in */
	bool swept;                 /**< its registers are a probe's */
	bool apart;                 /**< shown apart: see prove_width.c, prove_memory.c */
	bool sampled;               /**< goes on in a handler: the verdict is the machine's alone */
	struct hvc_outcome outcome; /**< of the machine */
	bool lost;                  /**< the engine died of it, and nothing is known */
	char failure[256];          /**< lost: the call, and where */
};

struct hvc_proof {
	struct hvc_check_part *part; /**< callers, in the order of probes */
	unsigned parts;
	struct hvc_proof_call *call; /**< in the order of parts, paths */
	unsigned calls;
	size_t room;
	struct hvc_supplied supplied; /**< that the calls met */
	bool *sampled;                /**< one a rule: calls that it governs go on in a handler */
};

struct hvc_prove_config {
	const struct hvc_subject *subject;
	const struct hvc_abi *abi;
	unsigned index;                /**< of the world in the ABI */
	const struct hvc_world *world; /**< with all that is laid over it */
	unsigned levels, insns;
	uint64_t budget;
	unsigned paths;   /**< most of one caller; 0: a good number */
	uint64_t steps;   /**< instructions followed on all; 0: a good number */
	uint64_t queries; /**< questions of one caller to the solver; 0: as many as it takes */
	uint64_t behind;  /**< with which each handler is followed; 0: as all the others */
	bool width;       /**< only whether upper halves of words matter (prove_width.c) */
	struct hvc_certificates *certificates; /**< to add to; NULL: none */
};

/**
 * Prove. Parts that could not be proved say why. HVC_E_ENGINE: the machine does something else
 * than the terms or the verdict say, which is hvcheck's own fault, and told. Free with
 * hvc_proof__free, after a failure as well.
 */
HVC_MUST_USE enum hvc_status hvc_prove__world(const struct hvc_prove_config *config,
                                              struct hvc_diag *diag, struct hvc_proof *out);
void hvc_proof__free(struct hvc_proof *proof);
/** The part of the caller of this call; NULL: none. */
const struct hvc_check_part *hvc_proof__part(const struct hvc_proof *proof,
                                             const struct hvc_call *call);
/** Was all proved, or refuted, that is promised to the caller of this call? */
bool hvc_proof__proves(const struct hvc_proof *proof, const struct hvc_call *call);
/** What the machine said of a call of the same caller that breaks the same promise; or NULL. */
const struct hvc_verdict *hvc_proof__refutes(const struct hvc_proof *proof,
                                             const struct hvc_call *call,
                                             const struct hvc_verdict *verdict);

/* check_judge.c */
/**
 * With which registers every immediate is called: where all is proved, once, and of each finding
 * with those that show it, so that it is known on which immediates they do. Else all probes.
 * False when memory runs out.
 */
bool hvc_check__probes(const struct hvc_check *check, struct hvc_proof *proof,
                       const struct hvc_world *world, const struct hvc_probes *all,
                       struct hvc_probes *out);

/* prove_width.c */
/** Does the ABI tell fast calls by w0, or by an x0 that holds nothing but an identifier? */
bool hvc_width__is_smccc(const struct hvc_abi *abi);
/** The same call with the bits clear that are not its. */
void hvc_width__narrow(const struct hvc_call *call, struct hvc_call *out);
/** Do the two do something else? Then how, but for the rule. */
bool hvc_width__judge(const struct hvc_outcome *wide, const struct hvc_outcome *narrow,
                      struct hvc_verdict *out);

#endif
