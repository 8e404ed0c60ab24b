/* SPDX-License-Identifier: MIT */
/*
 * The instruction that did it: a call that breaks its rule is made once more, step by step, and
 * what is wrong is followed back to where it comes from. A register that was loaded again from
 * where it had been saved has its value from before that, and so has one that was moved.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "abi/abi.h"
#include "engine/cause.h"
#include "engine/check.h"
#include "machine/access.h"
#include "machine/world.h"
#include "subject/a64.h"
#include "subject/subject.h"

#define STEPS_MAX 4096u /* the last so many are kept */
#define TURNS_MAX 16u   /* loads and moves that are followed back */

/* What one instruction found and left. */
struct moment {
	uint64_t pc;
	uint32_t word;
	enum hvc_isa isa;
	uint64_t q[2]; /* of the vector register in question, after it */
	struct hvc_state before, after;
};

struct film {
	struct hvc_machine *machine;
	const struct hvc_verdict *verdict;
	struct moment *moment; /* a ring */
	uint64_t steps;
};

/* Shared with the process that makes the call. */
struct bench {
	struct hvc_flight flight;
	struct hvc_cause cause;
};

struct work {
	const struct hvc_cause_config *config;
	struct bench *bench;
};

bool hvc_cause__access(const struct hvc_step *step, struct hvc_a64_access *access,
                       uint64_t *address)
{
	const uint64_t *v = step->before->v;

	if (step->isa != HVC_ISA_A64 || !hvc_a64__access(step->word, access) || !access->size)
		return false;
	*address = hvc_access__at(access, step->pc, v + HVC_REG_X0, v[HVC_REG_SP_EL2]);
	return true;
}

static bool is_vector(const struct hvc_verdict *verdict)
{
	return verdict->other && verdict->other <= HVC_SIMD_COUNT;
}

static void record(void *ctx, const struct hvc_step *step)
{
	struct film *film = ctx;
	struct moment *moment = &film->moment[film->steps++ % STEPS_MAX];

	moment->pc = step->pc;
	moment->word = step->word;
	moment->isa = step->isa;
	moment->before = *step->before;
	moment->after = *step->after;
	if (is_vector(film->verdict)) {
		struct hvc_simd simd;

		hvc_machine_simd(film->machine, &simd);
		memcpy(moment->q, simd.q[film->verdict->other - 1], sizeof moment->q);
	}
}

/* Step `index` of all; the ring has those from first() on. */
static const struct moment *at(const struct film *film, uint64_t index)
{
	return &film->moment[index % STEPS_MAX];
}

static uint64_t first(const struct film *film)
{
	return film->steps > STEPS_MAX ? film->steps - STEPS_MAX : 0;
}

static bool access_of(const struct moment *m, struct hvc_a64_access *access, uint64_t *address)
{
	const struct hvc_step step = {
	        .pc = m->pc, .word = m->word, .isa = m->isa, .before = &m->before};

	return hvc_cause__access(&step, access, address);
}

/* The last step before `end` that stored to the address, and the register that it stored. */
static bool find_store(const struct film *film, uint64_t end, uint64_t address, uint64_t *index,
                       unsigned *reg)
{
	for (uint64_t i = end; i-- > first(film);) {
		struct hvc_a64_access access;
		uint64_t to, offset;

		if (!access_of(at(film, i), &access, &to) || !access.store)
			continue;
		offset = address - to;
		if (offset >= access.size * (access.rt == access.rt2 ? 1u : 2u))
			continue;
		*index = i;
		*reg = offset < access.size ? access.rt : access.rt2;
		return !access.vector;
	}
	return false;
}

static bool find_change(const struct film *film, uint64_t end, unsigned reg, uint64_t *index)
{
	for (uint64_t i = end; i-- > first(film);) {
		const struct moment *m = at(film, i);

		if (m->before.v[reg] != m->after.v[reg]) {
			*index = i;
			return true;
		}
	}
	return false;
}

/* Of a step that put a value into a register: another one that it had it from, before step *end. */
static bool goes_back(const struct film *film, uint64_t index, unsigned reg, unsigned *from,
                      uint64_t *end)
{
	const struct moment *m = at(film, index);
	struct hvc_a64_access access;
	uint64_t address;

	if (reg >= HVC_GPR_COUNT || m->isa != HVC_ISA_A64)
		return false;
	*end = index;
	if ((m->word & UINT32_C(0x7fe0ffe0)) == UINT32_C(0x2a0003e0)) { /* MOV Xd, Xm */
		*from = m->word >> 16 & 31;
		return *from < HVC_GPR_COUNT;
	}
	if (!access_of(m, &access, &address) || !access.load || access.store || access.vector)
		return false;
	if (reg != access.rt && reg != access.rt2)
		return false;
	if (reg != access.rt)
		address += access.size;
	return find_store(film, index, address, end, from) && *from < HVC_GPR_COUNT;
}

