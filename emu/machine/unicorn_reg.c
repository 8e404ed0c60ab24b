/* SPDX-License-Identifier: MIT */
/* Registers through Unicorn, those of system registers by their encodings. */
#include "machine/unicorn.h"

#include <string.h>
#include <unicorn/unicorn.h>

#include "hvcheck/arch.h"

#define HCR_VM     UINT64_C(1)
#define HCR_STAGE2 (HCR_VM | UINT64_C(1) << 12) /* and DC */
#define SCTLR_M    UINT64_C(1)

static uint64_t get_id(struct hvc_engine *engine, int id)
{
	uint64_t value = 0;

	uc_reg_read(engine->uc, id, &value);
	return value;
}

static void set_id(struct hvc_engine *engine, int id, uint64_t value)
{
	uc_reg_write(engine->uc, id, &value);
}

static uc_arm64_cp_reg named(const uint8_t encoding[static 5], uint64_t value)
{
	/* CRn, CRm, op0, op1, op2, value */
	return (uc_arm64_cp_reg){encoding[2], encoding[3], encoding[0],
	                         encoding[1], encoding[4], value};
}

bool hvc_unicorn__set_named(struct hvc_engine *engine, const uint8_t encoding[static 5],
                            uint64_t value)
{
	uc_arm64_cp_reg reg = named(encoding, value);

	return uc_reg_write(engine->uc, UC_ARM64_REG_CP_REG, &reg) == UC_ERR_OK;
}

/*
 * Registers without storage, which cannot be read from outside: the library asserts that there is
 * some (2.0.1 to 2.1.x, raw_read in target/arm/helper.c).
 */
static bool is_readable(const uint8_t encoding[static 5])
{
	static const uint8_t none[][5] = {
	        {2, 0, 0, 2, 0},  /* MDCCINT_EL1 */
	        {2, 0, 1, 0, 4},  /* OSLAR_EL1 */
	        {2, 0, 1, 3, 4},  /* OSDLR_EL1 */
	        {2, 4, 0, 7, 0},  /* DBGVCR32_EL2 */
	        {3, 0, 4, 2, 2},  /* CurrentEL, part of PSTATE */
	        {3, 3, 4, 2, 0},  /* NZCV, too */
	        {3, 3, 9, 12, 4}, /* PMSWINC_EL0 */
	};

	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		if (!memcmp(encoding, none[i], sizeof none[i]))
			return false;
	return true;
}

bool hvc_unicorn__get_named(struct hvc_engine *engine, const uint8_t encoding[static 5],
                            uint64_t *value)
{
	static const uint8_t rndr[5] = {3, 3, 2, 4, 0}; /* and RNDRRS, with op2 1 */
	uc_arm64_cp_reg reg = named(encoding, 0);

	/* Reading one sets NZCV, from outside, too; nobody needs its value. CPU max has them. */
	if (!memcmp(encoding, rndr, 4) && encoding[4] < 2) {
		*value = 0;
		return engine->repairs;
	}
	if (!is_readable(encoding) ||
	    uc_reg_read(engine->uc, UC_ARM64_REG_CP_REG, &reg) != UC_ERR_OK)
		return false;
	*value = reg.val;
	return true;
}

/*
 * CPU model max has SVE without any vector length. Where FP/SIMD is trapped and SVE is not it looks
 * for one and aborts (2.0.1 to 2.1.x, sve_zcr_get_valid_len in target/arm/helper.c). Nothing else
 * in it depends on the registers that say so, since trap.c has the traps: it never sees their
 * values.
 */
static uint64_t *kept(struct hvc_engine *engine, const uint8_t encoding[static 5])
{
	unsigned i = hvc_held__find(encoding);

	return i < HVC_HELD_REGISTERS && (i >= HVC_TRAP_REGISTERS || engine->repairs)
	               ? &engine->held[i]
	               : NULL;
}

void hvc_unicorn__reset_held(struct hvc_engine *engine)
{
	for (unsigned i = 0; i < HVC_HELD_REGISTERS; i++)
		hvc_unicorn__get_named(engine, hvc_held__register[i], &engine->held[i]);
}

/*
 * Turning stage 2 on and off flushes what is known of all address spaces, on every version. A
 * write of HCR_EL2 also withdraws the virtual interrupts that it does not ask for.
 */
