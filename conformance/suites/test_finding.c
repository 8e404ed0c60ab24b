/* SPDX-License-Identifier: MIT */
/* Findings: their names, their fingerprints, what suppresses them, and how formats write them. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "engine/quote.h"
#include "report/new_finding.h"
#include "report/report.h"
#include "suite.h"

/* Names are for ever: a name that goes missing here breaks somebody's suppressions. */
static const char *const ids[] = {
        "check-outcome",      "check-level",         "check-address",   "check-result",
        "check-preserve",     "check-memory",        "check-width",     "contract-broken",
        "contract-clobbered", "check-undecided",     "diff-silent",     "diff-removed",
        "diff-renumbered",    "diff-changed",        "diff-clobbers",   "diff-differs",
        "diff-untried",       "diff-unknown",        "diff-refused",    "diff-no-promise",
        "diff-added",         "diff-preserves",      "diff-renamed",    "leak-register",
        "leak-simd",          "leak-memory",         "leak-outcome",    "leak-control",
        "safety-control",     "safety-vectors",      "safety-state",    "safety-memory",
        "safety-image",       "safety-fault",        "safety-width",    "safety-open",
        "safety-stuck",       "safety-undecided",    "sequence-stated", "sequence-random",
        "caller-selector",    "caller-unknown-call", "caller-result",   "caller-clobbered",
        "scan-eret",          "scan-control",        "caller-conduit",  "caller-widened",
        "collide-differs",    "collide-same",        "engine-failed",   "suppression-expired",
        "suppression-unused", "check-own",           "check-features",  "check-contradiction",
        "check-fetch",        "scan-landing",        "scan-stack",      "diff-moved",
};

#define IDS (sizeof(ids) / sizeof(ids[0]))

TEST(every_rule_keeps_its_name)
{
	size_t count = 0;

	for (size_t i = 0; i < IDS; i++)
		ck_assert_msg(hvc_finding_rule__find(ids[i]) != NULL, "%s is gone", ids[i]);
	while (hvc_finding_rule__at(count))
		count++;
	ck_assert_uint_eq(count, IDS);
	ck_assert_ptr_null(hvc_finding_rule__find("check"));
	ck_assert_ptr_null(hvc_finding_rule__find(""));
}

TEST(every_rule_is_explained)
{
	const struct hvc_finding_rule *rule;

	for (size_t i = 0; (rule = hvc_finding_rule__at(i)) != NULL; i++) {
		ck_assert_msg(rule->title[0] && rule->help[0], "%s", rule->id);
		ck_assert_msg(rule->help[strlen(rule->help) - 1] == '.', "%s", rule->id);
		for (const char *c = rule->id; *c; c++)
			ck_assert_msg(islower((unsigned char)*c) || *c == '-', "%s", rule->id);
		/* What stands for a violation or a difference is no mere note, but for additions.
		 */
		ck_assert_msg(rule->counts || rule->severity != HVC_SEVERITY_ERROR, "%s", rule->id);
		ck_assert_ptr_eq(hvc_finding_rule__find(rule->id), rule);
	}
}

TEST(every_clause_channel_and_hazard_has_a_rule)
{
	char id[40];

	for (enum hvc_clause clause = HVC_CLAUSE_OUTCOME; clause <= HVC_CLAUSE_MEMORY; clause++) {
		snprintf(id, sizeof(id), "check-%s", hvc_clause_name(clause));
		ck_assert_msg(hvc_finding_rule__find(id) != NULL, "%s", id);
	}
	for (unsigned channel = 0; channel < HVC_CHANNEL_COUNT; channel++) {
		snprintf(id, sizeof(id), "leak-%s", hvc_channel__name((enum hvc_channel)channel));
		ck_assert_msg(hvc_finding_rule__find(id) != NULL, "%s", id);
	}
	for (unsigned kind = 0; kind < HVC_HAZARD_COUNT; kind++) {
		snprintf(id, sizeof(id), "safety-%s", hvc_hazard__name((enum hvc_hazard_kind)kind));
		ck_assert_msg(hvc_finding_rule__find(id) != NULL, "%s", id);
	}
}

