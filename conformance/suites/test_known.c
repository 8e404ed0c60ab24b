/* SPDX-License-Identifier: MIT */
/* The registry against the facts it was collected from, and what its loader refuses. */
#include <string.h>

#include "abi/known.h"
#include "suite.h"

static struct hvc_registry *open_known(void)
{
	struct hvc_registry *registry = NULL;
	struct hvc_diag diag;

	ck_assert_msg(hvc_known__open(&diag, &registry) == HVC_OK, "%s:%u:%u: %s", diag.file,
	              diag.line, diag.column, diag.message);
	return registry;
}

static const struct hvc_known *find_owner(const struct hvc_registry *registry, unsigned imm,
                                          const char *owner)
{
	const struct hvc_known *known = NULL;

	while ((known = hvc_known__find_imm(registry, (uint16_t)imm, known)) != NULL)
		if (strstr(known->owner, owner))
			return known;
	return NULL;
}

static unsigned count_imm(const struct hvc_registry *registry, unsigned imm)
{
	const struct hvc_known *known = NULL;
	unsigned count = 0;

	while ((known = hvc_known__find_imm(registry, (uint16_t)imm, known)) != NULL)
		count++;
	return count;
}

/* Every claimant of an immediate that a public source names, and all of them: owners counts. */
static const struct {
	unsigned lo, hi, owners;
	const char *owner[20];
} claims[] = {
        {0x0000,
         0x0000,
         29,
         {"SMC Calling Convention",
          "Linux hyp stub",
          "FreeBSD hyp stub",
          "FreeBSD vmm",
          "QNX",
          "Genode",
          "Zircon",
          "m1n1",
          "Xvisor",
          "Jailhouse bootstrap",
          "Samsung uH",
          "Huawei HHEE",
          "MediaTek GenieZone",
          "Apple VMAPPLE",
          "NVIDIA cpufreq",
          "Bao",
          "PRTOS",
          "Hyper-V",
          "Xen",
          "Gunyah"}},
        {0x0001, 0x0001, 7, {"Hyper-V", "NVIDIA", "uvmm", "Muen", "Zircon", "reset", "kexec"}},
        {0x0002, 0x0002, 4, {"Hyper-V", "NVIDIA", "Zircon", "kexec"}},
        {0x0003, 0x0003, 3, {"Hyper-V", "NVIDIA", "Zircon"}},
        {0x0004, 0x0004, 4, {"Hyper-V", "NVIDIA", "Zircon", "kexec"}},
        {0x0005, 0x0007, 2, {"NVIDIA", "Zircon"}},
        {0x0008, 0x000a, 1, {"NVIDIA"}},
        {0x000b, 0x000c, 0, {NULL}},
        {0x000d, 0x000d, 1, {"NVIDIA"}},
        {0x000e, 0x000e, 0, {NULL}},
        {0x000f, 0x000f, 1, {"NVIDIA"}},
        {0x0010, 0x0010, 2, {"NVIDIA", "m1n1"}},
        {0x0011, 0x001f, 1, {"m1n1"}},
        {0x0092, 0x0092, 1, {"hym1"}},
        {0x0ea1, 0x0ea1, 1, {"Xen"}},
        {0x1234, 0x1234, 1, {"QNX"}},
        {0x1337, 0x1337, 1, {"HypDxe"}},
        {0x1400, 0x1457, 1, {"OKL4"}},
        {0x4856, 0x4856, 1, {"hvisor"}},
        {0x4a48, 0x4a48, 1, {"Jailhouse"}},
        {0x6000, 0x61ff, 1, {"Gunyah"}},
        {0x6c43, 0x6c43, 1, {"Corellium"}},
        {0x764d, 0x764d, 1, {"QNX"}},
        {0x8003, 0x8004, 1, {"NVIDIA"}},
        {0x8009, 0x8009, 1, {"NVIDIA"}},
        {0x8133, 0x8134, 1, {"NVIDIA"}},
        {0x8136, 0x8136, 1, {"NVIDIA"}},
        {0x9402, 0x9402, 1, {"Corellium"}},
        {0xca11, 0xca11, 1, {"call gate"}},
        {0xff00, 0xffff, 1, {"Xen debug"}},
};

