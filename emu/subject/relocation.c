/* SPDX-License-Identifier: MIT */
#include "subject/relocation.h"

#include <elf.h>
#include <stddef.h>

#include "subject/little.h"

/* What is written. */
enum formula {
	ABSOLUTE,         /* S + A */
	DISTANCE,         /* S + A - P */
	PAGES,            /* from the page of P to that of S + A */
	SLOT_PAGES,       /* the same of its slot */
	SLOT,             /* the slot's address */
	SLOT_DISTANCE,    /* of the slot from P */
	SLOT_OFFSET,      /* of the slot in its table */
	SLOT_PAGE_OFFSET, /* and from the page of the table */
	TABLE_DISTANCE,   /* S + A from the table */
};

/* Where it is written. */
enum field {
	DATA,
	MOVE,        /* imm16 of MOVZ and MOVK */
	MOVE_SIGNED, /* and of MOVN, which it becomes for negative values */
	ADR,         /* immlo, immhi */
	IMM12,
	BRANCH14,
	BRANCH19,
	BRANCH26,
};

enum check {
	ANY,      /* no check; bits that do not fit are cut off */
	SIGNED,   /* fits as a signed number */
	UNSIGNED, /* fits as an unsigned number */
	EITHER,   /* fits as one of them */
};

static const struct howto {
	uint16_t type;
	uint8_t formula, field, check;
	uint8_t bits;  /* of the value, its lowest ones that shift leaves out included */
	uint8_t shift; /* of the value, to the right */
} howtos[] = {
        /* clang-format off */
	{R_AARCH64_ABS64,               ABSOLUTE, DATA, ANY, 64, 0},
	{R_AARCH64_ABS32,               ABSOLUTE, DATA, EITHER, 32, 0},
	{R_AARCH64_ABS16,               ABSOLUTE, DATA, EITHER, 16, 0},
	{R_AARCH64_PREL64,              DISTANCE, DATA, ANY, 64, 0},
	{R_AARCH64_PREL32,              DISTANCE, DATA, EITHER, 32, 0},
	{R_AARCH64_PREL16,              DISTANCE, DATA, EITHER, 16, 0},
	{R_AARCH64_PLT32,               DISTANCE, DATA, SIGNED, 32, 0},
	{R_AARCH64_MOVW_UABS_G0,        ABSOLUTE, MOVE, UNSIGNED, 16, 0},
	{R_AARCH64_MOVW_UABS_G0_NC,     ABSOLUTE, MOVE, ANY, 16, 0},
	{R_AARCH64_MOVW_UABS_G1,        ABSOLUTE, MOVE, UNSIGNED, 32, 16},
	{R_AARCH64_MOVW_UABS_G1_NC,     ABSOLUTE, MOVE, ANY, 32, 16},
	{R_AARCH64_MOVW_UABS_G2,        ABSOLUTE, MOVE, UNSIGNED, 48, 32},
	{R_AARCH64_MOVW_UABS_G2_NC,     ABSOLUTE, MOVE, ANY, 48, 32},
	{R_AARCH64_MOVW_UABS_G3,        ABSOLUTE, MOVE, ANY, 64, 48},
	{R_AARCH64_MOVW_SABS_G0,        ABSOLUTE, MOVE_SIGNED, SIGNED, 17, 0},
	{R_AARCH64_MOVW_SABS_G1,        ABSOLUTE, MOVE_SIGNED, SIGNED, 33, 16},
	{R_AARCH64_MOVW_SABS_G2,        ABSOLUTE, MOVE_SIGNED, SIGNED, 49, 32},
	{R_AARCH64_MOVW_PREL_G0,        DISTANCE, MOVE_SIGNED, SIGNED, 17, 0},
	{R_AARCH64_MOVW_PREL_G0_NC,     DISTANCE, MOVE, ANY, 16, 0},
	{R_AARCH64_MOVW_PREL_G1,        DISTANCE, MOVE_SIGNED, SIGNED, 33, 16},
	{R_AARCH64_MOVW_PREL_G1_NC,     DISTANCE, MOVE, ANY, 32, 16},
	{R_AARCH64_MOVW_PREL_G2,        DISTANCE, MOVE_SIGNED, SIGNED, 49, 32},
	{R_AARCH64_MOVW_PREL_G2_NC,     DISTANCE, MOVE, ANY, 48, 32},
	{R_AARCH64_MOVW_PREL_G3,        DISTANCE, MOVE_SIGNED, ANY, 64, 48},
	{R_AARCH64_LD_PREL_LO19,        DISTANCE, BRANCH19, SIGNED, 21, 2},
	{R_AARCH64_ADR_PREL_LO21,       DISTANCE, ADR, SIGNED, 21, 0},
	{R_AARCH64_ADR_PREL_PG_HI21,    PAGES, ADR, SIGNED, 33, 12},
	{R_AARCH64_ADR_PREL_PG_HI21_NC, PAGES, ADR, ANY, 33, 12},
	{R_AARCH64_ADD_ABS_LO12_NC,     ABSOLUTE, IMM12, ANY, 12, 0},
	{R_AARCH64_LDST8_ABS_LO12_NC,   ABSOLUTE, IMM12, ANY, 12, 0},
	{R_AARCH64_LDST16_ABS_LO12_NC,  ABSOLUTE, IMM12, ANY, 12, 1},
	{R_AARCH64_LDST32_ABS_LO12_NC,  ABSOLUTE, IMM12, ANY, 12, 2},
	{R_AARCH64_LDST64_ABS_LO12_NC,  ABSOLUTE, IMM12, ANY, 12, 3},
	{R_AARCH64_LDST128_ABS_LO12_NC, ABSOLUTE, IMM12, ANY, 12, 4},
	{R_AARCH64_TSTBR14,             DISTANCE, BRANCH14, SIGNED, 16, 2},
	{R_AARCH64_CONDBR19,            DISTANCE, BRANCH19, SIGNED, 21, 2},
	{R_AARCH64_JUMP26,              DISTANCE, BRANCH26, SIGNED, 28, 2},
	{R_AARCH64_CALL26,              DISTANCE, BRANCH26, SIGNED, 28, 2},
	{R_AARCH64_MOVW_GOTOFF_G0,      SLOT_OFFSET, MOVE_SIGNED, SIGNED, 17, 0},
	{R_AARCH64_MOVW_GOTOFF_G0_NC,   SLOT_OFFSET, MOVE, ANY, 16, 0},
	{R_AARCH64_MOVW_GOTOFF_G1,      SLOT_OFFSET, MOVE_SIGNED, SIGNED, 33, 16},
	{R_AARCH64_MOVW_GOTOFF_G1_NC,   SLOT_OFFSET, MOVE, ANY, 32, 16},
	{R_AARCH64_GOTREL64,            TABLE_DISTANCE, DATA, ANY, 64, 0},
	{R_AARCH64_GOTREL32,            TABLE_DISTANCE, DATA, EITHER, 32, 0},
	{R_AARCH64_GOT_LD_PREL19,       SLOT_DISTANCE, BRANCH19, SIGNED, 21, 2},
	{R_AARCH64_LD64_GOTOFF_LO15,    SLOT_OFFSET, IMM12, UNSIGNED, 15, 3},
	{R_AARCH64_ADR_GOT_PAGE,        SLOT_PAGES, ADR, SIGNED, 33, 12},
	{R_AARCH64_LD64_GOT_LO12_NC,    SLOT, IMM12, ANY, 12, 3},
	{R_AARCH64_LD64_GOTPAGE_LO15,   SLOT_PAGE_OFFSET, IMM12, UNSIGNED, 15, 3},
	{R_AARCH64_GOTPCREL32,          SLOT_DISTANCE, DATA, SIGNED, 32, 0},
        /* clang-format on */
};

