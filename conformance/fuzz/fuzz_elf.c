/* SPDX-License-Identifier: MIT */
/*
 * ELF files: headers, segments, symbols, and objects with their relocations. What identifies the
 * file is put right, so that no input is spent on it.
 */
#include <elf.h>

#include "image.h"

FUZZ_TARGET
{
	static const uint8_t ident[] = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT};
	const uint16_t machine = EM_AARCH64;
	uint8_t *copy;

	if (size < sizeof(Elf64_Ehdr))
		return 0;
	/* Exactly as large as it is, so that a read beyond its end is seen. */
	copy = malloc(size);
	FUZZ_HOLD(copy, "no memory");
	memcpy(copy, data, size);
	memcpy(copy, ident, sizeof ident);
	memcpy(copy + offsetof(Elf64_Ehdr, e_machine), &machine, sizeof machine);
	fuzz_taken += image_try(copy, size);
	free(copy);
	return 0;
}
