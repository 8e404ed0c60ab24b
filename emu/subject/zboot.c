/* SPDX-License-Identifier: MIT */
#include "subject/zboot.h"

#include <inttypes.h>
#include <string.h>

#include "hvcheck/limit.h"

/* Header of a zboot image. */
#define ZBOOT_MAGIC_AT  4u
#define ZBOOT_OFFSET_AT 8u
#define ZBOOT_SIZE_AT   12u
#define ZBOOT_NAME_AT   24u /* of the compression */
#define ZBOOT_NAME_SIZE 32u
#define ZBOOT_SIZE      64u

/* PE format (Microsoft's PE specification, 2 to 4): the offset of its header, then the header, a
   table of sections behind its optional header. */
#define PE_OFFSET_AT      0x3cu
#define PE_HEADER_SIZE    24u
#define PE_MACHINE_AT     4u
#define PE_SECTIONS_AT    6u
#define PE_OPTIONAL_AT    20u
#define PE_SECTION_SIZE   40u
#define PE_SECTIONS_MAX   96u /* what Windows loads; EFI programs have about ten */
#define SECTION_MEMORY_AT 8u
#define SECTION_SIZE_AT   16u
#define SECTION_OFFSET_AT 20u
#define MACHINE_ARM64     0xaa64u

static uint32_t little(const uint8_t *bytes, unsigned size)
{
	uint32_t value = 0;

	while (size-- > 0)
		value = value << 8 | bytes[size];
	return value;
}

bool hvc_zboot__is(const uint8_t *bytes, size_t size)
{
	return size >= ZBOOT_SIZE && !memcmp(bytes, "MZ", 2) &&
	       !memcmp(bytes + ZBOOT_MAGIC_AT, "zimg", 4);
}

#define ZIMAGE_MAGIC_AT 0x24u
#define ZIMAGE_MAGIC    UINT32_C(0x016f2818)

bool hvc_zimage__is(const uint8_t *bytes, size_t size)
{
	return size >= ZIMAGE_MAGIC_AT + 4 && little(bytes + ZIMAGE_MAGIC_AT, 4) == ZIMAGE_MAGIC;
}

#define LINK_UNIT (UINT64_C(1) << 21) /* images are linked at multiples of 2 MiB */
#define LINK_LAST UINT64_C(0xc0000000)

/* Is the word an A32 branch, whatever its condition? */
static bool is_branch(uint32_t word)
{
	return (word >> 25 & 7) == 5;
}

uint64_t hvc_zimage__base(const uint8_t *bytes, size_t size, uint64_t otherwise)
{
	static unsigned count[LINK_LAST / LINK_UNIT];
	size_t words = size / 4;
	uint64_t best = 0;

	memset(count, 0, sizeof count);
	for (size_t i = 0; i < words; i++) {
		uint32_t word = little(bytes + 4 * i, 4);

		if (word < LINK_LAST && word % LINK_UNIT < size && !is_branch(word))
			count[word / LINK_UNIT]++;
	}
	for (uint64_t unit = 1; unit < LINK_LAST / LINK_UNIT; unit++)
		if (count[unit] > count[best] || !best)
			best = unit;
	return count[best] >= words / 64 ? best * LINK_UNIT : otherwise;
}

/*
 * Where an xz stream that begins at `at` ends: behind its footer, where the build leaves the size
 * of what is packed, too (Linux scripts/Makefile.lib, size_append). What follows is the loader's.
 */
static uint64_t end_of_xz(const uint8_t *bytes, size_t size, uint64_t at)
{
	for (uint64_t end = size - 4; end > at + 2; end--) {
		uint32_t whole = little(bytes + end, 4);

		if (!memcmp(bytes + end - 2, "YZ", 2) && whole > end - at &&
		    whole < HVC_LIMIT_IMAGE)
			return end;
	}
	return size;
}

void hvc_zimage__payload(const uint8_t *bytes, size_t size, uint64_t before, struct hvc_part *out)
{
	enum { XZ = 1 };
	static const struct {
		size_t size;
		const char *magic;
	} known[] = {{3, "\x1f\x8b\x08"},
	             {6, "\xfd"
	                 "7zXZ\0"},
	             {4, "\x28\xb5\x2f\xfd"},
	             {4, "\x02\x21\x4c\x18"}};

	*out = (struct hvc_part){0};
	for (uint64_t at = before < size ? before : size; at-- > ZIMAGE_MAGIC_AT;)
		for (size_t i = 0; i < sizeof known / sizeof *known; i++)
			if (size - at >= known[i].size &&
			    !memcmp(bytes + at, known[i].magic, known[i].size)) {
				uint64_t end = i == XZ ? end_of_xz(bytes, size, at) : size;

				*out = (struct hvc_part){at, end - at};
				return;
			}
}

