/* SPDX-License-Identifier: MIT */
/*
 * A process of its own for each table, since the engine may die of it. In it one call or a few of
 * each rule of each specification are made and judged, which is quick; then the few that are left
 * are proved, those first of which most is promised.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "abi/abi.h"
#include "engine/fit.h"
#include "engine/probe.h"
#include "engine/prove.h"
#include "engine/scene.h"
#include "hvcheck/machine.h"
#include "subject/finder.h"

#define BUDGET  20000u /* instructions that a call may take at EL2 */
#define PROOFS  8u     /* specifications that are proved of a table */
#define SHIPPED 256u   /* specifications at most */

/* How a table does by one specification. */
struct trial {
	const struct hvc_abi *abi;
	unsigned rules;         /* that promise something, and of which a call was judged */
	unsigned differ;        /* of them, those that a call has broken */
	unsigned weight;        /* of those that are kept: what they pin down */
	unsigned ranges;        /* and their results that are one of many */
	bool proved;            /* by all calls, not by these alone */
	uint64_t faults, calls; /* those that ended in a fault, and all, */
	uint64_t unset;         /* and of the others, those that read what nobody has set */
};

struct fitting {
	const struct hvc_subject *subject;
	const struct hvc_abi *rival[PROOFS]; /* whose values are tried; none: each its own */
	unsigned rivals;
	struct hvc_likely likely;
	uint64_t faults, calls; /* of all specifications */
	bool lends;
	struct hvc_abi *const *abi;
	unsigned abis;
	struct hvc_fit *out;   /* shared with the process that waits, */
	struct hvc_diag *diag; /* and so is why it failed */
	struct trial trial[SHIPPED];
	struct hvc_machine *machine; /* of the world that was tried last */
	struct hvc_world setting;
};

#define IMMS   24u  /* immediates tried with each register file */
#define CALLS  4u   /* judged of a rule, */
#define RIVALS 250u /* and where specifications are told apart that all hold so far */
#define LENT   64u  /* pages, where nothing else lets calls come to an end */

/* One world of one specification. */
struct room {
	const struct fitting *fitting;
	struct trial *trial;
	unsigned world;
	struct hvc_machine *machine;
	struct hvc_world setting;
	uint8_t *judged;  /* calls of each rule, */
	uint8_t *faulted; /* and those that ended in a fault */
	bool *broken;
};

static unsigned pick_immediates(const struct hvc_abi *abi, uint16_t imm[IMMS])
{
	static const uint16_t always[] = {0, 1, 0xffff};
	unsigned count = 0;

	for (size_t i = 0; i < sizeof always / sizeof *always; i++)
		imm[count++] = always[i];
	for (unsigned r = 0; r < hvc_abi_rule_count(abi); r++) {
		const struct hvc_rule *rule = hvc_abi_rule_at(abi, r);

		for (unsigned k = 0; k < rule->imms && k < 2 && count < IMMS; k++) {
			bool is_new = true;

			for (unsigned n = 0; n < count; n++)
				is_new &= imm[n] != rule->imm[k].lo;
			if (is_new)
				imm[count++] = (uint16_t)rule->imm[k].lo;
		}
	}
	return count;
}

static enum hvc_status judge(struct room *room, const struct hvc_call *call, struct hvc_diag *diag)
{
	const struct hvc_abi *abi = room->trial->abi;
	const unsigned most = room->fitting->rivals ? RIVALS : CALLS;
	int rule = hvc_abi__rule_of(abi, room->world, call);
	struct hvc_verdict verdict;
	struct hvc_outcome outcome;
	struct hvc_state entry;

	if (rule < 0 || !hvc_abi_rule_at(abi, (unsigned)rule)->specified ||
	    room->judged[rule] == most || room->faulted[rule] == CALLS)
		return HVC_OK;
	HVC_TRY(hvc_machine_reset(room->machine, diag));
	if (hvc_machine_call(room->machine, call, diag, &outcome) == HVC_E_ARG)
		return HVC_OK; /* nobody can call so in this world */
	hvc_entry_state(hvc_machine_entry(room->machine), call, &entry);
	room->trial->calls++;
	/* A handler that wants what boot has set, or the caller's memory, or goes on for long, says
	 * nothing of the dispatch; a table of which all do is no likeness of anything. */
	if (outcome.kind == HVC_OUTCOME_FAULT || outcome.kind == HVC_OUTCOME_LIMIT) {
		room->faulted[rule]++;
		room->trial->faults++;
		return HVC_OK;
	}
	hvc_verdict_judge(abi, room->world, &entry, hvc_machine_present(room->machine), call,
	                  &outcome, &verdict);
	room->judged[rule]++;
	room->trial->unset += outcome.unset != 0;
	room->broken[rule] |= verdict.kind == HVC_VERDICT_VIOLATES;
	return HVC_OK;
}

