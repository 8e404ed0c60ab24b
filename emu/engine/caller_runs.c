/* SPDX-License-Identifier: MIT */
/* Callers held to vectors that nobody wrote a specification for: each call is made, and tried. */
#include <stdlib.h>
#include <string.h>

#include "engine/callers.h"
#include "engine/internal.h"
#include "hvcheck/verdict.h"

#define CONSTANTS_LIMIT 1000u /* instructions followed when looking for compared constants */

struct hvc_caller_bench {
	const struct hvc_callers_config *config;
	struct hvc_machine *machine;
	struct hvc_masks masks;
	struct hvc_constant *constant; /* what the vectors compare registers with */
	size_t constants;
};

enum hvc_status hvc_caller__open_bench(const struct hvc_callers_config *config,
                                       struct hvc_diag *diag, struct hvc_caller_bench **out)
{
	struct hvc_caller_bench *bench = calloc(1, sizeof(*bench));
	const struct hvc_machine_config machine = {
	        .image = *hvc_subject_image(config->subject),
	};
	enum hvc_status status;

	if (!bench)
		return HVC_E_NOMEM;
	bench->config = config;
	status = hvc_subject_constants(config->subject, CONSTANTS_LIMIT, &bench->constant,
	                               &bench->constants);
	if (status == HVC_OK)
		status = hvc_machine_open(&machine, diag, &bench->machine);
	if (status != HVC_OK) {
		hvc_caller__close_bench(bench);
		return status;
	}
	hvc_class__masks(hvc_machine_present(bench->machine), &bench->masks);
	*out = bench;
	return HVC_OK;
}

void hvc_caller__close_bench(struct hvc_caller_bench *bench)
{
	if (!bench)
		return;
	hvc_machine_close(bench->machine);
	free(bench->constant);
	free(bench);
}

/* One call that was made. */
struct run {
	struct hvc_state before;
	struct hvc_outcome outcome;
	struct hvc_class class_;
};

/* Make one call, and describe what it did. hvc_class__free frees out->class_. */
static enum hvc_status make(struct hvc_caller_bench *bench, const struct hvc_call *call,
                            struct hvc_diag *diag, struct run *out)
{
	HVC_TRY(hvc_machine_reset(bench->machine, diag));
	HVC_TRY(hvc_machine_call(bench->machine, call, diag, &out->outcome));
	hvc_entry_state(hvc_machine_entry(bench->machine), call, &out->before);
	return hvc_class__derive(&out->outcome, &out->before, call, &bench->masks, &out->class_)
	               ? HVC_OK
	               : HVC_E_NOMEM;
}

/* Did two runs end the same: each register either kept by both, or with one value after both? */
static bool ended_alike(const struct hvc_caller_bench *bench, const struct run *a,
                        const struct run *b)
{
	const struct hvc_outcome *left = &a->outcome, *right = &b->outcome;

	if (left->kind != right->kind || left->level != right->level || left->pc != right->pc ||
	    left->stores != right->stores)
		return false;
	for (unsigned reg = 0; reg < HVC_REG_COUNT; reg++) {
		uint64_t mask = bench->masks.v[reg];
		bool kept = !((left->state.v[reg] ^ a->before.v[reg]) & mask) &&
		            !((right->state.v[reg] ^ b->before.v[reg]) & mask);

		if (!kept && (left->state.v[reg] ^ right->state.v[reg]) & mask)
			return false;
	}
	return true;
}

/*
 * Do two calls differ in what they do? A class names the registers that values come from, so the
 * same operation with other operands is equal; but one that finds a register as it would leave it
 * does not change it, so the ends count as well.
 */
static enum hvc_status differ(struct hvc_caller_bench *bench, const struct hvc_call *a,
                              const struct hvc_call *b, struct hvc_diag *diag, bool *out)
{
	struct run first = {0}, second = {0};
	enum hvc_status status = make(bench, a, diag, &first);

	if (status == HVC_OK)
		status = make(bench, b, diag, &second);
	if (status == HVC_OK)
		*out = !hvc_class_equal(&first.class_, &second.class_) &&
		       !ended_alike(bench, &first, &second);
	hvc_class__free(&first.class_);
	hvc_class__free(&second.class_);
	return status;
}

/* Values that no vectors expect, in every register that the call does not set. */
static void unlikely(const struct hvc_call *call, uint32_t keep, struct hvc_call *out)
{
	hvc_call_init(out, 0);
	out->imm = call->imm;
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		if (keep >> n & 1)
			out->x[n] = call->x[n];
	}
}

/* Does what the vectors do depend on a register, in a call like this one? */
static enum hvc_status depends(struct hvc_caller_bench *bench, const struct hvc_call *call,
                               enum hvc_reg reg, struct hvc_diag *diag, bool *out)
{
	bool found = false;

	for (size_t i = 0; i < bench->constants && !found; i++) {
		struct hvc_call other = *call;

		if (bench->constant[i].reg != reg)
			continue;
		other.x[reg] = bench->constant[i].value;
		HVC_TRY(differ(bench, call, &other, diag, &found));
	}
	*out = found;
	return HVC_OK;
}

/* The registers that select between calls with this immediate. */
static enum hvc_status selectors(struct hvc_caller_bench *bench, const struct hvc_call *call,
                                 struct hvc_diag *diag, uint32_t *out)
{
	struct hvc_call base;

	*out = 0;
	unlikely(call, 0, &base);
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		bool selects = false;

		HVC_TRY(depends(bench, &base, (enum hvc_reg)(HVC_REG_X0 + n), diag, &selects));
		*out |= (uint32_t)selects << n;
	}
	return HVC_OK;
}

