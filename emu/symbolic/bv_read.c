/* SPDX-License-Identifier: MIT */
/*
 * Nodes are made as they were written, not simplified: what was read is written as the same text.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "hvcheck/reg.h"
#include "symbolic/bv_file.h"
#include "symbolic/bv_node.h"
#include "symbolic/scene.h"

/** Parentheses and arguments within one another. */
#define DEPTH_MAX 64u

static hvc_ref expression(struct hvc_bv_reader *r);

/* Say what is wrong here; the first stays. Always NULL. */
static hvc_ref bad(struct hvc_bv_reader *r, const char *message)
{
	if (!r->message)
		r->message = message;
	return NULL;
}

/* Take a word, if it is there. */
static bool eat(struct hvc_bv_reader *r, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(r->text, word, length) != 0)
		return false;
	r->text += length;
	return true;
}

/* A number; of base 16 behind "0x". */
static bool number(struct hvc_bv_reader *r, int base, uint64_t most, uint64_t *out)
{
	unsigned digits = 0;

	*out = 0;
	if (base == 16 && !eat(r, "0x"))
		return bad(r, "expected a number") != NULL;
	for (; isxdigit((unsigned char)*r->text); r->text++, digits++) {
		unsigned char c = (unsigned char)*r->text;
		unsigned digit = isdigit(c) ? c - (unsigned)'0' : c - 'a' + 10u;

		if (digit >= (unsigned)base || isupper(c))
			break;
		if (digit > most || *out > (most - digit) / (unsigned)base)
			return bad(r, "a number that is too large") != NULL;
		*out = *out * (unsigned)base + digit;
	}
	return digits || bad(r, "expected a number") != NULL;
}

static bool width(struct hvc_bv_reader *r, unsigned *out)
{
	uint64_t value;

	if (!number(r, 10, 64, &value))
		return false;
	*out = (unsigned)value;
	return value || bad(r, "no bits") != NULL;
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

	if (!number(r, 16, UINT64_MAX, &value) || (eat(r, ":") && !width(r, &bits)))
		return NULL;
	if (value & ~hvc_bv__mask(bits))
		return bad(r, "a number of more bits than it has");
	return hvc_bv__num(r->terms, bits, value);
}

static hvc_ref part(struct hvc_bv_reader *r)
{
	uint64_t index;

	if (!number(r, 10, r->parts, &index))
		return NULL;
	return index ? r->part[index - 1] : bad(r, "there is no such part");
}

/* Three at most; 0: they are not read. */
static unsigned arguments(struct hvc_bv_reader *r, hvc_ref *arg)
{
	unsigned count = 0;

	do {
		if (count == HVC_BV_ARGS) {
			bad(r, "too many operands");
			return 0;
		}
		arg[count] = expression(r);
		if (!arg[count++])
			return 0;
	} while (eat(r, ", "));
	if (!eat(r, ")")) {
		bad(r, "expected ')'");
		return 0;
	}
	return count;
}

static hvc_ref opaque(struct hvc_bv_reader *r, const char *name)
{
	hvc_ref arg[HVC_BV_ARGS] = {NULL};
	unsigned bits, known = 0;

	if (!width(r, &bits))
		return NULL;
	if (!eat(r, "("))
		return bad(r, "expected '('");
	if (!eat(r, ")") && !arguments(r, arg))
		return NULL;
	while (known < r->functions && strcmp(r->function[known], name) != 0)
		known++;
	if (known == HVC_BV_READER_FUNCTIONS)
		return bad(r, "too many functions");
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
			return bad(r, "operands that do not fit");
		return count ? make(r, HVC_OP_SEXT, bits, 0, 1, arg) : NULL;
	}
	while (op < HVC_OP_COUNT && strcmp(hvc_bv_file__function((enum hvc_op)op), name) != 0)
		op++;
	if (op == HVC_OP_COUNT)
		return bad(r, "no such function");
	count = arguments(r, arg);
	if (count && !fits((enum hvc_op)op, count, arg))
		return bad(r, "operands that do not fit");
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
		return bad(r, "no such register");
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
			return bad(r, "a name that is too long");
		name[length++] = *r->text++;
	}
	name[length] = '\0';
	if (length && eat(r, "!"))
		return opaque(r, name);
	if (length && eat(r, "("))
		return function(r, name);
	if (name[0] == 'w' && isdigit((unsigned char)name[1]))
		return word(r, name + 1);
	for (size_t i = 0; (input = hvc_bv__input_at(r->terms, i)); i++)
		if (!input->address && !strcmp(input->name, name))
			return input->term;
	return bad(r, length ? "no such input" : "expected a value");
}

