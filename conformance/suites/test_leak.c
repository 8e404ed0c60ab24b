/* SPDX-License-Identifier: MIT */
/*
 * Leaks: each way of conformance/subjects/leaks.S tells exactly what is said of it, by the
 * instruction that does it; what is not decided, and what is vacuous, never looks clean.
 */

#include "engine/leak.h"
#include "hvcheck/arch.h"
#include "leak_finder.h"
#include "tiny_image.h"

static struct hvc_subject *open_way(const char *name)
{
	char path[512];

	snprintf(path, sizeof path, "%s/subjects/leaks.elf@%s", HVC_BINARY_DIR, name);
	return open_subject(path);
}

/* What each way tells. Which secret it is, is told by name. */
static const struct {
	const char *name, *channel, *place, *tells, *secret, *moved_by, *condition;
} told[] = {
        {"direct", "register", "x1", "tpidr_el2", "tpidr_el2", "mrs x1, tpidr_el2", "always"},
        {"masked", "register", "x1", "tpidr_el2", "tpidr_el2", "and x1, x1, #0xff00", "always"},
        {"turned", "register", "x1", "tpidr_el2", "tpidr_el2", "eor x1, x1, #0xff", "always"},
        {"one_bit", "register", "x1", "tpidr_el2", "tpidr_el2", "ubfx x1, x1, #0x25, #1", "always"},
        {"one_value", "register", "x1", "tpidr_el2", "tpidr_el2", "mrs x1, tpidr_el2",
         "x0 = 0x123456789abcdef0"},
        {"one_immediate", "register", "x1", "tpidr_el2", "tpidr_el2", "mrs x1, tpidr_el2",
         "imm = 7"},
        {"one_secret", "register", "x1", "tpidr_el2", "tpidr_el2", "cset x1, eq", "always"},
        {"branch", "register", "x0", "tpidr_el2", "tpidr_el2", "tbz w2, #5",
         "tpidr_el2 & 0x20 = 0"},
        {"select", "register", "x0", "far_el2", "far_el2", "cset x0, eq", "always"},
        {"store", "memory", "-", "tpidr_el2", "tpidr_el2", "strb w2, [x0, #1]",
         "x0 in 0x4000020000-0x400002fff8"},
        {"data", "register", "x1", "own_data", "key+0x8", "ldr x1, [x1, #8]", "always"},
        {"filled", "register", "x1", "own_data", "by_boot", "ldr w1, [x1]", "always"},
        {"stack", "register", "x1", "el2_memory", "[sp_el2 - 8]", "ldur x1, [sp, #-8]", "always"},
        {"pointed", "register", "x1", "el2_memory", "[x0 + 0x10]", "ldr x1, [x0, #0x10]", "always"},
        {"ends", "outcome", "-", "tpidr_el2", "tpidr_el2", "tbnz x2, #0x3f",
         "tpidr_el2 >= 0x8000000000000000"},
        {"where", "outcome", "-", "tpidr_el2", "tpidr_el2", NULL, "always"},
        {"flags", "register", "nzcv", "tpidr_el2", "tpidr_el2", "msr spsr_el2, x3", "always"},
        {"simd", "simd", "q3", "tpidr_el2", "tpidr_el2", "fmov d3, x2", "always"},
        {"level", "outcome", "-", "tpidr_el2", "tpidr_el2", "tbz w2, #5", "tpidr_el2 & 0x20 = 0"},
        {"fpsr", "simd", "fpsr", "tpidr_el2", "tpidr_el2", "msr fpsr, x2", "always"},
        {"register", "register", "tpidr_el1", "tpidr_el2", "tpidr_el2", "msr tpidr_el1, x2",
         "always"},
        {"two", "register", "x1", "tpidr_el2, far_el2", "tpidr_el2", "eor x1, x1, x2", "always"},
};

#define TOLD (sizeof told / sizeof *told)

TEST_ROWS(way_tells, told)
{
	struct hvc_subject *subject = open_way(told[_i].name);
	const struct hvc_leaks_config config = {.subject = subject};
	struct hvc_leaks *leaks = find(&config);
	const struct hvc_leak *leak = leaks->leak;

	ck_assert_uint_eq(leaks->leaks, 1);
	ck_assert_int_eq(leak->rule, -1);
	check_leak(leak, told[_i].channel, told[_i].place, told[_i].tells, told[_i].moved_by);
	ck_assert_str_eq(leak->secret, told[_i].secret);
	ck_assert_str_eq(leak->condition, told[_i].condition);
	/* EL1h and EL1t by HVC and SMC; an HVC of EL0 is UNDEFINED. */
	ck_assert_uint_eq(leaks->parts, 5);
	for (unsigned i = 0; i < leaks->parts; i++)
		ck_assert_msg(leaks->part[i].proved, "%s", leaks->part[i].why);
	hvc_leaks__free(leaks);
	hvc_subject_close(subject);
}

