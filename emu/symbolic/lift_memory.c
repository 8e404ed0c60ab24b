/* SPDX-License-Identifier: MIT */
/* Loads and stores of one and two registers (Arm ARM C4.1.94). */
#include "symbolic/lift_vector.h"

#define field  hvc_lift__field
#define number hvc_lift__num

#define WRITE_BACK_CLASH "write-back to a register that is transferred (CONSTRAINED UNPREDICTABLE)"

static hvc_ref plus(struct hvc_lift *l, hvc_ref a, uint64_t offset)
{
	return hvc_bv__add(l->t, a, number(l, 64, offset));
}

/* What is moved: an integer or FP/SIMD register, and how. */
struct transfer {
	unsigned t;
	unsigned size;  /* bytes */
	unsigned width; /* of the register that a load fills */
	bool simd, load, sign;
};

/* A load, as the 64 or 128 bits that the register holds then. */
static bool load(struct hvc_lift *l, const struct transfer *what, hvc_ref address, hvc_ref value[2])
{
	hvc_ref low;

	value[1] = number(l, 64, 0);
	if (what->size == 16)
		return hvc_lift__load(l, address, 8, &value[0]) &&
		       hvc_lift__load(l, plus(l, address, 8), 8, &value[1]);
	if (!hvc_lift__load(l, address, what->size, &low))
		return false;
	if (what->sign)
		low = hvc_bv__sext(l->t, low, what->width);
	value[0] = hvc_bv__zext(l->t, low, 64);
	return true;
}

static void fill(struct hvc_lift *l, const struct transfer *what, hvc_ref value[2])
{
	if (!what->simd) {
		hvc_lift__set_x(l, what->t, value[0]);
		return;
	}
	l->way->q[what->t][0] = value[0];
	l->way->q[what->t][1] = value[1];
	l->way->simd = true;
}

static bool store(struct hvc_lift *l, const struct transfer *what, hvc_ref address)
{
	hvc_ref value =
	        what->simd ? hvc_way__q(l->scene, l->way, what->t, 0) : hvc_lift__x(l, what->t, 64);

	if (what->size == 16)
		return hvc_lift__store(l, address, 8, value) &&
		       hvc_lift__store(l, plus(l, address, 8), 8,
		                       hvc_way__q(l->scene, l->way, what->t, 1));
	return hvc_lift__store(l, address, what->size, hvc_bv__zext(l->t, value, 8 * what->size));
}

static void transfer(struct hvc_lift *l, const struct transfer *what, hvc_ref address)
{
	hvc_ref value[2];

	if (!what->load)
		(void)store(l, what, address);
	else if (load(l, what, address, value))
		fill(l, what, value);
}

enum decoded { MOVE, PREFETCH, RESERVED };

/* size, V and opc of the forms with one register. */
static enum decoded decode(const struct hvc_lift *l, struct transfer *what)
{
	unsigned size = field(l, 30, 2), opc = field(l, 22, 2);

	*what = (struct transfer){.t = field(l, 0, 5), .size = 1u << size, .width = 64};
	what->simd = field(l, 26, 1);
	if (what->simd) {
		if (opc >= 2 && size)
			return RESERVED;
		what->load = opc & 1;
		what->size = opc >= 2 ? 16 : what->size;
		return MOVE;
	}
	if (size == 3 && opc == 2)
		return PREFETCH;
	if (opc == 3 && size >= 2)
		return RESERVED;
	what->load = opc != 0;
	what->sign = opc >= 2;
	what->width = opc == 3 ? 32 : 64;
	return MOVE;
}

static void unsigned_offset(struct hvc_lift *l)
{
	struct transfer what;
	enum decoded decoded = decode(l, &what);

	if (decoded == RESERVED)
		hvc_lift__undefined(l);
	else if (decoded == MOVE)
		transfer(l, &what,
		         plus(l, hvc_lift__xsp(l, field(l, 5, 5), 64),
		              (uint64_t)field(l, 10, 12) * what.size));
}

