/* SPDX-License-Identifier: MIT */
/*
 * A guest with a user, a kernel and a hypervisor in a plain Unicorn engine: the user makes a system
 * call, the kernel a hypercall, and each returns by ERET. Every exception is told on the way.
 */
#include <inttypes.h>
#include <stdio.h>

#include "hvcheck/unicorn_entry.h"

#define USER       UINT64_C(0x10000)
#define KERNEL     UINT64_C(0x20000) /* VBAR_EL1 */
#define HYPERVISOR UINT64_C(0x30000) /* VBAR_EL2 */
#define PAGE       UINT64_C(0x40000) /* free, for hvc_uc_attach */

static const uint32_t user[] = {
        0xd2800540, /* mov x0, #42 */
        0xd4000021, /* svc #1 */
        0xd503201f, /* nop */
};
static const uint32_t kernel[] = {
        0x91000400, /* add x0, x0, #1 */
        0xd4000042, /* hvc #2 */
        0xd69f03e0, /* eret */
};
static const uint32_t hypervisor[] = {
        0xd37ff800, /* lsl x0, x0, #1 */
        0xd69f03e0, /* eret */
};

static bool tell(struct hvc_uc_entry *entry, struct hvc_uc_exception *exception)
{
	printf("el%u to el%u: esr 0x%08" PRIx64 ", elr 0x%05" PRIx64 ", x0 %" PRIu64 "\n",
	       hvc_arch_el(hvc_uc_pstate(&entry->cpu)), exception->target_el, exception->esr,
	       exception->elr, hvc_uc_get(&entry->cpu, UC_ARM64_REG_X0));
	return true;
}

int main(void)
{
	struct hvc_uc_entry entry = {.before = tell};
	uc_engine *uc;
	uc_err err = uc_open(UC_ARCH_ARM64, UC_MODE_ARM, &uc);

	if (err == UC_ERR_OK)
		err = hvc_uc_attach(&entry, uc, PAGE);
	if (err == UC_ERR_OK)
		err = uc_mem_map(uc, USER, 0x30000, UC_PROT_ALL);
	if (err != UC_ERR_OK) {
		fprintf(stderr, "%s\n", uc_strerror(err));
		return 1;
	}
	uc_mem_write(uc, USER, user, sizeof(user));
	uc_mem_write(uc, KERNEL + 0x400, kernel, sizeof(kernel));
	uc_mem_write(uc, HYPERVISOR + 0x400, hypervisor, sizeof(hypervisor));
	hvc_uc_set(&entry.cpu, UC_ARM64_REG_VBAR_EL1, KERNEL);
	hvc_uc_set(&entry.cpu, UC_ARM64_REG_VBAR_EL2, HYPERVISOR);

	hvc_uc_move(&entry.cpu, USER, 0); /* PSTATE 0: EL0 */
	err = hvc_uc_run(&entry, USER + sizeof(user));
	printf("%s; back at el%u, x0 %" PRIu64 ", %" PRIu64 " exceptions\n", uc_strerror(err),
	       hvc_arch_el(hvc_uc_pstate(&entry.cpu)), hvc_uc_get(&entry.cpu, UC_ARM64_REG_X0),
	       entry.taken);
	hvc_uc_detach(&entry);
	uc_close(uc);
	return err == UC_ERR_OK ? 0 : 1;
}
