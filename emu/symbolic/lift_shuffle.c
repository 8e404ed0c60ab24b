/* SPDX-License-Identifier: MIT */
/* Advanced SIMD that moves elements: between registers, within one, and by bits (Arm ARM C7.2). */
#include "symbolic/lift_vector.h"

#define field  hvc_lift__field
#define number hvc_lift__num

hvc_ref hvc_vector__get(struct hvc_lift *l, unsigned n, unsigned index, unsigned bits)
{
	unsigned at = index * bits;

	return hvc_bv__extract(l->t, hvc_way__q(l->scene, l->way, n, at / 64), at % 64 + bits - 1,
	                       at % 64);
}

void hvc_vector__read(struct hvc_lift *l, unsigned n, unsigned from, struct hvc_vector *v)
{
	for (unsigned i = 0; i < v->count; i++)
		v->element[i] = hvc_vector__get(l, n, from + i, v->bits);
}

void hvc_vector__write(struct hvc_lift *l, unsigned n, const struct hvc_vector *v)
{
	unsigned each = 64 / v->bits;

	for (unsigned half = 0; half < 2; half++) {
		hvc_ref all = NULL;

		for (unsigned i = 0; i < each && half * each + i < v->count; i++) {
			hvc_ref one = v->element[half * each + i];

			all = all ? hvc_bv__concat(l->t, one, all) : one;
		}
		l->way->q[n][half] = all ? hvc_bv__zext(l->t, all, 64) : number(l, 64, 0);
	}
	l->way->simd = true;
}

struct hvc_vector hvc_vector__shaped(const struct hvc_lift *l, unsigned size)
{
	struct hvc_vector v = {.bits = 8u << size};

	v.count = (field(l, 30, 1) ? 128 : 64) / v.bits;
	return v;
}

void hvc_vector__narrow(struct hvc_lift *l, unsigned size, unsigned shift)
{
	struct hvc_vector a = {.bits = 16u << size, .count = 8u >> size};
	struct hvc_vector out = {.bits = 8u << size, .count = 8u >> size};

	hvc_vector__read(l, field(l, 5, 5), 0, &a);
	if (field(l, 30, 1)) {
		hvc_vector__read(l, field(l, 0, 5), 0, &out);
		out.count *= 2;
	}
	for (unsigned i = 0; i < a.count; i++)
		out.element[out.count - a.count + i] =
		        hvc_bv__extract(l->t, a.element[i], shift + out.bits - 1, shift);
	hvc_vector__write(l, field(l, 0, 5), &out);
}

/* UZP, TRN, ZIP: bits 14:12, of which the upper says which of the two results. */
static void permute(struct hvc_lift *l)
{
	unsigned size = field(l, 22, 2), opcode = field(l, 12, 2), part = field(l, 14, 1);
	struct hvc_vector a = hvc_vector__shaped(l, size), b = a, out = a;

	if (!opcode || (size == 3 && !field(l, 30, 1))) {
		hvc_lift__undefined(l);
		return;
	}
	hvc_vector__read(l, field(l, 5, 5), 0, &a);
	hvc_vector__read(l, field(l, 16, 5), 0, &b);
	for (unsigned i = 0; i < out.count; i++) {
		unsigned pair = i / 2 + part * out.count / 2, both = 2 * i + part;

		if (opcode == 1)
			out.element[i] =
			        both < a.count ? a.element[both] : b.element[both - a.count];
		else if (opcode == 2)
			out.element[i] = (i & 1 ? &b : &a)->element[(i & ~1u) + part];
		else
			out.element[i] = (i & 1 ? &b : &a)->element[pair];
	}
	hvc_vector__write(l, field(l, 0, 5), &out);
}

/* EXT: bytes from one on, of two registers, one behind the other. */
static void extract(struct hvc_lift *l)
{
	unsigned from = field(l, 11, 4);
	struct hvc_vector a = hvc_vector__shaped(l, 0), b = a, out = a;

	if (from >= a.count) {
		hvc_lift__undefined(l);
		return;
	}
	hvc_vector__read(l, field(l, 5, 5), 0, &a);
	hvc_vector__read(l, field(l, 16, 5), 0, &b);
	for (unsigned i = 0; i < out.count; i++)
		out.element[i] =
		        from + i < a.count ? a.element[from + i] : b.element[from + i - a.count];
	hvc_vector__write(l, field(l, 0, 5), &out);
}

