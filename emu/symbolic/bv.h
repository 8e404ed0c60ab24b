/* SPDX-License-Identifier: MIT */
/**
 * Terms: what a program computes from inputs that have only a name. Bit vectors of 1 to 64 bits;
 * a truth value is one of one bit. Internal.
 *
 * Equal terms are the same node, so that comparing is comparing pointers, and every constructor
 * simplifies. What the constructors make is a normal form in these respects: constants stand on
 * the right of a commutative operator and outermost in sums; shifts by constants, zero extension
 * and masks of one run of bits are CONCAT and EXTRACT; there is EQ, ULT and SLT, each other
 * comparison being one of them, its operands exchanged or negated.
 *
 * Terms live as long as their hvc_bvs. When memory or the limit of nodes runs out, constructors
 * go on and return a constant; hvc_bv__status then says so, for good.
 */
#ifndef SYMBOLIC_BV_H
#define SYMBOLIC_BV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hvcheck/hvc.h"

enum hvc_op {
	HVC_OP_CONST,
	HVC_OP_INPUT,
	HVC_OP_OPAQUE, /**< a function of its arguments; crc32* are computed, others have a name
	                  only */
	HVC_OP_ADD,
	HVC_OP_SUB,
	HVC_OP_NEG,
	HVC_OP_MUL,
	HVC_OP_UMULH, /**< upper half of the product; 64 bits only */
	HVC_OP_SMULH,
	HVC_OP_UDIV, /**< 0 where the divisor is 0, as on AArch64 */
	HVC_OP_SDIV,
	HVC_OP_AND,
	HVC_OP_OR,
	HVC_OP_XOR,
	HVC_OP_NOT,
	HVC_OP_SHL, /**< 0 (ASHR: the sign) where the amount is the width or more */
	HVC_OP_LSHR,
	HVC_OP_ASHR,
	HVC_OP_EXTRACT, /**< bits value + width - 1 to value */
	HVC_OP_CONCAT,  /**< arg[0] above arg[1] */
	HVC_OP_SEXT,
	HVC_OP_ITE, /**< arg[0] ? arg[1] : arg[2] */
	HVC_OP_EQ,
	HVC_OP_ULT,
	HVC_OP_SLT,
	HVC_OP_CLZ,
	HVC_OP_RBIT,
	HVC_OP_COUNT,
};

#define HVC_BV_ARGS 3u

/** One node; constant once made. */
struct hvc_bv {
	uint8_t op;    /**< enum hvc_op */
	uint8_t width; /**< 1..64 */
	uint8_t args;
	bool choice : 1; /**< an ITE of constants, and of choices */
	bool opaque : 1; /**< hangs on a function that only has a name */
	uint32_t id;     /**< from 0, in the order of making */
	uint64_t value;  /**< CONST: its value; EXTRACT: lowest bit; INPUT, OPAQUE: its name */
	uint64_t zeros;  /**< bits known to be 0, of the width */
	uint64_t ones;   /**< bits known to be 1 */
	uint64_t uses;   /**< inputs that it depends on: bits 0-39 are one each, the rest several */
	const struct hvc_bv *arg[HVC_BV_ARGS];
};

typedef const struct hvc_bv *hvc_ref;

/** Something that is not known, by its name. */
struct hvc_input {
	const char *name;
	unsigned width;
	unsigned base; /**< its bits are bits base + width - 1 to base of what has that name */
	hvc_ref term;
	uint64_t usual;      /**< what it is where nothing else is asked of it */
	hvc_ref address;     /**< of memory: where it was; else NULL */
	uint8_t encoding[5]; /**< of a system register that has no row; else zero */
};

struct hvc_bvs;

#define HVC_BV_NODES_DEFAULT 4000000u

/** limit: of nodes; 0: HVC_BV_NODES_DEFAULT. HVC_E_NOMEM. */
HVC_MUST_USE enum hvc_status hvc_bv__open(size_t limit, struct hvc_bvs **out);
void hvc_bv__close(struct hvc_bvs *terms);
/** HVC_OK, HVC_E_NOMEM, or HVC_E_RANGE for the limit of nodes. */
enum hvc_status hvc_bv__status(const struct hvc_bvs *terms);
/** Nodes made so far; each has a lower id. */
size_t hvc_bv__nodes(const struct hvc_bvs *terms);

/** Does it depend on a function that only has a name? NULL does not. */
bool hvc_bv__is_opaque(hvc_ref a);

static inline uint64_t hvc_bv__mask(unsigned width)
{
	return width >= 64 ? UINT64_MAX : (UINT64_C(1) << width) - 1;
}

static inline bool hvc_bv__is(hvc_ref a, uint64_t value)
{
	return a->op == HVC_OP_CONST && a->value == value;
}

static inline bool hvc_bv__const(hvc_ref a)
{
	return a->op == HVC_OP_CONST;
}

/** Memory of the terms' lifetime, zeroed; NULL when it ran out, which the status then says. */
void *hvc_bv__take(struct hvc_bvs *terms, size_t size);
/** Text kept once: equal texts are the same pointer. */
const char *hvc_bv__text(struct hvc_bvs *terms, const char *text);

hvc_ref hvc_bv__num(struct hvc_bvs *terms, unsigned width, uint64_t value);
/** The input of a name; the same one for the same name, whose width must be the same. */
hvc_ref hvc_bv__input(struct hvc_bvs *terms, const char *name, unsigned width);
/** Inputs by index, in the order of making; NULL past the last. The caller may fill in. */
struct hvc_input *hvc_bv__input_at(struct hvc_bvs *terms, size_t index);
/** The input that an INPUT node is. */
struct hvc_input *hvc_bv__input_of(struct hvc_bvs *terms, hvc_ref a);
hvc_ref hvc_bv__opaque(struct hvc_bvs *terms, const char *name, unsigned width, hvc_ref a,
                       hvc_ref b, hvc_ref c);
