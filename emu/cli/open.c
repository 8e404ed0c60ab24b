/* SPDX-License-Identifier: MIT */
#include "cli/open.h"

#include <string.h>

#define SHIPPED_MAX 256u

enum hvc_status hvc_open__subject(const struct hvc_options *options, unsigned i,
                                  struct hvc_diag *diag, struct hvc_subject **out)
{
	return hvc_subject_open_with(options->argument[i], options->symbols[i], diag, out);
}

enum hvc_status hvc_open__abi(const char *name, struct hvc_diag *diag, struct hvc_abi **out)
{
	enum hvc_status status = hvc_abi_open(name, diag, out);
	const char *names[SHIPPED_MAX + 1] = {NULL}, *near, *text;
	size_t size;

	if (status != HVC_E_NOTFOUND)
		return status;
	for (size_t i = 0; i < SHIPPED_MAX && hvc_abi_shipped_at(i, &names[i], &text, &size);)
		names[++i] = NULL;
	near = hvc_nearest__find(name, names);
	if (near)
		return hvc_diag_set(diag, status, NULL, 0, 0, "no ABI '%s'; did you mean '%s'?",
		                    name, near);
	return hvc_diag_set(diag, status, NULL, 0, 0,
	                    "no ABI '%s'; 'hvcheck list abis' lists them, a file ends in .yaml",
	                    name);
}

const char *hvc_open__abi_of(const struct hvc_subject *subject)
{
	const struct hvc_builtin *builtin = hvc_subject_builtin(subject);
	const char *name, *text;
	size_t size;

	for (size_t i = 0; builtin && hvc_abi_shipped_at(i, &name, &text, &size); i++) {
		if (!strcmp(name, builtin->name))
			return name;
	}
	return NULL;
}

static bool belongs_to_call(enum hvc_reg reg)
{
	return reg < HVC_GPR_COUNT || reg == HVC_REG_NZCV || reg == HVC_REG_DAIF;
}

enum hvc_status hvc_open__world(const struct hvc_options *options, struct hvc_diag *diag,
                                struct hvc_world *out)
{
	struct hvc_world world;

	hvc_world_init(&world, options->cpu);
	for (enum hvc_reg reg = HVC_REG_X0; reg < HVC_REG_COUNT; reg++) {
		if (!hvc_regset_has(&options->set, reg) || belongs_to_call(reg))
			continue;
		if (hvc_world_set(&world, reg, options->value[reg]) != HVC_OK)
			return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0, "--set: %s cannot be set",
			                    hvc_reg_name(reg));
	}
	*out = world;
	return HVC_OK;
}

bool hvc_open__sets_call(const struct hvc_options *options, enum hvc_reg *reg)
{
	for (enum hvc_reg each = HVC_REG_X0; each < HVC_REG_COUNT; each++) {
		if (hvc_regset_has(&options->set, each) && belongs_to_call(each)) {
			*reg = each;
			return true;
		}
	}
	return false;
}
