/* SPDX-License-Identifier: MIT */
/* Loads and stores of A64: which registers, and where in memory (Arm ARM C4.1.94). */
#include "subject/a64.h"

static unsigned field(uint32_t word, unsigned lsb, unsigned width)
{
	return word >> lsb & ((1u << width) - 1);
}

static int64_t signed_field(uint32_t word, unsigned lsb, unsigned width)
{
	int64_t value = field(word, lsb, width);

	return value >> (width - 1) ? value - (INT64_C(1) << width) : value;
}

/* LDP, STP, LDNP, STNP, LDPSW. After a post-index access the register moves, not the address. */
static bool pair(uint32_t word, struct hvc_a64_access *out)
{
	unsigned opc = field(word, 30, 2);

	if (opc == 3)
		return false;
	out->load = field(word, 22, 1);
	out->store = !out->load;
	out->rt2 = field(word, 10, 5);
	out->size = out->vector ? 4u << opc : opc == 2 ? 8 : 4;
	if (field(word, 23, 2) != 1)
		out->offset = signed_field(word, 15, 7) * (int64_t)out->size;
	return true;
}

static bool single(uint32_t word, struct hvc_a64_access *out)
{
	unsigned scale = field(word, 30, 2), opc = field(word, 22, 2);

	if (out->vector)
		scale |= (opc & 2) << 1;
	else if (scale == 3 && opc == 2) /* PRFM */
		return false;
	out->load = out->vector ? opc & 1 : opc != 0;
	out->store = !out->load;
	out->size = 1u << scale;
	if (field(word, 24, 2) == 1) {
		out->offset = (int64_t)field(word, 10, 12) << scale;
	} else if (!field(word, 21, 1)) {
		if (field(word, 10, 2) != 1)
			out->offset = signed_field(word, 12, 9);
	} else if (field(word, 10, 2) == 2) {
		out->indexed = true;
		out->rm = field(word, 16, 5);
		out->shift = field(word, 12, 1) ? scale : 0;
		return field(word, 13, 3) == 3;
	} else {
		/* Atomics return to Rt what was there, and store; LDAPR only loads. */
		out->load = true;
		out->store = field(word, 12, 4) != 12;
		return !out->vector && !field(word, 10, 2);
	}
	return true;
}

bool hvc_a64__access(uint32_t word, struct hvc_a64_access *out)
{
	*out = (struct hvc_a64_access){
	        .vector = field(word, 26, 1),
	        .rn = field(word, 5, 5),
	        .rt = field(word, 0, 5),
	        .rt2 = field(word, 0, 5),
	};
	if (field(word, 27, 3) == 5)
		return pair(word, out);
	if (field(word, 27, 3) == 7)
		return field(word, 24, 2) < 2 && single(word, out);
	if (field(word, 27, 3) == 3 && !field(word, 24, 2) && field(word, 30, 2) < 3) {
		out->load = out->literal = true;
		out->size = out->vector               ? 4u << field(word, 30, 2)
		            : field(word, 30, 2) == 1 ? 8
		                                      : 4;
		out->offset = signed_field(word, 5, 19) * 4;
		return true;
	}
	if (field(word, 24, 6) == 8 && !field(word, 21, 1)) { /* LDXR, STXR, LDAR, STLR */
		out->size = 1u << field(word, 30, 2);
		out->load = field(word, 22, 1);
		out->store = !out->load;
		return true;
	}
	return false;
}
