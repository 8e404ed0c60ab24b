/* SPDX-License-Identifier: MIT */
/*
 * Memory as base + offset, where the base is NULL or a pointer that is not known. Stores are a
 * log; what nothing was stored to is the image's bytes, or an input for each doubleword. Memory
 * of two bases is taken to be different, which is noted. An address that depends on inputs and
 * can have but a few values is taken apart into these.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "symbolic/scene.h"

#define ADDENDS_MAX 16u

/** Bytes on both sides of SP that are taken for a stack. */
#define FRAME 4096u

/* Where an access goes: one place, or `count` of them, at base + offset + value[i]; 0: too many. */
struct place {
	hvc_ref base;
	uint64_t offset;
	hvc_ref index; /* what takes the values; NULL: nothing does */
	uint64_t *value;
	size_t count;
};

bool hvc_memory__is_written(const struct hvc_way *way, hvc_ref base, uint64_t offset)
{
	if (!base && (offset >= way->stored.hi || offset + 4 <= way->stored.lo))
		return false;
	for (const struct hvc_log *log = way->log; log; log = log->before)
		if (log->base == base &&
		    (offset - log->offset < log->size || log->offset - offset < 4))
			return true;
	return false;
}

/* A pointer: an input, or one rounded down. */
static bool is_pointer(hvc_ref a)
{
	if (a->op == HVC_OP_CONCAT && hvc_bv__const(a->arg[1]))
		a = a->arg[0];
	if (a->op == HVC_OP_EXTRACT)
		return a->arg[0]->op == HVC_OP_INPUT && a->value + a->width == 64;
	return a->width == 64 && (a->op == HVC_OP_INPUT || a->op == HVC_OP_OPAQUE);
}

/* At most so many, of which the last may be sums themselves. */
static size_t addends(hvc_ref a, hvc_ref *list, size_t most)
{
	size_t count;

	if (a->op != HVC_OP_ADD || most < 2) {
		*list = a;
		return 1;
	}
	count = addends(a->arg[0], list, most - 1);
	return count + addends(a->arg[1], list + count, most - count);
}

/*
 * Is it one of so many places of a table or buffer that they cannot be told apart, and of which
 * something is known: what the image holds, or what was stored by that pointer?
 */
static bool is_vast(struct hvc_scene *scene, struct hvc_way *way, hvc_ref address, hvc_ref pointer,
                    hvc_ref rest)
{
	const struct hvc_extent image = hvc_extent__of_image(scene->image);
	const struct hvc_log *log = way->log;
	uint64_t one;

	if (!hvc_facts__confines(scene, &way->facts, rest, &one))
		return false;
	while (log && log->base != pointer)
		log = log->before;
	return log || (!pointer && hvc_facts__ask(scene, &way->facts,
	                                          hvc_extent__has(scene->terms, &image, address,
	                                                          1)) != HVC_ANSWER_NO);
}

static void locate(struct hvc_scene *scene, struct hvc_way *way, hvc_ref address,
                   struct place *place)
{
	struct hvc_bvs *t = scene->terms;
	hvc_ref base, pointer = NULL, rest = NULL, list[ADDENDS_MAX];
	size_t count;

	*place = (struct place){.count = 1};
	place->offset = hvc_bv__offset(address, &base);
	place->base = base;
	if (!base || is_pointer(base))
		return;
	count = addends(base, list, ADDENDS_MAX);
	for (size_t i = 0; i < count; i++) {
		if (!pointer && is_pointer(list[i]))
			pointer = list[i];
		else
			rest = rest ? hvc_bv__add(t, rest, list[i]) : list[i];
	}
	place->value = rest ? malloc(scene->addresses * sizeof *place->value) : NULL;
	if (!place->value)
		return;
	count = hvc_facts__values(scene, &way->facts, rest, place->value, scene->addresses);
	if (!count) {
		free(place->value);
		place->value = NULL;
		place->count = !is_vast(scene, way, address, pointer, rest);
		return;
	}
	place->base = pointer;
	place->index = rest;
	place->count = count;
}

