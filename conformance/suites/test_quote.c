/* SPDX-License-Identifier: MIT */
/* Text that is not ours, as each kind of output may show it. */
#include <stdlib.h>
#include <string.h>

#include "engine/quote.h"
#include "report/page.h"
#include "suite.h"

static void expect(enum hvc_quote how, const char *text, const char *wanted)
{
	char *shown = hvc_quote__text(how, text);

	ck_assert_str_eq(shown, wanted);
	free(shown);
}

TEST(what_is_not_to_be_seen_is_shown)
{
	static const char *const rows[][2] = {
	        {"a b\xc3\xa9 \xf0\x9f\x98\x80", "a b\xc3\xa9 \xf0\x9f\x98\x80"},
	        {"\t\n\r\a\x1b[31m\x7f", "\\t\\n\\r\\x07\\x1b[31m\\x7f"},
	        {"\xc2\x80\xc2\x9b", "\\u0080\\u009b"},
	        {"\xe2\x80\xae\xe2\x81\xa6\xe2\x80\x8f\xd8\x9c", "\\u202e\\u2066\\u200f\\u061c"},
	        {"\xe2\x80\xa8\xef\xbb\xbf\xc2\xad", "\\u2028\\ufeff\\u00ad"},
	        {"\xf3\xa0\x80\x81", "\\U000e0001"},
	        {"\xff\xc3(\xed\xa0\x80", "\\xff\\xc3(\\xed\\xa0\\x80"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		expect(HVC_QUOTE_LINE, rows[i][0], rows[i][1]);
}

TEST(no_text_is_a_command_to_a_runner)
{
	static const char *const rows[][2] = {
	        {"::error::x", "\\x3a:error::x"},
	        {":", "\\x3a"},
	        {" ::error::x", " \\x3a:error::x"},
	        {"\xc2\xa0::error::x", "\xc2\xa0\\x3a:error::x"},
	        {"std::string", "std::string"},
	        {"a ::b", "a \\x3a:b"},
	        {"##[error]x", "#\\x23[error]x"},
	        {"x ##vso[a]", "x #\\x23vso[a]"},
	        {"###[error]", "##\\x23[error]"},
	        {"x##", "x#\\x23"},
	        {"## a", "## a"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		expect(HVC_QUOTE_LINE, rows[i][0], rows[i][1]);
}

TEST(no_text_is_markup)
{
	expect(HVC_QUOTE_XML, "<a b=\"c\">&\x01", "&lt;a b=&quot;c&quot;&gt;&amp;\\x01");
	expect(HVC_QUOTE_MARKDOWN, "*a* [b](c)|<d>&lt; & @e f@g \x01",
	       "\\*a\\* \\[b\\](c)\\|\\<d\\>\\&lt; & @&#8203;e f@g \\\\x01");
	expect(HVC_QUOTE_CODE, "a|b`<\n", "a\\|b`<\\n");
	expect(HVC_QUOTE_COMMAND, "50%0A\n,:", "50%250A\\n,:");
	expect(HVC_QUOTE_PROPERTY, "50%0A\n,:", "50%250A\\n%2C%3A");
	expect(HVC_QUOTE_YAML, "a\"b\\\x01", "a\\\"b\\\\\\\\x01");
}

/* Words of a shell are words whatever they hold, and are not changed again on a page. */
TEST(words_are_those_of_a_shell)
{
	static const char *const rows[][2] = {
	        {"a-b_c.d@e+0x1", "a-b_c.d@e+0x1"},
	        {"", "''"},
	        {"a b", "'a b'"},
	        {"$(x)`y`", "'$(x)`y`'"},
	        {"it's", "'it'\\''s'"},
	        {"a\nb", "$'a\\012b'"},
	        {"a\n'\\", "$'a\\012\\'\\\\'"},
	        {"::error::", "$'\\072:error::'"},
	        {"##[x]", "$'#\\043[x]'"},
	        {"\xe2\x80\xae\xff", "$'\\342\\200\\256\\377'"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *word = hvc_quote__word(rows[i][0]);

		ck_assert_str_eq(word, rows[i][1]);
		expect(HVC_QUOTE_LINE, word, rows[i][1]);
		free(word);
	}
}

TEST(names_of_maps_come_back)
{
	static const char *const names[] = {"a", " a", "a\\b",
	                                    "\n\x1b\xff\xe2\x80\xae::", "\xc3\xa9"};
	static const char *const wrong[] = {"\\", "\\x", "\\x4", "\\x00", "\\n", "\\xgg"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char *name = hvc_quote__name(names[i]);

		ck_assert(hvc_quote__to_name(name));
		ck_assert_str_eq(name, names[i]);
		free(name);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		char *name = strdup(wrong[i]);

		ck_assert_msg(!hvc_quote__to_name(name), "%s", wrong[i]);
		free(name);
	}
}

/* What is put with %s is quoted; the rest is as printf has it, but for widths, which are columns.
 */
TEST(pages_quote_what_is_put_on_them)
{
	char *text;
	size_t size;
	struct hvc_page page = {.out = open_memstream(&text, &size), .color = true};
	unsigned used;

	used = hvc_page__print(&page, "%s|%5s|%-5s|%.2s|%*s|%%|%c\n", "\x1b[0m\n", "\xc3\xa9", "\a",
	                       "abc", 3, "", 'x');
	ck_assert_uint_eq(used, 33);
	hvc_page__print(&page, "%u %5u %-3u| %02x %zu %llx %lu %d %08x\n", 1u, 2u, 3u, 10u,
	                (size_t)4, 1ull << 40, 5ul, -6, 255u);
	hvc_page__print(&page, "%sred%s\n", hvc_ink__begin(&page, HVC_INK_BAD),
	                hvc_ink__end(&page, HVC_INK_BAD));
	hvc_page__prose(&page, 0, 2, "%s", "a\n::b");
	fclose(page.out);
	ck_assert_str_eq(text, "\\x1b[0m\\n|    \xc3\xa9|\\x07 |ab|   |%|x\n"
	                       "1     2 3  | 0a 4 10000000000 5 -6 000000ff\n"
	                       "\033[31mred\033[0m\n"
	                       "a\\n::b\n");
	free(text);
}

SUITE_MAIN("quote")
