/* SPDX-License-Identifier: MIT */
/* Packed files: each compression and package, which member is taken, and bombs. */
#include "packing.h"
#include "subject/subject.h"
#include "suite.h"
#include "tiny_elf.h"

#define AT     "@+0x800" /* the table of pack_kernel */
#define KERNEL 0x20000u

static const struct {
	const char *name;
	int filter;
} filters[] = {
        {"gz", ARCHIVE_FILTER_GZIP}, {"xz", ARCHIVE_FILTER_XZ},     {"zst", ARCHIVE_FILTER_ZSTD},
        {"lz4", ARCHIVE_FILTER_LZ4}, {"lzma", ARCHIVE_FILTER_LZMA}, {"bz2", ARCHIVE_FILTER_BZIP2},
};

#define FILTERS (sizeof filters / sizeof *filters)

TEST(compressed_files)
{
	const struct pack kernel = pack_kernel(KERNEL);
	struct hvc_subject *subject;
	struct hvc_diag diag;
	uint8_t elf[TINY_SIZE];

	tiny_elf(elf);
	for (size_t i = 0; i < FILTERS; i++) {
		struct pack packed = pack_filter(filters[i].filter, kernel);

		pack_same(filters[i].name, packed, AT, kernel, NULL);
		packed = pack_filter(filters[i].filter, (struct pack){elf, sizeof elf});
		ck_assert_int_eq(pack_open("elf", packed, "@handler", &diag, &subject), HVC_OK);
		ck_assert_int_eq(hvc_subject__format(subject), HVC_FORMAT_ELF);
		ck_assert_uint_eq(hvc_subject_image(subject)->vectors, TINY_TEXT + 0x800);
		hvc_subject_close(subject);
	}
	pack_same("two", pack_filter(ARCHIVE_FILTER_XZ, pack_filter(ARCHIVE_FILTER_GZIP, kernel)),
	          AT, kernel, NULL);
}

TEST(layers_have_an_end)
{
	struct pack kernel = pack_kernel(0x2000), packed = kernel;
	const struct pack_member member = {"vmlinuz", kernel};

	/* libarchive undoes a few compressions at once; tar keeps the layers apart. */
	for (unsigned layer = 0; layer < 8; layer++) {
		const struct pack_member in = {"vmlinuz", packed};

		packed = pack_members(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE, &in, 1);
		pack_same("layers", packed, AT, kernel, member.path);
	}
	packed = pack_members(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE,
	                      &(struct pack_member){"vmlinuz", packed}, 1);
	pack_refused("layers", packed, AT, HVC_E_FORMAT, "is packed more than 8 times");
}

/* Linux writes the size behind what it compresses with lz4 and others. */
TEST(appended_sizes)
{
	const struct pack kernel = pack_kernel(KERNEL);
	uint8_t size[4];

	pack_put(size, 0, 4, KERNEL);
	/* All but gzip, which has it anyway. */
	for (size_t i = 1; i < FILTERS; i++) {
		struct pack packed = pack_filter(filters[i].filter, kernel);

		pack_same(filters[i].name, pack_join(packed, pack_copy(size, 4)), AT, kernel, NULL);
	}
}

TEST(packages)
{
	const struct pack kernel = pack_kernel(KERNEL);
	const struct pack_member members[] = {
	        {"./boot/config-6.1.0", pack_copy("CONFIG_ARM64=y\n", 15)},
	        {"./boot/vmlinuz-6.1.0", kernel},
	        {"./boot/vmlinuz-6.1.0.sig", pack_copy("signature", 9)},
	        {"./lib/modules/6.1.0/xen-blkback.ko", pack_copy("\177ELF", 4)},
	        {"./usr/lib/linux-image-6.1.0/xen-dom0.dtb", pack_copy("\xd0\x0d\xfe\xed", 4)},
	};
	const size_t count = sizeof members / sizeof *members;
	const char *path = "boot/vmlinuz-6.1.0";
	const struct pack zipped = pack_filter(ARCHIVE_FILTER_GZIP, kernel);
	const struct pack_member nested = {"boot/vmlinuz-6.1.0", zipped};
	char name[32];

	for (size_t i = 0; i < FILTERS; i++) {
		snprintf(name, sizeof name, "data.tar.%s", filters[i].name);
		pack_same("deb", pack_deb(name, filters[i].filter, members, count), AT, kernel,
		          path);
		pack_same("rpm", pack_rpm(filters[i].filter, members, count), AT, kernel, path);
		pack_same("tar",
		          pack_members(ARCHIVE_FORMAT_TAR_USTAR, filters[i].filter, members, count),
		          AT, kernel, path);
	}
	pack_same("deb", pack_deb("data.tar", ARCHIVE_FILTER_NONE, members, count), AT, kernel,
	          path);
	pack_same("cpio",
	          pack_members(ARCHIVE_FORMAT_CPIO_SVR4_NOCRC, ARCHIVE_FILTER_NONE, members, count),
	          AT, kernel, path);
	/* A compressed kernel in a package. */
	pack_same("deb", pack_deb("data.tar.xz", ARCHIVE_FILTER_XZ, &nested, 1), AT, kernel, path);
}

