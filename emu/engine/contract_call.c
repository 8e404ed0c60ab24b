/* SPDX-License-Identifier: MIT */
/*
 * A class is measured by a few of its calls: at both ends of its immediates, with several of the
 * register values that fall in it. Each is then made with many register files.
 */
#include <stdlib.h>

#include "abi/abi.h"
#include "engine/contract.h"
#include "engine/probe.h"

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
