/* SPDX-License-Identifier: MIT */
/*
 * What happens after a call: sequences on one machine, without a reset in between. The next HVC
 * goes where SET_VECTORS said, GET_VECTORS tells what was set, a soft restart arrives with its
 * arguments moved, and what should change nothing changes nothing for the calls that follow.
 */
#include "hvcheck/arch.h"
#include "machine/outcome.h"
#include "under_test.h"

#define STUB_ERROR UINT64_C(0x0badca11)
#define NEW_SLOT   (HVC_NEW_VECTORS + 0x400)
#define NO         UINT64_MAX
#define COPY       UINT64_C(0x100000) /* from the subject to a copy of it in the same memory */

/* How each ABI is asked for what: x0, or the immediate where `imm` is set. NO: not offered. */
static const struct abi {
	const char *name;
	bool imm; /* the immediate selects */
	uint64_t set, get, reset, restart, unknown;
	unsigned set_from; /* register that holds the new address */
	uint64_t result;   /* x0 after an unknown call; NO: as it was */
} abis[] = {
        /* x0 of 3.8 is the address itself; there is nothing that it does not know */
        {"linux-stub-3.8", false, HVC_NEW_VECTORS, 0, NO, NO, NO, 0, NO},
        {"linux-stub-4.7", false, 1, 0, NO, NO, 7, 1, 2},
        {"linux-stub-4.12", false, 0, NO, 2, 1, 7, 1, STUB_ERROR},
        {"linux-stub-6.0", false, 0, NO, 2, 1, 7, 1, STUB_ERROR},
        {"linux-stub-imm", true, 2, 1, NO, NO, 0xea1, 0, NO},
        {"linux-kvm-imm", true, NO, 1, NO, NO, 2, 0, NO},
        {"linux-kvm-imm-default", true, NO, 1, NO, NO, NO, 0, NO},
};

#define ABIS (sizeof abis / sizeof *abis)

static const uint16_t imms[] = {0, 1, 0xea1, 0x4a48, 0xffff};

#define IMMS (sizeof imms / sizeof *imms)

/* One sequence: an ABI, a machine, the immediate of calls that are selected by x0, a caller. */
struct scene {
	const struct abi *abi;
	struct hvc_subject *subject;
	struct hvc_machine *machine;
	uint64_t table; /* the subject's own */
	uint16_t imm;
	enum hvc_level from;
};

/* A machine with the subject in it twice, COPY apart: a second table that answers. */
static struct hvc_machine *open_twice(const struct hvc_subject *subject)
{
	const struct hvc_image *image = hvc_subject_image(subject);
	struct hvc_segment segment[16];
	struct hvc_machine_config config = {.image = {.segment = segment,
	                                              .segments = 2 * image->segments,
	                                              .vectors = image->vectors}};
	struct hvc_machine *machine = NULL;
	struct hvc_diag diag = {0};
	enum hvc_status status;

	ck_assert_uint_le(2 * image->segments, 16);
	for (unsigned i = 0; i < image->segments; i++) {
		segment[i] = segment[i + image->segments] = image->segment[i];
		segment[i + image->segments].address += COPY;
	}
	status = hvc_machine_open(&config, &diag, &machine);
	ck_assert_msg(status == HVC_OK, "%s", diag.message);
	return machine;
}

static struct hvc_call call_of(const struct scene *scene, uint64_t selector)
{
	struct hvc_call call;

	hvc_call_init(&call, 3);
	call.from = scene->from;
	call.imm = scene->abi->imm ? (uint16_t)selector : scene->imm;
	if (!scene->abi->imm)
		call.x[0] = selector;
	return call;
}

static struct hvc_outcome ask(const struct scene *scene, uint64_t selector)
{
	struct hvc_call call = call_of(scene, selector);

	return make_call(scene->machine, &call);
}

static struct hvc_outcome set_vectors(const struct scene *scene, uint64_t address)
{
	struct hvc_call call = call_of(scene, scene->abi->set);

