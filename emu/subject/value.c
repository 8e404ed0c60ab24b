/* SPDX-License-Identifier: MIT */
#include "subject/value.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "hvcheck/arch.h"
#include "subject/a64.h"
#include "subject/def_use.h"
#include "subject/site.h"
#include "subject/walk.h"

/* AAPCS64: registers that a function may change; SMCCC: those that carry results. */
#define SCRATCH_FIRST 1u
#define SCRATCH_LAST  17u
#define SMCCC_RESULTS 4u

static struct hvc_value made(enum hvc_value_kind kind, uint64_t address)
{
	return (struct hvc_value){
	        .kind = kind, .kinds = 1u << kind, .reg = HVC_REG_NONE, .at = address};
}

static struct hvc_value constant(enum hvc_value_kind kind, uint64_t value, uint64_t address)
{
	struct hvc_value out = made(kind, address);

	out.constants = 1;
	out.constant[0] = value;
	return out;
}

void hvc_values__enter(bool a64, struct hvc_values *out)
{
	for (unsigned i = 0; i < HVC_GPR_COUNT; i++) {
		if (!a64 && i > 8 && i != 12) {
			out->x[i] = made(HVC_VALUE_UNKNOWN, 0);
			continue;
		}
		out->x[i] = made(HVC_VALUE_ARGUMENT, 0);
		out->x[i].reg = (enum hvc_reg)(HVC_REG_X0 + i);
	}
	hvc_stack__enter(&out->stack);
}

void hvc_values__forget(struct hvc_values *out)
{
	for (unsigned i = 0; i < HVC_GPR_COUNT; i++)
		out->x[i] = made(HVC_VALUE_UNKNOWN, 0);
	hvc_stack__forget(&out->stack);
}

/* Calculate with constants: (value & ~mask | imm) + add, cut to 32 bits where word. */
static struct hvc_value calculate(const struct hvc_value *from, uint64_t mask, uint64_t imm,
                                  uint64_t plus, bool word, uint64_t address)
{
	struct hvc_value value = *from;

	value.at = address;
	value.pointer = false;
	value.pointer_at = 0;
	for (unsigned i = 0; i < value.constants; i++) {
		value.constant[i] = ((value.constant[i] & ~mask) | imm) + plus;
		if (word)
			value.constant[i] = (uint32_t)value.constant[i];
	}
	/* The order may have changed, and values may have become equal. */
	for (unsigned i = 1; i < value.constants; i++) {
		if (value.constant[i - 1] >= value.constant[i])
			return made(HVC_VALUE_COMPUTED, address);
	}
	return value;
}

struct hvc_value hvc_value__change(const struct hvc_value *value, uint64_t drop, uint64_t set,
                                   uint64_t plus, bool word, uint64_t address)
{
	struct hvc_value out = *value;

	if (hvc_value_is_constant(value))
		return calculate(value, drop, set, plus, word, address);
	if (value->kind != HVC_VALUE_ARGUMENT || (value->plus && (drop | set)) ||
	    (!word && (value->sign || (value->word && (plus || set >> 32)))))
		return made(HVC_VALUE_COMPUTED, address);
	out.at = address;
	out.pointer = false;
	out.pointer_at = 0;
	out.drop |= drop;
	out.set = (out.set & ~drop) | set;
	out.plus += plus;
	out.word |= word;
	out.sign &= !word;
	return out;
}

/* ORR and ADD of something and a number. False: another instruction, or it is not known. */
static bool joined(const struct hvc_values *values, const struct hvc_a64 *insn, uint64_t address,
                   struct hvc_value *out)
{
	struct hvc_value number = constant(HVC_VALUE_CONSTANT, insn->imm, address);
	const struct hvc_value *other;
	bool or = insn->move == HVC_MOVE_OR;

	if ((! or &&insn->move != HVC_MOVE_ADD) || insn->rn == 31 || (insn->reg && insn->rm == 31))
		return false;
	other = &values->x[insn->rn];
	if (insn->reg) {
		number = values->x[insn->rm];
		if (number.kind != HVC_VALUE_CONSTANT) {
			number = *other;
			other = &values->x[insn->rm];
		}
	}
	if (number.kind != HVC_VALUE_CONSTANT || number.constants != 1 ||
	    (other->kind != HVC_VALUE_CONSTANT && other->kind != HVC_VALUE_ARGUMENT))
		return false;
	*out = hvc_value__change(other, 0, or ? number.constant[0] : 0, or ? 0 : number.constant[0],
	                         insn->word, address);
	return true;
}