static hvc_ref primary(struct hvc_bv_reader *r)
{
	hvc_ref a;

	if (eat(r, "$"))
		return part(r);
	if (isdigit((unsigned char)*r->text))
		return constant(r);
	if (!eat(r, "("))
		return named(r);
	a = expression(r);
	if (a && !eat(r, ")"))
		return bad(r, "expected ')'");
	return a;
}

/* "x0[15:8][7:0]" */
static hvc_ref operand(struct hvc_bv_reader *r)
{
	hvc_ref a = primary(r);
	uint64_t high, low;

	while (a && eat(r, "[")) {
		if (!number(r, 10, 63, &high))
			return NULL;
		if (!eat(r, ":"))
			return bad(r, "expected ':'");
		if (!number(r, 10, 63, &low))
			return NULL;
		if (!eat(r, "]"))
			return bad(r, "expected ']'");
		if (high >= a->width || low > high)
			return bad(r, "bits that it does not have");
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
			return bad(r, "expected an operator");
		op = other;
		r->text += strlen(hvc_bv_file__infix((enum hvc_op)op)) + 2;
		arg[1] = operand(r);
		if (!arg[1])
			return NULL;
		if (arg[1]->width != arg[0]->width)
			return bad(r, "operands that do not fit");
		arg[0] = make(r, (enum hvc_op)op, op >= HVC_OP_EQ ? 1 : arg[0]->width, 0, 2, arg);
		again = *r->text == ' ' && op < HVC_OP_EQ;
	} while (again && hvc_bv__status(r->terms) == HVC_OK);
	return arg[0];
}

static hvc_ref expression(struct hvc_bv_reader *r)
{
	enum hvc_op op = *r->text == '~' ? HVC_OP_NOT : *r->text == '-' ? HVC_OP_NEG : HVC_OP_COUNT;
	hvc_ref a;

	if (r->depth == DEPTH_MAX)
		return bad(r, "too many parentheses");
	r->depth++;
	if (op != HVC_OP_COUNT)
		r->text++;
	a = operand(r);
	if (a && op != HVC_OP_COUNT)
		a = make(r, op, a->width, 0, 1, &a);
	else if (a && *r->text == ' ')
		a = infix(r, a);
	r->depth--;
	return a;
}

/* Terms, and the lines that tell inputs and parts. */

static void start(struct hvc_bv_reader *r, const char *text)
{
	r->text = text;
	r->depth = 0;
	r->message = NULL;
}

/* Where reading stopped, in the text that it began with. */
static void stop(struct hvc_bv_reader *r, const char *text)
{
	/* What a constructor made in need is no term of the text. */
	if (hvc_bv__status(r->terms) != HVC_OK)
		r->message = hvc_bv__status(r->terms) == HVC_E_RANGE ? "too many terms"
		                                                     : "out of memory";
	if (r->message)
		r->position = (size_t)(r->text - text);
}

static bool at_end(struct hvc_bv_reader *r)
{
	return !*r->text || bad(r, "expected the end of the line") != NULL;
}

hvc_ref hvc_bv_reader__term(struct hvc_bv_reader *r, const char *text)
{
	hvc_ref a;

	start(r, text);
	a = expression(r);
	if (a && !at_end(r))
		a = NULL;
	stop(r, text);
	return r->message ? NULL : a;
}

