/* SPDX-License-Identifier: MIT */
/*
 * Callers held to vectors that nobody wrote a specification for: to the rows of their exact map.
 * What a row's condition goes by selects the call, and a call that meets the row of one that the
 * vectors cannot know is none.
 */
#include <stdlib.h>

#include "engine/callers.h"
#include "engine/exact.h"
#include "machine/outcome.h"
#include "subject/subject.h"

#define INPUTS_MAX 64u /* of one condition */

struct hvc_caller_bench {
	const struct hvc_callers_config *config;
	struct hvc_world world;        /* of subjects for Hyp mode */
	struct hvc_exact *exact;       /* of HVC from EL1 */
	struct hvc_constant *constant; /* what rows compare registers with */
	size_t constants;
};

enum hvc_status hvc_caller__open_bench(const struct hvc_callers_config *config,
                                       struct hvc_diag *diag, struct hvc_caller_bench **out)
{
	struct hvc_caller_bench *bench = calloc(1, sizeof(*bench));
	const bool hyp = hvc_subject_image(config->subject)->aarch32;
	struct hvc_exact_config how = {
	        .subject = config->subject,
	        .levels = 1u << (hyp ? HVC_LEVEL_EL1_SVC : HVC_LEVEL_EL1H),
	        .insns = hyp ? 1u << HVC_INSN_HVC_A32 | 1u << HVC_INSN_HVC_T32 : 1u << HVC_INSN_HVC,
	        .brief = !hyp, /* what is not followed is called */
	};
	enum hvc_status status = HVC_OK;

	if (!bench)
		return HVC_E_NOMEM;
	bench->config = config;
	if (hyp) {
		hvc_world_init(&bench->world, HVC_CPU_A15);
		status = hvc_subject__resolve(config->subject, &bench->world, diag);
		how.world = &bench->world;
	}
	if (status == HVC_OK)
		status = hvc_exact__make(&how, diag, &bench->exact);
	if (status == HVC_OK)
		status = hvc_exact__constants(bench->exact, &bench->constant, &bench->constants);
	if (status != HVC_OK) {
		hvc_caller__close_bench(bench);
		return status;
	}
	*out = bench;
	return HVC_OK;
}

void hvc_caller__close_bench(struct hvc_caller_bench *bench)
{
	if (!bench)
		return;
	hvc_exact__free(bench->exact);
	free(bench->constant);
	free(bench);
}

static void begin(enum hvc_insn insn, uint16_t imm, struct hvc_call *out)
{
	hvc_call_init(out, 0);
	out->imm = imm;
	out->insn = insn;
	if (insn == HVC_INSN_HVC)
		return;
	out->from = HVC_LEVEL_EL1_SVC;
	hvc_call__fit(out, HVC_CPU_A15);
}

/* Values that no vectors expect, in every register. */
static void unlikely(const struct hvc_call *call, struct hvc_call *out)
{
	begin(call->insn, call->imm, out);
}

/* What is known of a call: its immediate, and some registers. */
struct known {
	struct hvc_caller_bench *bench;
	const struct hvc_call *call;
	uint32_t registers;
};

static hvc_ref fix(void *ctx, hvc_ref part)
{
	const struct known *known = ctx;

	if (part->op != HVC_OP_INPUT)
		return NULL;
	if (part->value == HVC_INPUT_IMM)
		return hvc_bv__num(known->bench->exact->terms, 16, known->call->imm);
	if (part->value < HVC_GPR_COUNT && known->registers >> part->value & 1)
		return hvc_bv__num(known->bench->exact->terms, 64, known->call->x[part->value]);
	return NULL;
}

/* The registers that still select among calls of which this is known. */
static uint32_t selectors(struct known known)
{
	struct hvc_exact *exact = known.bench->exact;
	uint32_t set = 0;

	for (unsigned i = 0; exact->parts && i < exact->part[0].rows; i++) {
		hvc_ref condition =
		        hvc_bv__rewrite(exact->terms, exact->part[0].row[i].condition, fix, &known);
		size_t input[INPUTS_MAX], inputs;

		inputs = condition ? hvc_bv__inputs(exact->terms, condition, input, INPUTS_MAX) : 0;
		for (size_t k = 0; k < inputs && k < INPUTS_MAX; k++)
			if (input[k] < HVC_GPR_COUNT)
				set |= UINT32_C(1) << input[k];
	}
	return set;
}

/* No number that the vectors compare x0 with is of the same kind as that of the site. */
static bool is_other(struct hvc_caller_bench *bench, const struct hvc_call *call,
                     struct hvc_caller *caller, uint32_t selectors_)
{
	const struct hvc_value *x0 = &caller->site->x[0];
	struct hvc_call base;

