/* SPDX-License-Identifier: MIT */
/*
 * Write the first inputs of each target into the build folder, fuzz/seeds/TARGET: what the suites
 * make, and what hvcheck itself ships and writes. Nothing in them is anybody else's.
 */
#include "engine/saved.h"
#include "kallsyms_maker.h"
#include "packing.h"
#include "suite.h"

#include <sys/stat.h>

#define FOLDER HVC_BINARY_DIR "/fuzz/seeds"

static void put(const char *target, const char *name, const void *bytes, size_t size)
{
	char path[1024];

	mkdir(FOLDER, 0777); /* or it is there; else the next one fails */
	snprintf(path, sizeof path, FOLDER "/%s/%s", target, name);
	suite_put(path, bytes, size);
}

static void put_pack(const char *target, const char *name, struct pack data)
{
	put(target, name, data.bytes, data.size);
}

static void put_text(const char *target, const char *name, const char *text)
{
	put(target, name, text, strlen(text));
}

TEST(packed)
{
	const struct pack kernel = pack_kernel(0x1800);
	const struct pack whole = {hvc_builtin_at(0)->elf, hvc_builtin_at(0)->elf_size};
	const struct pack gzip = pack_filter(ARCHIVE_FILTER_GZIP, kernel);
	const struct pack_member member = {"./boot/vmlinuz-6.1", kernel},
	                         inner = {"./boot/vmlinuz-6.1", gzip},
	                         two[] = {{"usr/share/doc/x", whole}, {"boot/Image", kernel}};

	put_pack("image", "image", kernel);
	put_pack("image", "elf", whole);
	put_pack("image", "gzip", gzip);
	put_pack("image", "gzip-twice", pack_filter(ARCHIVE_FILTER_GZIP, gzip));
	put_pack("image", "xz", pack_filter(ARCHIVE_FILTER_XZ, kernel));
	put_pack("image", "zstd", pack_filter(ARCHIVE_FILTER_ZSTD, kernel));
	put_pack("image", "lz4", pack_filter(ARCHIVE_FILTER_LZ4, kernel));
	put_pack("image", "lzma", pack_filter(ARCHIVE_FILTER_LZMA, kernel));
	put_pack("image", "bzip2", pack_filter(ARCHIVE_FILTER_BZIP2, kernel));
	put_pack("image", "zboot", pack_zboot("gzip", gzip));
	put_pack("image", "uki", pack_pe(0xaa64, ".linux", kernel));
	put_pack("image", "deb", pack_deb("data.tar.xz", ARCHIVE_FILTER_XZ, &inner, 1));
	put_pack("image", "deb-plain", pack_deb("data.tar", ARCHIVE_FILTER_NONE, &member, 1));
	put_pack("image", "rpm", pack_rpm(ARCHIVE_FILTER_ZSTD, &member, 1));
	put_pack("image", "rpm-plain", pack_rpm(ARCHIVE_FILTER_NONE, &inner, 1));
	put_pack("image", "tar",
	         pack_members(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE, two, 2));
	put_pack("image", "tar-gnu",
	         pack_members(ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_NONE, &inner, 1));
	put_pack("image", "cpio",
	         pack_members(ARCHIVE_FORMAT_CPIO_SVR4_NOCRC, ARCHIVE_FILTER_NONE, two, 2));
	put_pack("image", "ar",
	         pack_members(ARCHIVE_FORMAT_AR_GNU, ARCHIVE_FILTER_NONE, &inner, 1));
}

/* Executables, and objects for their relocations. */
TEST(elf)
{
	static const char *const objects[] = {"linux-stub-6.0.o", "gunyah.o"};
	const struct hvc_builtin *builtin;

	for (size_t i = 0; i < 12 && (builtin = hvc_builtin_at(i)); i++)
		put("elf", builtin->name, builtin->elf, builtin->elf_size);
	for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
		static uint8_t bytes[1 << 18];
		char path[512];
		FILE *file;

		snprintf(path, sizeof path, HVC_BINARY_DIR "/vectors/%s", objects[i]);
		file = fopen(path, "rb");
		ck_assert_msg(file != NULL, "%s", path);
		put("elf", objects[i], bytes, fread(bytes, 1, sizeof bytes, file));
		fclose(file);
	}
}

TEST(kallsyms)
{
	for (size_t i = 0; i < MAKER_LAYOUTS; i++) {
		uint8_t *bytes = maker_make(&maker_layouts[i]);
		size_t size = MAKER_SIZE;
		char name[32];

		while (size > MAKER_TABLES && !bytes[size - 1])
			size--;
		/* The base of the offsets may be zero. */
		size = size + 16 < MAKER_SIZE ? size + 16 : MAKER_SIZE;
		snprintf(name, sizeof name, "layout-%zu", i);
		put("kallsyms", name, bytes + MAKER_TABLES, size - MAKER_TABLES);
		free(bytes);
	}
}

