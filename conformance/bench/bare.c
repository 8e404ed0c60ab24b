/* SPDX-License-Identifier: MIT */
/*
 * The least that runs the same instructions: HVC #0 to #0xffff one after the other, the same
 * vectors, the same trampoline for the exception entry (see emu/machine/unicorn.c), no register
 * set, read or compared, no block watched.
 */
#include "bare.h"

#include <stdlib.h>
#include <unicorn/unicorn.h>

#include "hvcheck/arch.h"

#define EL2H_MASKED 0x3c9u
#define EL3H_MASKED 0x3cdu
#define END         (HVC_CALLS + 4 * (uint64_t)HVC_IMM_COUNT)

struct bare {
	uc_engine *uc;
	uint64_t vectors, elr_el1;
	uint32_t pstate;
	bool failed;
};

static void set_sys(struct bare *bare, uint32_t op1, uint32_t crn, uint32_t crm, uint32_t op2,
                    uint64_t value)
{
	uc_arm64_cp_reg reg = {
	        .crn = crn, .crm = crm, .op0 = 3, .op1 = op1, .op2 = op2, .val = value};

	uc_reg_write(bare->uc, UC_ARM64_REG_CP_REG, &reg);
}

static void enter(struct bare *bare, uint64_t pc)
{
	uint64_t esr = hvc_arch_esr((uint16_t)((pc - 4 - HVC_CALLS) / 4));
	uint64_t vector = bare->vectors + 0x400, to = HVC_TRAMPOLINE, middle = HVC_TRAMPOLINE + 4;
	uint32_t masked = EL3H_MASKED;

	bare->pstate = 0;
	uc_reg_read(bare->uc, UC_ARM64_REG_PSTATE, &bare->pstate);
	uc_reg_write(bare->uc, UC_ARM64_REG_ESR_EL2, &esr);
	uc_reg_write(bare->uc, UC_ARM64_REG_ELR_EL2, &pc);
	set_sys(bare, 4, 4, 0, 0, bare->pstate); /* SPSR_EL2 */
	set_sys(bare, 6, 4, 0, 0, EL3H_MASKED);  /* SPSR_EL3 */
	uc_reg_read(bare->uc, UC_ARM64_REG_ELR_EL1, &bare->elr_el1);
	uc_reg_write(bare->uc, UC_ARM64_REG_ELR_EL1, &middle);
	uc_reg_write(bare->uc, UC_ARM64_REG_ELR_EL3, &vector);
	uc_reg_write(bare->uc, UC_ARM64_REG_PSTATE, &masked);
	uc_reg_write(bare->uc, UC_ARM64_REG_PC, &to);
}

static void on_exception(uc_engine *uc, uint32_t number, void *ctx)
{
	struct bare *bare = ctx;
	uint64_t pc;

	uc_reg_read(uc, UC_ARM64_REG_PC, &pc);
	if (number == 11) {
		enter(bare, pc);
	} else if (number == 2 && pc == HVC_TRAMPOLINE + 8) {
		uc_reg_write(uc, UC_ARM64_REG_ELR_EL1, &bare->elr_el1);
		set_sys(bare, 6, 4, 0, 0, (bare->pstate & HVC_PSTATE_NZCV) | EL2H_MASKED);
	} else {
		bare->failed = pc != END + 4;
		uc_emu_stop(uc);
	}
}

static bool load(struct bare *bare, const struct hvc_image *image)
{
	static const uint32_t trampoline[] = {0xd69f03e0, 0xd4000001, 0xd69f03e0};
	static const uint32_t svc = 0xd4000001;
	bool ok = uc_mem_map(bare->uc, HVC_HARNESS_BASE, HVC_HARNESS_SIZE, UC_PROT_ALL) == 0;

	for (unsigned i = 0; i < image->segments; i++) {
		const struct hvc_segment *s = &image->segment[i];
		uint64_t lo = s->address & ~UINT64_C(0xfff);
		uint64_t hi = (s->address + s->size + 0xfff) & ~UINT64_C(0xfff);

		ok = ok && uc_mem_map(bare->uc, lo, hi - lo, UC_PROT_ALL) == 0;
		ok = ok && uc_mem_write(bare->uc, s->address, s->data, s->data_size) == 0;
	}
	ok = ok && uc_mem_write(bare->uc, HVC_TRAMPOLINE, trampoline, sizeof trampoline) == 0;
	for (uint64_t imm = 0; ok && imm < HVC_IMM_COUNT; imm++) {
		uint32_t word = hvc_arch_encode((uint16_t)imm);

		ok = uc_mem_write(bare->uc, HVC_CALLS + 4 * imm, &word, 4) == 0;
	}
	return ok && uc_mem_write(bare->uc, END, &svc, 4) == 0;
}

struct bare *bare_open(const struct hvc_image *image)
{
	struct bare *bare = calloc(1, sizeof *bare);
	union {
		void (*function)(uc_engine *uc, uint32_t number, void *ctx);
		void *object;
	} hook = {.function = on_exception};
	uc_hook handle;
	uint64_t x0 = 99; /* a call that the stubs do not know */

	if (!bare)
		return NULL;
	bare->vectors = image->vectors;
	if (uc_open(UC_ARCH_ARM64, UC_MODE_ARM, &bare->uc) != UC_ERR_OK || !load(bare, image) ||
	    uc_hook_add(bare->uc, &handle, UC_HOOK_INTR, hook.object, bare, 1, 0) != UC_ERR_OK) {
		bare_close(bare);
		return NULL;
	}
	set_sys(bare, 6, 1, 1, 0, HVC_SCR_NS | HVC_SCR_HCE | HVC_SCR_RW | 0x30);
	set_sys(bare, 4, 1, 1, 0, HVC_HCR_RW);
	set_sys(bare, 4, 12, 0, 0, image->vectors);
	uc_reg_write(bare->uc, UC_ARM64_REG_X0, &x0);
	return bare;
}

bool bare_pass(struct bare *bare)
{
	bare->failed = false;
	return uc_emu_start(bare->uc, HVC_CALLS, UINT64_C(0xfffffffffffffff0), 0, 0) == UC_ERR_OK &&
	       !bare->failed;
}

void bare_close(struct bare *bare)
{
	if (bare->uc)
		uc_close(bare->uc);
	free(bare);
}
