/* SPDX-License-Identifier: MIT */
/** One call in words: what came of it, and the command that makes it again. */
#ifndef HVCHECK_CALL_H
#define HVCHECK_CALL_H

#include "hvcheck/probe.h"

/** Called about ten times a second; false cancels. done of total calls. */
typedef bool (*hvc_progress_fn)(void *ctx, uint64_t done, uint64_t total);

/**
 * One line: "return, x0 := 0x16, vbar_el2 := 0x80200000", with every register that is not what it
 * was `before` the call, as hvc_entry_state makes it. present: registers that the CPU has. Cut to
 * size.
 */
HVC_API void hvc_outcome_print(const struct hvc_outcome *outcome, const struct hvc_state *before,
                               const struct hvc_regset *present, char *text, size_t size);
/** What a register is set to by a contract (contract.h): "0x16", "vbar_el2", "imm". */
HVC_API void hvc_term_print(const struct hvc_term *term, char *text, size_t size);

/**
 * The command that reproduces a call: "hvcheck run SUBJECT --imm 0x1 --set x0=0x2". Only what
 * differs from run's defaults is named. Names are quoted for shells. What does not fit is a
 * comment that says so.
 */
#define HVC_COMMAND_SIZE 8192u /**< enough for a path, and for what is usually around it */
HVC_API void hvc_call_command(const char *subject, const struct hvc_world *world,
                              const struct hvc_probe *probe, uint16_t imm, char *text, size_t size);

#endif
