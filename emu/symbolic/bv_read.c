/* SPDX-License-Identifier: MIT */
/*
 * Nodes are made as they were written, not simplified: what was read is written as the same text.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hvcheck/reg.h"
#include "symbolic/bv_node.h"
#include "symbolic/bv_read.h"

/** Parentheses and arguments within one another. */
#define DEPTH_MAX 64u

hvc_ref hvc_bv_reader__bad(struct hvc_bv_reader *r, const char *message)
{
	if (!r->message)
		r->message = message;
	return NULL;
}

bool hvc_bv_reader__eat(struct hvc_bv_reader *r, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(r->text, word, length) != 0)
		return false;
	r->text += length;
	return true;
}

bool hvc_bv_reader__number(struct hvc_bv_reader *r, int base, uint64_t most, uint64_t *out)
{
	unsigned digits = 0;

	*out = 0;
	if (base == 16 && !hvc_bv_reader__eat(r, "0x"))
		return hvc_bv_reader__bad(r, "expected a number") != NULL;
	for (; isxdigit((unsigned char)*r->text); r->text++, digits++) {
		unsigned char c = (unsigned char)*r->text;
		unsigned digit = isdigit(c) ? c - (unsigned)'0' : c - 'a' + 10u;

		if (digit >= (unsigned)base || isupper(c))
			break;
		if (digit > most || *out > (most - digit) / (unsigned)base)
			return hvc_bv_reader__bad(r, "a number that is too large") != NULL;
		*out = *out * (unsigned)base + digit;
	}
	return digits || hvc_bv_reader__bad(r, "expected a number") != NULL;
}

bool hvc_bv_reader__width(struct hvc_bv_reader *r, unsigned *out)
{
	uint64_t value;

	if (!hvc_bv_reader__number(r, 10, 64, &value))
		return false;
	*out = (unsigned)value;
	return value || hvc_bv_reader__bad(r, "no bits") != NULL;
}

static hvc_ref make(struct hvc_bv_reader *r, enum hvc_op op, unsigned bits, uint64_t value,
                    unsigned args, const hvc_ref *arg)
{
	return hvc_bv__node(r->terms, op, bits, value, args, arg[0], args > 1 ? arg[1] : NULL,
	                    args > 2 ? arg[2] : NULL);
}

static hvc_ref constant(struct hvc_bv_reader *r)
{
	unsigned bits = 64;
	uint64_t value;

	if (!hvc_bv_reader__number(r, 16, UINT64_MAX, &value) ||
	    (hvc_bv_reader__eat(r, ":") && !hvc_bv_reader__width(r, &bits)))
		return NULL;
	if (value & ~hvc_bv__mask(bits))
		return hvc_bv_reader__bad(r, "a number of more bits than it has");
	return hvc_bv__num(r->terms, bits, value);
}

static hvc_ref part(struct hvc_bv_reader *r)
{
	uint64_t index;

	if (!hvc_bv_reader__number(r, 10, r->parts, &index))
		return NULL;
	return index ? r->part[index - 1] : hvc_bv_reader__bad(r, "there is no such part");
}

/* Three at most; 0: they are not read. */
static unsigned arguments(struct hvc_bv_reader *r, hvc_ref *arg)
{
	unsigned count = 0;

	do {
		if (count == HVC_BV_ARGS) {
			hvc_bv_reader__bad(r, "too many operands");
			return 0;
		}
		arg[count] = hvc_bv_reader__expression(r);
		if (!arg[count++])
			return 0;
	} while (hvc_bv_reader__eat(r, ", "));
	if (!hvc_bv_reader__eat(r, ")")) {
		hvc_bv_reader__bad(r, "expected ')'");
		return 0;
	}
	return count;
}

