/* SPDX-License-Identifier: MIT */
/**
 * The lifter: one A64 instruction as what it does to a way. Encodings: Arm ARM (DDI 0487) C4.1,
 * the A64 encoding index; operations: C6.2, C7.2. Internal.
 */
#ifndef SYMBOLIC_LIFT_H
#define SYMBOLIC_LIFT_H

#include "hvcheck/arch.h"
#include "symbolic/scene.h"

/** Where control goes after an instruction. */
enum hvc_next {
	HVC_NEXT_FALL,     /**< to the next instruction */
	HVC_NEXT_BRANCH,   /**< to `to` */
	HVC_NEXT_CHOICE,   /**< to `to` where `condition` holds, else to the next */
	HVC_NEXT_INDIRECT, /**< to `target` */
	HVC_NEXT_ERET,
	HVC_NEXT_SMC,
	HVC_NEXT_WAIT,     /**< WFI, WFE: to the next instruction, in time */
	HVC_NEXT_FAULT,    /**< an exception of class `ec`; nothing was done */
	HVC_NEXT_ASK,      /**< it depends on `condition`: decide it, and lift again */
	HVC_NEXT_UNLIFTED, /**< `why`; nothing was done */
	HVC_NEXT_FAILED,   /**< memory ran out, or the like: see the status of the terms */
};

struct hvc_lift {
	struct hvc_scene *scene;
	struct hvc_way *way;
	struct hvc_bvs *t; /**< the scene's terms */
	uint64_t pc;
	uint32_t word;
	enum hvc_next next;
	bool call;    /**< BL, BLR */
	bool returns; /**< RET */
	uint64_t to;
	hvc_ref condition, target;
	enum hvc_ec ec;
	const char *why;
	bool aligned; /**< the address has been found to be, which the first access asks */
};

/** Lift the word at the way's pc. The way's registers and memory are as after it; pc stays. */
void hvc_lift__word(struct hvc_scene *scene, struct hvc_way *way, uint32_t word,
                    struct hvc_lift *out);
/** Name of the class of encodings that a word is in, "" when it is in none that is lifted. */
const char *hvc_lift__class(uint32_t word);

/* One row a class of encodings; files hold what belongs together. */
struct hvc_lift_row {
	uint32_t mask, value;
	void (*lift)(struct hvc_lift *l);
	const char *name;
};

#define HVC_LIFT_END             \
	{                        \
		0, 0, NULL, NULL \
	}

extern const struct hvc_lift_row hvc_lift__immediate[], hvc_lift__register[], hvc_lift__branch[],
        hvc_lift__system[], hvc_lift__memory[], hvc_lift__atomic[], hvc_lift__pauth[],
        hvc_lift__simd[], hvc_lift__vector[], hvc_lift__shuffle[];

/* What the files share. Field of the word: */
static inline unsigned hvc_lift__field(const struct hvc_lift *l, unsigned low, unsigned width)
{
	return l->word >> low & ((1u << width) - 1);
}

static inline int64_t hvc_lift__signed(const struct hvc_lift *l, unsigned low, unsigned width)
{
	return (int64_t)((uint64_t)hvc_lift__field(l, low, width) << (64 - width)) >> (64 - width);
}

/** 64, or 32 where bit 31 is clear. */
static inline unsigned hvc_lift__width(const struct hvc_lift *l)
{
	return l->word >> 31 ? 64 : 32;
}

static inline hvc_ref hvc_lift__num(struct hvc_lift *l, unsigned width, uint64_t value)
{
	return hvc_bv__num(l->t, width, value);
}

/** Register n cut to width; 31 is zero. */
hvc_ref hvc_lift__x(struct hvc_lift *l, unsigned n, unsigned width);
/** Register n cut to width; 31 is the stack pointer. */
hvc_ref hvc_lift__xsp(struct hvc_lift *l, unsigned n, unsigned width);
/** Set it, zero-extended. */
void hvc_lift__set_x(struct hvc_lift *l, unsigned n, hvc_ref value);
void hvc_lift__set_xsp(struct hvc_lift *l, unsigned n, hvc_ref value);
/** End the instruction without an effect. */
void hvc_lift__unlifted(struct hvc_lift *l, const char *why);
void hvc_lift__undefined(struct hvc_lift *l);
/** Is the address as aligned as it has to be? False: the instruction ends here. Loads, stores ask.
 */
bool hvc_lift__aligned(struct hvc_lift *l, hvc_ref address);
/** Load or store; false: the instruction ends here, as a fault or failure. */
bool hvc_lift__load(struct hvc_lift *l, hvc_ref address, unsigned size, hvc_ref *value);
bool hvc_lift__store(struct hvc_lift *l, hvc_ref address, unsigned size, hvc_ref value);
/** Is a condition known? False: it has to be asked, and the instruction ends here. */
bool hvc_lift__known(struct hvc_lift *l, hvc_ref condition, bool *holds);
/** Set the flags to the bits of a result, or to those of a sum with two operands. */
void hvc_lift__flags(struct hvc_lift *l, enum hvc_flags_kind kind, hvc_ref a, hvc_ref b);
/** DecodeBitMasks of the Arm ARM, of logical immediates; false: reserved. */
bool hvc_lift__bit_mask(unsigned n, unsigned imms, unsigned immr, unsigned width, uint64_t *mask);
/** a shifted: type 0 LSL, 1 LSR, 2 ASR, 3 ROR. */
hvc_ref hvc_lift__shift(struct hvc_lift *l, hvc_ref a, unsigned type, hvc_ref by);
/** A pointer authenticated by a key, 0 to 3: IA, IB, DA, DB. Itself when that is off. */
hvc_ref hvc_lift__authenticate(struct hvc_lift *l, unsigned key, hvc_ref a, hvc_ref modifier);
/** PACIASP and its kin, by CRm:op2; false: the hint is none of them. */
bool hvc_lift__sign_hint(struct hvc_lift *l, unsigned hint);
/** ExtendReg of the Arm ARM. */
hvc_ref hvc_lift__extend(struct hvc_lift *l, unsigned m, unsigned option, unsigned shift,
                         unsigned width);

#endif
