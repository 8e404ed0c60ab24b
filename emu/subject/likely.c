/* SPDX-License-Identifier: MIT */
/*
 * The features are those of Linux 3.8 to 7.2 (arch/arm64/kernel/hyp-stub.S, mm/trans_pgd-asm.S,
 * kernel/hibernate-asm.S, kvm/hyp/nvhe/hyp-init.S and host.S, kvm/hyp/hyp-entry.S) and of Xen 4.x
 * (xen/arch/arm/arm64/entry.S, traps.c). What a table is not said to be is not known. Where its
 * code says nothing, a function of a hypervisor whose code no other has does.
 */
#include "subject/finder.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hvcheck/arch.h"
#include "subject/a64.h"
#include "subject/def_use.h"
#include "subject/value.h"
#include "subject/walk.h"

#define REACH      512u   /* instructions behind slot 0x400, calls left out */
#define CALL_REACH 20000u /* and with the functions that it calls */

#define STUB_ERROR  UINT64_C(0x0badca11) /* HVC_STUB_ERR */
#define KVM_INIT    UINT64_C(0xc6000000) /* __kvm_hyp_init, the first function id */
#define XEN_CALL    UINT64_C(0xea1)      /* XEN_HYPERCALL_TAG */
#define WORKAROUND1 UINT64_C(0x80008000) /* ARM_SMCCC_ARCH_WORKAROUND_1 */

enum feature {
	FEATURE_STUB_ERROR = 1 << 0, /* makes HVC_STUB_ERR */
	FEATURE_KVM_INIT = 1 << 1,   /* compares x0 with KVM's first id */
	FEATURE_XEN = 1 << 2,        /* compares something with Xen's immediate */
	FEATURE_WORKAROUND = 1 << 3, /* compares x0 with WORKAROUND_1 */
	FEATURE_HVC = 1 << 4,        /* compares the exception class with HVC's */
	FEATURE_VTTBR = 1 << 5,      /* tests VTTBR_EL2 for zero */
	FEATURE_SETS_MMU = 1 << 6,   /* writes TTBR0_EL2 */
	FEATURE_SETS_X24 = 1 << 7,   /* VBAR_EL2 := x24 */
	FEATURE_SETS_VBAR = 1 << 8,  /* writes VBAR_EL2 */
	FEATURE_CALLS_0_1 = 1 << 9,  /* compares x0 with 0 and 1 */
	FEATURE_CALLS_2 = 1 << 10,   /* and with 2 */
	FEATURE_READS_ESR = 1 << 11,
	FEATURE_TPIDR = 1 << 12, /* reads TPIDR_EL2 */
	FEATURE_ERETS = 1 << 13,
	FEATURE_FEW_IDS = 1 << 14, /* compares x0 with 3, 4 or 5: HVC_STUB_HCALL_NR */
	FEATURE_IMM = 1 << 16,     /* takes the immediate or ISS out of ESR_EL2 */
	FEATURE_SPILLS = 1 << 15,  /* uses memory */
};

/* First match wins: all of `has`, none of `lacks`. */
static const struct {
	unsigned has, lacks;
	const char *name;
	const char *abi; /* shipped, and the only one of such code; may be NULL */
} kinds[] = {
        /* clang-format off */
	{FEATURE_XEN, 0, "Xen", "xen"},
	{FEATURE_HVC | FEATURE_WORKAROUND | FEATURE_IMM, FEATURE_VTTBR, "Xen", "xen"},
	{FEATURE_KVM_INIT, FEATURE_HVC, "Linux KVM init vectors", NULL},
	{FEATURE_SETS_X24, FEATURE_CALLS_0_1, "Linux hibernate resume vectors", NULL},
	{FEATURE_STUB_ERROR | FEATURE_CALLS_0_1 | FEATURE_CALLS_2 | FEATURE_SETS_VBAR, FEATURE_READS_ESR, "Linux hyp stub", NULL},
	{FEATURE_STUB_ERROR | FEATURE_CALLS_0_1 | FEATURE_SETS_VBAR, FEATURE_READS_ESR, "Linux small stub of hibernate and kexec", NULL},
	{FEATURE_HVC | FEATURE_SETS_VBAR, FEATURE_SPILLS | FEATURE_WORKAROUND, "Linux hyp stub before 4.12", NULL},
	{FEATURE_HVC | FEATURE_WORKAROUND, FEATURE_VTTBR, "Linux KVM guest vectors", NULL},
	{FEATURE_HVC | FEATURE_FEW_IDS, FEATURE_VTTBR, "Linux KVM host vectors", NULL},
	{FEATURE_HVC | FEATURE_VTTBR, FEATURE_IMM, "Linux KVM vectors before 5.10", NULL},
        /* clang-format on */
};

