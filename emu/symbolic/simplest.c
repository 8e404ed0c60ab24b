/* SPDX-License-Identifier: MIT */
/* The simplest values that take a path: of each input in turn the least that is left. */
#include <stdlib.h>

#include "symbolic/symbolic.h"

#define INPUTS_MAX 256u

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

enum hvc_status hvc_symbolic__simplest(struct hvc_symbolic *symbolic,
                                       const struct hvc_sympath *path, struct hvc_model *out)
{
	struct hvc_scene *scene = &symbolic->scene;
	hvc_ref condition = hvc_symbolic__condition(symbolic, path);
	size_t index[INPUTS_MAX], inputs, count = 0;
	struct hvc_model model = {0};
	enum hvc_status status;
	bool ok;

	inputs = hvc_bv__inputs(scene->terms, condition, index, INPUTS_MAX);
	if (inputs > INPUTS_MAX)
		return HVC_E_UNSUPPORTED;
	while (hvc_bv__input_at(scene->terms, count))
		count++;
	model.value = calloc(count + 1, sizeof *model.value);
	model.given = calloc(count + 1, sizeof *model.given);
	model.count = count;
	ok = model.value && model.given;
	hvc_solver__push(scene->solver);
	hvc_solver__require(scene->solver, condition);
	for (size_t i = 0; ok && i < inputs; i++) {
		hvc_ref input = hvc_bv__input_at(scene->terms, index[i])->term;

		ok = hvc_symbolic__least(scene, input, &model.value[index[i]]);
		model.given[index[i]] = true;
	}
	hvc_solver__pop(scene->solver);
	if (ok && hvc_bv__eval(scene->terms, condition, &model)) {
		*out = model;
		return HVC_OK;
	}
	status = model.value && model.given ? HVC_E_UNSUPPORTED : HVC_E_NOMEM;
	free(model.value);
	free(model.given);
	return status;
}