/* Where EL2 uses AArch64 most tables do nothing for callers in AArch32 state. */
static unsigned levels_of(const struct hvc_abi *abi)
{
	return hvc_abi__is_hyp(abi) ? hvc_abi__levels(abi)
	                            : hvc_abi__levels(abi) & ~HVC_LEVELS_AARCH32;
}

static enum hvc_status try_calls(struct room *room, struct hvc_diag *diag)
{
	const struct hvc_abi *abi = room->trial->abi;
	const struct fitting *fitting = room->fitting;
	const struct hvc_probe_config config = {
	        .abi = fitting->rivals ? fitting->rival : &abi,
	        .abis = fitting->rivals ? fitting->rivals : 1,
	        .levels = levels_of(abi),
	        .insns = hvc_abi__insns(abi),
	        .brief = !fitting->rivals,
	};
	struct hvc_probes probes = {0};
	enum hvc_status status;
	uint16_t imm[IMMS];
	unsigned imms = pick_immediates(abi, imm);

	HVC_TRY(hvc_probes__make(&config, &probes));
	status = HVC_OK;
	for (unsigned i = 0; i < probes.count && status == HVC_OK; i++)
		for (unsigned k = 0; k < imms && status == HVC_OK; k++) {
			struct hvc_call call = probes.probe[i].call;

			call.imm = imm[k];
			status = judge(room, &call, diag);
		}
	hvc_probes__free(&probes);
	return status;
}

/* Most specifications have the same world, and a large image takes long to be laid out. */
static bool is_same_world(const struct hvc_world *a, const struct hvc_world *b)
{
	return a->cpu == b->cpu && a->el3 == b->el3 && !a->extras && !b->extras && !a->memories &&
	       !b->memories && !memcmp(&a->given, &b->given, sizeof a->given) &&
	       !memcmp(&a->state, &b->state, sizeof a->state);
}

static enum hvc_status enter(struct fitting *fitting, struct room *room, struct hvc_diag *diag)
{
	HVC_TRY(hvc_scene__world(fitting->subject, room->trial->abi, room->world, NULL, diag,
	                         &room->setting));
	if (fitting->lends && !room->setting.zero_pages)
		room->setting.zero_pages = LENT;
	if (!fitting->machine || !is_same_world(&fitting->setting, &room->setting)) {
		hvc_machine_close(fitting->machine);
		fitting->machine = NULL;
		fitting->setting = room->setting;
		HVC_TRY(hvc_scene__machine(fitting->subject, &room->setting, BUDGET, diag,
		                           &fitting->machine));
	}
	room->machine = fitting->machine;
	return HVC_OK;
}

/*
 * What a rule pins down: any table keeps one that promises nothing but to come back, whatever it
 * leaves in the registers, and many keep one with results in a wide range.
 */
static void weigh(const struct hvc_rule *rule, struct trial *trial)
{
	trial->weight += rule->outcome != HVC_OUTCOME_RETURN;
	for (unsigned i = 0; i < rule->results; i++) {
		trial->weight += rule->result[i].intervals ? 0 : 2;
		trial->ranges += rule->result[i].intervals ? 1 : 0;
	}
}

/*
 * Make the calls of one specification, in all its worlds, and count in `trial` what they say.
 * HVC_E_NOMEM, errors of hvc_machine_open.
 */
static enum hvc_status try_one(struct fitting *fitting, struct trial *trial, struct hvc_diag *diag)
{
	const unsigned rules = hvc_abi_rule_count(trial->abi);
	struct room room = {
	        .fitting = fitting,
	        .trial = trial,
	        .judged = calloc(rules, 1),
	        .faulted = calloc(rules, 1),
	        .broken = calloc(rules, sizeof *room.broken),
	};
	enum hvc_status status = room.judged && room.faulted && room.broken ? HVC_OK : HVC_E_NOMEM;

