/* SPDX-License-Identifier: MIT */
/* The state of one path: registers, and the inputs that they are made of. Memory is memory.c's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/outcome.h"
#include "machine/own.h"
#include "machine/reg.h"
#include "symbolic/scene.h"

#define SCTLR_M UINT64_C(1) /* SCTLR_EL2.M: translation is on (Arm ARM D19.2) */

/* Registers of interrupts that may read differently each time. */
static const uint8_t moving[][5] = {{3, 0, 12, 1, 0}, {3, 0, 12, 12, 0}, {3, 0, 12, 8, 0}};

static bool is_moving(const uint8_t encoding[5])
{
	for (size_t i = 0; i < sizeof moving / sizeof *moving; i++)
		if (!memcmp(moving[i], encoding, 5))
			return true;
	return hvc_own__moves(encoding);
}

static void name_of(const uint8_t encoding[5], char *text, size_t size)
{
	hvc_other__name(
	        HVC_OTHER_SYS(encoding[0], encoding[1], encoding[2], encoding[3], encoding[4]),
	        text, size);
}

const char *hvc_way__other_name(struct hvc_bvs *terms, const uint8_t encoding[5])
{
	char name[48];

	name_of(encoding, name, sizeof name);
	return hvc_bv__text(terms, name);
}

/* What it is before anything was done to it; NULL: there is none. */
static hvc_ref first_value(struct hvc_scene *scene, const char *name, const uint8_t encoding[5])
{
	enum hvc_knowledge known = HVC_KNOWN_INPUT;
	struct hvc_input *input;
	uint64_t value = 0;
	hvc_ref a;

	if (scene->known)
		known = scene->known(scene->known_ctx, encoding, &value);
	if (known == HVC_KNOWN_ABSENT)
		return NULL;
	if (known == HVC_KNOWN_VALUE)
		return hvc_bv__num(scene->terms, 64, value);
	a = hvc_bv__input(scene->terms, name, 64);
	input = hvc_bv__input_of(scene->terms, a);
	if (input) {
		input->usual = value;
		memcpy(input->encoding, encoding, 5);
	}
	return a;
}

void hvc_way__note_read(struct hvc_scene *scene, struct hvc_way *way, hvc_ref address,
                        hvc_ref value, unsigned size)
{
	struct hvc_read *read;

	for (const struct hvc_read *old = way->read; old; old = old->before)
		if (old->address == address && old->value == value)
			return;
	read = hvc_bv__take(scene->terms, sizeof *read);
	if (!read)
		return;
	*read = (struct hvc_read){.before = way->read,
	                          .address = address,
	                          .value = value,
	                          .pc = way->pc,
	                          .size = (uint8_t)size};
	way->read = read;
	way->reads++;
}

/* Registers of EL1 and EL0 hold at EL2 what the caller has left there. */
static bool is_callers_register(const struct hvc_input *input)
{
	enum hvc_reg reg = input ? hvc_reg_find(input->name) : HVC_REG_NONE;
	const struct hvc_reg_info *info;

	if (reg == HVC_REG_NONE)
		return false;
	info = hvc_reg_info(reg);
	return reg == HVC_REG_SP_EL0 || reg == HVC_REG_SP_EL1 ||
	       (info->class_ == HVC_CLASS_SYS && info->encoding[0] == 3 &&
	        (info->encoding[1] == 0 || info->encoding[1] == 3));
}

/* What lies at a pointer of the caller's is. A table of EL2's own that it gives the index of is
 * not. */
static bool is_callers_memory(struct hvc_bvs *terms, const struct hvc_input *input)
{
	hvc_ref base = NULL;

	if (!input || !input->address)
		return false;
	(void)hvc_bv__offset(input->address, &base);
	if (base && base->op == HVC_OP_CONCAT && hvc_bv__const(base->arg[1]))
		base = base->arg[0];
	if (base && base->op == HVC_OP_EXTRACT)
		base = base->arg[0];
	return base && base->op == HVC_OP_INPUT && hvc_way__is_callers(terms, base);
}