void hvc_unicorn__flush(struct hvc_engine *engine)
{
	static const uint8_t hcr[5] = {3, 4, 1, 1, 0};
	uint64_t value = 0;

	if (engine->hyp) {
		hvc_hyp__flush(engine);
		return;
	}
	hvc_unicorn__get_named(engine, hcr, &value);
	hvc_unicorn__set_named(engine, hcr, value ^ HCR_VM);
	hvc_unicorn__set_named(engine, hcr, value);
}

/*
 * Stage 2 would translate the caller's instructions, by tables that nobody has made for them: the
 * engine never sees that it is on.
 */
static bool is_hcr(const uint8_t encoding[static 5])
{
	return !memcmp(encoding, (const uint8_t[5]){3, 4, 1, 1, 0}, 5);
}

bool hvc_engine__stands_in(struct hvc_engine *engine, const uint8_t encoding[static 5])
{
	return kept(engine, encoding) || is_hcr(encoding) ||
	       hvc_mapping__find(&engine->mapping, encoding) < HVC_MAPPING_REGISTERS;
}

bool hvc_engine__get_sys(struct hvc_engine *engine, const uint8_t encoding[static 5],
                         uint64_t *value)
{
	unsigned mapped = hvc_mapping__find(&engine->mapping, encoding);
	uint64_t *own = kept(engine, encoding);

	if (engine->hyp)
		return false;
	if (mapped < HVC_MAPPING_REGISTERS)
		own = &engine->mapping.shadow[mapped];
	if (own)
		*value = *own;
	else if (!hvc_unicorn__get_named(engine, encoding, value))
		return false;
	else if (is_hcr(encoding))
		*value |= engine->stage2;
	*value = hvc_mapping__out(&engine->mapping, *value);
	return true;
}

bool hvc_engine__set_sys(struct hvc_engine *engine, const uint8_t encoding[static 5],
                         uint64_t value)
{
	unsigned mapped = hvc_mapping__find(&engine->mapping, encoding);
	uint64_t *own = kept(engine, encoding);

	if (engine->hyp)
		return false;
	if (mapped < HVC_MAPPING_REGISTERS) {
		hvc_mapping__set(engine, mapped, value);
		engine->change.stale |= engine->lazy;
		return true;
	}
	if (own) {
		*own = value;
		return true;
	}
	if (engine->lazy && hvc_level__is_cached(encoding))
		engine->change.stale = true;
	if (is_hcr(encoding)) {
		engine->stage2 = value & HCR_STAGE2;
		value &= ~HCR_STAGE2;
	}
	return hvc_unicorn__set_named(engine, encoding, value);
}

/* Registers that Unicorn names itself are several times cheaper than by encoding. */
static const int fast_ids[HVC_REG_COUNT] = {
        [HVC_REG_SP_EL0] = UC_ARM64_REG_SP_EL0,     [HVC_REG_SP_EL1] = UC_ARM64_REG_SP_EL1,
        [HVC_REG_SP_EL2] = UC_ARM64_REG_SP_EL2,     [HVC_REG_VBAR_EL1] = UC_ARM64_REG_VBAR_EL1,
        [HVC_REG_VBAR_EL2] = UC_ARM64_REG_VBAR_EL2, [HVC_REG_ESR_EL1] = UC_ARM64_REG_ESR_EL1,
        [HVC_REG_ESR_EL2] = UC_ARM64_REG_ESR_EL2,   [HVC_REG_ELR_EL1] = UC_ARM64_REG_ELR_EL1,
        [HVC_REG_ELR_EL2] = UC_ARM64_REG_ELR_EL2,   [HVC_REG_FAR_EL1] = UC_ARM64_REG_FAR_EL1,
        [HVC_REG_FAR_EL2] = UC_ARM64_REG_FAR_EL2,
};

static unsigned sp_bank(uint64_t pstate)
{
	return pstate & HVC_PSTATE_SP ? hvc_arch_el(pstate) : 0;
}

/* The stack pointer of the current level lives in SP; its banked copy is stale. */
static bool is_current_sp(struct hvc_engine *engine, enum hvc_reg reg)
{
	return reg >= HVC_REG_SP_EL0 && reg <= HVC_REG_SP_EL2 &&
	       reg - HVC_REG_SP_EL0 == sp_bank(hvc_engine__pstate(engine));
}

