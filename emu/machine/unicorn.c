/* SPDX-License-Identifier: MIT */
/*
 * Unicorn (2.0.1 to 2.1.x), as far as it runs code; unicorn_reg.c and unicorn_hyp.c have its
 * registers, and no other file meets it.
 *
 * What it lacks is made up for next door: exceptions never become exception entries and levels do
 * not change (level.c), CPU model max announces FEAT_VHE and has half of it (vhe.c).
 */
#include "machine/unicorn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicorn/unicorn.h>

#include "hvcheck/arch.h"
#include "machine/vhe.h"
#include "machine/world.h"

#define NOWHERE UINT64_C(0xfffffffffffffff0) /* an address no run reaches: "until" of emu_start */

static const struct {
	int uc;
	enum hvc_event event;
} events[] = {
        {1, HVC_EVENT_UNDEF}, {2, HVC_EVENT_SVC},  {3, HVC_EVENT_PREFETCH},  {4, HVC_EVENT_DATA},
        {7, HVC_EVENT_BRK},   {11, HVC_EVENT_HVC}, {12, HVC_EVENT_SMC_TRAP}, {13, HVC_EVENT_SMC},
};

/* An address that the engine tells. */
static inline uint64_t shown(const struct hvc_engine *engine, uint64_t address)
{
	return hvc_mapping__out(&engine->mapping, address);
}

/* And one that it is told. */
static inline uint64_t placed(const struct hvc_engine *engine, uint64_t address)
{
	return hvc_mapping__in(&engine->mapping, address);
}

static void on_exception(uc_engine *uc, uint32_t number, void *ctx)
{
	struct hvc_engine *engine = ctx;
	uint64_t pc = hvc_unicorn__pc(engine);
	enum hvc_event event = HVC_EVENT_OTHER;

	(void)uc;
	if (number == 2 && (engine->hyp ? hvc_hyp__svc(engine, pc) : hvc_level__svc(engine, pc)))
		return;
	for (size_t i = 0; i < sizeof events / sizeof *events; i++)
		if (events[i].uc == (int)number)
			event = events[i].event;
	if (event == HVC_EVENT_UNDEF && engine->repairs) {
		hvc_unicorn__flush(engine); /* see on_msr; and no register write after a move */
		if (hvc_vhe__repair(engine, pc))
			return;
	}
	if (!hvc_mapping__catch(engine, event, pc))
		engine->hooks.exception(engine->hooks.ctx, event, pc);
}

/* Of an AArch32 CPU the library has a hook of its own for UNDEFINED instructions. */
static bool on_invalid(uc_engine *uc, void *ctx)
{
	on_exception(uc, 1, ctx);
	return true;
}

static void on_block(uc_engine *uc, uint64_t address, uint32_t size, void *ctx)
{
	struct hvc_engine *engine = ctx;

	(void)uc;
	if (!hvc_level__is_trampoline(address) || !hvc_level__block(engine, address))
		engine->hooks.block(engine->hooks.ctx, shown(engine, address), size);
}

static void on_write(uc_engine *uc, uc_mem_type type, uint64_t address, int size, int64_t value,
                     void *ctx)
{
	struct hvc_engine *engine = ctx;

	(void)uc;
	(void)type;
	engine->hooks.write(engine->hooks.ctx, shown(engine, address), (unsigned)size,
	                    (uint64_t)value);
}

static void on_load(uc_engine *uc, uc_mem_type type, uint64_t address, int size, int64_t value,
                    void *ctx)
{
	struct hvc_engine *engine = ctx;

	(void)uc;
	(void)type;
	(void)value;
	engine->hooks.load(engine->hooks.ctx, shown(engine, address), (unsigned)size);
}

