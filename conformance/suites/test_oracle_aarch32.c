/* SPDX-License-Identifier: MIT */
/**
 * The exceptions of callers in AArch32 state, and the returns to them, as functions of state
 * (exception.h) against QEMU, which takes them itself: every immediate of A32 and T32, every mode,
 * the bits of the PSR, IT blocks, trapped SMCs, and returns that are illegal.
 *
 * The board's memory is a file that both sides see. A program at EL2 returns to each caller, and
 * the vectors note what came of it.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hvcheck/exception.h"
#include "suite.h"
#include "tiny_image.h"

#define RAM     UINT64_C(0x40000000)
#define SIZE    UINT64_C(0x4000000)
#define CODE    (RAM + 0x200000) /* below it is the board's device tree */
#define VECTORS (CODE + 0x800)
#define RECORDS (RAM + 0x400000)
#define A32     (RAM + 0x2000000) /* an HVC of each immediate */
#define T32     (RAM + 0x2100002)
#define SMCS    (RAM + 0x2200000) /* A32, and T32 behind it */
#define PARKED  (RAM + 0x2210000) /* a branch to itself, of A64 */
#define SECONDS 60

#define A64_LDP(a, b, n, at) \
	(UINT32_C(0xa9400000) | (uint32_t)(at) / 8 << 15 | (b) << 10 | (n) << 5 | (a))
#define A64_STP(a, b, n, at) \
	(UINT32_C(0xa9000000) | (uint32_t)(at) / 8 << 15 | (b) << 10 | (n) << 5 | (a))
#define A64_CBZ(rt, offset) (UINT32_C(0xb4000000) | ((uint32_t)(offset) >> 2 & 0x7ffff) << 5 | (rt))
#define A64_SMC0            UINT32_C(0xd4000003)
#define A64_MRS_ESR(r)      A64_MRS(r, SYS(3, 4, 5, 2, 0))
#define ELR                 SYS(3, 4, 4, 0, 1)
#define SPSR                SYS(3, 4, 4, 0, 0)

struct record {
	uint64_t pc, spsr, hcr, more;       /* in */
	uint64_t esr, elr, saved, slot, x0; /* out */
	uint64_t unused[3];
};

static uint8_t *ram;

static void *at(uint64_t address)
{
	return ram + (address - RAM);
}

/*
 * x19 is the record. It, and x0 for the return, are what AArch32 state may see of this: the caller
 * in Supervisor mode has SP_svc there, and changes neither.
 */
static void write_program(void)
{
	static const uint32_t first[] = {
	        A64_MOVZ(0, VECTORS & 0xffff),
	        A64_MOVK16(0, VECTORS >> 16),
	        A64_MSR(SYS(3, 4, 12, 0, 0), 0),
	        A64_MOVZ(19, RECORDS & 0xffff),
	        A64_MOVK16(19, RECORDS >> 16),
	        /* next: */
	        A64_LDP(1, 2, 19, 0),
	        A64_LDP(3, 4, 19, 16),
	        A64_MSR(ELR, 1),
	        A64_MSR(SPSR, 2),
	        A64_MSR(SYS(3, 4, 1, 1, 0), 3),
	        A64_ISB,
	        A64_MOVZ(0, 7),
	        A64_MOVK48(0, 0xdead),
	        A64_ERET,
	};
	/* Where a slot goes: x1 is its offset. */
	static const uint32_t note[] = {
	        A64_MRS_ESR(2),
	        A64_MRS(3, ELR),
	        A64_STP(2, 3, 19, 32),
	        A64_MRS(2, SPSR),
	        A64_STP(2, 1, 19, 48),
	        UINT32_C(0xf9002260), /* str x0, [x19, #64] */
	        UINT32_C(0xf9400e64), /* ldr x4, [x19, #24] */
	        A64_ADD(19, 19, sizeof(struct record)),
	        A64_CBZ(4, 8),
	        A64_B(5 * 4 - (0x200 + 9 * 4)),
	        A64_MOVZ(0, 8), /* PSCI SYSTEM_OFF */
	        A64_MOVK16(0, 0x8400),
	        A64_SMC0,
	        A64_B(0),
	};

	memcpy(at(CODE), first, sizeof first);
	memcpy(at(CODE + 0x200), note, sizeof note);
	for (unsigned slot = 0; slot < 0x800; slot += 0x80) {
		const uint32_t words[] = {A64_MOVZ(1, slot),
		                          A64_B(0x200 - (int)(0x800 + slot + 4))};

		memcpy(at(VECTORS + slot), words, sizeof words);
	}
	for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++) {
		uint32_t a32 = hvc_aarch32_encode_a32((uint16_t)imm);
		uint32_t t32 = hvc_aarch32_swap_t32(hvc_aarch32_encode_t32((uint16_t)imm));

		memcpy(at(A32 + 4 * imm), &a32, 4);
		memcpy(at(T32 + 4 * imm), &t32, 4);
	}
	for (unsigned imm = 0; imm < 16; imm++) {
		uint32_t a32 = hvc_aarch32_encode_smc_a32(imm);
		uint32_t t32 = hvc_aarch32_swap_t32(hvc_aarch32_encode_smc_t32(imm));

		memcpy(at(SMCS + 4 * imm), &a32, 4);
		memcpy(at(SMCS + 0x102 + 4 * imm), &t32, 4);
	}
	memcpy(at(PARKED), (const uint32_t[]){A64_B(0)}, 4);
}

