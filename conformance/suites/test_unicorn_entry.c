/* SPDX-License-Identifier: MIT */
/* unicorn_entry.h, in a bare engine of a program's own. */
#include "hvcheck/unicorn_entry.h"
#include "suite.h"

#define PAGE   UINT64_C(0x10000000)
#define EL1    UINT64_C(0x20000000) /* its vectors */
#define EL2    UINT64_C(0x20001000)
#define CODE   UINT64_C(0x30000000)
#define STACK1 UINT64_C(0x40001000)
#define STACK2 UINT64_C(0x40002000)

#define ERET          0xd69f03e0u
#define SVC(imm)      (0xd4000001u | (uint32_t)(imm) << 5)
#define HVC(imm)      (0xd4000002u | (uint32_t)(imm) << 5)
#define SMC(imm)      (0xd4000003u | (uint32_t)(imm) << 5)
#define BRK(imm)      (0xd4200000u | (uint32_t)(imm) << 5)
#define UDF           0u
#define LDR(t, n)     (0xf9400000u | (uint32_t)(n) << 5 | (uint32_t)(t))
#define MOV(d, imm)   (0xd2800000u | (uint32_t)(imm) << 5 | (uint32_t)(d))
#define MOV_SP(d)     (0x910003e0u | (uint32_t)(d))
#define CURRENT_EL(t) (0xd5384240u | (uint32_t)(t))
#define ESR(el, t)    (((el) == 1 ? 0xd5385200u : 0xd53c5200u) | (uint32_t)(t))
#define ELR(el, t)    (((el) == 1 ? 0xd5384020u : 0xd53c4020u) | (uint32_t)(t))
#define SPSR(el, t)   (((el) == 1 ? 0xd5384000u : 0xd53c4000u) | (uint32_t)(t))
#define FAR(el, t)    (((el) == 1 ? 0xd5386000u : 0xd53c6000u) | (uint32_t)(t))
/* ELR += 4, by x9: for exceptions whose return address is the instruction itself. */
#define SKIP(el) ELR(el, 9), 0x91001129u, ((el) == 1 ? 0xd5184020u : 0xd51c4020u) | 9u

static uc_engine *uc;
static struct hvc_uc_entry entry;

static uint64_t x(int n)
{
	return hvc_uc_get(&entry.cpu, UC_ARM64_REG_X0 + n);
}

static void put(uint64_t address, const uint32_t *words, size_t size)
{
	ck_assert_int_eq(uc_mem_write(uc, address, words, size), UC_ERR_OK);
	/* What stood there may have run. */
	ck_assert_int_eq(uc_ctl_remove_cache(uc, address, address + size), UC_ERR_OK);
}

#define PUT(address, ...)                                \
	do {                                             \
		const uint32_t words_[] = {__VA_ARGS__}; \
		put(address, words_, sizeof(words_));    \
	} while (0)

/* A slot that tells what its level sees: x0 slot, x1 CurrentEL, x2 ESR, x3 ELR, x4 SPSR, x5 SP. */
static void put_slot(unsigned el, unsigned slot)
{
	uint64_t at = (el == 1 ? EL1 : EL2) + slot;

	PUT(at, MOV(0, slot), CURRENT_EL(1), ESR(el, 2), ELR(el, 3), SPSR(el, 4), MOV_SP(5), ERET);
}

static void put_skipping_slot(unsigned el, unsigned slot)
{
	uint64_t at = (el == 1 ? EL1 : EL2) + slot;

	PUT(at, MOV(0, slot), CURRENT_EL(1), ESR(el, 2), ELR(el, 3), SPSR(el, 4), FAR(el, 6),
	    SKIP(el), ERET);
}