/* SBFM and UBFM of one number: shifts, extensions and fields. Arm ARM, C6.2. */
static uint64_t bitfield(uint32_t word, uint64_t number)
{
	unsigned width = word >> 31 ? 64 : 32, immr = word >> 16 & 63, imms = word >> 10 & 63;
	uint64_t all = width == 64 ? UINT64_MAX : UINT32_MAX;
	unsigned length = imms >= immr ? imms - immr + 1 : imms + 1;
	unsigned low = imms >= immr ? 0 : width - immr;
	uint64_t field = imms >= immr ? number >> immr : number;
	uint64_t ones = length == 64 ? UINT64_MAX : (UINT64_C(1) << length) - 1;

	field &= ones;
	/* Bits 30:29 are 00 in SBFM, 10 in UBFM. */
	if (!(word >> 30 & 1) && field >> (length - 1) & 1)
		field |= ~ones;
	return field << low & all;
}

/* A bitfield instruction on what is known; false: another instruction, or nothing is known. */
static bool field(const struct hvc_values *values, uint64_t address, uint32_t word,
                  struct hvc_value *out)
{
	const struct hvc_value *from;
	unsigned rn = word >> 5 & 31;

	if ((word & 0x3f800000) != 0x13000000 || rn == 31)
		return false;
	from = &values->x[rn];
	if (from->kind == HVC_VALUE_CONSTANT && from->constants == 1) {
		*out = constant(HVC_VALUE_CONSTANT, bitfield(word, from->constant[0]), address);
		return true;
	}
	/* SXTW; and LSR of no bits and its like, which cut to 32 bits. */
	if (from->kind != HVC_VALUE_ARGUMENT || word >> 16 & 63 || (word >> 10 & 63) != 31)
		return false;
	*out = *from;
	out->pointer = false;
	out->sign = word >> 31 && !(word >> 30 & 1) && !from->word;
	out->word = !out->sign;
	return true;
}

bool hvc_value__literal(const struct hvc_image *image, const struct hvc_a64 *insn, uint64_t *value)
{
	uint32_t low, high = 0;

	if (!hvc_walk__word(image, insn->imm, &low))
		return false;
	if (insn->sign)
		high = low >> 31 ? UINT32_MAX : 0;
	else if (!insn->word && !hvc_walk__word(image, insn->imm + 4, &high))
		return false;
	*value = (uint64_t)high << 32 | low;
	return true;
}

/* ADR and ADRP; ADD and SUB of an immediate. False: none of them. */
static bool arithmetic(const struct hvc_values *values, uint64_t address, uint32_t word,
                       struct hvc_value *out)
{
	uint64_t imm = (uint64_t)(word >> 10 & 0xfff) << (word >> 22 & 1 ? 12 : 0);
	unsigned rn = word >> 5 & 31;

	if ((word & 0x1f000000) == 0x10000000) {
		uint64_t offset = (uint64_t)(word >> 5 & 0x7ffff) << 2 | (word >> 29 & 3);

		offset = (offset ^ 0x100000) - 0x100000;
		*out = constant(HVC_VALUE_ADDRESS,
		                word >> 31 ? (address & ~UINT64_C(0xfff)) + (offset << 12)
		                           : address + offset,
		                address);
		return true;
	}
	if ((word & 0x1f800000) != 0x11000000 || rn == 31 || !hvc_value_is_constant(&values->x[rn]))
		return false;
	*out = calculate(&values->x[rn], 0, 0, word >> 30 & 1 ? 0 - imm : imm, !(word >> 31),
	                 address);
	return true;
}

