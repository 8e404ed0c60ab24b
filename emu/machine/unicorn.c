/* SPDX-License-Identifier: MIT */
/*
 * The only file that meets Unicorn (2.0.1 to 2.1.x).
 *
 * What it lacks is made up for next door: exceptions never become exception entries and levels do
 * not change (level.c), CPU model max announces FEAT_VHE and has half of it (vhe.c).
 */
#include "machine/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicorn/unicorn.h>

#include "hvcheck/arch.h"
#include "machine/level.h"
#include "machine/vhe.h"

#define NOWHERE UINT64_C(0xfffffffffffffff0) /* an address no run reaches: "until" of emu_start */

struct hvc_engine {
	uc_engine *uc;
	uc_context *fresh;
	struct hvc_engine_hooks hooks;
	struct hvc_level_change change;
	bool lazy;      /* the library leaves the cached flags as they were */
	bool repairs;   /* the CPU model needs vhe.c */
	bool refresh;   /* stopped to rebuild them in the middle of a run */
	bool stopped;   /* hvc_engine__stop was called in this run */
	uint64_t fault; /* last unmapped address */
};

static const struct {
	int uc;
	enum hvc_event event;
} events[] = {
        {1, HVC_EVENT_UNDEF}, {2, HVC_EVENT_SVC},  {3, HVC_EVENT_PREFETCH},  {4, HVC_EVENT_DATA},
        {7, HVC_EVENT_BRK},   {11, HVC_EVENT_HVC}, {12, HVC_EVENT_SMC_TRAP}, {13, HVC_EVENT_SMC},
};

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

static bool set_named(struct hvc_engine *engine, const uint8_t encoding[static 5], uint64_t value)
{
	uc_arm64_cp_reg reg = named(encoding, value);

	return uc_reg_write(engine->uc, UC_ARM64_REG_CP_REG, &reg) == UC_ERR_OK;
}

bool hvc_engine__get_sys(struct hvc_engine *engine, const uint8_t encoding[static 5],
                         uint64_t *value)
{
	uc_arm64_cp_reg reg = named(encoding, 0);

	if (uc_reg_read(engine->uc, UC_ARM64_REG_CP_REG, &reg) != UC_ERR_OK)
		return false;
	*value = reg.val;
	return true;
}

bool hvc_engine__set_sys(struct hvc_engine *engine, const uint8_t encoding[static 5],
                         uint64_t value)
{
	if (engine->lazy && hvc_level__is_cached(encoding))
		engine->change.stale = true;
	return set_named(engine, encoding, value);
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
	int id = is_current_sp(engine, reg) ? UC_ARM64_REG_SP : fast_ids[reg];

	if (id != UC_ARM64_REG_INVALID) {
		*value = get_id(engine, id);
		return true;
	}
	return hvc_engine__get_sys(engine, hvc_reg_info(reg)->encoding, value);
}

bool hvc_engine__set(struct hvc_engine *engine, enum hvc_reg reg, uint64_t value)
{
	const struct hvc_reg_info *info = hvc_reg_info(reg);
	int id = is_current_sp(engine, reg) ? UC_ARM64_REG_SP : fast_ids[reg];

	if (id != UC_ARM64_REG_INVALID) {
		set_id(engine, id, value);
		return true;
	}
	if (info->class_ == HVC_CLASS_EXCEPTION)
		return set_named(engine, info->encoding, value);
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
	return get_id(engine, UC_ARM64_REG_PSTATE) & UINT32_MAX; /* 32 bits wide */
}

void hvc_engine__frame(struct hvc_engine *engine, struct hvc_engine_frame *out)
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

void hvc_engine__set_gprs(struct hvc_engine *engine, const uint64_t x[static HVC_GPR_COUNT])
{
	void *values[HVC_GPR_COUNT];

	for (int n = 0; n < HVC_GPR_COUNT; n++)
		values[n] = (void *)(uintptr_t)&x[n];
	uc_reg_write_batch(engine->uc, frame_ids, values, HVC_GPR_COUNT);
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
		set_named(engine, (const uint8_t[5]){3, 6, 4, 0, 0}, value);
	else
		set_id(engine, raw_ids[raw], value);
}

struct hvc_level_change *hvc_engine__change(struct hvc_engine *engine)
{
	return &engine->change;
}