static const char *const kept[] = {"kept_self", "kept_saved",   "kept_over",
                                   "kept_text", "kept_pointer", "kept_both",
                                   "kept_back", "kept_own",     "kept_memory"};

TEST_ROWS(way_tells_nothing, kept)
{
	struct hvc_subject *subject = open_way(kept[_i]);
	const struct hvc_leaks_config config = {.subject = subject};
	struct hvc_leaks *leaks = find(&config);
	char what[256] = "";

	if (leaks->leaks)
		hvc_leak__print(&leaks->leak[0], what, sizeof what);
	ck_assert_msg(leaks->leaks == 0, "%s", what);
	for (unsigned i = 0; i < leaks->parts; i++)
		ck_assert_msg(leaks->part[i].proved, "%s", leaks->part[i].why);
	hvc_leaks__free(leaks);
	hvc_subject_close(subject);
}

/* Of EL2's registers those are secrets that leave the handler the same machine to run on. */
TEST(each_register_of_el2_is_a_secret)
{
	static const struct {
		enum hvc_reg reg;
		enum hvc_reg by; /* keeps it from being one */
		uint64_t value;  /* with this value; the register itself then is 0x80000000 */
	} rows[] = {
	        {HVC_REG_TPIDR_EL2, HVC_REG_NONE, 0},
	        {HVC_REG_TTBR0_EL2, HVC_REG_SCTLR_EL2, 1}, /* M */
	        {HVC_REG_TTBR1_EL2, HVC_REG_SCTLR_EL2, 1},
	        {HVC_REG_TCR_EL2, HVC_REG_SCTLR_EL2, 1},
	        {HVC_REG_MAIR_EL2, HVC_REG_SCTLR_EL2, 1},
	        {HVC_REG_VTCR_EL2, HVC_REG_NONE, 0},
	        {HVC_REG_VTTBR_EL2, HVC_REG_HCR_EL2, 0x80000001}, /* RW, VM */
	        {HVC_REG_CONTEXTIDR_EL2, HVC_REG_NONE, 0},
	        {HVC_REG_HSTR_EL2, HVC_REG_NONE, 0},
	        {HVC_REG_MDCR_EL2, HVC_REG_NONE, 0},
	        {HVC_REG_FAR_EL2, HVC_REG_NONE, 0},
	        {HVC_REG_HPFAR_EL2, HVC_REG_NONE, 0},
	        {HVC_REG_VBAR_EL2, HVC_REG_VBAR_EL2, 0}, /* never */
	        {HVC_REG_HCR_EL2, HVC_REG_HCR_EL2, 0x80000000},
	};

	for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
		const size_t row = i / 2;
		bool fixed = i % 2;
		struct tiny_image image;
		struct hvc_leaks_config config = {.world = &image.world,
		                                  .levels = 1u << HVC_LEVEL_EL1H,
		                                  .insns = 1u << HVC_INSN_HVC};
		struct hvc_subject *subject;
		struct hvc_leaks *leaks;

		if (fixed ? rows[row].by == HVC_REG_NONE : rows[row].by == rows[row].reg)
			continue;
		tiny_init(&image, HVC_CPU_MAX);
		tiny_put(&image, TINY_LOWER, A64_MRS(1, sys_name(rows[row].reg)), A64_ERET);
		subject = open_subject(tiny_file(&image, hvc_reg_name(rows[row].reg)));
		config.subject = subject;
		if (rows[row].reg == HVC_REG_VTTBR_EL2)
			tiny_set(&image, HVC_REG_VTTBR_EL2, 0x80000000);
		if (fixed && rows[row].reg != rows[row].by)
			tiny_set(&image, rows[row].by, rows[row].value);
		leaks = find(&config);
		ck_assert_msg(leaks->leaks == !fixed, "%s: %u", hvc_reg_name(rows[row].reg),
		              leaks->leaks);
		if (!fixed)
			ck_assert_str_eq(leaks->leak->secret, hvc_reg_name(rows[row].reg));
		hvc_leaks__free(leaks);
		hvc_subject_close(subject);
	}
}

