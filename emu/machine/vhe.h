/* SPDX-License-Identifier: MIT */
/**
 * FEAT_VHE and ZCR_ELx as the architecture has them, for an engine that announces both and
 * implements neither. Internal; nothing here knows the engine's library.
 *
 * With HCR_EL2.E2H set, at EL2: an EL1 name such as SCTLR_EL1 reaches the EL2 register, and the
 * EL12 name (op1 5) reaches the EL1 one. EL12 names are UNDEFINED otherwise.
 */
#ifndef MACHINE_VHE_H
#define MACHINE_VHE_H

#include "hvcheck/arch.h"
#include "machine/engine.h"

/** An MRS or MSR (register). */
struct hvc_vhe_access {
	bool read;
	uint8_t rt;      /**< 31: XZR */
	uint8_t name[5]; /**< op0, op1, CRn, CRm, op2 */
};

/** False when word is neither. */
bool hvc_vhe__decode(uint32_t word, struct hvc_vhe_access *out);

/** The register that a name reaches at EL2 under E2H, when it is another one than it says. */
bool hvc_vhe__target(const uint8_t name[static 5], uint8_t out[static 5]);

/** The bits that an MSR writes; the engine's own interface takes more of ZCR_ELx. */
uint64_t hvc_vhe__writes(const uint8_t name[static 5]);

/** Is this EL2, with E2H set? */
bool hvc_vhe__is_host(struct hvc_engine *engine);

/**
 * The MRS or MSR at pc is about to execute: make the access where it belongs and say so, or false,
 * and the engine is right by itself, which it never is on registers of trap.h. Leaves pc alone.
 */
bool hvc_vhe__redirect(struct hvc_engine *engine, uint64_t pc);

/**
 * The instruction at pc is undefined to the engine: execute it and go on after it, or false, and
 * it is undefined. In the exception hook only.
 */
bool hvc_vhe__repair(struct hvc_engine *engine, uint64_t pc);

/**
 * Exception class of the instruction at pc, at EL2, that the engine only calls undefined: accesses
 * to ZCR_ELx that CPTR_EL2 traps are among them.
 */
enum hvc_ec hvc_vhe__class(struct hvc_engine *engine, uint64_t pc);

#endif
