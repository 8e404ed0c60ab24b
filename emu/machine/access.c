/* SPDX-License-Identifier: MIT */
/* Encodings: Arm ARM (DDI 0487) C4.1, "Loads and Stores" and "System instructions". */
#include "machine/access.h"

#include "hvcheck/arch.h"
#include "machine/engine.h"

static uint32_t bits(uint32_t word, unsigned high, unsigned low)
{
	return word >> low & ((UINT32_C(2) << (high - low)) - 1);
}

static int64_t signed_bits(uint32_t word, unsigned high, unsigned low)
{
	const int64_t half = INT64_C(1) << (high - low);

	return (int64_t)(bits(word, high, low) ^ (uint32_t)half) - half;
}

/* The register in five bits from `low`, as a set. */
static uint32_t reg(uint32_t word, unsigned low)
{
	return UINT32_C(1) << bits(word, low + 4, low) & INT32_MAX;
}

/* That register and the next, of instructions that take pairs of neighbours. */
static uint32_t neighbours(uint32_t word, unsigned low)
{
	return reg(word, low) | (reg(word, low) << 1 & INT32_MAX);
}

/* The registers that are moved: set is of the general ones. */
static void move(struct hvc_a64_access *out, bool load, unsigned size, uint32_t set)
{
	out->load = load;
	out->store = !load;
	out->size = size;
	if (load && !out->vector)
		out->loads = set;
	else if (!out->vector)
		out->reads = set;
}

/* Two registers; post-indexed (1) the address is the base alone. */
static void of_pair(uint32_t word, struct hvc_a64_access *out)
{
	const unsigned opc = bits(word, 31, 30), mode = bits(word, 24, 23);
	const bool load = word & 1u << 22, tagged = opc == 1 && !load && !out->vector; /* STGP */
	unsigned size = out->vector ? 4u << opc : opc == 2 || tagged ? 8 : 4; /* 4: LDPSW, too */
	int64_t moves = signed_bits(word, 21, 15) * (tagged ? 16 : (int64_t)size);

	out->rt2 = bits(word, 14, 10);
	out->sign = opc == 1;
	out->back = mode & 1;
	out->moves = out->back ? moves : 0;
	out->offset = mode == 1 ? 0 : moves;
	if (opc < 3)
		move(out, load, size, reg(word, 0) | reg(word, 10));
}

/* LDADD and the other atomics, SWP, which return to Rt what was there; LDAPR only loads. */
static void of_atomic(uint32_t word, struct hvc_a64_access *out)
{
	move(out, true, 1u << bits(word, 31, 30), reg(word, 0));
	out->store = bits(word, 15, 12) != 12;
	out->reads = reg(word, 16);
}

/* One register: bits 29:27 are 7. */
static void of_single(uint32_t word, struct hvc_a64_access *out)
{
	const unsigned opc = bits(word, 23, 22), form = bits(word, 11, 10);
	const unsigned scale = bits(word, 31, 30) | (out->vector ? (opc & 2) << 1 : 0);
	const bool plain = word & 1u << 24, third = !plain && word & 1u << 21;
	const bool prefetch = scale == 3 && opc == 2 && !out->vector && !(third && form != 2);

	if (third && !form) {
		if (!out->vector)
			of_atomic(word, out);
		return;
	}
	out->sign = !out->vector && opc > 1;
	if (!prefetch)
		move(out, out->vector ? opc & 1 : opc != 0 || (third && form != 2), 1u << scale,
		     reg(word, 0));
	if (plain) {
		out->offset = (int64_t)bits(word, 21, 10) << scale;
	} else if (!third) {
		out->back = form & 1;
		out->moves = out->back ? signed_bits(word, 20, 12) : 0;
		out->offset = form == 1 ? 0 : signed_bits(word, 20, 12);
	} else if (form == 2) {
		out->index = bits(word, 20, 16) == 31 ? HVC_A64_NONE : bits(word, 20, 16);
		out->option = bits(word, 15, 13);
		out->shift = word & 1u << 12 ? scale : 0;
	} else { /* LDRAA, LDRAB */
		out->offset = ((int64_t)bits(word, 20, 12) - (word & 1u << 22 ? 512 : 0)) * 8;
		out->sign = false;
		out->back = word & 1u << 11;
		out->moves = out->back ? out->offset : 0;
	}
}

/* Literals, LDAPR and STLR with an offset, allocation tags: bits 29:27 are 3. */
static void of_other(uint32_t word, struct hvc_a64_access *out)
{
	const unsigned opc = bits(word, 31, 30);

	if (word & 1u << 24) {
		move(out, bits(word, 23, 22) != 0, word & 1u << 21 ? 0 : 1u << opc, reg(word, 0));
		out->offset = signed_bits(word, 20, 12);
		if (!(word & 1u << 21))
			return;
		out->back = word & 1u << 10;
		out->moves = out->back ? out->offset * 16 : 0;
		out->offset = bits(word, 11, 10) == 1 ? 0 : out->offset * 16;
		return;
	}
	out->base = HVC_A64_NONE;
	out->offset = signed_bits(word, 23, 5) * 4;
	out->sign = opc == 2 && !out->vector;
	if (opc < 3)
		move(out, true, out->vector ? 4u << opc : opc == 1 ? 8 : 4, reg(word, 0));
}