static void on_exception(uc_engine *uc, uint32_t number, void *ctx)
{
	struct hvc_engine *engine = ctx;
	uint64_t pc = get_id(engine, UC_ARM64_REG_PC);
	enum hvc_event event = HVC_EVENT_OTHER;

	(void)uc;
	if (number == 2 && hvc_level__svc(engine, pc))
		return;
	for (size_t i = 0; i < sizeof events / sizeof *events; i++)
		if (events[i].uc == (int)number)
			event = events[i].event;
	if (event == HVC_EVENT_UNDEF && engine->repairs && hvc_vhe__repair(engine, pc))
		return;
	engine->hooks.exception(engine->hooks.ctx, event, pc);
}

static void on_block(uc_engine *uc, uint64_t address, uint32_t size, void *ctx)
{
	struct hvc_engine *engine = ctx;

	(void)uc;
	if (!hvc_level__is_trampoline(address))
		engine->hooks.block(engine->hooks.ctx, address, size);
}

static void on_write(uc_engine *uc, uc_mem_type type, uint64_t address, int size, int64_t value,
                     void *ctx)
{
	struct hvc_engine *engine = ctx;

	(void)uc;
	(void)type;
	engine->hooks.write(engine->hooks.ctx, address, (unsigned)size, (uint64_t)value);
}

/* Before an MRS or MSR executes. Not 0: it has been done, skip it. */
static uint32_t on_sys(uc_engine *uc, uc_arm64_reg reg, const uc_arm64_cp_reg *cp, void *ctx)
{
	struct hvc_engine *engine = ctx;

	(void)reg;
	if (cp->op1 != 0 || !hvc_vhe__redirect(engine, get_id(engine, UC_ARM64_REG_PC)))
		return 0;
	if (hvc_level__wants_refresh(engine)) {
		engine->refresh = true;
		uc_emu_stop(uc);
	}
	return 1;
}

static void on_step(uc_engine *uc, uint64_t address, uint32_t size, void *ctx)
{
	struct hvc_engine *engine = ctx;

	(void)uc;
	(void)size;
	if (!hvc_level__is_trampoline(address))
		engine->hooks.step(engine->hooks.ctx, address);
}

static void on_boundary(uc_engine *uc, uint64_t address, uint32_t size, void *ctx)
{
	struct hvc_engine *engine = ctx;

	(void)uc;
	(void)size;
	engine->hooks.boundary(engine->hooks.ctx, address);
}

static bool on_unmapped(uc_engine *uc, uc_mem_type type, uint64_t address, int size, int64_t value,
                        void *ctx)
{
	struct hvc_engine *engine = ctx;

	(void)uc;
	(void)type;
	(void)size;
	(void)value;
	engine->fault = address;
	return false;
}

/* Unicorn takes callbacks as object pointers; a union keeps that free of a cast ISO C forbids. */
static uc_err add_hook(struct hvc_engine *engine, int type, int insn, void (*callback)(void),
                       uint64_t begin, uint64_t end)
{
	union {
		void (*function)(void);
		void *object;
	} as = {.function = callback};
	uc_hook handle;

	return uc_hook_add(engine->uc, &handle, type, as.object, engine, begin, end, insn);
}

#define CALLBACK(function) ((void (*)(void))(function))

static uc_err add_hooks(struct hvc_engine *engine)
{
	const struct {
		int type, insn;
		void (*callback)(void);
		bool wanted;
	} rows[] = {
	        {UC_HOOK_INTR, 0, CALLBACK(on_exception), true},
	        {UC_HOOK_BLOCK, 0, CALLBACK(on_block), true},
	        {UC_HOOK_MEM_WRITE, 0, CALLBACK(on_write), true},
	        {UC_HOOK_MEM_UNMAPPED, 0, CALLBACK(on_unmapped), true},
	        {UC_HOOK_CODE, 0, CALLBACK(on_step), engine->hooks.step != NULL},
	        {UC_HOOK_INSN, UC_ARM64_INS_MRS, CALLBACK(on_sys), engine->repairs},
	        {UC_HOOK_INSN, UC_ARM64_INS_MSR, CALLBACK(on_sys), engine->repairs},
	};
	uc_err err = UC_ERR_OK;

	for (size_t i = 0; i < sizeof rows / sizeof *rows && err == UC_ERR_OK; i++)
		if (rows[i].wanted)
			err = add_hook(engine, rows[i].type, rows[i].insn, rows[i].callback, 1, 0);
	return err;
}

