/* SPDX-License-Identifier: MIT */
/*
 * The only file that meets Unicorn (2.0.1 to 2.1.x).
 *
 * Unicorn stops at an exception but never takes it, and writing PSTATE does not make it
 * translate for another exception level: the cached translation flags stay as they were. On
 * every version an emulated ERET rebuilds them; it takes its source level from PSTATE but picks
 * ELR_ELx by the stale flags. So level changes go through a trampoline page in guest memory:
 *
 *   HVC_TRAMPOLINE + 0  eret    translated for the old level: ELR of the old level, SPSR_EL3
 *   HVC_TRAMPOLINE + 4  svc #0  now at EL3; the hook sees pc = HVC_TRAMPOLINE + 8
 *   HVC_TRAMPOLINE + 8  eret    EL3 to the target: ELR_EL3, SPSR_EL3
 */
#include "machine/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicorn/unicorn.h>

#include "hvcheck/arch.h"

#define EL3H_MASKED 0x3cdu
#define NOWHERE     UINT64_C(0xfffffffffffffff0) /* an address no run reaches: "until" of emu_start */

struct hvc_engine {
	uc_engine *uc;
	uc_context *fresh;
	struct hvc_engine_hooks hooks;
	uint64_t move_pstate; /* target of the level change under way */
	uint64_t old_elr;     /* ELR of the level being left, to put back */
	unsigned old_el;
	bool stopped;   /* hvc_engine__stop was called in this run */
	uint64_t fault; /* last unmapped address */
};

static const uint32_t trampoline[] = {0xd69f03e0, 0xd4000001, 0xd69f03e0};

static const struct {
	int uc;
	enum hvc_event event;
} events[] = {
        {1, HVC_EVENT_UNDEF}, {2, HVC_EVENT_SVC},  {3, HVC_EVENT_PREFETCH},  {4, HVC_EVENT_DATA},
        {7, HVC_EVENT_BRK},   {11, HVC_EVENT_HVC}, {12, HVC_EVENT_SMC_TRAP}, {13, HVC_EVENT_SMC},
};

static int elr_id(unsigned el)
{
	return el == 1   ? UC_ARM64_REG_ELR_EL1
	       : el == 2 ? UC_ARM64_REG_ELR_EL2
	                 : UC_ARM64_REG_ELR_EL3;
}

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

static void set_spsr_el3(struct hvc_engine *engine, uint64_t value)
{
	static const uint8_t encoding[5] = {3, 6, 4, 0, 0};

	hvc_engine__set_sys(engine, encoding, value);
}

bool hvc_engine__get_sys(struct hvc_engine *engine, const uint8_t encoding[static 5],
                         uint64_t *value)
{
	uc_arm64_cp_reg reg = {.crn = encoding[2],
	                       .crm = encoding[3],
	                       .op0 = encoding[0],
	                       .op1 = encoding[1],
	                       .op2 = encoding[4]};

	if (uc_reg_read(engine->uc, UC_ARM64_REG_CP_REG, &reg) != UC_ERR_OK)
		return false;
	*value = reg.val;
	return true;
}

bool hvc_engine__set_sys(struct hvc_engine *engine, const uint8_t encoding[static 5],
                         uint64_t value)
{
	uc_arm64_cp_reg reg = {.crn = encoding[2],
	                       .crm = encoding[3],
	                       .op0 = encoding[0],
	                       .op1 = encoding[1],
	                       .op2 = encoding[4],
	                       .val = value};

	return uc_reg_write(engine->uc, UC_ARM64_REG_CP_REG, &reg) == UC_ERR_OK;
}

/* Registers that Unicorn names itself are several times cheaper than by encoding. */
static int fast_id(enum hvc_reg reg)
{
	switch (reg) {
	case HVC_REG_SP_EL0:
		return UC_ARM64_REG_SP_EL0;
	case HVC_REG_SP_EL1:
		return UC_ARM64_REG_SP_EL1;
	case HVC_REG_SP_EL2:
		return UC_ARM64_REG_SP_EL2;
	case HVC_REG_VBAR_EL1:
		return UC_ARM64_REG_VBAR_EL1;
	case HVC_REG_VBAR_EL2:
		return UC_ARM64_REG_VBAR_EL2;
	case HVC_REG_ESR_EL1:
		return UC_ARM64_REG_ESR_EL1;
	case HVC_REG_ESR_EL2:
		return UC_ARM64_REG_ESR_EL2;
	case HVC_REG_ELR_EL1:
		return UC_ARM64_REG_ELR_EL1;
	case HVC_REG_ELR_EL2:
		return UC_ARM64_REG_ELR_EL2;
	case HVC_REG_FAR_EL1:
		return UC_ARM64_REG_FAR_EL1;
	case HVC_REG_FAR_EL2:
		return UC_ARM64_REG_FAR_EL2;
	default:
		return UC_ARM64_REG_INVALID;
	}
}