TEST(a_subject_has_one_name_wherever_it_lies)
{
	static const struct {
		const char *subject, *name, *file;
	} rows[] = {
	        {"linux-stub-4.12", "linux-stub-4.12", ""},
	        {"build/el2.elf", "el2.elf", "build/el2.elf"},
	        {"./el2.elf@vectors", "el2.elf@vectors", "./el2.elf"},
	        {"/a/b/vmlinux@0xffff800008010000", "vmlinux", "/a/b/vmlinux"},
	        {"fw.bin@+0x800", "fw.bin", "fw.bin"},
	        {"a@b/fw.bin@+0x800", "fw.bin", "a@b/fw.bin"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct hvc_words name = {0}, file = {0};

		hvc_identity__add(&name, rows[i].subject);
		hvc_identity__file(&file, rows[i].subject);
		ck_assert_str_eq(hvc_words__text(&name), rows[i].name);
		ck_assert_str_eq(hvc_words__text(&file), rows[i].file);
		hvc_words__free(&name);
		hvc_words__free(&file);
	}
	ck_assert_ptr_null(hvc_identity__abi_file("xen"));
	ck_assert_ptr_null(hvc_identity__abi_file(NULL));
	ck_assert_str_eq(hvc_identity__abi_file("./xen"), "./xen");
	ck_assert_str_eq(hvc_identity__abi_file("xen.yaml"), "xen.yaml");
}

static void add(struct hvc_findings *list, const char *rule, const char *about, const char *key,
                const char *summary)
{
	struct hvc_new_finding draft = {.rule = rule, .about = about, .calls = 1};

	hvc_words__add(&draft.key, "%s", key);
	hvc_words__add(&draft.summary, "%s", summary);
	hvc_words__add(&draft.command, "hvcheck run it --imm 0x1");
	hvc_findings__add(list, &draft);
}

/* Findings of "el2.elf" by "mine": one of each standing. */
static struct hvc_findings *make(void)
{
	struct hvc_findings *list = hvc_findings__new("check", "el2.elf", "mine");

	hvc_findings__case(list, "get", "", false);
	hvc_findings__case(list, "set", "", false);
	hvc_findings__case(list, "fine", "", false);
	hvc_findings__case(list, "open", "", true);
	add(list, "check-undecided", "open", "", "nothing is promised");
	add(list, "check-result", "set", "x0", "x0 is 0x2, promised 0x0");
	add(list, "check-preserve", "get", "x1", "x1 is 0x2, had to stay 0x3");
	ck_assert_int_eq(hvc_findings__end(list, NULL, &list), HVC_OK);
	return list;
}

TEST(errors_come_first_and_what_is_alike_is_one)
{
	struct hvc_findings *list = hvc_findings__new("check", "el2.elf", "mine");
	struct hvc_new_finding draft = {.rule = "check-result", .about = "set", .each = true};

	add(list, "check-undecided", "open", "", "a note");
	add(list, "check-result", "set", "x0", "x0 is 0x2");
	add(list, "check-result", "set", "x0", "x0 is 0x3");
	add(list, "check-result", "set", "x1", "x1 is 0x3");
	hvc_words__add(&draft.key, "x0");
	hvc_findings__add(list, &draft);
	ck_assert_int_eq(hvc_findings__end(list, NULL, &list), HVC_OK);
	ck_assert_uint_eq(list->count, 4);
	ck_assert_str_eq(list->found[0].summary, "x0 is 0x2");
	ck_assert_uint_eq(list->found[0].calls, 2);
	ck_assert_str_eq(list->found[1].key, "x1");
	ck_assert_str_eq(list->found[3].rule->id, "check-undecided");
	/* Of those told one by one each has its own fingerprint. */
	ck_assert_str_eq(list->found[2].key, "x0");
	ck_assert_str_ne(list->found[2].fingerprint, list->found[0].fingerprint);
	hvc_findings__free(list);
}

TEST(a_fingerprint_is_of_names_and_kinds)
{
	struct hvc_findings *list[2];

	for (unsigned i = 0; i < 2; i++) {
		list[i] = hvc_findings__new("check", "el2.elf", "mine");
		if (i)
			add(list[i], "check-level", "get", "", "one more");
		add(list[i], "check-result", "set", "x0", i ? "x0 is 0x7" : "x0 is 0x2");
		ck_assert_int_eq(hvc_findings__end(list[i], NULL, &list[i]), HVC_OK);
	}
	/* Kept in repositories: this very value must never change. */
	ck_assert_str_eq(list[0]->found[0].fingerprint, "506fe5b622d204c9");
	ck_assert_str_eq(list[1]->found[1].fingerprint, list[0]->found[0].fingerprint);
	ck_assert_str_ne(list[1]->found[0].fingerprint, list[0]->found[0].fingerprint);
	hvc_findings__free(list[0]);
	hvc_findings__free(list[1]);
}

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

TEST(a_level_decides_what_fails)
{
	/* Of an error, an error and a note that does not count. */
	static const struct {
		struct hvc_policy policy;
		unsigned failing;
	} rows[] = {
	        {{.leveled = false}, 2},
	        {{.leveled = true, .fail_on = HVC_SEVERITY_NOTE}, 3},
	        {{.leveled = true, .fail_on = HVC_SEVERITY_WARNING}, 2},
	        {{.leveled = true, .fail_on = HVC_SEVERITY_ERROR}, 2},
	        {{.leveled = true, .fail_on = HVC_SEVERITY_COUNT}, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct hvc_findings *list = make();
		unsigned failing = 0;

		ck_assert_int_eq(hvc_findings__judge(list, &rows[i].policy, NULL), HVC_OK);
		for (unsigned k = 0; k < list->count; k++)
			failing += list->found[k].fails;
		ck_assert_uint_eq(failing, rows[i].failing);
		ck_assert_int_eq(hvc_findings__fail(list), failing > 0);
		hvc_findings__free(list);
	}
}

/* One entry and the findings of make(): how many it suppresses, and what it adds. */
static const struct {
	const char *entry;
	unsigned today, suppressed;
	const char *complaint;
} entries_tried[] = {
        {"{rule: check-result" REST, 20270101, 1, NULL},
        {"{rule: check-result" REST, 20270131, 1, NULL},
        {"{rule: check-result" REST, 20270201, 0, "suppression-expired"},
        {"{rule: check-result, about: set" REST, 20270101, 1, NULL},
        {"{rule: check-result, about: 's*'" REST, 20270101, 1, NULL},
        {"{rule: check-result, about: get" REST, 20270101, 0, "suppression-unused"},
        {"{rule: check-result, subject: 'el2.*'" REST, 20270101, 1, NULL},
        {"{rule: check-result, subject: other" REST, 20270101, 0, NULL},
        {"{rule: check-result, subject: other" REST, 20280101, 0, NULL},
        {"{rule: check-result, fingerprint: 506fe5b622d204c9" REST, 20270101, 1, NULL},
        {"{rule: check-result, fingerprint: 506fe5b622d204ca" REST, 20270101, 0,
         "suppression-unused"},
        {"{rule: check-preserve, fingerprint: 506fe5b622d204c9" REST, 20270101, 0,
         "suppression-unused"},
        {"{rule: check-memory" REST, 20270101, 0, "suppression-unused"},
        {"{rule: check-memory" REST, 20280101, 0, "suppression-expired"},
        /* of another command: this run cannot tell */
        {"{rule: leak-register" REST, 20270101, 0, NULL},
        {"{rule: leak-register" REST, 20280101, 0, NULL},
};

TEST(an_entry_suppresses_what_it_names_while_it_holds)
{
	for (size_t i = 0; i < sizeof(entries_tried) / sizeof(entries_tried[0]); i++) {
		struct hvc_findings *list = make();
		struct hvc_suppressions *entries;
		struct hvc_policy policy = {.today = entries_tried[i].today};
		unsigned suppressed = 0, before = list->count;
		const char *complaint = NULL;
		char text[200];

		snprintf(text, sizeof(text), "suppressions:\n  - %s", entries_tried[i].entry);
		policy.suppressions = entries = parse(text);
		ck_assert_int_eq(hvc_findings__judge(list, &policy, NULL), HVC_OK);
		for (unsigned k = 0; k < list->count; k++) {
			suppressed += list->found[k].suppressed != NULL;
			ck_assert(!list->found[k].suppressed || !list->found[k].fails);
			if (!*list->found[k].rule->command) {
				complaint = list->found[k].rule->id;
				ck_assert_str_eq(list->found[k].file, "s.yaml");
				ck_assert_uint_eq(list->found[k].line, 2);
				ck_assert(!list->found[k].fails);
			}
		}
		ck_assert_msg(suppressed == entries_tried[i].suppressed, "%s", text);
		ck_assert_msg(!complaint == !entries_tried[i].complaint, "%s", text);
		ck_assert(!complaint || !strcmp(complaint, entries_tried[i].complaint));
		/* Nothing goes away. */
		ck_assert_uint_eq(list->count, before + (complaint ? 1 : 0));
		ck_assert(hvc_findings__fail(list));
		hvc_findings__free(list);
		hvc_suppressions__free(entries);
	}
}

TEST(an_entry_of_no_rule_is_refused)
{
	struct hvc_findings *list = make();
	struct hvc_suppressions *entries = parse("suppressions:\n  - {rule: check" REST);
	const struct hvc_policy policy = {.suppressions = entries, .today = 20270101};
	struct hvc_diag diag = {0};

	ck_assert_int_eq(hvc_findings__judge(list, &policy, &diag), HVC_E_FORMAT);
	ck_assert_uint_eq(diag.line, 2);
	ck_assert_ptr_nonnull(strstr(diag.message, "no rule 'check'"));
	hvc_findings__free(list);
	hvc_suppressions__free(entries);
}

typedef enum hvc_status writer(FILE *out, const struct hvc_findings *findings,
                               struct hvc_diag *diag);

/* One finding of which everything is hostile. */
static char *write_hostile(writer *write)
{
	static const char text[] = "a<b>&\"|`c`%\r\nd,e:f\x01\xff\xc3\xa9\xed\xa0\x80";
	struct hvc_findings *list = hvc_findings__new("leaks", text, text);
	struct hvc_new_finding draft = {
	        .rule = "leak-memory", .about = text, .file = "a b/\xc3\xa9:1.c"};
	const struct hvc_policy policy = {.leveled = false};
	FILE *out;
	size_t size;
	char *made;

	hvc_words__add(&draft.summary, "%s", text);
	hvc_words__add(&draft.command, "%s", text);
	draft.line = 3;
	draft.column = 5;
	hvc_findings__add(list, &draft);
	hvc_findings__cases(list);
	ck_assert_int_eq(hvc_findings__end(list, NULL, &list), HVC_OK);
	ck_assert_int_eq(hvc_findings__judge(list, &policy, NULL), HVC_OK);
	out = open_memstream(&made, &size);
	ck_assert_int_eq(write(out, list, NULL), HVC_OK);
	fclose(out);
	hvc_findings__free(list);
	for (const char *c = made; *c; c += hvc_utf8__length(c))
		ck_assert_msg(hvc_utf8__length(c) > 0, "no UTF-8 at byte %zu", (size_t)(c - made));
	return made;
}

static void expect_in(writer *write, const char *const *parts)
{
	char *text = write_hostile(write);

	for (; *parts; parts++)
		ck_assert_msg(strstr(text, *parts) != NULL, "no %s in:\n%s", *parts, text);
	free(text);
}

TEST(no_text_breaks_a_format)
{
	static const char *const junit[] = {"message=\"a&lt;b&gt;&amp;&quot;|`c`%\\r\\nd,e:"
	                                    "f\\x01\\xff\xc3\xa9\\xed\\xa0\\x80\"",
	                                    NULL};
	static const char *const github[] = {
	        "file=a b/\xc3\xa9%3A1.c,line=3,col=5,title=leak-memory (a<b>&\"|`c`%25\\r\\nd%2C"
	        "e%3Af",
	        "::a<b>&\"|`c`%25\\r\\nd,e:f", NULL};
	static const char *const markdown[] = {"| a\\<b\\>&\"\\|\\`c\\`%\\\\r\\\\nd,e:f",
	                                       "| `` a<b>&\"\\|`c`%\\r\\nd,e:f", NULL};
	static const char *const sarif[] = {"{\"uri\": \"a%20b/%C3%A9%3A1.c\"}",
	                                    "{\"startLine\": 3, \"startColumn\": 5}", NULL};

	expect_in(hvc_findings__junit, junit);
	expect_in(hvc_findings__github, github);
	expect_in(hvc_findings__markdown, markdown);
	expect_in(hvc_findings__sarif, sarif);
}

TEST(characters_are_those_of_unicode)
{
	static const struct {
		const char *text;
		size_t length;
	} rows[] = {
	        {"a", 1},
	        {"\xc3\xa9", 2},
	        {"\xe2\x82\xac", 3},
	        {"\xf0\x9f\x98\x80", 4},
	        {"\xc0\x80", 0},         /* longer than need be */
	        {"\xe0\x80\xaf", 0},     /* the same */
	        {"\xed\xa0\x80", 0},     /* half a surrogate pair */
	        {"\xf4\x90\x80\x80", 0}, /* past the end */
	        {"\xef\xbf\xbf", 0},     /* no character */
	        {"\xc3", 0},             /* cut */
	        {"\xe2\x82", 0},
	        {"\x80", 0},
	        {"\xff", 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(hvc_utf8__length(rows[i].text) == rows[i].length, "row %zu", i);
}

SUITE_MAIN("finding")