static bool input(struct hvc_bv_reader *r, const char *text)
{
	unsigned e[5], bits, used = 0;
	struct hvc_input *made;
	char name[64];
	uint64_t usual;
	size_t length = strcspn(text, " "), before = r->terms->inputs;

	if (length >= sizeof name)
		return bad(r, "a name that is too long") != NULL;
	memcpy(name, text, length);
	name[length] = '\0';
	if (!hvc_bv_file__is_name(name))
		return bad(r, "not a name of an input") != NULL;
	if (before >= r->most_inputs)
		return bad(r, "too many inputs") != NULL;
	r->text += length;
	if (!eat(r, " ") || !width(r, &bits) || !eat(r, " ") || !number(r, 16, UINT64_MAX, &usual))
		return bad(r, "expected a width and a value") != NULL;
	for (size_t i = 0; (made = hvc_bv__input_at(r->terms, i)); i++)
		if (!strcmp(made->name, name))
			return bad(r, "an input that is there") != NULL;
	made = hvc_bv__input_of(r->terms, hvc_bv__input(r->terms, name, bits));
	if (!made || r->terms->inputs == before)
		return bad(r, "out of memory") != NULL;
	made->usual = usual;
	if (*r->text && sscanf(r->text, " s%1u_%1u_c%2u_c%2u_%1u%n", &e[0], &e[1], &e[2], &e[3],
	                       &e[4], (int *)&used) == 5) {
		for (unsigned i = 0; i < 5; i++)
			made->encoding[i] = (uint8_t)e[i];
		r->text += used;
	}
	return at_end(r);
}

bool hvc_bv_reader__input(struct hvc_bv_reader *r, const char *text)
{
	bool done;

	start(r, text);
	done = input(r, text);
	stop(r, text);
	return done && !r->message;
}

static hvc_ref memory(struct hvc_bv_reader *r)
{
	size_t before = r->terms->inputs;
	struct hvc_input *made;
	hvc_ref address = NULL, a;
	unsigned bits;
	uint64_t usual;

	r->depth = 0;
	if (!eat(r, "nowhere")) {
		address = operand(r);
		if (!address)
			return NULL;
		if (address->width != 64)
			return bad(r, "not an address");
	}
	if (!eat(r, " ") || !width(r, &bits) || !eat(r, " ") ||
	    !number(r, 16, UINT64_MAX, &usual) || !eat(r, " "))
		return bad(r, "expected a width, a value and a name");
	for (const char *at = r->text; *at; at++)
		if (*at < ' ' || *at > '~')
			return bad(r, "a letter that names do not have");
	if (!*r->text || strlen(r->text) > 400)
		return bad(r, "not a name");
	if (before >= r->most_inputs)
		return bad(r, "too many inputs");
	a = hvc_bv__input(r->terms, r->text, bits);
	made = hvc_bv__input_of(r->terms, a);
	if (!made || r->terms->inputs == before)
		return bad(r, "an input that is there");
	made->address = address;
	made->usual = usual;
	r->text += strlen(r->text);
	return a;
}

static bool new_part(struct hvc_bv_reader *r)
{
	uint64_t index;
	hvc_ref a;

	if (r->parts == r->most)
		return bad(r, "too many parts") != NULL;
	if (!hvc_grow(&r->part, &r->parts_max, r->parts, sizeof *r->part))
		return bad(r, "out of memory") != NULL;
	if (!number(r, 10, UINT32_MAX, &index))
		return false;
	if (index != r->parts + 1)
		return bad(r, "parts are counted from 1") != NULL;
	if (!eat(r, " := "))
		return bad(r, "expected ':='") != NULL;
	a = eat(r, "memory ") ? memory(r) : expression(r);
	if (!a || !at_end(r))
		return false;
	r->part[r->parts++] = a;
	return true;
}

bool hvc_bv_reader__part(struct hvc_bv_reader *r, const char *text)
{
	bool done;

	start(r, text);
	done = new_part(r);
	stop(r, text);
	return done && !r->message;
}

void hvc_bv_reader__begin(struct hvc_bv_reader *r, struct hvc_bvs *terms, size_t parts,
                          size_t inputs)
{
	memset(r, 0, sizeof *r);
	r->terms = terms;
	r->most = parts;
	r->most_inputs = inputs;
	hvc_way__inputs(terms);
}

void hvc_bv_reader__end(struct hvc_bv_reader *r)
{
	free(r->part);
	r->part = NULL;
}
