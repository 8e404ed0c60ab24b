/* SPDX-License-Identifier: MIT */
#include "hvcheck/expr.h"

#include "abi/expr.h"
#include "hvcheck/aarch32.h"
#include "hvcheck/arch.h"
#include "machine/outcome.h"

uint64_t hvc_function__result(uint64_t a, uint64_t b, uint64_t c)
{
	return 3 * a + 5 * b + 7 * c;
}

/** Where the caller would take a synchronous exception to EL1. */
static uint64_t caller_vector(const struct hvc_context *context)
{
	enum hvc_level from = context->call->from;
	enum hvc_vector_group group = from == HVC_LEVEL_EL0    ? HVC_GROUP_LOWER_A64
	                              : from == HVC_LEVEL_EL1T ? HVC_GROUP_CURRENT_SP0
	                                                       : HVC_GROUP_CURRENT_SPX;

	if (hvc_level_is_aarch32(from))
		return hvc_aarch32_vectors(context->entry->v[HVC_REG_VBAR_EL1],
		                           context->entry->v[HVC_REG_SCTLR_EL1]) +
		       HVC_AARCH32_UNDEFINED;
	return (context->entry->v[HVC_REG_VBAR_EL1] & HVC_MASK_VBAR) + hvc_arch_vector(group);
}

static uint64_t term_value(const struct hvc_term *term, const struct hvc_context *context)
{
	const struct hvc_call *call = context->call;

	switch (term->kind) {
	case HVC_TERM_CONST:
		return term->value;
	case HVC_TERM_REG:
		return context->entry->v[term->reg];
	case HVC_TERM_IMM:
		return hvc_call__imm(call);
	case HVC_TERM_ESR:
		return call->insn == HVC_INSN_TRAP
		               ? (context->entry->v[HVC_REG_ESR_EL2] & ~UINT64_C(0xffff)) |
		                         call->imm
		               : hvc_call__esr(call);
	case HVC_TERM_RETURN:
		return hvc_call__address(call) + 4;
	case HVC_TERM_SELF:
		return hvc_call__address(call);
	case HVC_TERM_SPSR:
		return hvc_call__spsr(call, context->entry);
	case HVC_TERM_VECTOR:
		return caller_vector(context);
	default:
		return 0;
	}
}

static uint64_t apply_binary(enum hvc_term_kind kind, uint64_t a, uint64_t b)
{
	switch (kind) {
	case HVC_TERM_AND:
		return a & b;
	case HVC_TERM_OR:
		return a | b;
	case HVC_TERM_XOR:
		return a ^ b;
	case HVC_TERM_ADD:
		return a + b;
	case HVC_TERM_SUB:
		return a - b;
	case HVC_TERM_SHL:
		return b < 64 ? a << b : 0;
	case HVC_TERM_SHR:
		return b < 64 ? a >> b : 0;
	default:
		return 0;
	}
}

unsigned hvc_expr__arity(enum hvc_term_kind kind)
{
	switch (kind) {
	case HVC_TERM_AND:
	case HVC_TERM_OR:
	case HVC_TERM_XOR:
	case HVC_TERM_ADD:
	case HVC_TERM_SUB:
	case HVC_TERM_SHL:
	case HVC_TERM_SHR:
		return 2;
	case HVC_TERM_NOT:
	case HVC_TERM_NEG:
		return 1;
	case HVC_TERM_FUNCTION:
		return 3;
	default:
		return 0;
	}
}

uint64_t hvc_expr__eval(const struct hvc_expr *expr, const struct hvc_context *context)
{
	uint64_t stack[HVC_EXPR_MAX];
	unsigned top = 0;

	/* Nearly every promise is one constant or one register. */
	if (expr->count == 1)
		return term_value(expr->term, context);
	for (unsigned i = 0; i < expr->count; i++) {
		const struct hvc_term *term = &expr->term[i];

		switch (hvc_expr__arity(term->kind)) {
		case 0:
			stack[top++] = term_value(term, context);
			break;
		case 1:
			stack[top - 1] =
			        term->kind == HVC_TERM_NOT ? ~stack[top - 1] : -stack[top - 1];
			break;
		case 2:
			top--;
			stack[top - 1] = apply_binary(term->kind, stack[top - 1], stack[top]);
			break;
		default:
			top -= 2;
			stack[top - 1] =
			        hvc_function__result(stack[top - 1], stack[top], stack[top + 1]);
		}
	}
	return stack[0];
}

bool hvc_expr__equal(const struct hvc_expr *a, const struct hvc_expr *b)
{
	if (a->count != b->count)
		return false;
	for (unsigned i = 0; i < a->count; i++) {
		const struct hvc_term *s = &a->term[i], *t = &b->term[i];

		if (s->kind != t->kind || (s->kind == HVC_TERM_REG && s->reg != t->reg) ||
		    (s->kind == HVC_TERM_CONST && s->value != t->value))
			return false;
	}
	return true;
}

struct hvc_expr hvc_expr__term(enum hvc_term_kind kind)
{
	struct hvc_expr expr = {.count = 1, .term = {{.kind = kind, .reg = HVC_REG_NONE}}};

	return expr;
}

struct hvc_expr hvc_expr__const(uint64_t value)
{
	struct hvc_expr expr = hvc_expr__term(HVC_TERM_CONST);

	expr.term[0].value = value;
	return expr;
}

struct hvc_expr hvc_expr__reg(enum hvc_reg reg)
{
	struct hvc_expr expr = hvc_expr__term(HVC_TERM_REG);

	expr.term[0].reg = reg;
	return expr;
}
