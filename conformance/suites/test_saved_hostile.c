/* SPDX-License-Identifier: MIT */
/* Saved maps that nobody wrote: refused with their place, before the time or memory is spent. */
#include "engine/saved.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/random.h"
#include "under_test.h"

#define FOLDER HVC_BINARY_DIR "/test_saved_hostile.files"

static const char *put_file(const char *name, const char *text, size_t size)
{
	static char path[512];

	snprintf(path, sizeof path, "%s/%s", FOLDER, name);
	suite_put(path, text, size);
	return path;
}

#define HEAD   "hvcheck-map 2\nsubject x\ncpu a72\nvectors 0x0\n"
#define CALLER HEAD "names\ncaller el1h hvc\n"
#define ROW    CALLER "row return el1h proved\n  when x0 in 0x0\n  at 0x0\n"

/* A map of these lines, with its sum, is refused with this message at this line. */
static void refuse(FILE *file, char **text, size_t *size, unsigned line, const char *message)
{
	struct hvc_exact *map = NULL;
	struct hvc_diag diag = {0};

	ck_assert_int_eq(fflush(file), 0);
	fprintf(file, "sum 0x%016llx\n",
	        (unsigned long long)hvc_hash(HVC_HASH_START, *text, *size));
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_int_eq(hvc_exact__load(put_file("refused.map", *text, *size), &diag, &map),
	                 HVC_E_FORMAT);
	ck_assert_msg(strstr(diag.message, message) && diag.line == line, "line %u: %s", diag.line,
	              diag.message);
	free(*text);
}

TEST(what_hvcheck_does_not_write_is_refused)
{
	static const struct {
		const char *lines;
		unsigned line;
		const char *message;
	} rows[] = {
	        {"hvcheck-map 1\nsubject x\ncpu a72\n", 1, "a map of an earlier version"},
	        {"hvcheck-map 3\nsubject x\n", 1, "not a map of this version"},
	        {HEAD, 5, "a map of no call"},
	        {CALLER, 7, "a caller of whom nothing is told"},
	        {"hvcheck-map 2\nsubject a\nsubject b\n", 3, "a second subject"},
	        {"hvcheck-map 2\nsubject \x1b\n", 2, "not a name"},
	        {"hvcheck-map 2\nsubject \\x\n", 2, "not a name"},
	        {"hvcheck-map 2\nsubject \\x41\n", 2, "not a name"},
	        {HEAD "cpu a72\nnames\n", 7, "a map of no call"},
	        {HEAD "inside 0x2 0x1\n", 5, "an image of no bytes"},
	        {HEAD "symbol 0x2 a\nsymbol 0x2 b\n", 6, "out of order"},
	        {CALLER "  x0 := x1\n", 7, "has no place here"},
	        {ROW "  x0 := x1[31:0]\n", 10, "a value of 32 bits, not of 64"},
	        {ROW "  x1 := x2\n  x0 := x1\n", 11, "x0 is out of order"},
	        {ROW "  when x0\n", 10, "a value of 64 bits, not of 1"},
	        {ROW "  when x0 in 0x5 0x4\n", 10, "ranges that are not in order"},
	        {ROW "  when x0[3:0] in 0x10\n", 10, "is not a number up to 0xf"},
	        {ROW "  store 0x0 x0 := x1[3:0]\n", 10, "a store of bits"},
	        {ROW "  $2 := x0\n", 10, "parts are counted from 1"},
	        {ROW "  $1 := x0 + x1\n", 10, "not written as hvcheck writes it"},
	        {ROW "  input x0 64 0x0\n", 10, "an input that is there"},
	        {ROW "  why not\n", 10, "proved, and why not"},
	        {ROW "caller el1h hvc\n", 10, "this caller is told twice"},
	        {HEAD "names\ncaller el1h hvc\nrow return el1h proved\n  when x0 in "
	              "0x000000000000000000000000000000000000000000000000000000000000000000\n",
	         8, ""},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text;
		size_t size;
		FILE *file = open_memstream(&text, &size);

		fputs(rows[i].lines, file);
		refuse(file, &text, &size, rows[i].line, rows[i].message);
	}
}