static bool find_register(const struct film *film, unsigned reg, uint64_t *index)
{
	uint64_t end = film->steps, next;

	if (!find_change(film, end, reg, index))
		return false;
	for (unsigned i = 0; i < TURNS_MAX; i++) {
		if (!goes_back(film, *index, reg, &reg, &end) ||
		    !find_change(film, end, reg, &next))
			break;
		*index = next;
	}
	return true;
}

/* The last write of a register without a row. */
static bool find_other(const struct film *film, hvc_other other, uint64_t *index)
{
	for (uint64_t i = film->steps; i-- > first(film);) {
		const struct moment *m = at(film, i);
		struct hvc_sysop op;

		*index = i;
		if (is_vector(film->verdict) &&
		    (i == first(film) || memcmp(m->q, at(film, i - 1)->q, sizeof m->q) != 0))
			return i > first(film);
		if (!is_vector(film->verdict) && m->isa == HVC_ISA_A64 &&
		    hvc_a64__sysop(m->word, &op) && op.write &&
		    HVC_OTHER_SYS(op.op0, op.op1, op.crn, op.crm, op.op2) == other)
			return true;
	}
	return false;
}

/* The first store that the rule does not grant, or to the address in question. */
static bool find_wrong_store(const struct film *film, const struct hvc_cause_config *config,
                             const struct hvc_state *entry, const struct hvc_outcome *outcome,
                             uint64_t *index)
{
	const struct hvc_verdict *verdict = config->verdict;
	const struct hvc_rule *rule = hvc_abi_rule_at(config->abi, (unsigned)verdict->rule);

	for (uint64_t i = first(film); i < film->steps; i++) {
		struct hvc_a64_access access;
		uint64_t to, size;

		if (!access_of(at(film, i), &access, &to) || !access.store)
			continue;
		size = access.size * (access.rt == access.rt2 ? 1u : 2u);
		*index = i;
		if (verdict->clause == HVC_CLAUSE_OWN && verdict->actual - to < size)
			return true;
		for (unsigned k = 0; verdict->clause == HVC_CLAUSE_MEMORY &&
		                     k < outcome->written.count && k < HVC_WRITTEN_MAX;
		     k++)
			if (to - outcome->written.range[k].address <
			            outcome->written.range[k].size &&
			    !hvc_abi__may_write(rule, entry, config->call, to, size))
				return true;
	}
	return false;
}

/* The second load of the address in question. */
static bool find_second_load(const struct film *film, uint64_t address, uint64_t *index)
{
	unsigned loads = 0;

	for (*index = first(film); *index < film->steps; ++*index) {
		struct hvc_a64_access access;
		uint64_t to;

		if (access_of(at(film, *index), &access, &to) && access.load && to == address &&
		    loads++)
			return true;
	}
	return false;
}

/* What came before the first exception that EL2 took itself, into its own vectors. */
static bool find_exception(const struct film *film, uint64_t *index)
{
	for (uint64_t i = first(film) + 1; i < film->steps; i++) {
		const struct moment *m = at(film, i);
		uint64_t slot = m->pc - m->before.v[HVC_REG_VBAR_EL2];

		*index = i - 1;
		if (slot == 0 || slot == 0x200)
			return true;
	}
	return false;
}

/* Where a call goes another way than promised: who set where it ends, else the last step. */
static bool find_end(const struct film *film, const struct hvc_outcome *outcome, bool level,
                     uint64_t *index)
{
	if (!film->steps)
		return false;
	if (outcome->kind == HVC_OUTCOME_FAULT && find_exception(film, index))
		return true;
	*index = film->steps - 1;
	if (outcome->kind == HVC_OUTCOME_FAULT) {
		for (uint64_t i = film->steps; i-- > first(film);)
			if (at(film, i)->pc == outcome->pc) {
				*index = i;
				break;
			}
	} else if (hvc_level__el(outcome->level) < 2) {
		(void)find_change(film, film->steps, level ? HVC_REG_SPSR_EL2 : HVC_REG_ELR_EL2,
		                  index);
	}
	return true;
}

