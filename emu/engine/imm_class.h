/* SPDX-License-Identifier: MIT */
/**
 * Immediates that code for Hyp mode cannot tell apart: those with which each instruction of one
 * call does what it does with another. An immediate reaches EL2 in HSR and in ELR_hyp alone, and of
 * the call that is executed every value that is made of these is reckoned for all immediates at
 * once: those for which a comparison sets other flags are parted there, and have a call of their
 * own. What is made of the two otherwise (T32 code, addresses, multiplication, ...) is not
 * reckoned, and then nothing is known of those immediates.
 *
 * What is reckoned is held to the registers of the call that is executed, after each instruction.
 */
#ifndef ENGINE_IMM_CLASS_H
#define ENGINE_IMM_CLASS_H

#include "engine/internal.h"
#include "hvcheck/supplied.h"

struct hvc_imm_classes;

/** For calls of a subject in a world. Errors: those of hvc_machine_open. Free with __close. */
HVC_MUST_USE enum hvc_status hvc_imm_classes__open(const struct hvc_lost_machine *machine,
                                                   struct hvc_diag *diag,
                                                   struct hvc_imm_classes **out);
/** NULL is fine. */
void hvc_imm_classes__close(struct hvc_imm_classes *classes);

/**
 * The classes of these registers, in place of those found before; call->imm does not count. NULL:
 * there are none.
 */
HVC_MUST_USE enum hvc_status hvc_imm_classes__find(struct hvc_imm_classes *classes,
                                                   const struct hvc_call *call,
                                                   struct hvc_diag *diag);
/** The first immediate of the i-th class; false: there are not so many. */
bool hvc_imm_classes__first(const struct hvc_imm_classes *classes, unsigned i, uint16_t *imm);
/** Is the immediate's outcome known without a call? */
bool hvc_imm_classes__has(const struct hvc_imm_classes *classes, uint16_t imm);
/** Then the call and its outcome, valid until the next one is asked for. */
const struct hvc_outcome *hvc_imm_classes__outcome(struct hvc_imm_classes *classes, uint16_t imm,
                                                   const struct hvc_call **call);
/** What the calls that were executed met, as hvc_machine_supplied. */
HVC_MUST_USE enum hvc_status hvc_imm_classes__supplied(struct hvc_imm_classes *classes,
                                                       struct hvc_supplied *into);

#endif