/* The value of rd after an instruction that makes or copies a constant. False: another one. */
static bool moved(const struct hvc_values *values, const struct hvc_image *image, uint64_t address,
                  const struct hvc_a64 *insn, struct hvc_value *out)
{
	uint64_t number = insn->imm;

	switch (insn->move) {
	case HVC_MOVE_LITERAL:
		if (!hvc_value__literal(image, insn, &number))
			return false;
		*out = constant(HVC_VALUE_CONSTANT, number, address);
		return true;
	case HVC_MOVE_CONST:
		*out = constant(HVC_VALUE_CONSTANT, insn->word ? (uint32_t)number : number,
		                address);
		return true;
	case HVC_MOVE_KEEP:
		if (insn->rd == 31 || (values->x[insn->rd].kind != HVC_VALUE_CONSTANT &&
		                       values->x[insn->rd].kind != HVC_VALUE_ARGUMENT))
			return false;
		*out = hvc_value__change(&values->x[insn->rd], insn->mask, insn->imm, 0, insn->word,
		                         address);
		return true;
	case HVC_MOVE_OR:
	case HVC_MOVE_ADD:
		return joined(values, insn, address, out);
	case HVC_MOVE_COPY:
		if (insn->rm == 31) {
			*out = constant(HVC_VALUE_CONSTANT, 0, address);
			return true;
		}
		*out = calculate(&values->x[insn->rm], 0, 0, 0, insn->word, address);
		if (insn->word && out->kind == HVC_VALUE_ARGUMENT) {
			out->word = true;
			out->sign = false;
		}
		if (!out->constants)
			out->at = values->x[insn->rm].at;
		return true;
	case HVC_MOVE_OTHER:
	case HVC_MOVE_SUB:
	case HVC_MOVE_EOR:
	case HVC_MOVE_SHIFT:
		break;
	}
	return false;
}

/* A call: what the other side may change, by AAPCS64 or by SMCCC 1.1. */
static void call(struct hvc_values *values, uint64_t address, bool function)
{
	for (unsigned i = 0; i < (function ? 1 : SMCCC_RESULTS); i++)
		values->x[i] = made(HVC_VALUE_RESULT, address);
	for (unsigned i = SCRATCH_FIRST; function && i <= SCRATCH_LAST; i++)
		values->x[i] = made(HVC_VALUE_CLOBBERED, address);
}

static struct hvc_value merge(const struct hvc_value *a, const struct hvc_value *b);

/* CSEL, and what CSINC and CSINV make of numbers. False: another instruction. */
static bool chosen(const struct hvc_values *values, uint64_t address, uint32_t word,
                   struct hvc_value *out)
{
	const struct hvc_value zero = constant(HVC_VALUE_CONSTANT, 0, address);
	unsigned rn = word >> 5 & 31, rm = word >> 16 & 31;
	struct hvc_value other = rm == 31 ? zero : values->x[rm];

	if ((word & 0x3fe00800) != 0x1a800000 || (word >> 30 & 1 && word >> 10 & 1))
		return false;
	*out = rn == 31 ? zero : values->x[rn];
	if (word >> 30 & 1 || word >> 10 & 1) {
		if (other.kind != HVC_VALUE_CONSTANT || other.constants != 1)
			return false;
		other.constant[0] = word >> 10 & 1 ? other.constant[0] + 1 : ~other.constant[0];
	}
	*out = merge(out, &other);
	if (!(word >> 31))
		*out = hvc_value__low(out);
	out->at = address;
	return true;
}

static bool is_call(uint32_t word)
{
	bool branch = (word & 0xfc000000) == 0x94000000;   /* BL */
	bool indirect = (word & 0xfe7ff000) == 0xd63f0000; /* BLR, BLRAA and their like */

	return branch || indirect;
}

static bool is_exception(uint32_t word)
{
	unsigned kind = word & 0x1f;

	return (word & 0xffe00000) == 0xd4000000 && kind >= 1 && kind <= 3; /* SVC, HVC, SMC */
}

/* What memory is accessed through is a pointer until it is set again. */
static void touch(struct hvc_values *values, uint32_t set, uint64_t address)
{
	for (unsigned i = 0; i < HVC_GPR_COUNT; i++) {
		if (!(set >> i & 1) || values->x[i].pointer)
			continue;
		values->x[i].pointer = true;
		values->x[i].pointer_at = address;
	}
}

