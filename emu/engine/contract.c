/* SPDX-License-Identifier: MIT */
/* What calls do to each register, measured with many register files, and held to the ABI. */
#include "engine/contract.h"

#include <stdlib.h>

#include "abi/abi.h"
#include "base/grow.h"
#include "engine/probe.h"
#include "engine/scene.h"
#include "hvcheck/verdict.h"
#include "machine/outcome.h"
#include "machine/world.h"

/*
 * A class is measured by a few of its calls: at both ends of its immediates, with several of the
 * register values that fall in it. Each is then made with many register files.
 */

#define CALLS_EACH 24u /* of one class */

static struct hvc_contract_class *new_class(struct hvc_contract *contract, unsigned most)
{
	if (!contract->class_)
		contract->class_ = calloc(most ? most : 1, sizeof *contract->class_);
	return contract->class_ ? &contract->class_[contract->classes++] : NULL;
}

/* Where a rule's immediates begin and end: each of the first few intervals. */
static bool choose_of_rule(const struct hvc_contract_config *config, unsigned rule, unsigned class_,
                           const struct hvc_probes *probes, struct hvc_contract_calls *out)
{
	const struct hvc_rule *says = hvc_abi_rule_at(config->abi, rule);
	unsigned found = 0, worlds = hvc_abi_world_count(config->abi);

	for (unsigned i = 0; i < 2 * says->imms && found < CALLS_EACH; i++) {
		uint64_t imm = i & 1 ? says->imm[i / 2].hi : says->imm[i / 2].lo;

		if (i & 1 && imm == says->imm[i / 2].lo)
			continue;
		for (unsigned p = 0; p < probes->count && found < CALLS_EACH; p++)
			for (unsigned world = 0; world < worlds && found < CALLS_EACH; world++) {
				struct hvc_call call = probes->probe[p].call;

				call.imm = (uint16_t)imm;
				if (hvc_abi__rule_of(config->abi, world, &call) != (int)rule)
					continue;
				if (!hvc_contract__add(out, class_, world, &probes->probe[p],
				                       call.imm))
					return false;
				found++;
			}
	}
	return true;
}

static enum hvc_status choose_by_rules(const struct hvc_contract_config *config,
                                       struct hvc_contract *contract,
                                       struct hvc_contract_calls *out)
{
	const struct hvc_probe_config wanted = {
	        .abi = &config->abi,
	        .abis = 1,
	        .levels = hvc_abi__levels(config->abi) & (config->levels ? config->levels : ~0u),
	        .insns = hvc_abi__insns(config->abi) & (config->insns ? config->insns : ~0u),
	        .brief = true,
	};
	unsigned rules = hvc_abi_rule_count(config->abi);
	struct hvc_probes probes;
	bool ok = true;

	HVC_TRY(hvc_probes__make(&wanted, &probes));
	for (unsigned r = 0; ok && r < rules; r++) {
		const struct hvc_rule *rule = hvc_abi_rule_at(config->abi, r);
		struct hvc_contract_class *class_;
		unsigned before = out->calls;

		for (unsigned i = 0; i < rule->conditions; i++)
			hvc_regset_add(&out->selectors, rule->condition[i].reg);
		if (!rule->specified)
			continue;
		ok = choose_of_rule(config, r, contract->classes, &probes, out);
		if (!ok || out->calls == before)
			continue; /* none of these callers can reach it */
		class_ = new_class(contract, rules);
		ok = class_ != NULL;
		if (ok) {
			class_->rule = (int)r;
			class_->kind = rule->outcome;
			hvc_contract__promise(rule, class_);
		}
	}
	hvc_probes__free(&probes);
	return ok ? HVC_OK : HVC_E_NOMEM;
}

/* Classes for the rules that calls were found for. */
static bool number_classes(const struct hvc_contract_config *config, struct hvc_contract *contract,
                           struct hvc_contract_calls *out)
{
	unsigned rules = hvc_abi_rule_count(config->abi);

	for (unsigned r = 0, i; r < rules; r++) {
		const struct hvc_rule *rule = hvc_abi_rule_at(config->abi, r);
		struct hvc_contract_class *class_;

		for (unsigned k = 0; k < rule->conditions; k++)
			hvc_regset_add(&out->selectors, rule->condition[k].reg);
		for (i = 0; i < out->calls && out->call[i].class_ != r;)
			i++;
		if (i == out->calls)
			continue;
		class_ = new_class(contract, rules);
		if (!class_)
			return false;
		class_->rule = (int)r;
		class_->kind = rule->outcome;
		hvc_contract__promise(rule, class_);
	}
	for (unsigned i = 0; i < out->calls; i++)
		for (unsigned k = 0; k < contract->classes; k++)
			if (contract->class_[k].rule == (int)out->call[i].class_) {
				out->call[i].class_ = k;
				break;
			}
	return true;
}

enum hvc_status hvc_contract__choose(const struct hvc_contract_config *config,
                                     struct hvc_contract *contract, struct hvc_diag *diag,
                                     struct hvc_contract_calls *out)
{
	enum hvc_status status = HVC_OK;

