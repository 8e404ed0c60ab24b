/* SPDX-License-Identifier: MIT */
/**
 * A subject under QEMU reaches nothing of the host: no semihosting call does anything, whatever
 * instruction asks for it, and a call that reaches a device of QEMU's board never agrees with the
 * machine, which has none.
 */
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "oracle_trial.h"
#include "tiny_image.h"

#define A64_HLT(imm)   (UINT32_C(0xd4400000) | (uint32_t)(imm) << 5)
#define A64_SMC(imm)   (UINT32_C(0xd4000003) | (uint32_t)(imm) << 5)
#define A64_HVC(imm)   (UINT32_C(0xd4000002) | (uint32_t)(imm) << 5)
#define A64_DCPS3      UINT32_C(0xd4a00003)
#define MSR_ELR_EL2(x) A64_MSR(SYS(3, 4, 4, 0, 1), x)

/* Semihosting (ARM-software/abi-aa, semihosting.rst, 6): every call, and QEMU's bounds. */
static const uint32_t operations[] = {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x09,
                                      0x0a, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12, 0x13,
                                      0x15, 0x16, 0x17, 0x18, 0x20, 0x30, 0x31, 0x32, 0x100};

/* A64 has the first; the others are those of A32 and T32 as A64 instructions, and debuggers'. */
static const struct {
	const char *name;
	uint32_t word;
} forms[] = {
        {"hlt #0xf000", A64_HLT(0xf000)}, {"hlt #0xf001", A64_HLT(0xf001)},
        {"hlt #0xab", A64_HLT(0xab)},     {"hlt #0x3c", A64_HLT(0x3c)},
        {"svc #0xab", A64_SVC(0xab)},     {"svc #0xf000", A64_SVC(0xf000)},
        {"svc #0x3456", A64_SVC(0x3456)}, {"brk #0xab", A64_BRK(0xab)},
        {"brk #0xf000", A64_BRK(0xf000)}, {"dcps3", A64_DCPS3},
};

#define OPERATIONS (sizeof operations / sizeof *operations)
#define FORMS      (sizeof forms / sizeof *forms)

/* What the operations would read, remove, rename, write to, execute. */
static struct {
	char folder[64], victim[96], opened[96], command[160];
} host;

#define BASE   HVC_ORACLE_RAM
#define BLOCKS 0x2000u /* of 0x40 bytes, in the image */
#define TEXTS  0x3000u

