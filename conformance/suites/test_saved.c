/* SPDX-License-Identifier: MIT */
/* Saved maps: read back they are what was written, and no damage is taken for a map. */
#include "engine/saved.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/random.h"
#include "engine/diff.h"
#include "hvcheck/arch.h"
#include "under_test.h"

#define FOLDER HVC_BINARY_DIR "/test_saved.files"

static struct hvc_exact *make_map(const char *name, const struct hvc_world *world,
                                  struct hvc_subject **subject)
{
	struct hvc_exact_config config = {.world = world, .brief = true};
	struct hvc_exact *map = NULL;
	struct hvc_diag diag = {0};

	config.subject = *subject = open_subject(name);
	ck_assert_msg(hvc_exact__make(&config, &diag, &map) == HVC_OK, "%s", diag.message);
	return map;
}

static char *save(const struct hvc_exact *map, size_t *size)
{
	struct hvc_diag diag = {0};
	char *text = NULL;
	FILE *file = open_memstream(&text, size);

	ck_assert_msg(hvc_exact__save(file, map, &diag) == HVC_OK, "%s", diag.message);
	ck_assert_int_eq(fclose(file), 0);
	return text;
}

/* The text of a subject's map. */
static char *save_of(const char *name, const struct hvc_world *world, size_t *size)
{
	struct hvc_subject *subject;
	struct hvc_exact *map = make_map(name, world, &subject);
	char *text = save(map, size);

	hvc_exact__free(map);
	hvc_subject_close(subject);
	return text;
}

static const char *put_file(const char *name, const char *text, size_t size)
{
	static char path[512];

	snprintf(path, sizeof path, "%s/%s", FOLDER, name);
	suite_put(path, text, size);
	return path;
}

static struct hvc_exact *load(const char *text, size_t size)
{
	struct hvc_exact *map = NULL;
	struct hvc_diag diag = {0};
	const char *path = put_file("load.map", text, size);

	ck_assert(hvc_map__is_saved(path));
	ck_assert_msg(hvc_exact__load(path, &diag, &map) == HVC_OK, "%u:%u: %s", diag.line,
	              diag.column, diag.message);
	return map;
}

static struct hvc_diff *diff_of(const struct hvc_exact *old, const struct hvc_exact *new,
                                const char *name)
{
	struct hvc_subject *subject = name ? open_subject(name) : NULL;
	const struct hvc_diff_config config = {
	        .saved = {old, new}, .subject = {NULL, subject}, .brief = true};
	struct hvc_diff *diff = NULL;
	struct hvc_diag diag = {0};

	ck_assert_msg(hvc_diff__run(&config, &diag, &diff) == HVC_OK, "%s", diag.message);
	hvc_subject_close(subject);
	return diff;
}

/* And are equal to their subject, and to themselves, by the solver. */
static const char *const saved[] = {"linux-stub-imm", "linux-stub-4.12", "xen", "gunyah",
                                    "broken-store",   "jailhouse",       "m1n1"};

TEST_ROWS(maps_come_back, saved)
{
	size_t size, again;
	char *text = save_of(saved[_i], NULL, &size), *twice;
	struct hvc_exact *back = load(text, size);
	struct hvc_diff *diff;

	ck_assert_str_eq(hvc_exact__subject(back), saved[_i]);
	twice = save(back, &again);
	ck_assert_uint_eq(size, again);
	ck_assert_str_eq(text, twice);
	diff = diff_of(back, NULL, saved[_i]);
	ck_assert_msg(diff->equal, "%s", diff->changes ? diff->change[0].when : "gaps");
	ck_assert(diff->saved[HVC_SIDE_OLD] && !diff->saved[HVC_SIDE_NEW]);
	hvc_diff__free(diff);
	diff = diff_of(back, back, NULL);
	ck_assert(diff->equal);
	hvc_diff__free(diff);
	hvc_exact__free(back);
	free(text);
	free(twice);
}

