/* SPDX-License-Identifier: MIT */
/* The oracle's program and its input: code for each register, memory, worlds and calls. */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "hvcheck/arch.h"
#include "machine/internal.h"
#include "machine/oracle_wire.h"
#include "machine/outcome.h"

#define RAM_MAX   (UINT64_C(1) << 30)
#define MIB       (UINT64_C(1) << 20)
#define WORD_RET  UINT32_C(0xd65f03c0)
#define WORD_STAY UINT32_C(0x14000000) /* b . */
#define BUDGET    65536u

/* Read besides the registers of reg.h: which PSTATE bits the CPU has. */
static const uint8_t ids[4][5] = {
        {3, 0, 0, 4, 0}, {3, 0, 0, 4, 1}, {3, 0, 0, 7, 1}, {3, 0, 0, 7, 2}};

/* MSR <name>, X0; with bit 21 set, MRS X0, <name> (Arm ARM C6.2). */
static uint32_t encode_msr(const uint8_t name[static 5])
{
	return UINT32_C(0xd5100000) | (uint32_t)(name[0] & 1) << 19 | (uint32_t)name[1] << 16 |
	       (uint32_t)name[2] << 12 | (uint32_t)name[3] << 8 | (uint32_t)name[4] << 5;
}

static bool put_stub(FILE *file, const uint8_t name[static 5])
{
	uint32_t msr = encode_msr(name);
	const uint32_t words[] = {msr | UINT32_C(1) << 21, WORD_RET, msr, WORD_RET};

	return fwrite(words, sizeof words, 1, file) == 1;
}

bool hvc_oracle__write_firmware(const struct hvc_oracle_plan *plan, FILE *file)
{
	const Elf64_Ehdr *elf = (const Elf64_Ehdr *)(const void *)hvc_oracle__harness;
	const Elf64_Phdr *segment =
	        (const Elf64_Phdr *)(const void *)(hvc_oracle__harness + elf->e_phoff);
	bool ok = segment->p_filesz == WIRE_STUBS &&
	          fwrite(hvc_oracle__harness + segment->p_offset, WIRE_STUBS, 1, file) == 1;

	for (unsigned i = 0; i < plan->regs; i++)
		ok = ok && put_stub(file, hvc_reg_info(plan->reg[i])->encoding);
	for (unsigned i = 0; i < 4; i++)
		ok = ok && put_stub(file, ids[i]);
	return ok;
}

/* B, BL, B.cond, CBZ, CBNZ, TBZ, TBNZ, ADR, ADRP, LDR (literal): what means another thing
 * elsewhere. */
static bool needs_its_place(uint32_t word)
{
	return (word & UINT32_C(0x7c000000)) == UINT32_C(0x14000000) ||
	       (word & UINT32_C(0xff000010)) == UINT32_C(0x54000000) ||
	       (word & UINT32_C(0x7c000000)) == UINT32_C(0x34000000) ||
	       (word & UINT32_C(0x1f000000)) == UINT32_C(0x10000000) ||
	       (word & UINT32_C(0x3b000000)) == UINT32_C(0x18000000);
}

static uint64_t branch_target(uint64_t pc, uint32_t word)
{
	uint64_t offset = word & UINT32_C(0x03ffffff);

	return pc + ((offset ^ UINT64_C(0x2000000)) - UINT64_C(0x2000000)) * 4;
}

static uint32_t image_word(const struct hvc_image *image, uint64_t address)
{
	uint32_t word = 0;

	for (unsigned i = 0; i < image->segments; i++) {
		const struct hvc_segment *s = &image->segment[i];

		if (address >= s->address && address - s->address + 4 <= s->data_size)
			memcpy(&word, s->data + (address - s->address), 4);
	}
	return word;
}

/* UDF, and SVC, HVC, BRK, HLT, DCPS: a vector that begins with one leads to itself for ever. */
static bool is_an_exception(uint32_t word)
{
	return word >> 16 == 0 || (word >> 24 == 0xd4 && (word & 0xffe0001f) != 0xd4000003);
}

static bool fetch(const void *ctx, uint64_t pc, uint32_t *word)
{
	*word = image_word(ctx, pc);
	return *word != 0;
}

