/* SPDX-License-Identifier: MIT */
/* Encodings: Arm ARM (DDI 0487) C4.1. */
#include "subject/percpu.h"

#include "hvcheck/arch.h"
#include "subject/def_use.h"
#include "subject/walk.h"

#define LIMIT 4096u /* instructions looked at */
#define SLOTS 16u

struct look {
	uint32_t image, thread; /* a bit for each of x0 to x30 that holds an address, TPIDR_EL2 */
	uint64_t at;            /* of the first addition of the two; 0: none so far */
	bool pointer;
};

static unsigned field(uint32_t word, unsigned low)
{
	return word >> low & 31;
}

/* Rd := address of the image: ADR, ADRP, and ADD of an immediate to one. */
static bool makes_address(const struct look *look, uint32_t word)
{
	if ((word & UINT32_C(0x1f000000)) == UINT32_C(0x10000000))
		return true;
	return (word & UINT32_C(0xff800000)) == UINT32_C(0x91000000) &&
	       look->image >> field(word, 5) & 1;
}

/* ADD (shifted register), and loads and stores by two registers. */
static bool sums(uint32_t word)
{
	return (word & UINT32_C(0xffe0fc00)) == UINT32_C(0x8b000000) ||
	       (word & UINT32_C(0x3b200c00)) == UINT32_C(0x38200800);
}

/* One register of each kind. */
static bool adds_both(const struct look *look, uint32_t word)
{
	unsigned n = field(word, 5), m = field(word, 16);

	return sums(word) && ((look->image >> n & look->thread >> m & 1) ||
	                      (look->image >> m & look->thread >> n & 1));
}

static bool visit(void *ctx, uint64_t address, uint32_t word, bool leader)
{
	struct look *look = ctx;
	struct hvc_def_use uses;
	bool makes;

	if (leader)
		look->image = look->thread = 0;
	makes = makes_address(look, word);
	hvc_def_use__of(word, &uses);
	if (!look->at && adds_both(look, word))
		look->at = address;
	/* By two registers, the address may have been made in a block before: that says nothing. */
	if (!sums(word) && uses.address & look->thread)
		look->pointer = true;
	look->image &= ~uses.writes;
	look->thread &= ~uses.writes;
	if (makes)
		look->image |= uses.writes;
	if ((word & ~UINT32_C(31)) == UINT32_C(0xd53cd040)) /* MRS Xt, TPIDR_EL2 */
		look->thread |= uses.writes;
	return true;
}

enum hvc_status hvc_percpu__find(const struct hvc_image *image, bool *is_offset, uint64_t *at)
{
	uint64_t entry[SLOTS];
	struct look look = {.image = 0};
	const struct hvc_walk walk = {
	        .image = image,
	        .entry = entry,
	        .entries = SLOTS,
	        .limit = LIMIT,
	        .into_calls = true,
	        .visit = visit,
	        .ctx = &look,
	};

	for (unsigned i = 0; i < SLOTS; i++)
		entry[i] = image->vectors + i * (HVC_VECTOR_TABLE_SIZE / SLOTS);
	HVC_TRY(hvc_walk__run(&walk));
	*is_offset = look.at && !look.pointer;
	*at = look.at;
	return HVC_OK;
}
