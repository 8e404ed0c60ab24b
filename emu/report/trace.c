/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "hvcheck/report.h"

/* Room for one more. Doubles, so that a long trace is not copied over and over. */
static bool grow(void **array, size_t *room, size_t used, size_t size)
{
	size_t wanted = *room ? *room * 2 : 64;
	void *grown;

	if (used < *room)
		return true;
	grown = realloc(*array, wanted * size);
	if (!grown)
		return false;
	*array = grown;
	*room = wanted;
	return true;
}

static bool add_change(struct hvc_trace *trace, enum hvc_reg reg, uint64_t value)
{
	void *array = trace->change;

	if (!grow(&array, &trace->change_room, trace->changes, sizeof(*trace->change)))
		return false;
	trace->change = array;
	trace->change[trace->changes++] = (struct hvc_trace_change){reg, value};
	return true;
}

void hvc_trace_record(void *ctx, const struct hvc_step *step)
{
	struct hvc_trace *trace = ctx;
	struct hvc_trace_step kept = {step->pc, step->word, 0};
	void *array = trace->step;

	if (trace->steps == HVC_TRACE_MAX) {
		trace->dropped++;
		return;
	}
	if (trace->failed || !grow(&array, &trace->step_room, trace->steps, sizeof(kept))) {
		trace->failed = true;
		return;
	}
	trace->step = array;
	for (enum hvc_reg reg = HVC_REG_X0; reg < HVC_REG_COUNT; reg++) {
		if (step->before->v[reg] == step->after->v[reg])
			continue;
		if (!add_change(trace, reg, step->after->v[reg])) {
			trace->failed = true;
			return;
		}
		kept.changes++;
	}
	trace->step[trace->steps++] = kept;
}

void hvc_trace_free(struct hvc_trace *trace)
{
	free(trace->step);
	free(trace->change);
	*trace = (struct hvc_trace){0};
}
