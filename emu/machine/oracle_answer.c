/* SPDX-License-Identifier: MIT */
/* From how EL3 got control back to what became of the call, in the machine's terms. */
#include <string.h>

#include "hvcheck/arch.h"
#include "machine/internal.h"
#include "machine/oracle_wire.h"
#include "machine/outcome.h"
#include "machine/world.h"

struct reading {
	const struct hvc_oracle_plan *plan;
	const struct hvc_oracle_call *call;
	const struct wire_result *result;
	struct hvc_oracle_answer *answer;
	uint64_t call_pc;
	uint64_t pstate; /* at the end */
};

static bool inside(uint64_t address, uint64_t base, uint64_t size)
{
	return address - base < size;
}

static bool in_harness(uint64_t address)
{
	return inside(address, HVC_HARNESS_BASE, HVC_HARNESS_SIZE);
}

static uint64_t reg(const struct reading *reading, enum hvc_reg reg_)
{
	return reading->answer->outcome.state.v[reg_];
}

static void copy_registers(const struct hvc_oracle_plan *plan, const struct wire_result *result,
                           struct hvc_state *out)
{
	memset(out, 0, sizeof *out);
	memcpy(out->v, result->x, sizeof result->x);
	for (unsigned i = 0; i < plan->regs; i++)
		out->v[plan->reg[i]] = result->reg[i];
}

static void forget(struct hvc_regset *known, const enum hvc_reg *regs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		hvc_regset_remove(known, regs[i]);
}

/* The call ended by an exception to this level, which has overwritten these. */
static void ended_by_exception(struct reading *reading, unsigned el)
{
	static const enum hvc_reg at_el1[] = {HVC_REG_ESR_EL1, HVC_REG_ELR_EL1, HVC_REG_SPSR_EL1,
	                                      HVC_REG_FAR_EL1};
	static const enum hvc_reg at_el2[] = {HVC_REG_ESR_EL2, HVC_REG_ELR_EL2, HVC_REG_SPSR_EL2,
	                                      HVC_REG_FAR_EL2, HVC_REG_HPFAR_EL2};

	reading->pstate = reg(reading, el == 1 ? HVC_REG_SPSR_EL1 : HVC_REG_SPSR_EL2);
	if (el == 1)
		forget(&reading->answer->known, at_el1, 4);
	else
		forget(&reading->answer->known, at_el2, 5);
}

static void end(struct reading *reading, enum hvc_outcome_kind kind, uint64_t pc, uint64_t esr,
                uint64_t far)
{
	struct hvc_outcome *outcome = &reading->answer->outcome;

	outcome->kind = kind;
	outcome->pc = pc;
	outcome->esr = esr;
	outcome->far = far;
}

/* Control has arrived outside the subject. */
static void arrive(struct reading *reading, uint64_t pc)
{
	unsigned el = hvc_arch_el(reading->pstate);
	uint64_t caller_vectors = reg(reading, HVC_REG_VBAR_EL1) & HVC_MASK_VBAR;
	enum hvc_outcome_kind kind = HVC_OUTCOME_JUMP;

	if (pc == reading->call_pc + 4)
		kind = HVC_OUTCOME_RETURN;
	else if (pc == reading->call_pc)
		kind = HVC_OUTCOME_RETRY;
	else if (el == 1 && inside(pc, caller_vectors, HVC_VECTOR_TABLE_SIZE))
		kind = HVC_OUTCOME_INJECT;
	end(reading, kind, pc, 0, 0);
}

static bool caller_chose(const struct reading *reading, uint64_t address)
{
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		if (reading->call->call.x[n] == address)
			return true;
	return false;
}

/* The instruction never got to EL2, or got there as an exception of another kind. */
static void not_entered(struct reading *reading, uint64_t pc, unsigned el)
{
	uint64_t pstate = reading->result->spsr;
	bool at_el2 = el == 2;

	if (pc == reading->call_pc) {
		end(reading, HVC_OUTCOME_FORWARD, pc, reading->result->esr, 0);
		return;
	}
	if (at_el2 && hvc_arch_ec(reg(reading, HVC_REG_ESR_EL2)) == HVC_EC_SMC64) {
		/* What the caller's own vectors have here is trapped to EL2. */
		at_el2 = false;
		el = 1;
		pc = reg(reading, HVC_REG_ELR_EL2);
		pstate = reg(reading, HVC_REG_SPSR_EL2);
		ended_by_exception(reading, 2);
	}
	reading->answer->taken = true;
	reading->answer->entry = (struct hvc_entry){
	        .target_el = el,
	        .vector = pc,
	        .esr = reg(reading, at_el2 ? HVC_REG_ESR_EL2 : HVC_REG_ESR_EL1),
	        .elr = reg(reading, at_el2 ? HVC_REG_ELR_EL2 : HVC_REG_ELR_EL1),
	        .spsr = reg(reading, at_el2 ? HVC_REG_SPSR_EL2 : HVC_REG_SPSR_EL1),
	        .pstate = pstate,
	};
	ended_by_exception(reading, el);
	end(reading, HVC_OUTCOME_UNDEFINED, reading->call_pc, 0, 0);
}