bool hvc_way__is_callers(struct hvc_bvs *terms, hvc_ref a)
{
	if (a->uses & HVC_USES_CALL)
		return true;
	/* Its code is the caller's, too. */
	if (a->op == HVC_OP_INPUT)
		return a->value == HVC_INPUT_SELF ||
		       is_callers_register(hvc_bv__input_of(terms, a)) ||
		       is_callers_memory(terms, hvc_bv__input_of(terms, a));
	for (unsigned i = 0; i < 3 && a->arg[i]; i++)
		if (hvc_way__is_callers(terms, a->arg[i]))
			return true;
	return false;
}

void hvc_way__values(const struct hvc_call *call, uint64_t *value)
{
	memcpy(value, call->x, sizeof call->x);
	value[HVC_INPUT_IMM] = call->imm;
	value[HVC_INPUT_NZCV] = call->nzcv >> 28;
	value[HVC_INPUT_DAIF] = call->daif >> 6;
	value[HVC_INPUT_SELF] = hvc_call__address(call);
}

void hvc_way__call(uint64_t *value, enum hvc_level from, enum hvc_insn insn, struct hvc_call *out)
{
	hvc_call_init(out, 0);
	memcpy(out->x, value, sizeof out->x);
	out->imm = (uint16_t)value[HVC_INPUT_IMM];
	out->nzcv = value[HVC_INPUT_NZCV] << 28;
	out->daif = value[HVC_INPUT_DAIF] << 6;
	out->from = from;
	out->insn = insn;
	value[HVC_INPUT_SELF] = hvc_call__address(out);
}

void hvc_way__inputs(struct hvc_bvs *terms)
{
	struct hvc_call usual;
	struct hvc_input *input;
	char name[8];

	hvc_call_init(&usual, 0);
	const struct {
		const char *name;
		unsigned width, base;
		uint64_t usual;
	} others[] = {{"imm", 16, 0, usual.imm},
	              {"nzcv", 4, 28, usual.nzcv >> 28},
	              {"daif", 4, 6, usual.daif >> 6},
	              {"self", 64, 0, 0}};

	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		snprintf(name, sizeof name, "x%u", n);
		input = hvc_bv__input_of(terms, hvc_bv__input(terms, name, 64));
		if (input)
			input->usual = usual.x[n];
	}
	for (unsigned i = 0; i < sizeof others / sizeof *others; i++) {
		input = hvc_bv__input_of(terms,
		                         hvc_bv__input(terms, others[i].name, others[i].width));
		if (!input)
			continue;
		input->base = others[i].base;
		input->usual = others[i].usual;
	}
}

struct hvc_way *hvc_way__open(struct hvc_scene *scene)
{
	struct hvc_way *way = calloc(1, sizeof *way);
	struct hvc_bvs *t = scene->terms;

	if (!way)
		return NULL;
	way->stored.lo = UINT64_MAX;
	hvc_way__inputs(t);
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		way->x[n] = hvc_bv__input_at(t, n) ? hvc_bv__input_at(t, n)->term
		                                   : hvc_bv__num(t, 64, 0);
	for (unsigned reg = HVC_REG_SP_EL0; reg < HVC_REG_COUNT; reg++)
		way->sys[reg] = first_value(scene, hvc_reg_name((enum hvc_reg)reg),
		                            hvc_reg_info((enum hvc_reg)reg)->encoding);
	way->flags.kind = HVC_FLAGS_BITS;
	for (unsigned i = 0; i < 4; i++)
		way->flags.bit[i] = hvc_bv__num(t, 1, 0);
	way->daif = hvc_bv__num(t, 4, 15);
	way->pstate = hvc_bv__num(t, 64, 0);
	way->spx = true;
	return way;
}

struct hvc_way *hvc_way__copy(const struct hvc_way *way)
{
	struct hvc_way *new = malloc(sizeof *new);

	if (!new)
		return NULL;
	*new = *way;
	if (hvc_facts__copy(&way->facts, &new->facts))
		return new;
	free(new);
	return NULL;
}

void hvc_way__free(struct hvc_way *way)
{
	if (!way)
		return;
	hvc_facts__free(&way->facts);
	free(way);
}

static struct hvc_other_value *find_other(struct hvc_way *way, const uint8_t encoding[5])
{
	for (unsigned i = 0; i < way->others; i++)
		if (!memcmp(way->other[i].encoding, encoding, 5))
			return &way->other[i];
	return NULL;
}

