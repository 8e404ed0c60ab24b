/* SPDX-License-Identifier: MIT */
/* Sources: Arm ARM (DDI 0487) D8.2, D8.3 for tables and descriptors, D24 for TCR_EL2. */
#include "subject/translation.h"

#include "hvcheck/arch.h"
#include "hvcheck/limit.h"

#define VALID      UINT64_C(1)
#define TABLE      UINT64_C(2) /* a table, and at level 3 a page */
#define READ_ONLY  (UINT64_C(1) << 7)
#define ACCESSED   (UINT64_C(1) << 10)
#define XN         (UINT64_C(1) << 54) /* of one privilege level */
#define PXN        (UINT64_C(1) << 53) /* of two: EL2's own */
#define TCR_HD     (UINT64_C(1) << 22) /* hardware manages dirty state, TCR_EL2 */
#define DBM        (UINT64_C(1) << 51)
#define LAST_LEVEL 3u

/* One of the two ranges of addresses. */
struct range {
	const struct hvc_translation *t;
	uint64_t base;                /* of the virtual addresses */
	uint64_t table;               /* physical address of the first table */
	unsigned granule, bits;       /* of a page, and of what is translated */
	unsigned level;               /* of the first table */
	bool host, accessed, dirties; /* HCR_EL2.E2H; the hardware sets the flags itself */
	uint64_t *visited;            /* descriptors so far */
};

static unsigned shift_at(const struct range *range, unsigned level)
{
	return range->granule + (LAST_LEVEL - level) * (range->granule - 3);
}

/* Output address of a descriptor for what is aligned to 2^low; 64 KiB pages have 52 bits. */
static uint64_t output(const struct range *range, uint64_t descriptor, unsigned low)
{
	uint64_t address = descriptor & ((UINT64_C(1) << 48) - 1) & ~((UINT64_C(1) << low) - 1);

	if (range->granule == 16)
		address |= (descriptor >> 12 & 0xf) << 48;
	return address;
}

/* Blocks are there at level 2, and at level 1 with 4 KiB pages. */
static bool is_leaf(const struct range *range, unsigned level, uint64_t descriptor)
{
	if (level == LAST_LEVEL)
		return descriptor & TABLE;
	return !(descriptor & TABLE) && (level == 2 || (level == 1 && range->granule == 12));
}

static enum hvc_status walk(const struct range *range, uint64_t table, unsigned level,
                            uint64_t base, struct hvc_diag *diag)
{
	const unsigned shift = shift_at(range, level);
	const unsigned bits = level == range->level ? range->bits - shift : range->granule - 3;

	for (uint64_t i = 0; i < UINT64_C(1) << bits; i++) {
		uint64_t descriptor, address = base + (i << shift);

		if (++*range->visited > HVC_LIMIT_DESCRIPTORS)
			return hvc_diag_set(diag, HVC_E_RANGE, NULL, 0, 0,
			                    "EL2's translation tables have more than %u "
			                    "descriptors",
			                    HVC_LIMIT_DESCRIPTORS);
		if (!range->t->read(range->t->ctx, table + 8 * i, &descriptor) ||
		    !(descriptor & VALID))
			continue;
		if (is_leaf(range, level, descriptor)) {
			bool writable =
			        !(descriptor & READ_ONLY) || (range->dirties && descriptor & DBM);

			if (descriptor & ACCESSED || range->accessed)
				HVC_TRY(range->t->map(
				        range->t->ctx, address, output(range, descriptor, shift),
				        UINT64_C(1) << shift,
				        writable && descriptor & (range->host ? PXN : XN)));
		} else if (level < LAST_LEVEL && descriptor & TABLE) {
			HVC_TRY(walk(range, output(range, descriptor, range->granule), level + 1,
			             address, diag));
		}
	}
	return HVC_OK;
}

/* size: TCR_EL2.TnSZ; granule: 12, 14 or 16, 0 where TGn is reserved. */
static enum hvc_status walk_range(struct range *range, unsigned size, uint64_t ttbr,
                                  struct hvc_diag *diag)
{
	unsigned levels, top;

	if (!range->granule || size < 16 || size > 48)
		return hvc_diag_set(diag, HVC_E_RANGE, NULL, 0, 0,
		                    "TCR_EL2 is 0x%llx, whose pages or sizes are none",
		                    (unsigned long long)range->t->tcr);
	range->bits = 64 - size;
	levels = (range->bits - 4) / (range->granule - 3);
	range->level = LAST_LEVEL + 1 - levels;
	/* The first table is aligned to its size, of 64 bytes at least. */
	top = range->bits - shift_at(range, range->level) + 3;
	range->table = output(range, ttbr & ~UINT64_C(0xffff000000000001), top < 6 ? 6 : top);
	if (range->granule == 16)
		range->table = (range->table & ((UINT64_C(1) << 48) - 1)) | (ttbr >> 2 & 0xf) << 48;
	return walk(range, range->table, range->level, range->base, diag);
}

enum hvc_status hvc_translation__walk(const struct hvc_translation *t, struct hvc_diag *diag)
{
	/* TG0 and TG1 have the same three sizes by other numbers. */
	static const unsigned lower[4] = {12, 16, 14, 0}, upper[4] = {0, 14, 12, 16};
	const bool host = t->hcr & HVC_HCR_E2H;
	uint64_t visited = 0;
	struct range range = {.t = t, .visited = &visited, .host = host};

	if (t->tcr >> (host ? 59 : 32) & 1)
		return hvc_diag_set(
		        diag, HVC_E_UNSUPPORTED, NULL, 0, 0,
		        "EL2's translation tables have 52-bit descriptors (TCR_EL2.DS)");
	range.accessed = t->tcr >> (host ? 39 : 21) & 1;
	range.dirties = host ? t->tcr >> 40 & 1 : (t->tcr & TCR_HD) != 0;
	range.granule = lower[t->tcr >> 14 & 3];
	/* EPD0 and EPD1 turn a range off. */
	if (!host || !(t->tcr >> 7 & 1))
		HVC_TRY(walk_range(&range, t->tcr & 0x3f, t->ttbr0, diag));
	if (!host || t->tcr >> 23 & 1)
		return HVC_OK;
	range.granule = upper[t->tcr >> 30 & 3];
	range.base = 0 - (UINT64_C(1) << (64 - (t->tcr >> 16 & 0x3f)) % 64);
	return walk_range(&range, t->tcr >> 16 & 0x3f, t->ttbr1, diag);
}
