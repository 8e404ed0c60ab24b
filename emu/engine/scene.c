/* SPDX-License-Identifier: MIT */
#include "engine/scene.h"
#include "subject/subject.h"

#include <stdio.h>
#include <string.h>

static enum hvc_status same_machine(const struct hvc_world *a, const struct hvc_world *b,
                                    struct hvc_diag *diag)
{
	if (a->cpu != b->cpu)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "one side was made on cpu %s, the other on cpu %s",
		                    hvc_cpu_name(a->cpu), hvc_cpu_name(b->cpu));
	if (a->el3 != b->el3)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "the CPU has EL3 in one side's world alone");
	if (a->esr != b->esr)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "the two are of different syndromes of a trap");
	if (a->upper_zero != b->upper_zero)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "the CPU zeroes upper halves in one side's world alone");
	if (a->zero_pages != b->zero_pages)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "one side was lent %u zero pages a call, the other %u",
		                    a->zero_pages, b->zero_pages);
	return HVC_OK;
}

static const struct hvc_extra *find_extra(const struct hvc_world *world, const uint8_t encoding[5])
{
	for (unsigned i = 0; i < world->extras; i++)
		if (!memcmp(world->extra[i].encoding, encoding, sizeof world->extra[i].encoding))
			return &world->extra[i];
	return NULL;
}

/* Registers without a row, which the state does not hold: all of `a` are in `b`. */
static enum hvc_status same_extras(const struct hvc_world *a, const struct hvc_world *b,
                                   struct hvc_diag *diag)
{
	for (unsigned i = 0; i < a->extras; i++) {
		const uint8_t *e = a->extra[i].encoding;
		const struct hvc_extra *other = find_extra(b, e);

		if (other && other->value == a->extra[i].value)
			continue;
		return hvc_diag_set(
		        diag, HVC_E_ARG, NULL, 0, 0,
		        "s%u_%u_c%u_c%u_%u is set to 0x%llx in one side's world and not "
		        "in the other's",
		        e[0], e[1], e[2], e[3], e[4], (unsigned long long)a->extra[i].value);
	}
	return HVC_OK;
}

static bool has_boundary(const struct hvc_world *world, const struct hvc_stop *wanted)
{
	for (unsigned i = 0; i < world->stops; i++) {
		const struct hvc_stop *is = &world->stop[i];

		if (is->stub == wanted->stub && is->value == wanted->value &&
		    !strcmp(is->name, wanted->name))
			return true;
	}
	return false;
}

/* The same function has another address in another build: places are compared by name. */
static enum hvc_status same_boundaries(const struct hvc_world *a, const struct hvc_world *b,
                                       struct hvc_diag *diag)
{
	for (unsigned i = 0; i < a->stops; i++)
		if (!has_boundary(b, &a->stop[i]))
			return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
			                    "%s '%s' is in one side's world alone, or otherwise",
			                    a->stop[i].stub ? "stub" : "boundary", a->stop[i].name);
	return HVC_OK;
}

/* The same bytes, or the same words for them: a symbol has another address in another build. */
static bool has_memory(const struct hvc_world *world, const struct hvc_memory *wanted)
{
	for (unsigned i = 0; i < world->memories; i++) {
		const struct hvc_memory *is = &world->memory[i];

		if (!strcmp(is->place, wanted->place) && is->size == wanted->size &&
		    (is->digest == wanted->digest ||
		     (strncmp(is->what, "file:", 5) != 0 && !strcmp(is->what, wanted->what))))
			return true;
	}
	return false;
}

static enum hvc_status same_memory(const struct hvc_world *a, const struct hvc_world *b,
                                   struct hvc_diag *diag)
{
	for (unsigned i = 0; i < a->memories; i++)
		if (!has_memory(b, &a->memory[i]))
			return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
			                    "memory at '%s' is set in one side's world alone, or "
			                    "to something else",
			                    a->memory[i].place);
	return HVC_OK;
}

static void print_register(const struct hvc_exact *exact, hvc_ref value, char *text, size_t size)
{
	if (!value)
		snprintf(text, size, "absent");
	else if (value->op == HVC_OP_INPUT)
		snprintf(text, size, "not set");
	else
		hvc_exact__print_value(exact, value, text, size);
}

/* What a world sets is a number, and what it does not is an input. */
static enum hvc_status same_registers(const struct hvc_exact *a, const struct hvc_exact *b,
                                      struct hvc_diag *diag)
{
	char was[40], is[40];

	for (enum hvc_reg reg = HVC_GPR_COUNT; a->parts && b->parts && reg < HVC_REG_COUNT; reg++) {
		hvc_ref x = a->part[0].before[reg], y = b->part[0].before[reg];

		if (reg == HVC_REG_VBAR_EL2 || hvc_reg_info(reg)->class_ == HVC_CLASS_EXCEPTION ||
		    hvc_reg_info(reg)->class_ == HVC_CLASS_PSTATE || x == y)
			continue;
		print_register(a, x, was, sizeof was);
		print_register(b, y, is, sizeof is);
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "%s is %s in one side's world and %s in the other's",
		                    hvc_reg_name(reg), was, is);
	}
	return HVC_OK;
}

enum hvc_status hvc_scene__same(const struct hvc_exact *a, const struct hvc_exact *b,
                                struct hvc_diag *diag)
{
	HVC_TRY(same_machine(&a->world, &b->world, diag));
	HVC_TRY(same_registers(a, b, diag));
	HVC_TRY(same_memory(&a->world, &b->world, diag));
	HVC_TRY(same_memory(&b->world, &a->world, diag));
	HVC_TRY(same_extras(&a->world, &b->world, diag));
	HVC_TRY(same_extras(&b->world, &a->world, diag));
	HVC_TRY(same_boundaries(&a->world, &b->world, diag));
	return same_boundaries(&b->world, &a->world, diag);
}

enum hvc_status hvc_scene__world(const struct hvc_subject *subject, const struct hvc_abi *abi,
                                 unsigned index, const struct hvc_world *over,
                                 struct hvc_diag *diag, struct hvc_world *out)
{
	*out = hvc_abi_world_at(abi, index)->world;
	/* A machine has one world. Of several, what tells them apart is the specification's. */
	if (hvc_abi_world_count(abi) == 1)
		hvc_subject__enter(subject, out);
	if (over && hvc_world_overlay(out, over) != HVC_OK)
		return hvc_diag_set(diag, HVC_E_RANGE, NULL, 0, 0,
		                    "too much for world %s: at most %u boundaries, %u registers by "
		                    "encoding and %u pieces of memory",
		                    out->name, HVC_STOPS_MAX, HVC_EXTRAS_MAX, HVC_MEMORY_MAX);
	return hvc_subject__resolve(subject, out, diag);
}

enum hvc_status hvc_scene__machine(const struct hvc_subject *subject, const struct hvc_world *world,
                                   uint64_t budget, struct hvc_diag *diag, struct hvc_machine **out)
{
	const struct hvc_machine_config config = {
	        .image = *hvc_subject_image(subject), .world = world, .budget = budget};

	return hvc_machine_open(&config, diag, out);
}