/* The call that shows it, made in machines of our own: the two differ in nothing but the secret. */
TEST(witness_shows_it)
{
	struct hvc_subject *subject = open_way("one_value");
	const struct hvc_leaks_config config = {.subject = subject};
	struct hvc_leaks *leaks = find(&config);
	const struct hvc_leak *leak = leaks->leak;
	struct hvc_call plain;

	hvc_call_init(&plain, 0);
	ck_assert_uint_eq(leak->probe.call.x[0], 0x123456789abcdef0);
	ck_assert_mem_eq(&leak->probe.call.x[1], &plain.x[1], sizeof plain.x - sizeof plain.x[0]);
	ck_assert_int_eq(leak->secret_reg, HVC_REG_TPIDR_EL2);
	for (unsigned side = 0; side < 2; side++) {
		struct hvc_world world = leaks->world[leak->world];
		struct hvc_machine *machine;
		struct hvc_outcome outcome;
		struct hvc_call call = leak->probe.call;

		call.imm = leak->imm;
		ck_assert_int_eq(hvc_world_set(&world, leak->secret_reg, leak->secret_value[side]),
		                 HVC_OK);
		machine = open_machine(subject, &world);
		outcome = make_call(machine, &call);
		ck_assert_uint_eq(outcome.state.v[HVC_REG_X0 + 1], leak->value[side]);
		ck_assert_uint_eq(outcome.state.v[HVC_REG_X0 + 1], leak->secret_value[side]);
		hvc_machine_close(machine);
	}
	hvc_leaks__free(leaks);
	hvc_subject_close(subject);
}

/* Never clean: with the reason, and nothing of a result. */
TEST(what_is_not_decided_is_said)
{
	static const struct {
		const char *name;
		enum hvc_status status;
		const char *says;
		unsigned levels;
	} rows[] = {
	        {"direct", HVC_E_ARG, "a caller at EL2 can read it all", 1u << HVC_LEVEL_EL2H},
	        {"silent", HVC_E_ARG, "no call comes back", 0},
	        {"elsewhere", HVC_E_UNSUPPORTED, "control goes where EL2's own memory says", 0},
	        {"unlifted", HVC_E_UNSUPPORTED, "fadd d0, d1, d2", 0},
	        {"anywhere", HVC_E_UNSUPPORTED, "to EL2's own memory", 0},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct hvc_subject *subject = open_way(rows[i].name);
		const struct hvc_leaks_config config = {.subject = subject,
		                                        .levels = rows[i].levels};
		struct hvc_leaks *leaks = NULL;
		struct hvc_diag diag = {0};

		ck_assert_int_eq(hvc_leaks__find(&config, &diag, &leaks), rows[i].status);
		ck_assert_ptr_null(leaks);
		ck_assert_msg(strstr(diag.message, rows[i].says) != NULL, "%s: %s", rows[i].name,
		              diag.message);
		hvc_subject_close(subject);
	}
}

/* Only the calls that were asked for. */
TEST(calls_are_narrowed)
{
	static const uint64_t value[HVC_GPR_COUNT] = {5};
	const uint16_t imm[2] = {6, 7};
	struct hvc_subject *subject = open_way("one_immediate");
	struct hvc_leaks_config config = {.subject = subject};
	struct hvc_leaks *leaks;

	for (unsigned i = 0; i < 2; i++) {
		config.imm = &imm[i];
		leaks = find(&config);
		ck_assert_uint_eq(leaks->leaks, i);
		hvc_leaks__free(leaks);
	}
	hvc_subject_close(subject);
	subject = open_way("direct");
	config.subject = subject;
	leaks = find(&config);
	ck_assert_uint_eq(leaks->leak[0].imm, 7);
	hvc_leaks__free(leaks);
	hvc_subject_close(subject);
	subject = open_way("one_value");
	config = (struct hvc_leaks_config){.subject = subject, .value = value};
	hvc_regset_add(&config.set, HVC_REG_X0);
	leaks = find(&config);
	ck_assert_uint_eq(leaks->leaks, 0);
	hvc_leaks__free(leaks);
	hvc_subject_close(subject);
}

