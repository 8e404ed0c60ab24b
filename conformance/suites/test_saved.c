/* SPDX-License-Identifier: MIT */
/* Saved maps: read back they are what was written, and no damage is taken for a map. */
#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "engine/saved.h"
#include "hvcheck/arch.h"
#include "hvcheck/diff.h"
#include "hvcheck/saved.h"
#include "under_test.h"

#define FOLDER HVC_BINARY_DIR "/test_saved.files"

static struct hvc_map *make_map(const char *name, unsigned values)
{
	struct hvc_subject *subject = open_subject(name);
	struct hvc_probe probe[8];
	struct hvc_probes probes = {probe, values + 1, 0};
	struct hvc_map_config config = {.subject = subject, .probes = &probes, .jobs = 2};
	struct hvc_map *map = NULL;
	struct hvc_diag diag = {0};

	for (unsigned i = 0; i <= values; i++) {
		probe[i] = (struct hvc_probe){.reg = i ? HVC_REG_X0 : HVC_REG_NONE};
		hvc_call_init(&probe[i].call, i == values);
		if (i)
			probe[i].call.x[0] = i - 1;
	}
	ck_assert_msg(hvc_map_make(&config, &diag, &map) == HVC_OK, "%s", diag.message);
	hvc_subject_close(subject);
	return map;
}

static char *save(const struct hvc_map *map, size_t *size)
{
	struct hvc_diag diag = {0};
	char *text = NULL;
	FILE *file = open_memstream(&text, size);

	ck_assert_msg(hvc_map_save(file, map, &diag) == HVC_OK, "%s", diag.message);
	ck_assert_int_eq(fclose(file), 0);
	return text;
}

static const char *path_of(const char *name)
{
	static char path[512];

	ck_assert(!mkdir(FOLDER, 0777) || errno == EEXIST);
	snprintf(path, sizeof path, "%s/%s", FOLDER, name);
	return path;
}

static const char *put_file(const char *name, const char *text, size_t size)
{
	const char *path = path_of(name);
	FILE *file = fopen(path, "wb");

	ck_assert(file && (size == 0 || fwrite(text, size, 1, file) == 1));
	ck_assert_int_eq(fclose(file), 0);
	return path;
}

START_TEST(maps_come_back)
{
	static const char *const names[] = {"linux-stub-imm", "linux-stub-4.12", "xen",
	                                    "broken-store", "jailhouse"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct hvc_map *map = make_map(names[i], 5), *back = NULL;
		struct hvc_diag diag = {0};
		size_t size, again;
		char *text = save(map, &size), *twice;
		const char *path = put_file("back.map", text, size);

		ck_assert(hvc_map_is_saved(path));
		ck_assert_msg(hvc_map_load(path, &diag, &back) == HVC_OK, "%s: %u:%u: %s", names[i],
		              diag.line, diag.column, diag.message);
		twice = save(back, &again);
		ck_assert_uint_eq(size, again);
		ck_assert_mem_eq(text, twice, size);
		ck_assert_str_eq(back->subject, map->subject);
		ck_assert_mem_eq(&back->present, &map->present, sizeof back->present);
		ck_assert_mem_eq(&back->entry, &map->entry, sizeof back->entry);
		ck_assert_uint_eq(back->classes, map->classes);
		ck_assert_uint_eq(back->runs, map->runs);
		ck_assert_mem_eq(back->run, map->run, map->runs * sizeof *map->run);
		for (unsigned c = 0; c < map->classes; c++) {
			ck_assert(hvc_class_equal(&back->class_[c], &map->class_[c]));
			ck_assert_uint_eq(back->class_[c].calls, map->class_[c].calls);
		}
		ck_assert_uint_eq(back->probes.count, map->probes.count);
		for (unsigned p = 0; p < map->probes.count; p++) {
			const struct hvc_probe *a = &back->probes.probe[p];
			const struct hvc_probe *b = &map->probes.probe[p];

			ck_assert_mem_eq(a->call.x, b->call.x, sizeof b->call.x);
			ck_assert(a->seed == b->seed && a->reg == b->reg && a->why == b->why);
		}
		free(text);
		free(twice);
		hvc_map_free(map);
		hvc_map_free(back);
	}
}
END_TEST