	call.x[scene->abi->set_from] = address;
	return make_call(scene->machine, &call);
}

static uint64_t vbar(const struct hvc_outcome *outcome)
{
	return outcome->state.v[HVC_REG_VBAR_EL2];
}

#define assert_outcome(scene, outcome, expected)                                              \
	ck_assert_msg((outcome).kind == (expected), "%s, immediate 0x%x from %s: %s, not %s", \
	              (scene)->abi->name, (scene)->imm, hvc_level_name((scene)->from),        \
	              hvc_outcome_name((outcome).kind), hvc_outcome_name(expected))

#define assert_value(scene, is, should)                                                           \
	ck_assert_msg((is) == (should),                                                           \
	              "%s, immediate 0x%x from %s: %s is 0x%" PRIx64 ", not 0x%" PRIx64,          \
	              (scene)->abi->name, (scene)->imm, hvc_level_name((scene)->from), #is, (is), \
	              (should))

/* Everything that the next call could notice is as it was before. */
static void assert_same_state(const struct scene *scene, const struct hvc_outcome *outcome,
                              const struct hvc_state *before)
{
	for (unsigned reg = HVC_REG_SP_EL0; reg < HVC_REG_COUNT; reg++) {
		const struct hvc_reg_info *info = hvc_reg_info((enum hvc_reg)reg);

		if (info->class_ == HVC_CLASS_EXCEPTION ||
		    !hvc_regset_has(hvc_machine_present(scene->machine), (enum hvc_reg)reg))
			continue;
		ck_assert_msg(((outcome->state.v[reg] ^ before->v[reg]) & info->mask) == 0,
		              "%s, immediate 0x%x: %s is 0x%" PRIx64 ", was 0x%" PRIx64,
		              scene->abi->name, scene->imm, info->name, outcome->state.v[reg],
		              before->v[reg]);
	}
}

/* Run a sequence for every ABI that offers what it needs, every immediate, both EL1 callers. */
static void for_each_scene(bool (*offers)(const struct abi *abi),
                           void (*play)(const struct scene *scene))
{
	static const enum hvc_level levels[] = {HVC_LEVEL_EL1H, HVC_LEVEL_EL1T};
	unsigned played = 0;

	for (size_t a = 0; a < ABIS; a++) {
		struct scene scene = {.abi = &abis[a]};

		if (!offers(&abis[a]))
			continue;
		scene.subject = open_subject(abis[a].name);
		scene.table = hvc_subject_image(scene.subject)->vectors;
		scene.machine = open_twice(scene.subject);
		for (size_t i = 0; i < 2 * IMMS; i++) {
			scene.imm = imms[i / 2];
			scene.from = levels[i % 2];
			play(&scene);
			reset(scene.machine);
			played++;
		}
		hvc_machine_close(scene.machine);
		hvc_subject_close(scene.subject);
	}
	ck_assert_uint_gt(played, 0);
}

static bool offers_set(const struct abi *abi)
{
	return abi->set != NO;
}

static bool offers_set_and_get(const struct abi *abi)
{
	return abi->set != NO && abi->get != NO;
}

static bool offers_get(const struct abi *abi)
{
	return abi->get != NO;
}

static bool offers_reset(const struct abi *abi)
{
	return abi->reset != NO;
}

static bool offers_restart(const struct abi *abi)
{
	return abi->restart != NO;
}

static bool knows_unknown(const struct abi *abi)
{
	return abi->unknown != NO;
}

