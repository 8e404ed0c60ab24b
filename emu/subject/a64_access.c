/* SPDX-License-Identifier: MIT */
/* Loads and stores of A64: which registers, and how much of each (Arm ARM C4.1.94). */
#include "subject/a64.h"

static unsigned field(uint32_t word, unsigned lsb, unsigned width)
{
	return word >> lsb & ((1u << width) - 1);
}

/* LDP, STP, LDNP, STNP, LDPSW. */
static bool pair(uint32_t word, struct hvc_a64_access *out)
{
	unsigned opc = field(word, 30, 2);

	if (opc == 3)
		return false;
	out->load = field(word, 22, 1);
	out->store = !out->load;
	out->rt2 = field(word, 10, 5);
	out->size = out->vector ? 4u << opc : opc == 2 ? 8 : 4;
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
	if (field(word, 24, 2) == 1 || !field(word, 21, 1))
		return true;
	if (field(word, 10, 2) == 2)
		return field(word, 13, 3) == 3;
	/* Atomics return to Rt what was there, and store; LDAPR only loads. */
	out->load = true;
	out->store = field(word, 12, 4) != 12;
	return !out->vector && !field(word, 10, 2);
}

bool hvc_a64__access(uint32_t word, struct hvc_a64_access *out)
{
	*out = (struct hvc_a64_access){
	        .vector = field(word, 26, 1),
	        .rt = field(word, 0, 5),
	        .rt2 = field(word, 0, 5),
	};
	if (field(word, 25, 1) || !field(word, 27, 1)) /* no load or store */
		return false;
	if (field(word, 27, 3) == 5)
		return pair(word, out);
	if (field(word, 27, 3) == 7)
		return field(word, 24, 2) < 2 && single(word, out);
	if (field(word, 27, 3) == 3 && !field(word, 24, 2) && field(word, 30, 2) < 3) {
		out->load = true;
		out->size = out->vector               ? 4u << field(word, 30, 2)
		            : field(word, 30, 2) == 1 ? 8
		                                      : 4;
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
