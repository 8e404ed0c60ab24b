/* SPDX-License-Identifier: MIT */
/* A machine: opened, powered on, called, read. The life of one call is call.c's. */
#include "hvcheck/machine.h"

#include <stdlib.h>
#include <string.h>

#include "hvcheck/arch.h"
#include "machine/internal.h"
#include "machine/parts.h"
#include "machine/supplied.h"
#include "machine/world.h"

#define SCR_APK (UINT64_C(1) << 16) /* EL2 may have the keys of pointer authentication */
#define PAGE    UINT64_C(0x1000)
#define SCTLR_M UINT64_C(1)
#define HCR_VM  UINT64_C(1)
#define HCR_DC  (UINT64_C(1) << 12)

/* FEAT_x from the ID registers of the CPU model (Arm ARM D24.2). */
static unsigned features(struct hvc_machine *machine)
{
	static const struct {
		uint8_t encoding[5];
		uint8_t shift;
		unsigned feature;
	} fields[] = {
	        {{3, 0, 0, 7, 1}, 20, HVC_FEAT_PAN}, {{3, 0, 0, 7, 1}, 8, HVC_FEAT_VHE},
	        {{3, 0, 0, 7, 2}, 4, HVC_FEAT_UAO},  {{3, 0, 0, 4, 1}, 4, HVC_FEAT_SSBS},
	        {{3, 0, 0, 4, 1}, 36, HVC_FEAT_NMI},
	};
	unsigned bits = HVC_FEAT_EL2 | (machine->world.el3 ? (unsigned)HVC_FEAT_EL3 : 0);

	/* The engine announces no SSBS; it is kept for it, as the callers of today have it. */
	if (machine->world.cpu == HVC_CPU_MAX)
		bits |= HVC_FEAT_SSBS;

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		uint64_t value = 0;

		if (hvc_engine__get_sys(machine->engine, fields[i].encoding, &value) &&
		    value >> fields[i].shift & 15)
			bits |= fields[i].feature;
	}
	return bits | (machine->hyp ? (unsigned)HVC_FEAT_HYP : 0);
}

/* The first register that cannot be set, if any: it is missing, or keeps its value. */
static const struct hvc_extra *set_extras(struct hvc_machine *machine)
{
	for (unsigned i = 0; i < machine->world.extras; i++) {
		const struct hvc_extra *extra = &machine->world.extra[i];
		uint64_t old, value;

		if (!hvc_engine__get_sys(machine->engine, extra->encoding, &old) ||
		    !hvc_engine__set_sys(machine->engine, extra->encoding, extra->value) ||
		    !hvc_engine__get_sys(machine->engine, extra->encoding, &value) ||
		    (value == old && value != extra->value))
			return extra;
	}
	return NULL;
}

/* The caller has these set where the CPU has them, unless the world says otherwise. */
static void set_up_pstate(struct hvc_machine *machine)
{
	uint64_t bits = HVC_PSTATE_PAN | HVC_PSTATE_UAO | HVC_PSTATE_SSBS | HVC_PSTATE_TCO;

	bits &= hvc_exception_pstate(&machine->pe);
	if (machine->world.cpu == HVC_CPU_MAX)
		bits |= HVC_PSTATE_DIT;

	if (hvc_regset_has(&machine->world.set, HVC_REG_PSTATE))
		bits &= machine->world.state.v[HVC_REG_PSTATE];
	machine->entry.v[HVC_REG_PSTATE] = bits;
}

/* World registers into the CPU, and the whole register file out of it. */
static enum hvc_status set_up_registers(struct hvc_machine *machine, struct hvc_diag *diag)
{
	struct hvc_world *world = &machine->world;
	const struct hvc_extra *extra;

