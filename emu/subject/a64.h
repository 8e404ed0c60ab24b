/* SPDX-License-Identifier: MIT */
/**
 * A64 words told apart by their bit patterns: where control goes, which system register is
 * named, which constant is compared. Only what the analyses of subjects need; text is
 * disasm.c's business.
 *
 * Encodings: Arm ARM (DDI 0487) C4.1, the A64 encoding index.
 */
#ifndef SUBJECT_A64_H
#define SUBJECT_A64_H

#include <stdbool.h>
#include <stdint.h>

#include "machine/access.h"

#define HVC_A64_NOP UINT32_C(0xd503201f)

/** Where control goes after an instruction. */
enum hvc_flow {
	HVC_FLOW_NEXT,     /**< the next instruction; also SVC, HVC and SMC, which come back */
	HVC_FLOW_BRANCH,   /**< always to the target */
	HVC_FLOW_COND,     /**< to the target or the next instruction */
	HVC_FLOW_CALL,     /**< to the target, and back to the next instruction */
	HVC_FLOW_INDIRECT, /**< to a register's value: BR and RET, not BLR, which comes back */
	HVC_FLOW_ERET,
	HVC_FLOW_STOP, /**< UDF, BRK and HLT */
};

/** Flow of a word at an address; *target is set for BRANCH, COND and CALL only. */
enum hvc_flow hvc_a64__flow(uint64_t address, uint32_t word, uint64_t *target);

/**
 * Could the word be an instruction? False for the top-level encodings that no A64 extension
 * uses, UDF and all ones. Data is mostly refused, code never.
 */
bool hvc_a64__plausible(uint32_t word);

/** Filling between functions: UDF (zero included) and NOP. */
bool hvc_a64__padding(uint32_t word);

/** The system register of an MRS or MSR. */
struct hvc_sysop {
	unsigned op0, op1, crn, crm, op2;
	bool write;  /**< MSR */
	unsigned rt; /**< 31: xzr */
};

/** True iff the word is MRS or MSR (register). */
bool hvc_a64__sysop(uint32_t word, struct hvc_sysop *out);

/** What an instruction does to the value of one register, as far as constants go. */
enum hvc_move {
	HVC_MOVE_OTHER,   /**< unknown effect; `killed` says on which registers */
	HVC_MOVE_CONST,   /**< rd = imm */
	HVC_MOVE_KEEP,    /**< MOVK: rd = (rd & ~mask) | imm */
	HVC_MOVE_LITERAL, /**< rd = the word or doubleword at address imm */
	HVC_MOVE_COPY,    /**< rd = rm */
	HVC_MOVE_SUB,     /**< rd = rn - imm, or rn - rm when reg */
	HVC_MOVE_EOR,     /**< rd = rn ^ imm, or rn ^ rm when reg */
	HVC_MOVE_SHIFT,   /**< rd = rn >> imm, cut to some width */
	HVC_MOVE_OR,      /**< rd = rn | imm, or rn | rm when reg */
	HVC_MOVE_ADD,     /**< rd = rn + rm */
};

/** Which comparison an instruction makes. */
enum hvc_compare {
	HVC_COMPARE_NONE,
	HVC_COMPARE_EQUAL, /**< rn with imm or rm: CMP, CCMP, SUBS */
	HVC_COMPARE_MINUS, /**< rn with -imm or -rm: CMN, CCMN, ADDS */
	HVC_COMPARE_BITS,  /**< bits imm or rm of rn: TST, ANDS, TBZ, TBNZ */
	HVC_COMPARE_ZERO,  /**< rn with zero: CBZ, CBNZ */
};

/** An instruction as the search for constants sees it. Register numbers 31 are xzr or sp. */
struct hvc_a64 {
	enum hvc_move move;
	enum hvc_compare compare;
	bool word; /**< 32-bit operation */
	bool reg;  /**< second operand is rm, not imm */
	bool sign; /**< LITERAL: LDRSW */
	unsigned rd, rn, rm;
	uint64_t imm;
	uint64_t mask;   /**< KEEP: bits that imm replaces */
	uint32_t killed; /**< registers whose value is not known afterwards; bit n is xn */
};

void hvc_a64__decode(uint64_t address, uint32_t word, struct hvc_a64 *out);

/** Name and version of what decodes and disassembles, as "Capstone 4.0". Valid for good. */
const char *hvc_disasm__name(void);

#endif
