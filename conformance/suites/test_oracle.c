/* SPDX-License-Identifier: MIT */
/**
 * QEMU's CPU against this emulator: the same vectors, the same calls, every field. Skipped, with
 * the reason, where there is no qemu-system-aarch64. HVC_ORACLE=full makes all calls of the
 * sweeps; otherwise each has a sample of the immediates.
 */
#include <stdlib.h>

#include "hvcheck/oracle.h"
#include "under_test.h"

#define SHOWN 5u

/* One machine a world, and what disagrees. */
struct trial {
	const char *name;
	struct hvc_oracle_config config;
	const struct hvc_oracle_call *call;
	struct hvc_machine *const *machine;
	const struct hvc_world *world;
	size_t answers, peeked, disagreements;
	char text[8192];
};

static bool take(void *ctx, size_t index, const struct hvc_oracle_answer *answer)
{
	struct trial *trial = ctx;
	const struct hvc_oracle_call *call = &trial->call[index];
	struct hvc_machine *machine = trial->machine[call->world];
	struct hvc_outcome outcome = make_call(machine, &call->call);
	char text[1024];

	trial->answers++;
	trial->peeked += answer->peeked;
	if (!answer->peeked && hvc_oracle_compare(&trial->config, call, machine, &outcome, answer, text,
	                       sizeof text)) {
		size_t used = strlen(trial->text);
		char command[1024];

		print_command(trial->name, &trial->world[call->world], &call->call, 0, command,
		              sizeof command);
		if (trial->disagreements++ < SHOWN)
			snprintf(trial->text + used, sizeof trial->text - used, "%s\n%s", command,
			         text);
	}
	reset(machine);
	return true;
}

static void hold(struct trial *trial, const struct hvc_oracle_call *call, size_t calls)
{
	struct hvc_diag diag = {0};
	enum hvc_status status;

	trial->call = call;
	status = hvc_oracle_run(&trial->config, call, calls, take, trial, &diag);
	ck_assert_msg(status == HVC_OK, "%s: %s", trial->name, diag.message);
	ck_assert_uint_eq(trial->answers, calls);
	ck_assert_uint_le(trial->peeked, calls / 10);
	ck_assert_msg(!trial->disagreements, "%zu of %zu calls disagree\n%s", trial->disagreements,
	              calls, trial->text);
}

static bool full(void)
{
	const char *value = getenv("HVC_ORACLE");

	return value && !strcmp(value, "full");
}

static struct hvc_oracle_call *room_for(size_t calls)
{
	struct hvc_oracle_call *call = calloc(calls, sizeof *call);

	ck_assert_ptr_nonnull(call);
	return call;
}

/* The default world of a CPU model with a subject in it, and what a trial of it needs. */
struct stage {
	struct hvc_subject *subject;
	struct hvc_machine *machine;
	struct hvc_world world;
	const struct hvc_state *entry;
	struct trial trial;
};

static void set_stage(struct stage *stage, const char *name, enum hvc_cpu cpu)
{
	hvc_world_init(&stage->world, cpu);
	stage->subject = open_subject(name);
	stage->machine = open_machine(stage->subject, &stage->world);
	stage->entry = hvc_machine_entry(stage->machine);
	stage->trial = (struct trial){
	        .name = name,
	        .machine = &stage->machine,
	        .world = &stage->world,
	        .config = {*hvc_subject_image(stage->subject), cpu,
	                   hvc_machine_present(stage->machine), &stage->entry, 1},
	};
}

static void strike_stage(struct stage *stage)
{
	hvc_machine_close(stage->machine);
	hvc_subject_close(stage->subject);
}

/* Every nth immediate of each subject, from one level, in one world. */
static void sweep(enum hvc_cpu cpu, enum hvc_level from, enum hvc_insn insn, unsigned step)
{
	const char *only = getenv("HVC_ORACLE_SUBJECT");
	struct hvc_oracle_call *call = room_for(HVC_IMM_COUNT);
	const struct hvc_builtin *builtin;

	for (size_t i = 0; (builtin = hvc_builtin_at(i)); i++) {
		struct stage stage;
		size_t calls = 0;

		if (only && strcmp(only, builtin->name) != 0)
			continue;
		for (unsigned imm = (unsigned)i % step; imm < HVC_IMM_COUNT; imm += step) {
			hvc_call_init(&call[calls].call, 0);
			call[calls].call.imm = (uint16_t)imm;
			call[calls].call.from = from;
			call[calls++].call.insn = insn;
		}
		set_stage(&stage, builtin->name, cpu);
		hold(&stage.trial, call, calls);
		strike_stage(&stage);
	}
	free(call);
}

