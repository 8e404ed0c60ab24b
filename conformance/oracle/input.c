/* SPDX-License-Identifier: MIT */
/* The oracle's program and its input: code for each register, worlds and calls. */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "hvcheck/arch.h"
#include "machine/internal.h"
#include "machine/outcome.h"
#include "oracle/wire.h"

#define RAM_MAX  (UINT64_C(1) << 30)
#define MIB      (UINT64_C(1) << 20)
#define WORD_RET UINT32_C(0xd65f03c0)
#define BUDGET   65536u
#define SCR_FIQ  (UINT64_C(1) << 2)

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

static void add_range(struct hvc_oracle_plan *plan, uint64_t address, uint64_t size)
{
	if (plan->header.ranges < WIRE_RANGES)
		plan->header.range[plan->header.ranges++] =
		        (struct wire_span){address & ~UINT64_C(15), (size + 15) & ~UINT64_C(15)};
}

static uint64_t place(const struct hvc_oracle_plan *plan, uint64_t address)
{
	return hvc_oracle__place(plan->hyp, address);
}

static void plan_ranges(struct hvc_oracle_plan *plan)
{
	const struct hvc_image *image = &plan->config->image;

	for (unsigned i = 0; i < image->segments && i < WIRE_RANGES - 3; i++) {
		if (image->segment[i].size <= HVC_ORACLE_IMAGE)
			add_range(plan, image->segment[i].address, image->segment[i].size);
	}
	add_range(plan, place(plan, HVC_STACK_EL2 - 0x1000), 0x1000);
	plan->shallow = (unsigned)plan->header.ranges;
	add_range(plan, place(plan, HVC_CALLER_VECTORS),
	          HVC_STACK_EL2 - 0x1000 - HVC_CALLER_VECTORS);
	add_range(plan, place(plan, HVC_STACK_EL2),
	          HVC_EL2_DATA + HVC_EL2_DATA_SIZE - HVC_STACK_EL2);
}

enum hvc_status hvc_oracle__plan(const struct hvc_oracle_config *config, struct hvc_diag *diag,
                                 struct hvc_oracle_plan *out)
{
	uint64_t end = HVC_ORACLE_RAM;

	memset(out, 0, sizeof *out);
	out->config = config;
	out->hyp = config->image.aarch32;
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
	if (config->image.segments > WIRE_CHUNKS - 12 || 2 * config->worlds > WIRE_WORLDS)
		return hvc_diag_set(diag, HVC_E_UNSUPPORTED, NULL, 0, 0,
		                    "too many segments or worlds for the oracle");
	for (unsigned i = 0; i < config->worlds; i++) {
		const uint64_t *v = config->world[i]->v;

		if (!(v[HVC_REG_SCR_EL3] & HVC_SCR_NS))
			return hvc_diag_set(diag, HVC_E_UNSUPPORTED, NULL, 0, 0,
			                    "QEMU takes an HVC to EL2 from the secure state too, "
			                    "where it is UNDEFINED");
		if (out->hyp && v[HVC_REG_SCR_EL3] & SCR_FIQ)
			return hvc_diag_set(diag, HVC_E_UNSUPPORTED, NULL, 0, 0,
			                    "the oracle has FIQs of its own: SCR.FIQ is to be "
			                    "clear");
		if (i && out->hyp && ((v[HVC_REG_SCTLR_EL2] & HVC_HSCTLR_TE) != 0) != out->t32)
			return hvc_diag_set(diag, HVC_E_UNSUPPORTED, NULL, 0, 0,
			                    "the oracle's vectors are A32 or T32 in all worlds");
		out->t32 = out->hyp && v[HVC_REG_SCTLR_EL2] & HVC_HSCTLR_TE;
	}
	end = (end + 0xfff) & ~UINT64_C(0xfff);
	out->ram = (end + 0x1000 - HVC_ORACLE_RAM + MIB - 1) / MIB * MIB;
	for (unsigned i = HVC_REG_SP_EL0; i <= HVC_REG_SCR_EL3 && out->regs < WIRE_REGS - 4; i++)
		/* Stack pointers of AArch32 state are among x0 to x30. */
		if (hvc_regset_has(config->present, (enum hvc_reg)i) &&
		    !(out->hyp && i <= HVC_REG_SP_EL2))
			out->reg[out->regs++] = (enum hvc_reg)i;
	out->header.regs = out->regs;
	out->header.reads = out->regs + 4;
	out->header.worlds = 2 * config->worlds;
	out->header.budget = config->budget ? config->budget : BUDGET;
	out->header.vectors = config->image.vectors;
	plan_ranges(out);
	out->room = end;
	return hvc_oracle__plan_vectors(out, diag);
}

