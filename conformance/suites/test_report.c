/* SPDX-License-Identifier: MIT */
/* The helpers that reports are made of: words, tables, JSON documents. */
#include <stdlib.h>
#include <string.h>

#include "report/json.h"
#include "report/table.h"
#include "suite.h"

TEST(numbers_have_thousands_separators)
{
	static const struct {
		uint64_t number;
		const char *text;
	} rows[] = {
	        {0, "0"},
	        {999, "999"},
	        {1000, "1,000"},
	        {65536, "65,536"},
	        {1234567, "1,234,567"},
	        {100000, "100,000"},
	        {UINT64_MAX, "18,446,744,073,709,551,615"},
	};
	char text[HVC_NUMBER_SIZE];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_str_eq(hvc_words__number(rows[i].number, text), rows[i].text);
}

TEST(immediates_are_said_the_short_way)
{
	static const struct {
		struct hvc_interval imm[3];
		unsigned imms;
		const char *text;
	} rows[] = {
	        {{{0, 0xffff}}, 1, "0x0-0xffff"},
	        {{{1, 1}}, 1, "0x1"},
	        {{{1, 1}, {3, 4}}, 2, "0x1, 0x3-0x4"},
	        {{{0, 0}, {2, 0xffff}}, 2, "all but 0x1"},
	        {{{0, 0}, {3, 9}, {11, 0xffff}}, 3, "all but 0x1-0x2, 0xa"},
	        {{{5, 0xffff}}, 1, "0x5-0xffff"},
	        {{{0, 0xfffe}}, 1, "0x0-0xfffe"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct hvc_words words = {0};

		hvc_words__imms(&words, rows[i].imm, rows[i].imms);
		ck_assert_str_eq(hvc_words__text(&words), rows[i].text);
		hvc_words__free(&words);
	}
}

TEST(register_values_are_said_the_short_way)
{
	static struct hvc_interval one[] = {{1, 1}}, rest[] = {{3, UINT64_MAX}},
	                           holed[] = {{0, 0}, {2, UINT64_MAX}}, all[] = {{0, UINT64_MAX}};
	const struct {
		struct hvc_condition condition;
		const char *text;
	} rows[] = {
	        {{.reg = HVC_REG_X0, .mask = UINT64_MAX, .interval = one, .intervals = 1},
	         "x0 = 1"},
	        {{.reg = HVC_REG_X30, .mask = UINT64_MAX, .interval = rest, .intervals = 1},
	         "x30 >= 3"},
	        {{.reg = HVC_REG_X0, .mask = UINT64_MAX, .interval = holed, .intervals = 2},
	         "x0 not 1"},
	        {{.reg = HVC_REG_X0, .mask = UINT64_MAX, .interval = all, .intervals = 1},
	         "x0 = 0-0xffffffffffffffff"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct hvc_words words = {0};

		hvc_words__conditions(&words, &rows[i].condition, 1, HVC_LEVEL_EL1H);
		ck_assert_str_eq(hvc_words__text(&words), rows[i].text);
		hvc_words__free(&words);
	}
}

/* A table of a name, a sentence that may be wrapped, and a number, on a page of this width. */
static char *table_text(unsigned width, bool color, const char *sentence)
{
	char *text;
	size_t size;
	const struct hvc_page page = {
	        .out = open_memstream(&text, &size), .color = color, .width = width};
	struct hvc_table *table = hvc_table__new(&page, "Name|Sentence~|Number>");

	hvc_table__row(table);
	hvc_table__cell(table, 0, HVC_INK_BAD, "a");
	hvc_table__cell(table, 1, HVC_INK_PLAIN, "%s", sentence);
	hvc_table__cell(table, 2, HVC_INK_PLAIN, "%d", 7);
	hvc_table__row(table);
	hvc_table__cell(table, 0, HVC_INK_PLAIN, "long name");
	ck_assert_int_eq(hvc_table__print(table, NULL), HVC_OK);
	fclose(page.out);
	return text;
}

TEST(tables_are_never_cut_or_wrapped_without_a_terminal)
{
	char *text = table_text(0, false, "one two three four five six seven eight nine ten");

	ck_assert_str_eq(text,
	                 "  Name       Sentence                                          Number\n"
	                 "  a          one two three four five six seven eight nine ten       7\n"
	                 "  long name\n");
	free(text);
}

TEST(tables_wrap_between_words_where_the_page_is_narrow)
{
	char *text = table_text(40, false, "return, x0 := 0x1, x1 := vbar_el2, x2 := x3");

	ck_assert_str_eq(text, "  Name       Sentence            Number\n"
	                       "  a          return, x0 := 0x1,       7\n"
	                       "             x1 := vbar_el2,\n"
	                       "             x2 := x3\n"
	                       "  long name\n");
	free(text);
}

TEST(words_longer_than_the_page_stay_whole)
{
	char *text = table_text(40, false, "see 0x0123456789abcdef0123456789abcdef ok");

	ck_assert_ptr_nonnull(strstr(text, "0x0123456789abcdef0123456789abcdef"));
	free(text);
}

TEST(columns_without_room_stand_under_their_row)
{
	char *text = table_text(50, false, "see 0x0123456789abcdef0123456789abcdef ok");

	ck_assert_ptr_nonnull(strstr(text, "  Name       Sentence\n  a          see\n"));
	ck_assert_ptr_nonnull(strstr(text, "abcdef ok\n      Number: 7\n"));
	free(text);
}

TEST(columns_of_a_series_are_one_where_they_say_the_same)
{
	char *text;
	size_t size;
	const struct hvc_page page = {.out = open_memstream(&text, &size), .width = 40};
	struct hvc_table *table = hvc_table__new(&page, "Call|4.7~|4.8~|4.12~");

	hvc_table__is_series(table);
	hvc_table__row(table);
	hvc_table__cell(table, 0, HVC_INK_PLAIN, "get");
	for (unsigned i = 1; i < 4; i++)
		hvc_table__cell(table, i, HVC_INK_PLAIN, "x0 = 0x%xabcdef", i / 3);
	ck_assert_int_eq(hvc_table__print(table, NULL), HVC_OK);
	fclose(page.out);
	ck_assert_str_eq(text, "  get\n      4.7 to 4.8: x0 = 0x0abcdef\n"
	                       "      4.12: x0 = 0x1abcdef\n");
	free(text);
}

TEST(colours_are_there_only_when_asked_for)
{
	char *plain = table_text(0, false, "x"), *color = table_text(0, true, "x");

	ck_assert_ptr_null(strchr(plain, '\033'));
	ck_assert_ptr_nonnull(strstr(color, "\033[31ma"));
	free(plain);
	free(color);
}

static char *json_text(struct hvc_json *json)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ck_assert_int_eq(hvc_json__print(json, out, NULL), HVC_OK);
	fclose(out);
	return text;
}

TEST(json_keeps_the_order_of_members_and_short_values_on_a_line)
{
	struct hvc_json *json = hvc_json__new("hvcheck-test/1");
	char *text;

	hvc_json__number(json, "z", 65535);
	hvc_json__hex(json, "a", UINT64_MAX);
	hvc_json__array(json, "list");
	hvc_json__boolean(json, NULL, true);
	hvc_json__null(json, NULL);
	hvc_json__close(json);
	text = json_text(json);
	ck_assert_str_eq(text, "{\"schema\": \"hvcheck-test/1\", \"z\": 65535, "
	                       "\"a\": \"0xffffffffffffffff\", \"list\": [true, null]}\n");
	free(text);
}

TEST(json_is_put_by_a_template)
{
	struct hvc_json *json = hvc_json__new("hvcheck-test/1");
	struct hvc_words words = {0};
	struct hvc_regset set = {{0, 0}};
	const char *none = NULL;
	uint16_t small = 7;
	char *text;

	hvc_words__add(&words, "%s", "a few");
	hvc_regset_add(&set, HVC_REG_X0 + 2);
	hvc_json__put(json, "name none none? words{ is } list[ .:x . ] set", "n", none, none,
	              &words, UINT64_MAX, small, &set);
	hvc_json__put(json, "yes no? at:x at:p some:p some? skipped? left:null", (bool)true,
	              (bool)false, 10u, 0u, 11u, 12u, 0u);
	text = json_text(json);
	ck_assert_str_eq(text, "{\n  \"schema\": \"hvcheck-test/1\",\n  \"name\": \"n\",\n"
	                       "  \"none\": null,\n  \"words\": {\"is\": \"a few\"},\n"
	                       "  \"list\": [\"0xffffffffffffffff\", 7],\n  \"set\": [\"x2\"],\n"
	                       "  \"yes\": true,\n  \"at\": null,\n  \"some\": 12,\n"
	                       "  \"left\": null\n}\n");
	free(text);
}

TEST(json_fails_where_words_and_values_do_not_match)
{
	static const char *const templates[] = {"one", "one two three"};

	for (unsigned i = 0; i < 2; i++) {
		struct hvc_json *json = hvc_json__new("hvcheck-test/1");

		hvc_json__put(json, templates[i], 1u, 2u);
		ck_assert_int_eq(hvc_json__print(json, stdout, NULL), HVC_E_NOMEM);
	}
}

TEST(json_of_many_members_has_a_line_each)
{
	struct hvc_json *json = hvc_json__new("hvcheck-test/1");
	char *text;

	hvc_json__array(json, "list");
	for (unsigned i = 0; i < 30; i++)
		hvc_json__number(json, NULL, 1000 + i);
	hvc_json__close(json);
	text = json_text(json);
	ck_assert_ptr_nonnull(strstr(text, "{\n  \"schema\": \"hvcheck-test/1\",\n  \"list\": [\n"
	                                   "    1000,\n    1001,\n"));
	ck_assert_ptr_nonnull(strstr(text, "    1029\n  ]\n}\n"));
	free(text);
}

TEST(json_survives_names_that_are_not_utf_8)
{
	struct hvc_json *json = hvc_json__new("hvcheck-test/1");
	char *text;

	hvc_json__string(json, "good", "\xc3\xa9\n\"");
	hvc_json__string(json, "bad", "a\xff\xfez");
	text = json_text(json);
	ck_assert_str_eq(text, "{\"schema\": \"hvcheck-test/1\", \"good\": \"\xc3\xa9\\n\\\"\", "
	                       "\"bad\": \"a\\\\xff\\\\xfez\"}\n");
	free(text);
}

TEST(json_that_could_not_be_made_is_not_printed)
{
	struct hvc_json *json = hvc_json__new("hvcheck-test/1");
	struct hvc_diag diag = {0};
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	hvc_json__fail(json);
	hvc_json__number(json, "after", 1);
	ck_assert_int_eq(hvc_json__print(json, out, &diag), HVC_E_NOMEM);
	fclose(out);
	ck_assert_uint_eq(size, 0);
	ck_assert_str_eq(diag.message, "out of memory");
	free(text);
}

TEST(traces_keep_what_each_instruction_changed)
{
	struct hvc_state before = {{0}}, after = {{0}};
	struct hvc_step step = {0x1000, 0xd503201f, HVC_LEVEL_EL2H, HVC_ISA_A64, &before, &after};
	struct hvc_trace trace = {0};

	hvc_trace__record(&trace, &step);
	after.v[HVC_REG_X0] = 5;
	after.v[HVC_REG_VBAR_EL2] = 0x800;
	step.pc += 4;
	for (unsigned i = 0; i < HVC_TRACE_MAX; i++)
		hvc_trace__record(&trace, &step);
	ck_assert(!trace.failed);
	ck_assert_uint_eq(trace.steps, HVC_TRACE_MAX);
	ck_assert_uint_eq(trace.dropped, 1);
	ck_assert_uint_eq(trace.step[0].changes, 0);
	ck_assert_uint_eq(trace.step[1].changes, 2);
	ck_assert_uint_eq(trace.step[1].pc, 0x1004);
	ck_assert_int_eq(trace.change[0].reg, HVC_REG_X0);
	ck_assert_uint_eq(trace.change[0].value, 5);
	ck_assert_int_eq(trace.change[1].reg, HVC_REG_VBAR_EL2);
	hvc_trace__free(&trace);
	ck_assert_ptr_null(trace.step);
}

/* One document with all its blocks, and a name in it that would be markup anywhere. */
static enum hvc_status put_blocks(const struct hvc_page *page, const void *of,
                                  struct hvc_diag *diag)
{
	const char *name = of;
	struct hvc_table *table;
	unsigned used;

	hvc_page__heading(page, "Of %s", name);
	hvc_page__prose(page, 0, 2, "%s is prose", name);
	used = hvc_page__open(page, 2);
	used += hvc_page__print(page, "%s%s%s: ", hvc_ink__begin(page, HVC_INK_BAD), name,
	                        hvc_ink__end(page, HVC_INK_BAD));
	hvc_page__prose(page, used, 4, "a < %s", name);
	hvc_page__command(page, 8, name);
	table = hvc_table__new(page, "Name|Number>");
	hvc_table__row(table);
	hvc_table__cell(table, 0, HVC_INK_STRONG, "%s", name);
	hvc_table__cell(table, 1, HVC_INK_PLAIN, "%d", 7);
	return hvc_table__print(table, diag);
}

static char *document(enum hvc_markup markup, const char *name)
{
	char *text;
	size_t size;
	const struct hvc_page page = {.out = open_memstream(&text, &size), .markup = markup};

	ck_assert_int_eq(hvc_document__write(&page, NULL, "title", false, put_blocks, name, NULL),
	                 HVC_OK);
	ck_assert_int_eq(fclose(page.out), 0);
	return text;
}

TEST(a_document_is_the_same_in_all_markups)
{
	static const char name[] = "<b>|`_*\n";
	char *text = document(HVC_MARKUP_NONE, name);

	ck_assert_str_eq(text, "\nOf <b>|`_*\\n\n<b>|`_*\\n is prose\n"
	                       "  <b>|`_*\\n: a < <b>|`_*\\n\n        <b>|`_*\\n\n"
	                       "  Name       Number\n  <b>|`_*\\n       7\n");
	free(text);
	text = document(HVC_MARKUP_MARKDOWN, name);
	ck_assert_str_eq(text, "## title\n\n### Of \\<b\\>\\|\\`\\_\\*\\\\n\n\n"
	                       "\\<b\\>\\|\\`\\_\\*\\\\n is prose\n"
	                       "- **\\<b\\>\\|\\`\\_\\*\\\\n**: a < "
	                       "\\<b\\>\\|\\`\\_\\*\\\\n\n  - `` <b>|`_*\\n ``\n"
	                       "\n| Name             | Number |\n"
	                       "| ---------------- | -----: |\n"
	                       "| \\<b\\>\\|\\`\\_\\*\\\\n | 7      |\n");
	free(text);
	text = document(HVC_MARKUP_HTML, name);
	ck_assert_ptr_nonnull(strstr(text, "<h1>title</h1>"));
	ck_assert_ptr_nonnull(strstr(
	        text, "<h2>Of &lt;b&gt;|`_*\\n</h2>\n<p>&lt;b&gt;|`_*\\n is prose</p>\n"
	              "<p class=\"item\"><span class=\"bad\">&lt;b&gt;|`_*\\n</span>: a &lt; "
	              "&lt;b&gt;|`_*\\n</p>\n<pre class=\"deep\">&lt;b&gt;|`_*\\n</pre>\n"));
	ck_assert_ptr_nonnull(strstr(text, "<td class=\"does strong\">&lt;b&gt;|`_*\\n</td>"
	                                   "<td class=\"number\">7</td></tr>\n</tbody>"));
	free(text);
}

SUITE_MAIN("report")
