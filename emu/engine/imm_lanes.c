/* SPDX-License-Identifier: MIT */
/*
 * A32 instructions (Arm ARM F4.1, F5.1) over values that depend on the immediate. What has no row
 * here must not so much as name a register that does: each field that may be one is looked at.
 */
#include "engine/imm_lanes.h"

#include <stdlib.h>
#include <string.h>

#include "hvcheck/aarch32.h"
#include "machine/a32.h"

#define SP 13u
#define LR 14u
#define PC 15u

/* One instruction. */
struct work {
	struct hvc_lanes *lanes;
	const struct hvc_step *step;
	uint32_t word;
};

/* An operand: of each member, or the same of all. */
struct operand {
	const struct hvc_lane *lane;
	uint32_t value;
};

struct hvc_lane *hvc_lanes__new(struct hvc_lanes *lanes)
{
	struct hvc_lane *lane = lanes->alls < HVC_LANES_MAX ? malloc(sizeof *lane) : NULL;

	if (lane)
		lanes->all[lanes->alls++] = lane;
	return lane;
}

/* Where a register of Hyp mode is; its stack pointer is in no place, nor is pc. */
static struct hvc_lane **place(const struct work *w, unsigned reg)
{
	return reg == SP || reg >= PC ? NULL : &w->lanes->place[hvc_aarch32_x(HVC_MODE_HYP, reg)];
}

static bool depends(const struct work *w, unsigned reg)
{
	struct hvc_lane **at = place(w, reg);

	return at && *at;
}

static uint32_t value_of(const struct work *w, const struct hvc_state *state, unsigned reg)
{
	if (reg == PC)
		return (uint32_t)w->step->pc + 8;
	return (uint32_t)
	        state->v[reg == SP ? (unsigned)HVC_REG_SP_EL2 : hvc_aarch32_x(HVC_MODE_HYP, reg)];
}

static struct operand operand(const struct work *w, unsigned reg)
{
	struct hvc_lane **at = place(w, reg);

	return (struct operand){at ? *at : NULL, value_of(w, w->step->before, reg)};
}

static uint32_t of(const struct operand *o, uint16_t imm)
{
	return o->lane ? o->lane->v[imm] : o->value;
}

/* False where it cannot be held: SP and pc. */
static bool put(const struct work *w, unsigned reg, struct hvc_lane *lane)
{
	struct hvc_lane **at = place(w, reg);

	if (!at)
		return !lane;
	*at = lane;
	return true;
}

/* Does one of the four fields of registers name one that depends? */
static bool names(const struct work *w)
{
	return depends(w, w->word >> 16 & 15) || depends(w, w->word >> 12 & 15) ||
	       depends(w, w->word >> 8 & 15) || depends(w, w->word & 15);
}

struct result {
	uint32_t value;
	uint64_t nzcv;
};

/* Shift_C(); amount: 0 to 255. A rotation by 0 that is RRX does not come here. */
static uint32_t shift(uint32_t value, unsigned type, unsigned amount, bool *carry)
{
	if (!amount)
		return value;
	if (type == 3) {
		amount &= 31;
		value = amount ? value >> amount | value << (32 - amount) : value;
		*carry = value >> 31;
		return value;
	}
	if (type == 2 && amount > 31) {
		*carry = value >> 31;
		return value >> 31 ? UINT32_MAX : 0;
	}
	if (amount > 32) {
		*carry = false;
		return 0;
	}
	*carry = type ? value >> (amount - 1) & 1 : value >> (32 - amount) & 1;
	if (amount == 32)
		return 0;
	if (type == 2)
		return value >> amount | (value >> 31 ? ~(UINT32_MAX >> amount) : 0);
	return type ? value >> amount : value << amount;
}

static struct result add(uint32_t a, uint32_t b, unsigned carry)
{
	uint64_t sum = (uint64_t)a + b + carry;
	uint32_t value = (uint32_t)sum;

	return (struct result){value, (uint64_t)(sum >> 32) << 29 |
	                                      (uint64_t)((~(a ^ b) & (a ^ value)) >> 31) << 28};
}

/* Data processing, by its opcode; carry: of the shifter, and of nzcv. */
static struct result process(unsigned op, uint32_t a, uint32_t b, bool carry, uint64_t nzcv)
{
	const unsigned c = nzcv >> 29 & 1;
	struct result out = {0, (uint64_t)carry << 29 | (nzcv & (UINT64_C(1) << 28))};

