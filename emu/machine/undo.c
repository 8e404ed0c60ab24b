/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "machine/internal.h"

void hvc_undo__push(struct hvc_undo *undo, uint64_t address, uint64_t old, unsigned size)
{
	if (undo->count == undo->capacity) {
		size_t capacity = undo->capacity ? 2 * undo->capacity : 64;
		void *entry = realloc(undo->entry, capacity * sizeof *undo->entry);

		if (!entry) {
			undo->overflow = true;
			return;
		}
		undo->entry = entry;
		undo->capacity = capacity;
	}
	undo->entry[undo->count++] = (struct hvc_undo_entry){address, old, (uint8_t)size};
}

bool hvc_undo__apply(struct hvc_undo *undo, struct hvc_engine *engine)
{
	bool ok = !undo->overflow;

	while (undo->count > 0) {
		const struct hvc_undo_entry *entry = &undo->entry[--undo->count];

		ok &= hvc_engine__write(engine, entry->address, &entry->old, entry->size);
	}
	return ok;
}
