/* SPDX-License-Identifier: MIT */
/** Every immediate of A32 and T32 against each subject that has an answer for them. */
#include <string.h>

#include "under_test.h"

/* Subjects that have an answer for such callers, and what it is. */
static const char *const answers[][2] = {
        {"xen", "xen-aarch32"},
        {"kvm-guest", "kvm-guest"},
        {"kvm-guest-old", "kvm-guest-old"},
        {"gunyah", "gunyah-aarch32"},
        {"hafnium", "hafnium-aarch32"},
        {"jailhouse", "jailhouse-aarch32"},
        {"linux-stub-3.8", "linux-stub-aarch32"},
        {"linux-stub-4.7", "linux-stub-aarch32"},
        {"linux-stub-4.8", "linux-stub-aarch32"},
        {"linux-stub-4.9", "linux-stub-aarch32"},
        {"linux-stub-4.12", "linux-stub-aarch32"},
        {"linux-stub-5.12", "linux-stub-aarch32"},
        {"linux-stub-5.13", "linux-stub-aarch32"},
        {"linux-stub-6.0", "linux-stub-aarch32"},
        {"linux-stub-6.0-nvhe", "linux-stub-aarch32"},
        {"linux-stub-6.19", "linux-stub-aarch32"},
};

/*
 * Each rule is proved, and each immediate of A32 and T32 really taken; with both upper halves, of
 * Linux's stubs, which are much alike, in turns.
 */
TEST_ROWS(subjects, answers)
{
	struct hvc_check_config config = {.levels = 1u << HVC_LEVEL_EL1_SVC, .jobs = 1};
	struct hvc_subject *subject = NULL;
	struct hvc_world over;
	struct hvc_abi *abi = NULL;
	struct hvc_diag diag = {0};

	hvc_world_init(&over, HVC_CPU_A72);
	over.upper_zero = true;
	ck_assert_msg(hvc_subject_open(answers[_i][0], &diag, &subject) == HVC_OK, "%s",
	              diag.message);
	ck_assert_msg(hvc_abi_open(answers[_i][1], &diag, &abi) == HVC_OK, "%s", diag.message);
	config.subject = subject;
	config.abi = abi;
	for (int zero = 0; zero < 2; zero++) {
		struct hvc_check *check = NULL;

		if (strstr(answers[_i][0], "stub") && zero != _i % 2)
			continue;
		config.over = zero ? &over : NULL;
		ck_assert_msg(hvc_check_run(&config, &diag, &check) == HVC_OK, "%s", diag.message);
		ck_assert_msg(check->findings == 0, "%s", answers[_i][0]);
		ck_assert_uint_eq(check->parts, 2);
		for (unsigned i = 0; i < check->parts; i++) {
			ck_assert_msg(check->part[i].proved, "%s: %s", answers[_i][0],
			              check->part[i].why);
			ck_assert_int_eq(check->part[i].from, HVC_LEVEL_EL1_SVC);
		}
		hvc_check_free(check);
	}
	for (enum hvc_insn insn = HVC_INSN_HVC_A32; insn <= HVC_INSN_HVC_T32; insn++) {
		struct hvc_machine *machine =
		        open_machine(subject, &hvc_abi_world_at(abi, 0)->world);
		struct hvc_call call;

		hvc_call_init(&call, 0);
		call.from = HVC_LEVEL_EL1_SVC;
		call.insn = insn;
		assert_modes_alike(machine, &call, suite_is_full() ? 1 : 16381);
		hvc_machine_close(machine);
	}
	hvc_abi_free(abi);
	hvc_subject_close(subject);
}

SUITE_MAIN("aarch32_subjects")