/* Cut anywhere, or with any one byte changed, it is refused with a place in the file. */
TEST(damage_is_refused)
{
	size_t size;
	char *text = save_of("linux-stub-imm", NULL, &size);

	for (size_t at = 0; at < size; at += at % 7 + 1) {
		for (int cut = 0; cut < 2; cut++) {
			struct hvc_exact *back = NULL;
			struct hvc_diag diag = {0};
			const char *path;
			char kept = text[at];

			text[at] = (char)(kept ^ 1);
			path = put_file("damaged.map", text, cut ? at : size);
			text[at] = kept;
			ck_assert_msg(hvc_exact__load(path, &diag, &back) == HVC_E_FORMAT,
			              "%s at byte %zu", cut ? "cut" : "changed", at);
			ck_assert_ptr_null(back);
			ck_assert_uint_gt(diag.line, 0);
			ck_assert_uint_gt(diag.column, 0);
			ck_assert_str_eq(diag.file, path);
		}
	}
	free(text);
}

/* The word that is wrong is the place that is told. */
TEST(complaints_have_places)
{
	static const struct {
		const char *what, *instead;
		unsigned column;
		const char *message;
	} rows[] = {
	        {"row return", "row retrun", 5, "'retrun' is not an outcome"},
	        {"cpu a72", "cpu a73", 5, "'a73' is not a CPU model"},
	        {"  x0 := x2", "  x0 := y2", 11, "no such input"},
	        {"  x0 := x2", "  xx := x2", 3, "'xx' is not part of a row"},
	        {"  when x0 in 0x2", "  when x0 in 0y2", 14, "is not a number"},
	        {"  when x0 in 0x2", "  when x9 of 0x2", 10, "expected an operator"},
	        {"caller el1h hvc", "caller el1h hvd", 13, "'hvd' is not an instruction"},
	        {"caller el1h hvc", "caller el1z hvc", 8, "'el1z' is not a level"},
	        {"caller el1h hvc", "caller el1t hvc", 13, "this caller is told twice"},
	        {"proved", "prowed", 17, "does not say how it is known"},
	        {"sum 0x", "sum 0y", 5, ""},
	};
	size_t size;
	char *text = save_of("linux-stub-4.12", NULL, &size);

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *copy = strdup(text), *at = strstr(copy, rows[i].what);
		struct hvc_exact *back = NULL;
		struct hvc_diag diag = {0};
		unsigned line = 1;

		ck_assert_msg(at != NULL, "%s", rows[i].what);
		memcpy(at, rows[i].instead, strlen(rows[i].instead));
		for (const char *c = copy; c < at; c++)
			line += *c == '\n';
		ck_assert_int_eq(hvc_exact__load(put_file("wrong.map", copy, size), &diag, &back),
		                 HVC_E_FORMAT);
		ck_assert_msg(diag.line == line && diag.column == rows[i].column,
		              "%s: line %u, column %u: %s", rows[i].instead, diag.line, diag.column,
		              diag.message);
		ck_assert_msg(strstr(diag.message, rows[i].message), "%s: %s", rows[i].instead,
		              diag.message);
		free(copy);
	}
	free(text);
}

/* Conditions and values of the file are what is compared: one that says otherwise differs. */
TEST(what_a_saved_map_says_is_compared)
{
	static const struct {
		const char *what, *instead, *differs;
	} rows[] = {
	        {"  x0 := 0xbadca11", "  x0 := 0xbadca12", "x0"},
	        {"  vbar_el2 := x1\n", "  vbar_el2 := x2\n", "vbar_el2"},
	        {"  to x1\n", "  to x3\n", "target"},
	        {"  to self + 0x4\n", "  to self + 0x8\n", "target"},
	        {"row return el1t", "row return el1h", "level"},
	        {"row jump el2h", "row jump el2t", "level"},
	        {"  nzcv := 0x60000000", "  nzcv := 0x70000000", "nzcv"},
	};
	size_t size;
	char *text = save_of("linux-stub-4.12", NULL, &size);

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *copy = strdup(text), *at = strstr(copy, rows[i].what), *sum;
		struct hvc_exact *back;
		struct hvc_diff *diff;

		ck_assert_msg(at != NULL, "%s", rows[i].what);
		memcpy(at, rows[i].instead, strlen(rows[i].instead));
		sum = strstr(copy, "\nsum ") + 1;
		sprintf(sum, "sum 0x%016llx\n",
		        (unsigned long long)hvc_hash(HVC_HASH_START, copy, (size_t)(sum - copy)));
		back = load(copy, size);
		diff = diff_of(back, NULL, "linux-stub-4.12");
		ck_assert_uint_gt(diff->changes, 0);
		ck_assert_str_eq(diff->change[0].what, rows[i].differs);
		ck_assert(!diff->change[0].witness.command[HVC_SIDE_OLD]);
		ck_assert(diff->change[0].witness.command[HVC_SIDE_NEW]);
		hvc_diff__free(diff);
		hvc_exact__free(back);
		free(copy);
	}
	free(text);
}