/* Before an MRS or MSR executes. Not 0: it has been done, skip it. */
static uint32_t on_sys(uc_engine *uc, uc_arm64_reg reg, const uc_arm64_cp_reg *cp, void *ctx)
{
	struct hvc_engine *engine = ctx;

	(void)reg;
	const uint8_t name[5] = {(uint8_t)cp->op0, (uint8_t)cp->op1, (uint8_t)cp->crn,
	                         (uint8_t)cp->crm, (uint8_t)cp->op2};

	if (cp->op1 == 6 ||
	    (cp->op1 != 0 && !hvc_mapping__is_control(name) &&
	     !hvc_engine__stands_in(engine, name)) ||
	    !hvc_vhe__redirect(engine, hvc_unicorn__pc(engine)))
		return 0;
	if (hvc_level__wants_refresh(engine)) {
		engine->refresh = true;
		uc_emu_stop(uc);
	}
	return 1;
}

/* The engine forgets translations only for what it has written itself. */
static uint32_t on_msr(uc_engine *uc, uc_arm64_reg reg, const uc_arm64_cp_reg *cp, void *ctx)
{
	uint32_t done = on_sys(uc, reg, cp, ctx);

	if (done && ((cp->crn == 1 && !cp->crm) || cp->crn == 2)) /* SCTLR, TTBR, TCR */
		hvc_unicorn__flush(ctx);
	return done;
}

static void on_step(uc_engine *uc, uint64_t address, uint32_t size, void *ctx)
{
	struct hvc_engine *engine = ctx;

	(void)uc;
	(void)size;
	if (hvc_level__is_trampoline(address))
		return;
	engine->hooks.step(engine->hooks.ctx, shown(engine, address));
}

static void on_boundary(uc_engine *uc, uint64_t address, uint32_t size, void *ctx)
{
	struct hvc_engine *engine = ctx;

	(void)uc;
	(void)size;
	engine->hooks.boundary(engine->hooks.ctx, shown(engine, address));
}

static bool on_unmapped(uc_engine *uc, uc_mem_type type, uint64_t address, int size, int64_t value,
                        void *ctx)
{
	struct hvc_engine *engine = ctx;

	(void)uc;
	(void)value;
	engine->fault = shown(engine, address);
	return engine->hooks.unmapped && type != UC_MEM_FETCH_UNMAPPED &&
	       type != UC_MEM_WRITE_PROT && type != UC_MEM_READ_PROT &&
	       engine->hooks.unmapped(engine->hooks.ctx, shown(engine, address), (unsigned)size);
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
	        {UC_HOOK_INSN_INVALID, 0, CALLBACK(on_invalid), engine->hyp},
	        {UC_HOOK_BLOCK, 0, CALLBACK(on_block), true},
	        {UC_HOOK_MEM_WRITE, 0, CALLBACK(on_write), true},
	        {UC_HOOK_MEM_READ, 0, CALLBACK(on_load), engine->hooks.all_loads},
	        {UC_HOOK_MEM_UNMAPPED, 0, CALLBACK(on_unmapped), true},
	        {UC_HOOK_MEM_WRITE_PROT, 0, CALLBACK(on_unmapped), true},
	        {UC_HOOK_MEM_READ_PROT, 0, CALLBACK(on_unmapped), true},
	        {UC_HOOK_CODE, 0, CALLBACK(on_step), engine->hooks.step != NULL},
	        {UC_HOOK_INSN, UC_ARM64_INS_MRS, CALLBACK(on_sys), true},
	        {UC_HOOK_INSN, UC_ARM64_INS_MSR, CALLBACK(on_msr), true},
	};
	uc_err err = UC_ERR_OK;

	for (size_t i = 0; i < sizeof rows / sizeof *rows && err == UC_ERR_OK; i++)
		if (rows[i].wanted)
			err = add_hook(engine, rows[i].type, rows[i].insn, rows[i].callback, 1, 0);
	return err;
}

