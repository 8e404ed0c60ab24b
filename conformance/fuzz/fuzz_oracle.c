/* SPDX-License-Identifier: MIT */
/*
 * The engine against QEMU: a handler of instructions that both execute, drawn by the input from a
 * table, answers a few calls on both, and every field of the outcomes is compared. Where the two
 * are known to part (conformance/oracle/README.md) no instruction of the table goes.
 */
#include "code.h"
#include "oracle/oracle.h"

#define CALLS 16u
#define WORDS 200u

static const struct template
{
	uint32_t word, free; /* bits that the input chooses */
}
templates[] = {
        /* clang-format off */
	{0x91000000, 0x607fffef}, /* ADD, SUB (immediate), not to SP */
	{0x8a000000, 0x60ffffff}, /* AND, ORR, EOR, ANDS (shifted register) */
	{0x8b000000, 0x601fffff}, /* ADD, SUB (shifted register) */
	{0x0b000000, 0x601f7fff}, /* the same of 32 bits */
	{0xd2800000, 0x207fffff}, /* MOVZ, MOVK */
	{0x92800000, 0x007fffff}, /* MOVN */
	{0x9a800000, 0x401ff7ff}, /* CSEL, CSINC, CSINV, CSNEG */
	{0x9a000000, 0x601f03ff}, /* ADC, SBC */
	{0x9b000000, 0x001fffff}, /* MADD, MSUB */
	{0x9bc07c00, 0x001f03ff}, /* UMULH */
	{0x9ac00800, 0x001f07ff}, /* UDIV, SDIV */
	{0x9ac02000, 0x001f0fff}, /* LSLV, LSRV, ASRV, RORV */
	{0xd3400000, 0x003fffff}, /* UBFM */
	{0x93400000, 0x003fffff}, /* SBFM */
	{0xb3400000, 0x003fffff}, /* BFM */
	{0x93c00000, 0x001fffff}, /* EXTR */
	{0xdac00000, 0x000007ff}, /* RBIT, REV16 */
	{0xdac01000, 0x000007ff}, /* CLZ, CLS */
	{0xfa400000, 0x401ff3ef}, /* CCMP, CCMN */
	{0xb4000040, 0x0100001f}, /* CBZ, CBNZ over the next */
	{0x36000040, 0x81f8001f}, /* TBZ, TBNZ */
	{0x54000040, 0x0000000f}, /* B.cond */
	{0x10000000, 0x6000001f}, /* ADR */
	{0xf81003e0, 0x000f801f}, /* STUR to the stack */
	{0xf85003e0, 0x000f801f}, /* LDUR from there */
	{0xd5033fdf, 0},          /* ISB */
        /* clang-format on */
};

/* How a handler ends. */
static const uint32_t ends[] = {CODE_ERET,  CODE_ERET,  CODE_ERET,  CODE_ERET,
                                0xd4000003, 0xd4200000, 0x00000000, CODE_BRANCH};

/* Registers that handlers read, and those that they may write any value to. */
static const enum hvc_reg registers[] = {
        HVC_REG_TPIDR_EL2,      HVC_REG_TPIDR_EL1,   HVC_REG_TPIDR_EL0, HVC_REG_TPIDRRO_EL0,
        HVC_REG_CONTEXTIDR_EL1, HVC_REG_FAR_EL1,     HVC_REG_ELR_EL1,   HVC_REG_SP_EL0,
        HVC_REG_SP_EL1,         HVC_REG_CNTVOFF_EL2, HVC_REG_ESR_EL2,   HVC_REG_ELR_EL2,
        HVC_REG_SPSR_EL2,       HVC_REG_VBAR_EL2,    HVC_REG_HCR_EL2,   HVC_REG_MAIR_EL2,
};

#define WRITABLE 10u