/* The input is written. Behind it is room for the output: the header can say so. */
static bool put_output(struct wire_header *header, FILE *file, uint64_t *output)
{
	long end = ftell(file);

	if (end < 0)
		return false;
	header->output = ((uint64_t)end + 0xfff) & ~UINT64_C(0xfff);
	*output = header->output;
	return !fseek(file, WIRE_INPUT, SEEK_SET) && hvc_oracle__put(file, header, sizeof *header);
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
	return hvc_oracle__put(file, &world, sizeof world);
}

static bool put_call(const struct hvc_oracle_plan *plan, const struct hvc_oracle_call *call,
                     bool deep, FILE *file)
{
	/* SMC, and a branch to itself, of A64, A32 and T32 */
	static const uint32_t words[3][2] = {
	        {WIRE_SMC, 0x14000000}, {WIRE_A32, 0xeafffffe}, {WIRE_T32, 0xe7fee7fe}};
	const unsigned kind = !plan->hyp ? 0 : hvc_insn_is_t32(call->call.insn) ? 2 : 1;
	const struct hvc_state *world = plan->config->world[call->world];
	bool trapped = hvc_oracle__traps(plan, &call->call);
	bool traps = trapped || world->v[HVC_REG_HCR_EL2] & HVC_HCR_TSC;
	struct wire_call wire = {
	        .spsr = hvc_call__pstate(&call->call, world) | call->pstate,
	        .pc = hvc_call__address(&call->call),
	        .world = 2 * call->world + trapped,
	        /* An SMC at EL1 would not come back where SMCs are trapped. */
	        .landing = words[kind][traps],
	        .ranges = deep ? plan->header.ranges : plan->shallow,
	};

	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		wire.x[n] = call->call.x[n] & (plan->hyp ? UINT32_MAX : UINT64_MAX);
	if (plan->hyp)
		wire.x[15] = world->v[HVC_REG_SP_EL2];
	return hvc_oracle__put(file, &wire, sizeof wire);
}

/* No call, only a look at what a world's registers and memory hold. */
static bool put_look(const struct hvc_oracle_plan *plan, unsigned world, FILE *file)
{
	const struct wire_call wire = {.world = world, .ranges = plan->header.ranges};

	return hvc_oracle__put(file, &wire, sizeof wire);
}

bool hvc_oracle__write_input(const struct hvc_oracle_plan *plan, const struct hvc_oracle_call *call,
                             size_t calls, bool deep, FILE *file, uint64_t *output)
{
	struct wire_header header = plan->header;
	bool ok;

	header.calls = hvc_oracle__worlds(plan) + calls + 1;
	ok = !fseek(file, WIRE_INPUT, SEEK_SET) && hvc_oracle__write_memory(plan, &header, file);
	for (unsigned i = 0; i < plan->config->worlds; i++)
		ok = ok && put_world(plan, plan->config->world[i], false, file) &&
		     put_world(plan, plan->config->world[i], true, file);
	for (unsigned i = 0; i < hvc_oracle__worlds(plan); i++)
		ok = ok && put_look(plan, i, file);
	for (size_t i = 0; i < calls; i++)
		ok = ok && put_call(plan, &call[i], deep, file);
	return ok && put_look(plan, 0, file) && put_output(&header, file, output);
}
