/* SPDX-License-Identifier: MIT */
/**
 * ask_qemu SUBJECT [cpu=MODEL] [from=LEVEL] [insn=INSN] [imm=N] [REG=N]...: one call on the machine
 * and on QEMU, and whether the two say the same. Registers x0 to x30 are the call's, others the
 * world's. Status 0: they agree, 1: they differ, 2: it could not be asked.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/call.h"
#include "engine/scene.h"
#include "machine/outcome.h"
#include "machine/world.h"
#include "oracle/oracle.h"

struct asked {
	struct hvc_oracle_config config;
	struct hvc_oracle_call call;
	struct hvc_machine *machine;
	struct hvc_outcome outcome;
	char version[128];
	unsigned differences;
};

static bool set(struct hvc_world *world, struct hvc_call *call, const char *name, const char *text)
{
	enum hvc_reg reg = hvc_reg_find(name);
	char *end;
	uint64_t value = strtoull(text, &end, 0);

	if (!strcmp(name, "from"))
		return (call->from = hvc_level_find(text)) != HVC_LEVEL_COUNT;
	if (!strcmp(name, "insn"))
		return (call->insn = hvc_insn_find(text)) != HVC_INSN_COUNT &&
		       call->insn != HVC_INSN_TRAP;
	if (!*text || *end)
		return false;
	if (!strcmp(name, "imm"))
		return (call->imm = (uint16_t)value) == value;
	if (reg < HVC_GPR_COUNT)
		call->x[reg] = value;
	return reg < HVC_GPR_COUNT || hvc_world_set(world, reg, value) == HVC_OK;
}

static bool read_arguments(char **argument, struct hvc_world *world, struct hvc_call *call)
{
	enum hvc_cpu cpu = HVC_CPU_A72;

	for (char **at = argument; *at; at++)
		if (!strncmp(*at, "cpu=", 4))
			cpu = hvc_cpu_find(*at + 4);
	if (cpu == HVC_CPU_COUNT)
		return false;
	hvc_world_init(world, cpu);
	hvc_call_init(call, 0);
	for (; *argument; argument++) {
		char *value = strchr(*argument, '=');

		if (!value)
			return false;
		*value++ = '\0';
		if (strcmp(*argument, "cpu") != 0 && !set(world, call, *argument, value))
			return false;
	}
	return world->el3;
}

static bool take(void *ctx, size_t index, const struct hvc_oracle_answer *answer)
{
	struct asked *asked = ctx;
	struct hvc_state before;
	char text[2048];

	(void)index;
	hvc_entry_state(hvc_machine_entry(asked->machine), &asked->call.call, &before);
	hvc_outcome__print(&asked->outcome, &before, hvc_machine_present(asked->machine), text,
	                   sizeof text);
	printf("%s\n%s: %s\n", asked->version, hvc_machine_engine(), text);
	asked->differences = hvc_oracle__compare(&asked->config, &asked->call, asked->machine,
	                                         &asked->outcome, answer, text, sizeof text);
	printf("%s\n%s", asked->differences ? "differs" : "agrees", asked->differences ? text : "");
	return true;
}

static enum hvc_status ask(const struct hvc_subject *subject, const struct hvc_world *world,
                           struct asked *asked, struct hvc_diag *diag)
{
	const struct hvc_machine_config config = {
	        .image = *hvc_subject_image(subject), .world = world, .smc_as_it_is = true};
	const struct hvc_state *entry;
	enum hvc_status status;

	HVC_TRY(hvc_oracle__version(diag, asked->version, sizeof asked->version));
	HVC_TRY(hvc_machine_open(&config, diag, &asked->machine));
	entry = hvc_machine_entry(asked->machine);
	asked->config = (struct hvc_oracle_config){.image = config.image,
	                                           .cpu = world->cpu,
	                                           .present = hvc_machine_present(asked->machine),
	                                           .world = &entry,
	                                           .worlds = 1,
	                                           .smc_as_it_is = true};
	hvc_call__fit(&asked->call.call, world->cpu);
	status = hvc_machine_call(asked->machine, &asked->call.call, diag, &asked->outcome);
	if (status == HVC_OK)
		status = hvc_oracle__run(&asked->config, &asked->call, 1, take, asked, diag);
	hvc_machine_close(asked->machine);
	return status;
}

int main(int argc, char **argv)
{
	struct hvc_subject *subject = NULL;
	struct hvc_diag diag = {.message = "usage: ask_qemu SUBJECT [NAME=VALUE]..."};
	struct asked asked = {0};
	struct hvc_world world;
	enum hvc_status status = HVC_E_ARG;

	if (argc > 1 && read_arguments(argv + 2, &world, &asked.call.call))
		status = hvc_subject_open(argv[1], &diag, &subject);
	if (status == HVC_OK)
		status = ask(subject, &world, &asked, &diag);
	if (status != HVC_OK)
		fprintf(stderr, "ask_qemu: error: %s\n", diag.message);
	hvc_subject_close(subject);
	return status != HVC_OK ? 2 : asked.differences != 0;
}
