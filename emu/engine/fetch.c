/* SPDX-License-Identifier: MIT */
/*
 * What is tested in the caller's memory and read again may be something else by then: another CPU
 * of the caller's writes there. The second write is made here, after the first load, and the rule
 * judges what comes of it; a call that reads twice and does not mind keeps its promises.
 */
#include "engine/apart.h"

#include <string.h>

#include "engine/cause.h"
#include "engine/features.h"
#include "engine/sequence.h"
#include "machine/world.h"
#include "symbolic/scene.h"

#define LOADS_MAX 64u
#define PLACES    4u /* that are read twice, of one call */
#define CONSTANTS 8u /* that the code compares with */
#define ROUNDS    4u

/* What is there first, so that tests are passed, and what another CPU makes of it. */
static const uint64_t before[] = {0, 1, 16}, after[] = {~UINT64_C(0), UINT64_C(1) << 31, 0x1000};

#define TRIALS (sizeof before / sizeof *before)
#define VALUES (sizeof after / sizeof *after)

struct watch {
	struct hvc_machine *machine;
	struct hvc_extent image;
	struct {
		uint64_t address;
		uint64_t first; /* what is there before the call */
		unsigned size, times;
	} load[LOADS_MAX];
	unsigned loads;
	uint64_t constant[CONSTANTS];
	unsigned constants;
	uint64_t place, value;  /* to write there after its first load; 0: nothing */
	enum hvc_status status; /* of writes: where none are possible, nothing is said */
};

/* CMP with a number: what is read may have to be that. */
static void take_constant(struct watch *watch, const struct hvc_step *step)
{
	uint64_t number = step->word >> 10 & 0xfff;
	unsigned i = 0;

	if (step->isa != HVC_ISA_A64 || (step->word & UINT32_C(0x7fc0001f)) != UINT32_C(0x7100001f))
		return;
	while (i < watch->constants && watch->constant[i] != number)
		i++;
	if (i == watch->constants && i < CONSTANTS)
		watch->constant[watch->constants++] = number;
}

static void take_load(void *ctx, const struct hvc_step *step)
{
	struct watch *watch = ctx;
	struct hvc_a64_access access;
	uint64_t address;
	unsigned i = 0;

	take_constant(watch, step);
	if (hvc_level__el(step->level) != 2 || !hvc_cause__access(step, &access, &address) ||
	    !access.load || address - HVC_EL2_DATA < HVC_EL2_DATA_SIZE ||
	    (address >= watch->image.lo && address <= watch->image.hi))
		return;
	if (address == watch->place && watch->place) {
		watch->status =
		        hvc_machine_write(watch->machine, address, &watch->value, access.size);
		watch->place = 0;
	}
	while (i < watch->loads && watch->load[i].address != address)
		i++;
	if (i == LOADS_MAX)
		return;
	watch->loads += i == watch->loads;
	watch->load[i].address = address;
	watch->load[i].size = access.size;
	watch->load[i].times++;
}

/* The call, with what is said in the places that are read (read NULL: as they are). */
static enum hvc_status make(const struct hvc_apart_config *config, struct watch *watch,
                            const struct watch *read, struct hvc_diag *diag,
                            struct hvc_verdict *out)
{
	struct hvc_outcome outcome;
	struct hvc_state entry;

	watch->loads = 0;
	watch->status = HVC_OK;
	memset(watch->load, 0, sizeof watch->load);
	HVC_TRY(hvc_machine_reset(watch->machine, diag));
	for (unsigned i = 0; read && i < read->loads && watch->status == HVC_OK; i++)
		watch->status = hvc_machine_write(watch->machine, read->load[i].address,
		                                  &read->load[i].first, read->load[i].size);
	HVC_TRY(hvc_machine_call(watch->machine, config->call, diag, &outcome));
	hvc_entry_state(hvc_machine_entry(watch->machine), config->call, &entry);
	hvc_verdict_judge(config->abi, config->index, &entry, hvc_machine_present(watch->machine),
	                  config->call, &outcome, out);
	if (watch->status != HVC_OK)
		out->kind = HVC_VERDICT_UNDECIDED;
	return HVC_OK;
}

static enum hvc_status try_place(const struct hvc_apart_config *config, struct watch *watch,
                                 const struct watch *read, uint64_t place, struct hvc_diag *diag,
                                 struct hvc_verdict *out)
{
	struct hvc_verdict verdict;

	HVC_TRY(make(config, watch, read, diag, &verdict));
	if (verdict.kind != HVC_VERDICT_CONFORMS)
		return HVC_OK; /* that is told without us */
	for (unsigned i = 0; i < VALUES && out->kind == HVC_VERDICT_CONFORMS; i++) {
		watch->place = place;
		watch->value = after[i];
		HVC_TRY(make(config, watch, read, diag, &verdict));
		watch->place = 0;
		if (verdict.kind != HVC_VERDICT_VIOLATES)
			continue;
		out->kind = HVC_VERDICT_VIOLATES;
		out->clause = HVC_CLAUSE_FETCH;
		out->actual = place;
	}
	return HVC_OK;
}

/* Keep what the places hold, and add those that the call has read with that. */
static void learn(const struct watch *watch, struct watch *read)
{
	for (unsigned i = 0; i < watch->loads; i++) {
		unsigned k = 0;

		while (k < read->loads && read->load[k].address != watch->load[i].address)
			k++;
		if (k == LOADS_MAX)
			return;
		if (k == read->loads)
			read->load[read->loads++] = watch->load[i];
		read->load[k].times = watch->load[i].times;
	}
}