TEST(every_immediate_has_its_claimants_and_no_others)
{
	struct hvc_registry *registry = open_known();
	unsigned row = 0;

	for (unsigned imm = 0; imm <= UINT16_MAX; imm++) {
		unsigned owners = 0;

		while (row < sizeof claims / sizeof *claims && claims[row].hi < imm)
			row++;
		if (row < sizeof claims / sizeof *claims && claims[row].lo <= imm)
			owners = claims[row].owners;
		if (count_imm(registry, imm) != owners)
			ck_abort_msg("0x%04x: %u claims, not %u", imm, count_imm(registry, imm),
			             owners);
		for (unsigned i = 0; i < 20 && owners && claims[row].owner[i]; i++)
			if (!find_owner(registry, imm, claims[row].owner[i]))
				ck_abort_msg("0x%04x: no %s", imm, claims[row].owner[i]);
	}
	hvc_known__close(registry);
}

TEST(selectors_are_registers)
{
	static const struct {
		unsigned imm;
		const char *owner, *selector;
		enum hvc_reg reg;
		unsigned width;
	} rows[] = {
	        {0x0ea1, "Xen", "x16", HVC_REG_X0 + 16, 64},
	        {0x4a48, "Jailhouse", "x0", HVC_REG_X0, 64},
	        {0x0000, "SMC Calling Convention", "w0", HVC_REG_X0, 32},
	        {0x0000, "seL4", "x7", HVC_REG_X0 + 7, 64},
	        {0x764d, "QNX", "r12", HVC_REG_X0 + 12, 32},
	        {0x6000, "Gunyah", "", HVC_REG_NONE, 0},
	};
	struct hvc_registry *registry = open_known();

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct hvc_known *known = find_owner(registry, rows[i].imm, rows[i].owner);

		ck_assert_ptr_nonnull(known);
		ck_assert_str_eq(known->selector, rows[i].selector);
		ck_assert_int_eq(known->reg, rows[i].reg);
		ck_assert_uint_eq(known->width, rows[i].width);
	}
	hvc_known__close(registry);
}

TEST(calls_inside_a_range_have_names)
{
	static const struct {
		unsigned imm;
		const char *owner, *name;
	} rows[] = {
	        {0x6000, "Gunyah", "hypervisor_identify"},
	        {0x6012, "Gunyah", "doorbell_send"},
	        {0x6068, "Gunyah", "vcpu_run_check"},
	        {0x6008, "Gunyah", NULL}, /* a hole */
	        {0x6069, "Gunyah", NULL},
	        {0x1400, "OKL4", "KDB_INTERACT"},
	        {0x1457, "OKL4", "SCHEDULE_METRICS_WATCH_SUSPENDED"},
	        {0x141d, "OKL4", NULL}, /* 5149 */
	        {0x0006, "NVIDIA", "READ_IPA_PA"},
	        {0x0007, "Zircon", "gich_vtr"},
	        {0xffe3, "Xen", "print x3"},
	        {0xff00, "Xen", NULL},
	        {0x0004, "kexec", "HVC_CALL_FUNC"},
	};
	struct hvc_registry *registry = open_known();
	const struct hvc_known *gunyah = find_owner(registry, 0x6000, "Gunyah");

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct hvc_known *known = find_owner(registry, rows[i].imm, rows[i].owner);
		const char *name;

		ck_assert_ptr_nonnull(known);
		name = hvc_known__call_name(known, rows[i].imm);
		if (rows[i].name)
			ck_assert_msg(name && !strcmp(name, rows[i].name), "0x%04x: %s",
			              rows[i].imm, name ? name : "no name");
		else
			ck_assert_ptr_null(name);
	}
	ck_assert_uint_eq(gunyah->calls, 93 + 6);
	ck_assert_uint_eq(find_owner(registry, 0x1400, "OKL4")->calls, 79);
	hvc_known__close(registry);
}

TEST(every_owning_entity_has_one_row)
{
	struct hvc_registry *registry = open_known();

	for (uint32_t entity = 0; entity < 64; entity++) {
		/* A number that no function row claims in any range. */
		uint32_t fid = 0x80fe1234 | entity << 24;
		const struct hvc_known *known = hvc_known__find_fid(registry, fid, NULL);

		ck_assert_ptr_nonnull(known);
		ck_assert_int_eq(known->kind, HVC_KNOWN_ENTITY);
		ck_assert_ptr_null(hvc_known__find_fid(registry, fid, known));
		ck_assert_uint_le(known->value[0].lo, entity);
		ck_assert_uint_ge(known->value[0].hi, entity);
		/* Yielding calls have no owner in this sense. */
		known = hvc_known__find_fid(registry, fid & 0x7fffffff, NULL);
		ck_assert(!known || known->kind == HVC_KNOWN_FUNCTION);
	}
	hvc_known__close(registry);
}

