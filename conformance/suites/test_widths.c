/* SPDX-License-Identifier: MIT */
/* One specification for both widths, and whether ABIs of 64 and of 32 bits agree. */
#include "engine/widths.h"

#include "abi/property.h"
#include "report/widths.h"
#include "shipped.h"

static const char both[] =
        "abi: a\ntitle: t\nsource: s\nwidths: both\ncallers: el1h, el1-svc, el2h, el2-hyp\n"
        "instructions: hvc, smc\nclobbers: x1-x9\nclobbers_aarch32: r1-r2\n"
        "worlds:\n"
        "  - { name: host, set: { vttbr_el2: 7 } }\n"
        "  - { name: big, cpu: max }\n"
        "rules:\n"
        "  - { name: get, when: { from: \"el1h, el1-svc\", insn: hvc, r0: -1 }, outcome: return,"
        " results: { r0: r1 + 1 } }\n"
        "  - { name: leave, when: { from: \"el1h, el1-svc\", insn: hvc, x0: 1 }, outcome: jump,"
        " level: el2h, at: r2 }\n"
        "  - { name: vhe, when: { from: el1h, insn: hvc, x0: 2, world: big }, outcome: spin }\n"
        "  - { name: old, when: { from: el1-svc, insn: hvc-a32, r0: 3 }, outcome: spin }\n"
        "  - { name: unknown, default: true, outcome: return, results: { x0: NOT_SUPPORTED } }\n"
        "sequences:\n"
        "  - { name: all, calls: [ { rule: get }, { rule: unknown, from: \"el1h, el1-svc\" } ] }\n"
        "  - { name: wide, calls: [ { rule: get }, { rule: vhe } ] }\n";

/* The half of a text. */
static struct hvc_abi *parse(const char *text, bool aarch32)
{
	struct hvc_abi *abi = NULL;
	struct hvc_diag diag = {0};

	ck_assert_msg(hvc_abi__parse_shipped(text, strlen(text), aarch32 ? "a-arm32" : "a", NULL,
	                                     &diag, &abi) == HVC_OK,
	              "%u:%u: %s", diag.line, diag.column, diag.message);
	return abi;
}

static const struct hvc_rule *rule_named(const struct hvc_abi *abi, const char *name)
{
	for (unsigned i = 0; i < hvc_abi_rule_count(abi); i++)
		if (!strcmp(hvc_abi_rule_at(abi, i)->name, name))
			return hvc_abi_rule_at(abi, i);
	return NULL;
}

/* What EL2 of 64 bits is promised; r0 is all of x0 there. */
TEST(the_half_of_64_bits)
{
	struct hvc_abi *abi = parse(both, false);
	const struct hvc_rule *get = rule_named(abi, "get");

	ck_assert_str_eq(hvc_abi_name(abi), "a");
	ck_assert_uint_eq(hvc_abi__levels(abi), 1u << HVC_LEVEL_EL1H | 1u << HVC_LEVEL_EL2H);
	ck_assert_uint_eq(hvc_abi__insns(abi), 1u << HVC_INSN_HVC | 1u << HVC_INSN_SMC);
	ck_assert_uint_eq(hvc_abi_world_count(abi), 2);
	ck_assert_uint_eq(get->condition[0].mask, UINT64_MAX);
	ck_assert_uint_eq(get->condition[0].interval[0].lo, UINT64_MAX);
	ck_assert_uint_eq(get->result[0].mask, UINT64_MAX);
	ck_assert_uint_eq(get->clobbers.bits[0], 0x3fe);
	ck_assert_int_eq(rule_named(abi, "leave")->level, HVC_LEVEL_EL2H);
	ck_assert_ptr_null(rule_named(abi, "old"));
	ck_assert_uint_eq(hvc_abi_property__count(abi), 2);
	hvc_abi_free(abi);
}

/* What Hyp mode is promised: words of 32 bits, a world that names no CPU, its own callers. */
TEST(the_half_of_32_bits)
{
	struct hvc_abi *abi = parse(both, true);
	const struct hvc_rule *get = rule_named(abi, "get");

	ck_assert_str_eq(hvc_abi_name(abi), "a-arm32");
	ck_assert_uint_eq(hvc_abi__levels(abi), 1u << HVC_LEVEL_EL1_SVC | 1u << HVC_LEVEL_EL2_HYP);
	ck_assert_uint_eq(hvc_abi_world_count(abi), 1);
	ck_assert_int_eq(hvc_abi_world_at(abi, 0)->world.cpu, HVC_CPU_A15);
	ck_assert_uint_eq(hvc_abi_world_at(abi, 0)->world.state.v[HVC_REG_VTTBR_EL2], 7);
	ck_assert_uint_eq(get->condition[0].mask, UINT32_MAX);
	ck_assert_uint_eq(get->condition[0].interval[0].lo, UINT32_MAX);
	ck_assert_uint_eq(get->result[0].mask, UINT32_MAX);
	ck_assert_uint_eq(get->clobbers.bits[0], 6);
	ck_assert_int_eq(rule_named(abi, "leave")->level, HVC_LEVEL_EL2_HYP);
	ck_assert_ptr_null(rule_named(abi, "vhe"));
	ck_assert_uint_eq(rule_named(abi, "old")->insns, 1u << HVC_INSN_HVC_A32);
	ck_assert_uint_eq(hvc_abi_property__count(abi), 1);
	hvc_abi_free(abi);
}