/* The stack pointer of the current level lives in SP; its banked copy is stale. */
static bool is_current_sp(struct hvc_engine *engine, enum hvc_reg reg)
{
	uint64_t pstate = hvc_engine__pstate(engine);
	unsigned bank = pstate & HVC_PSTATE_SP ? hvc_arch_el(pstate) : 0;

	return reg >= HVC_REG_SP_EL0 && reg <= HVC_REG_SP_EL2 && reg - HVC_REG_SP_EL0 == bank;
}

bool hvc_engine__get(struct hvc_engine *engine, enum hvc_reg reg, uint64_t *value)
{
	const struct hvc_reg_info *info = hvc_reg_info(reg);
	int id = is_current_sp(engine, reg) ? UC_ARM64_REG_SP : fast_id(reg);

	if (id != UC_ARM64_REG_INVALID) {
		*value = get_id(engine, id);
		return true;
	}
	return hvc_engine__get_sys(engine, info->encoding, value);
}

bool hvc_engine__set(struct hvc_engine *engine, enum hvc_reg reg, uint64_t value)
{
	const struct hvc_reg_info *info = hvc_reg_info(reg);
	int id = is_current_sp(engine, reg) ? UC_ARM64_REG_SP : fast_id(reg);

	if (id != UC_ARM64_REG_INVALID) {
		set_id(engine, id, value);
		return true;
	}
	return hvc_engine__set_sys(engine, info->encoding, value);
}

static int frame_ids[HVC_GPR_COUNT + 2];

static void fill_frame_ids(void)
{
	for (int n = 0; n < 29; n++)
		frame_ids[n] = UC_ARM64_REG_X0 + n;
	frame_ids[29] = UC_ARM64_REG_X29;
	frame_ids[30] = UC_ARM64_REG_X30;
	frame_ids[31] = UC_ARM64_REG_SP;
	frame_ids[32] = UC_ARM64_REG_PC;
}

uint64_t hvc_engine__pstate(struct hvc_engine *engine)
{
	uint32_t pstate = 0; /* 32 bits wide in every version */

	uc_reg_read(engine->uc, UC_ARM64_REG_PSTATE, &pstate);
	return pstate;
}

void hvc_engine__frame(struct hvc_engine *engine, struct hvc_engine_frame *out)
{
	void *values[HVC_GPR_COUNT + 2];

	for (int n = 0; n < HVC_GPR_COUNT; n++)
		values[n] = &out->x[n];
	values[HVC_GPR_COUNT] = &out->sp;
	values[HVC_GPR_COUNT + 1] = &out->pc;
	uc_reg_read_batch(engine->uc, frame_ids, values, HVC_GPR_COUNT + 2);
	out->pstate = hvc_engine__pstate(engine);
}

void hvc_engine__set_gprs(struct hvc_engine *engine, const uint64_t x[static HVC_GPR_COUNT])
{
	void *values[HVC_GPR_COUNT];

	for (int n = 0; n < HVC_GPR_COUNT; n++)
		values[n] = (void *)(uintptr_t)&x[n];
	uc_reg_write_batch(engine->uc, frame_ids, values, HVC_GPR_COUNT);
}

void hvc_engine__move(struct hvc_engine *engine, uint64_t pc, uint64_t pstate)
{
	uint64_t now = hvc_engine__pstate(engine);
	uint64_t cheap = HVC_PSTATE_NZCV | HVC_PSTATE_DAIF; /* not part of the cached flags */
	uint32_t value = (uint32_t)pstate;

	if (!((now ^ pstate) & ~cheap)) {
		uc_reg_write(engine->uc, UC_ARM64_REG_PSTATE, &value);
		set_id(engine, UC_ARM64_REG_PC, pc);
		return;
	}
	engine->old_el = hvc_arch_el(now);
	engine->old_elr = get_id(engine, elr_id(engine->old_el));
	engine->move_pstate = pstate;
	/* The ERET saves the live SP as EL3's, so the bank it belongs to needs it first. */
	set_id(engine,
	       now & HVC_PSTATE_SP ? UC_ARM64_REG_SP_EL0 + (int)engine->old_el
	                           : UC_ARM64_REG_SP_EL0,
	       get_id(engine, UC_ARM64_REG_SP));
	set_spsr_el3(engine, EL3H_MASKED);
	set_id(engine, UC_ARM64_REG_ELR_EL3, pc);
	set_id(engine, elr_id(engine->old_el), HVC_TRAMPOLINE + 4);
	/* PSTATE last: on 2.1.x a system register write after it would rebuild the flags. */
	value = EL3H_MASKED;
	uc_reg_write(engine->uc, UC_ARM64_REG_PSTATE, &value);
	set_id(engine, UC_ARM64_REG_PC, HVC_TRAMPOLINE);
}