static uc_err set_up(struct hvc_engine *engine, enum hvc_cpu cpu)
{
	static const int models[HVC_CPU_COUNT] = {
	        [HVC_CPU_A72] = UC_CPU_ARM64_A72, [HVC_CPU_MAX] = UC_CPU_ARM64_MAX};
	uc_err err = uc_open(UC_ARCH_ARM64, UC_MODE_ARM, &engine->uc);

	if (err == UC_ERR_OK)
		err = uc_ctl_set_cpu_model(engine->uc, models[cpu]);
	if (err == UC_ERR_OK)
		err = uc_mem_map(engine->uc, HVC_HARNESS_BASE, HVC_HARNESS_SIZE, UC_PROT_ALL);
	if (err == UC_ERR_OK)
		err = uc_mem_write(engine->uc, HVC_TRAMPOLINE, hvc_level__trampoline,
		                   sizeof hvc_level__trampoline);
	if (err == UC_ERR_OK)
		err = add_hooks(engine);
	if (err == UC_ERR_OK)
		err = uc_context_alloc(engine->uc, &engine->fresh);
	if (err == UC_ERR_OK)
		err = uc_context_save(engine->uc, engine->fresh);
	return err;
}

enum hvc_status hvc_engine__open(enum hvc_cpu cpu, const struct hvc_engine_hooks *hooks,
                                 struct hvc_diag *diag, struct hvc_engine **out)
{
	struct hvc_engine *engine = calloc(1, sizeof *engine);
	uc_err err;

	if (!engine)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	engine->hooks = *hooks;
	engine->lazy = uc_version(NULL, NULL) < 0x02010000;
	engine->repairs = cpu == HVC_CPU_MAX;
	err = set_up(engine, cpu);
	if (err != UC_ERR_OK) {
		hvc_engine__close(engine);
		return hvc_diag_set(diag, HVC_E_ENGINE, NULL, 0, 0, "%s cannot start: %s",
		                    hvc_engine__name(), uc_strerror(err));
	}
	*out = engine;
	return HVC_OK;
}

void hvc_engine__close(struct hvc_engine *engine)
{
	if (!engine)
		return;
	if (engine->fresh)
		uc_context_free(engine->fresh);
	if (engine->uc)
		uc_close(engine->uc);
	free(engine);
}

const char *hvc_engine__name(void)
{
	static char name[32];
	unsigned version = uc_version(NULL, NULL);

	snprintf(name, sizeof name, "Unicorn %u.%u.%u", version >> 24 & 0xff, version >> 16 & 0xff,
	         version >> 8 & 0xff);
	return name;
}

bool hvc_engine__map(struct hvc_engine *engine, uint64_t address, uint64_t size)
{
	return uc_mem_map(engine->uc, address, size, UC_PROT_ALL) == UC_ERR_OK;
}

bool hvc_engine__read(struct hvc_engine *engine, uint64_t address, void *buffer, size_t size)
{
	return uc_mem_read(engine->uc, address, buffer, size) == UC_ERR_OK;
}

bool hvc_engine__write(struct hvc_engine *engine, uint64_t address, const void *data, size_t size)
{
	return uc_mem_write(engine->uc, address, data, size) == UC_ERR_OK;
}

bool hvc_engine__forget(struct hvc_engine *engine, uint64_t address, uint64_t size)
{
	return uc_ctl_remove_cache(engine->uc, address, address + size) == UC_ERR_OK;
}

bool hvc_engine__watch(struct hvc_engine *engine, uint64_t address)
{
	return add_hook(engine, UC_HOOK_CODE, 0, CALLBACK(on_boundary), address, address) ==
	       UC_ERR_OK;
}

void hvc_engine__revive(struct hvc_engine *engine)
{
	uc_context_restore(engine->uc, engine->fresh);
}

enum hvc_exit hvc_engine__run(struct hvc_engine *engine, uint64_t *detail, const char **text)
{
	uc_err err;

	engine->stopped = false;
	do {
		if (engine->refresh)
			hvc_engine__move(engine, get_id(engine, UC_ARM64_REG_PC),
			                 hvc_engine__pstate(engine));
		engine->refresh = false;
		err = uc_emu_start(engine->uc, get_id(engine, UC_ARM64_REG_PC), NOWHERE, 0, 0);
	} while (err == UC_ERR_OK && engine->refresh);
	engine->refresh = false;
	*detail = engine->fault;
	switch (err) {
	case UC_ERR_OK:
		return engine->stopped ? HVC_EXIT_STOPPED : HVC_EXIT_WAIT;
	case UC_ERR_FETCH_UNMAPPED:
		return HVC_EXIT_FETCH;
	case UC_ERR_READ_UNMAPPED:
	case UC_ERR_WRITE_UNMAPPED:
		return HVC_EXIT_ACCESS;
	default:
		*text = uc_strerror(err);
		return HVC_EXIT_BROKEN;
	}
}

void hvc_engine__stop(struct hvc_engine *engine)
{
	engine->stopped = true;
	uc_emu_stop(engine->uc);
}
