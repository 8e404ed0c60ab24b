/* SPDX-License-Identifier: MIT */
#include "subject/a64.h"

#include <stddef.h>

#include "subject/def_use.h"

/* A field of a word, as the manual writes it: high bit, low bit. */
static uint32_t bits(uint32_t word, unsigned high, unsigned low)
{
	return word >> low & (uint32_t)((UINT64_C(2) << (high - low)) - 1);
}

/* A signed field of instructions, in bytes. */
static uint64_t branch_offset(uint32_t word, unsigned high, unsigned low)
{
	uint64_t sign = UINT64_C(1) << (high - low);

	return ((bits(word, high, low) ^ sign) - sign) * 4;
}

/* Branches and their like: where the offset is, if there is one. */
static const struct {
	uint32_t mask, value;
	enum hvc_flow flow;
	uint8_t high, low;
} flows[] = {
        /* clang-format off */
	{0xfc000000, 0x14000000, HVC_FLOW_BRANCH, 25, 0},  /* B */
	{0xfc000000, 0x94000000, HVC_FLOW_CALL, 25, 0},    /* BL */
	{0xff000000, 0x54000000, HVC_FLOW_COND, 23, 5},    /* B.cond, BC.cond */
	{0x7e000000, 0x34000000, HVC_FLOW_COND, 23, 5},    /* CBZ, CBNZ */
	{0x7e000000, 0x36000000, HVC_FLOW_COND, 18, 5},    /* TBZ, TBNZ */
	{0xfffff3e0, 0xd69f03e0, HVC_FLOW_ERET, 0, 0},     /* ERET, ERETAA, ERETAB */
	{0xfe7f0000, 0xd61f0000, HVC_FLOW_INDIRECT, 0, 0}, /* BR, BRAA(Z), BRAB(Z) */
	{0xff7f0000, 0xd65f0000, HVC_FLOW_INDIRECT, 0, 0}, /* RET, RETAA, RETAB */
	{0xffff0000, 0x00000000, HVC_FLOW_STOP, 0, 0},     /* UDF */
	{0xffe0001f, 0xd4200000, HVC_FLOW_STOP, 0, 0},     /* BRK */
	{0xffe0001f, 0xd4400000, HVC_FLOW_STOP, 0, 0},     /* HLT */
        /* clang-format on */
};

enum hvc_flow hvc_a64__flow(uint64_t address, uint32_t word, uint64_t *target)
{
	for (size_t i = 0; i < sizeof flows / sizeof *flows; i++) {
		if ((word & flows[i].mask) != flows[i].value)
			continue;
		if (flows[i].high)
			*target = address + branch_offset(word, flows[i].high, flows[i].low);
		return flows[i].flow;
	}
	return HVC_FLOW_NEXT;
}

bool hvc_a64__plausible(uint32_t word)
{
	/* Bit n: encodings with bits 28:25 equal to n exist. SME lives in 0000 with bit 31 set. */
	static const uint16_t groups = 0xfff4;

	if (word == UINT32_MAX)
		return false;
	return groups >> bits(word, 28, 25) & 1 || (bits(word, 28, 25) == 0 && word >> 31);
}

bool hvc_a64__padding(uint32_t word)
{
	return word == HVC_A64_NOP || word <= 0xffff;
}

bool hvc_a64__sysop(uint32_t word, struct hvc_sysop *out)
{
	if ((word & 0xffd00000) != 0xd5100000)
		return false;
	*out = (struct hvc_sysop){
	        .op0 = 2 + bits(word, 19, 19),
	        .op1 = bits(word, 18, 16),
	        .crn = bits(word, 15, 12),
	        .crm = bits(word, 11, 8),
	        .op2 = bits(word, 7, 5),
	        .write = !bits(word, 21, 21),
	        .rt = bits(word, 4, 0),
	};
	return true;
}

/* Immediate of the logical instructions (DecodeBitMasks in the manual); 0 when reserved. */
static uint64_t bitmask(uint32_t word)
{
	bool wide = word >> 31;
	unsigned n = bits(word, 22, 22), immr = bits(word, 21, 16), imms = bits(word, 15, 10);
	unsigned size = 64, ones, turn;
	uint64_t pattern, element;

	if (n && !wide)
		return 0;
	if (!n) {
		/* The element is as wide as the highest clear bit of imms says. */
		for (size = 32; size > 1 && imms & size; size /= 2)
			;
		if (size < 2)
			return 0;
	}
	ones = (imms & (size - 1)) + 1;
	turn = immr & (size - 1);
	if (ones == size)
		return 0;
	pattern = (UINT64_C(1) << ones) - 1;
	element = pattern >> turn;
	if (turn)
		element |= pattern << (size - turn);
	if (size < 64)
		element &= (UINT64_C(1) << size) - 1;
	for (unsigned width = size; width < 64; width *= 2)
		element |= element << width;
	return wide ? element : (uint32_t)element;
}

