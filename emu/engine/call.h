/* SPDX-License-Identifier: MIT */
/** One call in words: what came of it, and the command that makes it again. */
#ifndef HVC_ENGINE_CALL_H
#define HVC_ENGINE_CALL_H

#include "hvcheck/check.h"

/**
 * A syndrome in words: "EC 0x00 unknown reason, IL 1", "EC 0x16 hvc, IL 1, imm 0x5"; other classes
 * with ISS where it is not 0. Cut to size.
 */
void hvc_syndrome__print(uint64_t esr, char *text, size_t size);
/** How it ended: "fault: sp alignment at 0x80080834". Cut to size. */
void hvc_outcome__print_end(const struct hvc_outcome *outcome, char *text, size_t size);
/**
 * One line: "return, x0 := 0x16, vbar_el2 := 0x80200000", with every register that is not what it
 * was `before` the call, as hvc_entry_state makes it. present: registers that the CPU has. Cut to
 * size.
 */
void hvc_outcome__print(const struct hvc_outcome *outcome, const struct hvc_state *before,
                        const struct hvc_regset *present, char *text, size_t size);
/** What a register is set to by a contract (contract.h): "0x16", "vbar_el2", "imm". */
void hvc_term__print(const struct hvc_term *term, char *text, size_t size);

/**
 * The command that reproduces a call: hvcheck run with its subject, immediate and registers. Only
 * what differs from run's defaults is named. Names are quoted for shells. What does not fit is a
 * comment that says so.
 */
#define HVC_COMMAND_SIZE 8192u /**< enough for a path, and for what is usually around it */
void hvc_call__command(const char *subject, const struct hvc_world *world,
                       const struct hvc_probe *probe, uint16_t imm, char *text, size_t size);

#endif