	if (!(selectors_ & 1) || x0->kind != HVC_VALUE_CONSTANT)
		return false;
	/* What is called and not followed compares with nobody knows what: its answers tell. */
	unlikely(call, &base);
	if (call->insn != HVC_INSN_HVC &&
	    (!hvc_caller__kind_of(x0->constant[0]) ||
	     hvc_exact__row_of(bench->exact, call) != hvc_exact__row_of(bench->exact, &base)))
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
static bool is_foreign(struct hvc_caller_bench *bench, const struct hvc_call *call,
                       struct hvc_caller *caller)
{
	struct hvc_call plain = *call;

	plain.imm = 0;
	if (!call->imm ||
	    hvc_exact__row_of(bench->exact, call) != hvc_exact__row_of(bench->exact, &plain))
		return false;
	caller->owner = hvc_caller__owner_of_imm(bench->config->registry, call->imm);
	return caller->owner[0] != '\0';
}

static bool check_after(const struct hvc_row *row, struct hvc_caller *caller)
{
	uint32_t changed = 0;

	if (row->kind != HVC_OUTCOME_RETURN)
		return true;
	for (unsigned i = 0; i < row->effects; i++)
		if (row->effect[i].reg < HVC_GPR_COUNT)
			changed |= UINT32_C(1) << row->effect[i].reg;
	if (changed & 1 && !hvc_caller__result(caller, HVC_REG_X0))
		return false;
	return hvc_caller__clobbers(caller, changed & ~UINT32_C(1));
}

/* What a caller cannot go on from is no answer, whatever else gets the same. */
static bool is_refused(const struct hvc_row *row)
{
	return !row->why && (row->kind == HVC_OUTCOME_INJECT || row->kind == HVC_OUTCOME_UNDEFINED);
}

/* The row of a call, and that of one that the vectors cannot know. */
static enum hvc_status judge_call(struct hvc_caller_bench *bench, const struct hvc_call *call,
                                  uint32_t known, struct hvc_caller *caller)
{
	const struct hvc_row *row = hvc_exact__row_of(bench->exact, call);
	struct hvc_call base;
	bool none, good;
	char text[512];

	if (!row)
		return HVC_E_ENGINE; /* a map of EL1h has one */
	unlikely(call, &base);
	none = known && !row->why && row == hvc_exact__row_of(bench->exact, &base);
	hvc_exact__print_behaviour(bench->exact, row, text, sizeof(text));
	good = hvc_caller__answer(caller, NULL, text, none || is_refused(row));
	if (good && is_refused(row))
		good = hvc_caller__issue(caller, HVC_CALLER_NO_CALL, HVC_REG_NONE, 0,
		                         "the vectors do not answer: %s", text);
	else if (good && none)
		good = hvc_caller__issue(caller, HVC_CALLER_NO_CALL, HVC_REG_NONE, 0,
		                         "the vectors answer as they answer a call that is none: "
		                         "%s",
		                         text);
	else if (good && !row->why)
		good = check_after(row, caller);
	return good ? HVC_OK : HVC_E_NOMEM;
}

/* The calls that a site may make: one for each of the constants of its first selector. */
static enum hvc_status judge_all(struct hvc_caller_bench *bench, const struct hvc_call *call,
                                 uint32_t known, struct hvc_caller *caller)
{
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		const struct hvc_value *value = &caller->site->x[n];
		struct hvc_call one = *call;

		if (!(known >> n & 1) || value->constants < 2)
			continue;
		for (unsigned i = 0; i < value->constants; i++) {
			one.x[n] = value->constant[i];
			HVC_TRY(judge_call(bench, &one, known, caller));
		}
		return HVC_OK;
	}
	return judge_call(bench, call, known, caller);
}

enum hvc_status hvc_caller__hold_to_rows(struct hvc_caller_bench *bench, bool named,
                                         struct hvc_caller *caller)
{
	const struct hvc_site *site = caller->site;
	uint32_t select, known = 0, open;
	struct hvc_call call;

	/* Nobody says that an SMC comes to these vectors. */
	if (hvc_insn_is_smc(site->insn)) {
		caller->fit = HVC_CALLER_OTHER;
		caller->owner = "whoever answers SMCs";
		return HVC_OK;
	}
	begin(site->insn, site->imm, &call);
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		if (site->x[n].kind != HVC_VALUE_CONSTANT)
			continue;
		known |= UINT32_C(1) << n;
		call.x[n] = site->x[n].constant[0];
	}
	select = selectors((struct known){bench, &call, 0});
	open = selectors((struct known){bench, &call, known});
	if (!named &&
	    (is_foreign(bench, &call, caller) || is_other(bench, &call, caller, select))) {
		caller->fit = HVC_CALLER_OTHER;
		return HVC_OK;
	}
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		if (!(open >> n & 1) || !hvc_value__is_chance(&site->x[n]))
			continue;
		caller->fit = HVC_CALLER_CHANCE;
		if (!hvc_caller__chance(caller, (enum hvc_reg)(HVC_REG_X0 + n)))
			return HVC_E_NOMEM;
	}
	if (caller->fit == HVC_CALLER_CHANCE || open)
		return HVC_OK;
	caller->fit = HVC_CALLER_HELD;
	return judge_all(bench, &call, select & known, caller);
}