bool hvc_engine__get(struct hvc_engine *engine, enum hvc_reg reg, uint64_t *value)
{
	int id;

	if (engine->hyp)
		return hvc_hyp__get(engine, reg, value);
	id = is_current_sp(engine, reg) ? UC_ARM64_REG_SP : fast_ids[reg];
	if (id != UC_ARM64_REG_INVALID) {
		*value = hvc_mapping__out(&engine->mapping, get_id(engine, id));
		return true;
	}
	return hvc_engine__get_sys(engine, hvc_reg_info(reg)->encoding, value);
}

bool hvc_engine__set(struct hvc_engine *engine, enum hvc_reg reg, uint64_t value)
{
	const struct hvc_reg_info *info = hvc_reg_info(reg);
	int id;

	if (engine->hyp)
		return hvc_hyp__set(engine, reg, value);
	id = is_current_sp(engine, reg) ? UC_ARM64_REG_SP : fast_ids[reg];
	if (id != UC_ARM64_REG_INVALID) {
		set_id(engine, id, value);
		return true;
	}
	if (info->class_ == HVC_CLASS_EXCEPTION)
		return hvc_unicorn__set_named(engine, info->encoding, value);
	return hvc_engine__set_sys(engine, info->encoding, value);
}

#define X(n)      UC_ARM64_REG_X##n
#define FRAME_IDS (HVC_GPR_COUNT + 5)

/* clang-format off */
static int frame_ids[FRAME_IDS] = {
	X(0),  X(1),  X(2),  X(3),  X(4),  X(5),  X(6),  X(7),  X(8),  X(9),  X(10),
	X(11), X(12), X(13), X(14), X(15), X(16), X(17), X(18), X(19), X(20), X(21),
	X(22), X(23), X(24), X(25), X(26), X(27), X(28), X(29), X(30), UC_ARM64_REG_SP,
	UC_ARM64_REG_PC, UC_ARM64_REG_SP_EL0, UC_ARM64_REG_SP_EL1, UC_ARM64_REG_SP_EL2
};
/* clang-format on */

uint64_t hvc_engine__pstate(struct hvc_engine *engine)
{
	if (engine->hyp)
		return hvc_hyp__pstate(engine);
	return get_id(engine, UC_ARM64_REG_PSTATE) & UINT32_MAX; /* 32 bits wide */
}

void hvc_unicorn__frame(struct hvc_engine *engine, struct hvc_engine_frame *out)
{
	void *values[FRAME_IDS];
	uint64_t sp = 0;

	for (int n = 0; n < HVC_GPR_COUNT; n++)
		values[n] = &out->x[n];
	values[HVC_GPR_COUNT] = &sp;
	values[HVC_GPR_COUNT + 1] = &out->pc;
	for (int el = 0; el < 3; el++)
		values[HVC_GPR_COUNT + 2 + el] = &out->sp[el];
	uc_reg_read_batch(engine->uc, frame_ids, values, FRAME_IDS);
	out->pstate = hvc_engine__pstate(engine);
	if (sp_bank(out->pstate) < 3)
		out->sp[sp_bank(out->pstate)] = sp;
}

void hvc_engine__frame(struct hvc_engine *engine, struct hvc_engine_frame *out)
{
	const struct hvc_mapping *mapping = &engine->mapping;

	if (engine->hyp) {
		hvc_hyp__frame(engine, out);
		return;
	}
	hvc_unicorn__frame(engine, out);
	if (!mapping->windows)
		return;
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		out->x[n] = hvc_mapping__out(mapping, out->x[n]);
	for (unsigned el = 0; el < 3; el++)
		out->sp[el] = hvc_mapping__out(mapping, out->sp[el]);
	out->pc = hvc_mapping__out(mapping, out->pc);
}

void hvc_engine__set_gprs(struct hvc_engine *engine, const uint64_t x[static HVC_GPR_COUNT])
{
	void *values[HVC_GPR_COUNT];

	if (engine->hyp) {
		hvc_hyp__set_gprs(engine, x);
		return;
	}
	for (int n = 0; n < HVC_GPR_COUNT; n++)
		values[n] = (void *)(uintptr_t)&x[n];
	uc_reg_write_batch(engine->uc, frame_ids, values, HVC_GPR_COUNT);
}

