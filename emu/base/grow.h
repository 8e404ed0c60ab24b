/* SPDX-License-Identifier: MIT */
/** Arrays that grow: one way for all of them. */
#ifndef BASE_GROW_H
#define BASE_GROW_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/**
 * Make room for one more item of `size` bytes behind the `count` that an array has. array: address
 * of a pointer to items, NULL at first, malloc'ed; *room: how many it has room for. False: memory
 * ran out, and all is as it was.
 */
static inline bool hvc_grow(void *array, size_t *room, size_t count, size_t size)
{
	size_t wanted = *room ? 2 * *room : 16;
	void *old, *grown;

	if (count < *room)
		return true;
	memcpy(&old, array, sizeof old);
	grown = realloc(old, wanted * size);
	if (!grown)
		return false;
	memcpy(array, &grown, sizeof grown);
	*room = wanted;
	return true;
}

#endif