/* The second half of a level change: at EL3, about to ERET to the target. */
static void finish_move(struct hvc_engine *engine)
{
	set_id(engine, elr_id(engine->old_el), engine->old_elr);
	set_spsr_el3(engine, engine->move_pstate);
}

static void on_exception(uc_engine *uc, uint32_t number, void *ctx)
{
	struct hvc_engine *engine = ctx;
	uint64_t pc = get_id(engine, UC_ARM64_REG_PC);
	enum hvc_event event = HVC_EVENT_OTHER;

	(void)uc;
	if (number == 2 && pc == HVC_TRAMPOLINE + 8) {
		finish_move(engine);
		return;
	}
	for (size_t i = 0; i < sizeof events / sizeof *events; i++)
		if (events[i].uc == (int)number)
			event = events[i].event;
	engine->hooks.exception(engine->hooks.ctx, event, pc);
}

static bool in_trampoline(uint64_t address)
{
	return address - HVC_TRAMPOLINE < 0x1000;
}

static void on_block(uc_engine *uc, uint64_t address, uint32_t size, void *ctx)
{
	struct hvc_engine *engine = ctx;

	(void)uc;
	if (!in_trampoline(address))
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

static void on_step(uc_engine *uc, uint64_t address, uint32_t size, void *ctx)
{
	struct hvc_engine *engine = ctx;

	(void)uc;
	(void)size;
	if (!in_trampoline(address))
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
static uc_err add_hook(struct hvc_engine *engine, int type, void (*callback)(void), uint64_t begin,
                       uint64_t end)
{
	union {
		void (*function)(void);
		void *object;
	} as = {.function = callback};
	uc_hook handle;

	return uc_hook_add(engine->uc, &handle, type, as.object, engine, begin, end);
}

#define CALLBACK(function) ((void (*)(void))(function))

static uc_err add_hooks(struct hvc_engine *engine)
{
	uc_err err = add_hook(engine, UC_HOOK_INTR, CALLBACK(on_exception), 1, 0);

	if (err == UC_ERR_OK)
		err = add_hook(engine, UC_HOOK_BLOCK, CALLBACK(on_block), 1, 0);
	if (err == UC_ERR_OK)
		err = add_hook(engine, UC_HOOK_MEM_WRITE, CALLBACK(on_write), 1, 0);
	if (err == UC_ERR_OK)
		err = add_hook(engine, UC_HOOK_MEM_UNMAPPED, CALLBACK(on_unmapped), 1, 0);
	if (err == UC_ERR_OK && engine->hooks.step)
		err = add_hook(engine, UC_HOOK_CODE, CALLBACK(on_step), 1, 0);
	return err;
}

static uc_err set_up(struct hvc_engine *engine, enum hvc_cpu cpu)
{
	static const int models[HVC_CPU_COUNT] = {
	        [HVC_CPU_A72] = UC_CPU_ARM64_A72,
	        [HVC_CPU_MAX] = UC_CPU_ARM64_MAX,
	};
	uc_err err = uc_open(UC_ARCH_ARM64, UC_MODE_ARM, &engine->uc);

	if (err == UC_ERR_OK)
		err = uc_ctl_set_cpu_model(engine->uc, models[cpu]);
	if (err == UC_ERR_OK)
		err = uc_mem_map(engine->uc, HVC_HARNESS_BASE, HVC_HARNESS_SIZE, UC_PROT_ALL);
	if (err == UC_ERR_OK)
		err = uc_mem_write(engine->uc, HVC_TRAMPOLINE, trampoline, sizeof trampoline);
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
	fill_frame_ids();
	engine->hooks = *hooks;
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
	return add_hook(engine, UC_HOOK_CODE, CALLBACK(on_boundary), address, address) == UC_ERR_OK;
}

void hvc_engine__revive(struct hvc_engine *engine)
{
	uc_context_restore(engine->uc, engine->fresh);
}

enum hvc_exit hvc_engine__run(struct hvc_engine *engine, uint64_t *detail, const char **text)
{
	uc_err err;

	engine->stopped = false;
	err = uc_emu_start(engine->uc, get_id(engine, UC_ARM64_REG_PC), NOWHERE, 0, 0);
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