/* Rows of the table of tests that share one body: who calls, and with what. */
static const struct {
	enum hvc_cpu cpu;
	enum hvc_level from;
	enum hvc_insn insn;
	unsigned step; /* of the sample */
} sweeps[] = {
        {HVC_CPU_A72, HVC_LEVEL_EL1H, HVC_INSN_HVC, 257},
        {HVC_CPU_A72, HVC_LEVEL_EL1T, HVC_INSN_HVC, 1021},
        {HVC_CPU_A72, HVC_LEVEL_EL2H, HVC_INSN_HVC, 1021},
        {HVC_CPU_A72, HVC_LEVEL_EL2T, HVC_INSN_HVC, 1021},
        {HVC_CPU_A72, HVC_LEVEL_EL0, HVC_INSN_HVC, 4093},
        {HVC_CPU_A72, HVC_LEVEL_EL1H, HVC_INSN_SMC, 1021},
        {HVC_CPU_MAX, HVC_LEVEL_EL1H, HVC_INSN_HVC, 1021},
        {HVC_CPU_MAX, HVC_LEVEL_EL2H, HVC_INSN_HVC, 1021},
};

#define SWEEPS (sizeof sweeps / sizeof *sweeps)

START_TEST(immediates)
{
	sweep(sweeps[_i].cpu, sweeps[_i].from, sweeps[_i].insn, full() ? 1 : sweeps[_i].step);
}
END_TEST

/* xorshift64* (Vigna 2016) */
static uint64_t random_next(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return *seed * UINT64_C(0x2545f4914f6cdd1d);
}

/* A register file of values that handlers look for, of addresses, and of noise. */
static void random_call(uint64_t *seed, const struct hvc_constant *constant, size_t constants,
                        struct hvc_call *call)
{
	hvc_call_init(call, random_next(seed) | 1);
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		uint64_t random = random_next(seed);

		switch (random >> 60 & 7) {
		case 0:
		case 1:
			call->x[n] = random & 15;
			break;
		case 2:
			call->x[n] = HVC_LANDING + (random & 31) * 0x800;
			break;
		case 3:
			call->x[n] = random & 1 ? HVC_NEW_VECTORS : HVC_FUNCTION;
			break;
		default:
			break;
		}
	}
	for (unsigned n = 0; constants && n < 3; n++) {
		const struct hvc_constant *one = &constant[random_next(seed) % constants];

		call->x[one->reg] = one->value;
		if (one->word && random_next(seed) & 1)
			call->x[one->reg] |= random_next(seed) << 32;
	}
	call->imm = (uint16_t)(random_next(seed) & 1 ? random_next(seed) & 63 : random_next(seed));
	call->from = (enum hvc_level)(random_next(seed) >> 32 & 7);
	if (call->from >= HVC_LEVEL_COUNT)
		call->from = HVC_LEVEL_EL1H;
	if (call->from == HVC_LEVEL_EL1H && (random_next(seed) >> 32 & 7) == 0)
		call->insn = HVC_INSN_SMC;
}

static void random_calls_on(enum hvc_cpu cpu, unsigned count)
{
	const char *only = getenv("HVC_ORACLE_SUBJECT");
	struct hvc_oracle_call *call = room_for(count);
	const struct hvc_builtin *builtin;

	for (size_t i = 0; (builtin = hvc_builtin_at(i)); i++) {
		struct hvc_constant *constant;
		uint64_t seed = 0x9e3779b97f4a7c15 + i;
		struct stage stage;
		size_t constants;

		if (only && strcmp(only, builtin->name) != 0)
			continue;
		set_stage(&stage, builtin->name, cpu);
		ck_assert(hvc_subject_constants(stage.subject, 4096, &constant, &constants) ==
		          HVC_OK);
		for (unsigned n = 0; n < count; n++)
			random_call(&seed, constant, constants, &call[n].call);
		hold(&stage.trial, call, count);
		free(constant);
		strike_stage(&stage);
	}
	free(call);
}

START_TEST(random_calls)
{
	random_calls_on(HVC_CPU_A72, full() ? 4000 : 100);
}
END_TEST

START_TEST(random_calls_max)
{
	random_calls_on(HVC_CPU_MAX, full() ? 4000 : 50);
}
END_TEST

static const struct suite_test tests[] = {
        {"el1h", &immediates},
        {"el1t", &immediates},
        {"el2h", &immediates},
        {"el2t", &immediates},
        {"el0", &immediates},
        {"smc", &immediates},
        {"max_el1h", &immediates},
        {"max_el2h", &immediates},
        {"random_calls", &random_calls},
        {"random_calls_max", &random_calls_max},
};

_Static_assert(sizeof tests / sizeof *tests > SWEEPS, "a row for each sweep comes first");

int main(void)
{
	struct hvc_diag diag = {0};
	char version[128];

	if (hvc_oracle_version(&diag, version, sizeof version) != HVC_OK) {
		printf("skipped: %s\n", diag.message);
		return 77;
	}
	printf("%s, %s\n", version, hvc_machine_engine());
	return suite_run("oracle", tests, sizeof tests / sizeof *tests);
}
