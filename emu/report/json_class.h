/* SPDX-License-Identifier: MIT */
/** The parts that JSON reports share: behaviours, sets of calls, and witnesses. */
#ifndef HVC_REPORT_JSON_CLASS_H
#define HVC_REPORT_JSON_CLASS_H

#include "abi/overlap.h"
#include "report/json.h"

/** Members "outcome" to "far" of the open object: what one call did. before: with its registers. */
void hvc_json__outcome(struct hvc_json *json, const struct hvc_outcome *outcome,
                       const struct hvc_state *before, const struct hvc_regset *present);
/** An array of first and last values. */
void hvc_json__intervals(struct hvc_json *json, const char *key,
                         const struct hvc_interval *interval, unsigned count);
/** The stores of an outcome that are kept, an array. */
void hvc_json__stores(struct hvc_json *json, const char *key, const struct hvc_outcome *outcome);
/** An object that holds one call, and the command that makes it. */
void hvc_json__witness(struct hvc_json *json, const char *key, const char *subject,
                       const struct hvc_world *world, const struct hvc_probe *probe, uint16_t imm);

/** Members "verdict" to "actual" of the open object; those that apply. */
void hvc_json__verdict(struct hvc_json *json, const struct hvc_abi *abi,
                       const struct hvc_verdict *verdict);
/** The member "cause" of the open object, where it is known. */
void hvc_json__cause(struct hvc_json *json, const struct hvc_cause *cause);

/* Calls that two ABIs share, in JSON. */

/** Members "immediates", "conditions", "partly" and "witness" of an open object. */
void hvc_json__overlap(struct hvc_json *json, const struct hvc_abi *const abi[2],
                       const struct hvc_overlap *overlap);
/** Member "conditions": array of register, mask and values. */
void hvc_json__conditions(struct hvc_json *json, const struct hvc_condition *condition,
                          unsigned conditions);

/* What JSON documents of proofs share. */

/** The member "callers": an array of `instruction`, `from`. */
void hvc_json__callers(struct hvc_json *json, uint64_t callers);
/** The member "gaps": an array of `callers`, `why`. */
void hvc_json__gaps(struct hvc_json *json, const struct hvc_gap *gap, unsigned gaps);
/** The member "witness"; the commands' members are called by these names, NULL: there is none. */
void hvc_json__shown(struct hvc_json *json, const struct hvc_witness *witness,
                     const char *const command[2]);

#endif
