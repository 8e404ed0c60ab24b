/* SPDX-License-Identifier: MIT */
/* Expressions of a specification, as terms over the inputs of a call. */
#include "abi/expr.h"
#include "engine/prover.h"
#include "hvcheck/arch.h"

static hvc_ref number(struct hvc_prover *p, uint64_t value)
{
	return hvc_bv__num(p->terms, 64, value);
}

hvc_ref hvc_prover__imm(struct hvc_prover *p)
{
	hvc_ref imm = p->input[HVC_INPUT_IMM];
	bool narrow = hvc_level_is_aarch32(p->part->from) && hvc_insn_is_smc(p->part->insn);

	return narrow ? hvc_bv__and(p->terms, imm, hvc_bv__num(p->terms, 16, 15)) : imm;
}

/* Values that expr.c knows of a call, but for what this one leaves open, which is added. */
static hvc_ref leaf(struct hvc_prover *p, const struct hvc_term *term)
{
	const struct hvc_expr expr = {.count = 1, .term = {*term}};
	struct hvc_call plain;
	const struct hvc_context context = {hvc_machine_entry(p->machine), &plain};
	hvc_ref fixed;

	hvc_call_init(&plain, 0);
	plain.insn = p->part->insn;
	plain.from = p->part->from;
	plain.nzcv = plain.daif = 0;
	if (term->kind == HVC_TERM_REG)
		return p->before[term->reg];
	if (term->kind == HVC_TERM_SELF || term->kind == HVC_TERM_RETURN)
		return hvc_bv__add(p->terms, p->input[HVC_INPUT_SELF],
		                   number(p, term->kind == HVC_TERM_RETURN ? 4 : 0));
	fixed = number(p, hvc_expr__eval(&expr, &context));
	switch (term->kind) {
	case HVC_TERM_ESR:
		if (hvc_arch_ec(fixed->value) == HVC_EC_SMC32)
			return fixed;
		return hvc_bv__or(p->terms, fixed, hvc_bv__zext(p->terms, hvc_prover__imm(p), 64));
	case HVC_TERM_IMM:
		return hvc_bv__zext(p->terms, hvc_prover__imm(p), 64);
	case HVC_TERM_SPSR:
		return hvc_bv__or(
		        p->terms, fixed,
		        hvc_bv__or(p->terms, p->before[HVC_REG_NZCV], p->before[HVC_REG_DAIF]));
	default:
		return fixed;
	}
}

static hvc_ref binary(struct hvc_prover *p, enum hvc_term_kind kind, hvc_ref a, hvc_ref b)
{
	switch (kind) {
	case HVC_TERM_AND:
		return hvc_bv__and(p->terms, a, b);
	case HVC_TERM_OR:
		return hvc_bv__or(p->terms, a, b);
	case HVC_TERM_XOR:
		return hvc_bv__xor(p->terms, a, b);
	case HVC_TERM_ADD:
		return hvc_bv__add(p->terms, a, b);
	case HVC_TERM_SUB:
		return hvc_bv__sub(p->terms, a, b);
	case HVC_TERM_SHL:
		return hvc_bv__shl(p->terms, a, b);
	default:
		return hvc_bv__lshr(p->terms, a, b);
	}
}

/* hvc_function__result, as the function's code computes it: so it is the same term. */
static hvc_ref function(struct hvc_prover *p, hvc_ref a, hvc_ref b, hvc_ref c)
{
	struct hvc_bvs *t = p->terms;
	hvc_ref sum = hvc_bv__add(t, a, hvc_bv__shl(t, a, number(p, 1)));

	sum = hvc_bv__add(t, sum, b);
	sum = hvc_bv__add(t, sum, hvc_bv__shl(t, b, number(p, 2)));
	sum = hvc_bv__sub(t, sum, c);
	return hvc_bv__add(t, sum, hvc_bv__shl(t, c, number(p, 3)));
}

hvc_ref hvc_prover__expr(struct hvc_prover *p, const struct hvc_expr *expr)
{
	hvc_ref stack[HVC_EXPR_MAX];
	unsigned top = 0;

	for (unsigned i = 0; i < expr->count; i++) {
		const struct hvc_term *term = &expr->term[i];
		unsigned arity = hvc_expr__arity(term->kind);
		hvc_ref *at = &stack[top - arity];

		if (arity == 0)
			*at = leaf(p, term);
		else if (arity == 1)
			*at = term->kind == HVC_TERM_NOT ? hvc_bv__not(p->terms, at[0])
			                                 : hvc_bv__neg(p->terms, at[0]);
		else if (arity == 2)
			*at = binary(p, term->kind, at[0], at[1]);
		else
			*at = function(p, at[0], at[1], at[2]);
		top += 1 - arity;
	}
	return stack[0];
}