static unsigned records;

static struct record *add(uint64_t pc, uint64_t spsr, uint64_t hcr)
{
	struct record *record = (struct record *)at(RECORDS) + records;

	if (records++)
		record[-1].more = 1;
	*record = (struct record){.pc = pc, .spsr = spsr, .hcr = hcr};
	return record;
}

static void add_all(void)
{
	static const unsigned modes[] = {HVC_MODE_FIQ, HVC_MODE_IRQ, HVC_MODE_SVC,
	                                 HVC_MODE_ABT, HVC_MODE_UND, HVC_MODE_SYS};
	static const unsigned its[] = {0xe8, 0xe4, 0xe2, 0xec, 0xe1}; /* condition AL */

	for (uint64_t imm = 0; imm < HVC_IMM_COUNT; imm++) {
		add(A32 + 4 * imm, HVC_MODE_SVC | (imm << 23 & HVC_PSR_NZCV), 0);
		add(T32 + 4 * imm, HVC_MODE_SVC | HVC_PSR_T | (imm & 15) << 16, 0);
	}
	for (unsigned n = 0; n < 6 * 256; n++) {
		uint64_t psr = modes[n % 6] | (uint64_t)(n / 6 & 0xf) << 6 |
		               (uint64_t)(n / 6 & 0xf0) << 24 | (n & 1 ? HVC_PSR_Q : 0) |
		               (uint64_t)(n * 5 & 15) << 16;

		add(A32 + 4 * n, psr, 0);
		add(T32 + 4 * n, psr | HVC_PSR_T, 0);
		add(SMCS + 4 * (n & 15), psr, HVC_HCR_TSC);
		add(SMCS + 0x102 + 4 * (n & 15), psr | HVC_PSR_T, HVC_HCR_TSC);
	}
	for (unsigned i = 0; i < 5; i++) {
		uint64_t psr = hvc_aarch32_set_it(HVC_MODE_SVC | HVC_PSR_T, its[i]);

		add(T32, psr, 0);
		add(SMCS + 0x102, psr, HVC_HCR_TSC);
	}
	/* Every value of M, where EL1 uses either state: those that return find an HVC, or nothing.
	 */
	for (unsigned m = 0x10; m < 0x20; m++)
		for (unsigned rw = 0; rw < 2; rw++)
			if (m != HVC_MODE_USR)
				add(m == HVC_MODE_MON || m == HVC_MODE_HYP || rw ? PARKED : A32, m,
				    rw ? HVC_HCR_RW : 0);
}