/* Cut anywhere, or with any one byte changed, it is refused with a place in the file. */
START_TEST(damage_is_refused)
{
	struct hvc_map *map = make_map("linux-stub-imm", 3);
	size_t size;
	char *text = save(map, &size);

	for (size_t at = 0; at < size; at += at % 7 + 1) {
		for (int cut = 0; cut < 2; cut++) {
			struct hvc_map *back = NULL;
			struct hvc_diag diag = {0};
			const char *path;
			char kept = text[at];

			text[at] = (char)(kept ^ 1);
			path = put_file("damaged.map", text, cut ? at : size);
			text[at] = kept;
			ck_assert_msg(hvc_map_load(path, &diag, &back) == HVC_E_FORMAT,
			              "%s at byte %zu", cut ? "cut" : "changed", at);
			ck_assert_ptr_null(back);
			ck_assert_uint_gt(diag.line, 0);
			ck_assert_uint_gt(diag.column, 0);
			ck_assert_str_eq(diag.file, path);
		}
	}
	free(text);
	hvc_map_free(map);
}
END_TEST

/* The word that is wrong is the place that is told. */
START_TEST(complaints_have_places)
{
	static const struct {
		const char *what, *instead;
		unsigned column;
		const char *message;
	} rows[] = {
	        {"class return", "class retrun", 7, "'retrun' is not an outcome"},
	        {"cpu a72", "cpu a73", 5, "'a73' is not a CPU model"},
	        {"  x0 := vbar_el2", "  x0 := vbar_el9", 9, "no such register or value"},
	        {"  x0 := vbar_el2", "  xx := vbar_el2", 3, "'xx' is not part of a class"},
	        {"0x0005-0xffff", "0x0006-0xffff", 3, "expected immediates from 0x0005 on"},
	        {"call hvc", "call hvd", 6, "'hvd' is not an instruction"},
	        {"el1h 0 base", "el1z 0 base", 10, "'el1z' is not a level"},
	        {"sum 0x", "sum 0y", 5, ""},
	};
	struct hvc_map *map = make_map("linux-stub-imm", 3);
	size_t size;
	char *text = save(map, &size);

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *copy = strdup(text), *at = strstr(copy, rows[i].what);
		struct hvc_map *back = NULL;
		struct hvc_diag diag = {0};
		unsigned line = 1;

		ck_assert_msg(at != NULL, "%s", rows[i].what);
		memcpy(at, rows[i].instead, strlen(rows[i].instead));
		for (const char *c = copy; c < at; c++)
			line += *c == '\n';
		ck_assert_int_eq(hvc_map_load(put_file("wrong.map", copy, size), &diag, &back),
		                 HVC_E_FORMAT);
		ck_assert_msg(diag.line == line && diag.column == rows[i].column,
		              "%s: line %u, column %u: %s", rows[i].instead, diag.line, diag.column,
		              diag.message);
		if (i != 2)
			ck_assert_msg(strstr(diag.message, rows[i].message), "%s: %s",
			              rows[i].instead, diag.message);
		free(copy);
	}
	free(text);
	hvc_map_free(map);
}
END_TEST

static struct hvc_diff *diff_with(struct hvc_map *saved, const char *name)
{
	struct hvc_subject *subject = open_subject(name);
	struct hvc_diff_config config = {
	        .saved = {saved, NULL}, .subject = {NULL, subject}, .jobs = 2};
	struct hvc_diff *diff = NULL;
	struct hvc_diag diag = {0};

	ck_assert_msg(hvc_diff_run(&config, &diag, &diff) == HVC_OK, "%s", diag.message);
	hvc_subject_close(subject);
	return diff;
}

START_TEST(a_saved_map_stands_for_its_subject)
{
	struct hvc_map *map = make_map("linux-stub-4.12", 5);
	struct hvc_diff *diff = diff_with(map, "linux-stub-4.12");

	ck_assert_uint_eq(diff->calls, 6 * HVC_IMM_COUNT);
	ck_assert_uint_eq(diff->differing, 0);
	hvc_diff_free(diff);
	diff = diff_with(map, "linux-stub-4.7");
	ck_assert_uint_gt(diff->differing, 0);
	hvc_diff_free(diff);
	hvc_map_free(map);
}
END_TEST

/* What only the new code compares with was never tried, and is told. */
START_TEST(untried_values_are_told)
{
	struct hvc_map *map = make_map("linux-stub-4.12", 1); /* x0 = 0 alone */
	struct hvc_diff *diff = diff_with(map, "linux-stub-4.12");
	bool one = false;

	for (size_t i = 0; i < diff->untrieds; i++) {
		ck_assert(diff->untried[i].reg != HVC_REG_X0 || diff->untried[i].value != 0);
		one |= diff->untried[i].reg == HVC_REG_X0 && diff->untried[i].value == 1;
	}
	ck_assert(one);
	hvc_diff_free(diff);
	hvc_map_free(map);
}
END_TEST

