/* SPDX-License-Identifier: MIT */
/*
 * Pointers that the caller chose, in an exact exploration: where there is memory, and whose. What
 * memory holds there is left open. A store to EL2's own memory may change what is read, or run,
 * afterwards; the way is told of it.
 */
#include <stdlib.h>

#include "symbolic/lift.h"

#define PAGE UINT64_C(0x1000)

static int by_address(const void *a, const void *b)
{
	const struct hvc_range *x = a, *y = b;

	return (x->lo > y->lo) - (x->lo < y->lo);
}

/* From the image's first byte to its last. */
static struct hvc_range image_range(const struct hvc_image *image)
{
	struct hvc_range all = {UINT64_MAX, 0};

	for (unsigned i = 0; i < image->segments; i++) {
		const struct hvc_segment *s = &image->segment[i];
		uint64_t last = s->address + s->size - 1;

		all.lo = s->address < all.lo ? s->address : all.lo;
		all.hi = last > all.hi ? last : all.hi;
	}
	return all;
}

void hvc_pointer__map(struct hvc_scene *scene)
{
	const struct hvc_image *image = scene->image;
	struct hvc_range *range = hvc_bv__take(scene->terms, (image->segments + 1) * sizeof *range);
	size_t count = 0;

	if (!range)
		return;
	for (unsigned i = 0; i < image->segments; i++) {
		const struct hvc_segment *s = &image->segment[i];
		uint64_t last = s->address + s->size - 1;

		range[i] = (struct hvc_range){s->address & ~(PAGE - 1), last | (PAGE - 1)};
	}
	range[image->segments] =
	        (struct hvc_range){HVC_HARNESS_BASE, HVC_HARNESS_BASE + HVC_HARNESS_SIZE - 1};
	qsort(range, image->segments + 1, sizeof *range, by_address);
	for (size_t i = 1; i <= image->segments; i++) {
		if (range[i].lo > range[count].hi + 1)
			range[++count] = range[i];
		else if (range[i].hi > range[count].hi)
			range[count].hi = range[i].hi;
	}
	scene->mapped = range;
	scene->mappeds = count + 1;
}

/* Does any of the bytes lie in the range (part), or do all of them? */
static hvc_ref is_in(struct hvc_bvs *t, hvc_ref address, unsigned size, struct hvc_range range,
                     bool part)
{
	uint64_t lo = range.lo - (part ? size - 1 : 0), hi = range.hi - (part ? 0 : size - 1);

	return hvc_bv__not(t, hvc_bv__ult(t, hvc_bv__num(t, 64, hi - lo),
	                                  hvc_bv__sub(t, address, hvc_bv__num(t, 64, lo))));
}

hvc_ref hvc_pointer__own(struct hvc_scene *scene, hvc_ref address, unsigned size)
{
	const struct hvc_range data = {HVC_EL2_DATA, HVC_EL2_DATA + HVC_EL2_DATA_SIZE - 1};

	return hvc_bv__or(scene->terms,
	                  is_in(scene->terms, address, size, image_range(scene->image), true),
	                  is_in(scene->terms, address, size, data, true));
}

static hvc_ref is_there(struct hvc_scene *scene, hvc_ref address, unsigned size, bool store)
{
	const struct hvc_range fixed = {HVC_TRAMPOLINE, HVC_TRAMPOLINE + HVC_TRAMPOLINE_SIZE - 1};
	struct hvc_bvs *t = scene->terms;
	hvc_ref any = hvc_bv__num(t, 1, 0);

	for (size_t i = 0; i < scene->mappeds; i++)
		any = hvc_bv__or(t, any, is_in(t, address, size, scene->mapped[i], false));
	if (!store)
		return any;
	return hvc_bv__and(t, any, hvc_bv__not(t, is_in(t, address, size, fixed, true)));
}

bool hvc_pointer__leads(struct hvc_lift *l, hvc_ref address, unsigned size, bool store)
{
	hvc_ref base;
	bool holds;

	(void)hvc_bv__offset(address, &base);
	if (!base || !l->scene->mappeds || !(address->uses & HVC_USES_CALL) || address->choice)
		return true;
	if (!hvc_lift__known(l, is_there(l->scene, address, size, store), &holds))
		return false;
	if (!holds) {
		l->next = HVC_NEXT_FAULT;
		l->ec = HVC_EC_DABT_SAME;
		l->target = address;
		return false;
	}
	return !store || hvc_lift__known(l, hvc_pointer__own(l->scene, address, size), &holds);
}
