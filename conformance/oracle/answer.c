/* SPDX-License-Identifier: MIT */
/* From how EL3 got control back to what became of the call, in the machine's terms. */
#include <string.h>

#include "hvcheck/aarch32.h"
#include "hvcheck/arch.h"
#include "machine/exception_hyp.h"
#include "machine/internal.h"
#include "machine/outcome.h"
#include "machine/trap.h"
#include "machine/world.h"
#include "oracle/wire.h"

#define HVBAR_BASE UINT64_C(0xffffffe0)

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

static bool is_hyp(const struct reading *reading)
{
	return reading->plan->hyp;
}

static bool in_harness(const struct reading *reading, uint64_t address)
{
	return inside(address, hvc_oracle__place(is_hyp(reading), HVC_HARNESS_BASE),
	              HVC_HARNESS_SIZE) ||
	       (is_hyp(reading) && inside(address, HVC_AARCH32_CALLS, HVC_AARCH32_CALLS_SIZE));
}

static bool is_pad(uint64_t address)
{
	return inside(address, hvc_harness32(HVC_LANDING), HVC_LANDING_SIZE) ||
	       inside(address, hvc_harness32(HVC_NEW_VECTORS), HVC_VECTOR_TABLE_SIZE);
}

/* The pad that control came to, from the SMC that it led to. */
static uint64_t landed(const struct reading *reading, uint64_t pc)
{
	uint64_t far = reading->result->spsr & HVC_PSR_T ? WIRE_PAD_T32 : WIRE_PAD_A32;

	return is_hyp(reading) && is_pad(pc - far) ? pc - far : pc;
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
	for (unsigned n = 0; plan->hyp && n < HVC_GPR_COUNT; n++)
		out->v[n] &= UINT32_MAX;
	if (plan->hyp)
		out->v[HVC_REG_SP_EL2] = out->v[15];
}

static void forget(struct hvc_regset *known, const enum hvc_reg *regs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		hvc_regset_remove(known, regs[i]);
}

/* Has Hyp mode been entered by the slot of the modes below, if by one? */
static bool comes_from_below(const struct reading *reading)
{
	const struct wire_result *result = reading->result;

	return result->elr - 4 == (reg(reading, HVC_REG_VBAR_EL2) & HVBAR_BASE) + HVC_HYP_TRAP;
}