static enum hvc_status try_places(const struct hvc_apart_config *config, struct watch *watch,
                                  struct watch *read, unsigned *places, struct hvc_diag *diag,
                                  struct hvc_verdict *out)
{
	learn(watch, read);
	for (unsigned k = 0; k < read->loads && *places < PLACES; k++) {
		if (read->load[k].times < 2)
			continue;
		++*places;
		HVC_TRY(try_place(config, watch, read, read->load[k].address, diag, out));
	}
	return HVC_OK;
}

static unsigned reads_of(const struct watch *watch)
{
	unsigned all = 0;

	for (unsigned i = 0; i < watch->loads; i++)
		all += watch->load[i].times;
	return all;
}

/* A number that the code compares with, in one place: does the call read more with it? */
static enum hvc_status deepen(const struct hvc_apart_config *config, struct watch *watch,
                              struct watch *read, struct hvc_diag *diag, bool *deeper)
{
	unsigned now = reads_of(watch);

	for (unsigned k = 0; k < read->loads && k < PLACES; k++)
		for (unsigned i = 0; i < watch->constants; i++) {
			uint64_t old = read->load[k].first;
			struct hvc_verdict verdict;

			read->load[k].first = watch->constant[i];
			HVC_TRY(make(config, watch, read, diag, &verdict));
			*deeper = reads_of(watch) > now;
			if (*deeper)
				return HVC_OK;
			read->load[k].first = old;
		}
	return HVC_OK;
}

static enum hvc_status watch_call(const struct hvc_apart_config *config, struct watch *watch,
                                  struct hvc_diag *diag, struct hvc_verdict *out)
{
	struct hvc_verdict verdict;
	struct watch read;
	unsigned places = 0;

	watch->constants = 0;
	HVC_TRY(make(config, watch, NULL, diag, &verdict));
	/* What is read depends on what was read before. */
	for (unsigned i = 0; watch->loads && i < TRIALS && out->kind == HVC_VERDICT_CONFORMS; i++) {
		read = *watch;
		for (unsigned k = 0; k < read.loads; k++)
			read.load[k].first = before[i];
		HVC_TRY(make(config, watch, &read, diag, &verdict));
		HVC_TRY(try_places(config, watch, &read, &places, diag, out));
	}
	if (!watch->loads || out->kind != HVC_VERDICT_CONFORMS)
		return HVC_OK;
	read = *watch;
	for (unsigned i = 0; i < ROUNDS && !places; i++) {
		bool deeper = false;

		HVC_TRY(deepen(config, watch, &read, diag, &deeper));
		if (!deeper)
			break;
		HVC_TRY(try_places(config, watch, &read, &places, diag, out));
	}
	return HVC_OK;
}

static enum hvc_status open_watch(const struct hvc_subject *subject, const struct hvc_world *world,
                                  uint64_t budget, struct hvc_diag *diag, struct watch *out)
{
	const struct hvc_machine_config machine = {
	        .image = *hvc_subject_image(subject),
	        .world = world,
	        .budget = budget,
	        .trace = take_load,
	        .trace_ctx = out,
	};

	*out = (struct watch){.image = hvc_extent__of_image(&machine.image)};
	return hvc_machine_open(&machine, diag, &out->machine);
}

enum hvc_status hvc_fetch__judge(const struct hvc_apart_config *config, struct hvc_diag *diag,
                                 struct hvc_verdict *out)
{
	struct watch watch;
	enum hvc_status status;

	HVC_TRY(open_watch(config->subject, config->world, config->budget, diag, &watch));
	status = watch_call(config, &watch, diag, out);
	hvc_machine_close(watch.machine);
	return status;
}

static enum hvc_status check_rule(const struct hvc_features_config *config, unsigned rule,
                                  struct watch *watch, struct hvc_diag *diag)
{
	const struct hvc_player player = {.abi = config->abi, .world = config->index};
	const struct hvc_wanted wanted = {rule, 1u << config->from, 1u << config->insn};
	struct hvc_verdict verdict = {
	        .kind = HVC_VERDICT_CONFORMS, .rule = (int)rule, .reg = HVC_REG_NONE};
	struct hvc_call call;
	const struct hvc_apart_config apart = {
	        .abi = config->abi,
	        .index = config->index,
	        .call = &call,
	};

	if (!hvc_abi_rule_at(config->abi, rule)->specified ||
	    !hvc_sequence__call(&player, &wanted, NULL, &call))
		return HVC_OK;
	HVC_TRY(watch_call(&apart, watch, diag, &verdict));
	return verdict.kind != HVC_VERDICT_VIOLATES || config->add(config->ctx, &verdict, &call)
	               ? HVC_OK
	               : HVC_E_NOMEM;
}

enum hvc_status hvc_fetch__check(const struct hvc_features_config *config, struct hvc_diag *diag)
{
	struct watch watch;
	enum hvc_status status = HVC_OK;

	HVC_TRY(open_watch(config->subject, config->world, config->budget, diag, &watch));
	for (unsigned i = 0; i < hvc_abi_rule_count(config->abi); i++) {
		status = check_rule(config, i, &watch, diag);
		if (status != HVC_OK)
			break;
	}
	hvc_machine_close(watch.machine);
	return status;
}