/* Function identifiers and who claims them, the collisions inside owner 6 among them. */
static const struct {
	uint32_t fid;
	const char *owner, *name;
} functions[] = {
        {0x80000000, "Arm", "SMCCC_VERSION"},
        {0x80008000, "Arm", "SMCCC_ARCH_WORKAROUND_1"},
        {0x84000000, "PSCI", "PSCI_VERSION"},
        {0xc4000003, "PSCI", "CPU_ON (64-bit)"},
        {0x84000014, "PSCI", "MEM_PROTECT_CHECK_RANGE"},
        {0x95c1ba60, "PSCI", "cpu_on"},
        {0x84000041, "Arm", NULL},
        {0xc4000020, "Arm", NULL},
        {0x84000053, "Arm", "TRNG_RND32"},
        {0x84000063, "Arm", "FFA_VERSION"},
        {0xc400008d, "Arm", "FFA_MSG_SEND_DIRECT_REQ2 (64-bit)"},
        {0x84000130, "Arm", NULL},
        {0xc5000021, "Arm", "PV_TIME_ST"},
        {0x8500ff01, "Xen", "UID a71812dc-c698-4369-9acf-79d18ddee667"},
        {0x8600ff01, "KVM", "UID 28b46fb6-2ec5-11e9-a9ca-4b564d003a74"},
        {0x8600ff01, "Gunyah", "UID c1d58fcd-a453-5fdb-9265-ce36673d5f14"},
        {0x8600ff01, "Hyper-V", NULL},
        {0x8900ff01, "SMC Calling Convention", "UID"},
        {0xc6000003, "pKVM", "MEM_SHARE"},
        {0xc6000010, "Apple", "VCPU_RUN"},
        {0xc6000010, "pKVM", NULL},
        {0xc6000022, "NVIDIA", NULL},
        {0xc6000022, "pKVM", NULL},
        {0xc60000fe, "Huawei", NULL},
        {0xc6001030, "Huawei", NULL},
        {0xc6008012, "Gunyah", NULL},
        {0xc6000001, "Bao", "IPC"},
        {0x86000000, "uvmm", NULL},
        {0x46000001, "Hyper-V", NULL},
        {0xc9000002, "Huawei", "HCR"},
        {0xfb001005, "GenieZone", "RUN"},
        {0xbb001000, "GenieZone", "CREATE_VM"},
        {0xc300c002, "Samsung", "RKP"},
        {0xc3000003, "Apple", "GET_MABS_OFFSET"},
        {0xc3000005, "OrbStack", "pv-lock wait"},
        {0x0000ff03, "Hafnium", "INTERRUPT_ENABLE"},
        {0x0000ff03, "Peregrine", "INTERRUPT_ENABLE"},
        {0x00000000, "SMC Calling Convention", NULL},
        {0x20000000, "SMC Calling Convention", NULL},
};

TEST(functions_have_their_claimants)
{
	struct hvc_registry *registry = open_known();

	for (unsigned i = 0; i < sizeof functions / sizeof *functions; i++) {
		const struct hvc_known *known = NULL;
		const char *name = NULL;
		bool found = false;

		while (!found && (known = hvc_known__find_fid(registry, functions[i].fid, known))) {
			found = known->kind == HVC_KNOWN_FUNCTION &&
			        strstr(known->owner, functions[i].owner);
			name = hvc_known__call_name(known, functions[i].fid);
			/* One owner may have several rows. */
			found = found &&
			        (!functions[i].name || (name && !strcmp(name, functions[i].name)));
		}
		ck_assert_msg(found, "0x%08x: no %s", functions[i].fid, functions[i].owner);
		ck_assert_msg(functions[i].name || !name, "0x%08x: %s", functions[i].fid, name);
	}
	hvc_known__close(registry);
}

/* Linux's selector 0 changed its meaning: both rows claim it. */
TEST(the_renumbering_of_4_12_is_there)
{
	struct hvc_registry *registry = open_known();
	const struct hvc_known *known = NULL;
	const char *names[2] = {NULL, NULL};
	unsigned count = 0;

	while ((known = hvc_known__find_fid(registry, 0, known)) != NULL) {
		if (strcmp(known->owner, "Linux hyp stub") != 0)
			continue;
		ck_assert_uint_lt(count, 2);
		ck_assert_str_eq(known->until, count ? "" : "4.11");
		ck_assert_str_eq(known->since, count ? "4.12" : "4.7");
		names[count++] = hvc_known__call_name(known, 0);
	}
	ck_assert_uint_eq(count, 2);
	ck_assert_str_eq(names[0], "HVC_GET_VECTORS");
	ck_assert_str_eq(names[1], "HVC_SET_VECTORS");
	hvc_known__close(registry);
}

