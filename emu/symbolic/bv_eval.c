/* SPDX-License-Identifier: MIT */
/* What each operator computes, and the value of a term under a model. */
#include <stdlib.h>
#include <string.h>

#include "symbolic/bv_node.h"

#include "base/grow.h"

static int64_t as_signed(uint64_t value, unsigned width)
{
	return (int64_t)(value << (64 - width)) >> (64 - width);
}

static uint64_t high_product(uint64_t a, uint64_t b)
{
	uint64_t al = (uint32_t)a, ah = a >> 32, bl = (uint32_t)b, bh = b >> 32;
	uint64_t low = al * bl, cross = ah * bl + (low >> 32), other = al * bh + (uint32_t)cross;

	return ah * bh + (cross >> 32) + (other >> 32);
}

/* The quotient as AArch64 has it: the least number divided by -1 is itself. */
static uint64_t divide(int64_t a, int64_t b)
{
	if (b == 0)
		return 0;
	return b == -1 ? -(uint64_t)a : (uint64_t)(a / b);
}

static uint64_t count_zeros(uint64_t a, unsigned width)
{
	unsigned n = 0;

	while (n < width && !(a >> (width - 1 - n) & 1))
		n++;
	return n;
}

static uint64_t reverse(uint64_t a, unsigned width)
{
	uint64_t r = 0;

	for (unsigned i = 0; i < width; i++)
		r |= (a >> i & 1) << (width - 1 - i);
	return r;
}

static uint64_t shift(enum hvc_op op, unsigned width, uint64_t a, uint64_t by)
{
	int64_t sign = as_signed(a, width);

	if (by >= width)
		return op == HVC_OP_ASHR && sign < 0 ? UINT64_MAX : 0;
	return op == HVC_OP_SHL ? a << by : op == HVC_OP_LSHR ? a >> by : (uint64_t)(sign >> by);
}

/* Bits above the width are anything. */
static uint64_t apply(enum hvc_op op, unsigned width, uint64_t low, const unsigned *widths,
                      const uint64_t *arg)
{
	uint64_t a = arg[0], b = arg[1];
	int64_t as = as_signed(a, widths[0]), bs = as_signed(b, widths[0]);

	switch (op) {
	case HVC_OP_ADD:
		return a + b;
	case HVC_OP_SUB:
		return a - b;
	case HVC_OP_NEG:
		return -a;
	case HVC_OP_MUL:
		return a * b;
	case HVC_OP_UMULH:
		return high_product(a, b);
	case HVC_OP_SMULH:
		return high_product(a, b) - (as < 0 ? b : 0) - (bs < 0 ? a : 0);
	case HVC_OP_UDIV:
		return b ? a / b : 0;
	case HVC_OP_SDIV:
		return divide(as, bs);
	case HVC_OP_CLZ:
		return count_zeros(a, width);
	case HVC_OP_RBIT:
		return reverse(a, width);
	case HVC_OP_AND:
		return a & b;
	case HVC_OP_OR:
		return a | b;
	case HVC_OP_XOR:
		return a ^ b;
	case HVC_OP_NOT:
		return ~a;
	case HVC_OP_SHL:
	case HVC_OP_LSHR:
	case HVC_OP_ASHR:
		return shift(op, width, a, b);
	case HVC_OP_EXTRACT:
		return a >> low;
	case HVC_OP_CONCAT:
		return a << widths[1] | b;
	case HVC_OP_SEXT:
		return (uint64_t)as;
	case HVC_OP_ITE:
		return a ? b : arg[2];
	case HVC_OP_EQ:
		return a == b;
	case HVC_OP_ULT:
		return a < b;
	case HVC_OP_SLT:
		return as < bs;
	default:
		return 0;
	}
}

uint64_t hvc_bv__apply(enum hvc_op op, unsigned width, uint64_t low, const unsigned *widths,
                       const uint64_t *arg)
{
	return apply(op, width, low, widths, arg) & hvc_bv__mask(width);
}