/* How a row of `patterns` reads its second operand. */
enum operand {
	OPERAND_NONE,
	OPERAND_IMM12, /* 21:10, shifted left by 12 when bit 22 is set */
	OPERAND_IMM5,  /* 20:16 */
	OPERAND_MASK,  /* bitmask immediate */
	OPERAND_BIT,   /* b5:b40 of TBZ */
	OPERAND_MOVE,  /* imm16 << hw * 16 */
	OPERAND_LABEL, /* 23:5, relative to the address */
	OPERAND_IMMR,  /* 21:16 */
	OPERAND_REG,   /* rm in 20:16, not shifted */
};

/* Instructions that compare, or that make a constant; first match wins. */
static const struct {
	uint32_t mask, value;
	enum hvc_move move;
	enum hvc_compare compare;
	enum operand operand;
} patterns[] = {
        /* clang-format off */
	{0x7f800000, 0x71000000, HVC_MOVE_SUB, HVC_COMPARE_EQUAL, OPERAND_IMM12},     /* SUBS, CMP */
	{0x7f800000, 0x31000000, HVC_MOVE_OTHER, HVC_COMPARE_MINUS, OPERAND_IMM12},   /* ADDS, CMN */
	{0x7f800000, 0x51000000, HVC_MOVE_SUB, HVC_COMPARE_NONE, OPERAND_IMM12},      /* SUB */
	{0x7fe00c10, 0x7a400800, HVC_MOVE_OTHER, HVC_COMPARE_EQUAL, OPERAND_IMM5},    /* CCMP */
	{0x7fe00c10, 0x3a400800, HVC_MOVE_OTHER, HVC_COMPARE_MINUS, OPERAND_IMM5},    /* CCMN */
	{0x7f800000, 0x72000000, HVC_MOVE_OTHER, HVC_COMPARE_BITS, OPERAND_MASK},     /* ANDS, TST */
	{0x7f8003e0, 0x320003e0, HVC_MOVE_CONST, HVC_COMPARE_NONE, OPERAND_MASK},     /* MOV (ORR) */
	{0x7f800000, 0x32000000, HVC_MOVE_OR, HVC_COMPARE_NONE, OPERAND_MASK},        /* ORR */
	{0x7f800000, 0x52000000, HVC_MOVE_EOR, HVC_COMPARE_NONE, OPERAND_MASK},       /* EOR */
	{0x7e000000, 0x34000000, HVC_MOVE_OTHER, HVC_COMPARE_ZERO, OPERAND_NONE},     /* CBZ, CBNZ */
	{0x7e000000, 0x36000000, HVC_MOVE_OTHER, HVC_COMPARE_BITS, OPERAND_BIT},      /* TBZ, TBNZ */
	{0x7f800000, 0x52800000, HVC_MOVE_CONST, HVC_COMPARE_NONE, OPERAND_MOVE},     /* MOVZ */
	{0x7f800000, 0x12800000, HVC_MOVE_CONST, HVC_COMPARE_NONE, OPERAND_MOVE},     /* MOVN */
	{0x7f800000, 0x72800000, HVC_MOVE_KEEP, HVC_COMPARE_NONE, OPERAND_MOVE},      /* MOVK */
	{0xbf000000, 0x18000000, HVC_MOVE_LITERAL, HVC_COMPARE_NONE, OPERAND_LABEL},  /* LDR */
	{0xff000000, 0x98000000, HVC_MOVE_LITERAL, HVC_COMPARE_NONE, OPERAND_LABEL},  /* LDRSW */
	{0x7fe0fc00, 0x6b000000, HVC_MOVE_SUB, HVC_COMPARE_EQUAL, OPERAND_REG},       /* SUBS, CMP */
	{0x7fe0fc00, 0x2b000000, HVC_MOVE_OTHER, HVC_COMPARE_MINUS, OPERAND_REG},     /* ADDS, CMN */
	{0x7fe0fc00, 0x4b000000, HVC_MOVE_SUB, HVC_COMPARE_NONE, OPERAND_REG},        /* SUB */
	{0x7fe0fc00, 0x6a000000, HVC_MOVE_OTHER, HVC_COMPARE_BITS, OPERAND_REG},      /* ANDS, TST */
	{0x7fe0ffe0, 0x2a0003e0, HVC_MOVE_COPY, HVC_COMPARE_NONE, OPERAND_REG},       /* MOV */
	{0x7fe0fc00, 0x2a000000, HVC_MOVE_OR, HVC_COMPARE_NONE, OPERAND_REG},         /* ORR */
	{0x7fe0fc00, 0x0b000000, HVC_MOVE_ADD, HVC_COMPARE_NONE, OPERAND_REG},        /* ADD */
	{0x7fe0fc00, 0x4a000000, HVC_MOVE_EOR, HVC_COMPARE_NONE, OPERAND_REG},        /* EOR */
	{0x7fe00c10, 0x7a400000, HVC_MOVE_OTHER, HVC_COMPARE_EQUAL, OPERAND_REG},     /* CCMP */
	{0x7fe00c10, 0x3a400000, HVC_MOVE_OTHER, HVC_COMPARE_MINUS, OPERAND_REG},     /* CCMN */
	{0x7f800000, 0x53000000, HVC_MOVE_SHIFT, HVC_COMPARE_NONE, OPERAND_IMMR},     /* LSR, UBFX */
        /* clang-format on */
};