	for (; status == HVC_OK && room.world < hvc_abi_world_count(trial->abi); room.world++) {
		status = enter(fitting, &room, diag);
		status = status == HVC_OK ? try_calls(&room, diag) : status;
	}
	for (unsigned i = 0; status == HVC_OK && i < rules; i++) {
		trial->rules += room.judged[i] != 0;
		trial->differ += room.broken[i];
		if (room.judged[i] && !room.broken[i])
			weigh(hvc_abi_rule_at(trial->abi, i), trial);
	}
	free(room.judged);
	free(room.faulted);
	free(room.broken);
	return status;
}

/* How long a proof is tried: past these a fit is "may conform", and check proves it without them.
 * The longest of the stubs has 16 paths and asks 108 questions; 300 take some seconds. */
#define PATHS   256u
#define STEPS   UINT64_C(40000)
#define QUERIES UINT64_C(300)
#define WEIGHT  3u /* less is no likeness */

/* What the calls of the proof break, in all worlds; and is there a proof at all? */
static enum hvc_status prove(struct fitting *fitting, struct trial *trial, struct hvc_diag *diag)
{
	const unsigned rules = hvc_abi_rule_count(trial->abi);
	bool *broken = calloc(rules, sizeof *broken);
	enum hvc_status status = broken ? HVC_OK : HVC_E_NOMEM;
	unsigned differ = 0;

	trial->proved = true;
	for (unsigned i = 0; status == HVC_OK && i < hvc_abi_world_count(trial->abi); i++) {
		struct hvc_world world;
		const struct hvc_prove_config config = {
		        .subject = fitting->subject,
		        .abi = trial->abi,
		        .index = i,
		        .world = &world,
		        .levels = levels_of(trial->abi),
		        .insns = hvc_abi__insns(trial->abi),
		        .budget = BUDGET,
		        .paths = PATHS,
		        .steps = STEPS,
		        .queries = QUERIES,
		};
		struct hvc_proof proof = {0};

		status = hvc_scene__world(fitting->subject, trial->abi, i, NULL, diag, &world);
		if (status == HVC_OK)
			status = hvc_prove__world(&config, diag, &proof);
		for (unsigned k = 0; status == HVC_OK && k < proof.parts; k++)
			trial->proved &= proof.part[k].proved;
		for (unsigned k = 0; status == HVC_OK && k < proof.calls; k++)
			if (proof.call[k].lost)
				status = HVC_E_ENGINE;
			else if (proof.call[k].verdict.kind == HVC_VERDICT_VIOLATES &&
			         (proof.call[k].outcome.kind != HVC_OUTCOME_FAULT || trial->proved))
				broken[proof.call[k].verdict.rule] = true;
		hvc_proof__free(&proof);
	}
	for (unsigned i = 0; status == HVC_OK && i < rules; i++)
		differ += broken[i];
	if (differ > trial->differ)
		trial->differ = differ;
	free(broken);
	return status;
}

/* Of a table that breaks something only what is exact counts. */
static unsigned likeness(const struct trial *trial)
{
	return trial->weight + (trial->differ ? 0 : trial->ranges);
}

static int score(const struct trial *trial)
{
	return (int)likeness(trial) - 2 * (int)trial->differ;
}

/* What is kept and proved, then what pins down most and differs least; then by name. */
static int by_fit(const void *a, const void *b)
{
	const struct trial *x = a, *y = b;
	const bool kept[2] = {!x->differ && x->proved, !y->differ && y->proved};

	if (kept[0] != kept[1])
		return kept[0] ? -1 : 1;
	if (score(x) != score(y))
		return score(x) > score(y) ? -1 : 1;
	return strcmp(hvc_abi_name(x->abi), hvc_abi_name(y->abi));
}

/* For proofs: those that calls have broken come last. */
static int by_hope(const void *a, const void *b)
{
	const struct trial *x = a, *y = b;

	if (!x->differ != !y->differ)
		return !x->differ ? -1 : 1;
	return by_fit(a, b);
}

/* A third of the rules may differ; calls that only boot would let pass say nothing. */
static bool is_worth_telling(const struct trial *trial)
{
	/* Code that finds zeros everywhere does little, and that little many specifications have.
	 */
	const unsigned least = 2 * trial->unset > trial->calls ? 2 * WEIGHT : WEIGHT;

	return trial->rules > 1 && score(trial) > 0 &&
	       likeness(trial) + trial->rules / 4 >= least && 3 * trial->differ <= trial->rules &&
	       2 * trial->faults < trial->calls;
}