/* Begin a walk: room for all ids, and no node has been visited. False: memory ran out. */
static bool walk(struct hvc_bvs *terms)
{
	if (terms->scratch < terms->nodes || !terms->scratch) {
		size_t size = 2 * terms->nodes + 1024;
		uint64_t *value = realloc(terms->value, size * sizeof *value);
		uint32_t *stamp = realloc(terms->stamp, size * sizeof *stamp);

		if (value)
			terms->value = value;
		if (stamp)
			terms->stamp = stamp;
		if (!value || !stamp) {
			terms->status = HVC_E_NOMEM;
			return false;
		}
		memset(stamp + terms->scratch, 0, (size - terms->scratch) * sizeof *stamp);
		terms->scratch = size;
	}
	if (++terms->now == 0) {
		memset(terms->stamp, 0, terms->scratch * sizeof *terms->stamp);
		terms->now = 1;
	}
	return true;
}

/* One more on the stack of a walk. False: memory ran out. */
static bool push(struct hvc_bvs *terms, size_t *depth, hvc_ref a)
{
	if (!hvc_grow(&terms->stack, &terms->stack_max, *depth, sizeof *terms->stack)) {
		terms->status = HVC_E_NOMEM;
		return false;
	}
	terms->stack[(*depth)++] = a;
	return true;
}

static uint64_t input_value(struct hvc_bvs *terms, hvc_ref a, const struct hvc_model *model)
{
	size_t i = a->value;

	if (model && i < model->count && (!model->given || model->given[i]))
		return model->value[i] & hvc_bv__mask(a->width);
	return terms->input[i].usual & hvc_bv__mask(a->width);
}

/* A node all of whose arguments have a value. */
static uint64_t node_value(struct hvc_bvs *terms, hvc_ref a, const struct hvc_model *model)
{
	uint64_t arg[HVC_BV_ARGS] = {0};
	unsigned widths[HVC_BV_ARGS] = {0};

	if (a->op == HVC_OP_INPUT)
		return input_value(terms, a, model);
	for (unsigned i = 0; i < a->args; i++) {
		hvc_ref b = a->arg[i];

		arg[i] = b->op == HVC_OP_CONST ? b->value : terms->value[b->id];
		widths[i] = b->width;
	}
	if (a->op == HVC_OP_OPAQUE)
		return hvc_bv__compute(hvc_bv__opaque_name(a), a->width, arg);
	return hvc_bv__apply((enum hvc_op)a->op, a->width, a->value, widths, arg);
}

uint64_t hvc_bv__eval(struct hvc_bvs *terms, hvc_ref a, const struct hvc_model *model)
{
	size_t depth = 0;

	if (a->op == HVC_OP_CONST)
		return a->value;
	if (!walk(terms) || !push(terms, &depth, a))
		return 0;
	while (depth) {
		hvc_ref top = terms->stack[depth - 1];
		bool ready = true;

		if (terms->stamp[top->id] == terms->now) {
			depth--;
			continue;
		}
		for (unsigned i = 0; i < top->args; i++) {
			hvc_ref b = top->arg[i];

			if (b->op == HVC_OP_CONST || terms->stamp[b->id] == terms->now)
				continue;
			if (!push(terms, &depth, b))
				return 0;
			ready = false;
		}
		if (!ready)
			continue;
		terms->value[top->id] = node_value(terms, top, model);
		terms->stamp[top->id] = terms->now;
		depth--;
	}
	return terms->value[a->id];
}

static int by_index(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return (x > y) - (x < y);
}

size_t hvc_bv__inputs(struct hvc_bvs *terms, hvc_ref a, size_t *index, size_t most)
{
	size_t depth = 0, count = 0;

	if (!a->uses || !walk(terms) || !push(terms, &depth, a))
		return 0;
	while (depth) {
		hvc_ref top = terms->stack[--depth];

		if (top->op == HVC_OP_CONST || terms->stamp[top->id] == terms->now)
			continue;
		terms->stamp[top->id] = terms->now;
		if (top->op == HVC_OP_INPUT) {
			if (count < most)
				index[count] = top->value;
			count++;
		}
		for (unsigned i = 0; i < top->args; i++)
			if (!push(terms, &depth, top->arg[i]))
				return count;
	}
	if (count <= most)
		qsort(index, count, sizeof *index, by_index);
	return count;
}
