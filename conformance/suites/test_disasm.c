/* SPDX-License-Identifier: MIT */
/* Disassembly, and the bit patterns of a64.c against it: two decoders that must agree. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/random.h"
#include "hvcheck/arch.h"
#include "hvcheck/subject.h"
#include "machine/reg.h"
#include "subject/a64.h"
#include "suite.h"

#define AT UINT64_C(0x40010000)

TEST(known_words)
{
	static const struct {
		uint32_t word;
		const char *text;
	} rows[] = {
	        {0xd503201f, "nop"},
	        {0xd4000002, "hvc #0"},
	        {0xd4024682, "hvc #0x1234"},
	        {0xd41fffe3, "smc #0xffff"},
	        {0xd69f03e0, "eret"},
	        {0xd65f03c0, "ret"},
	        {0xd51cc001, "msr vbar_el2, x1"},
	        {0xd53c5201, "mrs x1, esr_el2"},
	        {0xf100041f, "cmp x0, #1"},
	        {0xb4000040, "cbz x0, #0x40010008"},
	        {0x14000000, "b #0x40010000"},
	        {0x17ffffff, "b #0x4000fffc"},
	        {0xd2800020, "mov x0, #1"},
	        {0x52994220, "mov w0, #0xca11"},
	        {0x92800000, "mov x0, #0xffffffffffffffff"},
	        {0xb2401fe3, "mov x3, #0xff"},
	        {0xaa0103e0, "mov x0, x1"},
	        {0x00000000, "udf #0"},
	        {0x00001234, "udf #4660"},
	        {0xffffffff, ".word 0xffffffff"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[96];

		hvc_disasm(AT, rows[i].word, text, sizeof text);
		ck_assert_str_eq(text, rows[i].text);
	}
}

TEST(text_is_cut_to_size)
{
	for (size_t size = 1; size < 20; size++) {
		char text[24];

		memset(text, '#', sizeof text);
		hvc_disasm(AT, 0xd51cc001, text, size);
		ck_assert_uint_eq(strlen(text), size - 1 < 16 ? size - 1 : 16);
		ck_assert_int_eq(memcmp(text, "msr vbar_el2, x1", strlen(text)), 0);
		ck_assert_int_eq(text[size], '#');
	}
}

static uint32_t next_random(void)
{
	static uint64_t state = UINT64_C(0x2545f4914f6cdd1d);

	return (uint32_t)hvc_random(&state);
}

static bool is_one_of(const char *mnemonic, size_t length, const char *list)
{
	for (const char *at = list; (at = strstr(at, " ")) && at[1]; at++)
		if (!strncmp(at + 1, mnemonic, length) && at[1 + length] == ' ')
			return true;
	return false;
}

static enum hvc_flow flow_of_text(const char *text)
{
	static const struct {
		const char *mnemonics;
		enum hvc_flow flow;
	} rows[] = {
	        {" b ", HVC_FLOW_BRANCH},
	        {" bl ", HVC_FLOW_CALL},
	        {" cbz cbnz tbz tbnz ", HVC_FLOW_COND},
	        {" br braa braaz brab brabz ret retaa retab ", HVC_FLOW_INDIRECT},
	        {" eret eretaa eretab ", HVC_FLOW_ERET},
	        {" brk hlt udf ", HVC_FLOW_STOP},
	};
	size_t length = strcspn(text, " ");

	if (!strncmp(text, "b.", 2) || !strncmp(text, "bc.", 3))
		return HVC_FLOW_COND;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (is_one_of(text, length, rows[i].mnemonics))
			return rows[i].flow;
	return HVC_FLOW_NEXT;
}

TEST(flows_agree)
{
	static const uint32_t tops[] = {0x14000000, 0x94000000, 0x54000000, 0x34000000, 0xb5000000,
	                                0x36000000, 0xb7000000, 0xd6000000, 0xd4000000, 0xd5000000};
	static const uint32_t erets[] = {0xd69f03e0, 0xd69f0bff, 0xd69f0fff};
	unsigned seen[HVC_FLOW_STOP + 1] = {0};

	for (unsigned i = 0; i < 100000; i++) {
		uint32_t word = next_random();
		uint64_t target = 0;
		enum hvc_flow flow;
		char text[96];

		if (i % 4)
			word = tops[i % 10] | (word & 0x01ffffff);
		/* Most of the space of BR, RET and ERET is empty. */
		if (i % 16 == 1)
			word = 0xd61f0000 | (word & 0x00e003e0);
		if (i % 64 == 2)
			word = erets[i / 64 % 3];
		if (i % 64 == 6) /* BRK, HLT */
			word = (i & 64 ? 0xd4200000 : 0xd4400000) | (word & 0x1fffe0);
		hvc_disasm(AT, word, text, sizeof text);
		if (text[0] == '.')
			continue;
		flow = hvc_a64__flow(AT, word, &target);
		ck_assert_msg(flow == flow_of_text(text), "0x%08x %s: flow %d", word, text, flow);
		ck_assert_msg(hvc_a64__plausible(word) || flow == HVC_FLOW_STOP, "0x%08x %s", word,
		              text);
		if (flow == HVC_FLOW_BRANCH || flow == HVC_FLOW_COND || flow == HVC_FLOW_CALL)
			ck_assert_uint_eq(target, strtoull(strrchr(text, '#') + 1, NULL, 0));
		seen[flow]++;
	}
	for (unsigned i = 0; i <= HVC_FLOW_STOP; i++)
		ck_assert_msg(seen[i] > 100, "flow %u was seen %u times", i, seen[i]);
}

