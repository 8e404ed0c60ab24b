/* SPDX-License-Identifier: MIT */
/* What everything that compares two maps asks: of the solver, and of the parts of the maps. */
#include "engine/differ.h"

enum hvc_answer hvc_differ__ask(struct hvc_differ *d, hvc_ref a, hvc_ref b)
{
	enum hvc_answer answer;

	if (hvc_bv__is(a, 0) || hvc_bv__is(b, 0))
		return HVC_ANSWER_NO;
	hvc_solver__push(d->solver);
	hvc_solver__require(d->solver, a);
	if (b != a)
		hvc_solver__require(d->solver, b);
	answer = hvc_solver__check(d->solver);
	hvc_solver__pop(d->solver);
	return answer;
}

unsigned hvc_differ__parts(const struct hvc_exact *exact, const struct hvc_exact_part **out)
{
	unsigned count = 0;

	for (unsigned insn = 0; insn < HVC_INSN_COUNT; insn++)
		for (unsigned first = 2; first-- > 0;)
			for (unsigned i = 0; i < exact->parts; i++)
				if (exact->part[i].insn == insn &&
				    (exact->part[i].from == HVC_LEVEL_EL1H) == first)
					out[count++] = &exact->part[i];
	return count;
}

const struct hvc_exact_part *hvc_differ__part_of(const struct hvc_exact *exact,
                                                 const struct hvc_exact_part *like)
{
	for (unsigned i = 0; i < exact->parts; i++)
		if (exact->part[i].insn == like->insn && exact->part[i].from == like->from)
			return &exact->part[i];
	return NULL;
}

const struct hvc_exact_part *hvc_differ__other(const struct hvc_differ *d,
                                               const struct hvc_exact_part *old)
{
	return hvc_differ__part_of(d->side[HVC_SIDE_NEW], old);
}
