/* SPDX-License-Identifier: MIT */
/*
 * Exclusives, acquire and release, compare and swap, and atomics in memory. One PE: each is done
 * in one go, and an exclusive store succeeds after its load.
 */
#include "symbolic/lift.h"

#define field  hvc_lift__field
#define number hvc_lift__num

static hvc_ref address_of(struct hvc_lift *l, unsigned more)
{
	return hvc_bv__add(l->t, hvc_lift__xsp(l, field(l, 5, 5), 64), number(l, 64, more));
}

static void load_exclusive(struct hvc_lift *l, unsigned size, bool pair)
{
	hvc_ref address = address_of(l, 0), low, high = NULL;
	unsigned t = field(l, 0, 5), t2 = field(l, 10, 5);

	if (pair && t == t2) {
		hvc_lift__unlifted(l, "a load of two values to one register");
		return;
	}
	if (!hvc_lift__load(l, address, size, &low) ||
	    (pair && !hvc_lift__load(l, address_of(l, size), size, &high)))
		return;
	l->way->exclusive = address;
	l->way->exclusive_size = (uint8_t)(pair ? 2 * size : size);
	hvc_lift__set_x(l, t, low);
	if (pair)
		hvc_lift__set_x(l, t2, high);
}

static void store_exclusive(struct hvc_lift *l, unsigned size, bool pair)
{
	hvc_ref address = address_of(l, 0);
	unsigned s = field(l, 16, 5), t = field(l, 0, 5), t2 = field(l, 10, 5), n = field(l, 5, 5);
	bool open = l->way->exclusive == address;

	if ((s != 31 && (s == t || (s == n && n != 31) || (pair && s == t2))) ||
	    (open && l->way->exclusive_size != (pair ? 2 * size : size)) ||
	    (!open && l->way->exclusive)) {
		hvc_lift__unlifted(l, "an exclusive store that does not go with its load");
		return;
	}
	/* Whether a store that is not made is checked is IMPLEMENTATION DEFINED. */
	if (!hvc_lift__aligned(l, address))
		return;
	if (open && (!hvc_lift__store(l, address, size, hvc_lift__x(l, t, 8 * size)) ||
	             (pair && !hvc_lift__store(l, address_of(l, size), size,
	                                       hvc_lift__x(l, t2, 8 * size)))))
		return;
	l->way->exclusive = NULL;
	hvc_lift__set_x(l, s, number(l, 32, !open));
}

static void compare_swap(struct hvc_lift *l, unsigned size)
{
	unsigned s = field(l, 16, 5);
	hvc_ref address = address_of(l, 0), old, same, new;

	if (field(l, 10, 5) != 31) {
		hvc_lift__undefined(l);
		return;
	}
	if (!hvc_lift__load(l, address, size, &old))
		return;
	same = hvc_bv__eq(l->t, old, hvc_lift__x(l, s, 8 * size));
	new = hvc_bv__ite(l->t, same, hvc_lift__x(l, field(l, 0, 5), 8 * size), old);
	if (hvc_lift__store(l, address, size, new))
		hvc_lift__set_x(l, s, old);
}

/* CASP: of two registers from an even one on; the size is of both. */
static void compare_swap_pair(struct hvc_lift *l)
{
	unsigned s = field(l, 16, 5), t = field(l, 0, 5), size = field(l, 30, 1) ? 8 : 4;
	hvc_ref old[2], same;

	if (field(l, 10, 5) != 31 || s & 1 || t & 1) {
		hvc_lift__undefined(l);
		return;
	}
	if (!hvc_lift__load(l, address_of(l, 0), size, &old[0]) ||
	    !hvc_lift__load(l, address_of(l, size), size, &old[1]))
		return;
	same = hvc_bv__and(l->t, hvc_bv__eq(l->t, old[0], hvc_lift__x(l, s, 8 * size)),
	                   hvc_bv__eq(l->t, old[1], hvc_lift__x(l, s + 1, 8 * size)));
	for (unsigned i = 0; i < 2; i++)
		if (!hvc_lift__store(
		            l, address_of(l, i * size), size,
		            hvc_bv__ite(l->t, same, hvc_lift__x(l, t + i, 8 * size), old[i])))
			return;
	hvc_lift__set_x(l, s, old[0]);
	hvc_lift__set_x(l, s + 1, old[1]);
}

/* o2 (bit 23), L (22), o1 (21), o0 (15). */
static void exclusive(struct hvc_lift *l)
{
	unsigned log = field(l, 30, 2), size = 1u << log;
	bool is_load = field(l, 22, 1), pair = field(l, 21, 1);
	hvc_ref value;

	if (field(l, 23, 1) && pair) {
		compare_swap(l, size);
	} else if (field(l, 23, 1) && is_load) {
		if (hvc_lift__load(l, address_of(l, 0), size, &value))
			hvc_lift__set_x(l, field(l, 0, 5), value);
	} else if (field(l, 23, 1)) {
		(void)hvc_lift__store(l, address_of(l, 0), size,
		                      hvc_lift__x(l, field(l, 0, 5), 8 * size));
	} else if (pair && log < 2) {
		compare_swap_pair(l);
	} else if (is_load) {
		load_exclusive(l, size, pair);
	} else {
		store_exclusive(l, size, pair);
	}
}

static hvc_ref operate(struct hvc_lift *l, unsigned op, hvc_ref old, hvc_ref a)
{
	hvc_ref less = op >= 6 ? hvc_bv__ult(l->t, old, a) : hvc_bv__slt(l->t, old, a);

	switch (op) {
	case 0:
		return hvc_bv__add(l->t, old, a);
	case 1:
		return hvc_bv__and(l->t, old, hvc_bv__not(l->t, a));
	case 2:
		return hvc_bv__xor(l->t, old, a);
	case 3:
		return hvc_bv__or(l->t, old, a);
	case 4:
	case 6:
		return hvc_bv__ite(l->t, less, a, old);
	default:
		return hvc_bv__ite(l->t, less, old, a);
	}
}

/* LDADD and its kin, SWP, LDAPR. */
static void atomic(struct hvc_lift *l)
{
	unsigned op = field(l, 12, 3), size = 1u << field(l, 30, 2);
	bool swap = field(l, 15, 1), load_only = swap && op == 4;
	hvc_ref address = address_of(l, 0), old, a = hvc_lift__x(l, field(l, 16, 5), 8 * size);

	if (swap && op && (!load_only || field(l, 22, 2) != 2 || field(l, 16, 5) != 31)) {
		hvc_lift__unlifted(l, "an atomic access that is not lifted");
		return;
	}
	if (!hvc_lift__load(l, address, size, &old))
		return;
	if (!load_only && !hvc_lift__store(l, address, size, swap ? a : operate(l, op, old, a)))
		return;
	hvc_lift__set_x(l, field(l, 0, 5), old);
}

const struct hvc_lift_row hvc_lift__atomic[] = {
        {0x3f000000, 0x08000000, exclusive, "exclusive and ordered"},
        {0x3f200c00, 0x38200000, atomic, "atomic"},
        HVC_LIFT_END,
};