static void note_apart(struct hvc_scene *scene, hvc_ref a, hvc_ref b)
{
	struct hvc_apart *apart = scene->apart;

	for (unsigned i = 0; i < scene->aparts; i++)
		if ((apart[i].a == a && apart[i].b == b) || (apart[i].a == b && apart[i].b == a))
			return;
	if (scene->aparts < HVC_SCENE_APARTS)
		apart[scene->aparts++] = (struct hvc_apart){a, b};
}

static hvc_ref address_term(struct hvc_bvs *t, hvc_ref base, uint64_t offset)
{
	hvc_ref number = hvc_bv__num(t, 64, offset);

	return base ? hvc_bv__add(t, base, number) : number;
}

hvc_ref hvc_memory__input(struct hvc_bvs *terms, hvc_ref address, const char *of, uint64_t usual)
{
	char text[300], name[330];
	struct hvc_input *input;
	hvc_ref value;

	hvc_bv__print(terms, address, text, sizeof text);
	/* Too long to be told apart by its text: by number. */
	if (snprintf(name, sizeof name, "[%s]%s", text, of) > 200)
		snprintf(name, sizeof name, "[%.150s... %u]%s", text, (unsigned)address->id, of);
	value = hvc_bv__input(terms, name, 64);
	input = hvc_bv__input_of(terms, value);
	if (input && !input->address) {
		input->address = address;
		input->usual = usual;
	}
	return value;
}

/* The input that a doubleword of this subject is, which another subject may have elsewhere. */
static hvc_ref input_at(const struct hvc_scene *scene, hvc_ref address, uint64_t usual)
{
	const char *of = "";
	uint64_t there;

	if (scene->same_data && hvc_bv__const(address)) {
		if (scene->same_data(scene->same_data_ctx, address->value, &there))
			address = hvc_bv__num(scene->terms, 64, there);
		else
			of = HVC_OF_THE_NEW;
	}
	return hvc_memory__input(scene->terms, address, of, usual);
}

/* The doubleword that is there before any store; its offset is a multiple of 8. */
static enum hvc_access cell(struct hvc_scene *scene, struct hvc_way *way, hvc_ref base,
                            uint64_t offset, hvc_ref *out)
{
	struct hvc_bvs *t = scene->terms;
	hvc_ref address = address_term(t, base, offset);
	uint64_t value = 0;
	hvc_ref high;

	if (!base && scene->memory) {
		switch (scene->memory(scene->memory_ctx, offset, &value)) {
		case HVC_KNOWN_ABSENT:
			return HVC_ACCESS_FAULT;
		case HVC_KNOWN_VALUE:
			*out = hvc_bv__num(t, 64, value);
			return HVC_ACCESS_OK;
		case HVC_KNOWN_INPUT:
			break;
		}
	}
	*out = input_at(scene, address, value);
	if (!hvc_bv__input_of(t, *out))
		return HVC_ACCESS_NONE;
	hvc_way__note_read(scene, way, address, *out, 8);
	/* The caller's own instruction is known. */
	if (scene->instruction && base && !offset && base->op == HVC_OP_INPUT &&
	    base->value == HVC_INPUT_SELF) {
		high = hvc_bv__extract(t, *out, 63, 32);
		*out = hvc_bv__concat(t, high, scene->instruction);
	}
	return HVC_ACCESS_OK;
}

/* One byte as it was before any store. */
static enum hvc_access first_byte(struct hvc_scene *scene, struct hvc_way *way, hvc_ref base,
                                  uint64_t offset, hvc_ref *out)
{
	unsigned at = 8 * (unsigned)(offset & 7);
	enum hvc_access access;
	uint8_t byte;

	if (!base && !hvc_memory__is_secret(scene, offset) &&
	    !hvc_memory__is_unset(scene, offset) &&
	    hvc_memory__shipped(scene->image, offset, &byte)) {
		*out = hvc_bv__num(scene->terms, 8, byte);
		return HVC_ACCESS_OK;
	}
	access = cell(scene, way, base, offset & ~UINT64_C(7), out);
	if (access == HVC_ACCESS_OK)
		*out = hvc_bv__extract(scene->terms, *out, at + 7, at);
	return access;
}

/** How often it is asked on a way whether pointers of the caller's are one. */
#define ALIASES_MAX 8u