static uc_err set_up(struct hvc_engine *engine, enum hvc_cpu cpu)
{
	static const int models[HVC_CPU_COUNT] = {[HVC_CPU_A72] = UC_CPU_ARM64_A72,
	                                          [HVC_CPU_MAX] = UC_CPU_ARM64_MAX,
	                                          [HVC_CPU_A15] = UC_CPU_ARM_CORTEX_A15};
	const uint64_t base = engine->hyp ? HVC_HARNESS32_BASE : HVC_HARNESS_BASE;
	uc_err err = uc_open(engine->hyp ? UC_ARCH_ARM : UC_ARCH_ARM64, UC_MODE_ARM, &engine->uc);

	if (err == UC_ERR_OK)
		err = uc_ctl_set_cpu_model(engine->uc, models[cpu]);
	/* Nobody reads the trampoline or stores to it: no memory, as far as any code can tell. */
	if (err == UC_ERR_OK)
		err = uc_mem_map(engine->uc, base, HVC_TRAMPOLINE_SIZE, UC_PROT_EXEC);
	if (err == UC_ERR_OK)
		err = uc_mem_map(engine->uc, base + HVC_TRAMPOLINE_SIZE,
		                 HVC_HARNESS_SIZE - HVC_TRAMPOLINE_SIZE, UC_PROT_ALL);
	if (err == UC_ERR_OK && engine->hyp)
		err = uc_mem_write(engine->uc, base, hvc_hyp__trampoline,
		                   sizeof hvc_hyp__trampoline);
	else if (err == UC_ERR_OK)
		err = uc_mem_write(engine->uc, base, hvc_level__trampoline,
		                   sizeof hvc_level__trampoline);
	if (err == UC_ERR_OK)
		err = add_hooks(engine);
	if (err == UC_ERR_OK)
		err = uc_context_alloc(engine->uc, &engine->kept);
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
	engine->hyp = hvc_cpu__is_hyp(cpu);
	err = set_up(engine, cpu);
	if (err != UC_ERR_OK) {
		hvc_engine__close(engine);
		return hvc_diag_set(diag, HVC_E_ENGINE, NULL, 0, 0, "%s cannot start: %s",
		                    hvc_engine__name(), uc_strerror(err));
	}
	if (!engine->hyp)
		hvc_unicorn__reset_held(engine);
	*out = engine;
	return HVC_OK;
}

