/* SPDX-License-Identifier: MIT */
/* A trace kept in memory, for reports. */
#include <stdlib.h>

#include "base/grow.h"
#include "report/report.h"

static bool add_change(struct hvc_trace *trace, enum hvc_reg reg, uint64_t value)
{
	if (!hvc_grow(&trace->change, &trace->change_room, trace->changes, sizeof(*trace->change)))
		return false;
	trace->change[trace->changes++] = (struct hvc_trace_change){reg, value};
	return true;
}

void hvc_trace__record(void *ctx, const struct hvc_step *step)
{
	struct hvc_trace *trace = ctx;
	struct hvc_trace_step kept = {step->pc, step->word, step->isa, 0};

	if (trace->steps == HVC_TRACE_MAX) {
		trace->dropped++;
		return;
	}
	if (trace->failed ||
	    !hvc_grow(&trace->step, &trace->step_room, trace->steps, sizeof(kept))) {
		trace->failed = true;
		return;
	}
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

void hvc_trace__free(struct hvc_trace *trace)
{
	free(trace->step);
	free(trace->change);
	*trace = (struct hvc_trace){0};
}