/*
 * A vector that branches to another one goes on where that one does: the SMC there would be taken
 * for another exception. A ring of them is left as it is.
 */
static void follow_vectors(struct hvc_oracle_plan *plan)
{
	const uint64_t vectors = plan->config->image.vectors;

	for (unsigned slot = 0; slot < 16; slot++)
		for (unsigned n = 0; n < 16; n++) {
			uint64_t offset = (plan->header.slot[slot] & ~UINT64_C(1)) - vectors;

			if (offset >= HVC_VECTOR_TABLE_SIZE || offset % HVC_VECTOR_SLOT_SIZE)
				break;
			plan->header.slot[slot] =
			        (plan->header.slot[offset / HVC_VECTOR_SLOT_SIZE] & ~UINT64_C(1)) |
			        (plan->header.slot[slot] & 1);
		}
}

/*
 * The first instruction of each vector gives way to the SMC that makes the entry known. A branch
 * is made by the program; anything else is executed where there is room, behind the image.
 */
static enum hvc_status plan_vectors(struct hvc_oracle_plan *plan, struct hvc_diag *diag)
{
	const struct hvc_image *image = &plan->config->image;

	for (unsigned slot = 0; slot < 16; slot++) {
		uint64_t pc = image->vectors + slot * HVC_VECTOR_SLOT_SIZE;
		uint32_t word = image_word(image, pc);
		uint64_t moved = plan->room + 8 * slot;

		plan->header.slot[slot] = moved;
		plan->moved[slot][0] = word;
		plan->moved[slot][1] = WORD_STAY | (uint32_t)((pc + 4 - moved - 4) / 4 & 0x3ffffff);
		if ((word & UINT32_C(0xfc000000)) == WORD_STAY)
			plan->header.slot[slot] = branch_target(pc, word);
		else if (needs_its_place(word))
			return hvc_diag_set(diag, HVC_E_UNSUPPORTED, NULL, 0, 0,
			                    "the oracle cannot move the first instruction of the "
			                    "vector at 0x%llx",
			                    (unsigned long long)pc);
		/* An exception at EL2 may have an answer there: the program goes on with it. */
		if (slot < 8 && !is_an_exception(word) && !hvc_nested__parks(fetch, image, pc))
			plan->header.slot[slot] |= 1;
	}
	follow_vectors(plan);
	return HVC_OK;
}

static void add_range(struct hvc_oracle_plan *plan, uint64_t address, uint64_t size)
{
	if (plan->header.ranges < WIRE_RANGES)
		plan->header.range[plan->header.ranges++] =
		        (struct wire_span){address & ~UINT64_C(15), (size + 15) & ~UINT64_C(15)};
}

static void plan_ranges(struct hvc_oracle_plan *plan)
{
	const struct hvc_image *image = &plan->config->image;

	for (unsigned i = 0; i < image->segments && i < WIRE_RANGES - 3; i++) {
		if (image->segment[i].size <= HVC_ORACLE_IMAGE)
			add_range(plan, image->segment[i].address, image->segment[i].size);
	}
	add_range(plan, HVC_STACK_EL2 - 0x1000, 0x1000);
	plan->shallow = (unsigned)plan->header.ranges;
	add_range(plan, HVC_CALLER_VECTORS, HVC_STACK_EL2 - 0x1000 - HVC_CALLER_VECTORS);
	add_range(plan, HVC_STACK_EL2, HVC_EL2_DATA + HVC_EL2_DATA_SIZE - HVC_STACK_EL2);
}

enum hvc_status hvc_oracle__plan(const struct hvc_oracle_config *config, struct hvc_diag *diag,
                                 struct hvc_oracle_plan *out)
{
	uint64_t end = HVC_ORACLE_RAM;