	HVC_TRY(hvc_contract__prove(config, out, &contract->proved, diag));
	if (contract->proved)
		status = number_classes(config, contract, out) ? HVC_OK : HVC_E_NOMEM;
	else {
		out->calls = 0;
		status = choose_by_rules(config, contract, out);
	}
	return status == HVC_OK
	               ? HVC_OK
	               : hvc_diag_set(diag, status, NULL, 0, 0, "%s", hvc_strerror(status));
}

#define SEEDS 16u

struct measure {
	const struct hvc_contract_config *config;
	struct hvc_contract *contract;
	struct hvc_contract_calls calls;
	size_t finding_capacity;

	/* the machine under way */
	struct hvc_machine *machine;
	struct hvc_world world;
	struct hvc_masks masks;
	struct hvc_simd simd;
	uint64_t seed;
};

static enum hvc_status open_machine(struct measure *m, unsigned world, struct hvc_diag *diag)
{
	struct hvc_call fill;

	HVC_TRY(hvc_contract__world(m->config, world, &m->world, diag));
	hvc_call_init(&fill, m->seed ^ UINT64_C(0x5eed));
	/* Hyp mode has other registers for scratch than these. */
	for (unsigned i = 0;
	     m->seed && !hvc_cpu__is_hyp(m->world.cpu) && i < hvc_contract__scratches; i++)
		HVC_TRY(hvc_world_set(&m->world, hvc_contract__scratch[i].reg,
		                      fill.x[i] & hvc_contract__scratch[i].mask));
	HVC_TRY(hvc_scene__machine(m->config->subject, &m->world, m->config->budget, diag,
	                           &m->machine));
	hvc_masks__of(hvc_machine_present(m->machine), &m->masks);
	hvc_simd_init(&m->simd, m->seed);
	hvc_machine_set_simd(m->machine, &m->simd);
	return HVC_OK;
}

/* The chosen call with all registers filled anew but those that select it. */
static void fill_call(const struct measure *m, const struct hvc_contract_call *chosen,
                      struct hvc_call *call)
{
	*call = chosen->probe.call;
	if (m->seed) {
		hvc_call_init(call, m->seed);
		for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
			if (hvc_regset_has(&m->calls.selectors, (enum hvc_reg)n) ||
			    chosen->probe.reg == (enum hvc_reg)n)
				call->x[n] = chosen->probe.call.x[n];
		call->from = chosen->probe.call.from;
		call->insn = chosen->probe.call.insn;
	}
	call->imm = chosen->imm;
}

/* Only of calls that come back: see contract.h. */
static bool add_finding(struct measure *m, unsigned class_, unsigned place,
                        const struct hvc_contract_call *chosen, const struct hvc_call *call)
{
	struct hvc_contract *contract = m->contract;
	const struct hvc_contract_class *of = &contract->class_[class_];
	struct hvc_contract_finding *finding;

	if (of->kind != HVC_OUTCOME_RETURN && of->kind != HVC_OUTCOME_RETRY &&
	    of->kind != HVC_OUTCOME_INJECT)
		return true;
	if (!hvc_grow(&contract->finding, &m->finding_capacity, contract->findings,
	              sizeof *contract->finding))
		return false;
	finding = &contract->finding[contract->findings++];
	*finding = (struct hvc_contract_finding){
	        .class_ = class_,
	        .place = place,
	        .allowed = of->place[place].allowed,
	        .probe = chosen->probe,
	        .world = m->world,
	};
	finding->probe.call = *call;
	finding->probe.seed = m->seed;
	contract->broken += !finding->allowed;
	return true;
}

/* Changed once more: is it to the same value? */
static void tell(struct hvc_clause_fate *is, bool reg, uint64_t value)
{
	if (is->fate == HVC_FATE_CLOBBERED)
		is->told = is->told && reg && is->value.value == value;
	else
		*is = (struct hvc_clause_fate){
		        .fate = HVC_FATE_CLOBBERED,
		        .measured = true,
		        .allowed = is->allowed,
		        .told = reg,
		        .value = {.kind = HVC_TERM_CONST, .reg = HVC_REG_NONE, .value = value}};
}

static bool note(struct measure *m, const struct hvc_contract_call *chosen,
                 const struct hvc_call *call, const struct hvc_outcome *outcome,
                 const struct hvc_state *before)
{
	struct hvc_contract_class *class_ = &m->contract->class_[chosen->class_];
	const struct hvc_rule *rule = hvc_abi_rule_at(m->config->abi, (unsigned)class_->rule);
	const struct hvc_context context = {before, call};
	struct hvc_simd simd;

	hvc_machine_simd(m->machine, &simd);
	for (unsigned place = 0; place < HVC_PLACES; place++) {
		struct hvc_clause_fate *is = &class_->place[place];
		bool reg = place < HVC_REG_COUNT, known = is->fate == HVC_FATE_CLOBBERED;
		uint64_t value = reg ? outcome->state.v[place] & m->masks.v[place] : 0;
		bool changed = reg ? value != (before->v[place] & m->masks.v[place])
		                   : !hvc_simd__same(&simd, &m->simd, place - HVC_REG_COUNT);

		if (!hvc_contract__measures(&m->masks, outcome->kind, outcome->level, place))
			continue;
		is->measured = true;
		if (reg && hvc_contract__is_result(rule, (enum hvc_reg)place, &context,
		                                   outcome->state.v[place])) {
			if (is->fate == HVC_FATE_PRESERVED)
				is->fate = HVC_FATE_RESULT;
			continue;
		}
		if (!changed)
			continue;
		tell(is, reg, value);
		if (!known && !add_finding(m, chosen->class_, place, chosen, call))
			return false;
	}
	return true;
}