static uint32_t draw(struct fuzz_bytes *bytes)
{
	const uint8_t which = (uint8_t)fuzz_take(bytes, 1);
	const uint32_t chosen = (uint32_t)fuzz_take(bytes, 4);
	const struct template *template =
	        &templates[which % (sizeof templates / sizeof *templates)];
	const uint8_t *e;
	bool write = which & 1;

	if (which < 0xd0)
		return template->word | (chosen & template->free);
	e = hvc_reg_info(registers[chosen / 32 % (write ? WRITABLE : 16)])->encoding;
	return (write ? 0xd5000000 : 0xd5200000) | (uint32_t)e[0] << 19 | (uint32_t)e[1] << 16 |
	       (uint32_t)e[2] << 12 | (uint32_t)e[3] << 8 | (uint32_t)e[4] << 5 | chosen % 32;
}

static void make(const uint8_t *data, size_t size, struct code *code)
{
	struct fuzz_bytes bytes = {data, size};
	uint32_t at = CODE_BEHIND;

	code_make(data, size < 16 ? size : 16, code);
	fuzz_take(&bytes, 8);
	fuzz_take(&bytes, 8);
	code_put(code, 0x400, 0xd503201f);
	code_put(code, 0x404, CODE_BRANCH | (CODE_BEHIND - 0x404) / 4);
	for (unsigned n = 0; bytes.left >= 5 && n < WORDS; n++, at += 4)
		code_put(code, at, draw(&bytes));
	/* Twice, since the last may be a branch over the next. */
	for (unsigned n = 0; n < 2; n++, at += 4)
		code_put(code, at, ends[code->options >> 1 & 7]);
}

struct trial {
	const struct hvc_oracle_config *config;
	const struct hvc_oracle_call *call;
	struct hvc_machine *machine;
	size_t answers;
};

static bool take(void *ctx, size_t index, const struct hvc_oracle_answer *answer)
{
	struct trial *trial = ctx;
	struct hvc_outcome outcome;
	struct hvc_diag diag = {0};
	char text[2048] = "";

	trial->answers++;
	FUZZ_HOLD(code_make_call(trial->machine, &trial->call[index].call, &outcome), "no outcome");
	if (!answer->peeked)
		FUZZ_HOLD(!hvc_oracle__compare(trial->config, &trial->call[index], trial->machine,
		                               &outcome, answer, text, sizeof text),
		          "%s", text);
	FUZZ_HOLD(hvc_machine_reset(trial->machine, &diag) == HVC_OK, "%s", diag.message);
	return true;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct hvc_diag diag = {0};
	char version[128];

	(void)argc;
	(void)argv;
	if (hvc_oracle__version(&diag, version, sizeof version) == HVC_OK)
		return 0;
	fprintf(stderr, "skipped: %s\n", diag.message);
	exit(77);
}

FUZZ_TARGET
{
	static struct code code;
	struct hvc_oracle_call call[CALLS] = {{.world = 0}};
	struct hvc_oracle_config config;
	struct trial trial = {&config, call, NULL, 0};
	const struct hvc_state *entry;
	uint64_t seed = fuzz_seed(data, size);
	struct hvc_diag diag = {0};

	make(data, size, &code);
	trial.machine = code_open(&code);
	entry = hvc_machine_entry(trial.machine);
	for (unsigned i = 0; i < CALLS; i++) {
		hvc_call_init(&call[i].call, i % 4 ? fuzz_random(&seed) | 1 : 0);
		call[i].call.imm = (uint16_t)fuzz_random(&seed);
		call[i].call.x[i] = fuzz_random(&seed) % 8;
		call[i].call.from = i % 5 ? HVC_LEVEL_EL1H : HVC_LEVEL_EL1T;
	}
	config = (struct hvc_oracle_config){
	        .image = code.config.image,
	        .cpu = code.world.cpu,
	        .present = hvc_machine_present(trial.machine),
	        .world = &entry,
	        .worlds = 1,
	        .budget = CODE_BUDGET,
	};
	FUZZ_HOLD(hvc_oracle__run(&config, call, CALLS, take, &trial, &diag) == HVC_OK, "%s",
	          diag.message);
	FUZZ_HOLD(trial.answers == CALLS, "%zu answers", trial.answers);
	fuzz_taken++;
	hvc_machine_close(trial.machine);
	return 0;
}