/* A line of each kind that there is. */
static const char *const every[] = {
        "hvcheck-map 2",
        "subject some subject",
        "cpu max",
        "el3 no",
        "upper zero",
        "trap 0x7e00000",
        "zero-pages 3",
        "set vbar_el1 0x40000000",
        "set s3_0_c1_c0_1 0x1",
        "stop 0x40000870 0x40000870",
        "stub 0x40000874 0xffffffffffffffff stubbed",
        "memory 0x40020000 0x10 0x1234 0x40020000=1,2",
        "vectors 0x40000000",
        "inside 0x40000000 0x4000086f",
        "symbol 0x40000800 spin_el2_sync",
        "names",
        "  name return := self + 0x4",
        "  name esr := concat(0x5a00:48, imm)",
        "caller el1h hvc",
        "  absent sp_el0",
        "  entry hcr_el2 0x80000000",
        "  gap an instruction that is not lifted",
        "row limit el2h sampled",
        "  when imm in 0x0-0xff 0x101",
        "  when x1[7:4] in 0x1",
        "  why an instruction that is not lifted",
        "  at 0x40000810",
        "row fault el2h proved",
        "  when imm in 0x100",
        "  when x0 < x1",
        "  or",
        "  when imm in 0x102",
        "  at 0x40000814",
        "  ec 0x25",
        "  far x1 + 0x8",
        "row return el1h proved rest",
        "  at 0x40000828",
        "  to self + 0x4",
        "  x0 := if(x2 = x4, x1, concat(0x0:32, ~x3[31:0]))",
        "  input sp_el2 64 0x400005c000 s3_6_c4_c1_0",
        "  $1 := memory (sp_el2 + 0x8) 64 0x0 [sp_el2 + 8]",
        "  other q3 := $1",
        "  store 0x40000820 x2 + 0x10 := x1[31:0]",
        "  own-store 0x40000100 0x40001000 := x1",
};

#define EVERY (sizeof every / sizeof *every)

/* Spoil a line. False: it has no such part. */
static bool spoil(char *line, unsigned way)
{
	char *last = strrchr(line, ' '), *first = line + strspn(line, " ");
	char word[400];

	strcpy(word, last ? last : line);
	switch (way) {
	case 0: /* less than there is */
		line[strlen(line) - 1] = '\0';
		return true;
	case 1: /* a word is missing */
		if (last)
			*last = '\0';
		return last > first;
	case 2: /* another */
		if (last)
			strcpy(last, " z");
		return last > first;
	case 3: /* one more */
		strcat(line, word);
		return last > first;
	case 4: /* the first operand */
		first = strchr(first, ' ');
		if (first)
			first[1] = '!';
		return first != NULL;
	case 5: /* twice */
		strcpy(word, line);
		sprintf(strchr(line, '\0'), "\n%s", word);
		return true;
	default: /* what it is */
		*first = '?';
		return true;
	}
}

#define WAYS 7u

/* Line `at` spoilt in a way, EVERY: none; what is said of it. */
static void say(FILE *out, size_t at, unsigned way)
{
	char *text, line[900];
	size_t size;
	FILE *file = open_memstream(&text, &size);
	struct hvc_exact *map = NULL;
	struct hvc_diag diag = {0};
	enum hvc_status status;

	for (size_t i = 0; i < EVERY; i++) {
		strcpy(line, every[i]);
		if (i == at && !spoil(line, way)) {
			fclose(file);
			free(text);
			return;
		}
		fprintf(file, "%s\n", line);
		if (i == at)
			fprintf(out, "%s\n", line);
	}
	ck_assert_int_eq(fflush(file), 0);
	fprintf(file, "sum 0x%016llx\n", (unsigned long long)hvc_hash(HVC_HASH_START, text, size));
	ck_assert_int_eq(fclose(file), 0);
	status = hvc_exact__load(put_file("spoilt.map", text, size), &diag, &map);
	if (at == EVERY)
		ck_assert_msg(status == HVC_OK, "%u:%u: %s", diag.line, diag.column, diag.message);
	else if (status == HVC_OK)
		fputs("\tloaded\n", out);
	else
		fprintf(out, "\t%u:%u: %s\n", diag.line, diag.column, diag.message);
	hvc_exact__free(map);
	free(text);
}

