/* SPDX-License-Identifier: MIT */
#include "subject/def_use.h"

#include "machine/access.h"

/* A field of a word, as the manual writes it: high bit, low bit. */
static uint32_t bits(uint32_t word, unsigned high, unsigned low)
{
	return word >> low & (uint32_t)((UINT64_C(2) << (high - low)) - 1);
}

/* The register in five bits from `low`, as a set. */
static uint32_t reg(uint32_t word, unsigned low)
{
	return UINT32_C(1) << bits(word, low + 4, low) & INT32_MAX;
}

#define RD 0u
#define RN 5u
#define RA 10u
#define RM 16u

static void of_immediate(uint32_t word, struct hvc_def_use *out)
{
	unsigned group = bits(word, 25, 23);
	bool keeps = bits(word, 30, 29) == (group == 5 ? 3u : 1u); /* MOVK, BFM */

	out->writes = reg(word, RD);
	/* Not ADR, ADRP, MOVZ and MOVN. */
	if (group >= 2 && group != 5)
		out->reads = reg(word, RN);
	if (group == 7)
		out->reads |= reg(word, RM);
	if ((group == 5 || group == 6) && keeps)
		out->reads |= reg(word, RD);
}

static void of_branch(uint32_t word, struct hvc_def_use *out)
{
	if ((word & 0x7c000000) == 0x34000000) /* CBZ, CBNZ, TBZ, TBNZ */
		out->reads = reg(word, RD);
	else if ((word & 0xfc000000) == 0x94000000) /* BL */
		out->writes = UINT32_C(1) << 30;
	else if ((word & 0xfe000000) == 0xd6000000) { /* BR, BLR, RET and their like */
		out->reads = reg(word, RN);
		if (bits(word, 24, 24)) /* BRAA, BLRAA: signed with a second register */
			out->reads |= reg(word, RD);
		if (bits(word, 22, 21) == 1)
			out->writes = UINT32_C(1) << 30;
	} else if ((word & 0xffe00000) == 0xd5200000) /* MRS, SYSL */
		out->writes = reg(word, RD);
	else if ((word & 0xffe00000) == 0xd5000000 && bits(word, 20, 19))
		out->reads = reg(word, RD);         /* MSR, SYS */
	else if ((word & 0xfffffc00) == 0xd5031000) /* WFET, WFIT */
		out->reads = reg(word, RD);
	if ((word & 0xfff8f000) == 0xd5087000) /* DC, IC, AT */
		out->address = out->reads;
}

/* Of an address: the stack pointer and none are in no set. */
static uint32_t one(unsigned n)
{
	return n < 31 ? UINT32_C(1) << n : 0;
}

static void of_memory(uint32_t word, struct hvc_def_use *out)
{
	struct hvc_a64_access access;

	if (!hvc_a64__access(word, &access))
		return;
	out->address = one(access.base) | one(access.index);
	out->reads = out->address | access.reads;
	out->moved = access.back ? one(access.base) : 0;
	out->loaded = access.loads;
	out->writes = out->moved | out->loaded | access.status;
}

static void of_register(uint32_t word, struct hvc_def_use *out)
{
	unsigned op = bits(word, 24, 21);

	out->writes = reg(word, RD);
	out->reads = reg(word, RN) | reg(word, RM);
	if (!bits(word, 28, 28))
		return;
	if (op >= 8) {
		out->reads |= reg(word, RA);
	} else if (op == 2) { /* CCMP, CCMN */
		out->writes = 0;
		if (bits(word, 11, 11))
			out->reads = reg(word, RN);
	} else if (op == 6 && bits(word, 30, 30)) { /* one source */
		out->reads = reg(word, RN);
	} else if (op == 0 && bits(word, 11, 10)) { /* RMIF, SETF8, SETF16 */
		out->writes = 0;
		out->reads = reg(word, RN);
	}
}

/* Of vectors and floating point only what goes to and from general registers. */
static void of_vector(uint32_t word, struct hvc_def_use *out)
{
	bool convert = (word & 0x5f20fc00) == 0x1e200000 || (word & 0x5f200000) == 0x1e000000;
	unsigned opcode = bits(word, 18, 16);

	if (convert && (opcode == 2 || opcode == 3 || opcode == 7))
		out->reads = reg(word, RN); /* SCVTF, UCVTF, FMOV */
	else if (convert)
		out->writes = reg(word, RD);
	else if ((word & 0xbfe0f400) == 0x0e003400 || (word & 0xbfe0fc00) == 0x0e002c00)
		out->writes = reg(word, RD); /* UMOV, SMOV */
	else if ((word & 0xbfe0fc00) == 0x0e000c00 || (word & 0xffe0fc00) == 0x4e001c00)
		out->reads = reg(word, RN); /* DUP, INS */
}

void hvc_def_use__of(uint32_t word, struct hvc_def_use *out)
{
	*out = (struct hvc_def_use){0};
	switch (bits(word, 28, 25)) {
	case 0x8:
	case 0x9:
		of_immediate(word, out);
		break;
	case 0xa:
	case 0xb:
		of_branch(word, out);
		break;
	case 0x4:
	case 0x6:
	case 0xc:
	case 0xe:
		of_memory(word, out);
		break;
	case 0x5:
	case 0xd:
		of_register(word, out);
		break;
	case 0x7:
	case 0xf:
		of_vector(word, out);
		break;
	case 0x2: /* SVE: counts and addresses go to a general register */
		out->writes = reg(word, RD);
		break;
	default:
		break;
	}
}
