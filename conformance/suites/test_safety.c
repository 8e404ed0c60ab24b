/* SPDX-License-Identifier: MIT */
/** Safety of the unknown: what calls do that are none by the ABI. */
#include "hvcheck/safety.h"

#include "hvcheck/arch.h"
#include "under_test.h"

#define BIT(kind) (1u << HVC_HAZARD_##kind)

static struct hvc_safety *look(const struct hvc_subject *subject, const struct hvc_abi *abi)
{
	const struct hvc_safety_config config = {.subject = subject,
	                                         .abi = abi,
	                                         .brief = true,
	                                         .levels = 1u << HVC_LEVEL_EL1H,
	                                         .insns = 1u << HVC_INSN_HVC,
	                                         .jobs = 2};
	struct hvc_safety *safety = NULL;
	struct hvc_diag diag = {0};

	ck_assert_msg(hvc_safety_look(&config, &diag, &safety) == HVC_OK, "%s: %s",
	              hvc_subject_name(subject), diag.message);
	ck_assert_uint_le(safety->safe, safety->calls);
	return safety;
}

/* All kinds of all findings together. */
static unsigned kinds_of(const struct hvc_safety *safety)
{
	unsigned kinds = 0;

	for (unsigned i = 0; i < safety->findings; i++)
		kinds |= safety->hazard[i].kinds;
	return kinds;
}

START_TEST(each_mistake_is_what_it_is)
{
	static const struct {
		const char *subject, *abi;
		unsigned kinds;
	} rows[] = {
	        {"linux-stub-imm", "linux-stub-imm", 0},
	        {"linux-stub-4.7", "linux-stub-4.7", 0},
	        {"broken-vbar-unknown", "linux-stub-4.12", BIT(VECTORS)},
	        {"broken-store", "linux-stub-4.12", BIT(MEMORY)},
	        {"broken-imm-low-byte", "linux-stub-imm", BIT(VECTORS) | BIT(CONTROL)},
	        {"broken-imm-off-by-one", "linux-stub-imm", BIT(VECTORS)},
	        {"broken-leak-thread", "linux-stub-4.12", 0}, /* a leak changes nothing */
	        {"broken-hang", "linux-stub-4.12", 0},        /* stuck, and told, but harmless */
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct hvc_subject *subject = open_subject(rows[i].subject);
		struct hvc_abi *abi = open_abi(rows[i].abi);
		struct hvc_safety *safety = look(subject, abi);

		ck_assert_msg(kinds_of(safety) == rows[i].kinds, "%s: 0x%x", rows[i].subject,
		              kinds_of(safety));
		ck_assert_int_eq(safety->findings > 0, rows[i].kinds != 0);
		ck_assert(safety->image_compared);
		ck_assert_uint_gt(safety->calls, 0);
		if (!strcmp(rows[i].subject, "linux-stub-imm")) {
			ck_assert_uint_eq(safety->safe, safety->calls);
			/* 0 is CALL_HYP, 1, 2 and 4 are calls: none of them is unknown */
			ck_assert_uint_eq(safety->immediates, HVC_IMM_COUNT - 4);
			/* a call to an address that holds no function is told as what it is */
			ck_assert_uint_gt(safety->hazards, 0);
			ck_assert(safety->hazard[0].unspecified);
			ck_assert(safety->hazard[0].kinds & (BIT(CONTROL) | BIT(FAULT)));
		}
		if (!strcmp(rows[i].subject, "broken-hang")) {
			bool stuck = false;

			for (unsigned k = 0; k < safety->hazards; k++)
				stuck |= !safety->hazard[k].unspecified &&
				         safety->hazard[k].kinds == BIT(STUCK);
			ck_assert(stuck);
		}
		hvc_safety_free(safety);
		hvc_abi_free(abi);
		hvc_subject_close(subject);
	}
}
END_TEST

START_TEST(an_abi_without_unknown_calls_has_none)
{
	struct hvc_subject *subject = open_subject("linux-stub-3.8");
	struct hvc_abi *abi = open_abi("linux-stub-3.8");
	struct hvc_safety *safety = look(subject, abi);

	ck_assert_uint_eq(safety->calls, 0);
	ck_assert_uint_eq(safety->findings, 0);
	hvc_safety_free(safety);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
}
END_TEST

static const struct suite_test tests[] = {
        {"each_mistake_is_what_it_is", &each_mistake_is_what_it_is},
        {"an_abi_without_unknown_calls_has_none", &an_abi_without_unknown_calls_has_none},
};

SUITE_MAIN("safety", tests)
