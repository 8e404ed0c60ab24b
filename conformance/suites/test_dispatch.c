/* SPDX-License-Identifier: MIT */
/*
 * Every immediate against every shipped ABI: the built-in subject of the same name keeps all its
 * promises, and nothing was left out in finding that. One Check test an ABI, named after it;
 * CK_RUN_CASE=NAME repeats one.
 *
 * Large tables of calls make hundreds of probes, of 65,536 calls each. Without HVC_DISPATCH=full
 * all probes are made for the two sides of the 2016 argument only; the others get the values
 * that their rules name, from the usual caller; and of generations that are nearly the same
 * only one is asked.
 */
#include <stdlib.h>

#include "hvcheck/arch.h"
#include "under_test.h"

#define ABIS_MAX 64u

static struct suite_test tests[ABIS_MAX + 1];

/* Every probe's runs are classified immediates one after another: 65,536, each once. */
static void assert_account_closed(const struct hvc_map *map, const char *world)
{
	uint64_t runs = 0, classes = 0;
	uint32_t next = 0, probe = 0;

	for (size_t i = 0; i < map->runs; i++) {
		const struct hvc_run *run = &map->run[i];

		ck_assert_msg(run->probe == probe && run->lo == next && run->hi >= run->lo &&
		                      run->class_ < map->classes,
		              "world %s, probe %u: 0x%x-0x%x where 0x%x was next", world,
		              run->probe, run->lo, run->hi, next);
		runs += run->hi - run->lo + 1u;
		next = run->hi + 1u;
		if (next == HVC_IMM_COUNT) {
			next = 0;
			probe++;
		}
	}
	for (unsigned i = 0; i < map->classes; i++)
		classes += map->class_[i].calls;
	ck_assert_uint_gt(map->probes.count, 0);
	ck_assert_uint_eq(probe, map->probes.count);
	ck_assert_uint_eq(runs, (uint64_t)map->probes.count * HVC_IMM_COUNT);
	ck_assert_uint_eq(classes, runs);
}

/* Each promise was put to the test, and each call judged by exactly one rule. */
static void assert_rules_met(const struct hvc_check *check, const struct hvc_check_config *config)
{
	uint64_t calls = 0, judged = 0;

	for (unsigned i = 0; i < check->maps; i++)
		calls += (uint64_t)check->map[i]->probes.count * HVC_IMM_COUNT;
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

static bool full(void)
{
	const char *how = getenv("HVC_DISPATCH");

	return how && !strcmp(how, "full");
}

static bool wants_all_probes(const char *abi)
{
	return full() || !strcmp(abi, "linux-stub-4.12") || !strcmp(abi, "linux-stub-imm");
}

/*
 * By default both kinds of ABI, by immediate and by register, and hypervisors that mix them. All
 * shipped ones are proved, and each of their immediates made, in test_prove; the cross product of
 * all is `full`.
 */
static bool is_asked(const char *abi)
{
	static const char *const names[] = {
	        "jailhouse", "linux-kvm-imm", "linux-stub-4.7", "linux-stub-4.12", "linux-stub-imm",
	        "qnx-stub",  "xen",
	};

	for (size_t i = 0; !full() && i < sizeof names / sizeof *names; i++)
		if (!strcmp(abi, names[i]))
			return true;
	return full();
}

START_TEST(every_call_conforms)
{
	const char *name = tests[_i].name;
	struct hvc_subject *subject = open_subject(name);
	struct hvc_abi *abi = open_abi(name);
	struct hvc_check_config config = {
	        .subject = subject, .abi = abi, .randoms = 2, .sweep = true, .jobs = 2};
	struct hvc_check *check;
	char findings[4096];

	config.brief = !wants_all_probes(name);
	if (!full()) {
		config.levels = 1u << HVC_LEVEL_EL1H;
		config.insns = 1u << HVC_INSN_HVC;
	}
	check = run_config(&config);

	print_findings(check, findings, sizeof findings);
	ck_assert_msg(check->findings == 0, "%" PRIu32 " of 65536 immediates violate:%s",
	              check->immediates_violating, findings);
	ck_assert_uint_eq(check->immediates_violating, 0);
	ck_assert_uint_eq(check->maps, hvc_abi_world_count(abi));
	for (unsigned i = 0; i < check->maps; i++)
		assert_account_closed(check->map[i], hvc_abi_world_at(abi, i)->world.name);
	assert_rules_met(check, &config);
	hvc_check_free(check);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
}
END_TEST

/* Nothing is shipped that no check covers: what is right has an ABI, an ABI has a subject. */
START_TEST(subjects_and_abis_match)
{
	const struct hvc_builtin *builtin;
	const char *name, *text;
	size_t size;

	for (size_t i = 0; (builtin = hvc_builtin_at(i)); i++)
		if (strcmp(builtin->family, "broken") != 0)
			hvc_abi_free(open_abi(builtin->name));
	for (size_t i = 0; hvc_abi_shipped_at(i, &name, &text, &size); i++) {
		builtin = find_builtin(name);
		ck_assert_msg(builtin != NULL, "no subject is called %s", name);
		ck_assert_str_ne(builtin->family, "broken");
	}
}
END_TEST

int main(void)
{
	unsigned count = 0;
	const char *name, *text;
	size_t size;

	tests[count++] = (struct suite_test){"subjects_and_abis_match", &subjects_and_abis_match};
	for (size_t i = 0; i < ABIS_MAX && hvc_abi_shipped_at(i, &name, &text, &size); i++)
		if (is_asked(name))
			tests[count++] = (struct suite_test){name, &every_call_conforms};
	return suite_run("dispatch", tests, count);
}