static const struct howto *find(uint32_t type)
{
	for (size_t i = 0; i < sizeof howtos / sizeof *howtos; i++)
		if (howtos[i].type == type)
			return &howtos[i];
	return NULL;
}

unsigned hvc_relocation__size(uint32_t type)
{
	const struct howto *howto = find(type);

	if (!howto)
		return 0;
	return howto->field == DATA ? howto->bits / 8 : 4;
}

bool hvc_relocation__wants_slot(uint32_t type)
{
	const struct howto *howto = find(type);

	return howto && howto->formula >= SLOT_PAGES && howto->formula != TABLE_DISTANCE;
}

static uint64_t page(uint64_t address)
{
	return address & ~UINT64_C(0xfff);
}

static uint64_t evaluate(const struct howto *howto, const struct hvc_relocation *relocation)
{
	const uint64_t target = relocation->symbol + relocation->addend;

	switch ((enum formula)howto->formula) {
	case ABSOLUTE:
		break;
	case DISTANCE:
		if (relocation->weak && howto->field >= BRANCH14)
			return 4;
		return relocation->weak ? 0 : target - relocation->place;
	case PAGES:
		return relocation->weak ? 0 : page(target) - page(relocation->place);
	case SLOT_PAGES:
		return page(relocation->slot) - page(relocation->place);
	case SLOT:
		return relocation->slot;
	case SLOT_DISTANCE:
		return relocation->slot - relocation->place;
	case SLOT_OFFSET:
		return relocation->slot - relocation->table;
	case SLOT_PAGE_OFFSET:
		return relocation->slot - page(relocation->table);
	case TABLE_DISTANCE:
		return target - relocation->table;
	}
	return target;
}

