/* SPDX-License-Identifier: MIT */
/* What could not be compared, and so may differ. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/differ.h"
#include "machine/world.h"

/* What everything that compares two maps asks: of the solver, and of the parts of the maps. */

enum hvc_answer hvc_differ__ask(struct hvc_differ *d, hvc_ref a, hvc_ref b)
{
	enum hvc_answer answer;

	if (hvc_bv__is(a, 0) || hvc_bv__is(b, 0))
		return HVC_ANSWER_NO;
	hvc_solver__push(d->solver);
	hvc_solver__require(d->solver, a);
	if (b != a)
		hvc_solver__require(d->solver, b);
	answer = hvc_solver__check(d->solver);
	hvc_solver__pop(d->solver);
	return answer;
}

unsigned hvc_differ__parts(const struct hvc_exact *exact, const struct hvc_exact_part **out)
{
	unsigned count = 0;

	for (unsigned insn = 0; insn < HVC_INSN_COUNT; insn++)
		for (unsigned first = 2; first-- > 0;)
			for (unsigned i = 0; i < exact->parts; i++)
				if (exact->part[i].insn == insn &&
				    (exact->part[i].from == HVC_LEVEL_EL1H) == first)
					out[count++] = &exact->part[i];
	return count;
}

const struct hvc_exact_part *hvc_differ__part_of(const struct hvc_exact *exact,
                                                 const struct hvc_exact_part *like)
{
	for (unsigned i = 0; i < exact->parts; i++)
		if (exact->part[i].insn == like->insn && exact->part[i].from == like->from)
			return &exact->part[i];
	return NULL;
}

const struct hvc_exact_part *hvc_differ__other(const struct hvc_differ *d,
                                               const struct hvc_exact_part *old)
{
	return hvc_differ__part_of(d->side[HVC_SIDE_NEW], old);
}

/* The same of several callers is told once. */
static bool add_gap(struct hvc_diff *diff, uint64_t callers, const char *text)
{
	struct hvc_gap *grown;

	for (unsigned i = 0; i < diff->gaps; i++)
		if (!strcmp(diff->gap[i].text, text)) {
			diff->gap[i].callers |= callers;
			return true;
		}
	grown = realloc(diff->gap, (diff->gaps + 1) * sizeof *grown);
	if (!grown)
		return false;
	diff->gap = grown;
	grown[diff->gaps] = (struct hvc_gap){callers, strdup(text)};
	return grown[diff->gaps++].text != NULL;
}

bool hvc_differ__gap(struct hvc_differ *d, const struct hvc_exact_part *part, const char *format,
                     ...)
{
	char text[512];
	va_list args;

	if (d->one_image)
		return true;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return add_gap(d->diff, HVC_CALLER_BIT(part->insn, part->from), text);
}

/* Past the door of a handler nothing is compared, unless the user has named it for a boundary. */
bool hvc_differ__is_door(const struct hvc_exact *exact, const struct hvc_row *row)
{
	return row->kind == HVC_OUTCOME_HANDOFF && row->target && hvc_bv__const(row->target) &&
	       !hvc_world__find_stop(&exact->world, row->target->value);
}

/* The same code in the same memory does the same, known or not. Worlds are alike already. */
bool hvc_differ__are_one_image(const struct hvc_differ *d)
{
	const struct hvc_subject *const *subject = d->config->subject;
	const struct hvc_image *a, *b;
	bool same;

	/* A call that the engine dies of is never equal. */
	if (!subject[HVC_SIDE_OLD] || !subject[HVC_SIDE_NEW] || d->side[HVC_SIDE_OLD]->failed ||
	    d->side[HVC_SIDE_NEW]->failed)
		return false;
	a = hvc_subject_image(subject[HVC_SIDE_OLD]);
	b = hvc_subject_image(subject[HVC_SIDE_NEW]);
	same = a->vectors == b->vectors && a->segments == b->segments;
	for (unsigned i = 0; same && i < a->segments; i++) {
		const struct hvc_segment *x = &a->segment[i], *y = &b->segment[i];

		same = x->address == y->address && x->size == y->size &&
		       x->data_size == y->data_size && !memcmp(x->data, y->data, x->data_size);
	}
	return same;
}

/* What of a part is not known, and so may differ. */
bool hvc_differ__tell_gaps(struct hvc_differ *d, enum hvc_side side,
                           const struct hvc_exact_part *part)
{
	const struct hvc_exact *exact = d->side[side];
	char text[300];
	bool told = false;

	for (unsigned i = 0; i < part->rows; i++) {
		const struct hvc_row *row = &part->row[i];

		if (row->seen)
			continue; /* compared, as far as calls go: which is told of the part */
		hvc_exact__print_end(exact, row, text, sizeof text);
		if (row->known != HVC_ROW_PROVED || hvc_differ__is_door(exact, row)) {
			told = told || row->known != HVC_ROW_PROVED;
			if (!hvc_differ__gap(d, part, "%s: %s%s", exact->name, text,
			                     row->known == HVC_ROW_PROVED
			                             ? ", whose code is not compared"
			                             : ""))
				return false;
		}
	}
	/* Of all callers' calls. */
	if (exact->failed && !hvc_differ__gap(d, part, "%s: the engine failed on a call: %s",
	                                      exact->name, exact->failure))
		return false;
	return part->complete || told || hvc_differ__gap(d, part, "%s: %s", exact->name, part->why);
}

/* Callers that one side has alone are not compared. */
bool hvc_differ__tell_missing(struct hvc_differ *d, enum hvc_side side)
{
	const struct hvc_exact *exact = d->side[side], *other = d->side[1 - side];

	for (unsigned i = 0; i < exact->parts; i++)
		if (!hvc_differ__part_of(other, &exact->part[i]) &&
		    !hvc_differ__gap(d, &exact->part[i], "%s: nothing is known of this caller",
		                     other->name))
			return false;
	return true;
}

static bool add_apart(struct hvc_differ *d, hvc_ref pointer)
{
	char text[128] = "EL2's own";
	unsigned i = 0;

	if (pointer)
		hvc_bv__print(d->terms, pointer, text, sizeof text);
	while (i < HVC_DIFF_APARTS && d->diff->apart[i] && strcmp(d->diff->apart[i], text) != 0)
		i++;
	if (i == HVC_DIFF_APARTS || d->diff->apart[i])
		return true;
	d->diff->apart[i] = strdup(text);
	return d->diff->apart[i] != NULL;
}

bool hvc_differ__tell_apart(struct hvc_differ *d, const struct hvc_exact_part *part)
{
	const struct hvc_scene *scene = part->symbolic ? &part->symbolic->scene : NULL;

	for (unsigned i = 0; scene && !d->one_image && i < scene->aparts; i++) {
		hvc_ref a = scene->apart[i].a, b = scene->apart[i].b;
		bool of_a = a && hvc_way__is_callers(d->terms, a);
		bool of_b = b && hvc_way__is_callers(d->terms, b);

		if ((of_a && !add_apart(d, a)) || (of_b && !add_apart(d, b)) ||
		    (of_a != of_b && !add_apart(d, NULL)))
			return false;
	}
	return true;
}
