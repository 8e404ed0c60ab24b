/* SPDX-License-Identifier: MIT */
/*
 * Suggested specifications: they load, their subjects conform, and variants that are wrong on
 * purpose violate what the right one suggests. Each is many maps and checks: without
 * HVC_DISPATCH=full only the first is tried.
 */
#include <stdlib.h>

#include "engine/suggest.h"
#include "under_test.h"

static const struct row {
	const char *subject;
	const char *broken; /* NULL: none */
} rows[] = {
        {"linux-stub-imm", "broken-single-imm"},
        {"linux-stub-4.12", "broken-w0-compare"},
        {"jailhouse", "broken-jailhouse-imm"},
        {"psci-0.1", NULL},
        {"m1n1", NULL},
        {"xen", "broken-xen-ea1-w16"},
};

static struct hvc_abi *suggest(const struct hvc_subject *subject, char **text)
{
	const struct hvc_exact_config config = {
	        .subject = subject, .levels = 1u << HVC_LEVEL_EL1H, .brief = true};
	const struct hvc_suggest_config suggesting = {.jobs = 2};
	struct hvc_exact *exact = NULL;
	struct hvc_abi *abi = NULL;
	struct hvc_diag diag = {0};

	ck_assert_msg(hvc_exact__make(&config, &diag, &exact) == HVC_OK, "%s", diag.message);
	ck_assert_msg(hvc_suggest__abi(exact, &suggesting, "suggested", &diag, text) == HVC_OK,
	              "%s", diag.message);
	hvc_exact__free(exact);
	ck_assert_msg(hvc_abi_parse(*text, strlen(*text), "suggested", &diag, &abi) == HVC_OK,
	              "%u:%u: %s\n%s", diag.line, diag.column, diag.message, *text);
	return abi;
}

static void try_row(const struct row *row)
{
	struct hvc_subject *subject = open_subject(row->subject);
	struct hvc_abi *abi;
	struct hvc_check *check;
	char *text, findings[4096];
	unsigned promised = 0;

	abi = suggest(subject, &text);
	ck_assert(strstr(text, "source: \"derived by hvcheck map from "));
	check = run_check(subject, abi, 2);
	print_findings(check, findings, sizeof findings);
	ck_assert_msg(check->findings == 0, "%s:%s\n%s", row->subject, findings, text);
	for (unsigned i = 0; i < hvc_abi_rule_count(abi); i++)
		promised += hvc_abi_rule_at(abi, i)->specified;
	ck_assert_msg(promised > 1, "%s: nothing is promised:\n%s", row->subject, text);
	hvc_check_free(check);
	hvc_subject_close(subject);
	if (row->broken) {
		subject = open_subject(row->broken);
		check = run_check(subject, abi, 0);
		ck_assert_msg(check->findings > 0, "%s conforms to\n%s", row->broken, text);
		hvc_check_free(check);
		hvc_subject_close(subject);
	}
	hvc_abi_free(abi);
	free(text);
}

TEST_OF_MAIN(a_suggestion_holds)
{
	try_row(&rows[_i]);
}

int main(void)
{
	size_t count = suite_is_full() ? sizeof rows / sizeof *rows : 1;

	for (size_t i = 0; i < count; i++)
		suite_enter(rows[i].subject, a_suggestion_holds, (int)i, __LINE__);
	return suite_run("suggest");
}
