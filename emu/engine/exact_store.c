/* SPDX-License-Identifier: MIT */
/*
 * Stores of a path as its row tells them: first those that others see, all of them in their order;
 * then what EL2 keeps in its own memory, where only what is there in the end counts.
 */
#include <stdlib.h>

#include "engine/exact_trial.h"
#include "machine/world.h"

/* The image, and what only EL2 knows the address of. */
static bool is_own(const struct hvc_exact *exact, const struct hvc_log *log)
{
	const struct hvc_image *image = hvc_subject_image(exact->subject);

	if (log->base)
		return !hvc_way__is_callers(exact->terms, log->base);
	for (unsigned i = 0; i < image->segments; i++)
		if (log->offset - image->segment[i].address < image->segment[i].size)
			return true;
	return log->offset - HVC_EL2_DATA < HVC_EL2_DATA_SIZE;
}

/* On the stack that the call has found, or on one that EL2 has gone to. */
static bool is_stack(const struct hvc_exact_part *part, const struct hvc_log *log)
{
	hvc_ref base = NULL, sp = part->symbolic->before[HVC_REG_SP_EL2];
	uint64_t top = sp ? hvc_bv__offset(sp, &base) : 0;

	return log->stack && (!sp || log->base != base || (int64_t)(log->offset - top) < 0);
}

/* Stores among which one that overwrites another is looked for. */
#define OVERWRITING_MAX 512u

/* Have later ones written all of it? */
static bool is_gone(const struct hvc_log *last, const struct hvc_log *log)
{
	unsigned left = (1u << log->size) - 1; /* a bit a byte */

	for (unsigned i = 0; last != log && left && i < OVERWRITING_MAX; i++, last = last->before)
		for (unsigned at = 0; last->base == log->base && at < log->size; at++)
			if (log->offset + at - last->offset < last->size)
				left &= ~(1u << at);
	return !left;
}

static hvc_ref address_of(const struct hvc_exact *exact, const struct hvc_log *log)
{
	hvc_ref offset = hvc_bv__num(exact->terms, 64, log->offset);

	return log->base ? hvc_bv__add(exact->terms, log->base, offset) : offset;
}

/* Is it what was there at the call? */
static bool is_as_before(const struct hvc_exact *exact, const struct hvc_sympath *path,
                         const struct hvc_log *log)
{
	const struct hvc_read *read = path->way->read;
	unsigned low;
	hvc_ref root = hvc_bv__root(log->value, &low), cell;

	if (low != 8 * (log->offset & 7) || !hvc_bv__input_of(exact->terms, root))
		return false;
	cell = hvc_bv__sub(exact->terms, address_of(exact, log),
	                   hvc_bv__num(exact->terms, 64, log->offset & 7));
	while (read && (read->value != root || read->address != cell))
		read = read->before;
	return read != NULL;
}

static bool is_kept(const struct hvc_exact *exact, const struct hvc_exact_part *part,
                    const struct hvc_sympath *path, const struct hvc_log *log)
{
	return path->kind != HVC_OUTCOME_HANDOFF && path->kind != HVC_OUTCOME_SPIN &&
	       path->kind != HVC_OUTCOME_FAULT && !is_stack(part, log) &&
	       !is_gone(path->way->log, log) && !is_as_before(exact, path, log);
}

bool hvc_row__fill_stores(const struct hvc_exact *exact, const struct hvc_exact_part *part,
                          const struct hvc_sympath *path, struct hvc_row *row)
{
	/* Of what is not followed to its end they are no account. */
	const struct hvc_log *all = path->end == HVC_END_OUTCOME ? path->way->log : NULL;
	unsigned seen = 0, own;

	for (const struct hvc_log *log = all; log; log = log->before)
		if (!is_own(exact, log))
			seen++;
		else if (is_kept(exact, part, path, log))
			row->own_stores++;
	row->stores = own = seen + row->own_stores;
	row->store = calloc(row->stores + 1, sizeof *row->store);
	if (!row->store)
		return false;
	for (const struct hvc_log *log = all; log; log = log->before) {
		bool is_ours = is_own(exact, log);

		if (is_ours && !is_kept(exact, part, path, log))
			continue;
		row->store[is_ours ? --own : --seen] =
		        (struct hvc_row_store){.address = address_of(exact, log),
		                               .value = log->value,
		                               .size = log->size,
		                               .own = is_ours,
		                               .pc = log->pc};
	}
	return true;
}