const char *hvc_bv__opaque_name(hvc_ref a);
/** Print this term, and sums of it and a constant, by that name. */
void hvc_bv__alias(struct hvc_bvs *terms, hvc_ref a, const char *name);
const char *hvc_bv__alias_of(const struct hvc_bvs *terms, hvc_ref a);

/* Operands of a binary operator are of one width, which is that of the result. */
hvc_ref hvc_bv__add(struct hvc_bvs *terms, hvc_ref a, hvc_ref b);
hvc_ref hvc_bv__sub(struct hvc_bvs *terms, hvc_ref a, hvc_ref b);
hvc_ref hvc_bv__neg(struct hvc_bvs *terms, hvc_ref a);
hvc_ref hvc_bv__mul(struct hvc_bvs *terms, hvc_ref a, hvc_ref b);
hvc_ref hvc_bv__umulh(struct hvc_bvs *terms, hvc_ref a, hvc_ref b);
hvc_ref hvc_bv__smulh(struct hvc_bvs *terms, hvc_ref a, hvc_ref b);
hvc_ref hvc_bv__udiv(struct hvc_bvs *terms, hvc_ref a, hvc_ref b);
hvc_ref hvc_bv__sdiv(struct hvc_bvs *terms, hvc_ref a, hvc_ref b);
hvc_ref hvc_bv__and(struct hvc_bvs *terms, hvc_ref a, hvc_ref b);
hvc_ref hvc_bv__or(struct hvc_bvs *terms, hvc_ref a, hvc_ref b);
hvc_ref hvc_bv__xor(struct hvc_bvs *terms, hvc_ref a, hvc_ref b);
hvc_ref hvc_bv__not(struct hvc_bvs *terms, hvc_ref a);
hvc_ref hvc_bv__shl(struct hvc_bvs *terms, hvc_ref a, hvc_ref by);
hvc_ref hvc_bv__lshr(struct hvc_bvs *terms, hvc_ref a, hvc_ref by);
hvc_ref hvc_bv__ashr(struct hvc_bvs *terms, hvc_ref a, hvc_ref by);
/** Rotate right; by is taken modulo the width, a power of two. */
hvc_ref hvc_bv__ror(struct hvc_bvs *terms, hvc_ref a, hvc_ref by);
hvc_ref hvc_bv__extract(struct hvc_bvs *terms, hvc_ref a, unsigned high, unsigned low);
/** Widths add up to at most 64. */
hvc_ref hvc_bv__concat(struct hvc_bvs *terms, hvc_ref high, hvc_ref low);
/** To that width; cut when it is less. */
hvc_ref hvc_bv__zext(struct hvc_bvs *terms, hvc_ref a, unsigned width);
hvc_ref hvc_bv__sext(struct hvc_bvs *terms, hvc_ref a, unsigned width);
hvc_ref hvc_bv__clz(struct hvc_bvs *terms, hvc_ref a);
hvc_ref hvc_bv__rbit(struct hvc_bvs *terms, hvc_ref a);
/** Bytes reversed within each group of `group` bits. */
hvc_ref hvc_bv__rev(struct hvc_bvs *terms, hvc_ref a, unsigned group);
/** Truth values. */
hvc_ref hvc_bv__eq(struct hvc_bvs *terms, hvc_ref a, hvc_ref b);
hvc_ref hvc_bv__ult(struct hvc_bvs *terms, hvc_ref a, hvc_ref b);
hvc_ref hvc_bv__slt(struct hvc_bvs *terms, hvc_ref a, hvc_ref b);
hvc_ref hvc_bv__ite(struct hvc_bvs *terms, hvc_ref c, hvc_ref a, hvc_ref b);

/** What a term is bits of, and the lowest of them; itself, from bit 0 on, where it is no extract.
 */
static inline hvc_ref hvc_bv__root(hvc_ref a, unsigned *low)
{
	*low = a->op == HVC_OP_EXTRACT ? (unsigned)a->value : 0;
	return a->op == HVC_OP_EXTRACT ? a->arg[0] : a;
}

/** A sum taken apart: *base + the result; *base is NULL when a is a constant. */
uint64_t hvc_bv__offset(hvc_ref a, hvc_ref *base);

/** Values of inputs, by index; those from `count` on, and where value is NULL, are as usual. */
struct hvc_model {
	uint64_t *value;
	bool *given; /**< NULL: each of value is */
	size_t count;
};

/** The value of a term; 0 where memory ran out, which the status then says. */
uint64_t hvc_bv__eval(struct hvc_bvs *terms, hvc_ref a, const struct hvc_model *model);
/** Value of one operator, the one place where it is written down what each computes. */
uint64_t hvc_bv__apply(enum hvc_op op, unsigned width, uint64_t low, const unsigned *widths,
                       const uint64_t *arg);

/**
 * The term with others in the place of some of its parts: `replace` returns what takes a part's
 * place, or NULL, and its own parts are looked at.
 */
hvc_ref hvc_bv__rewrite(struct hvc_bvs *terms, hvc_ref a,
                        hvc_ref (*replace)(void *ctx, hvc_ref part), void *ctx);

/** The indices of the inputs that a term depends on, ascending; returns how many there are. */
size_t hvc_bv__inputs(struct hvc_bvs *terms, hvc_ref a, size_t *index, size_t most);

/**
 * As people write it: "x0 + 0x10", "w0", "vbar_el2 & ~0x7ff", in the language of expr.h as far as
 * that has words for it; truth values as "x0 = 2", "w0 < 0x10". Cut to size.
 */
void hvc_bv__print(struct hvc_bvs *terms, hvc_ref a, char *text, size_t size);

#endif
