/* SPDX-License-Identifier: MIT */
/*
 * Pointer authentication (Arm ARM C6.2, D8.8.1). Off, it leaves pointers alone. On, what signs and
 * authenticates are functions without a body, of the pointer, the modifier and the key, of which
 * one thing is known: what was signed, if it was an address, is authenticated back by the same.
 */
#include <stdio.h>
#include <string.h>

#include "symbolic/lift.h"

#define field hvc_lift__field

/** Of addresses, as the CPU has them: those above are all the same. */
#define ADDRESS_BITS 48u

static const char *const keys[] = {"ia", "ib", "da", "db"};

static bool is_address(hvc_ref a)
{
	const uint64_t above = UINT64_MAX >> ADDRESS_BITS;

	return a->zeros >> ADDRESS_BITS == above || a->ones >> ADDRESS_BITS == above;
}

/* Both halves of a key; NULL: the CPU has none. */
static hvc_ref value_of(struct hvc_lift *l, unsigned key)
{
	uint8_t name[5] = {3, 0, 2, (uint8_t)(1 + key / 2), (uint8_t)(key % 2 * 2)};
	hvc_ref low = hvc_way__sys(l->scene, l->way, name), high;

	name[4]++;
	high = hvc_way__sys(l->scene, l->way, name);
	return low && high ? hvc_bv__opaque(l->t, "key", 64, low, high, NULL) : NULL;
}

static hvc_ref apply(struct hvc_lift *l, const char *what, unsigned key, hvc_ref a,
                     hvc_ref modifier)
{
	char name[8];

	snprintf(name, sizeof name, "%s%s", what, keys[key]);
	return hvc_bv__opaque(l->t, name, 64, a, modifier, value_of(l, key));
}

/* The address that was signed, by whatever; NULL: it was not, or is none. */
static hvc_ref address_in(hvc_ref a)
{
	if (a->op != HVC_OP_OPAQUE || strncmp(hvc_bv__opaque_name(a), "pac", 3) != 0)
		return NULL;
	return is_address(a->arg[0]) ? a->arg[0] : NULL;
}

/* SCR_EL3.API: on, and not allowed by EL3, which the machine calls undefined. */
static bool is_trapped(const struct hvc_lift *l)
{
	hvc_ref scr = l->way->sys[HVC_REG_SCR_EL3];

	return l->scene->pointer_auth && scr && scr->zeros >> 17 & 1;
}

hvc_ref hvc_lift__authenticate(struct hvc_lift *l, unsigned key, hvc_ref a, hvc_ref modifier)
{
	hvc_ref inner = address_in(a);

	if (!l->scene->pointer_auth)
		return a;
	if (is_trapped(l))
		hvc_lift__undefined(l);
	if (inner && a == apply(l, "pac", key, inner, modifier))
		return inner;
	return apply(l, "aut", key, a, modifier);
}

static hvc_ref sign(struct hvc_lift *l, unsigned key, hvc_ref a, hvc_ref modifier)
{
	if (!l->scene->pointer_auth)
		return a;
	if (is_trapped(l))
		hvc_lift__undefined(l);
	return apply(l, "pac", key, a, modifier);
}

/* XPAC: the address of a pointer, whether it is signed or not, and also when that is off. */
static hvc_ref strip(struct hvc_lift *l, hvc_ref a)
{
	hvc_ref inner = address_in(a);

	if (inner || is_address(a))
		return inner ? inner : a;
	return hvc_bv__opaque(l->t, "xpac", 64, a, NULL, NULL);
}

/* PACIA and its kin; 8 and more: the modifier is zero; 16 and more: XPAC. */
static void pointer(struct hvc_lift *l)
{
	unsigned op = field(l, 10, 6), d = field(l, 0, 5), n = field(l, 5, 5);
	hvc_ref a = hvc_lift__x(l, d, 64),
	        modifier = op < 8 ? hvc_lift__xsp(l, n, 64) : hvc_lift__num(l, 64, 0);

	if (op > 17 || (op >= 8 && n != 31))
		hvc_lift__undefined(l);
	else if (op >= 16)
		hvc_lift__set_x(l, d, strip(l, a));
	else if (l->scene->pointer_auth)
		hvc_lift__set_x(l, d,
		                op & 4 ? hvc_lift__authenticate(l, op & 3, a, modifier)
		                       : sign(l, op & 3, a, modifier));
}

/* The hints, by CRm:op2: 8 to 14 are of x17 with x16, 24 to 31 of x30 with zero or SP. */
bool hvc_lift__sign_hint(struct hvc_lift *l, unsigned hint)
{
	unsigned key = hint >> 1 & 1, reg = hint < 24 ? 17 : 30;
	bool authenticates = hint & 4;
	hvc_ref a, modifier;

	if (hint == 7) { /* XPACLRI */
		hvc_lift__set_x(l, 30, strip(l, hvc_lift__x(l, 30, 64)));
		return true;
	}
	if (!(hint >= 8 && hint <= 14 && !(hint & 1)) && !(hint >= 24 && hint <= 31))
		return false;
	if (!l->scene->pointer_auth)
		return true;
	modifier = hint < 24  ? hvc_lift__x(l, 16, 64)
	           : hint & 1 ? hvc_lift__xsp(l, 31, 64)
	                      : hvc_lift__num(l, 64, 0);
	a = hvc_lift__x(l, reg, 64);
	hvc_lift__set_x(l, reg,
	                authenticates ? hvc_lift__authenticate(l, key, a, modifier)
	                              : sign(l, key, a, modifier));
	return true;
}

/* LDRAA, LDRAB: from an authenticated pointer, whose key's modifier is zero. */
static void load(struct hvc_lift *l)
{
	unsigned n = field(l, 5, 5), t = field(l, 0, 5);
	uint64_t offset = (uint64_t)hvc_lift__signed(l, 12, 9);
	hvc_ref address, value;

	/* Bit 9 of the offset is S; its eight lower bits and the sign are not together. */
	offset = ((offset & 0x1ff) | (field(l, 22, 1) ? ~UINT64_C(0x1ff) : 0)) << 3;
	if (field(l, 11, 1) && t == n && n != 31) {
		hvc_lift__unlifted(l, "write-back to a register that is transferred");
		return;
	}
	address = hvc_lift__authenticate(l, 2 + field(l, 23, 1), hvc_lift__xsp(l, n, 64),
	                                 hvc_lift__num(l, 64, 0));
	address = hvc_bv__add(l->t, address, hvc_lift__num(l, 64, offset));
	if (l->next != HVC_NEXT_FALL || !hvc_lift__load(l, address, 8, &value))
		return;
	if (field(l, 11, 1))
		hvc_lift__set_xsp(l, n, address);
	hvc_lift__set_x(l, t, value);
}

const struct hvc_lift_row hvc_lift__pauth[] = {
        {0xffff0000, 0xdac10000, pointer, "pointer authentication"},
        {0xff200400, 0xf8200400, load, "authenticated load"},
        HVC_LIFT_END,
};