/* Unscaled, post-indexed, unprivileged and pre-indexed: bits 11:10. */
static void signed_offset(struct hvc_lift *l)
{
	unsigned n = field(l, 5, 5), mode = field(l, 10, 2);
	bool writes = mode & 1;
	struct transfer what;
	enum decoded decoded = decode(l, &what);
	hvc_ref base = hvc_lift__xsp(l, n, 64),
	        moved = plus(l, base, (uint64_t)hvc_lift__signed(l, 12, 9));

	if (decoded == RESERVED || (decoded == PREFETCH && mode) || (what.simd && mode == 2)) {
		hvc_lift__undefined(l);
		return;
	}
	if (decoded == PREFETCH)
		return;
	if (writes && !what.simd && what.t == n && n != 31) {
		hvc_lift__unlifted(l, WRITE_BACK_CLASH);
		return;
	}
	transfer(l, &what, mode == 1 ? base : moved);
	if (writes && l->next == HVC_NEXT_FALL)
		hvc_lift__set_xsp(l, n, moved);
}

static void register_offset(struct hvc_lift *l)
{
	unsigned option = field(l, 13, 3), shift = 0;
	struct transfer what;
	enum decoded decoded = decode(l, &what);

	if (decoded == RESERVED || !(option & 2)) {
		hvc_lift__undefined(l);
		return;
	}
	if (decoded == PREFETCH)
		return;
	while (field(l, 12, 1) && 1u << shift != what.size)
		shift++;
	transfer(l, &what,
	         hvc_bv__add(l->t, hvc_lift__xsp(l, field(l, 5, 5), 64),
	                     hvc_lift__extend(l, field(l, 16, 5), option, shift, 64)));
}

static void literal(struct hvc_lift *l)
{
	unsigned opc = field(l, 30, 2);
	struct transfer what = {.t = field(l, 0, 5), .width = 64, .load = true};

	what.simd = field(l, 26, 1);
	what.size = what.simd ? 4u << opc : opc == 1 ? 8 : 4;
	what.sign = !what.simd && opc == 2;
	if (what.simd && opc == 3)
		hvc_lift__undefined(l);
	else if (what.simd || opc != 3)
		transfer(l, &what, number(l, 64, l->pc + 4 * (uint64_t)hvc_lift__signed(l, 5, 19)));
}

static bool move_pair(struct hvc_lift *l, struct transfer what[2], hvc_ref address)
{
	hvc_ref value[2][2], second = plus(l, address, what->size);

	if (!what->load)
		return store(l, &what[0], address) && store(l, &what[1], second);
	if (!load(l, &what[0], address, value[0]) || !load(l, &what[1], second, value[1]))
		return false;
	fill(l, &what[0], value[0]);
	fill(l, &what[1], value[1]);
	return true;
}

/* mode, bits 24:23: 0 no allocate, 1 post-indexed, 2 offset, 3 pre-indexed. */
static void pair(struct hvc_lift *l)
{
	unsigned opc = field(l, 30, 2), mode = field(l, 23, 2), n = field(l, 5, 5);
	struct transfer what[2] = {{.t = field(l, 0, 5), .width = 64, .load = field(l, 22, 1)}};
	hvc_ref base = hvc_lift__xsp(l, n, 64), moved;

	what->simd = field(l, 26, 1);
	what->size = what->simd ? 4u << opc : opc >> 1 ? 8 : 4;
	what->sign = !what->simd && opc == 1;
	if (opc == 3 || (what->sign && (!what->load || !mode))) {
		hvc_lift__undefined(l);
		return;
	}
	what[1] = what[0];
	what[1].t = field(l, 10, 5);
	if (what->load && what[0].t == what[1].t) {
		hvc_lift__unlifted(l, "a load of two values to one register");
		return;
	}
	if (mode & 1 && !what->simd && n != 31 && (what[0].t == n || what[1].t == n)) {
		hvc_lift__unlifted(l, WRITE_BACK_CLASH);
		return;
	}
	moved = plus(l, base, (uint64_t)hvc_lift__signed(l, 15, 7) * what->size);
	if (move_pair(l, what, mode == 1 ? base : moved) && mode & 1)
		hvc_lift__set_xsp(l, n, moved);
}

/* LDAPUR, STLUR and their kin: as the unscaled ones. */
static void ordered_offset(struct hvc_lift *l)
{
	struct transfer what;
	enum decoded decoded = decode(l, &what);

	if (decoded != MOVE || what.simd)
		hvc_lift__undefined(l);
	else
		transfer(l, &what,
		         plus(l, hvc_lift__xsp(l, field(l, 5, 5), 64),
		              (uint64_t)hvc_lift__signed(l, 12, 9)));
}

