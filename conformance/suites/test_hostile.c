/* SPDX-License-Identifier: MIT */
/*
 * Images damaged on purpose: good ones of every kind, each cut short, with bits flipped, wild
 * numbers in their headers, pieces moved about; and bombs. hvcheck ends on each with status 0, 1
 * or 2, in bounded time and memory, and says one line when it is 2. The same damage every time.
 */
#define BOUNDED_FOLDER HVC_BINARY_DIR "/hostile.files"

#include "base/random.h"
#include "bounded.h"
#include "kallsyms_maker.h"
#include "suite.h"

#define IMAGES_LEAST 140u
#define PLACES       3u /* of each kind of damage to each seed */
#define PLACES_FULL  6u /* with HVC_HOSTILE=full */

struct seed {
	const char *name, *where; /* where: what follows FILE */
	struct pack data;
};

static struct seed seeds[24];
static unsigned seed_count, images;

static void add(const char *name, const char *where, struct pack data)
{
	ck_assert_uint_lt(seed_count, sizeof seeds / sizeof *seeds);
	seeds[seed_count++] = (struct seed){name, where, data};
}

static struct pack make_image(unsigned layout)
{
	uint8_t *bytes = maker_make(&maker_layouts[layout]);
	struct pack copy = pack_copy(bytes, MAKER_SIZE);

	free(bytes);
	return copy;
}

static void make_seeds(void)
{
	const struct hvc_builtin *builtin = hvc_builtin_at(0);
	const struct pack elf = {builtin->elf, builtin->elf_size};
	const struct pack old = make_image(2);
	const struct pack new = make_image(5);
	const struct pack_member member = {"./boot/vmlinuz-6.1", old};
	const struct pack_member members[] = {{"./boot/vmlinuz-6.1", old}, {"./opt/el2.elf", elf}};

	add("elf", "@hvc_vectors", elf);
	add("object", "@hvc_vectors", bounded_read(HVC_BINARY_DIR "/vectors/linux-stub-6.0.o"));
	add("image-5.10", "@__hyp_stub_vectors", old);
	add("image-6.4", "@+0x800", new);
	add("gz", "@+0x800", pack_filter(ARCHIVE_FILTER_GZIP, old));
	add("xz", "@+0x800", pack_filter(ARCHIVE_FILTER_XZ, old));
	add("zst", "@+0x800", pack_filter(ARCHIVE_FILTER_ZSTD, old));
	add("lz4", "@+0x800", pack_filter(ARCHIVE_FILTER_LZ4, old));
	add("lzma", "@+0x800", pack_filter(ARCHIVE_FILTER_LZMA, old));
	add("zboot", "@+0x800", pack_zboot("gzip", seeds[4].data));
	add("uki", "@+0x800", pack_pe(0xaa64, ".linux", old));
	add("deb", "@+0x800", pack_deb("data.tar.xz", ARCHIVE_FILTER_XZ, &member, 1));
	add("deb-elf", ":el2.elf@hvc_vectors",
	    pack_deb("data.tar", ARCHIVE_FILTER_NONE, members, 2));
	add("rpm", "@+0x800", pack_rpm(ARCHIVE_FILTER_ZSTD, &member, 1));
	add("cpio", "@+0x800",
	    pack_members(ARCHIVE_FORMAT_CPIO_SVR4_NOCRC, ARCHIVE_FILTER_NONE, &member, 1));
}

/* One damaged image: run a call in it, and look through it. */
static void expect_survives(const char *what, const char *where, struct pack data)
{
	char path[] = BOUNDED_FOLDER "/image", spec[256];
	char *const call[] = {"hvcheck", "run", spec, "--budget", "2000", NULL};
	char *const look[] = {"hvcheck", "scan", path, NULL};

	suite_put(path, data.bytes, data.size);
	snprintf(spec, sizeof spec, "%s%s", path, where);
	bounded_run(what, call);
	bounded_run(what, look);
	images++;
}

/* Damage of kind `kind`, place `place`, to a copy; the size that is left. */
static size_t spoil(uint8_t *bytes, size_t size, unsigned kind, unsigned place, uint64_t *random)
{
	static const uint64_t wild[PLACES_FULL] = {
	        0, 1, UINT64_MAX, UINT64_C(1) << 63, 0x7fffffff, 0xffffff00};
	const size_t head = size < 0x400 ? size : 0x400;
	size_t at, from;

	switch (kind) {
	case 0: /* cut short */
		return place < 4 ? size / 8 * (place * 2 + 1) : size - (place - 3) * 3;
	case 1: /* some bits, anywhere */
		for (unsigned i = 0; i < 1 + place * 4; i++)
			bytes[hvc_random(random) % size] ^= (uint8_t)(1u << hvc_random(random) % 8);
		break;
	case 2: /* a wild number in the header, or in the one of sections, at the end */
		at = hvc_random(random) % (head / 8 - 1) * 8;
		if (place % 2)
			at = size - head + at;
		memcpy(bytes + at, &wild[place], place < 4 ? 8 : 4);
		break;
	case 3: /* a piece of it over another: what was apart overlaps */
		at = hvc_random(random) % (size / 2);
		from = hvc_random(random) % (size / 2);
		memmove(bytes + at, bytes + from, size / 16 * (place + 1));
		break;
	}
	return size;
}

