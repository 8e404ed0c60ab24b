/* SPDX-License-Identifier: MIT */
/** Tiny images in a world that says what lies around them. */
#ifndef AROUND_H
#define AROUND_H

#include "machine/supplied.h"
#include "tiny_image.h"

#define CODE (TINY_BASE + TINY_CODE)

#define A64_BLR(rn)          (UINT32_C(0xd63f0000) | (uint32_t)(rn) << 5)
#define A64_BL(offset)       (UINT32_C(0x94000000) | ((uint32_t)(offset) >> 2 & 0x3ffffff))
#define A64_LDRW(rt, rn)     (UINT32_C(0xb9400000) | (uint32_t)(rn) << 5 | (rt))
#define A64_LDUR(rt, rn, at) (UINT32_C(0xf8400000) | ((at)&0x1ff) << 12 | (rn) << 5 | (rt))
#define A64_STUR(rt, rn, at) (UINT32_C(0xf8000000) | ((at)&0x1ff) << 12 | (rn) << 5 | (rt))
#define A64_DC_ZVA(rt)       (UINT32_C(0xd50b7420) | (rt))
#define A64_LDXR(rt, rn)     (UINT32_C(0xc85f7c00) | (uint32_t)(rn) << 5 | (rt))
#define A64_STXR(rs, rt, rn) (UINT32_C(0xc8007c00) | (rs) << 16 | (uint32_t)(rn) << 5 | (rt))
#define A64_ADDX(rd, rn, rm) (UINT32_C(0x8b000000) | (rm) << 16 | (uint32_t)(rn) << 5 | (rd))

#define NOWHERE UINT64_C(0x9000000) /* no memory around it */

static inline void begin(struct tiny_image *image, unsigned zero_pages)
{
	tiny_init(image, HVC_CPU_A72);
	image->world.zero_pages = zero_pages;
	tiny_put(image, TINY_LOWER, A64_B(TINY_CODE - TINY_LOWER));
}

static inline struct hvc_call call_of(uint64_t x0, uint64_t x1)
{
	struct hvc_call call;

	hvc_call_init(&call, 0);
	call.x[0] = x0;
	call.x[1] = x1;
	return call;
}

static inline struct hvc_outcome call_with(struct hvc_machine *machine, uint64_t x0, uint64_t x1)
{
	struct hvc_call call = call_of(x0, x1);

	return tiny_call(machine, &call);
}

/* The account of all calls since the last time. */
static inline struct hvc_supplied account(struct hvc_machine *machine)
{
	struct hvc_supplied supplied = {0};

	ck_assert_int_eq(hvc_machine_supplied(machine, &supplied), HVC_OK);
	hvc_supplied__sort(&supplied);
	return supplied;
}

static inline void assert_row(const struct hvc_supplied *supplied, unsigned at,
                              enum hvc_supply_kind kind, uint64_t address, uint64_t calls)
{
	ck_assert_uint_lt(at, supplied->rows);
	ck_assert_str_eq(hvc_supply_name(supplied->row[at].kind), hvc_supply_name(kind));
	assert_hex(supplied->row[at].address, address);
	ck_assert_uint_eq(supplied->row[at].calls, calls);
}

#endif
