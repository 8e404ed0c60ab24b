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
	size_t answers, disagreements;
	char text[4096];
};

static bool take(void *ctx, size_t index, const struct hvc_oracle_answer *answer)
{
	struct trial *trial = ctx;
	const struct hvc_oracle_call *call = &trial->call[index];
	struct hvc_machine *machine = trial->machine[call->world];
	struct hvc_outcome outcome = make_call(machine, &call->call);
	char text[1024];

	trial->answers++;
	if (hvc_oracle_compare(&trial->config, call, machine, &outcome, answer, text,
	                       sizeof text)) {
		size_t used = strlen(trial->text);

		if (trial->disagreements++ < SHOWN)
			snprintf(trial->text + used, sizeof trial->text - used,
			         "%s, call %zu: %s #0x%x from %s:\n%s", trial->name, index,
			         hvc_insn_name(call->call.insn), call->call.imm,
			         hvc_level_name(call->call.from), text);
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

/* Every nth immediate, from one level, registers as seed says. */
static void sweep(const char *name, enum hvc_cpu cpu, enum hvc_level from, enum hvc_insn insn,
                  uint64_t seed, unsigned step)
{
	struct hvc_subject *subject = open_subject(name);
	struct hvc_oracle_call *call = room_for(HVC_IMM_COUNT);
	const struct hvc_state *entry;
	struct hvc_machine *machine;
	struct hvc_world world;
	struct trial trial = {.name = name};
	size_t calls = 0;

	hvc_world_init(&world, cpu);
	machine = open_machine(subject, &world);
	entry = hvc_machine_entry(machine);
	trial.machine = &machine;
	trial.config = (struct hvc_oracle_config){*hvc_subject_image(subject), cpu,
	                                          hvc_machine_present(machine), &entry, 1};
	for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm += step) {
		hvc_call_init(&call[calls].call, seed ? seed + imm : 0);
		call[calls].call.imm = (uint16_t)imm;
		call[calls].call.from = from;
		call[calls++].call.insn = insn;
	}
	hold(&trial, call, calls);
	hvc_machine_close(machine);
	hvc_subject_close(subject);
	free(call);
}

START_TEST(sweeps)
{
	const char *only = getenv("HVC_ORACLE_SUBJECT");
	const struct hvc_builtin *builtin;

	for (size_t i = 0; (builtin = hvc_builtin_at(i)); i++) {
		if (only && strcmp(only, builtin->name) != 0)
			continue;
		sweep(builtin->name, HVC_CPU_A72, HVC_LEVEL_EL1H, HVC_INSN_HVC, 0, full() ? 1 : 64);
	}
}
END_TEST

static const struct suite_test tests[] = {
        {"sweeps", &sweeps},
};

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
