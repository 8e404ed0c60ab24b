/* SPDX-License-Identifier: MIT */
/*
 * What of two behaviours differs, and when. An address in the old subject is the new one's of the
 * same symbol, or else of the same distance from the vectors, as code moves from build to build.
 */
#include <stdio.h>
#include <string.h>

#include "engine/differ.h"
#include "symbolic/bv_node.h"

struct list {
	struct hvc_differ *d;
	struct hvc_aspect *out;
	size_t count;
};

static uint64_t move(const struct hvc_differ *d, uint64_t address)
{
	const struct hvc_exact *old = d->side[HVC_SIDE_OLD], *new = d->side[HVC_SIDE_NEW];
	uint64_t offset, there;
	const char *name;

	if (!hvc_exact__is_inside(old, address))
		return address;
	if (hvc_exact__symbol(old, address, &name, &offset) && hvc_exact__find(new, name, &there))
		return there + offset;
	there = address - hvc_exact__vectors(old) + hvc_exact__vectors(new);
	return hvc_exact__is_inside(new, there) ? there : address;
}

static hvc_ref move_number(void *ctx, hvc_ref part)
{
	const struct hvc_differ *d = ctx;

	if (!hvc_bv__const(part) || part->width != 64 || move(d, part->value) == part->value)
		return NULL;
	return hvc_bv__num(d->terms, 64, move(d, part->value));
}

/* The same, not simplified: a certificate has to say what was compared. */
static hvc_ref state(struct hvc_differ *d, hvc_ref old, hvc_ref new, hvc_ref bits)
{
	struct hvc_bvs *t = d->terms;
	hvc_ref plain = hvc_bv__node(t, HVC_OP_EQ, 1, 0, 2, old, new, NULL), moved;

	moved = hvc_bv__const(old) ? move_number(d, old) : hvc_bv__rewrite(t, old, move_number, d);
	if (moved && moved != old)
		plain = hvc_bv__node(
		        t, HVC_OP_OR, 1, 0, 2, plain,
		        hvc_bv__node(t, HVC_OP_EQ, 1, 0, 2, hvc_bv__and(t, moved, bits), new, NULL),
		        NULL);
	return hvc_bv__node(t, HVC_OP_NOT, 1, 0, 1, plain, NULL, NULL);
}

/* Bits of a mask that are not the same, the old one's addresses taken as they are or moved. */
static hvc_ref differs(struct hvc_differ *d, hvc_ref old, hvc_ref new, uint64_t mask)
{
	hvc_ref bits = hvc_bv__num(d->terms, old->width, mask), plain, moved;

	new = hvc_bv__and(d->terms, new, bits);
	if (d->stated)
		return state(d, hvc_bv__and(d->terms, old, bits), new, bits);
	plain = hvc_bv__eq(d->terms, hvc_bv__and(d->terms, old, bits), new);
	if (hvc_bv__is(plain, 1))
		return hvc_bv__num(d->terms, 1, 0);
	moved = hvc_bv__const(old) ? move_number(d, old)
	                           : hvc_bv__rewrite(d->terms, old, move_number, d);
	if (moved && moved != old)
		plain = hvc_bv__or(d->terms, plain,
		                   hvc_bv__eq(d->terms, hvc_bv__and(d->terms, moved, bits), new));
	return hvc_bv__not(d->terms, plain);
}

static void add(struct list *list, const char *name, hvc_ref when, bool seen)
{
	if (hvc_bv__is(when, 0))
		return;
	/* Of very many, the last stands for all that are left. */
	if (list->count == HVC_ASPECTS_MAX) {
		struct hvc_aspect *last = &list->out[list->count - 1];

		last->differs = hvc_bv__or(list->d->terms, last->differs, when);
		last->seen = last->seen && seen;
		return;
	}
	list->out[list->count++] =
	        (struct hvc_aspect){hvc_bv__text(list->d->terms, name), when, seen};
}

static void add_fact(struct list *list, const char *name, bool differ)
{
	add(list, name, hvc_bv__num(list->d->terms, 1, differ), true);
}

/* Where inside its own code a subject hangs or faults is nothing a caller sees. */
static bool has_place(const struct hvc_row *row)
{
	return row->target && row->kind != HVC_OUTCOME_SPIN && row->kind != HVC_OUTCOME_FORWARD;
}

