/* SPDX-License-Identifier: MIT */
/*
 * One call, and the calls beside it: what no single call shows, as `check` finds it. Whose pointer
 * a store goes by is seen from the same call with the pointer moved on.
 */
#include "engine/apart.h"

#include "abi/abi.h"
#include "engine/cause.h"
#include "engine/features.h"
#include "engine/prove.h"
#include "engine/secret.h"

#define STORES_MAX 256u
#define STEP       UINT64_C(16)     /* by which a pointer is moved */
#define REACH      UINT64_C(0x1000) /* how far from it a store may be */

/* Stores of a call to EL2's own memory. */
struct stores {
	struct hvc_extent image, stack;
	struct hvc_state entry;
	struct {
		uint64_t pc, address, size;
	} row[STORES_MAX];
	unsigned rows;
};

static bool is_in(const struct hvc_extent *extent, uint64_t address)
{
	return address - extent->lo < extent->hi - extent->lo;
}

static void take_store(void *ctx, const struct hvc_step *step)
{
	struct stores *stores = ctx;
	struct hvc_a64_access access;
	uint64_t address;

	if (stores->rows == STORES_MAX || !hvc_cause__access(step, &access, &address) ||
	    !access.store || (!is_in(&stores->image, address) && !is_in(&stores->stack, address)))
		return;
	stores->row[stores->rows].pc = step->pc;
	stores->row[stores->rows].size = access.size;
	stores->row[stores->rows++].address = address;
}

static enum hvc_status make(const struct hvc_apart_config *config, const struct hvc_call *call,
                            struct stores *stores, struct hvc_diag *diag,
                            struct hvc_outcome *outcome)
{
	const struct hvc_machine_config machine = {
	        .image = *hvc_subject_image(config->subject),
	        .world = config->world,
	        .budget = config->budget,
	        .trace = stores ? take_store : NULL,
	        .trace_ctx = stores,
	};
	struct hvc_machine *opened;
	enum hvc_status status;

	HVC_TRY(hvc_machine_open(&machine, diag, &opened));
	if (stores) {
		uint64_t sp = hvc_machine_entry(opened)->v[HVC_REG_SP_EL2];

		hvc_entry_state(hvc_machine_entry(opened), call, &stores->entry);
		stores->image = hvc_extent__of_image(&machine.image);
		stores->stack = (struct hvc_extent){sp - REACH, sp};
	}
	status = hvc_machine_call(opened, call, diag, outcome);
	hvc_machine_close(opened);
	return status;
}

static bool has(const struct stores *stores, uint64_t pc, uint64_t address)
{
	for (unsigned i = 0; i < stores->rows; i++)
		if (stores->row[i].pc == pc && stores->row[i].address == address)
			return true;
	return false;
}

/* Does a store go by a pointer of the caller's, register n? */
static enum hvc_status move_pointer(const struct hvc_apart_config *config,
                                    const struct stores *stores, unsigned n, struct hvc_diag *diag,
                                    struct hvc_verdict *out)
{
	const struct hvc_rule *rule = hvc_abi_rule_at(config->abi, (unsigned)out->rule);

	for (unsigned back = 0; back < 2; back++) {
		const uint64_t by = back ? -STEP : STEP;
		struct hvc_call moved = *config->call;
		struct stores others = {.rows = 0};
		struct hvc_outcome outcome;

		moved.x[n] += by;
		HVC_TRY(make(config, &moved, &others, diag, &outcome));
		for (unsigned i = 0; i < stores->rows; i++) {
			uint64_t at = stores->row[i].address;

			if (at - config->call->x[n] >= REACH ||
			    has(&others, stores->row[i].pc, at) ||
			    !has(&others, stores->row[i].pc, at + by) ||
			    hvc_abi__may_write(rule, &stores->entry, config->call, at,
			                       stores->row[i].size))
				continue;
			out->kind = HVC_VERDICT_VIOLATES;
			out->clause = HVC_CLAUSE_OWN;
			out->actual = at;
			return HVC_OK;
		}
	}
	return HVC_OK;
}

static enum hvc_status judge_own(const struct hvc_apart_config *config, struct hvc_diag *diag,
                                 struct hvc_verdict *out)
{
	struct stores stores = {.rows = 0};
	struct hvc_outcome outcome;
	struct hvc_call usual;

	if (!config->outcome->el2_stores)
		return HVC_OK;
	hvc_call_init(&usual, 0);
	HVC_TRY(make(config, config->call, &stores, diag, &outcome));
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		bool near = false;

		for (unsigned i = 0; i < stores.rows; i++)
			near |= stores.row[i].address - config->call->x[n] < REACH;
		if (near && config->call->x[n] != usual.x[n] && out->kind == HVC_VERDICT_CONFORMS)
			HVC_TRY(move_pointer(config, &stores, n, diag, out));
	}
	return HVC_OK;
}

/* Both calls are the same rule's, of an SMC32 or HVC32 identifier. */
static enum hvc_status judge_width(const struct hvc_apart_config *config, struct hvc_diag *diag,
                                   struct hvc_verdict *out)
{
	struct hvc_outcome outcome;
	struct hvc_call narrow;

	hvc_width__narrow(config->call, &narrow);
	if (!hvc_width__is_smccc(config->abi) || (config->call->x[0] >> 30 & 3) != 2 ||
	    hvc_abi__rule_of(config->abi, config->index, &narrow) != out->rule)
		return HVC_OK;
	HVC_TRY(make(config, &narrow, NULL, diag, &outcome));
	if (!hvc_width__judge(config->outcome, &outcome, out))
		out->kind = HVC_VERDICT_CONFORMS;
	return HVC_OK;
}

struct lie {
	uint32_t function;
	struct hvc_verdict *out;
};

static bool take_lie(void *ctx, const struct hvc_verdict *verdict, const struct hvc_call *call)
{
	const struct lie *lie = ctx;

	if (lie->out->kind == HVC_VERDICT_CONFORMS && verdict->expected == lie->function)
		*lie->out = *verdict;
	(void)call;
	return true;
}

static enum hvc_status judge_features(const struct hvc_apart_config *config, struct hvc_diag *diag,
                                      struct hvc_verdict *out)
{
	const uint64_t *x = config->call->x;
	struct lie lie = {(uint32_t)(hvc_features__is_question((uint32_t)x[0]) ? x[1] : x[0]), out};
	const struct hvc_features_config features = {
	        .subject = config->subject,
	        .abi = config->abi,
	        .index = config->index,
	        .world = config->world,
	        .from = config->call->from,
	        .insn = config->call->insn,
	        .budget = config->budget,
	        .add = take_lie,
	        .ctx = &lie,
	};

	return hvc_features__check(&features, diag);
}

enum hvc_status hvc_apart__judge(const struct hvc_apart_config *config, struct hvc_diag *diag,
                                 struct hvc_verdict *out)
{
	struct hvc_verdict verdict = *out;

	if (out->kind != HVC_VERDICT_CONFORMS)
		return HVC_OK;
	HVC_TRY(judge_own(config, diag, &verdict));
	if (verdict.kind == HVC_VERDICT_CONFORMS)
		HVC_TRY(judge_width(config, diag, &verdict));
	if (verdict.kind == HVC_VERDICT_CONFORMS)
		HVC_TRY(judge_features(config, diag, &verdict));
	if (verdict.kind == HVC_VERDICT_CONFORMS)
		HVC_TRY(hvc_fetch__judge(config, diag, &verdict));
	if (verdict.kind == HVC_VERDICT_VIOLATES)
		*out = verdict;
	return HVC_OK;
}