	memset(out, 0, sizeof *out);
	out->config = config;
	for (unsigned i = 0; i < config->image.segments; i++) {
		const struct hvc_segment *s = &config->image.segment[i];

		if (s->address < HVC_ORACLE_RAM ||
		    s->address + s->size > HVC_ORACLE_RAM + RAM_MAX - MIB)
			return hvc_diag_set(diag, HVC_E_UNSUPPORTED, NULL, 0, 0,
			                    "QEMU's virt board has no memory at 0x%llx (from "
			                    "0x%llx up it has)",
			                    (unsigned long long)s->address,
			                    (unsigned long long)HVC_ORACLE_RAM);
		end = s->address + s->size > end ? s->address + s->size : end;
	}
	if (config->image.segments > WIRE_CHUNKS - 8 || 2 * config->worlds > WIRE_WORLDS)
		return hvc_diag_set(diag, HVC_E_UNSUPPORTED, NULL, 0, 0,
		                    "too many segments or worlds for the oracle");
	for (unsigned i = 0; i < config->worlds; i++)
		if (!(config->world[i]->v[HVC_REG_SCR_EL3] & HVC_SCR_NS))
			return hvc_diag_set(diag, HVC_E_UNSUPPORTED, NULL, 0, 0,
			                    "QEMU takes an HVC to EL2 from the secure state too, "
			                    "where it is UNDEFINED");
	end = (end + 0xfff) & ~UINT64_C(0xfff);
	out->ram = (end + 0x1000 - HVC_ORACLE_RAM + MIB - 1) / MIB * MIB;
	for (unsigned i = HVC_REG_SP_EL0; i <= HVC_REG_SCR_EL3 && out->regs < WIRE_REGS - 4; i++)
		if (hvc_regset_has(config->present, (enum hvc_reg)i))
			out->reg[out->regs++] = (enum hvc_reg)i;
	out->header.regs = out->regs;
	out->header.reads = out->regs + 4;
	out->header.worlds = 2 * config->worlds;
	out->header.budget = config->budget ? config->budget : BUDGET;
	out->header.vectors = config->image.vectors;
	plan_ranges(out);
	out->room = end;
	return plan_vectors(out, diag);
}

/* Memory as the calls find it, apart from what is zero. */
struct memory {
	uint32_t table[HVC_VECTOR_TABLE_SIZE / 4];
	uint32_t calls[HVC_CALLS_SIZE / 4];
	uint32_t smc_calls[HVC_CALLS_SIZE / 4];
	uint32_t landing[HVC_LANDING_SIZE / 4];
	const void *data[WIRE_CHUNKS];
};

static void add_chunk(struct wire_header *header, struct memory *memory, uint64_t address,
                      const void *data, uint64_t size)
{
	if (!data || !size || header->chunks == WIRE_CHUNKS)
		return;
	memory->data[header->chunks] = data;
	header->chunk[header->chunks++] = (struct wire_span){address, size};
}

static void fill_memory(struct memory *memory, const struct hvc_oracle_plan *plan)
{
	const struct hvc_image *image = &plan->config->image;

	for (unsigned i = 0; i < HVC_VECTOR_TABLE_SIZE / 4; i++)
		memory->table[i] = i % (HVC_VECTOR_SLOT_SIZE / 4)
		                           ? image_word(image, image->vectors + 4 * i)
		                           : WIRE_SMC;
	for (unsigned i = 0; i < HVC_LANDING_SIZE / 4; i++)
		memory->landing[i] = WIRE_SMC;
	for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++) {
		memory->calls[imm] = hvc_arch_encode((uint16_t)imm);
		memory->smc_calls[imm] = hvc_arch_encode_smc((uint16_t)imm);
	}
	memory->calls[HVC_IMM_COUNT] = memory->smc_calls[HVC_IMM_COUNT] = WIRE_SMC;
}

static void plan_memory(struct memory *memory, const struct hvc_oracle_plan *plan,
                        struct wire_header *header)
{
	const struct hvc_image *image = &plan->config->image;

	for (unsigned i = 0; i < image->segments; i++)
		add_chunk(header, memory, image->segment[i].address, image->segment[i].data,
		          image->segment[i].data_size);
	add_chunk(header, memory, image->vectors, memory->table, sizeof memory->table);
	add_chunk(header, memory, plan->room, plan->moved, sizeof plan->moved);
	add_chunk(header, memory, HVC_CALLER_VECTORS, memory->landing, HVC_VECTOR_TABLE_SIZE);
	add_chunk(header, memory, HVC_NEW_VECTORS, memory->landing, HVC_VECTOR_TABLE_SIZE);
	add_chunk(header, memory, HVC_FUNCTION, hvc_machine__function,
	          sizeof hvc_machine__function);
	add_chunk(header, memory, HVC_LANDING, memory->landing, sizeof memory->landing);
	add_chunk(header, memory, HVC_CALLS, memory->calls, sizeof memory->calls);
	add_chunk(header, memory, HVC_SMC_CALLS, memory->smc_calls, sizeof memory->smc_calls);
}

