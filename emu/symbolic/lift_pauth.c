/* SPDX-License-Identifier: MIT */
/*
 * Pointer authentication (Arm ARM D8.10) where it is on: a signed pointer is a function of the
 * pointer, the modifier and the key that only has a name, and what checks it with the same gives
 * the pointer back. The pointers that compiled code signs are plain addresses.
 */
#include <stdio.h>

#include "symbolic/lift.h"

/* Both halves as one; NULL: the CPU has none. */
static hvc_ref key_of(struct hvc_lift *l, enum hvc_lift_key key)
{
	const uint8_t crm = key / 2 + 1, op2 = key % 2 * 2;
	const uint8_t low[5] = {3, 0, 2, crm, op2}, high[5] = {3, 0, 2, crm, (uint8_t)(op2 + 1)};
	hvc_ref lo = hvc_way__sys(l->scene, l->way, low);
	hvc_ref hi = hvc_way__sys(l->scene, l->way, high);

	return lo && hi ? hvc_bv__opaque(l->t, "key", 64, lo, hi, NULL) : NULL;
}

hvc_ref hvc_lift__sign(struct hvc_lift *l, hvc_ref a, hvc_ref modifier, enum hvc_lift_key key,
                       bool check)
{
	static const char *const names[] = {"ia", "ib", "da", "db"};
	hvc_ref value = key_of(l, key);
	char name[16];

	if (!l->scene->pointer_auth)
		return a;
	snprintf(name, sizeof name, "pac%s", names[key]);
	if (!check)
		return hvc_bv__opaque(l->t, name, 64, a, modifier, value);
	if (a->op == HVC_OP_OPAQUE && a == hvc_bv__opaque(l->t, name, 64, a->arg[0], modifier, value) &&
	    a->arg[0] && a->arg[0]->zeros >> 48 == 0xffff)
		return a->arg[0];
	snprintf(name, sizeof name, "aut%s", names[key]);
	return hvc_bv__opaque(l->t, name, 64, a, modifier, value);
}