	for (unsigned i = 0; i < HVC_REG_COUNT; i++) {
		enum hvc_reg reg = (enum hvc_reg)i;

		if (i < HVC_REG_SP_EL0) {
			hvc_regset_add(&machine->present, reg);
			continue;
		}
		if (hvc_regset_has(&world->set, reg) &&
		    !hvc_engine__set(machine->engine, reg, world->state.v[i]))
			return hvc_diag_set(diag, HVC_E_UNSUPPORTED, NULL, 0, 0,
			                    "CPU model %s has no %s", hvc_cpu_name(world->cpu),
			                    hvc_reg_name(reg));
		/* Without SCR_EL3.APK the keys are EL3's. */
		if (reg >= HVC_REG_APIAKEYLO_EL1 && world->el3 &&
		    !(world->state.v[HVC_REG_SCR_EL3] & SCR_APK))
			continue;
		if (hvc_engine__get(machine->engine, reg, &machine->entry.v[i]))
			hvc_regset_add(&machine->present, reg);
	}
	hvc_other__fill(machine->engine);
	extra = set_extras(machine);
	if (extra)
		return hvc_diag_set(diag, HVC_E_UNSUPPORTED, NULL, 0, 0,
		                    "CPU model %s does not keep s%u_%u_c%u_c%u_%u",
		                    hvc_cpu_name(world->cpu), extra->encoding[0],
		                    extra->encoding[1], extra->encoding[2], extra->encoding[3],
		                    extra->encoding[4]);
	if (!world->el3)
		machine->hcd = world->state.v[HVC_REG_HCR_EL2] & HVC_HCR_HCD;
	machine->entry.v[HVC_REG_HCR_EL2] |= machine->hcd;
	machine->pe.features = features(machine);
	set_up_pstate(machine);
	machine->zero.top = hvc_engine__top(machine->engine);
	machine->now = machine->entry;
	machine->simd_dirty = true;
	machine->always = machine->entry.v[HVC_REG_SCTLR_EL1] & SCTLR_M ||
	                                  (!machine->view.booted &&
	                                   (machine->entry.v[HVC_REG_SCTLR_EL2] & SCTLR_M ||
	                                    machine->entry.v[HVC_REG_HCR_EL2] & (HCR_VM | HCR_DC)))
	                          ? HVC_EFFECT_CPU
	                          : 0;
	machine->effects = machine->always;
	if (!hvc_traps__open(machine) || !hvc_engine__keep(machine->engine))
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	return HVC_OK;
}

/* What hvc_machine_write has changed for good. */
static bool apply_patches(struct hvc_machine *machine)
{
	bool ok = true;

	for (unsigned i = 0; i < machine->patches; i++)
		ok &= hvc_engine__write(machine->engine, machine->patch[i].address,
		                        machine->patch[i].bytes, machine->patch[i].size);
	return ok;
}

enum hvc_status hvc_machine__power(struct hvc_machine *machine, struct hvc_diag *diag)
{
	struct hvc_engine_hooks hooks = {
	        .exception = hvc_call__exception,
	        .block = hvc_call__block,
	        .write = hvc_call__write,
	        .load = hvc_call__load,
	        .all_loads = machine->world.zero_pages != 0,
	        .unmapped = machine->world.zero_pages ? hvc_call__unmapped : NULL,
	        .step = machine->trace ? hvc_trace__step : NULL,
	        .boundary = hvc_call__boundary,
	        .again = hvc_call__again,
	        .ctx = machine,
	};
	enum hvc_status status;

	HVC_TRY(hvc_engine__open(machine->world.cpu, &hooks, diag, &machine->engine));
	status = hvc_load__image(machine, diag);
	if (status == HVC_E_RANGE)
		return status;
	if (status != HVC_OK ||
	    !(machine->hyp ? hvc_harness__load_hyp(machine->engine)
	                   : hvc_harness__load(machine->engine)) ||
	    !apply_patches(machine) || !hvc_guard__image(machine) || !hvc_unset__watch(machine))
		return hvc_diag_set(diag, HVC_E_ENGINE, NULL, 0, 0, "%s cannot map the image",
		                    hvc_engine__name());
	for (unsigned i = 0; i < machine->world.stops; i++)
		if (!hvc_engine__watch(machine->engine, machine->world.stop[i].address))
			return hvc_diag_set(diag, HVC_E_ENGINE, NULL, 0, 0, "%s cannot watch %s",
			                    hvc_engine__name(), machine->world.stop[i].name);
	return set_up_registers(machine, diag);
}

static enum hvc_cpu cpu_of(const struct hvc_machine_config *config)
{
	if (config->world)
		return config->world->cpu;
	return config->image.aarch32 ? HVC_CPU_A15 : HVC_CPU_A72;
}

enum hvc_status hvc_machine__open(const struct hvc_machine_config *config, struct hvc_diag *diag,
                                  struct hvc_machine **out)
{
	struct hvc_machine *machine = calloc(1, sizeof *machine);
	enum hvc_status status;

	if (!machine)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	if (config->world)
		machine->world = *config->world;
	else
		hvc_world_init(&machine->world, cpu_of(config));
	machine->hyp = machine->blocks.hyp = hvc_cpu__is_hyp(machine->world.cpu);
	machine->budget = config->budget ? config->budget : HVC_BUDGET_DEFAULT;
	machine->smc_as_it_is = config->smc_as_it_is;
	machine->trace = config->trace;
	machine->trace_ctx = config->trace_ctx;
	machine->on_block = config->block;
	machine->block_ctx = config->block_ctx;
	machine->open = !hvc_world__is_closed(&machine->world);
	(void)hvc_world_set(&machine->world, HVC_REG_VBAR_EL2, config->image.vectors);
	hvc_simd_init(&machine->simd_entry, 0);
	machine->simd_now = machine->simd_entry;
	status = hvc_load__take(machine, &config->image, diag);
	if (status == HVC_OK &&
	    ((machine->open && !hvc_surroundings__open(machine)) || !hvc_unset__open(machine)))
		status = hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	if (status == HVC_OK)
		status = hvc_machine__power(machine, diag);
	if (status != HVC_OK) {
		hvc_machine_close(machine);
		return status;
	}
	*out = machine;
	return HVC_OK;
}