/* An exception to the new table: EL2h, masked, in the slot for AArch64 callers below. */
static void assert_in_new_table(const struct scene *scene, const struct hvc_call *call,
                                const struct hvc_outcome *outcome)
{
	assert_outcome(scene, *outcome, HVC_OUTCOME_JUMP);
	assert_value(scene, outcome->pc, NEW_SLOT);
	ck_assert_int_eq(outcome->level, HVC_LEVEL_EL2H);
	assert_value(scene, outcome->state.v[HVC_REG_DAIF], HVC_PSTATE_DAIF);
	assert_value(scene, outcome->state.v[HVC_REG_NZCV], call->nzcv);
	assert_value(scene, outcome->state.v[HVC_REG_ESR_EL2], hvc_arch_esr(call->imm));
	assert_value(scene, outcome->state.v[HVC_REG_ELR_EL2], hvc_call__address(call) + 4);
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		assert_value(scene, outcome->state.v[n], call->x[n]);
	ck_assert_uint_eq(outcome->instructions, 0);
}

static void play_set(const struct scene *scene)
{
	struct hvc_outcome outcome = set_vectors(scene, HVC_NEW_VECTORS);
	struct hvc_call call;

	assert_outcome(scene, outcome, HVC_OUTCOME_RETURN);
	assert_value(scene, vbar(&outcome), HVC_NEW_VECTORS);
	for (size_t i = 0; i < IMMS; i++) {
		hvc_call_init(&call, i);
		call.imm = imms[i];
		call.from = scene->from;
		outcome = make_call(scene->machine, &call);
		assert_in_new_table(scene, &call, &outcome);
	}
}

TEST(next_hvc_goes_to_the_new_table)
{
	for_each_scene(offers_set, play_set);
}

static void play_get(const struct scene *scene)
{
	struct hvc_outcome outcome = ask(scene, scene->abi->get);

	assert_outcome(scene, outcome, HVC_OUTCOME_RETURN);
	assert_value(scene, outcome.state.v[0], scene->table);
	outcome = ask(scene, scene->abi->get);
	assert_value(scene, outcome.state.v[0], scene->table);
}

TEST(get_tells_where_the_table_is)
{
	for_each_scene(offers_get, play_get);
}

/* The table that was set answers from then on: GET names it, and SET to the old one goes back. */
static void play_set_and_get(const struct scene *scene)
{
	struct hvc_outcome outcome = set_vectors(scene, scene->table + COPY);

	assert_outcome(scene, outcome, HVC_OUTCOME_RETURN);
	for (unsigned i = 0; i < 2; i++) {
		outcome = ask(scene, scene->abi->get);
		assert_outcome(scene, outcome, HVC_OUTCOME_RETURN);
		assert_value(scene, outcome.state.v[0], scene->table + COPY);
		assert_value(scene, vbar(&outcome), scene->table + COPY);
	}
	outcome = set_vectors(scene, scene->table);
	assert_outcome(scene, outcome, HVC_OUTCOME_RETURN);
	play_get(scene);
}

TEST(get_tells_what_was_set)
{
	for_each_scene(offers_set_and_get, play_set_and_get);
}

static void play_set_back(const struct scene *scene)
{
	const uint64_t tables[] = {scene->table + COPY, scene->table, scene->table + COPY};
	struct hvc_outcome first = set_vectors(scene, scene->table), outcome;

	for (size_t i = 0; i < 3; i++) {
		outcome = set_vectors(scene, tables[i]);
		assert_outcome(scene, outcome, HVC_OUTCOME_RETURN);
		assert_value(scene, vbar(&outcome), tables[i]);
		outcome = set_vectors(scene, scene->table);
		assert_value(scene, vbar(&outcome), scene->table);
		assert_same_state(scene, &outcome, &first.state);
		/* and once more through the table that is set */
		outcome = set_vectors(scene, tables[i]);
		assert_value(scene, vbar(&outcome), tables[i]);
	}
	outcome = set_vectors(scene, HVC_NEW_VECTORS);
	assert_value(scene, vbar(&outcome), HVC_NEW_VECTORS);
	outcome = ask(scene, scene->abi->set);
	assert_outcome(scene, outcome, HVC_OUTCOME_JUMP);
}