static bool run(const char *file, char *message, size_t size)
{
	char memory[256];
	int status = 0;
	pid_t child;

	snprintf(memory, sizeof memory, "memory-backend-file,id=ram,size=%llu,mem-path=%s,share=on",
	         (unsigned long long)SIZE, file);
	child = fork();
	if (child == 0) {
		execlp("qemu-system-aarch64", "qemu-system-aarch64", "-M",
		       "virt,virtualization=on,memory-backend=ram", "-cpu", "cortex-a72", "-m",
		       "64M", "-object", memory, "-device", "loader,addr=0x40200000,cpu-num=0",
		       "-display", "none", "-nodefaults", "-serial", "none", "-monitor", "none",
		       NULL);
		_exit(127);
	}
	for (unsigned tenths = 0; child > 0 && waitpid(child, &status, WNOHANG) == 0; tenths++) {
		if (tenths == SECONDS * 10)
			kill(child, SIGKILL);
		usleep(100000);
	}
	snprintf(message, size, "status 0x%x", (unsigned)status);
	return status == 0;
}

/* What the functions say, with the PE as the program sets it. */
static void judge(const struct record *r)
{
	struct hvc_pe pe = {
	        .features = HVC_FEAT_EL2, .pstate = 0x3c9, .hcr_el2 = r->hcr, .vbar_el2 = VECTORS};
	struct hvc_return back;
	struct hvc_entry entry;
	uint32_t word;

	hvc_exception_return(&pe, r->pc, r->spsr, &back);
	pe.pc = back.pc;
	pe.pstate = back.pstate;
	if (back.illegal) {
		hvc_exception_take(&pe, 2, (uint64_t)HVC_EC_ILLEGAL << 26 | 1u << 25, back.pc,
		                   &entry);
		/* From PSTATE.IL nothing but this matters. */
		entry.spsr = r->saved;
	} else if (r->hcr & HVC_HCR_TSC) {
		ck_assert(hvc_exception_smc(&pe, 0, &entry));
		/* In an IT block QEMU 7.2 forgets where it is: see conformance/oracle/README.md. */
		if (hvc_aarch32_it(entry.spsr) && !hvc_aarch32_it(r->saved))
			entry.spsr = hvc_aarch32_set_it(entry.spsr, 0);
	} else {
		uint16_t imm = 0;

		memcpy(&word, at(back.pc), 4);
		if (r->spsr & HVC_PSR_T)
			ck_assert(hvc_aarch32_decode_t32(hvc_aarch32_swap_t32(word), &imm));
		else
			ck_assert(hvc_aarch32_decode_a32(word, &imm));
		hvc_exception_hvc(&pe, imm, &entry);
	}
	ck_assert_msg(r->esr == entry.esr && r->elr == entry.elr && r->saved == entry.spsr &&
	                      VECTORS + r->slot == entry.vector,
	              "at 0x%llx, SPSR 0x%llx, HCR 0x%llx: ESR 0x%llx, ELR 0x%llx, SPSR 0x%llx, "
	              "slot 0x%llx in QEMU; 0x%llx, 0x%llx, 0x%llx, 0x%llx here",
	              (unsigned long long)r->pc, (unsigned long long)r->spsr,
	              (unsigned long long)r->hcr, (unsigned long long)r->esr,
	              (unsigned long long)r->elr, (unsigned long long)r->saved,
	              (unsigned long long)r->slot, (unsigned long long)entry.esr,
	              (unsigned long long)entry.elr, (unsigned long long)entry.spsr,
	              (unsigned long long)(entry.vector - VECTORS));
	ck_assert_uint_eq(r->x0 & UINT32_MAX, 7);
}

TEST(entries_and_returns)
{
	char file[] = "/tmp/hvcheck-aarch32-XXXXXX", message[64] = "";
	int descriptor = mkstemp(file);
	bool done;

	ck_assert(descriptor >= 0 && ftruncate(descriptor, (off_t)SIZE) == 0);
	ram = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
	ck_assert(ram != MAP_FAILED);
	close(descriptor);
	write_program();
	add_all();
	done = run(file, message, sizeof message);
	unlink(file);
	ck_assert_msg(done, "QEMU: %s", message);
	for (unsigned i = 0; i < records; i++)
		judge((struct record *)at(RECORDS) + i);
	munmap(ram, SIZE);
}

int main(void)
{
	if (system("qemu-system-aarch64 --version >/dev/null 2>&1") != 0) {
		puts("qemu-system-aarch64 is not installed: skipped");
		return 77;
	}
	return suite_run("oracle_aarch32");
}
