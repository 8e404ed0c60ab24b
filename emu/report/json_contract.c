/* SPDX-License-Identifier: MIT */
/* JSON of a contract. */
#include "engine/call.h"
#include "report/contract_words.h"
#include "report/json_class.h"

static void add_places(struct hvc_json *json, const struct hvc_contract_class *class_,
                       enum hvc_fate fate)
{
	hvc_json__array(json, hvc_fate__name(fate));
	for (unsigned place = 0; place < HVC_PLACES; place++)
		if (class_->place[place].measured && class_->place[place].fate == fate)
			hvc_json__string(json, NULL, hvc_place__name(place));
	hvc_json__close(json);
}

static void add_clobbered(struct hvc_json *json, const struct hvc_contract_class *class_)
{
	char value[80];

	hvc_json__array(json, "clobbered");
	for (unsigned place = 0; place < HVC_PLACES; place++) {
		const struct hvc_clause_fate *is = &class_->place[place];

		if (is->fate != HVC_FATE_CLOBBERED)
			continue;
		hvc_json__put(json, "{ register", hvc_place__name(place));
		if (is->told) {
			hvc_term__print(&is->value, value, sizeof(value));
			hvc_json__string(json, "value", value);
		} else {
			hvc_json__null(json, "value");
		}
		hvc_json__put(json, "allowed }", is->allowed);
	}
	hvc_json__close(json);
}

static void add_classes(struct hvc_json *json, const struct hvc_contract *contract)
{
	hvc_json__array(json, "classes");
	for (unsigned i = 0; i < contract->classes; i++) {
		const struct hvc_contract_class *class_ = &contract->class_[i];

		hvc_json__object(json, NULL);
		if (class_->rule < 0)
			hvc_json__number(json, "class", class_->class_);
		else
			hvc_json__string(
			        json, "rule",
			        hvc_abi_rule_at(contract->abi, (unsigned)class_->rule)->name);
		hvc_json__put(json, "outcome calls strays", hvc_outcome_name(class_->kind),
		              class_->calls, class_->strays);
		add_places(json, class_, HVC_FATE_RESULT);
		add_clobbered(json, class_);
		add_places(json, class_, HVC_FATE_PRESERVED);
		hvc_json__close(json);
	}
	hvc_json__close(json);
}

void hvc_json__contract(struct hvc_json *json, const struct hvc_contract *contract,
                        const char *subject)
{
	if (!contract)
		return;
	hvc_json__put(json, "contract{ proved register_files calls", contract->proved,
	              contract->seeds, contract->calls);
	add_classes(json, contract);
	hvc_json__array(json, "findings");
	for (unsigned i = 0; i < contract->findings; i++) {
		const struct hvc_contract_finding *finding = &contract->finding[i];
		const struct hvc_contract_class *class_ = &contract->class_[finding->class_];

		hvc_json__put(json, "{ rule register allowed",
		              hvc_abi_rule_at(contract->abi, (unsigned)class_->rule)->name,
		              hvc_place__name(finding->place), finding->allowed);
		hvc_json__witness(json, "witness", subject, &finding->world, &finding->probe,
		                  finding->probe.call.imm);
		hvc_json__close(json);
	}
	hvc_json__put(json, "] }");
}