static void open_engine(void)
{
	static const struct hvc_uc_entry empty;

	entry = empty;
	ck_assert_int_eq(uc_open(UC_ARCH_ARM64, UC_MODE_ARM, &uc), UC_ERR_OK);
	ck_assert_int_eq(hvc_uc_attach(&entry, uc, PAGE), UC_ERR_OK);
	ck_assert_int_eq(uc_mem_map(uc, EL1, 0x2000, UC_PROT_ALL), UC_ERR_OK);
	ck_assert_int_eq(uc_mem_map(uc, CODE, 0x1000, UC_PROT_ALL), UC_ERR_OK);
	hvc_uc_set(&entry.cpu, UC_ARM64_REG_VBAR_EL1, EL1);
	hvc_uc_set(&entry.cpu, UC_ARM64_REG_VBAR_EL2, EL2);
	hvc_uc_set(&entry.cpu, UC_ARM64_REG_SP_EL0, 0x1230);
	hvc_uc_set(&entry.cpu, UC_ARM64_REG_SP_EL1, STACK1);
	hvc_uc_set(&entry.cpu, UC_ARM64_REG_SP, STACK1);
	hvc_uc_set(&entry.cpu, UC_ARM64_REG_SP_EL2, STACK2);
}

static void close_engine(void)
{
	hvc_uc_detach(&entry);
	ck_assert_int_eq(uc_close(uc), UC_ERR_OK);
}

/* Run the words at CODE with this PSTATE, to their end. */
static void run(uint64_t pstate, const uint32_t *words, size_t size)
{
	put(CODE, words, size);
	ck_assert(hvc_uc_move(&entry.cpu, CODE, pstate));
	ck_assert_int_eq(hvc_uc_run(&entry, CODE + size), UC_ERR_OK);
	ck_assert_uint_eq(entry.refused, 0);
	ck_assert_uint_eq(hvc_uc_get(&entry.cpu, UC_ARM64_REG_PC), CODE + size);
	ck_assert_uint_eq(hvc_uc_pstate(&entry.cpu), pstate);
}

#define RUN(pstate, ...)                                 \
	do {                                             \
		const uint32_t words_[] = {__VA_ARGS__}; \
		run(pstate, words_, sizeof(words_));     \
	} while (0)

static void saw(unsigned slot, unsigned el, uint64_t esr, uint64_t elr, uint64_t spsr)
{
	ck_assert_uint_eq(x(0), slot);
	ck_assert_uint_eq(x(1), el << 2);
	ck_assert_uint_eq(x(2), esr);
	ck_assert_uint_eq(x(3), elr);
	ck_assert_uint_eq(x(4), spsr);
}

/* A system call: EL0 to EL1 and back, flags and stack pointers each their own. */
TEST(svc_from_el0)
{
	open_engine();
	put_slot(1, 0x400);
	RUN(0x60000000, SVC(0x123), MOV(10, 7), MOV_SP(11));
	saw(0x400, 1, 0x56000123, CODE + 4, 0x60000000);
	ck_assert_uint_eq(x(5), STACK1);
	ck_assert_uint_eq(x(10), 7);
	ck_assert_uint_eq(x(11), 0x1230);
	ck_assert_uint_eq(entry.taken, 1);
	RUN(0x3c0, SVC(0xffff), SVC(0));
	saw(0x400, 1, 0x56000000, CODE + 8, 0x3c0);
	ck_assert_uint_eq(entry.taken, 3);
	close_engine();
}

TEST(svc_at_el1)
{
	open_engine();
	put_slot(1, 0x000);
	put_slot(1, 0x200);
	RUN(0x3c5, SVC(1), MOV_SP(11));
	saw(0x200, 1, 0x56000001, CODE + 4, 0x3c5);
	ck_assert_uint_eq(x(5), STACK1);
	ck_assert_uint_eq(x(11), STACK1);
	RUN(0x3c4, SVC(2), MOV_SP(11));
	saw(0x000, 1, 0x56000002, CODE + 4, 0x3c4);
	ck_assert_uint_eq(x(5), STACK1);
	ck_assert_uint_eq(x(11), 0x1230);
	close_engine();
}