static bool put(FILE *file, const void *data, size_t size)
{
	static const char padding[WIRE_PART];
	size_t over = size % WIRE_PART;

	return (!size || fwrite(data, size, 1, file) == 1) &&
	       (!over || fwrite(padding, WIRE_PART - over, 1, file) == 1);
}

/* The input is written. Behind it is room for the output: the header can say so. */
static bool put_output(struct wire_header *header, FILE *file, uint64_t *output)
{
	long end = ftell(file);

	if (end < 0)
		return false;
	header->output = ((uint64_t)end + 0xfff) & ~UINT64_C(0xfff);
	*output = header->output;
	return !fseek(file, WIRE_INPUT, SEEK_SET) && put(file, header, sizeof *header);
}

static bool put_world(const struct hvc_oracle_plan *plan, const struct hvc_state *state,
                      bool trapped, FILE *file)
{
	struct wire_world world = {{0}};

	for (unsigned i = 0; i < plan->regs; i++) {
		world.reg[i] = state->v[plan->reg[i]];
		if (trapped && plan->reg[i] == HVC_REG_HCR_EL2)
			world.reg[i] |= HVC_HCR_TSC;
	}
	return put(file, &world, sizeof world);
}

static bool put_call(const struct hvc_oracle_plan *plan, const struct hvc_oracle_call *call,
                     bool deep, FILE *file)
{
	const struct hvc_state *world = plan->config->world[call->world];
	bool trapped = hvc_oracle__traps(plan, &call->call);
	bool traps = trapped || world->v[HVC_REG_HCR_EL2] & HVC_HCR_TSC;
	struct wire_call wire = {
	        .spsr = hvc_call__pstate(&call->call, world) | call->pstate,
	        .pc = hvc_call__address(&call->call),
	        .world = 2 * call->world + trapped,
	        /* An SMC at EL1 would not come back where SMCs are trapped. */
	        .landing = traps ? WORD_STAY : WIRE_SMC,
	        .ranges = deep ? plan->header.ranges : plan->shallow,
	};

	memcpy(wire.x, call->call.x, sizeof wire.x);
	return put(file, &wire, sizeof wire);
}

/* No call, only a look at what a world's registers and memory hold. */
static bool put_look(const struct hvc_oracle_plan *plan, unsigned world, FILE *file)
{
	const struct wire_call wire = {.world = world, .ranges = plan->header.ranges};

	return put(file, &wire, sizeof wire);
}

bool hvc_oracle__write_input(const struct hvc_oracle_plan *plan, const struct hvc_oracle_call *call,
                             size_t calls, bool deep, FILE *file, uint64_t *output)
{
	struct memory *memory = calloc(1, sizeof *memory);
	struct wire_header header = plan->header;
	bool ok = memory != NULL;

	if (!ok)
		return false;
	fill_memory(memory, plan);
	plan_memory(memory, plan, &header);
	header.calls = hvc_oracle__worlds(plan) + calls + 1;
	ok = !fseek(file, WIRE_INPUT, SEEK_SET) && put(file, &header, sizeof header);
	for (unsigned i = 0; i < header.chunks; i++)
		ok = ok && put(file, memory->data[i], header.chunk[i].size);
	free(memory);
	for (unsigned i = 0; i < plan->config->worlds; i++)
		ok = ok && put_world(plan, plan->config->world[i], false, file) &&
		     put_world(plan, plan->config->world[i], true, file);
	for (unsigned i = 0; i < hvc_oracle__worlds(plan); i++)
		ok = ok && put_look(plan, i, file);
	for (size_t i = 0; i < calls; i++)
		ok = ok && put_call(plan, &call[i], deep, file);
	return ok && put_look(plan, 0, file) && put_output(&header, file, output);
}