void hvc_engine__close(struct hvc_engine *engine)
{
	if (!engine)
		return;
	if (engine->kept)
		uc_context_free(engine->kept);
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

/*
 * The library asks whether there is memory at an address before it looks for where that is, so
 * there has to be some at both; nobody reads what is at the first.
 */
static bool map(struct hvc_engine *engine, uint64_t address, uint64_t size, uint32_t rights)
{
	uint64_t place = placed(engine, address);

	return uc_mem_map(engine->uc, place, size, rights) == UC_ERR_OK &&
	       (place == address || uc_mem_map(engine->uc, address, size, rights) == UC_ERR_OK);
}

bool hvc_engine__map(struct hvc_engine *engine, uint64_t address, uint64_t size)
{
	return map(engine, address, size, UC_PROT_ALL);
}

bool hvc_engine__lend(struct hvc_engine *engine, uint64_t address, uint64_t size)
{
	return map(engine, address, size, UC_PROT_READ | UC_PROT_WRITE);
}

bool hvc_engine__unmap(struct hvc_engine *engine, uint64_t address, uint64_t size)
{
	uint64_t place = placed(engine, address);

	return uc_mem_unmap(engine->uc, place, size) == UC_ERR_OK &&
	       (place == address || uc_mem_unmap(engine->uc, address, size) == UC_ERR_OK);
}

bool hvc_engine__read(struct hvc_engine *engine, uint64_t address, void *buffer, size_t size)
{
	return uc_mem_read(engine->uc, placed(engine, address), buffer, size) == UC_ERR_OK;
}

bool hvc_engine__write(struct hvc_engine *engine, uint64_t address, const void *data, size_t size)
{
	return uc_mem_write(engine->uc, placed(engine, address), data, size) == UC_ERR_OK;
}

bool hvc_engine__forget(struct hvc_engine *engine, uint64_t address, uint64_t size)
{
	uint64_t place = placed(engine, address);

	return uc_ctl_remove_cache(engine->uc, place, place + size) == UC_ERR_OK;
}

bool hvc_engine__bar(struct hvc_engine *engine, const uint64_t *address, unsigned count)
{
	uint64_t *exits;
	bool ok;

	if (!count && !engine->bars)
		return true;
	exits = malloc((count + 1) * sizeof *exits);
	if (!exits)
		return false;
	engine->bars = true;
	exits[0] = NOWHERE;
	for (unsigned i = 0; i < count; i++)
		exits[i] = placed(engine, address[i]);
	ok = uc_ctl_exits_enable(engine->uc) == UC_ERR_OK &&
	     uc_ctl_set_exits(engine->uc, exits, count ? (size_t)count : 1) == UC_ERR_OK;
	free(exits);
	return ok;
}

bool hvc_engine__watch_loads(struct hvc_engine *engine, uint64_t address, uint64_t size)
{
	uint64_t place = placed(engine, address);

	return engine->hooks.all_loads || add_hook(engine, UC_HOOK_MEM_READ, 0, CALLBACK(on_load),
	                                           place, place + (size - 1)) == UC_ERR_OK;
}

bool hvc_engine__watch(struct hvc_engine *engine, uint64_t address)
{
	uint64_t place = placed(engine, address);

	return add_hook(engine, UC_HOOK_CODE, 0, CALLBACK(on_boundary), place, place) == UC_ERR_OK;
}

bool hvc_engine__watch_all(struct hvc_engine *engine)
{
	return add_hook(engine, UC_HOOK_CODE, 0, CALLBACK(on_boundary), 1, 0) == UC_ERR_OK;
}

bool hvc_engine__keep(struct hvc_engine *engine)
{
	engine->kept_change = engine->change;
	engine->kept_mapping = engine->mapping;
	memcpy(engine->kept_held, engine->held, sizeof engine->held);
	engine->kept_stage2 = engine->stage2;
	return uc_context_save(engine->uc, engine->kept) == UC_ERR_OK;
}

/* The context is all that the engine's model of the CPU has, its cached flags included. */
void hvc_engine__back(struct hvc_engine *engine)
{
	uc_context_restore(engine->uc, engine->kept);
	memcpy(engine->held, engine->kept_held, sizeof engine->held);
	engine->stage2 = engine->kept_stage2;
	engine->change = engine->kept_change;
	engine->kept_mapping.made = engine->mapping.made;
	engine->mapping = engine->kept_mapping;
	engine->refresh = false;
	engine->banks_stale = true;
	hvc_unicorn__flush(engine);
}

enum hvc_exit hvc_engine__run(struct hvc_engine *engine, uint64_t *detail, const char **text)
{
	uc_err err;

	engine->stopped = false;
	do {
		if (engine->refresh)
			hvc_engine__move(engine, hvc_unicorn__pc(engine),
			                 hvc_engine__pstate(engine));
		engine->refresh = false;
		err = uc_emu_start(engine->uc,
		                   engine->hyp ? hvc_hyp__entry(engine)
		                               : hvc_engine__raw(engine, HVC_RAW_PC),
		                   NOWHERE, 0, 0);
	} while (err == UC_ERR_OK && engine->refresh);
	engine->refresh = false;
	*detail = engine->fault;
	switch (err) {
	case UC_ERR_OK:
		return engine->stopped ? HVC_EXIT_STOPPED : HVC_EXIT_WAIT;
	case UC_ERR_FETCH_PROT:
		*detail = hvc_unicorn__pc(engine);
		return HVC_EXIT_FETCH;
	case UC_ERR_FETCH_UNMAPPED:
		return HVC_EXIT_FETCH;
	case UC_ERR_READ_UNMAPPED:
	case UC_ERR_WRITE_UNMAPPED:
	case UC_ERR_WRITE_PROT:
	case UC_ERR_READ_PROT:
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