static void set_host(void)
{
	FILE *file;

	snprintf(host.folder, sizeof host.folder, "/tmp/semihosting-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(host.folder));
	snprintf(host.victim, sizeof host.victim, "%s/victim", host.folder);
	snprintf(host.opened, sizeof host.opened, "%s/opened", host.folder);
	snprintf(host.command, sizeof host.command, "touch %s/executed", host.folder);
	file = fopen(host.victim, "w");
	ck_assert_ptr_nonnull(file);
	fputs("as it was\n", file);
	fclose(file);
}

/* The folder holds the victim, as it was, and nothing else. */
static void check_host(const char *form)
{
	char text[32] = "";
	FILE *file = fopen(host.victim, "r");
	DIR *folder = opendir(host.folder);
	struct dirent *entry;

	ck_assert_ptr_nonnull(folder);
	while ((entry = readdir(folder)))
		ck_assert_msg(entry->d_name[0] == '.' || !strcmp(entry->d_name, "victim"),
		              "%s made %s", form, entry->d_name);
	closedir(folder);
	ck_assert_msg(file != NULL, "%s removed a file", form);
	ck_assert_ptr_nonnull(fgets(text, sizeof text, file));
	ck_assert_msg(!strcmp(text, "as it was\n"), "%s wrote to a file", form);
	fclose(file);
}

static void strike_host(void)
{
	unlink(host.victim);
	ck_assert_int_eq(rmdir(host.folder), 0);
}

static void put_block(struct tiny_image *image, unsigned n, uint64_t a, uint64_t b, uint64_t c,
                      uint64_t d)
{
	const uint64_t block[] = {a, b, c, d, BASE + BLOCKS, 64};

	memcpy(image->bytes + BLOCKS + 0x40 * n, block, sizeof block);
}

static uint64_t put_text(struct tiny_image *image, unsigned *used, const char *text)
{
	uint64_t at = BASE + TEXTS + *used;

	memcpy(image->bytes + TEXTS + *used, text, strlen(text) + 1);
	*used += ((unsigned)strlen(text) + 8) & ~7u;
	return at;
}

/* Each operation has its block: the numbers are those of its call in semihosting.rst. */
static void put_blocks(struct tiny_image *image)
{
	unsigned used = 0;
	uint64_t victim = put_text(image, &used, host.victim), victims = strlen(host.victim);
	uint64_t opened = put_text(image, &used, host.opened), openeds = strlen(host.opened);
	uint64_t command = put_text(image, &used, host.command), commands = strlen(host.command);

	for (unsigned n = 0; n < OPERATIONS; n++)
		switch (operations[n]) {
		case 0x01: /* SYS_OPEN, "w" */
			put_block(image, n, opened, 4, openeds, 0);
			break;
		case 0x0e: /* SYS_REMOVE */
			put_block(image, n, victim, victims, 0, 0);
			break;
		case 0x0f: /* SYS_RENAME */
			put_block(image, n, victim, victims, opened, openeds);
			break;
		case 0x12: /* SYS_SYSTEM */
			put_block(image, n, command, commands, 0, 0);
			break;
		case 0x18: /* SYS_EXIT, SYS_EXIT_EXTENDED: ADP_Stopped_ApplicationExit */
		case 0x20:
			put_block(image, n, 0x20026, 0, 0, 0);
			break;
		default: /* a handle, memory, a length: SYS_READ, SYS_WRITE and others */
			put_block(image, n, 1 + n % 3, command, commands, 0);
			break;
		}
}

static void set_image(struct tiny_image *image)
{
	tiny_init(image, HVC_CPU_A72);
	image->segment.address = image->config.image.vectors = BASE;
}

/* Calls of one image, on both; each operation with its block, from this level. */
static void hold_operations(struct tiny_image *image, const char *name, enum hvc_level from,
                            hvc_oracle_take *taker)
{
	struct hvc_machine *machine = tiny_open(image);
	const struct hvc_state *entry = hvc_machine_entry(machine);
	struct trial trial = {.name = name, .machine = &machine, .world = &image->world};
	struct hvc_oracle_call call[OPERATIONS] = {0};

	trial.config = (struct hvc_oracle_config){image->config.image,
	                                          HVC_CPU_A72,
	                                          hvc_machine_present(machine),
	                                          &entry,
	                                          1,
	                                          4096,
	                                          false};
	for (unsigned n = 0; n < OPERATIONS; n++) {
		hvc_call_init(&call[n].call, 0);
		call[n].call.from = from;
		call[n].call.x[0] = operations[n];
		call[n].call.x[1] = BASE + BLOCKS + 0x40 * n;
		call[n].call.x[2] = BASE + TINY_CODE;
	}
	if (taker) {
		struct hvc_diag diag = {0};

		ck_assert_msg(hvc_oracle__run(&trial.config, call, OPERATIONS, taker, NULL,
		                              &diag) == HVC_OK,
		              "%s: %s", name, diag.message);
	} else {
		hold(&trial, call, OPERATIONS);
	}
	hvc_machine_close(machine);
}

/* At EL2, in the handler: the same happens on both, and nothing on the host. */
TEST(in_the_handler)
{
	set_host();
	for (size_t i = 0; i < FORMS; i++) {
		struct tiny_image image;

		set_image(&image);
		put_blocks(&image);
		tiny_put(&image, TINY_LOWER, A64_NOP, forms[i].word, A64_ADD(3, 0, 1), A64_ERET);
		hold_operations(&image, forms[i].name, HVC_LEVEL_EL1H, NULL);
		check_host(forms[i].name);
	}
	strike_host();
}

/* As the first instruction of the vector, which is executed in another place. */
TEST(in_the_vector)
{
	struct tiny_image image;

	set_host();
	set_image(&image);
	put_blocks(&image);
	tiny_put(&image, TINY_LOWER, A64_HLT(0xf000), A64_ERET);
	tiny_put(&image, TINY_EL2H, A64_HLT(0xf000), A64_ERET);
	hold_operations(&image, "vector", HVC_LEVEL_EL1H, NULL);
	hold_operations(&image, "vector", HVC_LEVEL_EL2H, NULL);
	check_host("vector");
	strike_host();
}

static bool ignore(void *ctx, size_t index, const struct hvc_oracle_answer *answer)
{
	(void)ctx;
	(void)index;
	(void)answer;
	return true;
}

/* Below EL2, where the handler went on to: the machine's call is over there, QEMU's is not. */
TEST(below)
{
	set_host();
	for (size_t i = 0; i < FORMS; i++) {
		struct tiny_image image;

		set_image(&image);
		put_blocks(&image);
		tiny_put(&image, TINY_LOWER, MSR_ELR_EL2(2), A64_ERET);
		tiny_put(&image, TINY_CODE, forms[i].word, A64_ADD(0, 0, 1), A64_B(-8));
		hold_operations(&image, forms[i].name, HVC_LEVEL_EL1H, ignore);
		hold_operations(&image, forms[i].name, HVC_LEVEL_EL0, ignore);
		check_host(forms[i].name);
	}
	strike_host();
}

/* PSCI and the rest of firmware's calls: QEMU does not answer them, and the board stays on. */
TEST(firmware)
{
	static const uint32_t functions[] = {0x84000008, 0x84000009, 0xc4000012, 0xc4000003,
	                                     0x84000002, 0x84000000, 0xc4000001, 0xffffffff};
	static const uint32_t words[] = {A64_SMC(0), A64_HVC(0)};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct hvc_oracle_call call[sizeof functions / sizeof *functions] = {0};
		struct trial trial = {.name = i ? "hvc" : "smc"};
		const struct hvc_state *entry;
		struct hvc_machine *machine;
		struct tiny_image image;

		set_image(&image);
		tiny_put(&image, TINY_LOWER, A64_NOP, words[i], A64_ERET);
		machine = tiny_open(&image);
		entry = hvc_machine_entry(machine);
		trial.machine = &machine;
		trial.world = &image.world;
		trial.config = (struct hvc_oracle_config){image.config.image,
		                                          HVC_CPU_A72,
		                                          hvc_machine_present(machine),
		                                          &entry,
		                                          1,
		                                          4096,
		                                          false};
		for (size_t n = 0; n < sizeof functions / sizeof *functions; n++) {
			hvc_call_init(&call[n].call, 0);
			call[n].call.x[0] = functions[n];
		}
		hold(&trial, call, sizeof functions / sizeof *functions);
		hvc_machine_close(machine);
	}
}