enum hvc_status hvc_machine_open(const struct hvc_machine_config *config, struct hvc_diag *diag,
                                 struct hvc_machine **out)
{
	static bool trusted[HVC_CPU_COUNT];
	enum hvc_cpu cpu = cpu_of(config);

	if (cpu >= HVC_CPU_COUNT)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0, "no such CPU model");
	HVC_TRY(hvc_load__suits(&config->image, cpu, diag));
	if (!trusted[cpu])
		HVC_TRY(hvc_machine__selftest(cpu, diag));
	trusted[cpu] = true;
	return hvc_machine__open(config, diag, out);
}

void hvc_machine_close(struct hvc_machine *machine)
{
	if (!machine)
		return;
	hvc_engine__close(machine->engine);
	free(machine->segment);
	free(machine->view_segment);
	free(machine->unset.range);
	free(machine->traps.address);
	free(machine->guard.address);
	hvc_undo__free(&machine->undo);
	hvc_surroundings__close(machine);
	for (unsigned i = 0; i < machine->patches; i++)
		free(machine->patch[i].bytes);
	free(machine->patch);
	free(machine);
}

const struct hvc_state *hvc_machine_entry(const struct hvc_machine *machine)
{
	return &machine->entry;
}

const struct hvc_regset *hvc_machine_present(const struct hvc_machine *machine)
{
	return &machine->present;
}

uint64_t hvc_machine__current(const struct hvc_machine *machine, enum hvc_reg reg)
{
	uint64_t value = machine->now.v[reg];

	if (hvc_regset_has(&machine->dirty, reg))
		hvc_engine__get(machine->engine, reg, &value);
	return value;
}

const char *hvc_machine_engine(void)
{
	return hvc_engine__name();
}

static enum hvc_status engine_failed(struct hvc_machine *machine, struct hvc_diag *diag,
                                     const char *text)
{
	machine->phase = PHASE_IDLE;
	return hvc_diag_set(diag, HVC_E_ENGINE, NULL, 0, 0, "%s failed on hvc #0x%x: %s",
	                    hvc_engine__name(), machine->call.imm, text);
}

static enum hvc_status refuse_call(const struct hvc_machine *machine, struct hvc_diag *diag)
{
	return hvc_diag_set(
	        diag, HVC_E_ARG, NULL, 0, 0,
	        "no call from %s: HCR_EL2 and SCR_EL3 let nothing execute there, or the "
	        "flags are out of place, or the IT block's condition fails",
	        hvc_level_name(machine->call.from));
}

/*
 * An engine may tell that an access failed when it is past it. Nothing below EL2 makes one; and
 * after the end of a call there is nobody left to say it to.
 */
static bool is_late(const struct hvc_machine *machine, enum hvc_exit exit)
{
	if (machine->phase == PHASE_ENDED || machine->phase == PHASE_IDLE)
		return exit == HVC_EXIT_ACCESS || exit == HVC_EXIT_BROKEN;
	return exit == HVC_EXIT_ACCESS && hvc_exception_el(hvc_engine__pstate(machine->engine)) < 2;
}

/* Run until the call under way, or the feed, is at its end. */
static enum hvc_status drive(struct hvc_machine *machine, struct hvc_diag *diag)
{
	uint64_t again = 0; /* blocks that were begun anew, which execute nothing that counts */

	while (machine->phase != PHASE_ENDED) { /* there are calls that end before they run */
		const char *text = "stopped without an outcome";
		uint64_t detail;
		enum hvc_exit exit = hvc_engine__run(machine->engine, &detail, &text);

		if (machine->status == HVC_E_ARG)
			return refuse_call(machine, diag);
		if (machine->status != HVC_OK)
			return hvc_diag_set(diag, machine->status, NULL, 0, 0, "%s",
			                    hvc_strerror(machine->status));
		if (is_late(machine, exit))
			return engine_failed(machine, diag, "an access failed too late");
		if (machine->phase == PHASE_ENDED || machine->phase == PHASE_IDLE)
			return HVC_OK;
		if (exit == HVC_EXIT_STOPPED && machine->nested.waits) {
			hvc_call__nest(machine);
			if (machine->phase != PHASE_EL2)
				return HVC_OK;
			continue;
		}
		if (exit == HVC_EXIT_STOPPED && machine->traps.waits) {
			if (++again > machine->budget)
				return engine_failed(machine, diag, "a block is begun for ever");
			if (!hvc_traps__watch(machine))
				return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
			continue;
		}
		if (exit == HVC_EXIT_BROKEN ||
		    (exit == HVC_EXIT_STOPPED && !machine->stub && !machine->own.waits))
			return engine_failed(machine, diag, text);
		if (!hvc_call__exit(machine, exit, detail))
			return HVC_OK;
	}
	return HVC_OK;
}

