/* SPDX-License-Identifier: MIT */
/* The contract that an exact map shows: of each class, what its row says becomes of registers. */
#include <stdlib.h>
#include <string.h>

#include "engine/contract.h"
#include "engine/exact.h"

/* Of a handler's arguments the row tells, and of nothing else. */
#define ARGUMENTS 8u

/* "q7", "q7.high"; HVC_PLACES: none that is told. */
static unsigned place_of(const struct hvc_row_effect *effect)
{
	size_t length = strcspn(effect->name, ".");

	if (effect->reg != HVC_REG_NONE)
		return effect->reg;
	for (unsigned place = HVC_REG_COUNT; place < HVC_PLACES; place++)
		if (strlen(hvc_place__name(place)) == length &&
		    !memcmp(hvc_place__name(place), effect->name, length))
			return place;
	return HVC_PLACES;
}

static bool is_known(const struct hvc_masks *masks, const struct hvc_row *row, unsigned place)
{
	if (row->why || row->kind == HVC_OUTCOME_FAULT || row->kind == HVC_OUTCOME_SPIN)
		return false;
	if (row->kind == HVC_OUTCOME_HANDOFF)
		return place < ARGUMENTS;
	return hvc_contract__measures(masks, row->kind, row->level, place);
}

static void fill(const struct hvc_exact *exact, const struct hvc_exact_part *part,
                 const struct hvc_row *row, struct hvc_contract_class *class_)
{
	struct hvc_masks masks;

	hvc_masks__of(hvc_machine_present(exact->machine), &masks);
	class_->rule = -1;
	class_->kind = row->kind;
	for (unsigned place = 0; place < HVC_PLACES; place++) {
		class_->place[place].allowed = true;
		class_->place[place].measured = is_known(&masks, row, place);
	}
	for (unsigned i = 0; i < row->effects; i++) {
		unsigned place = place_of(&row->effect[i]);
		struct hvc_clause_fate *is;

		if (place == HVC_PLACES || !class_->place[place].measured)
			continue;
		is = &class_->place[place];
		is->fate = HVC_FATE_CLOBBERED;
		is->told = place < HVC_REG_COUNT &&
		           hvc_contract__say(exact->terms, part->before, row->effect[i].value,
		                             &is->value);
	}
}

enum hvc_status hvc_contract__of_exact(const struct hvc_exact *exact, struct hvc_diag *diag,
                                       struct hvc_contract **out)
{
	struct hvc_contract *contract = calloc(1, sizeof *contract);
	unsigned rows = 0;

	for (unsigned i = 0; i < exact->parts; i++)
		rows += exact->part[i].same ? 0 : exact->part[i].rows;
	if (contract)
		contract->class_ = calloc(rows + 1, sizeof *contract->class_);
	if (!contract || !contract->class_) {
		free(contract);
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	}
	contract->proved = hvc_exact__is_complete(exact);
	for (unsigned i = 0; i < exact->parts; i++)
		for (unsigned k = 0; !exact->part[i].same && k < exact->part[i].rows; k++) {
			contract->class_[contract->classes].class_ = contract->classes;
			fill(exact, &exact->part[i], &exact->part[i].row[k],
			     &contract->class_[contract->classes++]);
		}
	*out = contract;
	return HVC_OK;
}