/* Registers that an instruction without a row of its own may write. */
static uint32_t written(uint32_t word)
{
	bool branches = bits(word, 28, 26) == 5 && (word & 0xff000000) != 0xd5000000;
	struct hvc_def_use use;
	uint64_t target;

	hvc_def_use__of(word, &use);
	/* Calls and exceptions change what they like. */
	return branches && hvc_a64__flow(0, word, &target) != HVC_FLOW_COND ? UINT32_MAX
	                                                                    : use.writes;
}

static void read_operand(uint64_t address, uint32_t word, enum operand operand, struct hvc_a64 *out)
{
	uint64_t all = out->word ? UINT32_MAX : UINT64_MAX;
	unsigned shift = bits(word, 22, 21) * 16;

	switch (operand) {
	case OPERAND_NONE:
		out->imm = 0;
		break;
	case OPERAND_IMM12:
		out->imm = (uint64_t)bits(word, 21, 10) << (bits(word, 22, 22) ? 12 : 0);
		break;
	case OPERAND_IMM5:
		out->imm = bits(word, 20, 16);
		break;
	case OPERAND_MASK:
		out->imm = bitmask(word);
		break;
	case OPERAND_BIT:
		out->imm = UINT64_C(1) << (bits(word, 31, 31) << 5 | bits(word, 23, 19));
		break;
	case OPERAND_MOVE:
		out->imm = (uint64_t)bits(word, 20, 5) << shift;
		out->mask = UINT64_C(0xffff) << shift;
		/* Bits 30:29 are 00 in MOVN alone. */
		if (bits(word, 30, 29) == 0)
			out->imm = ~out->imm & all;
		break;
	case OPERAND_LABEL:
		out->imm = address + branch_offset(word, 23, 5);
		break;
	case OPERAND_IMMR:
		out->imm = bits(word, 21, 16);
		/* With imms below immr it is LSL or UBFIZ. */
		if (bits(word, 15, 10) < out->imm)
			out->move = HVC_MOVE_OTHER;
		break;
	case OPERAND_REG:
		out->rm = bits(word, 20, 16);
		out->reg = true;
		break;
	}
}

/* Where the three register fields are not rd, rn and rm. */
static void read_registers(uint32_t word, struct hvc_a64 *out)
{
	bool branch = bits(word, 30, 26) == 0xd;

	out->rd = bits(word, 4, 0);
	out->rn = branch ? out->rd : bits(word, 9, 5);
	out->word = !(word >> 31);
	if (branch && bits(word, 25, 25))
		/* TBZ of a high bit has bit 31 set; of a low bit the width does not matter. */
		out->word = false;
	if (out->move == HVC_MOVE_LITERAL) {
		out->word = bits(word, 31, 30) == 0;
		out->sign = bits(word, 31, 30) == 2;
	}
}

/* CCMP, CCMN and the branches have something else where others have rd. */
static bool writes_rd(const struct hvc_a64 *insn, uint32_t word)
{
	if (insn->compare == HVC_COMPARE_NONE)
		return true;
	return bits(word, 30, 26) != 0xd && (word & 0x3fe00000) != 0x3a400000;
}

void hvc_a64__decode(uint64_t address, uint32_t word, struct hvc_a64 *out)
{
	*out = (struct hvc_a64){.rd = 31, .rn = 31, .rm = 31};
	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
		if ((word & patterns[i].mask) != patterns[i].value)
			continue;
		out->move = patterns[i].move;
		out->compare = patterns[i].compare;
		read_registers(word, out);
		read_operand(address, word, patterns[i].operand, out);
		if (out->move == HVC_MOVE_OR && !out->reg && out->rd == 31)
			out->move = HVC_MOVE_OTHER; /* it is SP */
		if (out->move == HVC_MOVE_OTHER && writes_rd(out, word))
			out->killed = UINT32_C(1) << out->rd;
		return;
	}
	out->killed = written(word);
}