static void tell(const struct trial *trial, struct hvc_fit *out)
{
	*out = (struct hvc_fit){
	        .rules = trial->rules, .differ = trial->differ, .proved = trial->proved};
	strncpy(out->abi, hvc_abi_name(trial->abi), sizeof out->abi - 1);
}

/* What says nothing of the table: memory ran out, the engine could not be opened, or is wrong. */
static bool is_ours(enum hvc_status status)
{
	return status == HVC_E_NOMEM || status == HVC_E_ENGINE;
}

/* Each specification by its own values. *count: those that are worth telling. */
static enum hvc_status try_all(struct fitting *fitting, struct hvc_diag *diag, unsigned *count)
{
	enum hvc_status status;

	*count = 0;
	for (unsigned i = 0; i < fitting->abis; i++) {
		struct trial *trial = &fitting->trial[*count];

		*trial = (struct trial){.abi = fitting->abi[i]};
		if (hvc_abi__is_hyp(trial->abi) != hvc_subject_image(fitting->subject)->aarch32)
			continue;
		/* What cannot be tried here is no fit: a CPU without a register, a table too near.
		 */
		status = try_one(fitting, trial, diag);
		if (is_ours(status))
			return status;
		fitting->faults += trial->faults;
		fitting->calls += trial->calls;
		if (status == HVC_OK && is_worth_telling(trial))
			++*count;
	}
	return HVC_OK;
}

/* Once more, with memory lent: most calls ended for want of it. */
static enum hvc_status try_lent(struct fitting *fitting, struct hvc_diag *diag, unsigned *count)
{
	hvc_machine_close(fitting->machine);
	fitting->machine = NULL;
	fitting->lends = true;
	return try_all(fitting, diag, count);
}

/*
 * Generations of one ABI differ in a few values, with which only those are called that name them:
 * what no call has broken yet is called with each other's.
 */
static enum hvc_status try_rivals(struct fitting *fitting, unsigned count, struct hvc_diag *diag)
{
	enum hvc_status status = HVC_OK;

	while (fitting->rivals < count && fitting->rivals < PROOFS &&
	       !fitting->trial[fitting->rivals].differ) {
		fitting->rival[fitting->rivals] = fitting->trial[fitting->rivals].abi;
		fitting->rivals++;
	}
	for (unsigned i = 0; fitting->rivals > 1 && i < fitting->rivals && !is_ours(status); i++) {
		struct trial trial = {.abi = fitting->rival[i]};

		status = try_one(fitting, &trial, diag);
		if (status == HVC_OK)
			fitting->trial[i] = trial;
	}
	return is_ours(status) ? status : HVC_OK;
}

static enum hvc_status fit(void *ctx)
{
	struct fitting *fitting = ctx;
	struct hvc_diag *diag = fitting->diag;
	struct trial *best = fitting->trial;
	enum hvc_status status;
	unsigned count;

	status = try_all(fitting, diag, &count);
	/* Code of a known kind is named by that. */
	if (status == HVC_OK && !count && !fitting->likely.name &&
	    2 * fitting->faults > fitting->calls)
		status = try_lent(fitting, diag, &count);
	qsort(best, count, sizeof *best, by_hope);
	if (status == HVC_OK)
		status = try_rivals(fitting, count, diag);
	hvc_machine_close(fitting->machine);
	if (status != HVC_OK || !count)
		return status;
	qsort(best, count, sizeof *best, by_hope);
	/* What holds where memory is lent is no proof. */
	for (unsigned i = 0; !fitting->lends && i < count && i < PROOFS && (!i || !best[i].differ);
	     i++) {
		status = prove(fitting, &best[i], diag);
		if (is_ours(status))
			return status;
		if (status != HVC_OK)
			best[i].proved = false;
		/* Those behind it pin down less, and are no easier to prove. */
		if (!best[i].differ)
			break;
	}
	qsort(best, count, sizeof *best, by_fit);
	if (is_worth_telling(best)) {
		tell(best, fitting->out);
		fitting->out->by = fitting->lends ? HVC_FIT_LENT : HVC_FIT_CALLS;
	}
	return HVC_OK;
}