void hvc_values__step(struct hvc_values *values, const struct hvc_image *image, uint64_t address,
                      uint32_t word)
{
	bool system = (word & 0xfff00000) == 0xd5300000;
	struct hvc_def_use use;
	struct hvc_a64 insn;
	struct hvc_value value;
	struct hvc_value found[HVC_GPR_COUNT];
	unsigned rd = word & 31;

	if (is_call(word)) {
		call(values, address, true);
		hvc_stack__call(&values->stack);
		return;
	}
	if (is_exception(word)) {
		call(values, address, false);
		return;
	}
	hvc_def_use__of(word, &use);
	touch(values, use.address, address);
	hvc_a64__decode(address, word, &insn);
	for (unsigned i = 0; i < HVC_GPR_COUNT; i++)
		found[i].kind = HVC_VALUE_UNKNOWN;
	hvc_stack__step(&values->stack, values->x, word, found);
	if (chosen(values, address, word, &value) || arithmetic(values, address, word, &value) ||
	    field(values, address, word, &value) || moved(values, image, address, &insn, &value)) {
		if (rd != 31)
			values->x[rd] = value;
		return;
	}
	for (unsigned i = 0; i < HVC_GPR_COUNT; i++) {
		bool loaded = use.loaded >> i & 1;
		struct hvc_value old = values->x[i];

		if (!(use.writes >> i & 1))
			continue;
		if (loaded && found[i].kind != HVC_VALUE_UNKNOWN) {
			values->x[i] = found[i];
			continue;
		}
		values->x[i] = made(loaded   ? HVC_VALUE_LOADED
		                    : system ? HVC_VALUE_SYSTEM
		                             : HVC_VALUE_COMPUTED,
		                    address);
		/* A pointer that is moved on stays one. */
		if (!loaded && use.reads >> i & 1 && old.pointer) {
			values->x[i].pointer = true;
			values->x[i].pointer_at = old.pointer_at;
		}
	}
}

/* The constants of both, sorted; false when they are too many. */
static bool unite(struct hvc_value *into, const struct hvc_value *from)
{
	struct hvc_value out = *into;

	for (unsigned i = 0; i < from->constants; i++) {
		unsigned at = 0;

		while (at < out.constants && out.constant[at] < from->constant[i])
			at++;
		if (at < out.constants && out.constant[at] == from->constant[i])
			continue;
		if (out.constants == HVC_VALUE_MAX)
			return false;
		memmove(&out.constant[at + 1], &out.constant[at],
		        (out.constants - at) * sizeof(out.constant[0]));
		out.constant[at] = from->constant[i];
		out.constants++;
	}
	*into = out;
	return true;
}

static void lose(struct hvc_value *value)
{
	value->kind = HVC_VALUE_UNKNOWN;
	value->constants = 0;
	memset(value->constant, 0, sizeof(value->constant));
	value->reg = HVC_REG_NONE;
	value->word = value->sign = false;
	value->drop = value->set = value->plus = 0;
	value->at = 0;
}

static struct hvc_value merge(const struct hvc_value *a, const struct hvc_value *b)
{
	struct hvc_value out = *a;

	if (a->kind != b->kind || a->reg != b->reg || a->drop != b->drop || a->set != b->set ||
	    a->plus != b->plus || !unite(&out, b))
		lose(&out);
	/* Ways that extend it differently leave the low half alone known. */
	out.word = out.kind == HVC_VALUE_ARGUMENT && (a->word || b->word);
	out.sign = out.kind == HVC_VALUE_ARGUMENT && !out.word && (a->sign || b->sign);
	if (a->at != b->at)
		out.at = 0;
	out.kinds = a->kinds | b->kinds;
	out.pointer = a->pointer || b->pointer;
	if (!a->pointer || (b->pointer && b->pointer_at < a->pointer_at))
		out.pointer_at = b->pointer_at;
	return out;
}

static bool same(const struct hvc_value *a, const struct hvc_value *b)
{
	for (unsigned i = 0; i < a->constants; i++) {
		if (a->constant[i] != b->constant[i])
			return false;
	}
	return a->kind == b->kind && a->kinds == b->kinds && a->constants == b->constants &&
	       a->reg == b->reg && a->word == b->word && a->sign == b->sign && a->drop == b->drop &&
	       a->set == b->set && a->plus == b->plus && a->pointer == b->pointer &&
	       a->at == b->at && a->pointer_at == b->pointer_at;
}