static bool fits(const struct howto *howto, uint64_t value)
{
	const uint64_t half = UINT64_C(1) << (howto->bits - 1);
	bool is_signed, is_unsigned;

	/* The lowest bits of an address are checked where the field has none for them. */
	if (howto->field != MOVE && howto->field != MOVE_SIGNED && howto->shift < 12 &&
	    value & ((UINT64_C(1) << howto->shift) - 1))
		return false;
	if (howto->bits == 64)
		return true;
	is_signed = value + half < 2 * half;
	is_unsigned = value < 2 * half;
	switch ((enum check)howto->check) {
	case ANY:
		break;
	case SIGNED:
		return is_signed;
	case UNSIGNED:
		return is_unsigned;
	case EITHER:
		return is_signed || is_unsigned;
	}
	return true;
}

static uint32_t put(uint32_t word, uint32_t field, unsigned bits, unsigned at)
{
	const uint32_t mask = ((UINT32_C(1) << bits) - 1) << at;

	return (word & ~mask) | (field << at & mask);
}

static uint32_t encode(const struct howto *howto, uint32_t word, uint64_t value)
{
	const uint64_t mask = howto->bits < 64 ? (UINT64_C(1) << howto->bits) - 1 : UINT64_MAX;
	const enum field field = (enum field)howto->field;
	const unsigned shift = howto->shift;
	const uint32_t low = (uint32_t)(value >> shift);

	switch (field) {
	case DATA:
		break;
	case MOVE:
		return put(word, low, 16, 5);
	case MOVE_SIGNED: /* opc is 00 in MOVN, 10 in MOVZ */
		if (value >> 63)
			return put(put(word, 0, 2, 29), ~low, 16, 5);
		return put(put(word, 2, 2, 29), low, 16, 5);
	case ADR:
		return put(put(word, low, 2, 29), low >> 2, 19, 5);
	case IMM12:
		return put(word, (uint32_t)(value & mask) >> shift, 12, 10);
	case BRANCH14:
		return put(word, low, 14, 5);
	case BRANCH19:
		return put(word, low, 19, 5);
	case BRANCH26:
		return put(word, low, 26, 0);
	}
	return word;
}

static uint64_t get(uint32_t word, unsigned bits, unsigned at)
{
	return word >> at & ((UINT32_C(1) << bits) - 1);
}

static uint64_t extend(uint64_t value, unsigned bits)
{
	const uint64_t sign = UINT64_C(1) << (bits - 1);

	return (value ^ sign) - sign;
}

/*
 * AAELF64 5.7.2: the field, scaled where the instruction scales it, and sign-extended. What MOVZ
 * and ADRP shift is not: the same addend stands in each instruction that makes up an address.
 */
uint64_t hvc_relocation__addend(uint32_t type, const uint8_t *bytes)
{
	const struct howto *howto = find(type);
	uint64_t value = 0;
	uint32_t word;

	if (!howto)
		return 0;
	if (howto->field == DATA) {
		for (unsigned i = 0; i < howto->bits / 8u; i++)
			value |= (uint64_t)bytes[i] << 8 * i;
		return howto->bits < 64 ? extend(value, howto->bits) : value;
	}
	word = hvc_little__32(bytes);
	switch ((enum field)howto->field) {
	case DATA:
		break;
	case MOVE:
	case MOVE_SIGNED:
		return extend(get(word, 16, 5), 16);
	case ADR:
		return extend(get(word, 19, 5) << 2 | get(word, 2, 29), 21);
	case IMM12:
		return extend(get(word, 12, 10) << howto->shift, 12u + howto->shift);
	case BRANCH14:
		return extend(get(word, 14, 5) << 2, 16);
	case BRANCH19:
		return extend(get(word, 19, 5) << 2, 21);
	case BRANCH26:
		return extend(get(word, 26, 0) << 2, 28);
	}
	return 0;
}

enum hvc_relocated hvc_relocation__apply(const struct hvc_relocation *relocation, uint8_t *bytes)
{
	const struct howto *howto = find(relocation->type);
	uint64_t value;

	if (!howto)
		return HVC_RELOCATED_UNKNOWN;
	value = evaluate(howto, relocation);
	if (!fits(howto, value))
		return HVC_RELOCATED_FAR;
	if (howto->field != DATA) {
		hvc_little__put32(bytes, encode(howto, hvc_little__32(bytes), value));
		return HVC_RELOCATED;
	}
	for (unsigned i = 0; i < howto->bits / 8u; i++)
		bytes[i] = (uint8_t)(value >> 8 * i);
	return HVC_RELOCATED;
}