	switch (op) {
	case 0: /* AND, TST */
	case 8:
		out.value = a & b;
		break;
	case 1: /* EOR, TEQ */
	case 9:
		out.value = a ^ b;
		break;
	case 2: /* SUB, CMP */
	case 10:
		out = add(a, ~b, 1);
		break;
	case 3: /* RSB */
		out = add(~a, b, 1);
		break;
	case 4: /* ADD, CMN */
	case 11:
		out = add(a, b, 0);
		break;
	case 5: /* ADC */
		out = add(a, b, c);
		break;
	case 6: /* SBC */
		out = add(a, ~b, c);
		break;
	case 7: /* RSC */
		out = add(~a, b, c);
		break;
	case 12: /* ORR */
		out.value = a | b;
		break;
	case 13: /* MOV */
		out.value = b;
		break;
	case 14: /* BIC */
		out.value = a & ~b;
		break;
	default: /* MVN */
		out.value = ~b;
	}
	out.nzcv |= (uint64_t)(out.value >> 31) << 31 | (uint64_t)!out.value << 30;
	return out;
}

/* Members for which it sets other flags than for the first go elsewhere. */
static void part(struct hvc_lanes *lanes, unsigned i)
{
	lanes->rest[lanes->rests++] = lanes->member[i];
	lanes->member[i] = lanes->member[--lanes->members];
}

static bool data_processing(const struct work *w)
{
	const uint32_t word = w->word;
	const unsigned op = word >> 21 & 15, rd = word >> 12 & 15;
	const bool immediate = word >> 25 & 1, by_register = !immediate && word >> 4 & 1;
	const bool sets = word >> 20 & 1, compares = op >= 8 && op < 12;
	const bool unary = op == 13 || op == 15;
	const uint64_t nzcv = w->step->before->v[HVC_REG_NZCV];
	const uint64_t after = w->step->after->v[HVC_REG_NZCV];
	const struct operand a = unary ? (struct operand){NULL, 0} : operand(w, word >> 16 & 15);
	const struct operand b = immediate ? (struct operand){NULL, hvc_a32__immediate(word)}
	                                   : operand(w, word & 15);
	const unsigned type = word >> 5 & 3, by = word >> 7 & 31;
	const unsigned amount = immediate     ? 0
	                        : by_register ? value_of(w, w->step->before, word >> 8 & 15) & 0xff
	                        : by || !type ? by
	                                      : 32;
	struct hvc_lane *lane = NULL;

	if (by_register && depends(w, word >> 8 & 15))
		return false;
	if (!a.lane && !b.lane)
		return compares || put(w, rd, NULL);
	if ((!immediate && !by_register && type == 3 && !by) || /* RRX */
	    (!compares && !(lane = hvc_lanes__new(w->lanes))))
		return false;
	for (unsigned i = 0; i < w->lanes->members;) {
		uint16_t imm = w->lanes->member[i];
		bool carry = immediate && word & 0xf00 ? b.value >> 31 : nzcv >> 29 & 1;
		uint32_t second = shift(of(&b, imm), type, amount, &carry);
		struct result r = process(op, of(&a, imm), second, carry, nzcv);

		if (sets && r.nzcv != after) {
			if (!i)
				return false; /* reckoned wrongly */
			part(w->lanes, i);
			continue;
		}
		if (lane)
			lane->v[imm] = r.value;
		i++;
	}
	return compares || put(w, rd, lane);
}

/* Fields and extensions of a register, which may be inserted into another. */
static bool bits(const struct work *w, unsigned from, unsigned width, unsigned to, bool extends,
                 bool sign)
{
	const uint32_t mask = width > 31 ? UINT32_MAX : (UINT32_C(1) << width) - 1;
	const unsigned rd = w->word >> 12 & 15, rn = w->word & 15;
	const struct operand n = rn == PC ? (struct operand){NULL, 0} : operand(w, rn);
	const struct operand d = extends ? (struct operand){NULL, 0} : operand(w, rd);
	struct hvc_lane *lane;

	if (!n.lane && !d.lane)
		return put(w, rd, NULL);
	lane = hvc_lanes__new(w->lanes);
	for (unsigned i = 0; lane && i < w->lanes->members; i++) {
		uint16_t imm = w->lanes->member[i];
		bool carry;
		uint32_t field = shift(of(&n, imm), 3, from, &carry) & mask;

		if (sign && field >> (width - 1))
			field |= ~mask;
		lane->v[imm] = extends ? field : (of(&d, imm) & ~(mask << to)) | field << to;
	}
	return lane && put(w, rd, lane);
}

