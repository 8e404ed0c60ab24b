/* SPDX-License-Identifier: MIT */
/**
 * Every built-in subject from every caller: each path is there, the conditions of paths exclude
 * each other and are all there is, and a call for each path does in the machine what the terms
 * say, register for register and byte for byte.
 */
#include <stdlib.h>

#include "symbolic/symbolic.h"
#include "under_test.h"

struct totals {
	unsigned paths, confirmed;
};

static void confirm_path(struct hvc_symbolic *s, const struct hvc_sympath *path,
                         const struct hvc_world *world, struct totals *totals)
{
	struct hvc_symbolic_witness witness;
	struct hvc_machine *machine = s->config.machine;
	struct hvc_diag diag = {0};
	const char *name = hvc_subject_name(s->scene.subject);
	char text[200], condition[600];
	bool differs = false;
	enum hvc_status status;

	hvc_symbolic__print_condition(s, path, condition, sizeof condition);
	totals->paths++;
	status = hvc_symbolic__witness(s, path, world, &witness);
	if (status == HVC_E_UNSUPPORTED)
		return;
	ck_assert_int_eq(status, HVC_OK);
	if (witness.changed)
		machine = open_machine(s->scene.subject, &witness.world);
	status = hvc_symbolic__confirm(s, path, &witness, machine, &diag, &differs, text,
	                               sizeof text);
	ck_assert_msg(status == HVC_OK || status == HVC_E_UNSUPPORTED, "%s, %s: %s", name,
	              condition, diag.message);
	ck_assert_msg(!differs, "%s, %s %s, %s: %s", name, hvc_insn_name(s->config.insn),
	              hvc_level_name(s->config.from), condition, text);
	totals->confirmed += status == HVC_OK;
	if (witness.changed)
		hvc_machine_close(machine);
	hvc_symbolic__free_witness(&witness);
}

static void explore_all(enum hvc_level from, enum hvc_insn insn, bool prove)
{
	struct totals totals = {0};
	const struct hvc_builtin *builtin;

	for (size_t i = 0; (builtin = hvc_builtin_at(i)); i++) {
		struct hvc_subject *subject = open_subject(builtin->name);
		struct hvc_symbolic_config config = {.image = hvc_subject_image(subject),
		                                     .subject = subject,
		                                     .from = from,
		                                     .insn = insn,
		                                     .closed = true};
		struct hvc_symbolic_proof proof;
		struct hvc_symbolic *s = NULL;
		struct hvc_diag diag = {0};
		struct hvc_world world;

		hvc_world_init(&world, HVC_CPU_A72);
		config.machine = open_machine(subject, &world);
		ck_assert_msg(hvc_symbolic__explore(&config, &diag, &s) == HVC_OK, "%s: %s",
		              builtin->name, diag.message);
		ck_assert_msg(s->complete, "%s", builtin->name);
		if (prove) {
			hvc_symbolic__prove(s, &proof);
			ck_assert_msg(proof.disjoint == HVC_ANSWER_YES, "%s", builtin->name);
			ck_assert_msg(proof.total == HVC_ANSWER_YES, "%s", builtin->name);
		}
		for (unsigned p = 0; p < s->paths; p++)
			confirm_path(s, &s->path[p], &world, &totals);
		hvc_symbolic__free(s);
		hvc_machine_close(config.machine);
		hvc_subject_close(subject);
	}
	/* Of what cannot be run there is hardly any. */
	ck_assert_msg(totals.confirmed * 100 >= totals.paths * 99, "%u of %u", totals.confirmed,
	              totals.paths);
}

static const struct {
	enum hvc_level from;
	enum hvc_insn insn;
} callers[] = {
        {HVC_LEVEL_EL1H, HVC_INSN_HVC}, {HVC_LEVEL_EL1H, HVC_INSN_SMC},
        {HVC_LEVEL_EL1T, HVC_INSN_HVC}, {HVC_LEVEL_EL0, HVC_INSN_HVC},
        {HVC_LEVEL_EL2H, HVC_INSN_HVC}, {HVC_LEVEL_EL2T, HVC_INSN_HVC},
};

START_TEST(paths_are_what_the_machine_does)
{
	explore_all(callers[_i].from, callers[_i].insn, _i == 0);
}
END_TEST

static const struct suite_test tests[] = {
        {"hvc_from_el1h", &paths_are_what_the_machine_does},
        {"smc_from_el1h", &paths_are_what_the_machine_does},
        {"hvc_from_el1t", &paths_are_what_the_machine_does},
        {"hvc_from_el0", &paths_are_what_the_machine_does},
        {"hvc_from_el2h", &paths_are_what_the_machine_does},
        {"hvc_from_el2t", &paths_are_what_the_machine_does},
};

SUITE_MAIN("exact", tests)