/* Where exceptions to EL1 lead; an SMC there comes to EL3, or to EL2 where it is trapped. */
static bool is_at_caller_vectors(const struct reading *reading, uint64_t pc)
{
	return hvc_arch_el(reading->pstate) == 1 &&
	       inside(pc, reg(reading, HVC_REG_VBAR_EL1) & HVC_MASK_VBAR, HVC_VECTOR_TABLE_SIZE);
}

/*
 * Below its RAM the board has devices. What is fetched from one reads as zero, which is UNDEFINED,
 * where on the machine there is nothing to fetch.
 */
static bool is_fetched_from_a_device(unsigned ec, uint64_t pc)
{
	return ec == HVC_EC_UNKNOWN && pc < HVC_ORACLE_RAM;
}

/* Code at EL1 or EL0 that EL2 went on to has caused an exception to EL1. */
static bool excepted_to_el1(struct reading *reading)
{
	uint64_t esr = reg(reading, HVC_REG_ESR_EL1), elr = reg(reading, HVC_REG_ELR_EL1);
	unsigned ec = hvc_arch_ec(esr);
	bool fetch = ec == HVC_EC_IABT_SAME || ec == HVC_EC_IABT_LOWER || ec == HVC_EC_PC_ALIGN;
	/* At EL0 even the SMC is UNDEFINED. */
	bool user = ec == HVC_EC_UNKNOWN && hvc_arch_el(reg(reading, HVC_REG_SPSR_EL1)) == 0;

	if (!user && !is_fetched_from_a_device(ec, elr) &&
	    !(fetch && elr == reg(reading, HVC_REG_FAR_EL1)))
		return false;
	ended_by_exception(reading, 1);
	arrive(reading, elr);
	return true;
}

/* An exception to EL2 after the entry: one inside EL2, or of code that EL2 has gone on to. */
static void excepted_to_el2(struct reading *reading)
{
	uint64_t esr = reg(reading, HVC_REG_ESR_EL2), elr = reg(reading, HVC_REG_ELR_EL2);
	uint64_t far = reg(reading, HVC_REG_FAR_EL2);
	unsigned ec = hvc_arch_ec(esr);
	uint64_t pc = ec == HVC_EC_HVC64 || ec == HVC_EC_SVC64 ? elr - 4 : elr;
	bool fetch = ec == HVC_EC_IABT_SAME || ec == HVC_EC_IABT_LOWER || ec == HVC_EC_PC_ALIGN;

	if (is_fetched_from_a_device(ec, pc)) {
		ec = HVC_EC_IABT_SAME;
		fetch = true;
		far = pc;
	}
	ended_by_exception(reading, 2);
	for (unsigned slot = 0; slot < 16; slot++)
		if (pc == reading->plan->room + 8 * slot)
			pc = reading->plan->config->image.vectors + slot * HVC_VECTOR_SLOT_SIZE;
	if (is_at_caller_vectors(reading, pc) && excepted_to_el1(reading))
		return;
	if (hvc_arch_el(reading->pstate) < 2 || (fetch && caller_chose(reading, pc)) ||
	    (in_harness(pc) && (ec == HVC_EC_HVC64 || ec == HVC_EC_SMC64)))
		arrive(reading, pc);
	else
		end(reading, HVC_OUTCOME_FAULT, pc, (uint64_t)ec << 26 | HVC_ESR_IL,
		    fetch || ec == HVC_EC_DABT_SAME ? far : 0);
}

/*
 * Was an exception taken to EL2's vectors since the entry? An ERET that leads there leaves its own
 * address in ELR_EL2.
 */
static bool is_exception_to_el2(const struct reading *reading, uint64_t pc)
{
	uint64_t offset = pc - (reg(reading, HVC_REG_VBAR_EL2) & HVC_MASK_VBAR);
	bool esr = reg(reading, HVC_REG_ESR_EL2) != reading->result->esr_el2;
	bool elr = reg(reading, HVC_REG_ELR_EL2) != reading->result->elr_el2;
	bool spsr = reg(reading, HVC_REG_SPSR_EL2) != reading->result->spsr_el2;

	if (offset >= HVC_VECTOR_TABLE_SIZE || offset % HVC_VECTOR_SLOT_SIZE)
		return false;
	return esr || (reg(reading, HVC_REG_ELR_EL2) != pc && (elr || spsr));
}

static void entered(struct reading *reading, uint64_t pc, unsigned el)
{
	if (el == 2 && is_exception_to_el2(reading, pc))
		excepted_to_el2(reading);
	else if (el == 2 && !in_harness(pc))
		end(reading, HVC_OUTCOME_FORWARD, pc, (uint64_t)HVC_EC_SMC64 << 26 | HVC_ESR_IL, 0);
	else if (!is_at_caller_vectors(reading, pc) || !excepted_to_el1(reading))
		arrive(reading, pc);
}