/* Each of them spoilt in each way is refused for what is wrong with it, and where it is. */
TEST(each_line_is_refused_for_what_is_wrong)
{
	const char *path = HVC_SOURCE_DIR "/conformance/suites/saved_hostile.expected";
	char *text, *expected;
	size_t size, was = 0;
	FILE *out = open_memstream(&text, &size), *file;

	say(out, EVERY, 0);
	for (size_t i = 0; i < EVERY; i++)
		for (unsigned way = 0; way < WAYS; way++)
			say(out, i, way);
	ck_assert_int_eq(fclose(out), 0);
	if (getenv("HVC_REBASE"))
		suite_put(path, text, size);
	file = fopen(path, "r");
	ck_assert_ptr_nonnull(file);
	expected = calloc(1, size + 1);
	ck_assert_ptr_nonnull(expected);
	while (was < size && fread(expected + was, 1, 1, file) == 1) {
		ck_assert_msg(expected[was] == text[was], "differs at: %.200s", text + was);
		was++;
	}
	ck_assert_msg(was == size && fgetc(file) == EOF, "another length");
	fclose(file);
	free(expected);
	free(text);
}

/* What a small file may ask for: terms and rows without end, and depth. */
TEST(bombs_take_little_memory)
{
	struct rusage before, after;
	char *text;
	size_t size;
	FILE *file;

	ck_assert_int_eq(getrusage(RUSAGE_SELF, &before), 0);
	file = open_memstream(&text, &size);
	fputs(CALLER, file);
	for (unsigned i = 0; i <= HVC_LIMIT_SAVED_ROWS; i++)
		fputs("row return el1h proved\n", file);
	refuse(file, &text, &size, 7 + HVC_LIMIT_SAVED_ROWS, "more than 65536 rows");
	file = open_memstream(&text, &size);
	fputs(ROW "  when ", file);
	for (unsigned i = 0; i < 100000; i++)
		fputc('(', file);
	fputc('\n', file);
	refuse(file, &text, &size, 10, "too many parentheses");
	file = open_memstream(&text, &size);
	fputs(ROW "  x0 := x0", file);
	for (unsigned i = 0; i < HVC_LIMIT_SAVED_TERMS + 1; i++)
		fputs(" + x1", file);
	fputc('\n', file);
	refuse(file, &text, &size, 10, "too many terms");
	file = open_memstream(&text, &size);
	fputs(ROW, file);
	for (unsigned i = 0; i <= HVC_LIMIT_SAVED_INPUTS; i++)
		fprintf(file, "  input y%u 64 0x0\n", i);
	refuse(file, &text, &size, 10 + HVC_LIMIT_SAVED_INPUTS - HVC_GPR_COUNT - 4,
	       "too many inputs");
	file = open_memstream(&text, &size);
	fputs(HEAD, file);
	for (unsigned i = 0; i <= HVC_LIMIT_SAVED_SYMBOLS; i++)
		fprintf(file, "symbol 0x%x a\n", i);
	refuse(file, &text, &size, 5 + HVC_LIMIT_SAVED_SYMBOLS, "more than 65536 symbols");
	ck_assert_int_eq(getrusage(RUSAGE_SELF, &after), 0);
	ck_assert_int_lt(after.ru_maxrss - before.ru_maxrss, 300 * 1024);
}

SUITE_MAIN("saved_hostile")
