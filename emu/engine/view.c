/* SPDX-License-Identifier: MIT */
/* What one call shows to a caller below EL2. */
#include <string.h>

#include "engine/leak.h"
#include "machine/outcome.h"
#include "machine/world.h"

bool hvc_view__shows(enum hvc_reg reg)
{
	const struct hvc_reg_info *info = hvc_reg_info(reg);

	switch (info->class_) {
	case HVC_CLASS_GPR:
	case HVC_CLASS_PSTATE:
		return true;
	case HVC_CLASS_SP:
		return reg != HVC_REG_SP_EL2;
	case HVC_CLASS_SYS: /* op1 0 is EL1's, 3 is EL0's */
		return info->encoding[1] == 0 || info->encoding[1] == 3;
	case HVC_CLASS_EXCEPTION:
		break;
	}
	return false;
}

bool hvc_view__is_back(enum hvc_outcome_kind kind, enum hvc_level level)
{
	switch (kind) {
	case HVC_OUTCOME_RETURN:
	case HVC_OUTCOME_RETRY:
	case HVC_OUTCOME_INJECT:
	case HVC_OUTCOME_JUMP:
	case HVC_OUTCOME_UNDEFINED:
		return hvc_level__el(level) < 2;
	default:
		return false;
	}
}

bool hvc_view__is_granted(enum hvc_outcome_kind kind, enum hvc_level level)
{
	return !hvc_view__is_back(kind, level) &&
	       (kind == HVC_OUTCOME_JUMP || kind == HVC_OUTCOME_HANDOFF);
}

static bool is_back(const struct hvc_view *view)
{
	return hvc_view__is_back(view->outcome.kind, view->outcome.level);
}

static bool is_granted(const struct hvc_view *view)
{
	return hvc_view__is_granted(view->outcome.kind, view->outcome.level);
}

bool hvc_view__stores_part(const struct hvc_outcome *a, const struct hvc_outcome *b)
{
	if (a->stores != b->stores)
		return true;
	for (unsigned i = 0; i < a->stores && i < HVC_STORE_MAX; i++)
		if (a->store[i].address != b->store[i].address ||
		    a->store[i].value != b->store[i].value || a->store[i].size != b->store[i].size)
			return true;
	return false;
}

static bool outcomes_part(const struct hvc_view *a, const struct hvc_view *b)
{
	if (!is_back(a) && !is_back(b))
		return is_granted(a) != is_granted(b) ||
		       (is_granted(a) && a->outcome.pc != b->outcome.pc);
	return a->outcome.kind != b->outcome.kind || a->outcome.level != b->outcome.level ||
	       a->outcome.pc != b->outcome.pc;
}

bool hvc_view__parts(const struct hvc_view *a, const struct hvc_view *b, enum hvc_channel channel,
                     unsigned place)
{
	switch (channel) {
	case HVC_CHANNEL_OUTCOME:
		return outcomes_part(a, b);
	case HVC_CHANNEL_REGISTER:
		return (a->outcome.state.v[place] ^ b->outcome.state.v[place]) &
		       hvc_reg_info((enum hvc_reg)place)->mask;
	case HVC_CHANNEL_SIMD:
		return !hvc_simd__same(&a->simd, &b->simd, place);
	case HVC_CHANNEL_MEMORY:
		return hvc_view__stores_part(&a->outcome, &b->outcome);
	case HVC_CHANNEL_CONTROL: /* of one view */
	case HVC_CHANNEL_COUNT:
		break;
	}
	return false;
}

void hvc_view__tell(const struct hvc_view *a, const struct hvc_view *b, struct hvc_leak *leak)
{
	const struct hvc_view *views[2] = {a, b};
	unsigned half = leak->channel == HVC_CHANNEL_SIMD && leak->place < HVC_SIMD_COUNT &&
	                a->simd.q[leak->place][0] == b->simd.q[leak->place][0];
	unsigned store = 0;

	while (store + 1 < HVC_STORE_MAX && store < a->outcome.stores &&
	       store < b->outcome.stores &&
	       !memcmp(&a->outcome.store[store], &b->outcome.store[store],
	               sizeof a->outcome.store[store]))
		store++;
	leak->address = leak->channel == HVC_CHANNEL_MEMORY
	                        ? (a->outcome.stores > store ? a : b)->outcome.store[store].address
	                        : 0;
	for (unsigned side = 0; side < 2; side++) {
		const struct hvc_view *view = views[side];

		leak->level[side] = view->outcome.level;
		leak->at[side] = view->outcome.pc;
		switch (leak->channel) {
		case HVC_CHANNEL_REGISTER:
		case HVC_CHANNEL_CONTROL:
			leak->value[side] = view->outcome.state.v[leak->place];
			break;
		case HVC_CHANNEL_SIMD:
			leak->value[side] = leak->place < HVC_SIMD_COUNT
			                            ? view->simd.q[leak->place][half]
			                    : leak->place == HVC_SIMD_COUNT ? view->simd.fpcr
			                                                    : view->simd.fpsr;
			break;
		case HVC_CHANNEL_MEMORY:
			leak->value[side] = view->outcome.store[store].value;
			break;
		default:
			leak->value[side] = view->outcome.kind;
		}
	}
}