/* How a load lies to an earlier store by another pointer. */
enum alias {
	ALIAS_APART, /* they have nothing in common, or are taken to have nothing */
	ALIAS_SAME,  /* one address */
	ALIAS_NEAR,  /* some bytes in common */
	ALIAS_ASK,   /* it depends on scene->asked */
};

/* Bytes from where was stored to where is loaded. */
static hvc_ref distance(struct hvc_bvs *t, const struct hvc_log *log, hvc_ref base, uint64_t offset)
{
	return hvc_bv__sub(t, address_term(t, base, offset),
	                   address_term(t, log->base, log->offset));
}

/* Only a caller makes two pointers one: what EL2 keeps leads to different memory. */
static bool may_alias(const struct hvc_scene *scene, hvc_ref a, hvc_ref b)
{
	struct hvc_bvs *t = scene->terms;

	return scene->aliases && a && b && hvc_way__is_callers(t, a) && hvc_way__is_callers(t, b);
}

static enum alias alias_of(struct hvc_scene *scene, struct hvc_way *way, const struct hvc_log *log,
                           hvc_ref base, uint64_t offset, unsigned size)
{
	struct hvc_bvs *t = scene->terms;
	hvc_ref far, same, near;
	enum hvc_verdict_of fact;

	if (!may_alias(scene, log->base, base)) {
		note_apart(scene, log->base, base);
		return ALIAS_APART;
	}
	far = distance(t, log, base, offset);
	same = hvc_bv__eq(t, far, hvc_bv__num(t, 64, 0));
	fact = hvc_facts__decide(scene, &way->facts, same);
	if (fact == HVC_FACT_TRUE)
		return ALIAS_SAME;
	scene->asked = same;
	if (fact == HVC_FACT_FALSE) {
		near = hvc_bv__ult(t, hvc_bv__add(t, far, hvc_bv__num(t, 64, size - 1)),
		                   hvc_bv__num(t, 64, size + log->size - 1));
		fact = hvc_facts__decide(scene, &way->facts, near);
		if (fact == HVC_FACT_TRUE)
			return ALIAS_NEAR;
		if (fact == HVC_FACT_FALSE)
			return ALIAS_APART;
		scene->asked = near;
	}
	if (fact == HVC_FACT_OPEN && way->aliases < ALIASES_MAX) {
		way->aliases++;
		return ALIAS_ASK;
	}
	scene->many_aliases = true;
	note_apart(scene, log->base, base);
	return ALIAS_APART;
}

/* A byte of a store by another pointer, where it is there. */
static hvc_ref near_byte(struct hvc_scene *scene, struct hvc_way *way, const struct hvc_log *log,
                         hvc_ref far, hvc_ref other)
{
	struct hvc_bvs *t = scene->terms;
	hvc_ref value = log->value, there = hvc_bv__ult(t, far, hvc_bv__num(t, 64, log->size));

	if (hvc_facts__decide(scene, &way->facts, there) == HVC_FACT_FALSE)
		return other;
	if (value->width < 64)
		value = hvc_bv__concat(t, hvc_bv__num(t, 64 - value->width, 0), value);
	value = hvc_bv__lshr(t, value, hvc_bv__shl(t, far, hvc_bv__num(t, 64, 3)));
	return hvc_bv__ite(t, there, hvc_bv__extract(t, value, 7, 0), other);
}

/* A byte as it is behind all stores up to `log`. */
static enum hvc_access load_byte(struct hvc_scene *scene, struct hvc_way *way,
                                 const struct hvc_log *log, hvc_ref base, uint64_t offset,
                                 hvc_ref *out)
{
	enum hvc_access access;

	for (; log; log = log->before) {
		unsigned at = 8 * (unsigned)(offset - log->offset);

		if (log->base != base && may_alias(scene, log->base, base)) {
			access = load_byte(scene, way, log->before, base, offset, out);
			if (access == HVC_ACCESS_OK)
				*out = near_byte(scene, way, log,
				                 distance(scene->terms, log, base, offset), *out);
			return access;
		}
		if (log->base == base && offset - log->offset < log->size) {
			*out = hvc_bv__extract(scene->terms, log->value, at + 7, at);
			return HVC_ACCESS_OK;
		}
	}
	return first_byte(scene, way, base, offset, out);
}