/* The call ended by an exception to this level, which has overwritten these. */
static void ended_by_exception(struct reading *reading, unsigned el)
{
	static const enum hvc_reg at_el1[] = {HVC_REG_ESR_EL1, HVC_REG_ELR_EL1, HVC_REG_SPSR_EL1,
	                                      HVC_REG_FAR_EL1};
	/* Links of modes: lr_irq, lr_svc, lr_abt, lr_und; which mode it was is not asked for. */
	static const enum hvc_reg at_pl1[] = {HVC_REG_X0 + 16, HVC_REG_X0 + 18, HVC_REG_X0 + 20,
	                                      HVC_REG_X0 + 22};
	static const enum hvc_reg at_el2[] = {HVC_REG_ESR_EL2, HVC_REG_ELR_EL2, HVC_REG_SPSR_EL2,
	                                      HVC_REG_FAR_EL2, HVC_REG_HPFAR_EL2};

	/* What led to EL1 was an ERET, or the caller itself. */
	if (el == 1 && is_hyp(reading)) {
		reading->pstate = reading->result->entries
		                          ? reg(reading, HVC_REG_SPSR_EL2)
		                          : hvc_call__pstate(&reading->call->call,
		                                             reading->plan->config->world[0]);
		forget(&reading->answer->known, at_pl1, 4);
	} else {
		reading->pstate = reg(reading, el == 1 ? HVC_REG_SPSR_EL1 : HVC_REG_SPSR_EL2);
	}
	/* Of an exception that Hyp mode has taken from itself SPSR_hyp is out of sight, too. */
	if (el == 2 && is_hyp(reading) && !comes_from_below(reading))
		reading->pstate = reading->result->spsr;
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

/* Where exceptions to EL1 lead. */
static bool in_caller_vectors(const struct reading *reading, uint64_t pc)
{
	uint64_t vbar = reg(reading, HVC_REG_VBAR_EL1);

	if (hvc_exception_el(reading->pstate) != 1)
		return false;
	if (is_hyp(reading))
		return inside(pc, hvc_aarch32_vectors(vbar, reg(reading, HVC_REG_SCTLR_EL1)),
		              HVC_AARCH32_VECTORS_SIZE);
	return inside(pc, vbar & HVC_MASK_VBAR, HVC_VECTOR_TABLE_SIZE);
}

/* Control has arrived outside the subject. */
static void arrive(struct reading *reading, uint64_t pc)
{
	enum hvc_outcome_kind kind = HVC_OUTCOME_JUMP;

	if (pc == reading->call_pc + 4)
		kind = HVC_OUTCOME_RETURN;
	else if (pc == reading->call_pc)
		kind = HVC_OUTCOME_RETRY;
	else if (in_caller_vectors(reading, pc))
		kind = HVC_OUTCOME_INJECT;
	end(reading, kind, pc, 0, 0);
}

static bool caller_chose(const struct reading *reading, uint64_t address)
{
	uint64_t bits = is_hyp(reading) ? UINT32_MAX & ~UINT64_C(1) : UINT64_MAX;

	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		if ((reading->call->call.x[n] & bits) == (address & bits))
			return true;
	return false;
}

static bool is_smc(uint64_t esr)
{
	return hvc_arch_ec(esr) == HVC_EC_SMC64 || hvc_arch_ec(esr) == HVC_EC_SMC32;
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
	if (at_el2 && is_smc(reg(reading, HVC_REG_ESR_EL2))) {
		/* What the caller's own vectors have here is trapped to EL2. */
		at_el2 = false;
		el = 1;
		pc = reg(reading, HVC_REG_ELR_EL2);
		pstate = reg(reading, HVC_REG_SPSR_EL2);
		ended_by_exception(reading, 2);
	}
	/* To EL1 in AArch32 state: no register of reg.h has more than the link. */
	reading->answer->taken = !is_hyp(reading) || at_el2;
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

/*
 * Below its RAM the board has devices. What is fetched from one reads as zero, which is UNDEFINED,
 * where on the machine there is nothing to fetch.
 */
static bool is_fetched_from_a_device(unsigned ec, uint64_t pc)
{
	return ec == HVC_EC_UNKNOWN && pc < HVC_ORACLE_RAM;
}

/*
 * The same in AArch32 state, by lr_abt or lr_und. An ERET to the vectors leaves them in ELR_hyp;
 * where SMCs are trapped so does the one that stands there, and one that injects sets the link to
 * the call.
 */
static bool excepted_to_pl1(struct reading *reading, uint64_t pc)
{
	bool abort = (pc & (HVC_AARCH32_VECTORS_SIZE - 1)) != HVC_AARCH32_UNDEFINED;
	enum hvc_reg at = (enum hvc_reg)(HVC_REG_X0 + (abort ? 20 : 22));
	uint64_t link = reg(reading, at);
	bool trapped = is_smc(reg(reading, HVC_REG_ESR_EL2)) &&
	               hvc_exception_el(reading->result->spsr) == 2;
	bool t32;

	if (trapped ? link == reading->call->call.x[at] || link - reading->call_pc <= 8
	            : reg(reading, HVC_REG_ELR_EL2) == pc)
		return false;
	ended_by_exception(reading, 1);
	t32 = reading->pstate & HVC_PSR_T;
	arrive(reading, link - (!abort && t32 ? 2 : 4));
	return true;
}

/* Code at EL1 or EL0 that EL2 went on to has caused an exception to EL1. */
static bool excepted_to_el1(struct reading *reading, uint64_t pc)
{
	uint64_t esr = reg(reading, HVC_REG_ESR_EL1), elr = reg(reading, HVC_REG_ELR_EL1);
	unsigned ec = hvc_arch_ec(esr);
	bool fetch = ec == HVC_EC_IABT_SAME || ec == HVC_EC_IABT_LOWER || ec == HVC_EC_PC_ALIGN;
	/* At EL0 even the SMC is UNDEFINED. */
	bool user = ec == HVC_EC_UNKNOWN && hvc_exception_el(reg(reading, HVC_REG_SPSR_EL1)) == 0;

	if (is_hyp(reading))
		return excepted_to_pl1(reading, pc);
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
	const struct wire_header *header = &reading->plan->header;
	uint64_t esr = reg(reading, HVC_REG_ESR_EL2), elr = reg(reading, HVC_REG_ELR_EL2);
	uint64_t far = reg(reading, HVC_REG_FAR_EL2);
	unsigned ec = hvc_arch_ec(esr);
	bool call = ec == HVC_EC_HVC64 || ec == HVC_EC_SVC64 || ec == HVC_EC_HVC32 ||
	            ec == HVC_EC_SVC32;
	bool half = ec == HVC_EC_SVC32 && reg(reading, HVC_REG_SPSR_EL2) & HVC_PSR_T;
	uint64_t pc = landed(reading, elr - (half ? 2 : call ? 4 : 0));
	bool fetch = ec == HVC_EC_IABT_SAME || ec == HVC_EC_IABT_LOWER || ec == HVC_EC_PC_ALIGN;

	if (is_fetched_from_a_device(ec, pc)) {
		ec = HVC_EC_IABT_SAME;
		fetch = true;
		far = pc;
	}
	if (is_hyp(reading))
		far = fetch ? far >> 32 : far & UINT32_MAX;
	ended_by_exception(reading, 2);
	for (unsigned slot = 0; slot < header->slots; slot++)
		if (pc == reading->plan->room + 8 * slot)
			pc = header->vectors + (slot << header->stride);
	if (in_caller_vectors(reading, pc) && excepted_to_el1(reading, pc))
		return;
	if (hvc_exception_el(reading->pstate) < 2 || (fetch && caller_chose(reading, pc)) ||
	    (in_harness(reading, pc) &&
	     (ec == HVC_EC_HVC64 || ec == HVC_EC_HVC32 || is_smc((uint64_t)ec << 26))))
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
	const struct wire_header *header = &reading->plan->header;
	uint64_t mask = is_hyp(reading) ? HVBAR_BASE : HVC_MASK_VBAR;
	uint64_t offset = pc - (reg(reading, HVC_REG_VBAR_EL2) & mask);
	bool esr = reg(reading, HVC_REG_ESR_EL2) != reading->result->esr_el2;
	bool elr = reg(reading, HVC_REG_ELR_EL2) != reading->result->elr_el2;
	bool spsr = reg(reading, HVC_REG_SPSR_EL2) != reading->result->spsr_el2;

	if (offset >> header->stride >= header->slots ||
	    offset >> header->stride << header->stride != offset)
		return false;
	return esr || (reg(reading, HVC_REG_ELR_EL2) != pc && (elr || spsr));
}

static void entered(struct reading *reading, uint64_t pc, unsigned el)
{
	enum hvc_ec smc = is_hyp(reading) ? HVC_EC_SMC32 : HVC_EC_SMC64;

	if (el == 2 && is_exception_to_el2(reading, pc))
		excepted_to_el2(reading);
	else if (el == 2 && !in_harness(reading, pc))
		end(reading, HVC_OUTCOME_FORWARD, pc, (uint64_t)smc << 26 | HVC_ESR_IL, 0);
	else if (!in_caller_vectors(reading, pc) || !excepted_to_el1(reading, pc))
		arrive(reading, landed(reading, pc));
}

static void conclude(struct reading *reading)
{
	const struct wire_result *result = reading->result;
	unsigned el = hvc_exception_el(result->spsr);

	reading->pstate = result->spsr;
	if (result->fiq && result->elr - reading->call_pc <= 4)
		arrive(reading, result->elr);
	else if (result->fiq && el == 2 && is_exception_to_el2(reading, result->elr))
		excepted_to_el2(reading); /* to a table of the subject that keeps it there */
	else if (result->fiq)
		end(reading, HVC_OUTCOME_SPIN, result->elr, 0, 0);
	else if (!is_smc(result->esr))
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
		bool own = inside(address, hvc_oracle__place(plan->hyp, HVC_EL2_DATA),
		                  HVC_EL2_DATA_SIZE);

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

static bool is_own(uint64_t word)
{
	return word == WIRE_SMC || word == WIRE_A32 || word == WIRE_T32 || word == WIRE_PAD;
}

/* Does a register hold an instruction that the program put where calls end? */
static bool has_peeked(const struct wire_result *result, unsigned regs)
{
	bool found = false;

	for (unsigned i = 0; i < HVC_GPR_COUNT + regs; i++) {
		uint64_t value = i < HVC_GPR_COUNT ? result->x[i] : result->reg[i - HVC_GPR_COUNT];

		found = found || is_own(value >> 32) || is_own(value & UINT32_MAX);
	}
	return found;
}

void hvc_oracle__answer(const struct hvc_oracle_plan *plan, const struct hvc_oracle_call *call,
                        const struct wire_result *world, const struct wire_result *result,
                        struct hvc_oracle_answer *out)
{
	/* QEMU keeps SPSR of the present mode out of EL3's sight. */
	static const enum hvc_reg unseen[] = {HVC_REG_SPSR_EL1, HVC_REG_SPSR_EL2};
	const struct hvc_state *given = plan->config->world[call->world];
	struct reading reading = {plan, call, result, out, hvc_call__address(&call->call), 0};
	uint64_t *v = out->outcome.state.v;

	memset(out, 0, sizeof *out);
	out->known = *plan->config->present;
	hvc_regset_remove(&out->known, HVC_REG_SCR_EL3); /* the program's own, out of EL2's reach */
	/* Not asked for, or zero for ever in QEMU. */
	for (unsigned i = 0; i < HVC_REG_COUNT; i++) {
		unsigned held = hvc_held__find(hvc_reg_info((enum hvc_reg)i)->encoding);

		if (i > HVC_REG_SCR_EL3 ||
		    (held >= HVC_TRAP_REGISTERS && held < HVC_HELD_REGISTERS))
			hvc_regset_remove(&out->known, (enum hvc_reg)i);
	}
	if (plan->hyp)
		forget(&out->known, unseen, 2);
	copy_registers(plan, world, &out->world);
	if (plan->hyp)
		out->world.v[HVC_REG_SP_EL2] = given->v[HVC_REG_SP_EL2]; /* a call brings it */
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
	out->nested = result->fiq && result->entries > 1 && hvc_exception_el(result->spsr) == 2;
	conclude(&reading);
	out->outcome.level = hvc_level__from_mode((unsigned)(reading.pstate & HVC_PSTATE_M));
	if (plan->hyp)
		v[15] = call->call.x[15] & UINT32_MAX;
	v[HVC_REG_NZCV] = reading.pstate & HVC_PSTATE_NZCV;
	v[HVC_REG_DAIF] = reading.pstate & HVC_PSTATE_DAIF;
	v[HVC_REG_PSTATE] = hvc_exception_el(reading.pstate) < 2
	                            ? hvc_call__kept(reading.pstate)
	                            : hvc_call__kept(hvc_call__pstate(&call->call, given));
	if (hvc_oracle__traps(plan, &call->call) && !(given->v[HVC_REG_HCR_EL2] & HVC_HCR_TSC)) {
		v[HVC_REG_HCR_EL2] &= ~HVC_HCR_TSC; /* set for this call only */
		out->world.v[HVC_REG_HCR_EL2] &= ~HVC_HCR_TSC;
	}
	take_memory(plan, result, out);
}
