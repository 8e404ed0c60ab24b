/* SPDX-License-Identifier: MIT */
/*
 * Every immediate against every shipped ABI: the built-in subject of the same name keeps all its
 * promises, and nothing was left out in finding that. One Check test an ABI, named after it;
 * CK_RUN_CASE=NAME repeats one.
 *
 * Large tables of calls make hundreds of probes, of 65,536 calls each. Without HVC_DISPATCH=full
 * all probes are made for one only; the others get the values that their rules name, from the
 * usual caller; and of those that are nearly the same only one is asked.
 */
#include <stdlib.h>

#include "hvcheck/arch.h"
#include "under_test.h"

#define ABIS_MAX 128u

/* Specifications that have a built-in subject in AArch64 state; more may come. */
#define WITH_SUBJECT 53u

/* Each register file with 65,536 immediates, of which none is left out. */
static void assert_account_closed(const struct hvc_check_world *world)
{
	ck_assert_uint_gt(world->probes, 0);
	ck_assert_uint_eq(world->calls, (uint64_t)world->probes * HVC_IMM_COUNT);
	ck_assert_uint_eq(world->classified, HVC_IMM_COUNT);
	ck_assert_uint_eq(world->failed, 0);
	ck_assert_uint_le(world->held, world->calls);
}

/* Each promise was put to the test, and each call judged by exactly one rule. */
static void assert_rules_met(const struct hvc_check *check, const struct hvc_check_config *config)
{
	uint64_t calls = 0, judged = 0;

	for (unsigned i = 0; i < check->worlds; i++)
		calls += check->world[i].calls;
	for (unsigned i = 0; i < hvc_abi_rule_count(check->abi); i++) {
		const struct hvc_rule *rule = hvc_abi_rule_at(check->abi, i);
		const struct hvc_rule_account *account = &check->rule[i];

		if ((!config->levels || config->levels & rule->levels) &&
		    (!config->insns || config->insns & rule->insns))
			ck_assert_msg(!rule->specified || account->calls > 0,
			              "no call came under rule %s", rule->name);
		else
			ck_assert_uint_eq(account->calls, 0);
		ck_assert_msg(rule->specified ? account->conforms == account->calls
		                              : account->undecided == account->calls,
		              "rule %s: %" PRIu64 " of %" PRIu64 " calls conform", rule->name,
		              account->conforms, account->calls);
		judged += account->calls;
	}
	ck_assert_uint_eq(judged, calls);
	ck_assert_uint_eq(check->total.calls, calls);
	ck_assert_uint_eq(check->total.violates, 0);
}

static bool wants_all_probes(const char *abi)
{
	return suite_is_full() || !strcmp(abi, "linux-stub-4.12");
}

/*
 * By default both kinds of ABI, by immediate and by register, and hypervisors that mix them. All
 * shipped ones are proved, and each of their immediates made, in test_prove; the cross product of
 * all is `full`.
 */
static bool is_asked(const char *abi)
{
	static const char *const names[] = {
	        "jailhouse", "linux-kvm-imm", "linux-stub-4.12", "linux-stub-imm", "xen",
	};

	for (size_t i = 0; !suite_is_full() && i < sizeof names / sizeof *names; i++)
		if (!strcmp(abi, names[i]))
			return true;
	return suite_is_full();
}

TEST_OF_MAIN(every_call_conforms)
{
	const char *name, *text;
	size_t size = hvc_abi_shipped_at((size_t)_i, &name, &text, &size) ? size : 0;
	struct hvc_subject *subject = open_subject(name);
	struct hvc_abi *abi = open_abi(name);
	struct hvc_check_config config = {
	        .subject = subject, .abi = abi, .randoms = 2, .sweep = true, .jobs = 2};
	struct hvc_check *check;
	char findings[4096];

	config.brief = !wants_all_probes(name);
	if (!suite_is_full()) {
		config.levels = 1u << HVC_LEVEL_EL1H;
		config.insns = 1u << HVC_INSN_HVC;
	}
	check = run_config(&config);

	print_findings(check, findings, sizeof findings);
	ck_assert_msg(check->findings == 0, "%" PRIu32 " of 65536 immediates violate:%s",
	              check->immediates_violating, findings);
	ck_assert_uint_eq(check->immediates_violating, 0);
	ck_assert_uint_eq(check->worlds, hvc_abi_world_count(abi));
	for (unsigned i = 0; i < check->worlds; i++)
		assert_account_closed(&check->world[i]);
	assert_rules_met(check, &config);
	hvc_check_free(check);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
}

/* What is right has an ABI; not every ABI has a subject, but those that have one keep it. */
TEST(subjects_and_abis_match)
{
	const struct hvc_builtin *builtin;
	unsigned with = 0, abis = 0;
	const char *name, *text;
	size_t size;

	for (size_t i = 0; (builtin = hvc_builtin_at(i)); i++)
		if (strcmp(builtin->family, "broken") != 0)
			hvc_abi_free(open_abi(builtin->name));
	for (; hvc_abi_shipped_at(abis, &name, &text, &size); abis++) {
		builtin = find_builtin(name);
		ck_assert(!builtin || strcmp(builtin->family, "broken") != 0);
		with += has_subject(name);
	}
	ck_assert_uint_le(abis, ABIS_MAX);
	ck_assert_uint_ge(with, WITH_SUBJECT);
}

int main(void)
{
	const char *name, *text;
	size_t size;

	for (size_t i = 0; i < ABIS_MAX && hvc_abi_shipped_at(i, &name, &text, &size); i++)
		if (is_asked(name) && has_subject(name))
			suite_enter(name, every_call_conforms, (int)i, __LINE__);
	return suite_run("dispatch");
}
