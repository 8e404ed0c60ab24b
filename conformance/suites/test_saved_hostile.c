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
	for (unsigned i = 0; i < HVC_LIMIT_SAVED_NODES + 1; i++)
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
