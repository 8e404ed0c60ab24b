/* SPDX-License-Identifier: MIT */
#include "abi/arena.h"

#include <stdlib.h>
#include <string.h>

/* One allocation a request: loading is not hot, and sanitizers see every overrun. */
struct hvc_arena_block {
	struct hvc_arena_block *before;
	max_align_t data[];
};

void *hvc_arena__take(struct hvc_arena *arena, size_t size)
{
	struct hvc_arena_block *block = calloc(1, sizeof *block + size);

	if (!block)
		return NULL;
	block->before = arena->last;
	arena->last = block;
	return block->data;
}

char *hvc_arena__copy(struct hvc_arena *arena, const char *text, size_t length)
{
	char *copy = hvc_arena__take(arena, length + 1);

	if (copy)
		memcpy(copy, text, length);
	return copy;
}

void hvc_arena__free(struct hvc_arena *arena)
{
	while (arena->last) {
		struct hvc_arena_block *block = arena->last;

		arena->last = block->before;
		free(block);
	}
}