/* No number that the vectors compare x0 with is of the same kind as that of the site. */
static bool is_other(const struct hvc_caller_bench *bench, struct hvc_caller *caller,
                     uint32_t selectors_)
{
	const struct hvc_value *x0 = &caller->site->x[0];

	if (!(selectors_ & 1) || x0->kind != HVC_VALUE_CONSTANT)
		return false;
	for (size_t i = 0; i < bench->constants; i++) {
		if (bench->constant[i].reg != HVC_REG_X0)
			continue;
		for (unsigned n = 0; n < x0->constants; n++) {
			if (hvc_caller__kind_of(bench->constant[i].value) ==
			    hvc_caller__kind_of(x0->constant[n]))
				return false;
		}
	}
	caller->owner = hvc_caller__owner_of_fid(bench->config->registry, x0->constant[0]);
	return true;
}

/* An immediate that another system owns, and that these vectors do not tell from any other. */
static enum hvc_status is_foreign(struct hvc_caller_bench *bench, const struct hvc_call *call,
                                  struct hvc_diag *diag, struct hvc_caller *caller, bool *out)
{
	struct hvc_call plain = *call;
	bool tells = false;

	*out = false;
	if (!call->imm)
		return HVC_OK;
	plain.imm = 0;
	HVC_TRY(differ(bench, call, &plain, diag, &tells));
	if (tells)
		return HVC_OK;
	caller->owner = hvc_caller__owner_of_imm(bench->config->registry, call->imm);
	*out = caller->owner[0] != '\0';
	return HVC_OK;
}

static enum hvc_status check_after(const struct hvc_class *class_, struct hvc_caller *caller)
{
	uint32_t changed = 0;

	if (class_->kind != HVC_OUTCOME_RETURN)
		return HVC_OK;
	for (unsigned i = 0; i < class_->effects; i++) {
		if (class_->effect[i].reg < HVC_GPR_COUNT)
			changed |= UINT32_C(1) << class_->effect[i].reg;
	}
	if (changed & 1 && !hvc_caller__result(caller, HVC_REG_X0))
		return HVC_E_NOMEM;
	return hvc_caller__clobbers(caller, changed & ~UINT32_C(1)) ? HVC_OK : HVC_E_NOMEM;
}

/* Make the call, and compare it with one that the vectors cannot know. */
static enum hvc_status judge_call(struct hvc_caller_bench *bench, const struct hvc_call *call,
                                  uint32_t known, struct hvc_diag *diag, struct hvc_caller *caller)
{
	struct run run = {0};
	struct hvc_call base;
	bool known_call = true, good;
	char text[160];

	unlikely(call, 0, &base);
	if (known)
		HVC_TRY(differ(bench, call, &base, diag, &known_call));
	HVC_TRY(make(bench, call, diag, &run));
	hvc_class_print(&run.class_, text, sizeof(text));
	good = hvc_caller__answer(caller, NULL, text, !known_call);
	if (good && !known_call)
		good = hvc_caller__issue(caller, HVC_CALLER_NO_CALL, HVC_REG_NONE, 0,
		                         "the vectors answer as they answer a call that is none: "
		                         "%s",
		                         text);
	else if (good)
		good = check_after(&run.class_, caller) == HVC_OK;
	hvc_class__free(&run.class_);
	return good ? HVC_OK : HVC_E_NOMEM;
}

/* The calls that a site may make: one for each of the constants of its first selector. */
static enum hvc_status judge_all(struct hvc_caller_bench *bench, const struct hvc_call *call,
                                 uint32_t known, struct hvc_diag *diag, struct hvc_caller *caller)
{
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		const struct hvc_value *value = &caller->site->x[n];
		struct hvc_call one = *call;

		if (!(known >> n & 1) || value->constants < 2)
			continue;
		for (unsigned i = 0; i < value->constants; i++) {
			one.x[n] = value->constant[i];
			HVC_TRY(judge_call(bench, &one, known, diag, caller));
		}
		return HVC_OK;
	}
	return judge_call(bench, call, known, diag, caller);
}

enum hvc_status hvc_caller__hold_to_runs(struct hvc_caller_bench *bench, bool named,
                                         struct hvc_diag *diag, struct hvc_caller *caller)
{
	const struct hvc_site *site = caller->site;
	uint32_t select = 0, known = 0, open;
	struct hvc_call call;
	bool foreign;

	/* Nobody says that an SMC comes to these vectors. */
	if (site->insn != HVC_INSN_HVC) {
		caller->fit = HVC_CALLER_OTHER;
		caller->owner = "whoever answers SMCs";
		return HVC_OK;
	}
	hvc_call_init(&call, 0);
	call.imm = site->imm;
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		if (site->x[n].kind != HVC_VALUE_CONSTANT)
			continue;
		known |= UINT32_C(1) << n;
		call.x[n] = site->x[n].constant[0];
	}
	HVC_TRY(selectors(bench, &call, diag, &select));
	HVC_TRY(is_foreign(bench, &call, diag, caller, &foreign));
	if (!named && (foreign || is_other(bench, caller, select))) {
		caller->fit = HVC_CALLER_OTHER;
		return HVC_OK;
	}
	open = select & ~known;
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		if (!(open >> n & 1) || !hvc_value_is_chance(&site->x[n]))
			continue;
		caller->fit = HVC_CALLER_CHANCE;
		if (!hvc_caller__chance(caller, (enum hvc_reg)(HVC_REG_X0 + n)))
			return HVC_E_NOMEM;
	}
	if (caller->fit == HVC_CALLER_CHANCE || open)
		return HVC_OK;
	caller->fit = HVC_CALLER_HELD;
	return judge_all(bench, &call, select & known, diag, caller);
}
