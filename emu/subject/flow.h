/* SPDX-License-Identifier: MIT */
/**
 * One function's code: what registers hold before an instruction, by following its control flow
 * from the beginning, and what becomes of them after it.
 *
 * Code that no branch leads to is code all the same: kernels patch branches at run time, and
 * jump tables are not followed. It begins with nothing known, or after a branch that may be
 * patched away with what was known there.
 */
#ifndef SUBJECT_FLOW_H
#define SUBJECT_FLOW_H

#include "subject/def_use.h"
#include "subject/flow_graph.h"

/** Words of one function that are followed, at most. */
#define HVC_FLOW_MAX 4096u

/**
 * Follow the code in [begin, end), at most HVC_FLOW_MAX words. entry: begin is where the function
 * begins, so that registers hold its arguments.
 */
HVC_MUST_USE enum hvc_status hvc_flow__new(const struct hvc_image *image, enum hvc_isa isa,
                                           uint64_t begin, uint64_t end, bool entry,
                                           struct hvc_flow_graph **out);
void hvc_flow__free(struct hvc_flow_graph *flow);

/** Does an instruction begin there, that is covered? */
bool hvc_flow__covers(const struct hvc_flow_graph *flow, uint64_t address);
/** Index of the word at an address; false when it is elsewhere. */
bool hvc_flow__index(const struct hvc_flow_graph *flow, uint64_t address, unsigned *i);
/** Where control may go after word i, inside the function: at most two places. */
unsigned hvc_flow__successors(const struct hvc_flow_graph *flow, unsigned i, unsigned next[2]);
void hvc_flow__insn(const struct hvc_flow_graph *flow, unsigned i, struct hvc_flow_insn *out);
void hvc_flow__use(const struct hvc_flow_graph *flow, unsigned i, struct hvc_def_use *out);

/** Values before the instruction at an address that is covered. */
void hvc_flow__before(const struct hvc_flow_graph *flow, uint64_t address,
                      struct hvc_value x[HVC_GPR_COUNT]);
/** What becomes of the registers after it (after.c). */
HVC_MUST_USE enum hvc_status hvc_flow__after(const struct hvc_flow_graph *flow, uint64_t address,
                                             struct hvc_after *out);
/** The CBZ or CBNZ that skips just this instruction, and what leads to it; false: none. */
bool hvc_flow__guard(const struct hvc_flow_graph *flow, uint64_t address, enum hvc_reg *reg,
                     bool *nonzero);

#endif
