/* SPDX-License-Identifier: MIT */
/**
 * Values written in terms of the state at the HVC: "0", "-1", "0xbadca11", "x2", "vbar_el2",
 * "mdcr_el2 & ~0x3003000", "imm", "esr", "return", "function(x1, x2, x3)".
 *
 *   expr     = sum { ("&" | "|" | "^") sum }      (left to right)
 *   sum      = shift { ("+" | "-") shift }
 *   shift    = unary { ("<<" | ">>") unary }
 *   unary    = { "-" | "~" } primary
 *   primary  = number | name | "function(" expr "," expr "," expr ")" | "(" expr ")"
 *   name     = a register (reg.h), wN (xN & 0xffffffff), imm, esr (ESR_EL2 of this call),
 *              spsr (its SPSR_EL2), return (address after the HVC), self (address of the HVC),
 *              vector (synchronous slot of VBAR_EL1 for an exception of the caller)
 *
 * All arithmetic is modulo 2^64; shifts of 64 and more give 0. Numbers are decimal or 0x hex.
 * function(a, b, c) is what the EL2 function at HVC_FUNCTION returns for those arguments.
 */
#ifndef HVCHECK_EXPR_H
#define HVCHECK_EXPR_H

#include "hvcheck/outcome.h"

#define HVC_EXPR_MAX 24u /**< terms of one expression */

enum hvc_term_kind {
	HVC_TERM_CONST,
	HVC_TERM_REG,
	HVC_TERM_IMM,
	HVC_TERM_ESR,
	HVC_TERM_RETURN,
	HVC_TERM_SELF,
	HVC_TERM_AND,
	HVC_TERM_OR,
	HVC_TERM_XOR,
	HVC_TERM_ADD,
	HVC_TERM_SUB,
	HVC_TERM_SHL,
	HVC_TERM_SHR,
	HVC_TERM_NOT,
	HVC_TERM_NEG,
	HVC_TERM_FUNCTION,
	HVC_TERM_SPSR,
	HVC_TERM_VECTOR,
	HVC_TERM_VARIABLE, /**< of a property (property.h); value is its index */
};

struct hvc_term {
	enum hvc_term_kind kind;
	enum hvc_reg reg; /**< for HVC_TERM_REG */
	uint64_t value;   /**< for HVC_TERM_CONST */
};

/** Postfix. Plain data: copy it freely; compare with hvc_expr__equal. */
struct hvc_expr {
	unsigned count; /**< 1..HVC_EXPR_MAX */
	struct hvc_term term[HVC_EXPR_MAX];
};

/** State at the HVC: the world's registers with the call's x0..x30, nzcv, daif in place. */
struct hvc_context {
	const struct hvc_state *entry;
	const struct hvc_call *call;
};

#endif
