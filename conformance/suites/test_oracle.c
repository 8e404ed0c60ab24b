/* SPDX-License-Identifier: MIT */
/** QEMU's opinion of every immediate of every subject, and of the entry itself. */
#include "machine/world.h"
#include "oracle_trial.h"
#include "trap_words.h"

/* Every nth immediate of each subject, from one level, in one world. */
static void sweep(enum hvc_cpu cpu, enum hvc_level from, enum hvc_insn insn, unsigned step,
                  unsigned part)
{
	struct hvc_oracle_call *call = room_for(HVC_IMM_COUNT);
	const struct hvc_builtin *builtin;

	for (size_t i = 0; (builtin = hvc_builtin_at(i)); i++) {
		struct stage stage;
		size_t calls = 0;

		if (!wanted(builtin->name, i + from, part))
			continue;
		for (unsigned imm = (unsigned)i % step; imm < HVC_IMM_COUNT; imm += step) {
			hvc_call_init(&call[calls].call, 0);
			call[calls].call.imm = (uint16_t)imm;
			call[calls].call.from = from;
			call[calls++].call.insn = insn;
		}
		set_stage(&stage, builtin->name, cpu);
		hold(&stage.trial, call, calls);
		strike_stage(&stage);
	}
	free(call);
}

/* Who calls, and with what. */
static const struct {
	const char *name;
	enum hvc_cpu cpu;
	enum hvc_level from;
	enum hvc_insn insn;
	unsigned step, part; /* of the sample: every nth immediate, every nth subject */
} sweeps[] = {
        {"el1h", HVC_CPU_A72, HVC_LEVEL_EL1H, HVC_INSN_HVC, 257, 2},
        {"el1t", HVC_CPU_A72, HVC_LEVEL_EL1T, HVC_INSN_HVC, 1021, 8},
        {"el2h", HVC_CPU_A72, HVC_LEVEL_EL2H, HVC_INSN_HVC, 1021, 8},
        {"el2t", HVC_CPU_A72, HVC_LEVEL_EL2T, HVC_INSN_HVC, 1021, 8},
        {"el0", HVC_CPU_A72, HVC_LEVEL_EL0, HVC_INSN_HVC, 4093, 8},
        {"smc", HVC_CPU_A72, HVC_LEVEL_EL1H, HVC_INSN_SMC, 1021, 8},
        {"max_el1h", HVC_CPU_MAX, HVC_LEVEL_EL1H, HVC_INSN_HVC, 1021, 8},
        {"max_el2h", HVC_CPU_MAX, HVC_LEVEL_EL2H, HVC_INSN_HVC, 1021, 8},
};

TEST_ROWS(immediates, sweeps)
{
	sweep(sweeps[_i].cpu, sweeps[_i].from, sweeps[_i].insn, full() ? 1 : sweeps[_i].step,
	      sweeps[_i].part);
}

/*
 * AArch64.CallHypervisor, TakeException and ReportException as QEMU's CPU has them, against
 * exception.h: every NZCV and DAIF, with every set of the PSTATE bits that the CPU has besides,
 * from every level, in worlds where they matter.
 */
static void entries_of(enum hvc_cpu cpu, uint64_t hcr, uint64_t sctlr, uint64_t scr)
{
	static const uint64_t bits[] = {HVC_PSTATE_PAN, HVC_PSTATE_UAO, HVC_PSTATE_DIT,
	                                HVC_PSTATE_SSBS};
	unsigned sets = cpu == HVC_CPU_MAX ? 16 : 1;
	struct hvc_oracle_call *call = room_for(HVC_LEVEL_EL0_USR * 256 * 16);
	struct hvc_subject *subject = open_subject("linux-stub-4.12");
	const struct hvc_state *entry;
	struct hvc_machine *machine;
	struct hvc_world world;
	struct trial trial = {.name = "linux-stub-4.12", .machine = &machine, .world = &world};
	size_t calls = 0;

	hvc_world_init(&world, cpu);
	ck_assert(hvc_world_set(&world, HVC_REG_HCR_EL2, hcr) == HVC_OK);
	ck_assert(hvc_world_set(&world, HVC_REG_SCTLR_EL2, sctlr) == HVC_OK);
	ck_assert(hvc_world_set(&world, HVC_REG_SCR_EL3, scr) == HVC_OK);
	machine = open_machine(subject, &world);
	entry = hvc_machine_entry(machine);
	trial.entry_only = true;
	trial.config = (struct hvc_oracle_config){*hvc_subject_image(subject),
	                                          cpu,
	                                          hvc_machine_present(machine),
	                                          &entry,
	                                          1,
	                                          0,
	                                          false};
	for (unsigned n = 0; n < HVC_LEVEL_EL0_USR * 256 * sets; n++) {
		enum hvc_level from = (enum hvc_level)(n % HVC_LEVEL_EL0_USR);
		unsigned flags = n / HVC_LEVEL_EL0_USR % 256, set = n / HVC_LEVEL_EL0_USR / 256;

		if (hcr & HVC_HCR_TGE && hvc_level__el(from) == 1)
			continue;
		if (!full() && (flags ^ flags >> 4 ^ set) % 5)
			continue;
		hvc_call_init(&call[calls].call, n);
		call[calls].call.nzcv = (uint64_t)(flags & 15) << 28;
		call[calls].call.daif = (uint64_t)(flags >> 4) << 6;
		call[calls].call.imm = (uint16_t)(n * 7);
		call[calls].call.from = from;
		for (unsigned i = 0; i < 4; i++)
			call[calls].pstate |= set >> i & 1 ? bits[i] : 0;
		calls++;
	}
	hold(&trial, call, calls);
	hvc_machine_close(machine);
	hvc_subject_close(subject);
	free(call);
}