bool hvc_values__merge(struct hvc_values *into, const struct hvc_values *from)
{
	bool changed = false;

	for (unsigned i = 0; i < HVC_GPR_COUNT; i++) {
		struct hvc_value value = merge(&into->x[i], &from->x[i]);

		changed |= !same(&value, &into->x[i]);
		into->x[i] = value;
	}
	changed |= hvc_stack__merge(&into->stack, &from->stack, merge, same);
	return changed;
}

/* What is known of a register at a call site, in words. */

/* AAPCS64: the last register that carries an argument, and the last that no one keeps. */
#define ARGUMENTS_LAST 8u
#define SCRATCH_LAST   17u

const char *hvc_value_kind__name(enum hvc_value_kind kind)
{
	static const char *const names[HVC_VALUE_COUNT] = {
	        [HVC_VALUE_UNKNOWN] = "unknown",   [HVC_VALUE_CONSTANT] = "constant",
	        [HVC_VALUE_ADDRESS] = "address",   [HVC_VALUE_ARGUMENT] = "argument",
	        [HVC_VALUE_LOADED] = "loaded",     [HVC_VALUE_SYSTEM] = "system",
	        [HVC_VALUE_RESULT] = "result",     [HVC_VALUE_CLOBBERED] = "clobbered",
	        [HVC_VALUE_COMPUTED] = "computed",
	};

	return (unsigned)kind < HVC_VALUE_COUNT ? names[kind] : "?";
}

bool hvc_value__is_chance(const struct hvc_value *value)
{
	bool scratch =
	        value->kind == HVC_VALUE_ARGUMENT && !(value->drop | value->set | value->plus) &&
	        value->reg > HVC_REG_X0 + ARGUMENTS_LAST && value->reg <= HVC_REG_X0 + SCRATCH_LAST;

	return value->pointer || scratch || value->kinds >> HVC_VALUE_CLOBBERED & 1;
}

void hvc_value__print(enum hvc_reg reg, const struct hvc_value *value, char *text, size_t size)
{
	const char *name = hvc_reg_name(reg);
	char number[HVC_U64_SIZE];
	int used;

	if (value->constants) {
		used = snprintf(text, size, "%s =", name);
		for (unsigned i = 0; i < value->constants && used >= 0 && (size_t)used < size; i++)
			used += snprintf(text + used, size - (size_t)used, "%s %s", i ? " or" : "",
			                 hvc_u64_print(value->constant[i], number));
		return;
	}
	if (value->pointer)
		snprintf(text, size, "%s: pointer left over (used at 0x%" PRIx64 ")", name,
		         value->pointer_at);
	else if (value->kind == HVC_VALUE_ARGUMENT && hvc_value__is_chance(value))
		snprintf(text, size, "%s: never set (holds the caller's %s)", name,
		         hvc_reg_name(value->reg));
	else if (value->kind == HVC_VALUE_ARGUMENT)
		snprintf(text, size, "%s: argument %s%s", name,
		         value->word   ? "low half of "
		         : value->sign ? "sign-extended low half of "
		                       : "",
		         hvc_reg_name(value->reg));
	else if (hvc_value__is_chance(value))
		snprintf(text, size, "%s: left over from a call", name);
	else
		snprintf(text, size, "%s: %s", name, hvc_value_kind__name(value->kind));
	used = (int)strlen(text);
	if (value->drop & ~value->set && !value->pointer && (size_t)used < size)
		used += snprintf(text + used, size - (size_t)used, " & ~0x%" PRIx64,
		                 value->drop & ~value->set);
	if (value->set && !value->pointer && (size_t)used < size)
		used += snprintf(text + used, size - (size_t)used, " | 0x%" PRIx64, value->set);
	if (value->plus && !value->pointer && (size_t)used < size)
		used += snprintf(text + used, size - (size_t)used, " + 0x%" PRIx64, value->plus);
	if (value->at && !value->pointer && (size_t)used < size)
		snprintf(text + used, size - (size_t)used, " at 0x%" PRIx64, value->at);
}
