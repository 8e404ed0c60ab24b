/* SPDX-License-Identifier: MIT */
/* What in an image is data of its own: writable, or for boot to fill in. */
#include <stdlib.h>

#include "subject/image.h"

bool hvc_image__add_data(struct hvc_loaded *loaded, uint64_t address, uint64_t size)
{
	struct hvc_piece *grown;

	if (!size)
		return true;
	grown = realloc(loaded->data, (loaded->datas + 1) * sizeof *grown);
	if (!grown)
		return false;
	loaded->data = grown;
	grown[loaded->datas++] = (struct hvc_piece){.address = address, .size = size};
	return true;
}

/* Of an Image or raw file only its symbols tell: those of Linux's and most other linker scripts. */
bool hvc_image__find_data(struct hvc_loaded *loaded)
{
	const struct hvc_symbol *from = hvc_symbols__find(&loaded->symbols, "_data");
	const struct hvc_symbol *to = hvc_symbols__find(&loaded->symbols, "_edata");

	for (unsigned i = 0; i < loaded->segments; i++) {
		const struct hvc_segment *s = &loaded->segment[i];

		if (!hvc_image__add_data(loaded, s->address + s->data_size, s->size - s->data_size))
			return false;
	}
	if (loaded->format == HVC_FORMAT_ELF || !from || !to || to->address <= from->address ||
	    hvc_image__segment(loaded, from->address, to->address - from->address) < 0)
		return true;
	return hvc_image__add_data(loaded, from->address, to->address - from->address);
}
