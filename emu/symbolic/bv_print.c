/* SPDX-License-Identifier: MIT */
/*
 * Terms as people write them. A term of fewer than 64 bits is either printed exactly, as the
 * number that it is, or loosely, as anything that is right in those bits: masks are written only
 * where they matter.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/number.h"
#include "symbolic/bv_node.h"

#define DEPTH_MAX 40u
#define PARTS_MAX 64u

/* How tight an operator binds, as in expr.h; between them, what is a truth value. */
enum level { ANY, TRUTH, BITS, SUM, SHIFT, UNARY };

struct printer {
	struct hvc_bvs *terms;
	char *text;
	size_t size, length;
	unsigned depth;
};

/* The bits of `mask` are those of `from`, shifted right (left where negative) by `shift`. */
struct part {
	hvc_ref from;
	int shift;
	uint64_t mask;
};

static void put(struct printer *p, const char *text)
{
	for (; *text && p->length + 1 < p->size; text++)
		p->text[p->length++] = *text;
}

static void put_number(struct printer *p, uint64_t value)
{
	char number[HVC_U64_SIZE];

	put(p, hvc_u64_bound(value, number));
}

/* The shorter of the two, so that "~0x7ff" is not sixteen digits. */
static void put_mask(struct printer *p, uint64_t mask)
{
	bool inverted = mask >> 63 && ~mask < UINT64_C(1) << 40;

	put(p, inverted ? "~" : "");
	put_number(p, inverted ? ~mask : mask);
}

static void value(struct printer *p, hvc_ref a, bool loose, enum level level);
static void truth(struct printer *p, hvc_ref a, bool is, enum level level);

static void open(struct printer *p, enum level is, enum level wanted)
{
	put(p, is < wanted ? "(" : "");
}

static void close(struct printer *p, enum level is, enum level wanted)
{
	put(p, is < wanted ? ")" : "");
}

static bool is_general(const struct hvc_input *input)
{
	return input->name[0] == 'x' && input->name[1] >= '0' && input->name[1] <= '9';
}

/* Bits that may be 1 in what is printed for `from`. */
static uint64_t possible(const struct printer *p, hvc_ref from)
{
	const struct hvc_input *input = hvc_bv__input_of(p->terms, from);

	return (~from->zeros & hvc_bv__mask(from->width)) << (input ? input->base : 0);
}

/* All of what has that name, wherever its bits are. */
static void put_whole(struct printer *p, hvc_ref from, bool loose, enum level level)
{
	const struct hvc_input *input = hvc_bv__input_of(p->terms, from);

	if (input)
		put(p, input->name);
	else
		value(p, from, loose, level);
}

static void put_part(struct printer *p, const struct part *part, uint64_t care, enum level level)
{
	const struct hvc_input *input = hvc_bv__input_of(p->terms, part->from);
	uint64_t there = possible(p, part->from);
	bool masked, loose, shifted = part->shift != 0;
	enum level is;

	there = part->shift > 0 ? there >> part->shift : there << -part->shift;
	masked = (there & ~part->mask & care) != 0;
	if (input && is_general(input) && !shifted && masked && part->mask == UINT32_MAX) {
		put(p, "w");
		put(p, input->name + 1);
		return;
	}
	is = masked ? BITS : shifted ? SHIFT : UNARY;
	loose = masked || (!shifted && !(care & ~hvc_bv__mask(part->from->width)));
	if (!shifted && !masked) {
		put_whole(p, part->from, loose, level);
	} else {
		open(p, is, level);
		open(p, SHIFT, masked && shifted ? SUM : ANY);
		put_whole(p, part->from, loose, shifted ? SHIFT : BITS);
		if (shifted) {
			put(p, part->shift > 0 ? " >> " : " << ");
			put_number(p, (uint64_t)(part->shift > 0 ? part->shift : -part->shift));
		}
		close(p, SHIFT, masked && shifted ? SUM : ANY);
		if (masked) {
			put(p, " & ");
			put_mask(p, part->mask);
		}
		close(p, is, level);
	}
}

/* Take a term apart; false: there are too many parts. */
static bool split(struct printer *p, hvc_ref a, unsigned at, struct part *part, unsigned *parts,
                  uint64_t *number)
{
	const struct hvc_input *input;
	struct part next = {a, -(int)at, hvc_bv__mask(a->width) << at};

	if (a->op == HVC_OP_CONCAT)
		return split(p, a->arg[1], at, part, parts, number) &&
		       split(p, a->arg[0], at + a->arg[1]->width, part, parts, number);
	if (a->op == HVC_OP_CONST) {
		*number |= a->value << at;
		return true;
	}
	if (a->op == HVC_OP_EXTRACT) {
		next.from = a->arg[0];
		next.shift += (int)a->value;
	}
	input = hvc_bv__input_of(p->terms, next.from);
	next.shift += input ? (int)input->base : 0;
	for (unsigned i = 0; i < *parts; i++)
		if (part[i].from == next.from && part[i].shift == next.shift) {
			part[i].mask |= next.mask;
			return true;
		}
	if (*parts == PARTS_MAX)
		return false;
	part[(*parts)++] = next;
	return true;
}