static bool media(const struct work *w)
{
	const uint32_t word = w->word;
	const unsigned lsb = word >> 7 & 31, last = word >> 16 & 31;

	if ((word & 0x0fa00070) == 0x07a00050) /* UBFX, SBFX */
		return bits(w, lsb, last + 1, 0, true, !(word & 1u << 22));
	if ((word & 0x0fe00070) == 0x07c00010 && last >= lsb) /* BFI, BFC */
		return bits(w, 0, last - lsb + 1, lsb, false, false);
	if ((word & 0x0faf03f0) == 0x06af0070) /* SXTB, SXTH, UXTB, UXTH */
		return bits(w, word >> 7 & 24, word & 1u << 20 ? 16 : 8, 0, true,
		            !(word & 1u << 22));
	return !names(w);
}

/* The word of memory that depends at this address, of `words`: there is none. */
static unsigned find(const struct hvc_lanes *lanes, uint64_t address, unsigned size)
{
	unsigned i = 0;

	while (i < lanes->words &&
	       (lanes->word[i].address + 4 <= address || address + size <= lanes->word[i].address))
		i++;
	return i;
}

static bool move_word(const struct work *w, unsigned reg, uint64_t address, bool load)
{
	struct hvc_lanes *lanes = w->lanes;
	unsigned at = find(lanes, address, 4);
	bool found = at < lanes->words;
	struct hvc_lane **from = place(w, reg);

	if (found && lanes->word[at].address != address)
		return false;
	if (load)
		return put(w, reg, found ? lanes->word[at].lane : NULL);
	if (!from || !*from) {
		if (found)
			lanes->word[at] = lanes->word[--lanes->words];
		return true;
	}
	if (address & 3 || (!found && lanes->words == HVC_LANES_WORDS))
		return false;
	lanes->word[at].address = address;
	lanes->word[at].lane = *from;
	lanes->words += !found;
	return true;
}

/* LDR, STR, LDRB, STRB. */
static bool single(const struct work *w)
{
	const uint32_t word = w->word;
	const unsigned rn = word >> 16 & 15, rt = word >> 12 & 15, amount = word >> 7 & 31;
	const bool load = word >> 20 & 1, byte = word >> 22 & 1;
	uint32_t address = value_of(w, w->step->before, rn), offset = word & 0xfff;
	bool carry;

	if (depends(w, rn) || (word >> 25 & 1 && (depends(w, word & 15) || word & 0x60)))
		return false;
	if (word >> 25 & 1)
		offset = shift(value_of(w, w->step->before, word & 15), 0, amount, &carry);
	if (word >> 24 & 1)
		address += word >> 23 & 1 ? offset : 0 - offset;
	if (!byte)
		return move_word(w, rt, address, load);
	return find(w->lanes, address, 1) == w->lanes->words &&
	       (load ? put(w, rt, NULL) : !depends(w, rt));
}

/* LDM, STM; of other modes' registers nothing is known. */
static bool multiple(const struct work *w)
{
	const uint32_t word = w->word, list = word & 0xffff;
	const unsigned rn = word >> 16 & 15, count = (unsigned)__builtin_popcount(list);
	const bool up = word >> 23 & 1, before = word >> 24 & 1;
	uint32_t address = value_of(w, w->step->before, rn) - (up ? 0 : 4 * count);

	if (depends(w, rn) || word >> 22 & 1)
		return false;
	address += before == up ? 4 : 0;
	for (unsigned reg = 0; reg < 16; reg++)
		if (list >> reg & 1) {
			if (!move_word(w, reg, address, word >> 20 & 1))
				return false;
			address += 4;
		}
	return true;
}

static bool other(const struct work *w)
{
	const uint32_t word = w->word;

	if (word >> 28 == 15)
		return !w->lanes->words && !names(w);
	switch (word >> 25 & 7) {
	case 0:
	case 1:
		if ((word & 0x0fb00000) == 0x03000000) {
			/* MOVW; MOVT keeps half of the register */
			return (!(word & 1u << 22) || !depends(w, word >> 12 & 15)) &&
			       put(w, word >> 12 & 15, NULL);
		}
		if ((word & 0x0e000090) == 0x90 || (word & 0x01900000) == 0x01000000)
			return !w->lanes->words && !names(w);
		return data_processing(w);
	case 2:
		return single(w);
	case 3:
		return word & 1u << 4 ? media(w) : single(w);
	case 4:
		return multiple(w);
	default:
		return !w->lanes->words && !names(w);
	}
}

/* MRS, MRC, MRRC */
static bool read(const struct work *w, const struct hvc_a32 *insn)
{
	bool wide = (w->word & 0x0ff00000) == 0x0c500000;
	struct hvc_lane *lane = insn->reg == HVC_REG_ESR_EL2   ? w->lanes->place[HVC_LANES_ESR]
	                        : insn->reg == HVC_REG_ELR_EL2 ? w->lanes->place[HVC_LANES_ELR]
	                        : insn->reg <= HVC_REG_X30     ? w->lanes->place[insn->reg]
	                                                       : NULL;

	return put(w, insn->rt, lane) && (!wide || put(w, w->word >> 16 & 15, NULL));
}