TEST(hvc_from_el1_and_el2)
{
	open_engine();
	put_slot(2, 0x400);
	put_slot(2, 0x200);
	put_slot(2, 0x000);
	for (unsigned imm = 0; imm < 65536; imm += 4369) {
		RUN(0x3c5, HVC(imm), MOV_SP(11));
		saw(0x400, 2, 0x5a000000 | imm, CODE + 4, 0x3c5);
		ck_assert_uint_eq(x(5), STACK2);
		ck_assert_uint_eq(x(11), STACK1);
	}
	/* A stack pointer that the guest moved is where it left it. */
	RUN(0x3c5, 0xd10043ff, HVC(0), MOV_SP(11)); /* sub sp, sp, #16 */
	ck_assert_uint_eq(x(11), STACK1 - 16);
	RUN(0x3c9, HVC(5), MOV_SP(11));
	/* The handler's entry has overwritten ELR_EL2, as hardware does. */
	saw(0x200, 2, 0x5a000005, CODE + 4, 0x3c9);
	ck_assert_uint_eq(x(11), STACK2);
	RUN(0x3c8, HVC(6));
	saw(0x000, 2, 0x5a000006, CODE + 4, 0x3c8);
	close_engine();
}

/* HVC at EL0, and where SCR_EL3.HCE says no: Undefined, and at the instruction. */
TEST(undefined_goes_to_el1)
{
	open_engine();
	put_skipping_slot(1, 0x400);
	put_skipping_slot(1, 0x200);
	RUN(0, HVC(1), UDF);
	saw(0x400, 1, 0x2000000, CODE + 4, 0);
	ck_assert_uint_eq(entry.taken, 2);
	hvc_uc_set_sys(&entry.cpu, HVC_UC_SCR_EL3, 0x431);
	RUN(0x3c5, HVC(1));
	saw(0x200, 1, 0x2000000, CODE, 0x3c5);
	close_engine();
}

TEST(brk_and_trapped_smc)
{
	open_engine();
	put_skipping_slot(1, 0x400);
	put_skipping_slot(2, 0x400);
	RUN(0, BRK(0x77));
	saw(0x400, 1, 0xf2000077, CODE, 0);
	hvc_uc_set_sys(&entry.cpu, HVC_UC_HCR_EL2, HVC_HCR_RW | HVC_HCR_TSC);
	RUN(0x3c5, SMC(0x55));
	saw(0x400, 2, 0x5e000055, CODE, 0x3c5);
	close_engine();
}

TEST(tge_routes_el0_to_el2)
{
	open_engine();
	put_slot(2, 0x400);
	hvc_uc_set_sys(&entry.cpu, HVC_UC_HCR_EL2, HVC_HCR_RW | HVC_HCR_TGE);
	RUN(0, SVC(3));
	saw(0x400, 2, 0x56000003, CODE + 4, 0);
	close_engine();
}

/* EL0 calls EL1, which calls EL2: two entries, two ERETs. */
TEST(nested)
{
	open_engine();
	PUT(EL1 + 0x400, HVC(9), CURRENT_EL(12), ESR(1, 13), ERET);
	put_slot(2, 0x400);
	RUN(0x3c0, SVC(8), MOV(10, 7));
	/* EL1h, as the entry from EL0 made it; DAIF masked. */
	saw(0x400, 2, 0x5a000009, EL1 + 0x404, 0x3c5);
	ck_assert_uint_eq(x(12), 1 << 2);
	ck_assert_uint_eq(x(13), 0x56000008);
	ck_assert_uint_eq(x(10), 7);
	ck_assert_uint_eq(entry.taken, 2);
	close_engine();
}

static bool answer(struct hvc_uc_entry *of, struct hvc_uc_exception *exception)
{
	if (exception->number == 11) {
		hvc_uc_set(&of->cpu, UC_ARM64_REG_X0, exception->esr & 0xffff);
		return false;
	}
	exception->esr |= 0x8000;
	return true;
}

/* A host that answers HVC itself, and changes what the guest is told of an SVC. */
TEST(before_decides)
{
	open_engine();
	put_slot(1, 0x200);
	entry.before = answer;
	RUN(0x3c5, HVC(0x42), MOV(10, 7));
	ck_assert_uint_eq(x(0), 0x42);
	ck_assert_uint_eq(entry.taken, 0);
	RUN(0x3c5, SVC(1));
	saw(0x200, 1, 0x56008001, CODE + 4, 0x3c5);
	close_engine();
}