/* A load of what is known, behind a store by a pointer that is not. */
static void note_behind(struct hvc_scene *scene, struct hvc_way *way, hvc_ref base, uint64_t offset,
                        unsigned size)
{
	const struct hvc_log *log = way->log;
	hvc_ref at;

	while (log && !log->base)
		log = log->before;
	if (!log || base || !scene->extents)
		return;
	at = hvc_bv__num(scene->terms, 64, offset);
	hvc_way__note_read(scene, way, at, at, size);
}

static enum hvc_access load_at(struct hvc_scene *scene, struct hvc_way *way, hvc_ref base,
                               uint64_t offset, unsigned size, hvc_ref *out)
{
	enum alias alias = ALIAS_APART;
	hvc_ref value = NULL, byte;

	note_behind(scene, way, base, offset, size);
	/* Mostly it is what one store has written. */
	for (const struct hvc_log *log = way->log; log && alias != ALIAS_NEAR; log = log->before) {
		if (log->base != base) {
			alias = alias_of(scene, way, log, base, offset, size);
			if (alias == ALIAS_ASK)
				return HVC_ACCESS_ASK;
			if (alias == ALIAS_SAME)
				return load_at(scene, way, log->base, log->offset, size, out);
			continue;
		}
		if (offset - log->offset >= log->size && log->offset - offset >= size)
			continue;
		if (log->offset != offset || log->size != size)
			break;
		*out = log->value;
		return HVC_ACCESS_OK;
	}
	for (unsigned i = 0; i < size; i++) {
		enum hvc_access access = load_byte(scene, way, way->log, base, offset + i, &byte);

		if (access != HVC_ACCESS_OK)
			return access;
		value = value ? hvc_bv__concat(scene->terms, byte, value) : byte;
	}
	*out = value;
	return HVC_ACCESS_OK;
}

/* Is there memory at a pointer that is not known? */
static enum hvc_access reach(struct hvc_scene *scene, struct hvc_way *way,
                             const struct place *place, unsigned size)
{
	struct hvc_bvs *t = scene->terms;
	hvc_ref address, there = hvc_bv__num(t, 1, 0);

	if (!place->count)
		return HVC_ACCESS_VAST;
	if (!scene->extents || !place->base || place->value)
		return HVC_ACCESS_OK;
	address = address_term(t, place->base, place->offset);
	for (unsigned i = 0; i < scene->extents; i++)
		there = hvc_bv__or(t, there, hvc_extent__has(t, &scene->extent[i], address, size));
	switch (hvc_facts__decide(scene, &way->facts, there)) {
	case HVC_FACT_TRUE:
		return HVC_ACCESS_OK;
	case HVC_FACT_FALSE:
		return HVC_ACCESS_FAULT;
	default:
		scene->asked = there;
		return HVC_ACCESS_ASK;
	}
}

static hvc_ref is_at(struct hvc_scene *scene, const struct place *place, size_t i)
{
	return hvc_bv__eq(scene->terms, place->index,
	                  hvc_bv__num(scene->terms, 64, place->value[i]));
}

/* One value a group of places that hold the same, the last group being all that is left. */
static enum hvc_access load_places(struct hvc_scene *scene, struct hvc_way *way,
                                   const struct place *place, unsigned size, hvc_ref *out)
{
	hvc_ref *value = calloc(place->count, sizeof *value), all = NULL;
	enum hvc_access access = value ? HVC_ACCESS_OK : HVC_ACCESS_NONE;

	for (size_t i = 0; access == HVC_ACCESS_OK && i < place->count; i++)
		access = load_at(scene, way, place->base, place->offset + place->value[i], size,
		                 &value[i]);
	for (size_t i = place->count; access == HVC_ACCESS_OK && i-- > 0;) {
		hvc_ref here = NULL, one = value[i];

		if (!one)
			continue;
		for (size_t j = 0; j <= i; j++)
			if (value[j] == one) {
				here = here ? hvc_bv__or(scene->terms, here, is_at(scene, place, j))
				            : is_at(scene, place, j);
				value[j] = NULL;
			}
		all = all ? hvc_bv__ite(scene->terms, here, one, all) : one;
	}
	free(value);
	*out = all;
	return access;
}

