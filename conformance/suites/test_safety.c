/* SPDX-License-Identifier: MIT */
/** Safety of the unknown: what calls do that are none by the ABI. */
#include "engine/safety.h"

#include "hvcheck/arch.h"
#include "under_test.h"

#define BIT(kind) (1u << HVC_HAZARD_##kind)

static struct hvc_safety *look(const struct hvc_subject *subject, const struct hvc_abi *abi)
{
	const struct hvc_safety_config config = {.subject = subject, .abi = abi, .brief = true};
	struct hvc_safety *safety = NULL;
	struct hvc_diag diag = {0};

	ck_assert_msg(hvc_safety__look(&config, &diag, &safety) == HVC_OK, "%s: %s",
	              hvc_subject_name(subject), diag.message);
	ck_assert_uint_le(safety->safe, safety->behaviours);
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

TEST(each_mistake_is_what_it_is)
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
		ck_assert_uint_eq(safety->gaps, 0);
		ck_assert_uint_gt(safety->behaviours, 0);
		ck_assert_int_eq(safety->safe == safety->behaviours,
		                 !rows[i].kinds && strcmp(rows[i].subject, "broken-hang") != 0);
		for (unsigned k = 0; k < safety->findings; k++)
			ck_assert_msg(safety->hazard[k].witness.made, "%s",
			              safety->hazard[k].witness.why);
		if (!strcmp(rows[i].subject, "linux-stub-imm")) {
			ck_assert_uint_eq(safety->safe, safety->behaviours);
			/* a call to an address that holds no function is told as what it is */
			ck_assert_uint_eq(safety->hazards, 1);
			ck_assert(safety->hazard[0].unspecified);
			ck_assert_uint_eq(safety->hazard[0].kinds, BIT(CONTROL));
		}
		if (!strcmp(rows[i].subject, "broken-hang")) {
			bool stuck = false;

			for (unsigned k = 0; k < safety->hazards; k++)
				stuck |= !safety->hazard[k].unspecified &&
				         safety->hazard[k].kinds == BIT(STUCK);
			ck_assert(stuck);
		}
		hvc_safety__free(safety);
		hvc_abi_free(abi);
		hvc_subject_close(subject);
	}
}

TEST(an_abi_without_unknown_calls_has_none)
{
	struct hvc_subject *subject = open_subject("linux-stub-3.8");
	struct hvc_abi *abi = open_abi("linux-stub-3.8");
	struct hvc_safety *safety = look(subject, abi);

	ck_assert_uint_eq(safety->behaviours, 0);
	ck_assert_uint_eq(safety->findings, 0);
	hvc_safety__free(safety);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
}

static const char text[] = "abi: hazards\n"
                           "title: one call, the rest is refused\n"
                           "source: here\n"
                           "callers: el1t, el1h\n"
                           "instructions: hvc, smc\n"
                           "rules:\n"
                           "  - name: one\n"
                           "    when: { x0: 1 }\n"
                           "    outcome: unspecified\n"
                           "  - name: unknown\n"
                           "    default: true\n"
                           "    outcome: return\n";

/* Where hazards.S does what it should not, and who can have it do that. */
TEST(each_hazard_is_found_where_it_is)
{
	static const struct {
		const char *name, *when;
		unsigned kinds;
		uint64_t x0;
	} rows[] = {
	        {"clean", NULL, 0, 0},
	        {"branch", "x0 = 7", BIT(CONTROL), 7},
	        {"branch_inside", "x0 in 0x40000000-0x40000fff", BIT(CONTROL), 0x40000000},
	        {"store", "x0 = 7", BIT(MEMORY), 7},
	        {"image", "x0 = 7", BIT(IMAGE), 7},
	        {"image_kept", NULL, 0, 0},
	        {"image_by_value", "x0 not in 1, 0x5678", BIT(IMAGE), 0},
	        {"vectors", "x0 = 0x123456789abcdef0", BIT(VECTORS), 0x123456789abcdef0},
	        {"state", "x0 = 7", BIT(STATE), 7},
	        {"stack", "x0 = 7", BIT(STATE), 7},
	        {"untracked", "x0 = 7", BIT(STATE), 7},
	        {"fault", "x0 = 7", BIT(FAULT), 7},
	};
	struct hvc_diag diag = {0};
	struct hvc_abi *abi;

	ck_assert_msg(hvc_abi_parse(text, sizeof text - 1, "hazards", &diag, &abi) == HVC_OK, "%s",
	              diag.message);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct hvc_subject *subject;
		struct hvc_safety *safety;
		char path[512];

		snprintf(path, sizeof path, "%s/subjects/hazards.elf@%s", HVC_BINARY_DIR,
		         rows[i].name);
		subject = open_subject(path);
		safety = look(subject, abi);
		ck_assert_uint_eq(safety->gaps, 0);
		ck_assert_msg(kinds_of(safety) == rows[i].kinds, "%s: 0x%x", rows[i].name,
		              kinds_of(safety));
		for (unsigned k = 0; k < safety->findings; k++) {
			const struct hvc_hazard *hazard = &safety->hazard[k];

			ck_assert_str_eq(hazard->when, rows[i].when);
			ck_assert_msg(hazard->witness.made, "%s: %s", rows[i].name,
			              hazard->witness.why);
			if (rows[i].x0)
				ck_assert_uint_eq(hazard->witness.call.x[0], rows[i].x0);
		}
		hvc_safety__free(safety);
		hvc_subject_close(subject);
	}
	hvc_abi_free(abi);
}

/* What was not followed may do anything. */
TEST(what_is_not_followed_is_not_safe)
{
	struct hvc_diag diag = {0};
	struct hvc_subject *subject;
	struct hvc_safety *safety;
	struct hvc_abi *abi;
	char path[512];

	ck_assert_int_eq(hvc_abi_parse(text, sizeof text - 1, "hazards", &diag, &abi), HVC_OK);
	snprintf(path, sizeof path, "%s/subjects/hazards.elf@unfollowed", HVC_BINARY_DIR);
	subject = open_subject(path);
	safety = look(subject, abi);
	ck_assert_uint_eq(safety->findings, 0);
	ck_assert_uint_gt(safety->gaps, 0);
	hvc_safety__free(safety);
	hvc_subject_close(subject);
	hvc_abi_free(abi);
}

SUITE_MAIN("safety")
