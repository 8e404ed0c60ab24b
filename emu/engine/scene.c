/* SPDX-License-Identifier: MIT */
#include "engine/scene.h"

#include <string.h>

static bool same_probes(const struct hvc_probes *a, const struct hvc_probes *b)
{
	bool same = a->count == b->count;

	for (unsigned i = 0; same && i < a->count; i++) {
		const struct hvc_call *p = &a->probe[i].call, *q = &b->probe[i].call;

		same = p->insn == q->insn && p->from == q->from && p->nzcv == q->nzcv &&
		       p->daif == q->daif && !memcmp(p->x, q->x, sizeof p->x);
	}
	return same;
}

static enum hvc_status same_machine(const struct hvc_world *a, const struct hvc_world *b,
                                    struct hvc_diag *diag)
{
	if (a->cpu != b->cpu)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "one side was made with --cpu %s, the other with --cpu %s",
		                    hvc_cpu_name(a->cpu), hvc_cpu_name(b->cpu));
	if (a->el3 != b->el3)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "the CPU has EL3 in one side's world alone");
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
	for (unsigned i = 0; i < world->boundaries; i++) {
		const struct hvc_stop *is = &world->boundary[i];

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
	for (unsigned i = 0; i < a->boundaries; i++)
		if (!has_boundary(b, &a->boundary[i]))
			return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
			                    "%s '%s' is in one side's world alone, or otherwise",
			                    a->boundary[i].stub ? "stub" : "boundary",
			                    a->boundary[i].name);
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

static enum hvc_status same_registers(const struct hvc_map *a, const struct hvc_map *b,
                                      struct hvc_diag *diag)
{
	for (enum hvc_reg reg = HVC_GPR_COUNT; reg < HVC_REG_COUNT; reg++) {
		if (reg == HVC_REG_VBAR_EL2 || hvc_reg_info(reg)->class_ == HVC_CLASS_EXCEPTION ||
		    hvc_reg_info(reg)->class_ == HVC_CLASS_PSTATE ||
		    a->entry.v[reg] == b->entry.v[reg])
			continue;
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "%s is 0x%llx in one side's world and 0x%llx in the other's",
		                    hvc_reg_name(reg), (unsigned long long)a->entry.v[reg],
		                    (unsigned long long)b->entry.v[reg]);
	}
	return HVC_OK;
}

enum hvc_status hvc_scene__same(const struct hvc_map *a, const struct hvc_map *b,
                                struct hvc_diag *diag)
{
	if (!same_probes(&a->probes, &b->probes))
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "the two maps were made with different calls; make one again");
	HVC_TRY(same_machine(&a->world, &b->world, diag));
	HVC_TRY(same_registers(a, b, diag));
	HVC_TRY(same_extras(&a->world, &b->world, diag));
	HVC_TRY(same_extras(&b->world, &a->world, diag));
	HVC_TRY(same_boundaries(&a->world, &b->world, diag));
	HVC_TRY(same_memory(&a->world, &b->world, diag));
	HVC_TRY(same_memory(&b->world, &a->world, diag));
	return same_boundaries(&b->world, &a->world, diag);
}

enum hvc_status hvc_scene__world(const struct hvc_subject *subject, const struct hvc_abi *abi,
                                 unsigned index, const struct hvc_world *over,
                                 struct hvc_diag *diag, struct hvc_world *out)
{
	*out = hvc_abi_world_at(abi, index)->world;
	if (over && hvc_world_overlay(out, over) != HVC_OK)
		return hvc_diag_set(diag, HVC_E_RANGE, NULL, 0, 0,
		                    "too much for world %s: at most %u boundaries, %u registers by "
		                    "encoding and %u pieces of memory",
		                    out->name, HVC_BOUNDARIES_MAX, HVC_EXTRAS_MAX, HVC_MEMORY_MAX);
	return hvc_subject_resolve(subject, out, diag);
}