#define SIMD_IDS HVC_SIMD_NAMES

/* The identifiers and places of q0..q31, FPCR and FPSR, for a batch. */
static void name_simd(const struct hvc_simd *simd, int ids[static SIMD_IDS],
                      void *values[static SIMD_IDS])
{
	for (int n = 0; n < HVC_SIMD_COUNT; n++) {
		ids[n] = UC_ARM64_REG_Q0 + n;
		values[n] = (void *)(uintptr_t)simd->q[n];
	}
	ids[HVC_SIMD_COUNT] = UC_ARM64_REG_FPCR;
	values[HVC_SIMD_COUNT] = (void *)(uintptr_t)&simd->fpcr;
	ids[HVC_SIMD_COUNT + 1] = UC_ARM64_REG_FPSR;
	values[HVC_SIMD_COUNT + 1] = (void *)(uintptr_t)&simd->fpsr;
}

void hvc_engine__simd(struct hvc_engine *engine, struct hvc_simd *out)
{
	int ids[SIMD_IDS];
	void *values[SIMD_IDS];

	if (engine->hyp) {
		hvc_hyp__simd(engine, out, false);
		return;
	}
	name_simd(out, ids, values);
	uc_reg_read_batch(engine->uc, ids, values, SIMD_IDS);
	out->fpcr &= UINT32_MAX; /* 32 bits wide */
	out->fpsr &= UINT32_MAX;
}

void hvc_engine__set_simd(struct hvc_engine *engine, const struct hvc_simd *simd)
{
	int ids[SIMD_IDS];
	void *values[SIMD_IDS];

	if (engine->hyp) {
		hvc_hyp__simd(engine, (struct hvc_simd *)(uintptr_t)simd, true);
		return;
	}
	name_simd(simd, ids, values);
	uc_reg_write_batch(engine->uc, ids, values, SIMD_IDS);
}

/* By enum hvc_raw; SPSR_EL3 has no name of Unicorn's own. */
static const int raw_ids[] = {
        UC_ARM64_REG_PC,      UC_ARM64_REG_SP,      UC_ARM64_REG_PSTATE,  UC_ARM64_REG_INVALID,
        UC_ARM64_REG_SP_EL0,  UC_ARM64_REG_SP_EL1,  UC_ARM64_REG_SP_EL2,  UC_ARM64_REG_SP_EL3,
        UC_ARM64_REG_ELR_EL0, UC_ARM64_REG_ELR_EL1, UC_ARM64_REG_ELR_EL2, UC_ARM64_REG_ELR_EL3,
};

uint64_t hvc_engine__raw(struct hvc_engine *engine, enum hvc_raw raw)
{
	return get_id(engine, raw_ids[raw]);
}

void hvc_engine__set_raw(struct hvc_engine *engine, enum hvc_raw raw, uint64_t value)
{
	if (raw == HVC_RAW_SPSR_EL3)
		hvc_unicorn__set_named(engine, (const uint8_t[5]){3, 6, 4, 0, 0}, value);
	else
		set_id(engine, raw_ids[raw], value);
}

void hvc_engine__stale_banks(struct hvc_engine *engine)
{
	engine->banks_stale = true;
}

struct hvc_level_change *hvc_engine__change(struct hvc_engine *engine)
{
	return &engine->change;
}

bool hvc_engine__stands_for_tables(struct hvc_engine *engine)
{
	return engine->mapping.always && !engine->mapping.booted;
}

bool hvc_engine__reaches_harness(struct hvc_engine *engine)
{
	uint64_t sctlr = 0;

	return engine->mapping.always ||
	       (hvc_engine__get(engine, HVC_REG_SCTLR_EL2, &sctlr) && !(sctlr & SCTLR_M));
}

uint64_t hvc_engine__place(struct hvc_engine *engine, uint64_t address)
{
	return hvc_mapping__in(&engine->mapping, address);
}

uint64_t hvc_unicorn__pc(struct hvc_engine *engine)
{
	if (engine->hyp)
		return hvc_hyp__pc(engine);
	return hvc_mapping__out(&engine->mapping, get_id(engine, UC_ARM64_REG_PC));
}