/* A file for Hyp mode alone need not say who calls, nor on which CPU. */
TEST(a_file_of_32_bits)
{
	struct hvc_abi *abi = parse("abi: a\ntitle: t\nsource: s\nwidths: aarch32\nrules:\n"
	                            "  - { name: u, default: true, outcome: spin }\n",
	                            false);

	ck_assert_str_eq(hvc_abi_name(abi), "a");
	ck_assert_uint_eq(hvc_abi__levels(abi), 1u << HVC_LEVEL_EL1_SVC);
	ck_assert_int_eq(hvc_abi_world_at(abi, 0)->world.cpu, HVC_CPU_A15);
	ck_assert_int_eq(rule_named(abi, "u")->level, HVC_LEVEL_EL2_HYP);
	hvc_abi_free(abi);
}

static void expect_word(const struct hvc_widths *widths, const char *name, const char *expected)
{
	for (unsigned i = 0; i < widths->diff->operations; i++) {
		struct hvc_words words = {0};

		if (strcmp(widths->diff->operation[i].name, name) != 0)
			continue;
		hvc_widths__agreement(&widths->diff->operation[i], &words);
		ck_assert_str_eq(hvc_words__text(&words), expected);
		hvc_words__free(&words);
		return;
	}
	ck_abort_msg("no operation %s", name);
}

static void compare(struct hvc_widths *widths, struct hvc_abi *a, struct hvc_abi *b)
{
	struct hvc_diag diag = {0};

	*widths = (struct hvc_widths){.abi = {a, b}};
	ck_assert_msg(hvc_widths__compare(widths, &diag) == HVC_OK, "%s", diag.message);
}

TEST(the_widths_of_one_file)
{
	struct hvc_widths widths;

	compare(&widths, parse(both, false), NULL);
	expect_word(&widths, "get", "yes; of 64 bits x3-x9 may change, too");
	expect_word(&widths, "vhe", "64 bits alone");
	expect_word(&widths, "old", "32 bits alone");
	/* Each width has a call that is unknown to the other. */
	expect_word(&widths, "unknown",
	            "no: not of the same calls; of 64 bits x3-x9 may change, too");
	ck_assert_uint_eq(widths.agreed, 2);
	ck_assert_uint_eq(widths.operations, 4);
	ck_assert(!widths.diff->equal);
	hvc_widths__free(&widths);
}

/* Callers in AArch64 and in AArch32 state of one EL2 are two widths, too. */
TEST(the_callers_of_one_file)
{
	struct hvc_widths widths;

	compare(&widths,
	        parse("abi: a\ntitle: t\nsource: s\ncallers: el1h, el1-svc\nrules:\n"
	              "  - { name: get, when: { w0: 1 }, outcome: return, results: { w0: 7 } }\n"
	              "  - { name: set, when: { from: el1h, x0: 2 }, outcome: return, results: { "
	              "x0: x1 } }\n"
	              "  - { name: set_32, when: { from: el1-svc, x0: 2 }, outcome: return }\n"
	              "  - { name: u, default: true, outcome: return, results: { x0: -1 } }\n",
	              false),
	        NULL);
	expect_word(&widths, "get", "yes");
	expect_word(&widths, "set", "64 bits alone");
	expect_word(&widths, "u", "yes");
	hvc_widths__free(&widths);
}

#define WIDE(rule)      "abi: a\ntitle: t\nsource: s\nrules:\n" rule REST
#define NARROW(rule)    "abi: a\ntitle: t\nsource: s\nwidths: aarch32\nrules:\n" rule REST
#define REST            "  - { name: u, default: true, outcome: spin }\n"
#define GET(when, rest) "  - { name: get, when: { " when " }, outcome: return" rest " }\n"

