/* SPDX-License-Identifier: MIT */
/*
 * Limits: for everything of an input that grows a small file that asks for too much, which is
 * refused in one line before the time or memory is spent. limits.md has the table.
 */
#define BOUNDED_FOLDER HVC_BINARY_DIR "/limit.files"

#include "limit.h"
#include "suite.h"
#include "tiny_elf.h"

#include <inttypes.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "hvcheck/reg.h"

/* Each way to name a file, and what stands before the name. */
static const struct {
	const char *words[6];
	const char *after;
} places[] = {
        {{"hvcheck", "scan"}, ""},
        {{"hvcheck", "run"}, "@0x0"},
        {{"hvcheck", "check", "m1n1", "--abi"}, ""},
        {{"hvcheck", "run", "m1n1", "--world"}, ""},
        {{"hvcheck", "check", "m1n1", "--brief", "--suppress"}, ""},
        {{"hvcheck", "scan", HVC_BINARY_DIR "/vectors/m1n1.elf", "--symbols"}, ""},
        {{"hvcheck", "diff", "m1n1"}, "@0x0"},
};

static void expect_no_file(const char *name, const char *what)
{
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		char *arguments[8] = {NULL}, spec[300], words[64];
		const bool abi = places[i].words[3] && !strcmp(places[i].words[3], "--abi");

		snprintf(spec, sizeof spec, "%s%s%s", abi && name[0] != '/' ? "./" : "", name,
		         places[i].after);
		snprintf(words, sizeof words, "is %s, not a regular file", what);
		for (size_t k = 0; k < 6 && places[i].words[k]; k++)
			arguments[k] = (char *)(uintptr_t)places[i].words[k];
		for (size_t k = 0; k < 7; k++)
			if (!arguments[k]) {
				arguments[k] = spec;
				break;
			}
		limit_refused(name, arguments, words);
	}
}

TEST(only_regular_files_are_read)
{
	static const char fifo[] = BOUNDED_FOLDER "/fifo", name[] = BOUNDED_FOLDER "/socket";
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int listening = socket(AF_UNIX, SOCK_STREAM, 0);

	ck_assert(!mkdir(BOUNDED_FOLDER, 0777) || errno == EEXIST);
	ck_assert(!mkfifo(fifo, 0666) || errno == EEXIST);
	expect_no_file(fifo, "a pipe");
	expect_no_file("/dev/zero", "a device");
	expect_no_file("/dev/null", "a device");
	expect_no_file(BOUNDED_FOLDER, "a directory");
	unlink(name);
	ck_assert_uint_lt(sizeof name, sizeof address.sun_path);
	memcpy(address.sun_path, name, sizeof name);
	ck_assert_int_eq(bind(listening, (struct sockaddr *)&address, sizeof address), 0);
	expect_no_file(name, "a socket, or a device that is not there");
	close(listening);
	unlink(name);
	unlink(fifo);
}

/* A file in a tar archive as GNU tar writes sparse ones: a hole, and 512 bytes behind it. */
static void sparse_member(uint8_t *bytes, unsigned number, uint64_t hole)
{
	unsigned sum = 8 * ' ';

	snprintf((char *)bytes, 100, "boot/vmlinuz-%u", number);
	memcpy(bytes + 100,
	       "0000644\0"
	       "0000000\0"
	       "0000000\0"
	       "00000001000\0"
	       "00000000000",
	       47);
	bytes[156] = 'S';
	memcpy(bytes + 257, "ustar  ", 8);
	snprintf((char *)bytes + 386, 12, "%011" PRIo64, hole);
	snprintf((char *)bytes + 398, 12, "%011o", 512u);
	snprintf((char *)bytes + 483, 12, "%011" PRIo64, hole + 512);
	for (unsigned i = 0; i < 512; i++)
		sum += i >= 148 && i < 156 ? 0 : bytes[i];
	snprintf((char *)bytes + 148, 8, "%06o", sum);
	bytes[155] = ' ';
	memcpy(bytes + 512, &number, sizeof number);
}