static bool find(const struct film *film, const struct hvc_cause_config *config,
                 const struct hvc_state *entry, const struct hvc_outcome *outcome, uint64_t *index)
{
	const struct hvc_verdict *verdict = config->verdict;
	enum hvc_reg reg = verdict->reg;

	switch (verdict->clause) {
	case HVC_CLAUSE_OUTCOME:
	case HVC_CLAUSE_ADDRESS:
		return find_end(film, outcome, false, index);
	case HVC_CLAUSE_LEVEL:
		return find_end(film, outcome, true, index);
	case HVC_CLAUSE_RESULT:
	case HVC_CLAUSE_PRESERVE:
	case HVC_CLAUSE_WIDTH:
		if (verdict->other)
			return find_other(film, verdict->other, index);
		if (reg == HVC_REG_NONE)
			return find_end(film, outcome, false, index);
		/* ERET only hands on what SPSR_EL2 was made to hold. */
		if (hvc_reg_info(reg)->class_ == HVC_CLASS_PSTATE)
			reg = HVC_REG_SPSR_EL2;
		return find_register(film, reg, index);
	case HVC_CLAUSE_FEATURES:
		return find_register(film, HVC_REG_X0, index);
	case HVC_CLAUSE_FETCH:
		return find_second_load(film, verdict->actual, index);
	case HVC_CLAUSE_MEMORY:
	case HVC_CLAUSE_OWN:
		return find_wrong_store(film, config, entry, outcome, index);
	default:
		return false;
	}
}

/* In a process of its own. */
static enum hvc_status look(void *ctx)
{
	const struct work *work = ctx;
	const struct hvc_cause_config *config = work->config;
	struct hvc_cause *cause = &work->bench->cause;
	struct film film = {.verdict = config->verdict,
	                    .moment = malloc(STEPS_MAX * sizeof *film.moment)};
	const struct hvc_machine_config machine = {
	        .image = *hvc_subject_image(config->subject),
	        .world = config->world,
	        .budget = config->budget,
	        .smc_as_it_is = config->smc_as_it_is,
	        .trace = record,
	        .trace_ctx = &film,
	};
	enum hvc_status status = film.moment ? HVC_OK : HVC_E_NOMEM;
	struct hvc_outcome outcome;
	struct hvc_state entry;
	uint64_t index;

	if (status == HVC_OK)
		status = hvc_machine_open(&machine, NULL, &film.machine);
	if (status == HVC_OK)
		status = hvc_machine_call(film.machine, config->call, NULL, &outcome);
	if (status == HVC_OK) {
		hvc_entry_state(hvc_machine_entry(film.machine), config->call, &entry);
		if (find(&film, config, &entry, &outcome, &index)) {
			cause->known = true;
			cause->pc = at(&film, index)->pc;
			cause->word = at(&film, index)->word;
			cause->isa = at(&film, index)->isa;
		}
	}
	hvc_machine_close(film.machine);
	free(film.moment);
	return status;
}

void hvc_cause__find(const struct hvc_cause_config *config, struct hvc_cause *out)
{
	struct work work = {.config = config};
	const char *symbol;
	uint64_t offset;
	bool died;

	*out = (struct hvc_cause){.known = false};
	work.bench = mmap(NULL, sizeof *work.bench, PROT_READ | PROT_WRITE,
	                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (work.bench == MAP_FAILED)
		return;
	if (hvc_lost__apart(look, &work, &work.bench->flight, &died) == HVC_OK)
		*out = work.bench->cause;
	munmap(work.bench, sizeof *work.bench);
	if (!out->known || !hvc_subject_symbol(config->subject, out->pc, &symbol, &offset))
		return;
	snprintf(out->symbol, sizeof out->symbol, "%s", symbol);
	out->offset = offset;
}

void hvc_cause__print(const struct hvc_cause *cause, char *text, size_t size)
{
	char insn[96], place[HVC_CAUSE_SYMBOL + 24] = "";

	hvc_disasm__in(cause->isa, cause->pc, cause->word, insn, sizeof insn);
	if (cause->symbol[0])
		snprintf(place, sizeof place, cause->offset ? "%s+0x%llx, " : "%s, ", cause->symbol,
		         (unsigned long long)cause->offset);
	snprintf(text, size, "%s0x%llx: %s", place, (unsigned long long)cause->pc, insn);
}
