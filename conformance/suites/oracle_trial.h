/* SPDX-License-Identifier: MIT */
/**
 * Trials of QEMU's CPU against this emulator: the same vectors, the same calls, every field.
 * HVC_ORACLE=full makes all calls, otherwise a sample; HVC_ORACLE_SUBJECT names one subject.
 */
#ifndef ORACLE_TRIAL_H
#define ORACLE_TRIAL_H

#include <stdlib.h>

#include "oracle/oracle.h"
#include "subject/subject.h"
#include "under_test.h"

#define SHOWN 3u
/* No handler here needs as much, and many loop for ever, for all immediates. */
#define SWEEP_BUDGET 4096u

/* One machine a world, and what disagrees. */
struct trial {
	const char *name;
	struct hvc_oracle_config config;
	const struct hvc_oracle_call *call;
	struct hvc_machine *const *machine;
	const struct hvc_world *world;
	bool entry_only; /* hold the exception to exception.h, and nothing else */
	size_t answers, peeked, disagreements;
	char text[3600]; /* Check has room for 4096 */
};

static inline bool take(void *ctx, size_t index, const struct hvc_oracle_answer *answer)
{
	struct trial *trial = ctx;
	const struct hvc_oracle_call *call = &trial->call[index];
	struct hvc_machine *machine = trial->machine[call->world];
	struct hvc_outcome outcome =
	        trial->entry_only ? answer->outcome : make_call(machine, &call->call);
	char text[1024];

	trial->answers++;
	trial->peeked += answer->peeked;
	if (!answer->peeked && hvc_oracle__compare(&trial->config, call, machine, &outcome, answer,
	                                           text, sizeof text)) {
		size_t used = strlen(trial->text);
		char command[HVC_COMMAND_SIZE];

		print_command(trial->name, &trial->world[call->world], &call->call, 0, command,
		              sizeof command);
		if (trial->disagreements++ < SHOWN)
			snprintf(trial->text + used, sizeof trial->text - used, "%s\n%s", command,
			         text);
	}
	reset(machine);
	return true;
}

static inline void hold(struct trial *trial, const struct hvc_oracle_call *call, size_t calls)
{
	struct hvc_diag diag = {0};
	enum hvc_status status;

	trial->call = call;
	status = hvc_oracle__run(&trial->config, call, calls, take, trial, &diag);
	ck_assert_msg(status == HVC_OK, "%s: %s", trial->name, diag.message);
	ck_assert_uint_eq(trial->answers, calls);
	ck_assert_uint_le(trial->peeked, calls / 10);
	ck_assert_msg(!trial->disagreements, "%zu of %zu calls disagree\n%s", trial->disagreements,
	              calls, trial->text);
}

static inline bool full(void)
{
	const char *value = getenv("HVC_ORACLE");

	return value && !strcmp(value, "full");
}

/* HVC_ORACLE_SUBJECT names one; a sample has every nth, and another test others. */
static inline bool wanted(const char *name, size_t row, unsigned part)
{
	const char *only = getenv("HVC_ORACLE_SUBJECT");
	const struct hvc_builtin *builtin = find_builtin(name);

	if (builtin && hvc_builtin_is_aarch32(builtin))
		return false;
	if (only)
		return !strcmp(only, name);
	return full() || row % part == 0;
}

static inline struct hvc_oracle_call *room_for(size_t calls)
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

static inline void set_stage(struct stage *stage, const char *name, enum hvc_cpu cpu)
{
	hvc_world_init(&stage->world, cpu);
	stage->subject = open_subject(name);
	ck_assert(hvc_subject__resolve(stage->subject, &stage->world, NULL) == HVC_OK);
	stage->machine = open_machine(stage->subject, &stage->world);
	stage->entry = hvc_machine_entry(stage->machine);
	stage->trial = (struct trial){
	        .name = name,
	        .machine = &stage->machine,
	        .world = &stage->world,
	        .config = {.image = *hvc_subject_image(stage->subject),
	                   .cpu = cpu,
	                   .present = hvc_machine_present(stage->machine),
	                   .world = &stage->entry,
	                   .worlds = 1,
	                   .budget = SWEEP_BUDGET},
	};
}

static inline void strike_stage(struct stage *stage)
{
	hvc_machine_close(stage->machine);
	hvc_subject_close(stage->subject);
}

/** The main of these programs: skipped, with the reason, where there is no QEMU. */
static inline int run_oracle(const char *name)
{
	struct hvc_diag diag = {0};
	char version[128];

	if (hvc_oracle__version(&diag, version, sizeof version) != HVC_OK) {
		printf("skipped: %s\n", diag.message);
		return 77;
	}
	printf("%s, %s\n", version, hvc_machine_engine());
	return suite_run(name);
}

#endif