enum hvc_access hvc_memory__load(struct hvc_scene *scene, struct hvc_way *way, hvc_ref address,
                                 unsigned size, hvc_ref *value)
{
	enum hvc_access access;
	struct place place;

	locate(scene, way, address, &place);
	access = reach(scene, way, &place, size);
	if (access != HVC_ACCESS_OK)
		return access;
	if (place.value)
		access = load_places(scene, way, &place, size, value);
	else
		access = load_at(scene, way, place.base, place.offset, size, value);
	if (access == HVC_ACCESS_OK && !place.value && !place.base) {
		way->loaded = *value;
		way->loaded_at = place.offset;
	}
	way->partial |= place.count > 1 && access == HVC_ACCESS_FAULT;
	free(place.value);
	return access;
}

/* Is it what was stored there last, and is there still? */
static bool is_again(const struct hvc_log *log)
{
	for (const struct hvc_log *old = log->before; old; old = old->before) {
		if (old->base != log->base || (old->offset - log->offset >= log->size &&
		                               log->offset - old->offset >= old->size))
			continue;
		return old->offset == log->offset && old->size == log->size &&
		       old->value == log->value;
	}
	return false;
}

/* Is it one more than has just been loaded from there? */
static bool counts(struct hvc_scene *scene, const struct hvc_way *way, hvc_ref base,
                   uint64_t offset, hvc_ref value)
{
	struct hvc_bvs *t = scene->terms;

	return !base && !way->exclusive && way->loaded && way->loaded_at == offset &&
	       way->loaded->width == value->width &&
	       value == hvc_bv__add(t, way->loaded, hvc_bv__num(t, value->width, 1));
}

static enum hvc_access store_at(struct hvc_scene *scene, struct hvc_way *way, hvc_ref base,
                                uint64_t offset, unsigned size, hvc_ref value, hvc_ref when)
{
	struct hvc_log *log;
	hvc_ref old, sp_base;
	uint64_t sp;

	/* Is there something to write to? */
	if (!base && scene->memory) {
		enum hvc_access access = first_byte(scene, way, base, offset, &old);

		if (access != HVC_ACCESS_OK)
			return access;
	}
	log = hvc_bv__take(scene->terms, sizeof *log);
	if (!log)
		return HVC_ACCESS_NONE;
	sp = hvc_bv__offset(way->sys[way->spx ? HVC_REG_SP_EL2 : HVC_REG_SP_EL0], &sp_base);
	if (!base) {
		uint64_t end = offset + size;

		way->stored.lo = offset < way->stored.lo ? offset : way->stored.lo;
		way->stored.hi = end > way->stored.hi ? end : way->stored.hi;
	}
	*log = (struct hvc_log){.before = way->log,
	                        .base = base,
	                        .offset = offset,
	                        .value = value,
	                        .when = when,
	                        .pc = way->pc,
	                        .size = (uint8_t)size,
	                        .counts = counts(scene, way, base, offset, value),
	                        .stack = base == sp_base && offset - sp + FRAME < 2 * FRAME};
	way->log = log;
	way->stores++;
	way->changes += !is_again(log);
	return HVC_ACCESS_OK;
}

enum hvc_access hvc_memory__store(struct hvc_scene *scene, struct hvc_way *way, hvc_ref address,
                                  unsigned size, hvc_ref value, hvc_ref when)
{
	struct hvc_bvs *t = scene->terms;
	enum hvc_access access;
	struct place place;

	locate(scene, way, address, &place);
	access = reach(scene, way, &place, size);
	if (access != HVC_ACCESS_OK)
		return access;
	if (!place.value)
		return store_at(scene, way, place.base, place.offset, size, value, when);
	for (size_t i = 0; access == HVC_ACCESS_OK && i < place.count; i++) {
		uint64_t offset = place.offset + place.value[i];
		hvc_ref here = is_at(scene, &place, i), old;

		access = load_at(scene, way, place.base, offset, size, &old);
		if (access == HVC_ACCESS_OK)
			access = store_at(scene, way, place.base, offset, size,
			                  hvc_bv__ite(t, here, value, old),
			                  when ? hvc_bv__and(t, here, when) : here);
	}
	way->partial |= place.count > 1 && access == HVC_ACCESS_FAULT;
	free(place.value);
	return access;
}