static enum hvc_status start(struct hvc_machine *machine, struct hvc_diag *diag)
{
	machine->status = HVC_OK;
	if (!machine->engine)
		return hvc_diag_set(diag, HVC_E_ENGINE, NULL, 0, 0, "there is no engine any more");
	if (hvc_call__start(machine))
		return HVC_OK;
	return machine->status == HVC_E_ARG ? refuse_call(machine, diag)
	                                    : engine_failed(machine, diag, "no caller");
}

/* An account with something missing is worse than none. */
static enum hvc_status check_account(const struct hvc_machine *machine, struct hvc_diag *diag)
{
	if (machine->around.failed)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	return HVC_OK;
}

enum hvc_status hvc_machine_call(struct hvc_machine *machine, const struct hvc_call *call,
                                 struct hvc_diag *diag, struct hvc_outcome *out)
{
	machine->feed = NULL;
	machine->call = *call;
	HVC_TRY(start(machine, diag));
	HVC_TRY(drive(machine, diag));
	hvc_reset__finish(machine);
	HVC_TRY(check_account(machine, diag));
	*out = machine->outcome;
	return HVC_OK;
}

/* The engine may have zero pages that the machine has not. */
static bool is_there(const struct hvc_machine *machine, uint64_t address, size_t size)
{
	const struct hvc_zero *zero = &machine->zero;

	for (unsigned i = 0; i < zero->pages; i++)
		if (!zero->page[i].used && address < zero->page[i].address + PAGE &&
		    zero->page[i].address < address + size)
			return false;
	return true;
}

enum hvc_status hvc_machine_supplied(struct hvc_machine *machine, struct hvc_supplied *into)
{
	HVC_TRY(hvc_supplied__merge(into, &machine->around.account));
	hvc_supplied__free(&machine->around.account);
	return HVC_OK;
}

enum hvc_status hvc_machine_read(struct hvc_machine *machine, uint64_t address, void *buffer,
                                 size_t size)
{
	if (!is_there(machine, address, size))
		return HVC_E_RANGE;
	return hvc_engine__read(machine->engine, address, buffer, size) ? HVC_OK : HVC_E_RANGE;
}

/* For a new engine: the same bytes written again take the place of the old. */
static bool keep_patch(struct hvc_machine *machine, uint64_t address, const void *data, size_t size)
{
	struct hvc_patch *patch = NULL;
	void *grown;

	for (unsigned i = 0; i < machine->patches; i++)
		if (machine->patch[i].address == address && machine->patch[i].size == size)
			patch = &machine->patch[i];
	if (!patch) {
		grown = realloc(machine->patch, (machine->patches + 1) * sizeof *patch);
		if (!grown)
			return false;
		machine->patch = grown;
		patch = &machine->patch[machine->patches];
		*patch = (struct hvc_patch){address, size, malloc(size)};
		if (!patch->bytes)
			return false;
		machine->patches++;
	}
	memcpy(patch->bytes, data, size);
	return true;
}

enum hvc_status hvc_machine_write(struct hvc_machine *machine, uint64_t address, const void *data,
                                  size_t size)
{
	if (!hvc_engine__write(machine->engine, address, data, size))
		return HVC_E_RANGE;
	hvc_undo__free(&machine->undo); /* it keeps pages as they were */
	return keep_patch(machine, address, data, size) ? HVC_OK : HVC_E_NOMEM;
}

enum hvc_status hvc_machine_run(struct hvc_machine *machine, const struct hvc_feed *feed,
                                struct hvc_diag *diag)
{
	HVC_TRY(hvc_machine_reset(machine, diag));
	machine->feed = feed;
	while (feed->next(feed->ctx, &machine->call)) {
		HVC_TRY(start(machine, diag));
		HVC_TRY(drive(machine, diag));
		if (machine->phase == PHASE_IDLE)
			break; /* the feed ended inside the engine */
		hvc_reset__finish(machine);
		HVC_TRY(check_account(machine, diag));
		if (!feed->done(feed->ctx, &machine->call, &machine->outcome))
			return hvc_diag_set(diag, HVC_E_CANCELLED, NULL, 0, 0, "cancelled");
		HVC_TRY(hvc_machine_reset(machine, diag));
	}
	return HVC_OK;
}