/* What is the same in both widths, and what is not. */
TEST(what_agrees)
{
	static const struct {
		const char *wide, *narrow, *expected;
	} rows[] = {
	        {WIDE(GET("x0: 1", "")), NARROW(GET("r0: 1", "")), "yes"},
	        {WIDE(GET("w0: 1", "")), NARROW(GET("r0: 1", "")), "yes"},
	        {WIDE(GET("x0: 1", "")), NARROW(GET("r0: 2", "")), "no: asked for otherwise"},
	        {WIDE(GET("x16: 1", "")), NARROW(GET("r12: 1", "")), "no: asked for otherwise"},
	        {WIDE(GET("x0: -1", "")), NARROW(GET("r0: 0xffffffff", "")), "yes"},
	        {WIDE(GET("x0: 3-0xffffffffffffffff", "")), NARROW(GET("r0: 3-0xffffffff", "")),
	         "yes"},
	        {WIDE(GET("x0: 0x100000000", "")), NARROW(GET("r0: 0", "")), "32 bits alone"},
	        {WIDE(GET("x0: 1", ", results: { x0: -38 }")),
	         NARROW(GET("r0: 1", ", results: { r0: 0xffffffda }")), "yes"},
	        {WIDE(GET("x0: 1", ", results: { x0: x2 }")),
	         NARROW(GET("r0: 1", ", results: { x0: x2 & 0xffffffff }")), "yes"},
	        {WIDE(GET("x0: 1", ", results: { x0: x2 }")),
	         NARROW(GET("r0: 1", ", results: { x0: x3 }")), "no: answered otherwise"},
	        {WIDE(GET("x0: 1", ", among: { x0: \"0, -1\" }")),
	         NARROW(GET("r0: 1", ", among: { r0: \"0, -1\" }")), "yes"},
	        {WIDE(GET("x0: 1", ", among: { x0: \"0, -1\" }")),
	         NARROW(GET("r0: 1", ", among: { r0: \"0, -2\" }")), "no: answered otherwise"},
	        {WIDE(GET("x0: 1", ", results: { x0: 1 }")),
	         NARROW(GET("r0: 2", ", results: { r0: 4 }")),
	         "no: asked for and answered otherwise"},
	        {WIDE(GET("x0: 1", ", clobbers: x1-x20")), NARROW(GET("r0: 1", ", clobbers: x1")),
	         "yes; of 64 bits x2-x12 may change, too"},
	        {WIDE(GET("x0: 0x400001c000", "")), NARROW(GET("r0: 0xf001c000", "")), "yes"},
	};

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct hvc_widths widths;

		compare(&widths, parse(rows[i].wide, false), parse(rows[i].narrow, false));
		expect_word(&widths, "get", rows[i].expected);
		hvc_widths__free(&widths);
	}
}

/* Linux 4.12 and 5.7, arch/arm64 and arch/arm kernel/hyp-stub.S: what hyp-abi.txt says of both. */
TEST(linux_stubs)
{
	struct hvc_widths widths;

	compare(&widths, load("linux-stub-4.12"), load("linux-arm-stub-4.12"));
	expect_word(&widths, "set_vectors", "yes; of 64 bits x1-x12 may change, too");
	expect_word(&widths, "reset_vectors", "yes; of 64 bits x1-x12 may change, too");
	expect_word(&widths, "unknown", "yes; of 64 bits x1-x12 may change, too");
	expect_word(&widths, "soft_restart",
	            "no: answered otherwise; of 64 bits x3-x12 may change, too");
	hvc_widths__free(&widths);
	compare(&widths, load("linux-stub-4.12"), load("linux-arm-stub-5.7"));
	expect_word(&widths, "set_vectors", "64 bits alone");
	expect_word(&widths, "reset_vectors", "64 bits alone");
	hvc_widths__free(&widths);
	compare(&widths, load("jailhouse"), NULL);
	ck_assert(widths.diff->equal);
	ck_assert_uint_eq(widths.agreed, widths.operations);
	hvc_widths__free(&widths);
}

/* A pair for every version of either from where both begin; KVM of 32 bits ended with 5.6. */
TEST(versions_of_linux)
{
	static const char *const stub[] = {"linux-stub", "linux-arm-stub"},
	                         *const kvm[] = {"linux-kvm", "linux-arm-kvm"},
	                         *const none[] = {"linux-kvm", "linux-kvm-arm"};
	struct hvc_width_history *history = NULL;
	struct hvc_diag diag = {0};

	ck_assert_int_eq(hvc_width_history__make(stub, &diag, &history), HVC_OK);
	ck_assert_str_eq(history->pair[0].since, "3.8");
	ck_assert_str_eq(hvc_abi_name(history->pair[0].abi[1]), "linux-arm-stub-3.7");
	ck_assert_str_eq(history->pair[history->pairs - 1].since, "7.2");
	ck_assert_str_eq(history->until[1], "");
	for (unsigned i = 0; i < history->pairs; i++)
		if (!strcmp(history->pair[i].since, "5.7"))
			ck_assert_str_eq(hvc_abi_name(history->pair[i].abi[0]), "linux-stub-4.12");
	hvc_width_history__free(history);
	ck_assert_int_eq(hvc_width_history__make(kvm, &diag, &history), HVC_OK);
	ck_assert_str_eq(history->pair[0].since, "3.11");
	ck_assert_str_eq(history->pair[history->pairs - 1].since, "4.12");
	ck_assert_str_eq(history->until[1], "5.6");
	for (unsigned i = 0; i < history->pairs; i++)
		expect_word(&history->pair[i], "call_hyp",
		            "yes; of 64 bits x4-x11 may change, too");
	hvc_width_history__free(history);
	ck_assert_int_eq(hvc_width_history__make(none, &diag, &history), HVC_E_NOTFOUND);
}

SUITE_MAIN("widths")
