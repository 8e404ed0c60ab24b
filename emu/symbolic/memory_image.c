/* SPDX-License-Identifier: MIT */
/* Memory as the image has it, before anything is stored: its bytes, and which of them say nothing.
 */
#include "symbolic/scene.h"

/** Of hvc_machine__function. */
#define FUNCTION_SIZE 24u

bool hvc_memory__shipped(const struct hvc_image *image, uint64_t address, uint8_t *byte)
{
	for (unsigned i = 0; i < image->segments; i++) {
		const struct hvc_segment *s = &image->segment[i];
		uint64_t at = address - s->address;

		if (at >= s->size)
			continue;
		*byte = s->data && at < s->data_size ? s->data[at] : 0;
		return true;
	}
	return false;
}

/* Behind a segment, to the end of its page, the machine has zeros. */
static bool is_rest_of_page(const struct hvc_image *image, uint64_t address)
{
	const uint64_t page = 0x1000;

	for (unsigned i = 0; i < image->segments; i++) {
		const struct hvc_segment *s = &image->segment[i];
		uint64_t lo = s->address & ~(page - 1);

		if (address - lo < ((s->address + s->size + page - 1) & ~(page - 1)) - lo)
			return true;
	}
	return false;
}

bool hvc_memory__fetch(const struct hvc_scene *scene, uint64_t address, uint32_t *word)
{
	uint8_t byte[4];

	if (scene->function && address - HVC_FUNCTION < FUNCTION_SIZE) {
		*word = scene->function[(address - HVC_FUNCTION) / 4];
		return true;
	}
	for (unsigned i = 0; i < 4; i++) {
		byte[i] = 0;
		if (!hvc_memory__shipped(scene->image, address + i, &byte[i]) &&
		    !is_rest_of_page(scene->image, address + i))
			return false;
	}
	*word = byte[0] | (uint32_t)byte[1] << 8 | (uint32_t)byte[2] << 16 |
	        (uint32_t)byte[3] << 24;
	return true;
}

bool hvc_memory__is_secret(const struct hvc_scene *scene, uint64_t address)
{
	size_t lo = 0, hi = scene->secrets ? scene->secrets->memories : 0;

	while (lo < hi) {
		size_t middle = (lo + hi) / 2;
		const struct hvc_range *span = &scene->secrets->memory[middle];

		if (address > span->hi)
			lo = middle + 1;
		else if (address < span->lo)
			hi = middle;
		else
			return true;
	}
	return false;
}

struct hvc_extent hvc_extent__of_image(const struct hvc_image *image)
{
	struct hvc_extent all = {UINT64_MAX, 0};

	for (unsigned i = 0; i < image->segments; i++) {
		const struct hvc_segment *s = &image->segment[i];

		all.lo = s->address < all.lo ? s->address : all.lo;
		all.hi = s->address + s->size > all.hi ? s->address + s->size : all.hi;
	}
	return all;
}

hvc_ref hvc_extent__has(struct hvc_bvs *t, const struct hvc_extent *extent, hvc_ref address,
                        unsigned size)
{
	return hvc_bv__ult(t, hvc_bv__sub(t, address, hvc_bv__num(t, 64, extent->lo)),
	                   hvc_bv__num(t, 64, extent->hi - extent->lo - size + 1));
}

/* Memory of the image that boot fills: what it holds here says nothing. */
bool hvc_memory__is_unset(const struct hvc_scene *scene, uint64_t address)
{
	const struct hvc_image *image = scene->image;
	unsigned lo = 0, hi = image->unsets;

	if (!scene->unset_is_input)
		return false;
	for (unsigned i = 0; i < scene->pieces; i++)
		if (address - image->segment[i].address < image->segment[i].size)
			return false;
	while (lo < hi) {
		unsigned middle = lo + (hi - lo) / 2;

		if (address - image->unset[middle].address < image->unset[middle].size)
			return true;
		if (image->unset[middle].address < address)
			lo = middle + 1;
		else
			hi = middle;
	}
	return false;
}
