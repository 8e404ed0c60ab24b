/* SPDX-License-Identifier: MIT */
/* QEMU's outcome beside ours, field by field, with what may differ and why. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "hvcheck/arch.h"
#include "machine/internal.h"
#include "machine/outcome.h"
#include "machine/world.h"
#include "oracle/oracle.h"
#include "oracle/wire.h"

#define SCR_FIQ    (UINT64_C(1) << 2)
#define WORD_SVC   UINT32_C(0xd4000001)
#define WORD_SVC32 UINT32_C(0xef00df00) /* of A32, and of T32 */

/*
 * AArch64.TakeException leaves these alone; QEMU (target/arm/helper.c,
 * arm_cpu_do_interrupt_aarch64) clears them.
 */
#define QEMU_CLEARS (HVC_PSTATE_NZCV | HVC_PSTATE_DIT)

struct comparison {
	const struct hvc_oracle_config *config;
	const struct hvc_oracle_call *call;
	struct hvc_machine *machine;
	const struct hvc_outcome *outcome;
	const struct hvc_oracle_answer *answer;
	unsigned count;
	char *text;
	size_t size, used;
};

static void differ(struct comparison *c, const char *what, uint64_t mine, uint64_t theirs)
{
	int n;

	c->count++;
	if (c->used + 1 >= c->size)
		return;
	n = snprintf(c->text + c->used, c->size - c->used,
	             "%s is 0x%" PRIx64 ", in QEMU 0x%" PRIx64 "\n", what, mine, theirs);
	c->used = n < 0 || c->used + (size_t)n >= c->size ? c->size - 1 : c->used + (size_t)n;
}

static void compare(struct comparison *c, const char *what, uint64_t mine, uint64_t theirs)
{
	if (mine != theirs)
		differ(c, what, mine, theirs);
}

/*
 * Bits of registers in which the two engines' CPU models differ, whatever is called: each reads
 * back what the world put there, less what that implementation has as RES0, RES1 or RO.
 */
static uint64_t comparable(enum hvc_reg reg)
{
	return hvc_reg_info(reg)->mask;
}

static void compare_registers(struct comparison *c)
{
	const struct hvc_state *world = c->config->world[c->call->world];
	char what[40];

	for (unsigned i = 0; i < HVC_REG_COUNT; i++) {
		enum hvc_reg reg = (enum hvc_reg)i;
		uint64_t mine = c->outcome->state.v[i], theirs = c->answer->outcome.state.v[i];
		uint64_t mask = comparable(reg);

		if (!hvc_regset_has(&c->answer->known, reg))
			continue;
		if (reg > HVC_REG_PSTATE && (world->v[i] ^ c->answer->world.v[i]) & mask) {
			snprintf(what, sizeof what, "%s before the call", hvc_reg_name(reg));
			differ(c, what, world->v[i], c->answer->world.v[i]);
		} else if ((mine ^ theirs) & mask) {
			differ(c, hvc_reg_name(reg), mine, theirs);
		}
	}
}

static void compare_end(struct comparison *c)
{
	const struct hvc_outcome *mine = c->outcome, *theirs = &c->answer->outcome;
	enum hvc_outcome_kind kind = mine->kind;
	char what[64];

	/* QEMU is stopped by a clock, which cannot tell a loop from a long way, at any point of it.
	 */
	if (kind == HVC_OUTCOME_LIMIT)
		kind = HVC_OUTCOME_SPIN;
	if (kind != theirs->kind) {
		snprintf(what, sizeof what, "the end: %s at 0x%" PRIx64 ", QEMU: %s;",
		         hvc_outcome_name(kind), mine->pc, hvc_outcome_name(theirs->kind));
		differ(c, what, mine->pc, theirs->pc);
		return;
	}
	compare(c, "the level at the end", mine->level, theirs->level);
	/* The clock strikes anywhere in the loop. */
	if (kind != HVC_OUTCOME_SPIN)
		compare(c, "the address at the end", mine->pc, theirs->pc);
	if (kind == HVC_OUTCOME_FAULT || kind == HVC_OUTCOME_FORWARD)
		compare(c, "the exception class", hvc_arch_ec(mine->esr), hvc_arch_ec(theirs->esr));
	/* QEMU splits an unaligned access to no memory, and names the first part. */
	if (kind == HVC_OUTCOME_FAULT && mine->far)
		compare(c, "the faulting address", mine->far & ~UINT64_C(7),
		        theirs->far & ~UINT64_C(7));
}

