/* SPDX-License-Identifier: MIT */
/* Kernels in EFI programs: zboot images, unified kernel images, and damaged ones. */
#include "packing.h"
#include "suite.h"

#define AT     "@+0x800"
#define ARM64  0xaa64u
#define AMD64  0x8664u
#define KERNEL 0x20000u

TEST(zboot_images)
{
	static const struct {
		const char *name;
		int filter;
	} rows[] = {
	        {"gzip", ARCHIVE_FILTER_GZIP},   {"xzkern", ARCHIVE_FILTER_XZ},
	        {"xz", ARCHIVE_FILTER_XZ},       {"lz4", ARCHIVE_FILTER_LZ4},
	        {"lzma", ARCHIVE_FILTER_LZMA},   {"zstd", ARCHIVE_FILTER_ZSTD},
	        {"zstd22", ARCHIVE_FILTER_ZSTD},
	};
	const struct pack kernel = pack_kernel(KERNEL);

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pack zboot = pack_zboot(rows[i].name, pack_filter(rows[i].filter, kernel));
		const struct pack_member member = {"./boot/vmlinuz-6.6", zboot};

		pack_same(rows[i].name, zboot, AT, kernel, NULL);
		pack_same("deb", pack_deb("data.tar.xz", ARCHIVE_FILTER_XZ, &member, 1), AT, kernel,
		          "boot/vmlinuz-6.6");
		pack_same("uki", pack_pe(ARM64, ".linux", zboot), AT, kernel, NULL);
	}
}

TEST(spoilt_zboot_images)
{
	const struct pack kernel = pack_kernel(KERNEL);
	const struct pack good = pack_zboot("gzip", pack_filter(ARCHIVE_FILTER_GZIP, kernel));
	uint8_t *bytes;
	struct pack spoilt = pack_alloc(good.size, &bytes);

	pack_refused("lzo", pack_zboot("lzo", kernel), AT, HVC_E_UNSUPPORTED,
	             "is an EFI zboot image compressed with 'lzo'");
	memcpy(bytes, good.bytes, good.size);
	pack_put(bytes, 8, 4, 0xfffffff0);
	pack_refused("spoilt", spoilt, AT, HVC_E_FORMAT,
	             "truncated: the EFI zboot header at offset 0x8 wants");
	memcpy(bytes, good.bytes, good.size);
	pack_put(bytes, 12, 4, good.size);
	pack_refused("spoilt", spoilt, AT, HVC_E_FORMAT, "truncated: the EFI zboot header");
	pack_put(bytes, 12, 4, 0);
	pack_refused("spoilt", spoilt, AT, HVC_E_FORMAT, "truncated: the EFI zboot header");
	memcpy(bytes, good.bytes, good.size);
	memset(bytes + 24, 'x', 32);
	pack_refused("spoilt", spoilt, AT, HVC_E_FORMAT, "no compression is named at offset 0x18");
	memcpy(bytes, good.bytes, good.size);
	bytes[0x400] = 0;
	pack_refused("spoilt", spoilt, AT, HVC_E_FORMAT, "header at offset 0 is damaged");
	for (size_t size = good.size - 16; size > 0x400; size -= size / 5)
		pack_refused("cut", (struct pack){good.bytes, size}, AT, HVC_E_FORMAT, "truncated");
}

TEST(unified_kernel_images)
{
	const struct pack kernel = pack_kernel(KERNEL);
	const struct pack uki = pack_pe(ARM64, ".linux", kernel);

	/* The section's size in memory counts, not what it is filled up to. */
	pack_same("uki", uki, AT, kernel, NULL);
	pack_same("uki.gz", pack_filter(ARCHIVE_FILTER_GZIP, uki), AT, kernel, NULL);
	/* Without that section, it is only a file. */
	pack_same("pe", pack_pe(ARM64, ".other", kernel), "@+0x800",
	          pack_pe(ARM64, ".other", kernel), NULL);
	pack_refused("x86", pack_pe(AMD64, ".linux", kernel), AT, HVC_E_FORMAT,
	             "is an EFI program, not for AArch64: machine 0x8664 at offset 0x84");
	pack_refused("cut", (struct pack){uki.bytes, uki.size - 0x100}, AT, HVC_E_FORMAT,
	             "truncated: PE section at offset 0x1b0 wants 0x20010 bytes at offset 0x400 of "
	             "0x20310");
	pack_refused("cut", (struct pack){uki.bytes, 0x1c0}, AT, HVC_E_FORMAT,
	             "truncated: 2 PE sections at offset 0x188 do not fit in 0x1c0 bytes");
}

/* An Image with EFI stub is a PE file, too, which tells a truncated one. */
TEST(images_that_are_efi_programs)
{
	const struct pack inner = pack_kernel(KERNEL);
	const struct pack pe = pack_pe(ARM64, ".data", inner);
	uint8_t *bytes;
	struct pack image = pack_alloc(pe.size, &bytes);

	memcpy(bytes, pe.bytes, pe.size);
	memcpy(bytes + 56, "ARM\x64", 4);
	pack_same("image", image, "@+0x800", image, NULL);
	image.size -= 0x1000;
	pack_refused("image", image, "@+0x800", HVC_E_FORMAT,
	             "truncated: PE section at offset 0x1b0");
}

SUITE_MAIN("zboot")