/* Exclusive and ordered accesses, CAS, CASP: the base alone. */
static void of_exclusive(uint32_t word, struct hvc_a64_access *out)
{
	const bool load = word & 1u << 22, ordered = word & 1u << 23, o1 = word & 1u << 21;
	const uint32_t set = reg(word, 0) | (o1 ? reg(word, 10) : 0);

	if (o1 && (ordered || !(word >> 31))) { /* CASP takes pairs */
		move(out, true, ordered ? 1u << bits(word, 31, 30) : 0,
		     ordered ? reg(word, 16) : neighbours(word, 16));
		out->store = true;
		out->reads = out->loads | (ordered ? reg(word, 0) : neighbours(word, 0));
		return;
	}
	move(out, load, o1 ? 4u << bits(word, 30, 30) : 1u << bits(word, 31, 30), set);
	out->rt2 = o1 ? bits(word, 14, 10) : out->rt;
	out->status = load || ordered ? 0 : reg(word, 16);
}

bool hvc_a64__access(uint32_t word, struct hvc_a64_access *out)
{
	const unsigned kind = bits(word, 29, 27);

	*out = (struct hvc_a64_access){.base = HVC_A64_NONE,
	                               .index = HVC_A64_NONE,
	                               .rt = bits(word, 4, 0),
	                               .rt2 = bits(word, 4, 0)};
	/* DC, IC, AT: SYS with CRn 7 */
	if (bits(word, 31, 19) == 0x1aa1 && bits(word, 15, 12) == 7) {
		if (out->rt == 31)
			return false;
		out->base = out->rt;
		return true;
	}
	if ((word >> 25 & 5) != 4)
		return false;
	out->vector = word & 1u << 26;
	out->base = bits(word, 9, 5);
	if (kind == 3) {
		of_other(word, out);
	} else if (kind == 5) {
		of_pair(word, out);
	} else if (kind == 7) {
		of_single(word, out);
	} else if (!out->vector) {
		of_exclusive(word, out);
	} else { /* vector structures */
		out->load = word & 1u << 22;
		out->store = !out->load;
		out->back = word & 1u << 23;
		out->reads = out->back ? reg(word, 16) : 0;
	}
	return true;
}

/* Each element of a vector structure; 0: unallocated. */
static unsigned element(uint32_t word)
{
	const unsigned scale = bits(word, 15, 14), size = bits(word, 11, 10);

	if (!(word & 1u << 24)) /* several */
		return UINT32_C(0x5d5) >> bits(word, 15, 12) & 1 ? 1u << size : 0;
	return 1u << (scale == 3 ? size : scale == 2 && size & 1 ? 3 : scale);
}

/* Of one register, and atomics. */
static bool is_single(uint32_t word, const struct hvc_a64_access *a)
{
	const unsigned opc = bits(word, 23, 22), form = bits(word, 11, 10), op = bits(word, 15, 12);

	if (word & 1u << 24 || !(word & 1u << 21))
		return a->vector ? a->size <= 16 && (word & 1u << 24 || form != 2)
		                 : opc != 3 || a->size < 4;
	if (form == 2)
		return a->option & 2 && (a->vector ? a->size <= 16 : opc != 3 || a->size < 4);
	return form ? a->size == 8 && !a->vector : op <= 8 || op == 12;
}

bool hvc_a64__alignment(uint32_t word, struct hvc_a64_alignment *out)
{
	const unsigned kind = bits(word, 29, 27), opc = bits(word, 23, 22);
	struct hvc_a64_access a;
	bool always = kind == 1;

	if (!hvc_a64__access(word, &a) || !(a.load || a.store))
		return false;
	if (kind == 1 && a.vector) {
		a.size = element(word);
		always = false;
	} else if (kind == 1 && word & 1u << 21 && !(word & 1u << 23)) { /* pairs: as one */
		a.size = word >> 31 ? 2 * a.size : 8u << bits(word, 30, 30);
	} else if (kind == 3 && word & 1u << 24) {
		always = true;
		if (a.vector || word & UINT32_C(0x200c00) || (opc >= 2 && a.size == 8) ||
		    (opc == 3 && a.size == 4))
			return false;
	} else if (kind == 5 && !a.vector && a.sign && (!a.load || !bits(word, 24, 23))) {
		return false;
	} else if (kind == 7) {
		always = !a.vector && (word & UINT32_C(0x1200c00)) == UINT32_C(0x200000);
		if (!is_single(word, &a))
			return false;
	}
	out->always = always ? a.size : 1;
	out->checked = a.size;
	out->stack = a.base == HVC_A64_SP;
	return a.size != 0;
}

static uint64_t extend(uint64_t value, unsigned option)
{
	switch (option) {
	case 2:
		return (uint32_t)value;
	case 6:
		return (uint64_t)(int64_t)(int32_t)(uint32_t)value;
	default:
		return value;
	}
}

uint64_t hvc_access__at(const struct hvc_a64_access *access, uint64_t pc, const uint64_t x[31],
                        uint64_t sp)
{
	uint64_t address = access->base == HVC_A64_SP     ? sp
	                   : access->base == HVC_A64_NONE ? pc
	                                                  : x[access->base];

	if (access->index != HVC_A64_NONE)
		address += extend(x[access->index], access->option) << access->shift;
	return address + (uint64_t)access->offset;
}

uint64_t hvc_access__address(uint32_t word, const struct hvc_engine_frame *frame)
{
	const unsigned stack = frame->pstate & HVC_PSTATE_SP ? 2 : 0;
	struct hvc_a64_access access;

	if (!hvc_a64__access(word, &access))
		return 0;
	return hvc_access__at(&access, frame->pc, frame->x, frame->sp[stack]);
}
