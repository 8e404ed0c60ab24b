/* SPDX-License-Identifier: MIT */
/* Files of suppressions: what they say, and what is refused with its place. */
#include <string.h>

#include "abi/suppression.h"
#include "suite.h"

static struct hvc_suppressions *parse(const char *text)
{
	struct hvc_suppressions *entries;
	struct hvc_diag diag = {0};

	ck_assert_msg(hvc_suppressions__parse(text, strlen(text), "s.yaml", &diag, &entries) ==
	                      HVC_OK,
	              "%u:%u: %s", diag.line, diag.column, diag.message);
	return entries;
}

#define REST ", reason: later, owner: me, expires: 2027-01-31}\n"

TEST(an_entry_has_all_its_parts)
{
	struct hvc_suppressions *entries = parse("suppressions:\n"
	                                         "  - rule: check-result\n"
	                                         "    about: set*\n"
	                                         "    subject: el2.elf\n"
	                                         "    fingerprint: 0123456789abcdef\n"
	                                         "    reason: later\n"
	                                         "    owner: me\n"
	                                         "    expires: 2028-02-29\n"
	                                         "  - {rule: check-level" REST);
	const struct hvc_suppression *one = hvc_suppressions__at(entries, 0);

	ck_assert_str_eq(hvc_suppressions__name(entries), "s.yaml");
	ck_assert_str_eq(one->rule, "check-result");
	ck_assert_str_eq(one->about, "set*");
	ck_assert_str_eq(one->subject, "el2.elf");
	ck_assert_str_eq(one->fingerprint, "0123456789abcdef");
	ck_assert_str_eq(one->reason, "later");
	ck_assert_str_eq(one->owner, "me");
	ck_assert_uint_eq(one->expires, 20280229);
	ck_assert_uint_eq(one->line, 2);
	ck_assert_uint_eq(one->column, 5);
	ck_assert_str_eq(hvc_suppressions__at(entries, 1)->about, "");
	ck_assert_ptr_null(hvc_suppressions__at(entries, 2));
	hvc_suppressions__free(entries);
	hvc_suppressions__free(parse("suppressions: []\n"));
}

TEST(a_day_is_one_of_the_calendar)
{
	static const struct {
		const char *text;
		unsigned day;
	} rows[] = {
	        {"2027-01-31", 20270131}, {"2028-02-29", 20280229}, {"2000-02-29", 20000229},
	        {"2027-02-29", 0},        {"2100-02-29", 0},        {"2027-04-31", 0},
	        {"2028-04-31", 0},        {"2028-01-32", 0},        {"2027-13-01", 0},
	        {"2027-00-01", 0},        {"2027-01-00", 0},        {"2027-1-1", 0},
	        {"20270131", 0},          {"2027-01-311", 0},       {"", 0},
	        {"2027-01-3x", 0},        {"2027/01/31", 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(hvc_day__parse(rows[i].text) == rows[i].day, "%s", rows[i].text);
}

TEST(a_bad_file_is_refused_where_it_is_bad)
{
	static const struct {
		const char *text, *message;
		unsigned line, column;
	} rows[] = {
	        {"suppressions:\n  - {rule: a, reson: b" REST, "unknown key \"reson\"", 2, 15},
	        {"suppressions:\n  - {rule: a, owner: b, expires: 2027-01-31}\n",
	         "key \"reason\" is missing", 2, 5},
	        {"suppressions:\n  - {rule: a, reason: b, expires: 2027-01-31}\n",
	         "key \"owner\" is missing", 2, 5},
	        {"suppressions:\n  - {rule: a, reason: b, owner: c}\n",
	         "key \"expires\" is missing", 2, 5},
	        {"suppressions:\n  - {reason: b, owner: c, expires: 2027-01-31}\n",
	         "key \"rule\" is missing", 2, 5},
	        {"suppressions:\n  - {rule: a, reason: b, owner: c, expires: tomorrow}\n",
	         "\"tomorrow\" is no day (YYYY-MM-DD)", 2, 45},
	        {"suppressions:\n  - {rule: a, reason: ' ', owner: c, expires: 2027-01-31}\n",
	         "reason is empty", 2, 24},
	        {"suppressions:\n  - {rule: a, fingerprint: 12" REST,
	         "a fingerprint has 16 digits of 0 to 9, a to f", 2, 28},
	        {"suppressions: all\n", "expected a list", 1, 15},
	        {"allow: []\n", "unknown key \"allow\"", 1, 1},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct hvc_suppressions *entries;
		struct hvc_diag diag = {0};

		ck_assert_int_eq(hvc_suppressions__parse(rows[i].text, strlen(rows[i].text),
		                                         "s.yaml", &diag, &entries),
		                 HVC_E_FORMAT);
		ck_assert_str_eq(diag.message, rows[i].message);
		ck_assert_str_eq(diag.file, "s.yaml");
		ck_assert_msg(diag.line == rows[i].line && diag.column == rows[i].column,
		              "%s: %u:%u", rows[i].message, diag.line, diag.column);
	}
}

SUITE_MAIN("suppression")
