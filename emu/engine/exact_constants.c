/* SPDX-License-Identifier: MIT */
/* Where register values part rows: what a sweep tries, with their neighbours. */
#include <stdlib.h>

#include "engine/exact.h"

#include "base/grow.h"

struct list {
	struct hvc_constant *constant;
	size_t count, room;
};

static bool add(struct list *list, enum hvc_reg reg, bool word, uint64_t value)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->constant[i].reg == reg && list->constant[i].word == word &&
		    list->constant[i].value == value)
			return true;
	if (!hvc_grow(&list->constant, &list->room, list->count, sizeof *list->constant))
		return false;
	list->constant[list->count++] =
	        (struct hvc_constant){.reg = reg, .word = word, .value = value};
	return true;
}

/* Both ends of each range, of a register or of low bits of one. */
static bool add_member(struct list *list, const struct hvc_member *m)
{
	hvc_ref x = m->key->op == HVC_OP_EXTRACT && !m->key->value ? m->key->arg[0] : m->key;
	bool word = x != m->key && m->key->width <= 32;

	for (size_t i = 0; x->op == HVC_OP_INPUT && i < m->set->count; i++)
		if (x->value < HVC_GPR_COUNT &&
		    (!add(list, (enum hvc_reg)x->value, word, m->set->range[i].lo) ||
		     !add(list, (enum hvc_reg)x->value, word, m->set->range[i].hi)))
			return false;
	return true;
}

enum hvc_status hvc_exact__constants(const struct hvc_exact *exact, struct hvc_constant **out,
                                     size_t *count)
{
	struct list list = {0};

	for (unsigned i = 0; i < exact->parts; i++)
		for (unsigned j = 0; j < exact->part[i].rows; j++) {
			const struct hvc_row *row = &exact->part[i].row[j];

			for (unsigned k = 0; k < row->cases; k++)
				for (size_t m = 0; m < row->case_[k].members; m++)
					if (!add_member(&list, &row->case_[k].member[m])) {
						free(list.constant);
						return HVC_E_NOMEM;
					}
		}
	*out = list.constant;
	*count = list.count;
	return HVC_OK;
}