/* FEAT_x as the ID registers tell them (Arm ARM D24.2). */
static unsigned features(const uint64_t id[static 4])
{
	static const struct {
		uint8_t id, shift, least;
		unsigned feature;
	} fields[] = {
	        {1, 4, 1, HVC_FEAT_SSBS},  {1, 8, 2, HVC_FEAT_MTE}, {1, 36, 1, HVC_FEAT_NMI},
	        {2, 20, 1, HVC_FEAT_PAN},  {2, 8, 1, HVC_FEAT_VHE}, {3, 4, 1, HVC_FEAT_UAO},
	        {0, 36, 1, HVC_FEAT_SEL2},
	};
	unsigned bits = HVC_FEAT_EL2 | HVC_FEAT_EL3;

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if ((id[fields[i].id] >> fields[i].shift & 15) >= fields[i].least)
			bits |= fields[i].feature;
	return bits;
}

/* AArch64.CallHypervisor, AArch64.TakeException: QEMU's own, against exception.c. */
static void compare_exception(struct comparison *c)
{
	const struct hvc_state *world = c->config->world[c->call->world];
	const struct hvc_call *call = &c->call->call;
	const struct hvc_entry *is = &c->answer->entry;
	const bool hyp = c->config->image.aarch32;
	bool forced = hvc_insn_is_smc(call->insn) && !c->config->smc_as_it_is;
	struct hvc_entry should;
	struct hvc_pe pe = {
	        .features = features(c->answer->id) | (hyp ? HVC_FEAT_HYP : 0),
	        .pc = hvc_call__address(call),
	        .pstate = hvc_call__pstate(call, world) | c->call->pstate,
	        .scr_el3 = world->v[HVC_REG_SCR_EL3] | (hyp ? SCR_FIQ : 0), /* the program's */
	        .hcr_el2 = world->v[HVC_REG_HCR_EL2] | (forced ? HVC_HCR_TSC : 0),
	        .sctlr_el1 = world->v[HVC_REG_SCTLR_EL1],
	        .sctlr_el2 = world->v[HVC_REG_SCTLR_EL2],
	        .vbar_el1 = world->v[HVC_REG_VBAR_EL1],
	        .vbar_el2 = world->v[HVC_REG_VBAR_EL2],
	};

	if (!c->answer->taken)
		return;
	if (!hvc_insn_is_smc(call->insn))
		hvc_exception_hvc(&pe, call->imm, &should);
	else if (!hvc_exception_smc(&pe, hvc_call__imm(call), &should))
		return;
	compare(c, "the exception's level", should.target_el, is->target_el);
	compare(c, "the vector", should.vector, is->vector);
	compare(c, "ESR of the exception", should.esr, is->esr);
	compare(c, "ELR of the exception", should.elr, is->elr);
	if (!hyp) /* out of EL3's sight; a return takes it */
		compare(c, "SPSR of the exception", should.spsr, is->spsr);
	compare(c, "PSTATE after the exception", should.pstate & ~QEMU_CLEARS,
	        is->pstate & ~QEMU_CLEARS);
}

/* Memory that nobody has written: 64 bits at a multiple of 8. */
static uint64_t pristine(const struct hvc_image *image, uint64_t address)
{
	const uint32_t *function = image->aarch32 ? hvc_machine__function32 : hvc_machine__function;
	uint8_t bytes[8] = {0};
	uint64_t word, place;

	for (unsigned i = 0; i < image->segments; i++) {
		const struct hvc_segment *s = &image->segment[i];

		for (unsigned b = 0; b < 8; b++)
			if (address + b - s->address < s->data_size && s->data)
				bytes[b] = s->data[address + b - s->address];
	}
	memcpy(&word, bytes, sizeof word);
	place = hvc_oracle__place(image->aarch32, HVC_HARNESS_BASE);
	address = address - place + HVC_HARNESS_BASE;
	if (address - HVC_CALLER_VECTORS < HVC_VECTOR_TABLE_SIZE ||
	    address - HVC_NEW_VECTORS < HVC_VECTOR_TABLE_SIZE ||
	    address - HVC_LANDING < HVC_LANDING_SIZE)
		word = image->aarch32 ? UINT64_C(0x100000001) * WORD_SVC32
		                      : UINT64_C(0x100000001) * WORD_SVC;
	if (address - HVC_FUNCTION < sizeof hvc_machine__function)
		memcpy(&word, function + (address - HVC_FUNCTION) / 4, sizeof word);
	return word;
}