static hvc_ref opaque(struct hvc_bv_reader *r, const char *name)
{
	hvc_ref arg[HVC_BV_ARGS] = {NULL};
	unsigned bits, known = 0;

	if (!hvc_bv_reader__width(r, &bits))
		return NULL;
	if (!hvc_bv_reader__eat(r, "("))
		return hvc_bv_reader__bad(r, "expected '('");
	if (!hvc_bv_reader__eat(r, ")") && !arguments(r, arg))
		return NULL;
	while (known < r->functions && strcmp(r->function[known], name) != 0)
		known++;
	if (known == HVC_BV_READER_FUNCTIONS)
		return hvc_bv_reader__bad(r, "too many functions");
	if (known == r->functions)
		r->function[r->functions++] = hvc_bv__text(r->terms, name);
	return hvc_bv__opaque(r->terms, name, bits, arg[0], arg[1], arg[2]);
}

static bool fits(enum hvc_op op, unsigned count, const hvc_ref *arg)
{
	unsigned bits = arg[0]->width;

	switch (op) {
	case HVC_OP_ITE:
		return count == 3 && bits == 1 && arg[1]->width == arg[2]->width;
	case HVC_OP_CONCAT:
		return count == 2 && bits + arg[1]->width <= 64;
	case HVC_OP_CLZ:
	case HVC_OP_RBIT:
		return count == 1;
	case HVC_OP_UMULH:
	case HVC_OP_SMULH:
		return count == 2 && bits == 64 && arg[1]->width == 64;
	default:
		return count == 2 && arg[1]->width == bits;
	}
}

static hvc_ref function(struct hvc_bv_reader *r, const char *name)
{
	hvc_ref arg[HVC_BV_ARGS] = {NULL};
	unsigned count, bits = 0, op = 0;
	char digits[8];

	if (sscanf(name, "sext%u", &bits) == 1 && bits && bits <= 64 &&
	    snprintf(digits, sizeof digits, "sext%u", bits) && !strcmp(digits, name)) {
		count = arguments(r, arg);
		if (count && (count != 1 || arg[0]->width > bits))
			return hvc_bv_reader__bad(r, "operands that do not fit");
		return count ? make(r, HVC_OP_SEXT, bits, 0, 1, arg) : NULL;
	}
	while (op < HVC_OP_COUNT && strcmp(hvc_bv_file__function((enum hvc_op)op), name) != 0)
		op++;
	if (op == HVC_OP_COUNT)
		return hvc_bv_reader__bad(r, "no such function");
	count = arguments(r, arg);
	if (count && !fits((enum hvc_op)op, count, arg))
		return hvc_bv_reader__bad(r, "operands that do not fit");
	bits = !count                ? 0
	       : op == HVC_OP_CONCAT ? arg[0]->width + arg[1]->width
	       : op == HVC_OP_ITE    ? arg[1]->width
	                             : arg[0]->width;
	return count ? make(r, (enum hvc_op)op, bits, 0, count, arg) : NULL;
}

static hvc_ref word(struct hvc_bv_reader *r, const char *digits)
{
	char name[8];
	unsigned long n = strtoul(digits, NULL, 10);
	hvc_ref a;

	snprintf(name, sizeof name, "%lu", n);
	if (n >= HVC_GPR_COUNT || strcmp(name, digits) != 0)
		return hvc_bv_reader__bad(r, "no such register");
	a = hvc_bv__input_at(r->terms, n)->term;
	a = hvc_bv__node(r->terms, HVC_OP_EXTRACT, 32, 0, 1, a, NULL, NULL);
	return hvc_bv__node(r->terms, HVC_OP_CONCAT, 64, 0, 2, hvc_bv__num(r->terms, 32, 0), a,
	                    NULL);
}

