/* SPDX-License-Identifier: MIT */
/*
 * Addresses of a map's image and their symbols, of a subject or of a saved map; and where another
 * map's image has the same.
 */
#include <string.h>

#include "engine/exact.h"

bool hvc_exact__symbol(const struct hvc_exact *exact, uint64_t address, const char **name,
                       uint64_t *offset)
{
	const struct hvc_exact_symbol *symbol = exact->origin.symbol;
	unsigned low = 0, high = exact->origin.symbols;

	if (exact->subject)
		return hvc_subject_symbol(exact->subject, address, name, offset);
	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (symbol[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || !hvc_exact__is_inside(exact, address))
		return false;
	*name = symbol[low - 1].name;
	*offset = address - symbol[low - 1].address;
	return true;
}

bool hvc_exact__find(const struct hvc_exact *exact, const char *name, uint64_t *address)
{
	if (exact->subject)
		return hvc_subject_find(exact->subject, name, address) == HVC_OK;
	for (unsigned i = 0; i < exact->origin.symbols; i++)
		if (!strcmp(exact->origin.symbol[i].name, name)) {
			*address = exact->origin.symbol[i].address;
			return true;
		}
	return false;
}

bool hvc_exact__is_inside(const struct hvc_exact *exact, uint64_t address)
{
	const struct hvc_image *image;

	for (unsigned i = 0; i < exact->origin.insides; i++)
		if (address >= exact->origin.inside[i].lo && address <= exact->origin.inside[i].hi)
			return true;
	if (!exact->subject)
		return false;
	image = hvc_subject_image(exact->subject);
	for (unsigned i = 0; i < image->segments; i++)
		if (address - image->segment[i].address < image->segment[i].size)
			return true;
	return false;
}

uint64_t hvc_exact__vectors(const struct hvc_exact *exact)
{
	return exact->subject ? hvc_subject_image(exact->subject)->vectors : exact->origin.vectors;
}

/* The symbol that an address is known by: where it is found by that name. */
static bool is_named(const struct hvc_exact *exact, uint64_t address, const char **name,
                     uint64_t *offset)
{
	uint64_t found;

	return hvc_exact__symbol(exact, address, name, offset) &&
	       hvc_exact__find(exact, *name, &found) && found + *offset == address;
}

static uint64_t first_address(const struct hvc_exact *exact)
{
	uint64_t first = UINT64_MAX;

	for (unsigned i = 0; i < exact->origin.insides; i++)
		first = exact->origin.inside[i].lo < first ? exact->origin.inside[i].lo : first;
	return exact->subject ? hvc_extent__of_image(hvc_subject_image(exact->subject)).lo : first;
}

bool hvc_exact__counterpart(const struct hvc_exact *from, const struct hvc_exact *to,
                            uint64_t address, uint64_t *there)
{
	const char *name, *other;
	uint64_t offset, beyond;

	*there = address;
	if (!hvc_exact__is_inside(from, address))
		return !hvc_exact__is_inside(to, address);
	if (is_named(from, address, &name, &offset)) {
		if (hvc_exact__find(to, name, there)) {
			*there += offset;
			return is_named(to, *there, &other, &beyond) && !strcmp(name, other) &&
			       beyond == offset;
		}
		*there = address;
	} else if (first_address(from) != first_address(to)) {
		*there += hvc_exact__vectors(to) - hvc_exact__vectors(from);
	}
	return hvc_exact__is_inside(to, *there) && !is_named(to, *there, &other, &beyond);
}