/* MSR, MCR, MCRR */
static bool write(const struct work *w, const struct hvc_a32 *insn)
{
	bool wide = (w->word & 0x0ff00000) == 0x0c400000;
	struct hvc_lane **from = place(w, insn->rt), *lane = from ? *from : NULL;

	if (insn->reg == HVC_REG_ELR_EL2)
		w->lanes->place[HVC_LANES_ELR] = lane;
	else if (insn->reg <= HVC_REG_X30)
		w->lanes->place[insn->reg] = lane;
	else if (insn->reg == HVC_REG_ESR_EL2)
		return false;
	else
		return !lane && (!wide || !depends(w, w->word >> 16 & 15));
	return true;
}

static bool execute(const struct work *w, const struct hvc_a32 *insn)
{
	switch (insn->kind) {
	case HVC_A32_READ:
		return read(w, insn);
	case HVC_A32_WRITE:
		return write(w, insn);
	case HVC_A32_BRANCH:
		return !insn->link || put(w, LR, NULL);
	case HVC_A32_SVC:
	case HVC_A32_HVC:
	case HVC_A32_SMC:
	case HVC_A32_UDF:
		w->lanes->place[HVC_LANES_ESR] = w->lanes->place[HVC_LANES_ELR] = NULL;
		return true;
	case HVC_A32_ERET:
	case HVC_A32_HINT:
		return true;
	case HVC_A32_INDIRECT:
		if ((w->word & 0x0fffffd0) == 0x012fff10)
			return !depends(w, w->word & 15) && (!insn->link || put(w, LR, NULL));
		return other(w);
	default:
		return other(w);
	}
}

/* Is what was reckoned for the call that is executed what its registers hold? */
static bool agrees(struct hvc_lanes *lanes, const struct hvc_state *state)
{
	for (unsigned i = 0; i < HVC_LANES_PLACES; i++) {
		if (!lanes->place[i] ||
		    lanes->place[i]->v[lanes->member[0]] == (uint32_t)state->v[hvc_lanes__reg(i)])
			continue;
		if (i < HVC_GPR_COUNT)
			return false;
		lanes->place[i] = NULL; /* of an exception at EL2 */
	}
	return true;
}

/*
 * Did the instruction set what it is said to set? One that is UNDEFINED, or whose load aborts, sets
 * nothing; where the register holds what it held, that cannot be told.
 */
static bool is_done(const struct hvc_lanes *lanes, struct hvc_lane *const *before,
                    const struct hvc_state *after)
{
	for (unsigned i = 0; i < HVC_GPR_COUNT; i++)
		if (before[i] && !lanes->place[i] &&
		    before[i]->v[lanes->member[0]] == (uint32_t)after->v[i])
			return false;
	return true;
}

bool hvc_lanes__step(struct hvc_lanes *lanes, const struct hvc_step *step)
{
	const struct work w = {lanes, step, step->word};
	const bool t32 = step->isa == HVC_ISA_T32;
	bool any = lanes->words != 0, elr, taken;
	struct hvc_lane *before[HVC_GPR_COUNT];
	struct hvc_a32 insn;

	if (!agrees(lanes, step->before))
		return false;
	for (unsigned i = 0; i < HVC_GPR_COUNT; i++)
		any |= lanes->place[i] != NULL;
	hvc_a32__decode(step->pc,
	                t32 && step->word > UINT16_MAX ? hvc_aarch32_swap_t32(step->word)
	                                               : step->word,
	                t32, &insn);
	/* Where nothing else depends, these alone can meet something that does. */
	elr = (insn.kind == HVC_A32_READ || insn.kind == HVC_A32_WRITE) &&
	      insn.reg == HVC_REG_ELR_EL2;
	taken = insn.kind >= HVC_A32_HVC && insn.kind <= HVC_A32_UDF;
	if (!any && !elr && !taken && !(insn.kind == HVC_A32_READ && insn.reg == HVC_REG_ESR_EL2))
		return true;
	if (t32 && (any || !taken))
		return false;
	if (!t32 && !hvc_a32__holds(step->word >> 28, step->before->v[HVC_REG_NZCV]))
		return true;
	memcpy(before, lanes->place, sizeof before);
	return execute(&w, &insn) && agrees(lanes, step->after) &&
	       is_done(lanes, before, step->after);
}
