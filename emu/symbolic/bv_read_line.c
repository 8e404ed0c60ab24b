/* SPDX-License-Identifier: MIT */
/* Terms, and the lines that tell inputs and parts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "symbolic/bv_node.h"
#include "symbolic/bv_read.h"
#include "symbolic/scene.h"

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
	return !*r->text || hvc_bv_reader__bad(r, "expected the end of the line") != NULL;
}

hvc_ref hvc_bv_reader__term(struct hvc_bv_reader *r, const char *text)
{
	hvc_ref a;

	start(r, text);
	a = hvc_bv_reader__expression(r);
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
		return hvc_bv_reader__bad(r, "a name that is too long") != NULL;
	memcpy(name, text, length);
	name[length] = '\0';
	if (!hvc_bv_file__is_name(name))
		return hvc_bv_reader__bad(r, "not a name of an input") != NULL;
	if (before >= r->most_inputs)
		return hvc_bv_reader__bad(r, "too many inputs") != NULL;
	r->text += length;
	if (!hvc_bv_reader__eat(r, " ") || !hvc_bv_reader__width(r, &bits) ||
	    !hvc_bv_reader__eat(r, " ") || !hvc_bv_reader__number(r, 16, UINT64_MAX, &usual))
		return hvc_bv_reader__bad(r, "expected a width and a value") != NULL;
	for (size_t i = 0; (made = hvc_bv__input_at(r->terms, i)); i++)
		if (!strcmp(made->name, name))
			return hvc_bv_reader__bad(r, "an input that is there") != NULL;
	made = hvc_bv__input_of(r->terms, hvc_bv__input(r->terms, name, bits));
	if (!made || r->terms->inputs == before)
		return hvc_bv_reader__bad(r, "out of memory") != NULL;
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
	if (!hvc_bv_reader__eat(r, "nowhere")) {
		address = hvc_bv_reader__operand(r);
		if (!address)
			return NULL;
		if (address->width != 64)
			return hvc_bv_reader__bad(r, "not an address");
	}
	if (!hvc_bv_reader__eat(r, " ") || !hvc_bv_reader__width(r, &bits) ||
	    !hvc_bv_reader__eat(r, " ") || !hvc_bv_reader__number(r, 16, UINT64_MAX, &usual) ||
	    !hvc_bv_reader__eat(r, " "))
		return hvc_bv_reader__bad(r, "expected a width, a value and a name");
	for (const char *at = r->text; *at; at++)
		if (*at < ' ' || *at > '~')
			return hvc_bv_reader__bad(r, "a letter that names do not have");
	if (!*r->text || strlen(r->text) > 400)
		return hvc_bv_reader__bad(r, "not a name");
	if (before >= r->most_inputs)
		return hvc_bv_reader__bad(r, "too many inputs");
	a = hvc_bv__input(r->terms, r->text, bits);
	made = hvc_bv__input_of(r->terms, a);
	if (!made || r->terms->inputs == before)
		return hvc_bv_reader__bad(r, "an input that is there");
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
		return hvc_bv_reader__bad(r, "too many parts") != NULL;
	if (!hvc_grow(&r->part, &r->parts_max, r->parts, sizeof *r->part))
		return hvc_bv_reader__bad(r, "out of memory") != NULL;
	if (!hvc_bv_reader__number(r, 10, UINT32_MAX, &index))
		return false;
	if (index != r->parts + 1)
		return hvc_bv_reader__bad(r, "parts are counted from 1") != NULL;
	if (!hvc_bv_reader__eat(r, " := "))
		return hvc_bv_reader__bad(r, "expected ':='") != NULL;
	a = hvc_bv_reader__eat(r, "memory ") ? memory(r) : hvc_bv_reader__expression(r);
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
