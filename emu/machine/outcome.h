/* SPDX-License-Identifier: MIT */
/** What hvcheck itself asks beside hvcheck/outcome.h. */
#ifndef HVC_MACHINE_OUTCOME_H
#define HVC_MACHINE_OUTCOME_H

#include "hvcheck/outcome.h"
#include "hvcheck/simd.h"

/** The HVC, or the SMC, of a level's execution state: of AArch32 that of A32. */
enum hvc_insn hvc_insn__at(enum hvc_insn insn, enum hvc_level level);

/** The instructions that the words "hvc" and "smc" of a set stand for: of all instruction sets. */
unsigned hvc_insns__all(unsigned words);

/**
 * The call as a CPU of this model makes it. Where its EL2 is Hyp mode registers have 32 bits, a
 * place of the harness is that for AArch32 code, and a level of AArch64 stands for its mode: usr,
 * svc or hyp.
 */
void hvc_call__fit(struct hvc_call *call, enum hvc_cpu cpu);

/**
 * Can the level execute the instruction, and may it reach EL2? An SMC from EL1 alone can be
 * trapped.
 */
bool hvc_caller__is(enum hvc_insn insn, enum hvc_level level);

/**
 * Does such a caller call in this world? A world with a syndrome is one of traps, and of nothing
 * else; others have none. A syndrome of the level below comes from no caller at EL2, nor the other
 * way round.
 */
bool hvc_world__has_caller(const struct hvc_world *world, enum hvc_insn insn, enum hvc_level level);

/** Can an exception that is no call have this ESR_EL2? EC tells, and IL is set with EC 0. */
bool hvc_arch__is_trap(uint64_t esr);

/** The instruction itself; of T32 with the first halfword in bits 31:16. */
uint32_t hvc_call__word(const struct hvc_call *call);

/** The immediate as the instruction has it: of an SMC in AArch32 state it has 4 bits. */
uint16_t hvc_call__imm(const struct hvc_call *call);

/** PSTATE of the caller, as an SPSR has it. world: registers of the world, of which PSTATE counts.
 */
uint64_t hvc_call__pstate(const struct hvc_call *call, const struct hvc_state *world);

/** SPSR_EL2 of the call's exception: in an IT block not the same. */
uint64_t hvc_call__spsr(const struct hvc_call *call, const struct hvc_state *world);

/** Of such a value, what the register "pstate" shows: all but nzcv, daif and M, as far as kept. */
uint64_t hvc_call__kept(uint64_t pstate);

/** ESR_EL2 of the call's exception: an HVC, an SMC that is trapped; of a trap bits 15:0. */
uint64_t hvc_call__esr(const struct hvc_call *call);

/** Address of the instruction that makes this call. */
uint64_t hvc_call__address(const struct hvc_call *call);

/** Are they the same registers, whatever they hold? */
bool hvc_others__same(const struct hvc_others *a, const struct hvc_others *b);

/** A fault since MRS or MSR was UNDEFINED: the CPU model has no such register. */
bool hvc_outcome__lacks_register(const struct hvc_outcome *outcome);

/** True iff register i holds the same in both. */
bool hvc_simd__same(const struct hvc_simd *a, const struct hvc_simd *b, unsigned i);

#endif