/* No call has named it, which says nothing where none was answered: what its code looks like. */
static void fit_by_code(const struct fitting *fitting, struct hvc_fit *out)
{
	const char *abi = fitting->likely.abi;

	for (unsigned i = 0; abi && i < fitting->abis; i++)
		if (!strcmp(hvc_abi_name(fitting->abi[i]), abi)) {
			*out = (struct hvc_fit){.by = HVC_FIT_CODE};
			strncpy(out->abi, abi, sizeof out->abi - 1);
		}
}

/* In a process of its own, which the engine may die in: HVC_E_ENGINE. */
static enum hvc_status fit_apart(const struct hvc_subject *subject, struct hvc_abi *const *abi,
                                 unsigned abis, struct hvc_diag *diag, struct hvc_fit *out)
{
	struct fitting *fitting = calloc(1, sizeof *fitting);
	struct shared {
		struct hvc_flight flight;
		struct hvc_fit fit;
		struct hvc_diag diag;
	} *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
	                 -1, 0);
	enum hvc_status status;
	bool died = false;

	*out = (struct hvc_fit){.rules = 0};
	if (!fitting || shared == MAP_FAILED ||
	    hvc_likely__guess(hvc_subject_image(subject), hvc_subject__symbols(subject),
	                      &fitting->likely) != HVC_OK) {
		free(fitting);
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	}
	fitting->subject = subject;
	fitting->abi = abi;
	fitting->abis = abis;
	fitting->out = &shared->fit;
	fitting->diag = &shared->diag;
	status = hvc_lost__apart(fit, fitting, &shared->flight, &died);
	if (status == HVC_OK)
		*out = shared->fit;
	if (is_ours(status))
		hvc_diag_set(diag, status, hvc_subject_name(subject), 0, 0, "%s",
		             shared->diag.message[0] ? shared->diag.message
		             : died                  ? "the CPU emulator died"
		                                     : hvc_strerror(status));
	else if (!out->abi[0])
		fit_by_code(fitting, out);
	munmap(shared, sizeof *shared);
	free(fitting);
	return is_ours(status) ? status : HVC_OK;
}

static void close_shipped(struct hvc_abi **abi, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		hvc_abi_free(abi[i]);
}

/* After those that count says; all are to be closed, after a failure too. */
static enum hvc_status open_shipped(struct hvc_diag *diag, struct hvc_abi *abi[SHIPPED],
                                    unsigned *count)
{
	const char *name, *text;
	enum hvc_status status = HVC_OK;
	size_t size;

	for (size_t i = 0;
	     status == HVC_OK && i < SHIPPED && hvc_abi_shipped_at(i, &name, &text, &size); i++) {
		status = hvc_abi_open(name, diag, &abi[*count]);
		if (status == HVC_OK && levels_of(abi[(*count)++]) == 0)
			hvc_abi_free(abi[--*count]);
	}
	return status;
}

enum hvc_status hvc_fit__scan(struct hvc_scan *scan, struct hvc_diag *diag)
{
	struct hvc_abi *abi[SHIPPED];
	unsigned count = 0;
	enum hvc_status status = open_shipped(diag, abi, &count);

	for (size_t i = 0; i < scan->tables && i < HVC_FIT_TABLES && status == HVC_OK; i++) {
		struct hvc_subject *subject;

		status = hvc_scan__subject(scan, i, &subject);
		if (status == HVC_OK) {
			status = fit_apart(subject, abi, count, diag, &scan->table[i].fit);
			hvc_subject_close(subject);
		} else {
			status = status != HVC_E_NOMEM
			                 ? HVC_OK
			                 : hvc_diag_set(diag, status, NULL, 0, 0, "out of memory");
		}
	}
	close_shipped(abi, count);
	return status;
}

enum hvc_status hvc_fit__subject(const struct hvc_subject *subject, const struct hvc_abi *only,
                                 struct hvc_diag *diag, struct hvc_fit *out)
{
	/* It is only read. */
	struct hvc_abi *abi[SHIPPED] = {(struct hvc_abi *)(uintptr_t)only};
	unsigned count = only ? 1 : 0;
	enum hvc_status status = only ? HVC_OK : open_shipped(diag, abi, &count);

	if (status == HVC_OK)
		status = fit_apart(subject, abi, count, diag, out);
	if (!only)
		close_shipped(abi, count);
	return status;
}