static hvc_ref named(struct hvc_bv_reader *r)
{
	const struct hvc_input *input;
	char name[64] = "";
	size_t length = 0;

	while (islower((unsigned char)*r->text) || isdigit((unsigned char)*r->text) ||
	       (*r->text && strchr("_.#", *r->text))) {
		if (length + 1 == sizeof name)
			return hvc_bv_reader__bad(r, "a name that is too long");
		name[length++] = *r->text++;
	}
	name[length] = '\0';
	if (length && hvc_bv_reader__eat(r, "!"))
		return opaque(r, name);
	if (length && hvc_bv_reader__eat(r, "("))
		return function(r, name);
	if (name[0] == 'w' && isdigit((unsigned char)name[1]))
		return word(r, name + 1);
	for (size_t i = 0; (input = hvc_bv__input_at(r->terms, i)); i++)
		if (!input->address && !strcmp(input->name, name))
			return input->term;
	return hvc_bv_reader__bad(r, length ? "no such input" : "expected a value");
}

static hvc_ref primary(struct hvc_bv_reader *r)
{
	hvc_ref a;

	if (hvc_bv_reader__eat(r, "$"))
		return part(r);
	if (isdigit((unsigned char)*r->text))
		return constant(r);
	if (!hvc_bv_reader__eat(r, "("))
		return named(r);
	a = hvc_bv_reader__expression(r);
	if (a && !hvc_bv_reader__eat(r, ")"))
		return hvc_bv_reader__bad(r, "expected ')'");
	return a;
}

/* "x0[15:8][7:0]" */
hvc_ref hvc_bv_reader__operand(struct hvc_bv_reader *r)
{
	hvc_ref a = primary(r);
	uint64_t high, low;

	while (a && hvc_bv_reader__eat(r, "[")) {
		if (!hvc_bv_reader__number(r, 10, 63, &high))
			return NULL;
		if (!hvc_bv_reader__eat(r, ":"))
			return hvc_bv_reader__bad(r, "expected ':'");
		if (!hvc_bv_reader__number(r, 10, 63, &low))
			return NULL;
		if (!hvc_bv_reader__eat(r, "]"))
			return hvc_bv_reader__bad(r, "expected ']'");
		if (high >= a->width || low > high)
			return hvc_bv_reader__bad(r, "bits that it does not have");
		a = make(r, HVC_OP_EXTRACT, (unsigned)(high - low + 1), low, 1, &a);
	}
	return a;
}

static hvc_ref infix(struct hvc_bv_reader *r, hvc_ref a)
{
	unsigned op = 0, other;
	hvc_ref arg[HVC_BV_ARGS] = {a};
	bool again;

	do {
		for (other = 0; other < HVC_OP_COUNT; other++) {
			const char *text = hvc_bv_file__infix((enum hvc_op)other);
			size_t length = strlen(text);

			if (length && !strncmp(r->text + 1, text, length) &&
			    r->text[length + 1] == ' ')
				break;
		}
		if (other == HVC_OP_COUNT || (op && other != op))
			return hvc_bv_reader__bad(r, "expected an operator");
		op = other;
		r->text += strlen(hvc_bv_file__infix((enum hvc_op)op)) + 2;
		arg[1] = hvc_bv_reader__operand(r);
		if (!arg[1])
			return NULL;
		if (arg[1]->width != arg[0]->width)
			return hvc_bv_reader__bad(r, "operands that do not fit");
		arg[0] = make(r, (enum hvc_op)op, op >= HVC_OP_EQ ? 1 : arg[0]->width, 0, 2, arg);
		again = *r->text == ' ' && op < HVC_OP_EQ;
	} while (again && hvc_bv__status(r->terms) == HVC_OK);
	return arg[0];
}

hvc_ref hvc_bv_reader__expression(struct hvc_bv_reader *r)
{
	enum hvc_op op = *r->text == '~' ? HVC_OP_NOT : *r->text == '-' ? HVC_OP_NEG : HVC_OP_COUNT;
	hvc_ref a;

	if (r->depth == DEPTH_MAX)
		return hvc_bv_reader__bad(r, "too many parentheses");
	r->depth++;
	if (op != HVC_OP_COUNT)
		r->text++;
	a = hvc_bv_reader__operand(r);
	if (a && op != HVC_OP_COUNT)
		a = make(r, op, a->width, 0, 1, &a);
	else if (a && *r->text == ' ')
		a = infix(r, a);
	r->depth--;
	return a;
}