TEST(sparse_members)
{
	const unsigned members = 2000;
	uint8_t *bytes;
	const struct pack tar = pack_alloc((members + 1) * 1024, &bytes);
	struct pack packed;

	for (unsigned i = 0; i < members; i++)
		sparse_member(bytes + (size_t)i * 1024, i, UINT64_C(60) << 20);
	packed = pack_filter(ARCHIVE_FILTER_GZIP, tar);
	ck_assert_uint_lt(packed.size, 100000);
	limit_put(packed);
	limit_scan_refused("sparse", "expands to more than 64 MiB");
	/* Small ones, of which two are one too many: the others are not read. */
	for (unsigned i = 0; i < members; i++) {
		memset(bytes + (size_t)i * 1024, 0, 1024);
		sparse_member(bytes + (size_t)i * 1024, i, 1 << 14);
		memcpy(bytes + (size_t)i * 1024 + 512, "MZ", 2);
	}
	limit_put(pack_filter(ARCHIVE_FILTER_GZIP, tar));
	limit_scan_refused("sparse", "none of the 2000 files in it looks like a kernel");
	/* A hole that has no end. */
	memset(bytes, 0, 1024);
	sparse_member(bytes, 0, INT64_C(0x1fffffff));
	limit_put(tar);
	limit_scan_refused("hole", "expands to more than");
}

TEST(members_of_packages)
{
	const size_t most = HVC_LIMIT_MEMBERS + 2;
	struct limit_text text = {0};
	uint8_t *bytes;

	pack_alloc(1, &bytes);
	limit_say(&text, "!<arch>\n");
	for (size_t i = 0; i < most; i++)
		limit_say(&text, "%-16zu%-12u%-6u%-6u%-8u%-10u`\n", i, 0u, 0u, 0u, 644u, 0u);
	limit_put_text(&text);
	limit_scan_refused("members", "has more than 262144 members");
}

/* A name, and a table of names, that are longer than what may come out: they are not waited for. */
TEST(headers_of_packages)
{
	static const char *const heads[] = {
	        "070701000000010000000000000000000000000000000100000000000000010000000000000000"
	        "00000000000000000B00000000000000",
	        "!<arch>\n//                                              180000000 `\n",
	};
	char *const scan[] = {"hvcheck", "scan", limit_path, NULL};

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		struct bounded bounded;
		uint8_t *bytes;
		struct pack plain = pack_alloc((size_t)185 << 20, &bytes);

		memcpy(bytes, heads[i], strlen(heads[i]));
		limit_put(pack_filter(ARCHIVE_FILTER_GZIP, plain));
		limit_scan_refused("header", "expands to more than 64 MiB");
		pack_done();
		bounded = bounded_run("header", scan);
#ifndef __SANITIZE_ADDRESS__
		ck_assert_int_lt(bounded.kib, 100 << 10);
#endif
		ck_assert_int_eq(bounded.status, 2);
	}
}

TEST(layers)
{
	const struct pack kernel = pack_kernel(0x2000);
	struct pack packed = kernel, row;
	uint8_t *zeros;

	for (unsigned i = 0; i < HVC_LIMIT_LAYERS; i++) {
		packed = pack_filter(i % 2 ? ARCHIVE_FILTER_XZ : ARCHIVE_FILTER_GZIP, packed);
		pack_same("layers", packed, "@+0x800", kernel, NULL);
	}
	pack_refused("layers", pack_filter(ARCHIVE_FILTER_GZIP, packed), "@+0x800", HVC_E_FORMAT,
	             "is packed more than 8 times");
	/* Twice the same, which is not damage, and twice one behind the other. */
	packed = pack_filter(ARCHIVE_FILTER_GZIP, kernel);
	pack_same("twice", pack_filter(ARCHIVE_FILTER_GZIP, packed), "@+0x800", kernel, NULL);
	row = pack_join(
	        pack_filter(ARCHIVE_FILTER_GZIP, (struct pack){kernel.bytes, 0x1000}),
	        pack_filter(ARCHIVE_FILTER_GZIP, (struct pack){kernel.bytes + 0x1000, 0x1000}));
	pack_same("row", row, "@+0x800", kernel, NULL);
	/* What comes out of all layers is counted together. */
	packed = pack_alloc((size_t)40 << 20, &zeros);
	memset(zeros + 100, 1, (size_t)1 << 20);
	packed = pack_filter(ARCHIVE_FILTER_GZIP, packed);
	pack_put(zeros, 0, 2, 0x8b1f);
	memcpy(zeros, packed.bytes, packed.size);
	packed = pack_filter(ARCHIVE_FILTER_ZSTD, (struct pack){zeros, (size_t)40 << 20});
	pack_refused("both", packed, "@+0x800", HVC_E_RANGE, "expands to more than 64 MiB");
}

/* An ELF file whose section headers, all alike but the first two, stand at its end. */
static struct pack many_sections(uint16_t type, const Elf64_Shdr *strings, const Elf64_Shdr *each,
                                 unsigned sections, struct pack data)
{
	const size_t at = (TINY_SIZE + data.size + 63) / 64 * 64;
	uint8_t *bytes;
	struct pack out = pack_alloc(at + (size_t)sections * 64, &bytes);

	tiny_elf(bytes);
	memcpy(bytes + TINY_SIZE, data.bytes, data.size);
	tiny_put(bytes, offsetof(Elf64_Ehdr, e_type), 2, type);
	tiny_put(bytes, offsetof(Elf64_Ehdr, e_shoff), 8, at);
	tiny_put(bytes, offsetof(Elf64_Ehdr, e_shnum), 2, sections);
	memcpy(bytes + at + 64, strings, 64);
	for (size_t i = 2; i < sections; i++)
		memcpy(bytes + at + i * 64, each, 64);
	return out;
}