/* Rows are complete and in order; what was not read at its source says so. */
TEST(rows_are_complete)
{
	struct hvc_registry *registry = open_known();
	const struct hvc_known *known, *previous = NULL;

	for (size_t i = 0; (known = hvc_known__at(registry, i)) != NULL; previous = known, i++) {
		ck_assert(known->owner[0] && known->meaning[0] && known->source[0]);
		ck_assert_uint_ge(known->values, 1);
		ck_assert(known->selector[0] ? known->width : !known->width);
		if (previous && previous->kind == known->kind)
			ck_assert_uint_le(previous->value[0].lo, known->value[0].lo);
		else if (previous)
			ck_assert_int_lt(previous->kind, known->kind);
		if (strstr(known->source, "closed"))
			ck_assert_msg(known->unconfirmed, "line %u", known->line);
	}
	hvc_known__close(registry);
}

#define HEAD     "registry: hvc\ntitle: t\nimmediates:\n"
#define IMM(row) HEAD row TAIL
#define TAIL_ENT "entities:\n  - { entity: 0, owner: o, meaning: m, source: s }\n"
#define TAIL_FUN "functions:\n  - { fid: 0, owner: o, meaning: m, source: s }\n"
#define TAIL     TAIL_ENT TAIL_FUN
#define GOOD     "  - { imm: 1, owner: o, meaning: m, source: s }\n"

TEST(mistakes_have_a_place)
{
	static const struct {
		const char *text, *message;
		unsigned line, column;
	} rows[] = {
	        {IMM("  - { imm: 65536, owner: o, meaning: m, source: s }\n"),
	         "number does not fit in 16 bits", 4, 12},
	        {IMM("  - { imm: 1, owner: o, meaning: m }\n"), "key \"source\" is missing", 4, 5},
	        {IMM("  - { imm: 1, owner: o, meaning: m, source: s, bits: 1 }\n"),
	         "unknown key \"bits\"", 4, 48},
	        {IMM("  - { imm: 1, owner: '', meaning: m, source: s }\n"), "owner is empty", 4,
	         23},
	        {IMM("  - { imm: 1, owner: o, meaning: m, source: s, selector: x31 }\n"),
	         "a selector is x0 to x30, w0 to w30, or r0 to r14", 4, 58},
	        {IMM("  - { imm: 1, owner: o, meaning: m, source: s, selector: r15 }\n"),
	         "a selector is x0 to x30, w0 to w30, or r0 to r14", 4, 58},
	        {IMM("  - { imm: 1, owner: o, meaning: m, source: s, unconfirmed: maybe }\n"),
	         "expected true or false", 4, 61},
	        {IMM("  - { imm: 1, owner: o, meaning: m, source: s, calls: [2 two] }\n"),
	         "the row does not claim this value", 4, 56},
	        {IMM("  - { imm: 1, owner: o, meaning: m, source: s, calls: [one] }\n"),
	         "a call is a number and its name", 4, 56},
	        {IMM("  - { imm: 1-2, owner: o, meaning: m, source: s, calls: [2 b, 1 a] }\n"),
	         "calls must be in ascending order", 4, 63},
	        {HEAD GOOD
	         "entities:\n  - { entity: 64, owner: o, meaning: m, source: s }\n" TAIL_FUN,
	         "owning entities are 0 to 63", 6, 15},
	        {HEAD GOOD TAIL_ENT "functions: []\n", "the list is empty", 7, 12},
	        {HEAD GOOD TAIL_ENT, "key \"functions\" is missing", 1, 1},
	};

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct hvc_registry *registry = NULL;
		struct hvc_diag diag = {0};

		ck_assert_int_eq(hvc_known__parse(rows[i].text, strlen(rows[i].text), "r.yaml",
		                                  &diag, &registry),
		                 HVC_E_FORMAT);
		ck_assert_ptr_null(registry);
		ck_assert_str_eq(diag.file, "r.yaml");
		ck_assert_msg(!strcmp(diag.message, rows[i].message) && diag.line == rows[i].line &&
		                      diag.column == rows[i].column,
		              "row %u: %u:%u: %s", i, diag.line, diag.column, diag.message);
	}
}

TEST(a_small_registry_loads)
{
	static const char text[] = HEAD GOOD TAIL;
	struct hvc_registry *registry = NULL;

	ck_assert_int_eq(hvc_known__parse(text, sizeof text - 1, "r", NULL, &registry), HVC_OK);
	ck_assert_uint_eq(count_imm(registry, 1), 1);
	ck_assert_uint_eq(count_imm(registry, 2), 0);
	ck_assert_str_eq(hvc_known__title(registry), "t");
	ck_assert_ptr_null(hvc_known__at(registry, 3));
	hvc_known__close(registry);
	hvc_known__close(NULL);
}

SUITE_MAIN("known")