static void set_register(struct hvc_world *world)
{
	ck_assert_int_eq(hvc_world_set(world, HVC_REG_TPIDR_EL2, 1), HVC_OK);
}

static void set_by_encoding(struct hvc_world *world)
{
	static const uint8_t encoding[5] = {3, 4, 12, 11, 5};

	ck_assert_int_eq(hvc_world_set_sys(world, encoding, 7), HVC_OK);
}

static void lend_pages(struct hvc_world *world)
{
	world->zero_pages = 3;
}

static void take_el3(struct hvc_world *world)
{
	world->el3 = false;
}

static void stop_at(struct hvc_world *world)
{
	ck_assert_int_eq(hvc_world_stop_at(world, 0x40000000, "here"), HVC_OK);
}

static void put_stub(struct hvc_world *world)
{
	ck_assert_int_eq(hvc_world_stub(world, 0x40000000, 5, "there"), HVC_OK);
}

/* Whatever a world has is compared, whichever side has it. */
START_TEST(another_world_is_refused)
{
	static const struct {
		void (*change)(struct hvc_world *world);
		const char *message;
	} rows[] = {
	        {set_register, "tpidr_el2"},  {set_by_encoding, "s3_4_c12_c11_5"},
	        {lend_pages, "zero pages"},   {take_el3, "EL3"},
	        {stop_at, "boundary 'here'"}, {put_stub, "stub 'there'"},
	};
	struct hvc_map *map = make_map("linux-stub-4.12", 1), other = *map;
	struct hvc_diff *diff = NULL;
	struct hvc_diag diag = {0};
	struct hvc_diff_config config = {.saved = {map, &other}};

	ck_assert_int_eq(hvc_diff_run(&config, &diag, &diff), HVC_OK);
	ck_assert_uint_eq(diff->differing, 0);
	hvc_diff_free(diff);
	for (size_t i = 0; i < 2 * (sizeof rows / sizeof *rows); i++) {
		config.saved[i % 2] = map;
		config.saved[1 - i % 2] = &other;
		other = *map;
		rows[i / 2].change(&other.world);
		/* The registers of a map are those that its calls were made with. */
		other.entry.v[HVC_REG_TPIDR_EL2] = other.world.state.v[HVC_REG_TPIDR_EL2];
		ck_assert_msg(hvc_diff_run(&config, &diag, &diff) == HVC_E_ARG, "%s",
		              rows[i / 2].message);
		ck_assert_msg(strstr(diag.message, rows[i / 2].message), "%s", diag.message);
	}
	hvc_map_free(map);
}
END_TEST

/* A value is told once, however often it is found. */
START_TEST(untried_values_are_told_once)
{
	struct hvc_map *map = make_map("linux-stub-4.12", 1);
	struct hvc_diff *diff = diff_with(map, "xen");

	ck_assert_uint_gt(diff->untrieds, 1);
	for (size_t i = 0; i < diff->untrieds; i++)
		for (size_t k = 0; k < i; k++)
			ck_assert(diff->untried[i].reg != diff->untried[k].reg ||
			          diff->untried[i].value != diff->untried[k].value);
	hvc_diff_free(diff);
	hvc_map_free(map);
}
END_TEST

/* Names with everything in them that a name can have. */
START_TEST(names_come_back)
{
	static const char *const names[] = {" a b ",        "a\\x41\\",
	                                    "\n::error::x", "\x1b[31m\a\x7f\xff\xc2\x9b",
	                                    "\xe2\x80\xae", "\xc3\xa9 ##vso[x]"};
	struct hvc_map *map = make_map("linux-stub-4.12", 1);

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct hvc_map *back = NULL;
		struct hvc_diag diag = {0};
		size_t size;
		char *text;

		free(map->subject);
		map->subject = strdup(names[i]);
		map->world.boundaries = 0;
		ck_assert_int_eq(hvc_world_stop_at(&map->world, 0x40000000, names[i]), HVC_OK);
		text = save(map, &size);
		for (size_t at = 0; at < size; at++)
			ck_assert(text[at] == '\n' || (text[at] >= ' ' && text[at] != 0x7f) ||
			          (text[at] & 0x80));
		ck_assert_ptr_null(strstr(text, "##vso["));
		ck_assert_msg(hvc_map_load(put_file("name.map", text, size), &diag, &back) ==
		                      HVC_OK,
		              "%zu: %u:%u: %s", i, diag.line, diag.column, diag.message);
		ck_assert_str_eq(back->subject, names[i]);
		ck_assert_str_eq(back->world.boundary[0].name, names[i]);
		hvc_map_free(back);
		free(text);
	}
	hvc_map_free(map);
}
END_TEST