TEST(damaged_images)
{
	const char *how = getenv("HVC_HOSTILE");
	const unsigned places = how && !strcmp(how, "full") ? PLACES_FULL : PLACES;
	uint64_t random = 20240229;

	make_seeds();
	ck_assert(!mkdir(BOUNDED_FOLDER, 0777) || errno == EEXIST);
	for (unsigned i = 0; i < seed_count; i++) {
		const struct seed *seed = &seeds[i];
		char what[64];

		expect_survives(seed->name, seed->where, seed->data);
		for (unsigned kind = 0; kind < 4; kind++) {
			for (unsigned place = 0; place < places - 2 * (kind == 3); place++) {
				struct pack copy = pack_copy(seed->data.bytes, seed->data.size);

				copy.size = spoil((uint8_t *)(uintptr_t)copy.bytes, copy.size, kind,
				                  place, &random);
				snprintf(what, sizeof what, "%s, damage %u.%u", seed->name, kind,
				         place);
				expect_survives(what, seed->where, copy);
				free((void *)(uintptr_t)copy.bytes);
			}
		}
	}
	ck_assert_uint_ge(images, IMAGES_LEAST);
}

/* Elf64_Phdr at offset 64: one field of the first program header. */
static struct pack with_phdr(unsigned field, uint64_t value)
{
	struct pack copy = pack_copy(hvc_builtin_at(0)->elf, hvc_builtin_at(0)->elf_size);

	pack_put((uint8_t *)(uintptr_t)copy.bytes, 64 + field, 8, value);
	return copy;
}

TEST(bombs_and_giants)
{
	const size_t large = (size_t)100 << 20;
	uint8_t *bytes;
	const struct pack zeros = pack_alloc(large, &bytes);
	struct pack bomb = pack_filter(ARCHIVE_FILTER_GZIP, zeros), kernel = pack_kernel(0x2000);
	struct pack_member member = {"vmlinuz", bomb};

	ck_assert(!mkdir(BOUNDED_FOLDER, 0777) || errno == EEXIST);
	expect_survives("gzip bomb", "@+0x800", bomb);
	expect_survives("bomb in a deb", "@+0x800",
	                pack_deb("data.tar", ARCHIVE_FILTER_NONE, &member, 1));
	expect_survives("bomb in zboot", "@+0x800", pack_zboot("gzip", bomb));
	expect_survives("twice packed", "@+0x800", pack_filter(ARCHIVE_FILTER_GZIP, bomb));
	member.data = zeros;
	bomb = pack_members(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_ZSTD, &member, 1);
	expect_survives("tar bomb", "@+0x800", bomb);
	member.path = "zeros";
	bomb = pack_members(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_ZSTD, &member, 1);
	expect_survives("bomb passed over", "@+0x800", bomb);
	for (unsigned layer = 0; layer < 20; layer++)
		kernel = pack_filter(ARCHIVE_FILTER_GZIP, kernel);
	expect_survives("twenty layers", "@+0x800", kernel);
	/* Large, but of this size honestly: the largest image there may be. */
	kernel = pack_kernel(0x2000);
	pack_put((uint8_t *)(uintptr_t)kernel.bytes, 16, 8, HVC_IMAGE_MAX);
	expect_survives("image of 512 MiB", "@+0x800", kernel);
	expect_survives("memory of 512 MiB", "@hvc_vectors", with_phdr(0x28, HVC_IMAGE_MAX));
	expect_survives("memory of 8 EiB", "@hvc_vectors", with_phdr(0x28, INT64_MAX));
	expect_survives("at the end of memory", "@hvc_vectors",
	                with_phdr(0x10, UINT64_MAX - 0xfff));
	expect_survives("at zero", "@hvc_vectors", with_phdr(0x10, 0));
	expect_survives("in the harness", "@hvc_vectors", with_phdr(0x10, UINT64_C(0x4000000000)));
	expect_survives("nothing but digits", "@+0x800",
	                pack_copy("0\0"
	                          "1\0"
	                          "2\0"
	                          "3\0"
	                          "4\0"
	                          "5\0"
	                          "6\0"
	                          "7\0"
	                          "8\0"
	                          "9\0",
	                          20));
	expect_survives("zeros", "@+0x800", zeros);
}

SUITE_MAIN("hostile")
