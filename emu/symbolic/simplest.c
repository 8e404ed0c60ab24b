/* SPDX-License-Identifier: MIT */
/* The simplest value of an input: the least that is left. */
#include "symbolic/symbolic.h"

static enum hvc_answer can_be(struct hvc_solver *solver, hvc_ref condition)
{
	enum hvc_answer answer;

	hvc_solver__push(solver);
	hvc_solver__require(solver, condition);
	answer = hvc_solver__check(solver);
	hvc_solver__pop(solver);
	return answer;
}

/* Bit by bit from the top. */
bool hvc_symbolic__least(struct hvc_scene *scene, hvc_ref input, uint64_t *value)
{
	struct hvc_bvs *t = scene->terms;
	enum hvc_answer answer =
	        can_be(scene->solver, hvc_bv__eq(t, input, hvc_bv__num(t, input->width, 0)));

	*value = 0;
	for (unsigned bit = input->width; answer == HVC_ANSWER_NO && bit-- > 0;) {
		hvc_ref clear = hvc_bv__not(t, hvc_bv__extract(t, input, bit, bit));
		enum hvc_answer zero = can_be(scene->solver, clear);

		if (zero == HVC_ANSWER_UNDECIDED)
			return false;
		if (zero == HVC_ANSWER_NO)
			*value |= UINT64_C(1) << bit;
		else
			hvc_solver__require(scene->solver, clear);
	}
	hvc_solver__require(scene->solver,
	                    hvc_bv__eq(t, input, hvc_bv__num(t, input->width, *value)));
	return answer != HVC_ANSWER_UNDECIDED;
}