#define HEAD "hvcheck-map 1\nsubject x\ncpu a72\n"
#define CALL "call hvc el1h 0 base none\n"

/* A map of these lines, with its sum, is refused with this message at this line. */
static void refuse(FILE *file, char **text, size_t *size, unsigned line, const char *message)
{
	struct hvc_map *map = NULL;
	struct hvc_diag diag = {0};

	ck_assert_int_eq(fflush(file), 0);
	fprintf(file, "sum 0x%016llx\n", (unsigned long long)hvc_saved__sum(*text, *size));
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_int_eq(hvc_map_load(put_file("refused.map", *text, *size), &diag, &map),
	                 HVC_E_FORMAT);
	ck_assert_msg(strstr(diag.message, message) && diag.line == line, "line %u: %s", diag.line,
	              diag.message);
	free(*text);
}

START_TEST(what_hvcheck_does_not_write_is_refused)
{
	static const struct {
		const char *lines;
		unsigned line;
		const char *message;
	} rows[] = {
	        {HEAD, 4, "a map of no call"},
	        {"hvcheck-map 1\nsubject a\nsubject b\n", 3, "a second subject"},
	        {"hvcheck-map 1\nsubject \x1b\n", 2, "not a name"},
	        {"hvcheck-map 1\nsubject \\x\n", 2, "not a name"},
	        {"hvcheck-map 1\nsubject \\x41\n", 2, "not a name"},
	        {HEAD "cpu a72\n" CALL "class return el1h return\ncalls 1\n  0x0000-0xffff 1\n", 4,
	         "not written as hvcheck writes it"},
	        {HEAD "call hvc el1h 0 base none x0=0x000000000000000000000000000000000000000000000"
	              "0000000000000000000000\n",
	         4, "too long a word"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text;
		size_t size;
		FILE *file = open_memstream(&text, &size);

		fputs(rows[i].lines, file);
		refuse(file, &text, &size, rows[i].line, rows[i].message);
	}
}
END_TEST

/* What a small file may ask for: calls that share many stretches, or just many lines. */
START_TEST(bombs_take_little_memory)
{
	struct rusage before, after;
	char *text;
	size_t size;
	FILE *file;

	ck_assert_int_eq(getrusage(RUSAGE_SELF, &before), 0);
	file = open_memstream(&text, &size);
	fputs(HEAD, file);
	for (unsigned i = 0; i < 30000; i++)
		fputs(CALL, file);
	fputs("class return el1h return\ncalls 1-30000\n", file);
	for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++)
		fprintf(file, "  0x%04x-0x%04x 1\n", imm, imm);
	refuse(file, &text, &size, 30005 + HVC_LIMIT_STRETCHES / 30000 + 1,
	       "more than 4194304 stretches");
	file = open_memstream(&text, &size);
	fputs(HEAD, file);
	for (unsigned i = 0; i < 60000; i++)
		fputs(CALL, file);
	refuse(file, &text, &size, 60004, "call 1 is told nothing of");
	ck_assert_int_eq(getrusage(RUSAGE_SELF, &after), 0);
	ck_assert_int_lt(after.ru_maxrss - before.ru_maxrss, 200 * 1024);
}
END_TEST

static const struct suite_test tests[] = {
        {"maps_come_back", &maps_come_back},
        {"damage_is_refused", &damage_is_refused},
        {"complaints_have_places", &complaints_have_places},
        {"a_saved_map_stands_for_its_subject", &a_saved_map_stands_for_its_subject},
        {"untried_values_are_told", &untried_values_are_told},
        {"another_world_is_refused", &another_world_is_refused},
        {"untried_values_are_told_once", &untried_values_are_told_once},
        {"names_come_back", &names_come_back},
        {"what_hvcheck_does_not_write_is_refused", &what_hvcheck_does_not_write_is_refused},
        {"bombs_take_little_memory", &bombs_take_little_memory},
};

SUITE_MAIN("saved", tests)