/* Handlers in C: the program takes the exception, and returns from it. */
TEST(eret_by_the_program)
{
	const uint32_t code[] = {MOV(10, 7), MOV_SP(11), CURRENT_EL(12)};
	struct hvc_uc_exception exception = {0};

	open_engine();
	put(CODE, code, sizeof(code));
	ck_assert(hvc_uc_move(&entry.cpu, CODE, 0x3c5));
	ck_assert_int_eq(hvc_uc_run(&entry, CODE + 4), UC_ERR_OK);
	exception.target_el = 2;
	exception.esr = 0x5a000000;
	exception.elr = CODE + 4;
	ck_assert(hvc_uc_take(&entry, &exception));
	PUT(EL2 + 0x400, CURRENT_EL(13), 0x14000000);
	ck_assert_int_eq(hvc_uc_run(&entry, EL2 + 0x404), UC_ERR_OK);
	ck_assert_uint_eq(x(13), 2 << 2);
	ck_assert(hvc_uc_eret(&entry));
	ck_assert_int_eq(hvc_uc_run(&entry, CODE + sizeof(code)), UC_ERR_OK);
	ck_assert_uint_eq(x(11), STACK1);
	ck_assert_uint_eq(x(12), 1 << 2);
	close_engine();
}

static bool remember(uc_engine *of, uc_mem_type type, uint64_t address, int size, int64_t value,
                     void *ctx)
{
	(void)of, (void)type, (void)size, (void)value;
	*(uint64_t *)ctx = address;
	return false;
}

/* Unmapped memory becomes an abort that the guest handles. */
TEST(abort_is_delivered)
{
	const uint32_t code[] = {LDR(7, 8), MOV(10, 7)};
	union {
		bool (*function)(uc_engine *, uc_mem_type, uint64_t, int, int64_t, void *);
		void *object;
	} hook = {.function = remember};
	uint64_t address = 0;
	uc_hook handle;
	uc_err err;

	open_engine();
	put_skipping_slot(1, 0x400);
	put(CODE, code, sizeof(code));
	hvc_uc_set(&entry.cpu, UC_ARM64_REG_X8, 0xdead0000);
	ck_assert_int_eq(uc_hook_add(uc, &handle, UC_HOOK_MEM_UNMAPPED, hook.object, &address,
	                             (uint64_t)1, (uint64_t)0),
	                 UC_ERR_OK);
	ck_assert(hvc_uc_move(&entry.cpu, CODE, 0));
	err = hvc_uc_run(&entry, CODE + sizeof(code));
	ck_assert_int_eq(err, UC_ERR_READ_UNMAPPED);
	ck_assert(hvc_uc_abort(&entry, err, address));
	ck_assert_int_eq(hvc_uc_run(&entry, CODE + sizeof(code)), UC_ERR_OK);
	saw(0x400, 1, 0x92000010, CODE, 0);
	ck_assert_uint_eq(x(6), 0xdead0000);
	ck_assert_uint_eq(x(10), 7);
	close_engine();
}

/* An SMC that nothing traps goes to EL3, where nobody is. */
TEST(smc_to_el3_is_refused)
{
	const uint32_t code[] = {SMC(0), MOV(10, 7)};

	open_engine();
	put(CODE, code, sizeof(code));
	ck_assert(hvc_uc_move(&entry.cpu, CODE, 0x3c5));
	ck_assert_int_eq(hvc_uc_run(&entry, CODE + sizeof(code)), UC_ERR_OK);
	ck_assert_uint_eq(entry.refused, 13);
	ck_assert_uint_eq(entry.taken, 0);
	ck_assert_uint_ne(x(10), 7);
	close_engine();
}

/* Attaching leaves the engine as it found it, but for what it says. */
TEST(attach_is_quiet)
{
	open_engine();
	ck_assert_uint_eq(hvc_uc_pstate(&entry.cpu) & 0x3cf, 0x3c5);
	ck_assert_uint_eq(hvc_uc_get(&entry.cpu, UC_ARM64_REG_PC), 0);
	for (int n = 0; n < 29; n++)
		ck_assert_uint_eq(x(n), 0);
	ck_assert_uint_eq(hvc_uc_get(&entry.cpu, UC_ARM64_REG_ELR_EL1), 0);
	close_engine();
}

SUITE_MAIN("unicorn_entry")