static uint32_t half_as_mine(uint32_t word)
{
	if (word == WIRE_A32 || word == WIRE_T32 || word == WIRE_PAD)
		return WORD_SVC32;
	return word == WIRE_SMC ? WORD_SVC : word;
}

/* The program under QEMU has its own words where calls end. */
static uint64_t as_mine(uint64_t word)
{
	return (uint64_t)half_as_mine((uint32_t)(word >> 32)) << 32 | half_as_mine((uint32_t)word);
}

/* What QEMU left where this is, when it changed it. */
static bool find_word(const struct hvc_oracle_answer *answer, uint64_t address, uint64_t *value)
{
	for (unsigned i = 0; i < answer->words && i < HVC_ORACLE_WORDS; i++)
		if (answer->word[i].address == address) {
			*value = answer->word[i].value;
			return true;
		}
	return false;
}

static void compare_range(struct comparison *c, uint64_t address, uint64_t size)
{
	uint64_t memory[0x1000 / 8];
	char what[64];

	address &= ~UINT64_C(7);
	for (uint64_t at = 0; at < size; at += sizeof memory) {
		uint64_t part = size - at < sizeof memory ? size - at : sizeof memory;

		if (hvc_machine_read(c->machine, address + at, memory, part) != HVC_OK)
			continue;
		for (uint64_t i = 0; i < part / 8; i++) {
			uint64_t was = pristine(&c->config->image, address + at + 8 * i);
			uint64_t theirs = was;

			if (find_word(c->answer, address + at + 8 * i, &theirs))
				theirs = was == theirs ? theirs : as_mine(theirs);
			if (memory[i] == theirs)
				continue;
			snprintf(what, sizeof what, "memory at 0x%" PRIx64, address + at + 8 * i);
			differ(c, what, memory[i], theirs);
		}
	}
}

/* Every word of the image and of the harness' data, where either side has stored any. */
static void compare_memory(struct comparison *c)
{
	const struct hvc_image *image = &c->config->image;

	if (!c->machine || c->answer->words > HVC_ORACLE_WORDS ||
	    !(c->outcome->stores || c->outcome->el2_stores || c->answer->words))
		return;
	for (unsigned i = 0; i < image->segments; i++)
		if (image->segment[i].size <= HVC_ORACLE_IMAGE)
			compare_range(c, image->segment[i].address, image->segment[i].size);
	compare_range(c, hvc_oracle__place(image->aarch32, HVC_CALLER_VECTORS),
	              HVC_EL2_DATA - HVC_CALLER_VECTORS + HVC_EL2_DATA_SIZE);
}

/*
 * Has control gone below Hyp mode to where no SMC stands? There the board goes on, with what it
 * finds: the next caller, or nothing, and an exception.
 */
static bool goes_on(const struct comparison *c)
{
	uint64_t at = c->outcome->pc - HVC_HARNESS32_BASE + HVC_HARNESS_BASE;

	return c->config->image.aarch32 && c->outcome->kind == HVC_OUTCOME_JUMP &&
	       hvc_level__el(c->outcome->level) < 2 && at - HVC_LANDING >= HVC_LANDING_SIZE &&
	       at - HVC_CALLER_VECTORS >= HVC_VECTOR_TABLE_SIZE;
}

unsigned hvc_oracle__compare(const struct hvc_oracle_config *config,
                             const struct hvc_oracle_call *call, struct hvc_machine *machine,
                             const struct hvc_outcome *outcome,
                             const struct hvc_oracle_answer *answer, char *text, size_t size)
{
	struct comparison c = {config, call, machine, outcome, answer, 0, text, size, 0};

	if (size)
		text[0] = '\0';
	/* Behind a jump to where nothing is fetched: what the vectors make of that fault. */
	if (answer->nested &&
	    (outcome->kind == HVC_OUTCOME_FAULT || outcome->kind == HVC_OUTCOME_JUMP))
		return 0;
	compare_exception(&c);
	if (goes_on(&c))
		return c.count;
	compare_end(&c);
	if (outcome->kind != HVC_OUTCOME_LIMIT) {
		compare_registers(&c);
		compare_memory(&c);
	}
	return c.count;
}