static void put_parts(struct printer *p, hvc_ref a, bool loose, enum level level)
{
	const struct hvc_input *input = hvc_bv__input_of(p->terms, a);
	struct part part[PARTS_MAX];
	unsigned parts = 0;
	uint64_t number = 0, care = loose ? hvc_bv__mask(a->width) : UINT64_MAX;
	bool several;

	if (input && !input->base) {
		put(p, input->name);
		return;
	}
	if (!split(p, a, 0, part, &parts, &number)) {
		put(p, "...");
		return;
	}
	several = parts + (number != 0) > 1;
	/* Of an input the parts are bits of its name: there is no going round in circles. */
	if (parts == 1 && !number && part[0].from == a && input) {
		open(p, SHIFT, level);
		put(p, input->name);
		put(p, " >> ");
		put_number(p, input->base);
		close(p, SHIFT, level);
		return;
	}
	open(p, BITS, several ? level : ANY);
	for (unsigned i = parts; i-- > 0;) {
		put_part(p, &part[i], care, several ? SUM : level);
		put(p, i || number ? " | " : "");
	}
	if (number)
		put_number(p, number);
	close(p, BITS, several ? level : ANY);
}

static const struct infix {
	enum hvc_op op;
	enum level level;
	bool cuts; /* the result of exact operands may not fit */
	const char *text;
} infixes[] = {
        {HVC_OP_ADD, SUM, true, " + "},    {HVC_OP_SUB, SUM, true, " - "},
        {HVC_OP_MUL, SHIFT, true, " * "},  {HVC_OP_AND, BITS, false, " & "},
        {HVC_OP_OR, BITS, false, " | "},   {HVC_OP_XOR, BITS, false, " ^ "},
        {HVC_OP_SHL, SHIFT, true, " << "}, {HVC_OP_LSHR, SHIFT, false, " >> "},
};

static const struct function {
	enum hvc_op op;
	const char *name;
} functions[] = {
        {HVC_OP_UMULH, "umulh"}, {HVC_OP_SMULH, "smulh"}, {HVC_OP_UDIV, "udiv"},
        {HVC_OP_SDIV, "sdiv"},   {HVC_OP_ASHR, "asr"},    {HVC_OP_SEXT, "sext"},
        {HVC_OP_CLZ, "clz"},     {HVC_OP_RBIT, "rbit"},
};

/* "sdiv32(a, b)"; "sext16(a)" extends bit 15 to all of 64 bits. */
static void put_function(struct printer *p, hvc_ref a)
{
	unsigned width = a->op == HVC_OP_SEXT ? a->arg[0]->width : a->width;
	char suffix[8] = "";

	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		put(p, functions[i].op == a->op ? functions[i].name : "");
	if (a->op == HVC_OP_OPAQUE)
		put(p, hvc_bv__opaque_name(a));
	else if (a->op == HVC_OP_ITE)
		put(p, "if");
	else if (width != 64)
		snprintf(suffix, sizeof suffix, "%u", width);
	put(p, suffix);
	put(p, "(");
	for (unsigned i = 0; i < a->args; i++) {
		put(p, i ? ", " : "");
		if (i == 0 && a->op == HVC_OP_ITE)
			truth(p, a->arg[i], true, ANY);
		else
			value(p, a->arg[i], false, ANY);
	}
	put(p, ")");
}

static void put_infix(struct printer *p, hvc_ref a, const struct infix *infix, bool loose,
                      enum level level)
{
	bool cut = infix->cuts && !loose && a->width < 64, minus;
	enum level is = cut ? BITS : infix->level;
	bool operand_loose = infix->cuts || (loose && a->op != HVC_OP_LSHR);
	hvc_ref b = a->arg[1];
	uint64_t number = b->value;

	open(p, is, level);
	open(p, infix->level, cut ? SUM : ANY);
	value(p, a->arg[0], operand_loose, infix->level);
	minus = a->op == HVC_OP_ADD && hvc_bv__const(b) && number >> (a->width - 1);
	put(p, minus ? " - " : infix->text);
	if (hvc_bv__const(b) && a->op == HVC_OP_AND)
		put_mask(p, number);
	else if (hvc_bv__const(b))
		put_number(p, minus ? -number & hvc_bv__mask(a->width) : number);
	else
		value(p, b, operand_loose && a->op != HVC_OP_SHL, (enum level)(infix->level + 1));
	close(p, infix->level, cut ? SUM : ANY);
	if (cut) {
		put(p, " & ");
		put_mask(p, hvc_bv__mask(a->width));
	}
	close(p, is, level);
}

