/* SPDX-License-Identifier: MIT */
/*
 * KVM's nVHE host vectors inside an unmodified kernel, in a world made for them: the calls of
 * the hyp stub are served, all others are handed to C code. Skipped without a kernel (77).
 *
 * Linux 6.1: arch/arm64/kvm/hyp/nvhe/host.S (__kvm_hyp_host_vector, __host_exit, which calls
 * handle_trap(struct kvm_cpu_context *)) and hyp-init.S (__kvm_handle_stub_hvc);
 * arch/arm64/include/asm/virt.h (HVC_SOFT_RESTART 1, HVC_RESET_VECTORS 2, HVC_STUB_HCALL_NR 4,
 * HVC_STUB_ERR).
 */
#include <inttypes.h>

#include "hvcheck/arch.h"
#include "machine/supplied.h"
#include "machine/world.h"
#include "real_kernel.h"
#include "subject/subject.h"
#include "suite.h"
#include "sweep_calls.h"

#define STUB_CALLS 4u
#define STUB_ERROR UINT64_C(0x0badca11)
#define HANDLER    "__kvm_nvhe_handle_trap"

static char kernel[4096];
static bool is_debian_6_1;

static struct hvc_subject *open_vectors(void)
{
	char spec[sizeof kernel + 64];
	struct hvc_subject *subject;
	struct hvc_diag diag = {0};

	snprintf(spec, sizeof spec, "%s@__kvm_nvhe___kvm_hyp_host_vector", kernel);
	ck_assert_msg(hvc_subject_open(spec, &diag, &subject) == HVC_OK, "%s", diag.message);
	return subject;
}

static uint64_t place(const struct hvc_subject *subject, const char *name)
{
	struct hvc_diag diag = {0};
	uint64_t address;

	ck_assert_msg(hvc_subject__place(subject, name, &diag, &address) == HVC_OK, "%s",
	              diag.message);
	return address;
}

/* Per-CPU data of the first CPU, and the handler as a boundary. */
static void make_world(const struct hvc_subject *subject, struct hvc_world *world)
{
	hvc_world_init(world, HVC_CPU_A72);
	ck_assert_int_eq(hvc_world_set(world, HVC_REG_TPIDR_EL2, 0), HVC_OK);
	ck_assert_int_eq(hvc_world_stop_at(world, place(subject, HANDLER), HANDLER), HVC_OK);
}

static struct hvc_outcome call_with(const struct hvc_subject *subject,
                                    const struct hvc_world *world, const struct hvc_call *call,
                                    struct hvc_supplied *supplied)
{
	const struct hvc_machine_config config = {
	        .image = *hvc_subject_image(subject),
	        .world = world,
	};
	struct hvc_machine *machine;
	struct hvc_outcome outcome;
	struct hvc_diag diag = {0};

	ck_assert_msg(hvc_machine_open(&config, &diag, &machine) == HVC_OK, "%s", diag.message);
	ck_assert_msg(hvc_machine_call(machine, call, &diag, &outcome) == HVC_OK, "%s",
	              diag.message);
	if (supplied) {
		ck_assert_int_eq(hvc_machine_supplied(machine, supplied), HVC_OK);
		hvc_supplied__sort(supplied);
	}
	hvc_machine_close(machine);
	return outcome;
}

TEST(stub_calls_are_served)
{
	struct hvc_subject *subject = open_vectors();
	struct hvc_world world;

	make_world(subject, &world);
	for (uint64_t x0 = 0; x0 < STUB_CALLS; x0++) {
		struct hvc_outcome outcome;
		struct hvc_call call;

		hvc_call_init(&call, 0);
		call.x[0] = x0;
		outcome = call_with(subject, &world, &call, NULL);
		if (x0 == 1) {
			ck_assert_int_eq(outcome.kind, HVC_OUTCOME_JUMP);
			ck_assert_uint_eq(outcome.pc, call.x[1]);
			ck_assert_uint_eq(outcome.state.v[0], call.x[2]);
		} else {
			ck_assert_int_eq(outcome.kind, HVC_OUTCOME_RETURN);
			ck_assert_uint_eq(outcome.state.v[0], x0 == 2 ? 0 : STUB_ERROR);
		}
		/* back to the stub: restart and reset put its table in place */
		ck_assert_uint_eq(outcome.state.v[HVC_REG_VBAR_EL2],
		                  x0 == 1 || x0 == 2 ? place(subject, "__hyp_stub_vectors")
		                                     : hvc_subject_image(subject)->vectors);
	}
	hvc_subject_close(subject);
}

