/* SPDX-License-Identifier: MIT */
/* Text of a contract. */
#include <string.h>

#include "report/contract_words.h"

static void put_results(struct hvc_table *table, unsigned column,
                        const struct hvc_contract_class *class_)
{
	struct hvc_regset results = {{0, 0}};
	struct hvc_words words = {0};

	for (unsigned reg = 0; reg < HVC_REG_COUNT; reg++)
		if (class_->place[reg].fate == HVC_FATE_RESULT)
			hvc_regset_add(&results, (enum hvc_reg)reg);
	hvc_words__ranges(&words, &results);
	hvc_table__take(table, column, HVC_INK_PLAIN, &words);
}

static void put_class(struct hvc_table *table, const struct hvc_contract *contract,
                      const struct hvc_contract_class *class_)
{
	struct hvc_words name = {0}, clobbered = {0}, kept = {0};
	char calls[HVC_NUMBER_SIZE];
	enum hvc_ink ink = HVC_INK_PLAIN;

	for (unsigned place = 0; place < HVC_PLACES; place++)
		if (class_->place[place].fate == HVC_FATE_CLOBBERED)
			ink = !class_->place[place].allowed ? HVC_INK_BAD
			      : ink == HVC_INK_BAD          ? ink
			                                    : HVC_INK_WARN;
	hvc_words__class_name(&name, contract, class_);
	hvc_words__clobbered(&clobbered, class_);
	hvc_words__preserved(&kept, class_);
	hvc_table__row(table);
	hvc_table__take(table, 0, HVC_INK_STRONG, &name);
	if (contract->abi) {
		hvc_table__cell(table, 1, HVC_INK_PLAIN, "%s",
		                hvc_words__number(class_->calls, calls));
		put_results(table, 3, class_);
	}
	hvc_table__cell(table, contract->abi ? 2 : 1, HVC_INK_PLAIN, "%s",
	                hvc_outcome_name(class_->kind));
	hvc_table__take(table, contract->abi ? 4 : 2, contract->abi ? ink : HVC_INK_PLAIN,
	                &clobbered);
	hvc_table__take(table, contract->abi ? 5 : 3, HVC_INK_FAINT, &kept);
}

enum hvc_status hvc_contract__text(const struct hvc_page *page, const struct hvc_contract *contract,
                                   struct hvc_diag *diag)
{
	struct hvc_table *table;
	char title[128];

	if (!contract)
		return HVC_OK;
	if (contract->proved)
		snprintf(title, sizeof(title), "Register contract, proved for every input");
	else if (!contract->abi)
		snprintf(title, sizeof(title), "Register contract, of the classes that are proved");
	else
		snprintf(title, sizeof(title), "Register contract, over %u register files a call",
		         contract->seeds);
	hvc_page__heading(page, "%s", title);
	table = contract->abi
	                ? hvc_table__new(page, "Rule|Calls>|Outcome|Results~|Clobbered~|Preserved~")
	                : hvc_table__new(page, "Class>|Outcome|Changed~|Preserved~");
	for (unsigned i = 0; i < contract->classes; i++)
		put_class(table, contract, &contract->class_[i]);
	return hvc_table__print(table, diag);
}

static const struct hvc_contract_class *class_named(const struct hvc_contract *contract,
                                                    const char *name)
{
	for (unsigned i = 0; i < contract->classes; i++)
		if (!strcmp(hvc_abi_rule_at(contract->abi, (unsigned)contract->class_[i].rule)
		                    ->name,
		            name))
			return &contract->class_[i];
	return NULL;
}

static void put_pair(struct hvc_table *table, const char *name,
                     const struct hvc_contract_class *const side[HVC_SIDE_COUNT])
{
	hvc_table__row(table);
	hvc_table__cell(table, 0, HVC_INK_STRONG, "%s", name);
	for (unsigned i = 0; i < HVC_SIDE_COUNT; i++) {
		struct hvc_words words = {0};

		if (!side[i]) {
			hvc_table__cell(table, i + 1, HVC_INK_FAINT, "-");
			continue;
		}
		hvc_words__clobbered(&words, side[i]);
		hvc_table__take(table, i + 1, HVC_INK_PLAIN, &words);
	}
}

enum hvc_status hvc_contract__diff_text(const struct hvc_page *page, const struct hvc_diff *diff,
                                        struct hvc_diag *diag)
{
	const struct hvc_contract *const *contract = diff->contract;
	struct hvc_table *table;

	if (!contract[HVC_SIDE_OLD] || !contract[HVC_SIDE_NEW])
		return HVC_OK;
	hvc_page__heading(page, "Register contract: clobbered, neither kept nor a result");
	table = hvc_table__new(page, "Operation|%s~|%s~", diff->name[HVC_SIDE_OLD],
	                       diff->name[HVC_SIDE_NEW]);
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
		for (unsigned i = 0; i < contract[side]->classes; i++) {
			const struct hvc_contract_class *class_ = &contract[side]->class_[i];
			const char *name =
			        hvc_abi_rule_at(contract[side]->abi, (unsigned)class_->rule)->name;
			const struct hvc_contract_class *pair[HVC_SIDE_COUNT] = {
			        class_named(contract[HVC_SIDE_OLD], name),
			        class_named(contract[HVC_SIDE_NEW], name),
			};

			if (side == HVC_SIDE_OLD || !pair[HVC_SIDE_OLD])
				put_pair(table, name, pair);
		}
	return hvc_table__print(table, diag);
}
