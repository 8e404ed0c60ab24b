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
		if (hvc_builtin_is_aarch32(builtin))
			continue; /* swept, not proved: test_hyp.c */

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
	const char *name;
	enum hvc_level from;
	enum hvc_insn insn;
} callers[] = {
        {"hvc_from_el1h", HVC_LEVEL_EL1H, HVC_INSN_HVC},
        {"smc_from_el1h", HVC_LEVEL_EL1H, HVC_INSN_SMC},
        {"hvc_from_el1t", HVC_LEVEL_EL1T, HVC_INSN_HVC},
        {"hvc_from_el0", HVC_LEVEL_EL0, HVC_INSN_HVC},
        {"hvc_from_el2h", HVC_LEVEL_EL2H, HVC_INSN_HVC},
        {"hvc_from_el2t", HVC_LEVEL_EL2T, HVC_INSN_HVC},
};

TEST_ROWS(paths_are_what_the_machine_does, callers)
{
	explore_all(callers[_i].from, callers[_i].insn, _i == 0);
}

/* Values that selectors have, addresses that lead somewhere, aligned or not, and any. */
static uint64_t pick(uint64_t *random)
{
	static const uint64_t small[] = {
	        0, 1, 2, 3, 4, 0x84000000, 0x84000003, 0xc4000003, 0xc6000000, 0xc6000001};
	static const uint64_t place[] = {HVC_LANDING,     HVC_EL2_DATA,       HVC_STACK_EL2,
	                                 HVC_NEW_VECTORS, HVC_CALLER_VECTORS, HVC_HARNESS_BASE,
	                                 HVC_FUNCTION};
	uint64_t n;

	*random = *random * UINT64_C(6364136223846793005) + 1442695040888963407;
	n = *random >> 20;
	if (*random >> 60 < 7)
		return small[n % (sizeof small / sizeof *small)];
	if (*random >> 60 < 12)
		return place[n % (sizeof place / sizeof *place)] +
		       (n >> 8) % 0x1100 * (n & 1 ? 4 : 8);
	return *random >> 60 == 12 ? n & UINT32_MAX : *random ^ n << 32;
}

/* What a jump leads to may be code, or nothing: the machine goes on where terms do not. */
static bool goes_on(const struct hvc_sympath *path, const char *text)
{
	return path->kind == HVC_OUTCOME_JUMP && strstr(text, "the call ends as jump");
}

/* A call takes one path, and does what its terms say with the memory that the machine has. */
static void try_call(struct hvc_symbolic *s, const struct hvc_world *world,
                     const struct hvc_call *call, uint64_t *value, size_t count, unsigned *met)
{
	unsigned paths = 0;

	for (unsigned p = 0; p < s->paths; p++) {
		const struct hvc_sympath *path = &s->path[p];
		struct hvc_symbolic_witness witness = {.call = *call,
		                                       .world = *world,
		                                       .as_is = true,
		                                       .model = {.value = value, .count = count}};
		struct hvc_diag diag = {0};
		const struct hvc_input *input;
		bool differs = false;
		enum hvc_status status;
		char text[200] = "";
		hvc_ref where;

		for (size_t i = 0; (input = hvc_bv__input_at(s->scene.terms, i)); i++)
			value[i] = input->usual;
		hvc_way__values(call, value);
		status = hvc_symbolic__confirm(s, path, &witness, s->config.machine, &diag,
		                               &differs, text, sizeof text);
		if (status == HVC_E_UNSUPPORTED)
			continue;
		ck_assert_int_eq(status, HVC_OK);
		paths++;
		*met += 1;
		if (differs && hvc_symbolic__loose(s, path, &where))
			differs = !hvc_bv__eval(s->scene.terms, where, &witness.model);
		ck_assert_msg(!differs || goes_on(path, text),
		              "%s #0x%x, x0 = 0x%" PRIx64 ", x1 = 0x%" PRIx64 " of %s: %s",
		              hvc_insn_name(call->insn), call->imm, call->x[0], call->x[1],
		              hvc_subject_name(s->scene.subject), text);
	}
	ck_assert_uint_le(paths, 1);
}

#define CALLS 4000u

TEST(random_calls_do_what_their_path_says)
{
	static const char *const names[] = {
	        "linux-kvm-init-6.8", "linux-stub-4.12", "linux-stub-imm", "gunyah", "xen",
	        "broken-store"};
	uint64_t random = 1;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct hvc_subject *subject = open_subject(names[i]);
		struct hvc_symbolic_config config = {.image = hvc_subject_image(subject),
		                                     .subject = subject,
		                                     .from = HVC_LEVEL_EL1H,
		                                     .exact = true};
		struct hvc_symbolic *s = NULL;
		struct hvc_diag diag = {0};
		struct hvc_world world;
		unsigned met = 0;
		uint64_t *value;
		size_t count = 0;

		hvc_world_init(&world, HVC_CPU_A72);
		config.machine = open_machine(subject, &world);
		ck_assert_msg(hvc_symbolic__explore(&config, &diag, &s) == HVC_OK, "%s",
		              diag.message);
		while (hvc_bv__input_at(s->scene.terms, count))
			count++;
		value = calloc(count + 1, sizeof *value);
		for (unsigned n = 0; n < CALLS; n++) {
			struct hvc_call call;

			hvc_call_init(&call, 0);
			for (unsigned k = 0; k < 4; k++)
				call.x[k] = pick(&random);
			call.x[16] = pick(&random);
			call.imm = (uint16_t)(pick(&random) % 8 * (random >> 40 & 0x4a48));
			if (n == 0) /* HCR_EL2.RW from memory that is no pointer's */
				call.x[0] = 0xc6000000, call.x[1] = HVC_HARNESS_BASE + 0x1004;
			try_call(s, &world, &call, value, count, &met);
		}
		/* What no memory of the machine is of is left out. */
		ck_assert_msg(met * 2 > CALLS, "%s: %u of %u calls", names[i], met, CALLS);
		free(value);
		hvc_symbolic__free(s);
		hvc_machine_close(config.machine);
		hvc_subject_close(subject);
	}
}

SUITE_MAIN("exact")
