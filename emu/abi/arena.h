/* SPDX-License-Identifier: MIT */
/** Memory that is freed all at once: what a loaded ABI points to lives exactly as long as it. */
#ifndef HVC_ABI_ARENA_H
#define HVC_ABI_ARENA_H

#include <stddef.h>

struct hvc_arena_block;

/** Zero-initialise. */
struct hvc_arena {
	struct hvc_arena_block *last;
};

/** size zeroed bytes, aligned for any type; NULL when memory ran out. size may be 0. */
void *hvc_arena__take(struct hvc_arena *arena, size_t size);
/** A NUL-terminated copy of length bytes; NULL when memory ran out. */
char *hvc_arena__copy(struct hvc_arena *arena, const char *text, size_t length);
/** Free everything; the arena is empty again. */
void hvc_arena__free(struct hvc_arena *arena);

#endif