/* LD1, ST1 of one to four registers: one after another, whatever the elements. */
static void structures(struct hvc_lift *l)
{
	static const uint8_t registers[16] = {[2] = 4, [6] = 3, [7] = 1, [10] = 2};
	unsigned count = registers[field(l, 12, 4)], n = field(l, 5, 5), m = field(l, 16, 5);
	struct transfer what = {.simd = true,
	                        .width = 64,
	                        .size = field(l, 30, 1) ? 16 : 8,
	                        .load = field(l, 22, 1)};
	hvc_ref base = hvc_lift__xsp(l, n, 64), value[4][2];

	if (!count) {
		hvc_lift__unlifted(l, "a load or store of structures");
		return;
	}
	for (unsigned i = 0; i < count; i++) {
		what.t = (field(l, 0, 5) + i) % 32;
		if (what.load ? !load(l, &what, plus(l, base, (uint64_t)i * what.size), value[i])
		              : !store(l, &what, plus(l, base, (uint64_t)i * what.size)))
			return;
	}
	for (unsigned i = 0; what.load && i < count; i++) {
		what.t = (field(l, 0, 5) + i) % 32;
		fill(l, &what, value[i]);
	}
	if (field(l, 23, 1))
		hvc_lift__set_xsp(l, n,
		                  hvc_bv__add(l->t, base,
		                              m == 31 ? number(l, 64, (uint64_t)count * what.size)
		                                      : hvc_lift__x(l, m, 64)));
}

/* LD1, ST1 of one element, and LD1R, of all that are the same. */
static void one_element(struct hvc_lift *l)
{
	unsigned opcode = field(l, 13, 3), n = field(l, 5, 5), m = field(l, 16, 5),
	         t = field(l, 0, 5);
	unsigned low = field(l, 10, 2), log = opcode >> 1, index = field(l, 30, 1) << 3;
	bool replicate = opcode == 6, loads = field(l, 22, 1);
	hvc_ref base = hvc_lift__xsp(l, n, 64), one;
	struct hvc_vector v;

	index |= field(l, 12, 1) << 2 | low;
	if (replicate)
		log = low;
	else if (log == 2 && low & 1)
		log = 3;
	if (opcode & 1 || field(l, 21, 1) || (replicate && (!loads || field(l, 12, 1))) ||
	    (!replicate && index & (log == 3 ? 6 : (1u << log) - 1u))) {
		hvc_lift__unlifted(l, "a load or store of structures");
		return;
	}
	v = hvc_vector__shaped(l, log);
	if (!replicate) {
		v.count = 128 / v.bits;
		hvc_vector__read(l, t, 0, &v);
	}
	index >>= log;
	if (loads ? !hvc_lift__load(l, base, v.bits / 8, &one)
	          : !hvc_lift__store(l, base, v.bits / 8, v.element[index]))
		return;
	for (unsigned i = 0; loads && i < v.count; i++)
		if (replicate || i == index)
			v.element[i] = one;
	if (loads)
		hvc_vector__write(l, t, &v);
	if (field(l, 23, 1))
		hvc_lift__set_xsp(
		        l, n,
		        hvc_bv__add(l->t, base,
		                    m == 31 ? number(l, 64, v.bits / 8) : hvc_lift__x(l, m, 64)));
}

const struct hvc_lift_row hvc_lift__memory[] = {
        {0x3b000000, 0x18000000, literal, "load literal"},
        {0x3a000000, 0x28000000, pair, "pair"},
        {0x3b000000, 0x39000000, unsigned_offset, "unsigned offset"},
        {0x3b200000, 0x38000000, signed_offset, "signed offset"},
        {0x3b200c00, 0x38200800, register_offset, "register offset"},
        {0x3f200c00, 0x19000000, ordered_offset, "ordered, unscaled"},
        {0xbfbf0000, 0x0c000000, structures, "structures"},
        {0xbfa00000, 0x0c800000, structures, "structures"},
        {0xbf9f0000, 0x0d000000, one_element, "one element"},
        {0xbf800000, 0x0d800000, one_element, "one element"},
        HVC_LIFT_END,
};