hvc_ref hvc_way__sys(struct hvc_scene *scene, struct hvc_way *way, const uint8_t encoding[5])
{
	enum hvc_reg reg =
	        hvc_reg__find_sys(encoding[0], encoding[1], encoding[2], encoding[3], encoding[4]);
	struct hvc_other_value *other = find_other(way, encoding);
	char name[48];
	hvc_ref value;
	uint64_t was;

	if (reg != HVC_REG_NONE) {
		value = way->sys[reg];
	} else if (is_moving(encoding) || (other && other->moves)) {
		name_of(encoding, name, sizeof name);
		if (scene->known &&
		    scene->known(scene->known_ctx, encoding, &was) == HVC_KNOWN_ABSENT)
			return NULL;
		return hvc_bv__opaque(scene->terms, name, 64,
		                      hvc_bv__num(scene->terms, 64, ++way->effects), NULL, NULL);
	} else if (other) {
		return other->value;
	} else {
		name_of(encoding, name, sizeof name);
		value = first_value(scene, name, encoding);
		if (value && way->others < HVC_OTHERS_MAX) {
			other = &way->other[way->others++];
			*other = (struct hvc_other_value){.value = value, .first = value};
			memcpy(other->encoding, encoding, 5);
		}
	}
	if (value && value->op == HVC_OP_INPUT)
		hvc_way__note_read(scene, way, NULL, value, 8);
	return value;
}

bool hvc_way__set_sys(struct hvc_scene *scene, struct hvc_way *way, const uint8_t encoding[5],
                      hvc_ref value)
{
	enum hvc_reg reg =
	        hvc_reg__find_sys(encoding[0], encoding[1], encoding[2], encoding[3], encoding[4]);
	struct hvc_other_value *other = find_other(way, encoding);
	char name[48];

	if (reg != HVC_REG_NONE && scene->kept) {
		value = hvc_bv__and(scene->terms, value,
		                    hvc_bv__num(scene->terms, 64, scene->kept->writable[reg]));
		value = hvc_bv__or(scene->terms, value,
		                   hvc_bv__num(scene->terms, 64, scene->kept->ones[reg]));
	}
	if (reg != HVC_REG_NONE) {
		way->sys[reg] = value;
		way->translates |= reg == HVC_REG_SCTLR_EL2 && !(value->zeros & SCTLR_M);
		hvc_regset_add(&way->written, reg);
		return true;
	}
	if (!other && way->others == HVC_OTHERS_MAX)
		return false;
	if (!other) {
		other = &way->other[way->others++];
		memcpy(other->encoding, encoding, 5);
		name_of(encoding, name, sizeof name);
		other->first = first_value(scene, name, encoding);
	}
	if (scene->kept_other) {
		uint64_t writable = UINT64_MAX, ones = 0;

		other->moves |= !scene->kept_other(scene->known_ctx, encoding, &writable, &ones);
		value = hvc_bv__and(scene->terms, value, hvc_bv__num(scene->terms, 64, writable));
		value = hvc_bv__or(scene->terms, value, hvc_bv__num(scene->terms, 64, ones));
	}
	other->value = value;
	other->written = true;
	return true;
}

/* An FP/SIMD register's half at the call. */
static hvc_ref first_q(struct hvc_bvs *terms, unsigned n, unsigned half)
{
	struct hvc_simd usual;
	struct hvc_input *input;
	char name[16];
	hvc_ref a;

	snprintf(name, sizeof name, "q%u%s", n, half ? ".high" : "");
	a = hvc_bv__input(terms, name, 64);
	input = hvc_bv__input_of(terms, a);
	hvc_simd_init(&usual, 0);
	if (input)
		input->usual = usual.q[n][half];
	return a;
}

hvc_ref hvc_way__keeps_q(struct hvc_bvs *terms, const struct hvc_way *way, unsigned n)
{
	hvc_ref all = hvc_bv__num(terms, 1, 1);

	for (unsigned half = 0; half < 2; half++)
		if (way->q[n][half])
			all = hvc_bv__and(
			        terms, all,
			        hvc_bv__eq(terms, way->q[n][half], first_q(terms, n, half)));
	return all;
}

hvc_ref hvc_way__q(struct hvc_scene *scene, struct hvc_way *way, unsigned n, unsigned half)
{
	if (!way->q[n][half])
		way->q[n][half] = first_q(scene->terms, n, half);
	return way->q[n][half];
}