TEST(a_saved_map_stands_for_its_subject)
{
	size_t size;
	char *text = save_of("linux-stub-4.12", NULL, &size);
	struct hvc_exact *map = load(text, size);
	struct hvc_diff *diff = diff_of(map, NULL, "linux-stub-4.7");

	ck_assert_uint_gt(diff->changes, 0);
	hvc_diff__free(diff);
	hvc_exact__free(map);
	free(text);
}

static void set_register(struct hvc_world *world)
{
	ck_assert_int_eq(hvc_world_set(world, HVC_REG_TPIDR_EL2, 1), HVC_OK);
}

static void set_by_encoding(struct hvc_world *world)
{
	static const uint8_t encoding[5] = {3, 4, 14, 2, 2};

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
	ck_assert_int_eq(hvc_world_stop_at(world, HVC_LANDING, "here"), HVC_OK);
}

static void put_stub(struct hvc_world *world)
{
	ck_assert_int_eq(hvc_world_stub(world, HVC_LANDING, 5, "there"), HVC_OK);
}

/* Whatever a world has is saved and compared, whichever side has it. */
TEST(another_world_is_refused)
{
	static const struct {
		void (*change)(struct hvc_world *world);
		const char *message;
	} rows[] = {
	        {set_register, "tpidr_el2"},  {set_by_encoding, "s3_4_c14_c2_2"},
	        {lend_pages, "zero pages"},   {take_el3, "EL3"},
	        {stop_at, "boundary 'here'"}, {put_stub, "stub 'there'"},
	};
	size_t size;
	char *text = save_of("linux-stub-4.12", NULL, &size);
	struct hvc_exact *map = load(text, size);
	struct hvc_diff *diff = NULL;

	free(text);
	for (size_t i = 0; i < 2 * (sizeof rows / sizeof *rows); i++) {
		struct hvc_diff_config config = {0};
		struct hvc_diag diag = {0};
		struct hvc_world world;
		struct hvc_exact *other;

		hvc_world_init(&world, HVC_CPU_A72);
		rows[i / 2].change(&world);
		text = save_of("linux-stub-4.12", &world, &size);
		other = load(text, size);
		config.saved[i % 2] = map;
		config.saved[1 - i % 2] = other;
		ck_assert_msg(hvc_diff__run(&config, &diag, &diff) == HVC_E_ARG, "%s",
		              rows[i / 2].message);
		ck_assert_msg(strstr(diag.message, rows[i / 2].message), "%s", diag.message);
		hvc_exact__free(other);
		free(text);
	}
	hvc_exact__free(map);
}

/* Names with everything in them that a name can have. */
TEST(names_come_back)
{
	static const char *const names[] = {" a b ",        "a\\x41\\",
	                                    "\n::error::x", "\x1b[31m\a\x7f\xff\xc2\x9b",
	                                    "\xe2\x80\xae", "\xc3\xa9 ##vso[x]"};
	struct hvc_subject *subject;
	struct hvc_exact *map = make_map("linux-stub-4.12", NULL, &subject);

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct hvc_exact *back;
		size_t size;
		char *text;

		map->name = names[i];
		map->world.stops = 0;
		ck_assert_int_eq(hvc_world_stop_at(&map->world, 0x40000000, names[i]), HVC_OK);
		text = save(map, &size);
		for (size_t at = 0; at < size; at++)
			ck_assert(text[at] == '\n' || (text[at] >= ' ' && text[at] != 0x7f) ||
			          (text[at] & 0x80));
		ck_assert_ptr_null(strstr(text, "##vso["));
		back = load(text, size);
		ck_assert_str_eq(hvc_exact__subject(back), names[i]);
		ck_assert_str_eq(back->world.stop[0].name, names[i]);
		hvc_exact__free(back);
		free(text);
	}
	hvc_exact__free(map);
	hvc_subject_close(subject);
}

SUITE_MAIN("saved")
