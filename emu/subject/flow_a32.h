/* SPDX-License-Identifier: MIT */
/** A32 and T32 code in a graph of flow.h. Internal, between it and flow_a32.c, value_a32.c. */
#ifndef SUBJECT_FLOW_A32_H
#define SUBJECT_FLOW_A32_H

#include "machine/a32.h"
#include "subject/flow_graph.h"

#define HVC_FLOW_ALWAYS 14u

/** The instruction that begins at word i; a condition that IT gives it counts. */
void hvc_flow__decode_a32(const struct hvc_flow_graph *flow, unsigned i, struct hvc_a32 *out);
/** On which it is executed, as bits 31:28 of A32 have it. */
unsigned hvc_flow__condition(const struct hvc_flow_graph *flow, unsigned i);
void hvc_flow__insn_a32(const struct hvc_flow_graph *flow, unsigned i, struct hvc_flow_insn *out);
/**
 * Find where instructions begin, and which are in IT blocks: what is reached from the first, then
 * what stands between. False: no memory.
 */
bool hvc_flow__measure_t32(struct hvc_flow_graph *flow);
/** hvc_values__step. */
void hvc_values__step_a32(struct hvc_values *values, const struct hvc_flow_graph *flow, unsigned i);

#endif