TEST(specifications)
{
	const char *name, *text;
	size_t size;

	for (size_t i = 0; hvc_abi_shipped_at(i, &name, &text, &size); i++)
		put("abi", name, text, size);
	put_text("abi", "world",
	         "name: nvhe\ntitle: made up\ncpu: max\nel3: false\n"
	         "set: { tpidr_el2: 0x9000000, sp_el2: init_stack+0x1000 }\nmap_on_demand: 64\n"
	         "stop_at: [handle_trap, 0x40001000]\n"
	         "stubs:\n  - { at: printk, returns: -1 }\n");
	put_text("abi", "suppressions",
	         "suppressions:\n  - rule: check-result\n    about: \"set_*\"\n    reason: known\n"
	         "    owner: somebody\n    expires: 2027-01-31\n"
	         "  - rule: diff-lost\n    fingerprint: 0123456789abcdef\n    reason: r\n    "
	         "owner: o\n"
	         "    expires: 2028-02-29\n");
}

/* A map of a built-in, without its sum; in a world that says something, where it is to. */
static void make_saved(const char *name, bool odd)
{
	static const uint8_t encoding[5] = {3, 4, 14, 2, 2}; /* CNTHP_CVAL_EL2 */
	struct hvc_world world;
	struct hvc_exact_config config = {.brief = true};
	struct hvc_subject *subject = NULL;
	struct hvc_exact *map = NULL;
	struct hvc_diag diag = {0};
	char *text = NULL, *sum;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	ck_assert(hvc_subject_open(name, &diag, &subject) == HVC_OK);
	hvc_world_init(&world, odd ? HVC_CPU_MAX : HVC_CPU_A72);
	if (odd) {
		world.zero_pages = 16;
		ck_assert(hvc_world_set(&world, HVC_REG_TPIDR_EL2, 0) == HVC_OK);
		ck_assert(hvc_world_set_sys(&world, encoding, 1) == HVC_OK);
		ck_assert(hvc_world_stop_at(&world, HVC_LANDING, "stop here") == HVC_OK);
		ck_assert(hvc_world_stub(&world, HVC_FUNCTION, 7, "stub") == HVC_OK);
	}
	config.subject = subject;
	config.world = &world;
	ck_assert_msg(hvc_exact__make(&config, &diag, &map) == HVC_OK, "%s", diag.message);
	ck_assert_msg(hvc_exact__save(file, map, &diag) == HVC_OK, "%s", diag.message);
	ck_assert(!fclose(file));
	sum = strstr(text, "\nsum ");
	ck_assert_ptr_nonnull(sum);
	put("saved", name, text, (size_t)(sum + 1 - text));
	hvc_exact__free(map);
	hvc_subject_close(subject);
	free(text);
}

TEST(names)
{
	static const char *const words[] = {
	        "@hvc_vectors",
	        "@0x40000000",
	        "@+0x1000",
	        "@+0x1000",
	        "phandler",
	        "phandler+16",
	        "p0x40000800",
	        "p+0x1800",
	        "=x0=0x1",
	        "=w0=-1",
	        "=lr=0",
	        "=hcr_el2=0x80000000",
	        "=sp_el2=a+1",
	        "=nzcv=0xf0000000",
	        "=s3_4_c12_c11_0=1",
	        "evbar_el2 + 0x400",
	        "emdcr_el2 & ~0x3003000",
	        "efunction(x1, x2, x3)",
	        "e(w1 << 4 | 3) ^ -imm",
	        "nvbar_el2",
	        "nLR",
	        "nx17",
	        "n2027-01-31",
	        "ndaif",
	};
	char name[16];

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		snprintf(name, sizeof name, "%zu", i);
		put_text("name", name, words[i]);
	}
}

/* The code of built-ins, in the slot where calls arrive; see code.h. */
TEST(code)
{
	static const char *const targets[] = {"code", "reset", "oracle"};
	const struct hvc_builtin *builtin;

	for (size_t i = 0; (builtin = hvc_builtin_at(i)); i += 3) {
		struct hvc_subject *subject = NULL;
		struct hvc_diag diag = {0};
		uint8_t bytes[16 + 120 + 512] = {
		        (uint8_t)(i * 37 | 6), 2, (uint8_t)i, 0, 0, 2, 1, 0, 1};
		const struct hvc_segment *segment;
		size_t size;

		ck_assert(hvc_subject_open(builtin->name, &diag, &subject) == HVC_OK);
		segment = hvc_subject_image(subject)->segment;
		if (segment->data_size > 0x480) {
			memcpy(bytes + 16, segment->data + 0x400, 120);
			size = segment->data_size > 0x800 ? segment->data_size - 0x800 : 0;
			size = size < 512 ? size : 512;
			memcpy(bytes + 136, segment->data + 0x800, size);
			for (size_t k = 0; k < sizeof targets / sizeof *targets; k++)
				if (k < 2 || i % 15 == 0) /* an answer of QEMU takes long */
					put(targets[k], builtin->name, bytes, 136 + size);
		}
		hvc_subject_close(subject);
	}
}

TEST(saved)
{
	make_saved("m1n1", false);
	make_saved("linux-stub-4.12", false);
	make_saved("broken-store", false);
	make_saved("linux-kvm-5.10", true);
}

SUITE_MAIN("seeds")