static bool is_known(const uint8_t *name)
{
	static const char *const known[] = {"gzip", "xz",   "xzkern", "lz4",
	                                    "lzma", "zstd", "zstd22"};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (!memcmp(name, known[i], strlen(known[i]) + 1))
			return true;
	return false;
}

enum hvc_status hvc_zboot__payload(const char *name, const uint8_t *bytes, size_t size,
                                   struct hvc_diag *diag, struct hvc_part *out)
{
	const uint8_t *compression = bytes + ZBOOT_NAME_AT;
	struct hvc_part part = {
	        .offset = little(bytes + ZBOOT_OFFSET_AT, 4),
	        .size = little(bytes + ZBOOT_SIZE_AT, 4),
	};

	if (!memchr(compression, '\0', ZBOOT_NAME_SIZE))
		return hvc_diag_set(diag, HVC_E_FORMAT, name, 0, 0,
		                    "EFI zboot header is damaged: no compression is named at "
		                    "offset 0x%x",
		                    ZBOOT_NAME_AT);
	if (!is_known(compression))
		return hvc_diag_set(diag, HVC_E_UNSUPPORTED, name, 0, 0,
		                    "is an EFI zboot image compressed with '%.31s', which cannot "
		                    "be undone here: decompress it first",
		                    (const char *)compression);
	if (!part.size || part.offset > size || part.size > size - part.offset)
		return hvc_diag_set(
		        diag, HVC_E_FORMAT, name, 0, 0,
		        "truncated: the EFI zboot header at offset 0x%x wants 0x%" PRIx64
		        " bytes at offset 0x%" PRIx64 " of 0x%zx",
		        ZBOOT_OFFSET_AT, part.size, part.offset, size);
	*out = part;
	return HVC_OK;
}

static enum hvc_status check_section(const char *name, const uint8_t *bytes, size_t at, size_t size,
                                     struct hvc_diag *diag, struct hvc_part *out)
{
	const uint8_t *section = bytes + at;
	struct hvc_part part = {
	        .offset = little(section + SECTION_OFFSET_AT, 4),
	        .size = little(section + SECTION_SIZE_AT, 4),
	};
	uint32_t memory = little(section + SECTION_MEMORY_AT, 4);

	if (part.offset > size || part.size > size - part.offset)
		return hvc_diag_set(diag, HVC_E_FORMAT, name, 0, 0,
		                    "truncated: PE section at offset 0x%zx wants 0x%" PRIx64
		                    " bytes at offset 0x%" PRIx64 " of 0x%zx",
		                    at, part.size, part.offset, size);
	/* What is in the file is filled up to the alignment of sections. */
	if (memory && memory < part.size)
		part.size = memory;
	if (!memcmp(section, ".linux\0\0", 8))
		*out = part;
	return HVC_OK;
}

enum hvc_status hvc_pe__kernel(const char *name, const uint8_t *bytes, size_t size,
                               struct hvc_diag *diag, struct hvc_part *out)
{
	struct hvc_part part = {0};
	uint64_t pe, table;
	unsigned machine, sections;

	*out = part;
	if (size < PE_OFFSET_AT + 4 || memcmp(bytes, "MZ", 2) != 0)
		return HVC_OK;
	pe = little(bytes + PE_OFFSET_AT, 4);
	/* MZ alone is two bytes of code, say, the beginning of an arm64 Image without EFI. */
	if (size < PE_HEADER_SIZE || pe > size - PE_HEADER_SIZE ||
	    memcmp(bytes + pe, "PE\0\0", 4) != 0)
		return HVC_OK;
	machine = little(bytes + pe + PE_MACHINE_AT, 2);
	if (machine != MACHINE_ARM64)
		return hvc_diag_set(diag, HVC_E_FORMAT, name, 0, 0,
		                    "is an EFI program, not for AArch64: machine 0x%x at offset "
		                    "0x%" PRIx64,
		                    machine, pe + PE_MACHINE_AT);
	sections = little(bytes + pe + PE_SECTIONS_AT, 2);
	table = pe + PE_HEADER_SIZE + little(bytes + pe + PE_OPTIONAL_AT, 2);
	if (sections > PE_SECTIONS_MAX || table + (uint64_t)sections * PE_SECTION_SIZE > size)
		return hvc_diag_set(diag, HVC_E_FORMAT, name, 0, 0,
		                    "truncated: %u PE sections at offset 0x%" PRIx64
		                    " do not fit in 0x%zx bytes",
		                    sections, table, size);
	for (unsigned i = 0; i < sections; i++)
		HVC_TRY(check_section(name, bytes, (size_t)table + i * PE_SECTION_SIZE, size, diag,
		                      &part));
	*out = part;
	return HVC_OK;
}