TEST(other_calls_are_handed_to_the_handler)
{
	static const uint64_t values[] = {STUB_CALLS,
	                                  5,
	                                  0xc6000000,
	                                  0xc6000001,
	                                  0x84000000,
	                                  UINT64_C(0x100000000),
	                                  UINT64_C(0x8000000000000000),
	                                  UINT64_MAX};
	struct hvc_subject *subject = open_vectors();
	struct hvc_world world;

	make_world(subject, &world);
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		struct hvc_supplied supplied = {0};
		struct hvc_outcome outcome;
		struct hvc_call call;

		hvc_call_init(&call, 0);
		call.x[0] = values[i];
		outcome = call_with(subject, &world, &call, &supplied);
		ck_assert_int_eq(outcome.kind, HVC_OUTCOME_HANDOFF);
		ck_assert_int_eq(outcome.level, HVC_LEVEL_EL2H);
		ck_assert_str_eq(hvc_world__find_stop(&world, outcome.pc)->name, HANDLER);
		/* the caller's registers are in the context that is handed over */
		ck_assert_uint_ge(outcome.el2_stores, 31);
		ck_assert_uint_eq(outcome.stores, 0);
		/* the stack is nobody's choice, and that is told */
		ck_assert_uint_eq(supplied.rows, 1);
		ck_assert_int_eq(supplied.row[0].reg, HVC_REG_SP_EL2);
		hvc_supplied__free(&supplied);
	}
	hvc_subject_close(subject);
}

TEST(worlds_matter)
{
	struct hvc_subject *subject = open_vectors();
	struct hvc_supplied supplied = {0};
	struct hvc_outcome outcome;
	struct hvc_world world;
	struct hvc_call call;

	hvc_call_init(&call, 0);
	call.x[0] = STUB_CALLS;
	make_world(subject, &world);
	/* per-CPU data where there is none */
	ck_assert_int_eq(hvc_world_set(&world, HVC_REG_TPIDR_EL2, UINT64_C(0x7000000000)), HVC_OK);
	outcome = call_with(subject, &world, &call, NULL);
	ck_assert_int_eq(outcome.kind, HVC_OUTCOME_FAULT);
	ck_assert_uint_eq(hvc_arch_ec(outcome.esr), HVC_EC_DABT_SAME);
	/* lent, and so is the stack */
	ck_assert_int_eq(hvc_world_set(&world, HVC_REG_SP_EL2, UINT64_C(0x7800001000)), HVC_OK);
	world.zero_pages = HVC_ZERO_PAGES_DEFAULT;
	outcome = call_with(subject, &world, &call, &supplied);
	ck_assert_int_eq(outcome.kind, HVC_OUTCOME_HANDOFF);
	ck_assert_uint_ge(supplied.rows, 2);
	for (unsigned i = 0; i < supplied.rows; i++)
		ck_assert_int_eq(supplied.row[i].kind, HVC_SUPPLY_PAGE);
	ck_assert_uint_ge(supplied.row[0].address, UINT64_C(0x7000000000));
	ck_assert_uint_eq(supplied.row[supplied.rows - 1].address, UINT64_C(0x7800000000));
	hvc_supplied__free(&supplied);
	/* not run, but answered: the handler is a stub, and __host_exit goes back to the caller */
	make_world(subject, &world);
	ck_assert_int_eq(hvc_world_stub(&world, place(subject, HANDLER), 0, HANDLER), HVC_OK);
	outcome = call_with(subject, &world, &call, NULL);
	ck_assert_int_eq(outcome.kind, HVC_OUTCOME_RETURN);
	ck_assert_uint_eq(outcome.state.v[0], STUB_CALLS);
	hvc_subject_close(subject);
}

/* x0 alone decides: for each value every immediate does the same. */
TEST(all_immediates_part_by_x0)
{
	static const uint64_t values[] = {0, 1, 2, 3, 4, 0xc6000001};
	struct hvc_subject *subject = open_vectors();
	struct sweep_calls *calls = sweep_calls_new();
	struct hvc_probe probe[6] = {{.seed = 0}};
	struct hvc_probes probes = {probe, 6, 0};
	struct hvc_diag diag = {0};
	struct hvc_world world;
	struct hvc_sweep sweep;
	const struct hvc_sweep_config config = {
	        .subject = subject, .world = &world, .probes = &probes, .jobs = 2};

	make_world(subject, &world);
	for (unsigned i = 0; i < 6; i++) {
		hvc_call_init(&probe[i].call, 0);
		probe[i].call.x[0] = values[i];
		probe[i].reg = HVC_REG_X0;
		probe[i].why = HVC_WHY_CODE;
	}
	ck_assert_msg(sweep_calls_run(calls, &config, &diag, &sweep) == HVC_OK, "%s", diag.message);
	for (unsigned i = 0; i < 6; i++)
		for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++)
			ck_assert_int_eq(calls->kind[i][imm] == HVC_OUTCOME_HANDOFF,
			                 i >= STUB_CALLS);
	/* each call begins by saving two registers on the stack */
	ck_assert_uint_eq(sweep.supplied.rows, 1);
	ck_assert_int_eq(sweep.supplied.row[0].reg, HVC_REG_SP_EL2);
	ck_assert_uint_eq(sweep.supplied.row[0].calls, 6 * (uint64_t)HVC_IMM_COUNT);
	hvc_sweep__free(&sweep);
	free(calls);
	hvc_subject_close(subject);
}

int main(void)
{
	int status = real_kernel_find(kernel, sizeof kernel, &is_debian_6_1);

	if (status)
		return status;
	if (!is_debian_6_1)
		printf("a kernel of another version may hold other calls than Linux 6.1\n");
	return suite_run("real_world");
}