/* Shifts by a number; the position of the highest bit of immh is the size. */
static void shift(struct hvc_lift *l)
{
	unsigned imm = field(l, 16, 7), opcode = field(l, 11, 5), size = 0, by;
	bool u = field(l, 29, 1), left = opcode == 10, adds = opcode == 2;
	struct hvc_vector a, old;

	while (imm >> (size + 4))
		size++;
	a = old = hvc_vector__shaped(l, size);
	by = left || opcode == 20 ? imm - a.bits : 2 * a.bits - imm;
	if (opcode == 16 && !u && size < 3) {
		hvc_vector__narrow(l, size, by);
		return;
	}
	if (opcode == 20 && size < 3) { /* SSHLL, USHLL, of the lower or upper half */
		struct hvc_vector wide = {.bits = 2 * a.bits, .count = 64 / a.bits};

		a.count = wide.count;
		hvc_vector__read(l, field(l, 5, 5), field(l, 30, 1) ? a.count : 0, &a);
		for (unsigned i = 0; i < wide.count; i++)
			wide.element[i] =
			        hvc_bv__shl(l->t,
			                    u ? hvc_bv__zext(l->t, a.element[i], wide.bits)
			                      : hvc_bv__sext(l->t, a.element[i], wide.bits),
			                    number(l, wide.bits, by));
		hvc_vector__write(l, field(l, 0, 5), &wide);
		return;
	}
	if ((size == 3 && !field(l, 30, 1)) || (opcode != 0 && !adds && (!left || u))) {
		hvc_lift__unlifted(l, HVC_SIMD_NOT_LIFTED);
		return;
	}
	hvc_vector__read(l, field(l, 5, 5), 0, &a);
	hvc_vector__read(l, field(l, 0, 5), 0, &old);
	for (unsigned i = 0; i < a.count; i++) {
		hvc_ref to = hvc_lift__shift(l, a.element[i],
		                             left ? 0
		                             : u  ? 1
		                                  : 2,
		                             number(l, a.bits, by));

		a.element[i] = adds ? hvc_bv__add(l->t, old.element[i], to) : to;
	}
	hvc_vector__write(l, field(l, 0, 5), &a);
}

/* DUP, INS, SMOV, UMOV: the lowest bit of imm5 that is set is the size. */
static void copy(struct hvc_lift *l)
{
	unsigned imm = field(l, 16, 5), size = 0, kind = field(l, 11, 4), index, from;
	bool full = field(l, 30, 1), between = field(l, 29, 1);
	struct hvc_vector v;

	while (size < 4 && !(imm >> size & 1))
		size++;
	if (size == 4) {
		hvc_lift__undefined(l);
		return;
	}
	v = hvc_vector__shaped(l, size);
	index = imm >> (size + 1);
	from = kind >> size;
	if (between && full) { /* INS of an element, whose number is in `kind` */
		hvc_ref one = hvc_vector__get(l, field(l, 5, 5), from, v.bits);

		hvc_vector__read(l, field(l, 0, 5), 0, &v);
		v.element[index] = one;
		hvc_vector__write(l, field(l, 0, 5), &v);
	} else if (!between && kind == 3 && full) {
		hvc_vector__read(l, field(l, 0, 5), 0, &v);
		v.element[index] = hvc_lift__x(l, field(l, 5, 5), v.bits);
		hvc_vector__write(l, field(l, 0, 5), &v);
	} else if (!between && kind <= 1 && (size < 3 || full)) {
		for (unsigned i = 0; i < v.count; i++)
			v.element[i] = kind ? hvc_lift__x(l, field(l, 5, 5), v.bits)
			                    : hvc_vector__get(l, field(l, 5, 5), index, v.bits);
		hvc_vector__write(l, field(l, 0, 5), &v);
	} else if (!between && kind == 7 && (size == 3) == full) {
		hvc_lift__set_x(l, field(l, 0, 5),
		                hvc_vector__get(l, field(l, 5, 5), index, v.bits));
	} else if (!between && kind == 5 && size < 2u + full) {
		hvc_lift__set_x(l, field(l, 0, 5),
		                hvc_bv__sext(l->t,
		                             hvc_vector__get(l, field(l, 5, 5), index, v.bits),
		                             full ? 64 : 32));
	} else {
		hvc_lift__undefined(l);
	}
}

const struct hvc_lift_row hvc_lift__shuffle[] = {
        {0xbf208c00, 0x0e000800, permute, "simd permute"},
        {0xbfe08400, 0x2e000000, extract, "simd extract"},
        {0x9fe08400, 0x0e000400, copy, "simd copy"},
        {0x9fc00400, 0x0f400400, shift, "simd shift"},
        {0x9fe00400, 0x0f200400, shift, "simd shift"},
        {0x9ff00400, 0x0f100400, shift, "simd shift"},
        {0x9ff80400, 0x0f080400, shift, "simd shift"},
        HVC_LIFT_END,
};