TEST(members_by_name)
{
	const struct pack one = pack_kernel(0x2000), two = pack_kernel(0x3000);
	const struct pack_member members[] = {
	        {"./boot/vmlinuz-6.1", one},
	        {"./boot/vmlinuz-6.12", two},
	        {"./opt/firmware:el2", two},
	        {"./opt/notes", pack_copy("text", 4)},
	};
	const struct pack deb = pack_deb("data.tar.gz", ARCHIVE_FILTER_GZIP, members, 4);

	pack_same("m.deb", deb, ":boot/vmlinuz-6.1" AT, one, "boot/vmlinuz-6.1");
	pack_same("m.deb", deb, ":./boot/vmlinuz-6.1" AT, one, "boot/vmlinuz-6.1");
	pack_same("m.deb", deb, ":/boot/vmlinuz-6.1" AT, one, "boot/vmlinuz-6.1");
	pack_same("m.deb", deb, ":vmlinuz-6.12" AT, two, "boot/vmlinuz-6.12");
	pack_same("m.deb", deb, ":*-6.?" AT, one, "boot/vmlinuz-6.1");
	pack_same("m.deb", deb, ":opt/firmware:el2" AT, two, "opt/firmware:el2");
	pack_refused("m.deb", deb, AT, HVC_E_NOTFOUND,
	             "has 2 kernels, name one as FILE:MEMBER: boot/vmlinuz-6.1, boot/vmlinuz-6.12");
	pack_refused("m.deb", deb, ":vmlinuz*" AT, HVC_E_NOTFOUND,
	             "'vmlinuz*' is 2 members: boot/vmlinuz-6.1, boot/vmlinuz-6.12");
	pack_refused("m.deb", deb, ":nosuch", HVC_E_NOTFOUND, "no file 'nosuch' among the 4 in it");
	pack_refused("plain", one, ":vmlinuz" AT, HVC_E_NOTFOUND,
	             "no file 'vmlinuz' in it: it is not a package");
	pack_refused("k.deb", pack_deb("data.tar", ARCHIVE_FILTER_NONE, members + 3, 1), AT,
	             HVC_E_NOTFOUND, "none of the 1 files in it looks like a kernel");
	/* The same kernel twice is one. */
	pack_same("k.deb",
	          pack_deb("data.tar", ARCHIVE_FILTER_NONE,
	                   (const struct pack_member[]){{"xen", one}, {"xen.efi", one}}, 2),
	          AT, one, "xen");
}

/* What has symbols stands beside what is booted, before it or behind it; and may be all there is.
 */
TEST(files_with_symbols)
{
	const struct pack kernel = pack_kernel(0x2000), symbols = pack_kernel(0x3000);
	const struct pack map = pack_filter(ARCHIVE_FILTER_GZIP, pack_copy("0 T start\n", 10));
	const struct pack_member members[] = {
	        {"./usr/lib/debug/xen-syms-4.14", symbols},
	        {"./usr/lib/debug/xen-other", pack_kernel(0x4000)},
	        {"./boot/xen-4.14", kernel},
	        {"./usr/lib/debug/xen-syms-4.14", symbols},
	        {"./usr/lib/debug/xen-syms-4.14.map.gz", map},
	};

	for (size_t from = 0; from < 3; from++)
		pack_same("x.deb",
		          pack_deb("data.tar", ARCHIVE_FILTER_NONE, members + from, 5 - from), AT,
		          kernel, "boot/xen-4.14");
	pack_same("x.deb", pack_deb("data.tar", ARCHIVE_FILTER_NONE, members + 3, 2), AT, symbols,
	          "usr/lib/debug/xen-syms-4.14");
	pack_same("x.deb", pack_deb("data.tar", ARCHIVE_FILTER_NONE, members + 2, 3),
	          ":xen-syms-4.14" AT, symbols, "usr/lib/debug/xen-syms-4.14");
}