/* The value after the first '#', shifted as the text says. */
static uint64_t immediate_of_text(const char *text)
{
	char *end;
	const char *number = strchr(text, '#') + 1;
	uint64_t value =
	        number[0] == '-' ? (uint64_t)strtoll(number, &end, 0) : strtoull(number, &end, 0);

	if (!strncmp(end, ", lsl #", 7))
		value <<= strtoul(end + 7, NULL, 0);
	return value;
}

TEST(immediates_agree)
{
	static const struct {
		uint32_t value, random; /* fixed and free bits */
		const char *mnemonic;
		enum hvc_move move;
		enum hvc_compare compare;
	} rows[] = {
	        /* clang-format off */
		{0x7100001f, 0x807fffe0, "cmp", HVC_MOVE_SUB, HVC_COMPARE_EQUAL},
		{0x3100001f, 0x807fffe0, "cmn", HVC_MOVE_OTHER, HVC_COMPARE_MINUS},
		{0x51000001, 0x807fffe0, "sub", HVC_MOVE_SUB, HVC_COMPARE_NONE},
		{0x7200001f, 0x807fffe0, "tst", HVC_MOVE_OTHER, HVC_COMPARE_BITS},
		{0x52000001, 0x807fffe0, "eor", HVC_MOVE_EOR, HVC_COMPARE_NONE},
		{0x7a400800, 0x801ff3ef, "ccmp", HVC_MOVE_OTHER, HVC_COMPARE_EQUAL},
		{0x3a400800, 0x801ff3ef, "ccmn", HVC_MOVE_OTHER, HVC_COMPARE_MINUS},
		{0x72800003, 0x807fffe0, "movk", HVC_MOVE_KEEP, HVC_COMPARE_NONE},
		{0x18000005, 0x40ffffe0, "ldr", HVC_MOVE_LITERAL, HVC_COMPARE_NONE},
	        /* clang-format on */
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		unsigned compared = 0;

		for (unsigned j = 0; j < 4000; j++) {
			uint32_t word = rows[i].value | (next_random() & rows[i].random);
			uint64_t value;
			struct hvc_a64 insn;
			char text[96];

			hvc_disasm(AT, word, text, sizeof text);
			/* Aliases and reserved encodings. */
			if (strncmp(text, rows[i].mnemonic, strlen(rows[i].mnemonic)) ||
			    !strchr(text, '#'))
				continue;
			hvc_a64__decode(AT, word, &insn);
			value = immediate_of_text(text);
			if (insn.word)
				value = (uint32_t)value;
			ck_assert_msg(insn.imm == value, "0x%08x %s: 0x%" PRIx64, word, text,
			              insn.imm);
			ck_assert_msg(insn.move == rows[i].move && insn.compare == rows[i].compare,
			              "0x%08x %s", word, text);
			ck_assert_uint_eq(insn.word, rows[i].move == HVC_MOVE_LITERAL
			                                     ? !(word >> 30)
			                                     : !(word >> 31));
			compared++;
		}
		ck_assert_msg(compared > 1000, "%s: %u", rows[i].mnemonic, compared);
	}
}