static void put_prefix(struct printer *p, hvc_ref a, bool loose, enum level level)
{
	bool cut = !loose && a->width < 64;

	open(p, BITS, cut ? level : ANY);
	put(p, a->op == HVC_OP_NOT ? "~" : "-");
	value(p, a->arg[0], true, UNARY);
	if (cut) {
		put(p, " & ");
		put_mask(p, hvc_bv__mask(a->width));
	}
	close(p, BITS, cut ? level : ANY);
}

/* Is it a comparison, or put together of one? Single bits are numbers. */
static bool is_comparison(hvc_ref a, unsigned depth)
{
	if (a->op == HVC_OP_EQ || a->op == HVC_OP_ULT || a->op == HVC_OP_SLT)
		return true;
	if (a->width != 1 || a->op < HVC_OP_AND || !depth)
		return false;
	for (unsigned i = 0; i < a->args; i++)
		if (is_comparison(a->arg[i], depth - 1))
			return true;
	return false;
}

static bool is_truth(hvc_ref a)
{
	return is_comparison(a, 6);
}

static void value(struct printer *p, hvc_ref a, bool loose, enum level level)
{
	const char *alias = hvc_bv__alias_of(p->terms, a);
	char number[HVC_U64_SIZE];

	if (alias || p->depth == DEPTH_MAX || p->length + 1 >= p->size) {
		put(p, alias ? alias : "...");
		return;
	}
	p->depth++;
	for (size_t i = 0; i < sizeof infixes / sizeof *infixes; i++)
		if (infixes[i].op == a->op && !is_truth(a)) {
			put_infix(p, a, &infixes[i], loose, level);
			p->depth--;
			return;
		}
	if (is_truth(a)) {
		put(p, "if(");
		truth(p, a, true, ANY);
		put(p, ", 1, 0)");
	} else if (a->op == HVC_OP_CONST) {
		put(p, a->width == 64 ? hvc_u64_print(a->value, number)
		                      : hvc_u64_bound(a->value, number));
	} else if (a->op == HVC_OP_INPUT || a->op == HVC_OP_EXTRACT || a->op == HVC_OP_CONCAT) {
		put_parts(p, a, loose, level);
	} else if (a->op == HVC_OP_NOT || a->op == HVC_OP_NEG) {
		put_prefix(p, a, loose, level);
	} else if (a->op == HVC_OP_SEXT && a->width < 64 && !loose) {
		open(p, BITS, level);
		put_function(p, a);
		put(p, " & ");
		put_mask(p, hvc_bv__mask(a->width));
		close(p, BITS, level);
	} else {
		put_function(p, a);
	}
	p->depth--;
}

/* `is` false: that it does not hold. */
static void compare(struct printer *p, hvc_ref a, bool is)
{
	bool turned = a->op != HVC_OP_EQ && hvc_bv__const(a->arg[0]);

	value(p, a->arg[turned], false, BITS);
	if (a->op == HVC_OP_EQ)
		put(p, is ? " = " : " != ");
	else
		put(p, turned ? (is ? " > " : " <= ") : is ? " < " : " >= ");
	if (a->op == HVC_OP_SLT)
		put(p, "signed ");
	value(p, a->arg[!turned], false, BITS);
}

static void truth(struct printer *p, hvc_ref a, bool is, enum level level)
{
	const char *word;

	if (p->depth == DEPTH_MAX || p->length + 1 >= p->size) {
		put(p, "...");
		return;
	}
	p->depth++;
	if (a->op == HVC_OP_CONST) {
		put(p, a->value == is ? "always" : "never");
	} else if (a->op == HVC_OP_EQ || a->op == HVC_OP_ULT || a->op == HVC_OP_SLT) {
		compare(p, a, is);
	} else if (a->op == HVC_OP_NOT) {
		truth(p, a->arg[0], !is, level);
	} else if (a->op == HVC_OP_AND || a->op == HVC_OP_OR) {
		word = (a->op == HVC_OP_AND) == is ? " and " : " or ";
		open(p, ANY, level);
		truth(p, a->arg[0], is, TRUTH);
		put(p, word);
		truth(p, a->arg[1], is, TRUTH);
		close(p, ANY, level);
	} else {
		value(p, a, false, BITS);
		put(p, is ? " = 1" : " = 0");
	}
	p->depth--;
}

void hvc_bv__print(struct hvc_bvs *terms, hvc_ref a, char *text, size_t size)
{
	struct printer p = {.terms = terms, .text = text, .size = size};

	if (!size)
		return;
	if (is_truth(a) || a->width == 1)
		truth(&p, a, true, ANY);
	else
		value(&p, a, false, ANY);
	text[p.length] = '\0';
}