static enum hvc_status make_call(struct measure *m, const struct hvc_contract_call *chosen,
                                 struct hvc_diag *diag)
{
	struct hvc_contract_class *class_ = &m->contract->class_[chosen->class_];
	struct hvc_outcome outcome;
	struct hvc_state before;
	struct hvc_call call;

	fill_call(m, chosen, &call);
	if (hvc_abi__rule_of(m->config->abi, chosen->world, &call) != class_->rule)
		return HVC_OK;
	HVC_TRY(hvc_machine_reset(m->machine, diag));
	HVC_TRY(hvc_machine_call(m->machine, &call, diag, &outcome));
	m->contract->calls++;
	if (outcome.kind != class_->kind) {
		class_->strays++;
		return HVC_OK;
	}
	class_->calls++;
	hvc_entry_state(hvc_machine_entry(m->machine), &call, &before);
	return note(m, chosen, &call, &outcome, &before)
	               ? HVC_OK
	               : hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
}

static enum hvc_status measure_all(struct measure *m, struct hvc_diag *diag)
{
	unsigned worlds = hvc_abi_world_count(m->config->abi);
	enum hvc_status status = HVC_OK;

	for (unsigned world = 0; world < worlds; world++)
		for (m->seed = 0; status == HVC_OK && m->seed < m->contract->seeds; m->seed++) {
			HVC_TRY(open_machine(m, world, diag));
			for (unsigned i = 0; status == HVC_OK && i < m->calls.calls; i++)
				if (m->calls.call[i].world == world)
					status = make_call(m, &m->calls.call[i], diag);
			hvc_machine_close(m->machine);
		}
	return status;
}

/* The calls have to show what is proved, and nothing else; to what, the proof knows better. */
static enum hvc_status hold(struct measure *m, struct hvc_diag *diag)
{
	for (unsigned i = 0; i < m->contract->classes; i++) {
		struct hvc_contract_class *class_ = &m->contract->class_[i];
		const struct hvc_contract_change *change =
		        &m->calls.change[(unsigned)class_->rule * HVC_PLACES];

		for (unsigned place = 0; place < HVC_PLACES; place++) {
			class_->place[place].told = change[place].told;
			class_->place[place].value = change[place].value;
			if (change[place].changes !=
			    (class_->place[place].fate == HVC_FATE_CLOBBERED))
				return hvc_diag_set(
				        diag, HVC_E_ENGINE, NULL, 0, 0,
				        "a fault of hvcheck: rule %s: %s is %s by the proof, not "
				        "by the machine",
				        hvc_abi_rule_at(m->config->abi, (unsigned)class_->rule)
				                ->name,
				        hvc_place__name(place),
				        change[place].changes ? "changed" : "kept");
		}
	}
	return HVC_OK;
}

static int by_class(const void *a, const void *b)
{
	const struct hvc_contract_finding *x = a, *y = b;

	if (x->class_ != y->class_)
		return x->class_ < y->class_ ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

enum hvc_status hvc_contract__measure(const struct hvc_contract_config *config,
                                      struct hvc_diag *diag, struct hvc_contract **out)
{
	struct hvc_contract *contract = calloc(1, sizeof *contract);
	struct measure *m = calloc(1, sizeof *m);
	enum hvc_status status = HVC_E_NOMEM;

	if (!contract || !m) {
		hvc_diag_set(diag, status, NULL, 0, 0, "out of memory");
	} else {
		m->config = config;
		m->contract = contract;
		contract->abi = config->abi;
		status = hvc_contract__choose(config, contract, diag, &m->calls);
		contract->seeds = config->seeds ? config->seeds : contract->proved ? 2 : SEEDS;
	}
	if (status == HVC_OK)
		status = measure_all(m, diag);
	if (status == HVC_OK && contract->proved)
		status = hold(m, diag);
	if (status == HVC_OK && contract->findings)
		qsort(contract->finding, contract->findings, sizeof *contract->finding, by_class);
	if (m)
		free(m->calls.call);
	if (m)
		free(m->calls.change);
	free(m);
	if (status != HVC_OK) {
		hvc_contract__free(contract);
		return status;
	}
	*out = contract;
	return HVC_OK;
}

void hvc_contract__free(struct hvc_contract *contract)
{
	if (!contract)
		return;
	free(contract->class_);
	free(contract->finding);
	free(contract);
}