/* A rule that does not let its calls install vectors, and two that do. */
TEST(vectors_of_the_caller_hand_el2_over)
{
	static const struct {
		const char *rule;
		unsigned leaks;
	} rows[] = {{"", 1}, {"results: { vbar_el2: x1 },", 0}, {"clobbers: vbar_el2,", 0}};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct hvc_subject *subject = open_way("vectors");
		struct hvc_leaks_config config = {.subject = subject};
		struct hvc_diag diag = {0};
		struct hvc_abi *abi = NULL;
		struct hvc_leaks *leaks;
		char text[512], what[256];
		int size = snprintf(text, sizeof text,
		                    "abi: a\ntitle: t\nsource: s\ncallers: el1h\nrules:\n"
		                    "  - { name: one, when: { x0: 1 }, %s outcome: return }\n"
		                    "  - { name: all, default: true, outcome: return }\n",
		                    rows[i].rule);

		ck_assert_msg(hvc_abi_parse(text, (size_t)size, "inline", &diag, &abi) == HVC_OK,
		              "%u: %s", diag.line, diag.message);
		config.abi = abi;
		leaks = find(&config);
		ck_assert_uint_eq(leaks->leaks, rows[i].leaks);
		if (leaks->leaks) {
			hvc_leak__print(leaks->leak, what, sizeof what);
			ck_assert_ptr_nonnull(strstr(what, "vbar_el2 is where the caller says"));
			ck_assert_int_eq(leaks->leak->channel, HVC_CHANNEL_CONTROL);
			ck_assert_int_eq(leaks->leak->rule, 0);
			ck_assert_uint_eq(leaks->leak->probe.call.x[0], 1);
			ck_assert_uint_eq(leaks->leak->value[0],
			                  leaks->leak->probe.call.x[1] & HVC_MASK_VBAR);
		}
		hvc_leaks__free(leaks);
		hvc_abi_free(abi);
		hvc_subject_close(subject);
	}
}

static void claim(const struct hvc_leak_pair *pair, unsigned reg, hvc_ref *parts)
{
	if (reg == HVC_REG_X0 + 5)
		*parts = hvc_bv__num(pair->search->p.terms, 1, 1);
}

/* A leak that the proof makes up is not seen by the machine. */
TEST(wrong_proof_is_noticed)
{
	struct hvc_subject *subject = open_way("kept_over");
	const struct hvc_leaks_config config = {.subject = subject};
	struct hvc_leaks *leaks = NULL;
	struct hvc_diag diag = {0};

	hvc_leak__trial = claim;
	ck_assert_int_eq(hvc_leaks__find(&config, &diag, &leaks), HVC_E_ENGINE);
	hvc_leak__trial = NULL;
	ck_assert_msg(strstr(diag.message, "a fault of hvcheck: x5 leaks") != NULL, "%s",
	              diag.message);
	hvc_subject_close(subject);
}

/* What a rule's results say is no leak, and what they do not say of the same register is one. */
TEST(a_declared_result_is_no_leak)
{
	static const struct {
		const char *result;
		unsigned leaks;
	} cases[] = {
	        {"{ x0: 0xbadca11, x3: tpidr_el2 }", 0},
	        {"{ x0: 0xbadca11, w3: tpidr_el2 }", 1}, /* the upper half is not declared */
	        {"{ x0: 0xbadca11, x3: sp_el2 }", 1},
	        {"{ x0: 0xbadca11 }", 1},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct hvc_subject *subject = open_subject("broken-leak-thread");
		struct hvc_leaks_config config = {.subject = subject};
		struct hvc_diag diag = {0};
		struct hvc_abi *abi = NULL;
		struct hvc_leaks *leaks;
		char text[512];
		int size = snprintf(text, sizeof text,
		                    "abi: declares\ntitle: t\nsource: s\ncallers: el1h\n"
		                    "rules:\n  - name: others\n    when: { x0: 0-2 }\n"
		                    "    outcome: unspecified\n  - name: all\n    default: true\n"
		                    "    outcome: return\n    results: %s\n    clobbers: x0-x18\n",
		                    cases[i].result);

		ck_assert_msg(hvc_abi_parse(text, (size_t)size, "inline", &diag, &abi) == HVC_OK,
		              "%u: %s", diag.line, diag.message);
		config.abi = abi;
		leaks = find(&config);
		ck_assert_msg(leaks->leaks == cases[i].leaks, "%s: %u", cases[i].result,
		              leaks->leaks);
		ck_assert_int_eq(leaks->declared > 0, cases[i].leaks == 0);
		hvc_leaks__free(leaks);
		hvc_abi_free(abi);
		hvc_subject_close(subject);
	}
}

SUITE_MAIN("leak")
