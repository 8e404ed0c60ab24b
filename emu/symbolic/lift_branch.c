/* SPDX-License-Identifier: MIT */
/* Branches and what generates exceptions (Arm ARM C4.1.93). */
#include "symbolic/lift.h"

#define field hvc_lift__field

static void go(struct hvc_lift *l, int64_t words)
{
	l->next = HVC_NEXT_BRANCH;
	l->to = l->pc + 4 * (uint64_t)words;
}

static void branch(struct hvc_lift *l)
{
	go(l, hvc_lift__signed(l, 0, 26));
	l->call = l->word >> 31;
	if (l->call)
		hvc_lift__set_x(l, 30, hvc_lift__num(l, 64, l->pc + 4));
}

/* Where the condition is decided already there is no choice. */
static void choose(struct hvc_lift *l, hvc_ref condition, int64_t words)
{
	go(l, words);
	if (hvc_bv__is(condition, 0))
		l->next = HVC_NEXT_FALL;
	else if (!hvc_bv__const(condition))
		l->next = HVC_NEXT_CHOICE;
	l->condition = condition;
}

static void branch_if(struct hvc_lift *l)
{
	choose(l, hvc_flags__holds(l->t, &l->way->flags, field(l, 0, 4)),
	       hvc_lift__signed(l, 5, 19));
}

static void compare_zero(struct hvc_lift *l)
{
	hvc_ref a = hvc_lift__x(l, field(l, 0, 5), hvc_lift__width(l));
	hvc_ref zero = hvc_bv__eq(l->t, a, hvc_lift__num(l, a->width, 0));

	choose(l, field(l, 24, 1) ? hvc_bv__not(l->t, zero) : zero, hvc_lift__signed(l, 5, 19));
}

static void test_bit(struct hvc_lift *l)
{
	unsigned bit = field(l, 19, 5) | field(l, 31, 1) << 5;
	hvc_ref set = hvc_bv__extract(l->t, hvc_lift__x(l, field(l, 0, 5), 64), bit, bit);

	choose(l, field(l, 24, 1) ? set : hvc_bv__not(l->t, set), hvc_lift__signed(l, 5, 14));
}

/*
 * BR, BLR, RET, ERET: bits 23:21. With pointer authentication, bits 11:10 name the key and bit 24
 * an own modifier; RETAA and ERETAA authenticate x30 and ELR_EL2 by SP.
 */
static void branch_register(struct hvc_lift *l)
{
	unsigned opc = field(l, 21, 4), kind = opc & 7, auth = field(l, 10, 6), m = field(l, 0, 5);
	bool returns = kind == 2 || kind == 4;
	hvc_ref modifier = hvc_lift__num(l, 64, 0);

	if (field(l, 16, 5) != 31 || (auth && auth != 2 && auth != 3) ||
	    (opc & 8 && (!auth || returns)) || kind > 4 || kind == 3 ||
	    (auth && !(opc & 8) && m != 31) ||
	    (field(l, 5, 5) != 31 && (kind == 4 || (auth && kind == 2))) || (!auth && m)) {
		hvc_lift__undefined(l);
		return;
	}
	if (auth && returns)
		modifier = hvc_lift__xsp(l, 31, 64);
	else if (opc & 8)
		modifier = hvc_lift__xsp(l, m, 64);
	l->target = kind == 4 ? l->way->sys[HVC_REG_ELR_EL2]
	                      : hvc_lift__x(l, auth && kind == 2 ? 30 : field(l, 5, 5), 64);
	if (auth)
		l->target = hvc_lift__authenticate(l, auth & 1, l->target, modifier);
	if (l->next == HVC_NEXT_FAULT)
		return;
	if (kind == 4) {
		l->way->sys[HVC_REG_ELR_EL2] = l->target;
		l->next = HVC_NEXT_ERET;
		return;
	}
	l->next = HVC_NEXT_INDIRECT;
	l->call = kind == 1;
	l->returns = kind == 2;
	if (l->call)
		hvc_lift__set_x(l, 30, hvc_lift__num(l, 64, l->pc + 4));
}

static void except(struct hvc_lift *l)
{
	unsigned kind = field(l, 21, 3) << 5 | field(l, 0, 5);

	l->next = HVC_NEXT_FAULT;
	switch (kind) {
	case 0x01:
		l->ec = HVC_EC_SVC64;
		break;
	case 0x02:
		l->ec = HVC_EC_HVC64;
		break;
	case 0x03:
		l->next = HVC_NEXT_SMC;
		break;
	case 0x20:
		l->ec = HVC_EC_BRK64;
		break;
	default:
		l->ec = HVC_EC_UNKNOWN;
	}
}

const struct hvc_lift_row hvc_lift__branch[] = {
        {0x7c000000, 0x14000000, branch, "branch"},
        {0xff000010, 0x54000000, branch_if, "branch on condition"},
        {0x7e000000, 0x34000000, compare_zero, "compare and branch"},
        {0x7e000000, 0x36000000, test_bit, "test and branch"},
        {0xfe000000, 0xd6000000, branch_register, "branch to register"},
        {0xff000000, 0xd4000000, except, "exception"},
        {0xffff0000, 0x00000000, hvc_lift__undefined, "undefined"},
        HVC_LIFT_END,
};