static void add_end(struct list *list, const struct hvc_row *const row[2])
{
	const struct hvc_row *a = row[HVC_SIDE_OLD], *b = row[HVC_SIDE_NEW];

	if (a->kind != b->kind) {
		add_fact(list, "outcome", true);
		return;
	}
	add_fact(list, "level", a->level != b->level);
	if (has_place(a) && has_place(b))
		add(list, "target", differs(list->d, a->target, b->target, UINT64_MAX), true);
	else
		add_fact(list, "target", has_place(a) != has_place(b));
	if (a->kind != HVC_OUTCOME_FAULT)
		return;
	add_fact(list, "esr", a->ec != b->ec);
	/* Where it is the address of an instruction, it is inside. */
	if (a->far && b->far)
		add(list, "far", differs(list->d, a->far, b->far, UINT64_MAX), false);
	else
		add_fact(list, "far", (a->far != NULL) != (b->far != NULL));
}

static const struct hvc_row_effect *effect_of(const struct hvc_row *row, enum hvc_reg reg,
                                              const char *name)
{
	for (unsigned i = 0; i < row->effects; i++)
		if (row->effect[i].reg == reg &&
		    (reg != HVC_REG_NONE || !strcmp(row->effect[i].name, name)))
			return &row->effect[i];
	return NULL;
}

/* What a register is after a row's calls; NULL: the CPU has none. */
static hvc_ref after(struct hvc_differ *d, const struct hvc_exact_part *part,
                     const struct hvc_row *row, enum hvc_reg reg, const char *name)
{
	const struct hvc_row_effect *effect = effect_of(row, reg, name);

	if (effect)
		return effect->value;
	if (reg == HVC_REG_NONE)
		return hvc_bv__input(d->terms, name, 64);
	return part->before[reg];
}

static void add_register(struct list *list, const struct hvc_exact_part *const part[2],
                         const struct hvc_row *const row[2], enum hvc_reg reg, const char *name)
{
	hvc_ref a = after(list->d, part[0], row[0], reg, name);
	hvc_ref b = after(list->d, part[1], row[1], reg, name);
	uint64_t mask = UINT64_MAX;

	if (!a || !b) {
		add_fact(list, name, (a != NULL) != (b != NULL));
		return;
	}
	if (reg != HVC_REG_NONE && a->width == 64)
		mask = hvc_reg_info(reg)->mask;
	add(list, name, differs(list->d, a, b, mask & hvc_bv__mask(a->width)), reg != HVC_REG_NONE);
}

/* An address of a side's own image. */
static hvc_ref blank(void *ctx, hvc_ref part)
{
	const struct hvc_exact *exact = ctx;

	return hvc_bv__const(part) && part->width == 64 && hvc_exact__is_inside(exact, part->value)
	               ? hvc_bv__num(exact->terms, 64, 0)
	               : NULL;
}

/*
 * What a handler that is not followed gets, and was left in its registers by the dispatch, may be
 * addresses of the two images. Without symbols nobody can tell whether it is the same data, and
 * the handler's code is not compared anyway.
 */
static bool are_alike(struct hvc_differ *d, const struct hvc_row *const row[2], enum hvc_reg reg)
{
	hvc_ref blanked[HVC_SIDE_COUNT];

	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
		const struct hvc_row_effect *effect = effect_of(row[side], reg, "");

		if (!effect || !hvc_differ__is_door(d->side[side], row[side]))
			return false;
		blanked[side] =
		        hvc_bv__const(effect->value)
		                ? blank(d->side[side], effect->value)
		                : hvc_bv__rewrite(d->terms, effect->value, blank, d->side[side]);
	}
	return blanked[0] && blanked[0] == blanked[1];
}

static void add_registers(struct list *list, const struct hvc_exact_part *const part[2],
                          const struct hvc_row *const row[2])
{
	for (enum hvc_reg reg = HVC_REG_X0; reg < HVC_REG_COUNT; reg++)
		if ((effect_of(row[0], reg, hvc_reg_name(reg)) ||
		     effect_of(row[1], reg, hvc_reg_name(reg))) &&
		    !are_alike(list->d, row, reg))
			add_register(list, part, row, reg, hvc_reg_name(reg));
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
		for (unsigned i = 0; i < row[side]->effects; i++) {
			const struct hvc_row_effect *effect = &row[side]->effect[i];

			/* What both have was met on the first side. */
			if (effect->reg == HVC_REG_NONE &&
			    (side == 0 || !effect_of(row[0], HVC_REG_NONE, effect->name)))
				add_register(list, part, row, HVC_REG_NONE, effect->name);
		}
}