/*
 * Functions that the dispatch of no other hypervisor has. Sources: Bao 738e3dc src/arch/armv8/
 * aarch64/exceptions.S, Hafnium 21bfbdc src/arch/aarch64/hypervisor/handler.c, Jailhouse e57d1ef
 * hypervisor/arch/arm64/traps.c, PRTOS 93ec820 core/kernel/aarch64/traps.c, Xvisor 8713a80
 * core/vmm_scheduler.c.
 */
static const struct {
	const char *symbol, *name, *abi;
} owners[] = {
        {"_hyp_vector_table", "Bao", "bao"},
        {"sync_lower_exception", "Hafnium", "hafnium"},
        {"arch_handle_trap", "Jailhouse", "jailhouse"},
        {"hypercall_flags_table", "PRTOS", "prtos"},
        {"vmm_scheduler_current_vcpu", "Xvisor", "xvisor"},
};

struct search {
	const struct hvc_image *image;
	struct hvc_values values;
	unsigned features;
	uint64_t vttbr_at; /* where VTTBR_EL2 was read last */
	uint64_t esr_at;   /* and ESR_EL2 */
};

#define SYSREG(op0, op1, crn, crm, op2) \
	((op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))

static unsigned of_sysop(const struct hvc_sysop *op)
{
	switch (SYSREG(op->op0, op->op1, op->crn, op->crm, op->op2)) {
	case SYSREG(3, 4, 12, 0, 0): /* VBAR_EL2 */
		return !op->write ? 0 : FEATURE_SETS_VBAR | (op->rt == 24 ? FEATURE_SETS_X24 : 0);
	case SYSREG(3, 4, 5, 2, 0): /* ESR_EL2 */
		return op->write ? 0 : FEATURE_READS_ESR;
	case SYSREG(3, 4, 2, 0, 0): /* TTBR0_EL2 */
		return op->write ? FEATURE_SETS_MMU : 0;
	case SYSREG(3, 4, 13, 0, 2): /* TPIDR_EL2 */
		return op->write ? 0 : FEATURE_TPIDR;
	}
	return 0;
}

/* KVM up to 5.9 tells host and guest by it. */
static bool tests_vttbr(struct search *search, uint64_t address, uint32_t word)
{
	const struct hvc_value *value = &search->values.x[word & 31];

	/* MRS xN, VTTBR_EL2; then CBZ or CBNZ xN */
	if ((word & ~UINT32_C(31)) == UINT32_C(0xd53c2100))
		search->vttbr_at = address;
	return (word & 0x7e000000) == 0x34000000 && (word & 31) != 31 &&
	       value->kind == HVC_VALUE_SYSTEM && value->at == search->vttbr_at;
}

/* AND with 0xffff or 0x1ffffff, of 32 or 64 bits, of what was read from ESR_EL2 */
static bool takes_immediate(struct search *search, uint64_t address, uint32_t word)
{
	const struct hvc_value *value = &search->values.x[word >> 5 & 31];
	uint32_t operation = word & 0x7fbffc00;

	if ((word & ~UINT32_C(31)) == UINT32_C(0xd53c5200))
		search->esr_at = address;
	return (operation == 0x12003c00 || operation == 0x12006000) && (word >> 5 & 31) != 31 &&
	       value->kind == HVC_VALUE_SYSTEM && value->at == search->esr_at;
}

static bool visit(void *ctx, uint64_t address, uint32_t word, bool leader)
{
	struct search *search = ctx;
	struct hvc_def_use use;
	struct hvc_sysop op;
	struct hvc_a64 insn;
	uint64_t target;

	/* Of a register saved before: the comparison is an EOR whose result is tested for zero. */
	hvc_a64__decode(address, word, &insn);
	if (insn.move == HVC_MOVE_EOR && !insn.reg && insn.imm == WORKAROUND1)
		search->features |= FEATURE_WORKAROUND;
	if (leader)
		hvc_values__forget(&search->values);
	if (hvc_a64__sysop(word, &op))
		search->features |= of_sysop(&op);
	if (hvc_a64__flow(address, word, &target) == HVC_FLOW_ERET)
		search->features |= FEATURE_ERETS;
	if (tests_vttbr(search, address, word))
		search->features |= FEATURE_VTTBR;
	if (takes_immediate(search, address, word))
		search->features |= FEATURE_IMM;
	hvc_def_use__of(word, &use);
	if (use.address || (word & 0x0a000000) == 0x08000000)
		search->features |= FEATURE_SPILLS;
	hvc_values__step(&search->values, search->image, address, word);
	for (unsigned i = 0; i < HVC_GPR_COUNT; i++) {
		const struct hvc_value *value = &search->values.x[i];

		if (value->kind == HVC_VALUE_CONSTANT && value->constant[0] == STUB_ERROR)
			search->features |= FEATURE_STUB_ERROR;
	}
	return true;
}