/*
 * QEMU, hw/arm/virt.c: flash, GIC, UARTs, clock, fw_cfg, GPIOs, virtio, the platform bus, secure
 * memory, PCI; and where the program has its input and output.
 */
static const uint64_t devices[] = {
        0x0,        0x04000000, 0x08000000, 0x08010000,   0x08020000,   0x08030000, 0x09000000,
        0x09010000, 0x09020000, 0x09020008, 0x09020010,   0x09030000,   0x09030400, 0x09040000,
        0x09080000, 0x090b0000, 0x090b0400, 0x0a000000,   0x0a000200,   0x0c000000, 0x0e000000,
        0x0e010000, 0x10000000, 0x3eff0000, 0x4040000000, 0x4040001000,
};

#define DEVICES (sizeof devices / sizeof *devices)

static bool hold_device(void *ctx, size_t index, const struct hvc_oracle_answer *answer)
{
	struct trial *trial = ctx;
	const struct hvc_oracle_call *call = &trial->call[index];
	struct hvc_outcome outcome = tiny_call(*trial->machine, &call->call);
	char text[256];
	bool differs = hvc_oracle__compare(&trial->config, call, *trial->machine, &outcome, answer,
	                                   text, sizeof text);

	tiny_reset(*trial->machine);
	if (index % 2) {
		assert_kind(outcome, HVC_OUTCOME_RETURN);
		ck_assert_msg(!differs, "after 0x%" PRIx64 ": %s", devices[index / 2 % DEVICES],
		              text);
	} else {
		assert_kind(outcome, HVC_OUTCOME_FAULT);
		ck_assert_msg(differs || answer->outcome.kind == HVC_OUTCOME_FAULT,
		              "0x%" PRIx64 " passes for memory", devices[index / 2 % DEVICES]);
	}
	trial->answers++;
	return true;
}

/* A store and a load; the call after each finds the board as it was. */
TEST(board)
{
	struct hvc_oracle_call call[4 * DEVICES] = {0};
	struct trial trial = {.call = call};
	const struct hvc_state *entry;
	struct hvc_machine *machine;
	struct tiny_image image;
	struct hvc_diag diag = {0};
	enum hvc_status status;

	set_image(&image);
	tiny_put(&image, TINY_LOWER, A64_NOP, A64_CBNZ(2, 12), A64_STRW(3, 1), A64_ERET,
	         A64_LDR(4, 1), A64_MOVZ(4, 0), A64_ERET);
	machine = tiny_open(&image);
	entry = hvc_machine_entry(machine);
	trial.machine = &machine;
	trial.config = (struct hvc_oracle_config){image.config.image,
	                                          HVC_CPU_A72,
	                                          hvc_machine_present(machine),
	                                          &entry,
	                                          1,
	                                          4096,
	                                          false};
	for (unsigned n = 0; n < 4 * DEVICES; n++) {
		hvc_call_init(&call[n].call, 0);
		call[n].call.x[1] = n % 2 ? BASE + TINY_CODE : devices[n / 2 % DEVICES];
		call[n].call.x[2] = n / 2 >= DEVICES;
		call[n].call.x[3] = n % 2 ? 0 : 1;
	}
	status = hvc_oracle__run(&trial.config, call, 4 * DEVICES, hold_device, &trial, &diag);
	ck_assert_msg(status == HVC_OK, "%s", diag.message);
	ck_assert_uint_eq(trial.answers, 4 * DEVICES);
	hvc_machine_close(machine);
}

int main(void)
{
	return run_oracle("semihosting");
}
