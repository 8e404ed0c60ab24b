/* SPDX-License-Identifier: MIT */
/* Encodings: Arm ARM (DDI 0487) C4.1, "Loads and Stores" and "System instructions". */
#include "machine/access.h"

#include "hvcheck/arch.h"

static uint32_t bits(uint32_t word, unsigned high, unsigned low)
{
	return word >> low & ((UINT32_C(2) << (high - low)) - 1);
}

static int64_t signed_bits(uint32_t word, unsigned high, unsigned low)
{
	const int64_t half = INT64_C(1) << (high - low);

	return (int64_t)(bits(word, high, low) ^ (uint32_t)half) - half;
}

/* Two registers; post-indexed (1) it is the base alone. */
static void of_pair(uint32_t word, struct hvc_data_access *out)
{
	const unsigned opc = bits(word, 31, 30);
	unsigned size = opc == 2 ? 8 : 4; /* and LDPSW */

	if (word & 1u << 26)
		size = 4u << opc;
	else if (opc == 1 && !(word & 1u << 22))
		size = 16; /* STGP */
	if (bits(word, 24, 23) != 1)
		out->offset = signed_bits(word, 21, 15) * (int64_t)size;
}

/* One register: bits 29:27 are 7. */
static void of_single(uint32_t word, struct hvc_data_access *out)
{
	const unsigned scale =
	        word & 1u << 26 && word & 1u << 23 ? 4 : (unsigned)bits(word, 31, 30);
	const unsigned form = bits(word, 11, 10);

	if (word & 1u << 24) {
		out->offset = (int64_t)bits(word, 21, 10) << scale;
	} else if (!(word & 1u << 21)) {
		if (form != 1) /* post-indexed */
			out->offset = signed_bits(word, 20, 12);
	} else if (form == 2) {
		out->index = bits(word, 20, 16) == 31 ? HVC_ACCESS_NONE : bits(word, 20, 16);
		out->option = bits(word, 15, 13);
		out->shift = word & 1u << 12 ? scale : 0;
	} else if (form & 1) { /* LDRAA, LDRAB */
		out->offset = ((int64_t)bits(word, 20, 12) - (word & 1u << 22 ? 512 : 0)) * 8;
	} /* else atomic: the base alone */
}

/* Literals, LDAPR and STLR with an offset, allocation tags: bits 29:27 are 3. */
static void of_other(uint32_t word, struct hvc_data_access *out)
{
	if (!(word & 1u << 24)) {
		out->base = HVC_ACCESS_NONE;
		out->offset = signed_bits(word, 23, 5) * 4;
	} else if (!(word & 1u << 21)) {
		out->offset = signed_bits(word, 20, 12);
	} else if (bits(word, 11, 10) != 1) {
		out->offset = signed_bits(word, 20, 12) * 16;
	}
}

bool hvc_access__decode(uint32_t word, struct hvc_data_access *out)
{
	*out = (struct hvc_data_access){.base = HVC_ACCESS_NONE, .index = HVC_ACCESS_NONE};
	/* DC, IC, AT: SYS with CRn 7 */
	if (bits(word, 31, 19) == 0x1aa1 && bits(word, 15, 12) == 7) {
		if (bits(word, 4, 0) == 31)
			return false;
		out->base = bits(word, 4, 0);
		return true;
	}
	if ((word >> 25 & 5) != 4)
		return false;
	out->base = bits(word, 9, 5);
	switch (bits(word, 29, 27)) {
	case 3:
		of_other(word, out);
		break;
	case 5:
		of_pair(word, out);
		break;
	case 7:
		of_single(word, out);
		break;
	default: /* exclusive, ordered, structures: the base alone */
		break;
	}
	return true;
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

uint64_t hvc_access__at(const struct hvc_data_access *access, uint64_t pc, const uint64_t x[31],
                        uint64_t sp)
{
	uint64_t address = access->base == HVC_ACCESS_SP     ? sp
	                   : access->base == HVC_ACCESS_NONE ? pc
	                                                     : x[access->base];

	if (access->index != HVC_ACCESS_NONE)
		address += extend(x[access->index], access->option) << access->shift;
	return address + (uint64_t)access->offset;
}

uint64_t hvc_access__address(uint32_t word, const struct hvc_engine_frame *frame)
{
	const unsigned stack = frame->pstate & HVC_PSTATE_SP ? 2 : 0;
	struct hvc_data_access access;

	if (!hvc_access__decode(word, &access))
		return 0;
	return hvc_access__at(&access, frame->pc, frame->x, frame->sp[stack]);
}