/* What the code behind the slot compares; far: in the functions that it calls, too. */
static enum hvc_status compare(const struct hvc_walk *way, bool far, unsigned *features,
                               unsigned *selectors)
{
	struct hvc_constant *constant = NULL;
	size_t count = 0;

	HVC_TRY(hvc_constant__find(way, &constant, &count));
	for (size_t i = 0; i < count; i++) {
		bool x0 = constant[i].reg == HVC_REG_X0 && !far;
		uint64_t value = constant[i].value;

		if (value == XEN_CALL)
			*features |= FEATURE_XEN;
		if (value == HVC_EC_HVC64 && !far)
			*features |= FEATURE_HVC;
		if (value == WORKAROUND1 && !far)
			*features |= FEATURE_WORKAROUND;
		if (x0 && value == KVM_INIT)
			*features |= FEATURE_KVM_INIT;
		if (x0 && !constant[i].word && value < 8)
			*selectors |= 1u << value;
	}
	free(constant);
	if ((*selectors & 3) == 3)
		*features |= FEATURE_CALLS_0_1;
	if (*selectors & 4)
		*features |= FEATURE_CALLS_2;
	/* One of 3, 4 and 5, and no larger number. */
	if (*selectors & 0x38 && !(*selectors & 0xc1) &&
	    !((*selectors & 0x38) & ((*selectors & 0x38) - 1)))
		*features |= FEATURE_FEW_IDS;
	return HVC_OK;
}

static void add(struct hvc_likely *likely, const char *text)
{
	size_t used = strlen(likely->evidence);

	snprintf(likely->evidence + used, sizeof(likely->evidence) - used, "%s%s", used ? ", " : "",
	         text);
}

static void tell(unsigned features, unsigned selectors, struct hvc_likely *out)
{
	static const struct {
		unsigned feature;
		const char *text;
	} texts[] = {
	        {FEATURE_STUB_ERROR, "makes 0xbadca11"},
	        {FEATURE_KVM_INIT, "compares x0 with 0xc6000000"},
	        {FEATURE_XEN, "compares with 0xea1"},
	        {FEATURE_WORKAROUND, "compares with 0x80008000"},
	        {FEATURE_HVC, "compares with 0x16 (the class of HVC)"},
	        {FEATURE_VTTBR, "tests vttbr_el2"},
	        {FEATURE_SETS_MMU, "writes ttbr0_el2"},
	        {FEATURE_IMM, "tests the immediate"},
	        {FEATURE_SETS_X24, "vbar_el2 := x24"},
	};
	char text[48] = "compares x0 with ";
	const size_t none = strlen(text);

	for (unsigned i = 0; i < 8; i++) {
		size_t used = strlen(text);

		if (selectors >> i & 1)
			snprintf(text + used, sizeof text - used, "%s%u", used > none ? ", " : "",
			         i);
	}
	if (selectors)
		add(out, text);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (features & texts[i].feature)
			add(out, texts[i].text);
	}
}

/* Of a table that goes back to its callers; what only parks is anybody's. */
static void name_by_symbol(const struct hvc_symbols *symbols, struct hvc_likely *likely)
{
	char text[64];

	for (size_t i = 0; i < sizeof owners / sizeof *owners && !likely->name; i++)
		if (hvc_symbols__find(symbols, owners[i].symbol)) {
			likely->name = owners[i].name;
			likely->abi = owners[i].abi;
			snprintf(text, sizeof text, "beside %s", owners[i].symbol);
			add(likely, text);
		}
}

enum hvc_status hvc_likely__guess(const struct hvc_image *image, const struct hvc_symbols *symbols,
                                  struct hvc_likely *out)
{
	struct search search = {.image = image};
	const uint64_t entry = image->vectors + hvc_arch_vector(HVC_GROUP_LOWER_A64);
	struct hvc_walk walk = {
	        .image = image,
	        .entry = &entry,
	        .entries = 1,
	        .limit = REACH,
	        .visit = visit,
	        .ctx = &search,
	};
	struct hvc_likely likely = {0};
	unsigned selectors = 0;

	hvc_values__forget(&search.values);
	HVC_TRY(hvc_walk__run(&walk));
	HVC_TRY(compare(&walk, false, &search.features, &selectors));
	walk.limit = CALL_REACH;
	walk.into_calls = true;
	HVC_TRY(compare(&walk, true, &search.features, &selectors));
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && !likely.name; i++) {
		if ((search.features & kinds[i].has) == kinds[i].has &&
		    !(search.features & kinds[i].lacks)) {
			likely.name = kinds[i].name;
			likely.abi = kinds[i].abi;
		}
	}
	tell(search.features, selectors, &likely);
	if (search.features & FEATURE_ERETS)
		name_by_symbol(symbols, &likely);
	*out = likely;
	return HVC_OK;
}