TEST(system_registers)
{
	struct hvc_sysop op;

	ck_assert(hvc_a64__sysop(0xd51cc001, &op)); /* msr vbar_el2, x1 */
	ck_assert(op.write);
	ck_assert_uint_eq(op.rt, 1);
	ck_assert_int_eq(hvc_reg__find_sys(op.op0, op.op1, op.crn, op.crm, op.op2),
	                 HVC_REG_VBAR_EL2);
	ck_assert(hvc_a64__sysop(0xd53c521e, &op)); /* mrs x30, esr_el2 */
	ck_assert(!op.write);
	ck_assert_uint_eq(op.rt, 30);
	ck_assert_int_eq(hvc_reg__find_sys(op.op0, op.op1, op.crn, op.crm, op.op2),
	                 HVC_REG_ESR_EL2);
	ck_assert(!hvc_a64__sysop(0xd5033fdf, &op)); /* isb */
	ck_assert(!hvc_a64__sysop(0xd5034fdf, &op)); /* msr daifset, #15 */
	ck_assert(!hvc_a64__sysop(0xd50c871f, &op)); /* tlbi alle2 */
}

TEST(what_is_not_an_instruction)
{
	static const uint32_t data[] = {0,          1,          0xffff,     0x10000,
	                                0x01badca1, 0xffffffff, 0x02000000, 0x06000000};

	for (size_t i = 0; i < sizeof data / sizeof *data; i++)
		ck_assert_msg(!hvc_a64__plausible(data[i]), "0x%08x", data[i]);
	for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++)
		ck_assert(hvc_a64__plausible(hvc_arch_encode((uint16_t)imm)));
	ck_assert(hvc_a64__padding(0));
	ck_assert(hvc_a64__padding(HVC_A64_NOP));
	ck_assert(!hvc_a64__padding(0xd69f03e0));
}

#ifndef __SANITIZE_ADDRESS__ /* which wants more addresses than there are bytes */
static const uint32_t some[] = {0xd503201f, 0xd4024682, 0xd51cc001, 0x14000000, 0xffffffff};

#define SOME (sizeof some / sizeof *some)

/* In a process that has no memory left, the text of some words is what it was: status 0. */
static int without_memory(char before[SOME][96])
{
	const struct rlimit none = {0, 0};
	char text[96];

	setrlimit(RLIMIT_AS, &none);
	for (size_t size = 1 << 20; size; size /= 2)
		while (malloc(size))
			;
	for (size_t i = 0; i < 2 * SOME; i++) {
		hvc_disasm(AT, some[i % SOME], text, sizeof text);
		if (strcmp(text, before[i % SOME]) != 0)
			return 1;
	}
	return 0;
}

TEST(no_memory_is_needed)
{
	char before[SOME][96];
	int status;
	pid_t child;

	for (size_t i = 0; i < SOME; i++)
		hvc_disasm(AT, some[i], before[i], sizeof before[i]);
	child = fork();
	if (!child)
		_exit(without_memory(before));
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_msg(status == 0, "status 0x%x", (unsigned)status);
}
#endif

SUITE_MAIN("disasm")