static struct pack many_symbols(size_t count, uint32_t stride, uint64_t size)
{
	uint8_t *bytes;
	struct pack out = pack_alloc(count * sizeof(Elf64_Sym), &bytes);

	for (size_t i = 0; i < count; i++) {
		const Elf64_Sym symbol = {
		        .st_name = 1 + (uint32_t)i * stride,
		        .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
		        .st_shndx = 1,
		        .st_value = TINY_TEXT + 0x800,
		        .st_size = size,
		};

		memcpy(bytes + i * sizeof symbol, &symbol, sizeof symbol);
	}
	return out;
}

TEST(symbols_of_elf_files)
{
	const Elf64_Shdr strings = {.sh_type = SHT_STRTAB,
	                            .sh_offset = TINY_STRTAB_AT,
	                            .sh_size = 0x40,
	                            .sh_addralign = 1};
	const size_t count = 1 << 16;
	Elf64_Shdr table = {.sh_type = SHT_SYMTAB,
	                    .sh_offset = TINY_SIZE,
	                    .sh_size = count * sizeof(Elf64_Sym),
	                    .sh_link = 1,
	                    .sh_addralign = 1,
	                    .sh_entsize = sizeof(Elf64_Sym)};
	Elf64_Shdr text = {.sh_type = SHT_STRTAB, .sh_offset = TINY_SIZE, .sh_addralign = 1};
	struct pack symbols = many_symbols(count, 0, 4), names, file;
	uint8_t *bytes;

	/* Thousands of tables that are the same bytes. */
	limit_put(many_sections(ET_EXEC, &strings, &table, 0xfeff, symbols));
	limit_scan_refused("tables", "has more than 4194304 symbols");
	/* One that is full of names for one place; 3 tables are 200,000 aliases. */
	file = many_sections(ET_EXEC, &strings, &table, 5, symbols);
	for (size_t at = 0x900; at < TINY_TEXT_SIZE; at += 4)
		tiny_code((uint8_t *)(uintptr_t)file.bytes, at, &(uint32_t){0xd4000002}, 1);
	limit_put(file);
	limit_scan_is_quick("aliases");
	/* Each name is all that follows of one text. */
	names = pack_alloc(count * 2, &bytes);
	memset(bytes, 'a', names.size - 1);
	text.sh_size = names.size;
	table.sh_offset += names.size;
	limit_put(many_sections(ET_EXEC, &text, &table, 3,
	                        pack_join(names, many_symbols(count, 2, 0))));
	limit_scan_refused("names", "names of more than 256 MiB");
	/* And of one that has no end. */
	memset(bytes, 'a', names.size);
	limit_put(many_sections(ET_EXEC, &text, &table, 3,
	                        pack_join(names, many_symbols(count, 1, 0))));
	limit_scan_is_quick("endless");
	/* More symbols than are looked at behind a large number of sections. */
	table.sh_type = SHT_RELA;
	table.sh_info = 1;
	table.sh_entsize = sizeof(Elf64_Rela);
	table.sh_offset = TINY_SIZE;
	text.sh_type = SHT_PROGBITS;
	text.sh_flags = SHF_ALLOC;
	pack_alloc(count * sizeof(Elf64_Rela), &bytes);
	limit_put(many_sections(ET_REL, &text, &table, 0xfeff,
	                        (struct pack){bytes, count * sizeof(Elf64_Rela)}));
	limit_scan_refused("relocations", "has more than 4194304 relocations");
}

/* Beginnings of kallsyms wherever one looks, and none that goes on. */
TEST(places_of_kallsyms)
{
#ifdef __SANITIZE_ADDRESS__
	const size_t size = (size_t)16 << 20;
#else
	const size_t size = (size_t)48 << 20;
#endif
	uint8_t *bytes;
	const struct pack file = pack_alloc(size, &bytes);

	for (size_t i = 0; i < size; i += 20)
		for (unsigned digit = 0; digit < 10 && i + 2 * digit < size; digit++)
			bytes[i + 2 * digit] = (uint8_t)('0' + digit);
	memset(bytes, 0, 64);
	limit_put(file);
	limit_scan_is_quick("digits");
}

SUITE_MAIN("limit")