/* Stores that others see. */
static void add_stores(struct list *list, const struct hvc_row *const row[2])
{
	const struct hvc_row *a = row[HVC_SIDE_OLD], *b = row[HVC_SIDE_NEW];
	char name[32];

	if (a->stores - a->own_stores != b->stores - b->own_stores) {
		add_fact(list, "number of stores", true);
		return;
	}
	for (unsigned i = 0; i < a->stores - a->own_stores; i++) {
		const struct hvc_row_store *x = &a->store[i], *y = &b->store[i];
		bool seen = i < HVC_STORE_MAX;
		hvc_ref value;

		snprintf(name, sizeof name, "store %u", i + 1);
		if (x->size != y->size) {
			add(list, name, hvc_bv__num(list->d->terms, 1, 1), seen);
			continue;
		}
		value = differs(list->d, x->value, y->value, hvc_bv__mask(x->value->width));
		add(list, name,
		    hvc_bv__or(list->d->terms, differs(list->d, x->address, y->address, UINT64_MAX),
		               value),
		    seen);
	}
}

/* A place of EL2's own memory, by the address that the old side has it at. */
struct place {
	hvc_ref base; /* or NULL */
	uint64_t offset;
	const char *of; /* that of hvc_memory__input */
};

static struct place place_of(const struct hvc_differ *d, unsigned side, hvc_ref address)
{
	struct place place = {.of = ""};

	place.offset = hvc_bv__offset(address, &place.base);
	if (side == HVC_SIDE_NEW && !place.base &&
	    !hvc_exact__counterpart(d->side[HVC_SIDE_NEW], d->side[HVC_SIDE_OLD], place.offset,
	                            &place.offset))
		place.of = HVC_OF_THE_NEW;
	return place;
}

/* What a byte there is after a row's calls. */
static hvc_ref byte_after(struct hvc_differ *d, unsigned side, const struct hvc_row *row,
                          const struct place *place)
{
	hvc_ref cell = hvc_bv__num(d->terms, 64, place->offset & ~UINT64_C(7));
	unsigned bit;

	for (unsigned i = row->stores; i-- > row->stores - row->own_stores;) {
		const struct hvc_row_store *store = &row->store[i];
		struct place at = place_of(d, side, store->address);

		bit = 8 * (unsigned)(place->offset - at.offset);
		if (at.base == place->base && at.of == place->of &&
		    place->offset - at.offset < store->size)
			return hvc_bv__extract(d->terms, store->value, bit + 7, bit);
	}
	bit = 8 * (unsigned)(place->offset & 7);
	cell = hvc_memory__input(d->terms,
	                         place->base ? hvc_bv__add(d->terms, place->base, cell) : cell,
	                         place->of, 0);
	return hvc_bv__extract(d->terms, cell, bit + 7, bit);
}

/* Is the same place one of a row's stores before `end`? */
static bool is_told(const struct hvc_differ *d, unsigned side, const struct hvc_row *row,
                    unsigned end, const struct place *place, unsigned size)
{
	for (unsigned i = row->stores - row->own_stores; i < end; i++) {
		struct place at = place_of(d, side, row->store[i].address);

		if (at.base == place->base && at.offset == place->offset && at.of == place->of &&
		    row->store[i].size == size)
			return true;
	}
	return false;
}

/* What EL2 keeps, by which a later call may go. */
static void add_own_stores(struct list *list, const struct hvc_row *const row[2])
{
	struct hvc_differ *d = list->d;

	for (unsigned n = 0; n < 2; n++)
		for (unsigned i = row[n]->stores - row[n]->own_stores; i < row[n]->stores; i++) {
			struct place place = place_of(d, n, row[n]->store[i].address);
			hvc_ref value[2] = {NULL, NULL};
			unsigned size = row[n]->store[i].size;
			char address[200], name[208];

			if (is_told(d, n, row[n], i, &place, size) ||
			    (n && is_told(d, 0, row[0], row[0]->stores, &place, size)))
				continue;
			for (unsigned at = 0; at < size; at++, place.offset++)
				for (unsigned side = 0; side < 2; side++) {
					hvc_ref byte = byte_after(d, side, row[side], &place);

					value[side] = value[side] ? hvc_bv__concat(d->terms, byte,
					                                           value[side])
					                          : byte;
				}
			hvc_exact__print_place(d->side[n], row[n]->store[i].address, address,
			                       sizeof address);
			snprintf(name, sizeof name, "[%s]", address);
			add(list, name,
			    differs(d, value[0], value[1], hvc_bv__mask(value[0]->width)), false);
		}
}

/* When a row's calls read by a pointer of the caller's: a fault at EL2, where it leads nowhere. */
static hvc_ref reads_by(struct hvc_differ *d, const struct hvc_exact_part *part,
                        const struct hvc_row *row, hvc_ref base)
{
	hvc_ref any = hvc_bv__num(d->terms, 1, 0), at;

	for (unsigned i = 0; i < row->paths; i++) {
		const struct hvc_sympath *path = &part->symbolic->path[row->path[i]];
		const struct hvc_read *read = path->way->read;

		for (; read; read = read->before) {
			if (!read->address)
				continue;
			(void)hvc_bv__offset(read->address, &at);
			if (at == base)
				break;
		}
		if (read)
			any = hvc_bv__or(d->terms, any,
			                 hvc_symbolic__condition(part->symbolic, path));
	}
	return any;
}