TEST(entries)
{
	uint64_t sctlr = 0x30c50830, scr = 0x531, host = HVC_HCR_RW | HVC_HCR_E2H | HVC_HCR_TGE;

	entries_of(HVC_CPU_A72, HVC_HCR_RW, sctlr, scr);
	entries_of(HVC_CPU_A72, HVC_HCR_RW | HVC_HCR_HCD, sctlr, scr);
	entries_of(HVC_CPU_A72, HVC_HCR_RW | HVC_HCR_TGE, sctlr, scr);
	entries_of(HVC_CPU_A72, HVC_HCR_RW, sctlr, 0x431); /* HCE clear */
	entries_of(HVC_CPU_A72, HVC_HCR_RW | HVC_HCR_TGE, sctlr, 0x431);
	entries_of(HVC_CPU_MAX, HVC_HCR_RW, sctlr, scr);
	entries_of(HVC_CPU_MAX, HVC_HCR_RW | HVC_HCR_E2H, sctlr, scr);
	entries_of(HVC_CPU_MAX, host, sctlr, scr);
	entries_of(HVC_CPU_MAX, host, sctlr | HVC_SCTLR_SPAN, scr);
	entries_of(HVC_CPU_MAX, host, sctlr, 0x431);
}

/* One instruction that CPTR_EL2 may trap, in one world. */
static void trap_of(size_t w, size_t i)
{
	struct hvc_oracle_call call = {0};
	struct hvc_machine *machine;
	struct tiny_image image;
	const struct hvc_state *entry;
	struct trial trial = {.name = "an instruction", .machine = &machine, .world = &image.world};

	trap_image(&image, w, i);
	image.segment.address = image.config.image.vectors = 0x40000000;
	machine = tiny_open(&image);
	entry = hvc_machine_entry(machine);
	hvc_call_init(&call.call, 0);
	call.call.x[1] = image.segment.address + TINY_CODE; /* the same memory on both */
	trial.config = (struct hvc_oracle_config){image.config.image,
	                                          trap_worlds[w].cpu,
	                                          hvc_machine_present(machine),
	                                          &entry,
	                                          1,
	                                          0,
	                                          false};
	hold(&trial, &call, 1);
	hvc_machine_close(machine);
}

/* KVM's host vectors branch to what the caller says, here to a device of QEMU's board. */
TEST(board)
{
	struct hvc_oracle_call call[2] = {0};
	struct stage stage;

	set_stage(&stage, "linux-kvm-imm-default", HVC_CPU_A72);
	for (unsigned i = 0; i < 2; i++) {
		hvc_call_init(&call[i].call, 0);
		call[i].call.imm = 0x2e;
		/* The upper bits are masked out: it is not what the caller said, or it is. */
		call[i].call.x[0] = i ? 0x3144082c : 0xf7b10b803144082c;
	}
	hold(&stage.trial, call, 2);
	strike_stage(&stage);
}

/* SVE that is not trapped is left out: see conformance/oracle/README.md. */
TEST(traps)
{
	for (size_t w = 0; w < TRAP_WORLDS; w++)
		for (size_t i = full() ? 0 : w % 5; i < TRAP_WORDS; i += full() ? 1 : 5)
			if (!trap_words[i].sve || trap_worlds[w].cpu != HVC_CPU_MAX ||
			    trap_expected(w, i) != HVC_EC_UNKNOWN)
				trap_of(w, i);
}

int main(void)
{
	return run_oracle("oracle");
}