TEST(set_to_its_own_table_restores_it)
{
	for_each_scene(offers_set, play_set_back);
}

static void play_restart(const struct scene *scene)
{
	static const uint64_t targets[] = {HVC_LANDING + 0x2800, HVC_CALLER_VECTORS,
	                                   HVC_NEW_VECTORS + 4};
	struct hvc_call call = call_of(scene, scene->abi->restart);
	struct hvc_outcome outcome;

	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
		call.x[1] = targets[i];
		outcome = make_call(scene->machine, &call);
		assert_outcome(scene, outcome, HVC_OUTCOME_JUMP);
		assert_value(scene, outcome.pc, targets[i]);
		ck_assert_int_eq(outcome.level, HVC_LEVEL_EL2H);
		assert_value(scene, outcome.state.v[HVC_REG_DAIF], HVC_PSTATE_DAIF);
		assert_value(scene, outcome.state.v[0], call.x[2]);
		assert_value(scene, outcome.state.v[1], call.x[3]);
		assert_value(scene, outcome.state.v[2], call.x[4]);
		for (unsigned n = 5; n < HVC_GPR_COUNT; n++)
			assert_value(scene, outcome.state.v[n], call.x[n]);
		assert_same_state(scene, &outcome, hvc_machine_entry(scene->machine));
	}
}

TEST(soft_restart_arrives_with_its_arguments)
{
	for_each_scene(offers_restart, play_restart);
}

/* The stub stays in place: whatever was set stays set, and goes on answering. */
static void play_reset(const struct scene *scene)
{
	struct hvc_outcome outcome = set_vectors(scene, scene->table + COPY);

	for (unsigned i = 0; i < 2; i++) {
		outcome = ask(scene, scene->abi->reset);
		assert_outcome(scene, outcome, HVC_OUTCOME_RETURN);
		assert_value(scene, outcome.state.v[0], UINT64_C(0));
		assert_value(scene, vbar(&outcome), scene->table + COPY);
	}
	outcome = set_vectors(scene, HVC_NEW_VECTORS);
	assert_outcome(scene, outcome, HVC_OUTCOME_RETURN);
}

TEST(reset_vectors_keeps_the_table)
{
	for_each_scene(offers_reset, play_reset);
}

static void play_unknown(const struct scene *scene)
{
	const struct hvc_state *entry = hvc_machine_entry(scene->machine);
	struct hvc_outcome outcome;

	for (unsigned i = 0; i < 2; i++) {
		struct hvc_call call = call_of(scene, scene->abi->unknown);

		outcome = make_call(scene->machine, &call);
		assert_outcome(scene, outcome, HVC_OUTCOME_RETURN);
		assert_value(scene, outcome.state.v[0],
		             scene->abi->result == NO ? call.x[0] : scene->abi->result);
		assert_same_state(scene, &outcome, entry);
		ck_assert_uint_eq(outcome.stores, 0);
	}
	if (scene->abi->get != NO)
		play_get(scene);
}

TEST(unknown_calls_change_nothing)
{
	for_each_scene(knows_unknown, play_unknown);
}

/* After a reset the world is that of the first call, whatever was done to it. */
static void play_world(const struct scene *scene)
{
	struct hvc_call call = call_of(scene, scene->abi->set);
	struct hvc_outcome first, again;

	call.x[scene->abi->set_from] = HVC_NEW_VECTORS;
	first = make_call(scene->machine, &call);
	again = make_call(scene->machine, &call);
	assert_in_new_table(scene, &call, &again);
	reset(scene->machine);
	again = make_call(scene->machine, &call);
	assert_outcome(scene, again, HVC_OUTCOME_RETURN);
	ck_assert_mem_eq(&first.state, &again.state, sizeof first.state);
	ck_assert_uint_eq(first.instructions, again.instructions);
}

TEST(reset_brings_the_world_back)
{
	for_each_scene(offers_set, play_world);
}

SUITE_MAIN("after")