TEST(names_with_colons)
{
	const struct pack kernel = pack_kernel(0x2000);
	const struct pack_member member = {"vmlinuz", kernel};
	const struct pack tar =
	        pack_members(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE, &member, 1);

	/* The whole is a file: its ':' separates nothing. */
	pack_same("colon:vmlinuz", kernel, AT, kernel, NULL);
	pack_same("colon:1.tar", tar, ":vmlinuz" AT, kernel, "vmlinuz");
	pack_same("colon:1.tar", tar, AT, kernel, "vmlinuz");
}

TEST(bombs)
{
	const struct {
		int filter;
		size_t size; /* of zeros, more than a hundred times the file */
	} rows[] = {
	        {ARCHIVE_FILTER_GZIP, (size_t)80 << 20},
	        {ARCHIVE_FILTER_XZ, (size_t)80 << 20},
	        {ARCHIVE_FILTER_ZSTD, (size_t)80 << 20},
	};
	uint8_t *zeros;
	const struct pack plain = pack_alloc((size_t)80 << 20, &zeros);

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pack bomb = pack_filter(rows[i].filter, (struct pack){zeros, rows[i].size});
		const struct pack_member late[] = {{"zeros", plain}, {"vmlinuz", bomb}};

		ck_assert_uint_lt(bomb.size, rows[i].size / 100);
		pack_refused("bomb", bomb, AT, HVC_E_RANGE,
		             "expands to more than 64 MiB, which is too much for its size");
		/* Also when it is only to be passed over. */
		pack_refused("bomb",
		             pack_members(ARCHIVE_FORMAT_TAR_USTAR, rows[i].filter, late, 2), AT,
		             HVC_E_RANGE, "expands to more than 64 MiB");
		/* As a kernel in a package, and 60 MiB of them are none. */
		pack_refused("bomb", pack_deb("data.tar", ARCHIVE_FILTER_NONE, late + 1, 1), AT,
		             HVC_E_RANGE, "expands to more than 64 MiB");
		bomb = pack_filter(rows[i].filter, (struct pack){zeros, (size_t)60 << 20});
		pack_same("zeros", bomb, AT, (struct pack){zeros, (size_t)60 << 20}, NULL);
	}
}

TEST(truncated_and_spoilt_files)
{
	const struct pack kernel = pack_kernel(KERNEL);
	const struct pack_member member = {"./boot/vmlinuz-6.1", kernel};
	const struct pack deb = pack_deb("data.tar.xz", ARCHIVE_FILTER_XZ, &member, 1);
	const struct pack gz = pack_filter(ARCHIVE_FILTER_GZIP, kernel);
	uint8_t *spoilt;
	struct pack copy = pack_alloc(gz.size, &spoilt);
	unsigned refused = 0;

	for (size_t i = 0; i < FILTERS; i++) {
		struct pack packed = pack_filter(filters[i].filter, kernel);
		const size_t whole = packed.size;

		for (size_t size = whole - 8; size > whole / 8; size -= size / 4) {
			struct hvc_diag diag;
			struct hvc_subject *subject;

			packed.size = size;
			ck_assert_msg(pack_open("cut", packed, AT, &diag, &subject) == HVC_E_FORMAT,
			              "%s cut to %zu", filters[i].name, size);
		}
	}
	pack_refused("cut.deb", (struct pack){deb.bytes, deb.size - 100}, AT, HVC_E_FORMAT,
	             "cannot be unpacked beyond offset 0x");
	/* One bit within the compressed data: only what then ends early looks whole. */
	for (size_t i = 1; i <= 64; i++) {
		struct hvc_diag diag;
		struct hvc_subject *subject = NULL;

		memcpy(spoilt, gz.bytes, gz.size);
		spoilt[gz.size / 66 * i] ^= (uint8_t)(1u << i % 8);
		refused += pack_open("spoilt", copy, AT, &diag, &subject) == HVC_E_FORMAT;
		hvc_subject_close(subject);
	}
	ck_assert_uint_ge(refused, 60);
	/* In the header. */
	memcpy(spoilt, gz.bytes, gz.size);
	spoilt[2] = 0x77;
	pack_refused("spoilt", copy, AT, HVC_E_FORMAT, "its header at offset 0 is damaged");
	pack_refused("nothing", pack_filter(ARCHIVE_FILTER_GZIP, (struct pack){spoilt, 0}), AT,
	             HVC_E_FORMAT, "cannot be unpacked beyond offset 0x14");
}

SUITE_MAIN("archive")