#define POINTERS_MAX 16u

/* Pointers of the caller's that a row's calls read by, beside those that are in the list. */
static unsigned pointers_of(struct hvc_differ *d, const struct hvc_exact_part *part,
                            const struct hvc_row *row, hvc_ref *list, unsigned count)
{
	for (unsigned i = 0; part->symbolic && i < row->paths; i++) {
		const struct hvc_way *way = part->symbolic->path[row->path[i]].way;

		for (const struct hvc_read *read = way->read; read; read = read->before) {
			unsigned at = 0;
			hvc_ref base;

			if (!read->address)
				continue;
			(void)hvc_bv__offset(read->address, &base);
			while (at < count && list[at] != base)
				at++;
			if (base && at == count && count < POINTERS_MAX &&
			    hvc_way__is_callers(d->terms, base))
				list[count++] = base;
		}
	}
	return count;
}

/* Pointers of the caller's that one side reads by, and the other does not. */
static void add_reads(struct list *list, const struct hvc_exact_part *const part[2],
                      const struct hvc_row *const row[2])
{
	struct hvc_differ *d = list->d;
	hvc_ref base[POINTERS_MAX];
	char text[64], name[80];
	unsigned count;

	if (!part[0]->symbolic || !part[1]->symbolic)
		return;
	count = pointers_of(d, part[1], row[1], base, pointers_of(d, part[0], row[0], base, 0));
	for (unsigned i = 0; i < count; i++) {
		hvc_bv__print(d->terms, base[i], text, sizeof text);
		snprintf(name, sizeof name, "reads at %s", text);
		add(list, name,
		    hvc_bv__xor(d->terms, reads_by(d, part[0], row[0], base[i]),
		                reads_by(d, part[1], row[1], base[i])),
		    false);
	}
}

void hvc_differ__print_reads(struct hvc_differ *d, const struct hvc_exact_part *part,
                             const struct hvc_row *row, char *out, size_t size)
{
	hvc_ref base[POINTERS_MAX];
	unsigned count = pointers_of(d, part, row, base, 0);
	size_t length = strlen(out);
	char text[64];

	for (unsigned i = 0; i < count && length < size; i++) {
		hvc_bv__print(d->terms, base[i], text, sizeof text);
		length += (size_t)snprintf(out + length, size - length, "%s%s",
		                           i ? ", " : ", reads at ", text);
	}
}

size_t (*hvc_differ__trial)(struct hvc_differ *d, struct hvc_aspect *out, size_t count);

size_t hvc_differ__aspects(struct hvc_differ *d, const struct hvc_exact_part *const part[2],
                           const struct hvc_row *const row[2], struct hvc_aspect *out)
{
	struct list list = {d, out, 0};

	/* A handler that only one side's was followed past is not compared, which its door tells.
	 */
	for (unsigned i = 0; i < HVC_SIDE_COUNT; i++)
		if (row[i]->entered && !hvc_differ__is_door(d->side[i], row[i]) &&
		    hvc_differ__is_door(d->side[1 - i], row[1 - i]))
			return 0;
	add_end(&list, row);
	/* Of calls that end otherwise the registers are no difference of their own. */
	if (row[0]->kind == row[1]->kind) {
		add_registers(&list, part, row);
		add_stores(&list, row);
		add_own_stores(&list, row);
		add_reads(&list, part, row);
	}
	if (hvc_differ__trial)
		return hvc_differ__trial(d, out, list.count);
	return list.count;
}

bool hvc_differ__changes(struct hvc_differ *d, const struct hvc_exact_part *part,
                         const struct hvc_row_effect *effect, hvc_ref calls)
{
	struct hvc_bvs *t = d->terms;
	hvc_ref before = effect->reg == HVC_REG_NONE ? NULL : part->before[effect->reg], bits;

	if (!before)
		return true;
	bits = hvc_bv__num(t, before->width, hvc_reg_info(effect->reg)->mask);
	return hvc_differ__ask(d, calls,
	                       hvc_bv__not(t, hvc_bv__eq(t, hvc_bv__and(t, before, bits),
	                                                 hvc_bv__and(t, effect->value, bits)))) !=
	       HVC_ANSWER_NO;
}

hvc_ref hvc_differ__any(struct hvc_differ *d, const struct hvc_aspect *aspect, size_t count)
{
	hvc_ref any = hvc_bv__num(d->terms, 1, 0);

	for (size_t i = 0; i < count; i++)
		any = hvc_bv__or(d->terms, any, aspect[i].differs);
	return any;
}