static void conclude(struct reading *reading)
{
	const struct wire_result *result = reading->result;
	unsigned el = hvc_arch_el(result->spsr);
	bool smc = hvc_arch_ec(result->esr) == HVC_EC_SMC64;

	reading->pstate = result->spsr;
	if (result->fiq && result->elr - reading->call_pc <= 4)
		arrive(reading, result->elr);
	else if (result->fiq && el == 2 && is_exception_to_el2(reading, result->elr))
		excepted_to_el2(reading); /* to a table of the subject that keeps it there */
	else if (result->fiq)
		end(reading, HVC_OUTCOME_SPIN, result->elr, 0, 0);
	else if (!smc)
		end(reading, HVC_OUTCOME_FAULT, result->elr, result->esr, 0);
	else if (!result->entries)
		not_entered(reading, result->elr - 4, el);
	else
		entered(reading, result->elr - 4, el);
}

static void take_memory(const struct hvc_oracle_plan *plan, const struct wire_result *result,
                        struct hvc_oracle_answer *out)
{
	const struct hvc_image *image = &plan->config->image;

	out->words = (unsigned)result->words;
	for (unsigned i = 0; i < result->words && i < HVC_ORACLE_WORDS; i++) {
		uint64_t address = result->word[i].address;
		bool own = inside(address, HVC_EL2_DATA, HVC_EL2_DATA_SIZE);

		out->word[i].address = address;
		out->word[i].value = result->word[i].size;
		for (unsigned s = 0; s < image->segments; s++)
			own = own ||
			      inside(address, image->segment[s].address, image->segment[s].size);
		if (own) {
			out->outcome.el2_stores++;
			continue;
		}
		hvc_written__add(&out->outcome.written, address, 8);
		if (out->outcome.stores < HVC_STORE_MAX)
			out->outcome.store[out->outcome.stores] =
			        (struct hvc_store){address, result->word[i].size, 8};
		out->outcome.stores++;
	}
}

/* Does a register hold an instruction that the program put where calls end? */
static bool has_peeked(const struct wire_result *result, unsigned regs)
{
	bool found = false;

	for (unsigned i = 0; i < HVC_GPR_COUNT + regs; i++) {
		uint64_t value = i < HVC_GPR_COUNT ? result->x[i] : result->reg[i - HVC_GPR_COUNT];

		found = found || value >> 32 == WIRE_SMC || (value & UINT32_MAX) == WIRE_SMC;
	}
	return found;
}

void hvc_oracle__answer(const struct hvc_oracle_plan *plan, const struct hvc_oracle_call *call,
                        const struct wire_result *world, const struct wire_result *result,
                        struct hvc_oracle_answer *out)
{
	const struct hvc_state *given = plan->config->world[call->world];
	struct reading reading = {plan, call, result, out, hvc_call__address(&call->call), 0};
	uint64_t *v = out->outcome.state.v;

	memset(out, 0, sizeof *out);
	out->known = *plan->config->present;
	hvc_regset_remove(&out->known, HVC_REG_SCR_EL3); /* the program's own, out of EL2's reach */
	for (unsigned i = HVC_REG_SCR_EL3 + 1; i < HVC_REG_COUNT; i++)
		hvc_regset_remove(&out->known, (enum hvc_reg)i); /* not asked for */
	copy_registers(plan, world, &out->world);
	copy_registers(plan, result, &out->outcome.state);
	memcpy(out->id, world->reg + plan->regs, sizeof out->id);
	out->entered = out->taken = result->entries != 0;
	out->entry = (struct hvc_entry){
	        .target_el = 2,
	        .vector = result->vector,
	        .esr = result->esr_el2,
	        .elr = result->elr_el2,
	        .spsr = result->spsr_el2,
	        .pstate = result->pstate,
	};
	out->peeked = has_peeked(result, plan->regs);
	out->nested = result->fiq && result->entries > 1 && hvc_arch_el(result->spsr) == 2;
	conclude(&reading);
	out->outcome.level = hvc_level__from_mode((unsigned)(reading.pstate & 0xf));
	v[HVC_REG_NZCV] = reading.pstate & HVC_PSTATE_NZCV;
	v[HVC_REG_DAIF] = reading.pstate & HVC_PSTATE_DAIF;
	v[HVC_REG_PSTATE] = hvc_arch_el(reading.pstate) < 2
	                            ? reading.pstate & hvc_reg_info(HVC_REG_PSTATE)->mask
	                            : given->v[HVC_REG_PSTATE];
	if (hvc_oracle__traps(plan, &call->call) && !(given->v[HVC_REG_HCR_EL2] & HVC_HCR_TSC)) {
		v[HVC_REG_HCR_EL2] &= ~HVC_HCR_TSC; /* set for this call only */
		out->world.v[HVC_REG_HCR_EL2] &= ~HVC_HCR_TSC;
	}
	take_memory(plan, result, out);
}
