/* SPDX-License-Identifier: MIT */
/*
 * Which constants does the code compare the caller's registers with? Read off running code: where
 * an operand of a comparison is what the caller put into some register, the other operand is a
 * value to try. Two calls with other random registers tell a copy from a coincidence, and what
 * was subtracted from the value before from what it is compared with. Values found are tried in
 * their turn, as they open ways to other comparisons.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "engine/study.h"
#include "subject/a64.h"

#define ROUNDS    4u
#define CALLS_MAX 3000u /* pairs of calls that are watched */
#define WAYS_MAX  48u   /* immediates that are looked at: one a way */
#define FOUND_MAX 512u
/* Instructions followed in code as it stands; of more constants most are of code never come to. */
#define STILL_LIMIT 20000u
#define STILL_MAX   128u

static const uint64_t seeds[2] = {2, 3};

struct search {
	const struct hvc_map_config *config;
	struct hvc_machine *machine;
	struct hvc_watched watched[2];
	struct hvc_watched *now;
	struct hvc_constant *found;
	size_t *count;
	uint16_t imm[WAYS_MAX];
	unsigned imms;
	unsigned calls;
	enum hvc_reg varied; /* in the calls that are looked at; HVC_REG_NONE: nothing */
};

static void on_step(void *ctx, const struct hvc_step *step)
{
	hvc_watched__trace(((struct search *)ctx)->now, step);
}

static void on_block(void *ctx, uint64_t address, uint32_t size)
{
	hvc_watched__block(((struct search *)ctx)->now, address, size);
}

static uint64_t cut(uint64_t value, bool word)
{
	return word ? (uint32_t)value : value;
}

static void add(struct search *search, unsigned reg, bool word, uint64_t value, uint64_t address)
{
	value = cut(value, word);
	for (size_t i = 0; i < *search->count; i++)
		if (search->found[i].reg == (enum hvc_reg)reg && search->found[i].value == value)
			return;
	if (*search->count < FOUND_MAX)
		search->found[(*search->count)++] = (struct hvc_constant){
		        .reg = (enum hvc_reg)reg, .word = word, .value = value, .address = address};
}

/*
 * An operand a is compared with `other`. If it comes from the caller's register that held x, in
 * the same manner in both calls, which value of that is asked for? It may be the register less a
 * constant, the register with some bits turned over, or with a few cleared.
 */
static bool comes_from(const uint64_t a[2], const uint64_t x[2], bool word, uint64_t other,
                       uint64_t *asked)
{
	uint64_t gone = cut((x[0] & ~a[0]) | (x[1] & ~a[1]), word);

	if (cut(x[0] - a[0], word) == cut(x[1] - a[1], word))
		*asked = other + x[0] - a[0];
	else if (cut(x[0] ^ a[0], word) == cut(x[1] ^ a[1], word))
		*asked = other ^ x[0] ^ a[0];
	else if (!cut((a[0] & ~x[0]) | (a[1] & ~x[1]), word) && !(gone & (a[0] | a[1])) &&
	         __builtin_popcountll(gone) <= 4)
		*asked = other;
	else
		return false;
	return true;
}

/* One comparison as both calls made it. */
static void look(struct search *search, const struct hvc_call call[2],
                 const struct hvc_watched_step *left, const struct hvc_watched_step *right)
{
	struct hvc_a64 insn;
	uint64_t value, other;

	hvc_a64__decode(left->pc, left->word, &insn);
	if (insn.compare == HVC_COMPARE_NONE || insn.rn == 31)
		return;
	for (unsigned swap = 0; swap < (insn.reg ? 2u : 1u); swap++) {
		unsigned asked = swap ? insn.rm : insn.rn, given = swap ? insn.rn : insn.rm;
		const uint64_t a[2] = {cut(left->x[asked], insn.word),
		                       cut(right->x[asked], insn.word)};

		/* the other operand is a constant if it is the same in both */
		other = insn.reg ? cut(left->x[given], insn.word) : insn.imm;
		if (a[0] == a[1] || (insn.reg && other != cut(right->x[given], insn.word)))
			continue;
		if (insn.compare == HVC_COMPARE_MINUS)
			other = 0 - other;
		for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
			const uint64_t x[2] = {call[0].x[n], call[1].x[n]};

			/* Maps vary one register at a time. */
			if (search->varied != HVC_REG_NONE && search->varied != (enum hvc_reg)n)
				continue;
			if (comes_from(a, x, insn.word, other, &value))
				add(search, n, insn.word, value, left->pc);
		}
	}
}

/* Make a call twice, with other random registers but the varied one, and compare. */
static enum hvc_status try_call(struct search *search, uint16_t imm,
                                const struct hvc_constant *varied, struct hvc_diag *diag)
{
	const struct hvc_watched *left = &search->watched[0], *right = &search->watched[1];
	struct hvc_call call[2];

	search->varied = varied ? varied->reg : HVC_REG_NONE;
	if (search->calls++ >= CALLS_MAX)
		return HVC_OK;
	for (unsigned side = 0; side < 2; side++) {
		struct hvc_outcome outcome;

		search->now = &search->watched[side];
		hvc_call_init(&call[side], seeds[side]);
		call[side].imm = imm;
		if (varied)
			call[side].x[varied->reg] = varied->value;
		hvc_watched__begin(search->now);
		HVC_TRY(hvc_machine_reset(search->machine, diag));
		HVC_TRY(hvc_machine_call(search->machine, &call[side], diag, &outcome));
		if (search->now->failed)
			return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	}
	for (unsigned i = 0; i < left->steps && i < right->steps; i++) {
		if (left->step[i].pc != right->step[i].pc)
			break;
		look(search, call, &left->step[i], &right->step[i]);
	}
	return HVC_OK;
}

/* The ways that immediates take, one immediate each. */
struct ways {
	struct hvc_path *path;
	unsigned imm;
	uint64_t *name;
};

static bool next(void *ctx, struct hvc_call *call)
{
	struct ways *ways = ctx;

	if (ways->imm == HVC_IMM_COUNT)
		return false;
	hvc_call_init(call, seeds[0]);
	call->imm = (uint16_t)ways->imm;
	hvc_path__begin(ways->path);
	return true;
}

static bool done(void *ctx, const struct hvc_call *call, const struct hvc_outcome *outcome)
{
	struct ways *ways = ctx;

	(void)call;
	(void)outcome;
	ways->name[ways->imm++] = hvc_path__name(ways->path);
	return true;
}

static void pick_ways(struct search *search, const uint64_t *name)
{
	uint64_t seen[WAYS_MAX];

	for (unsigned imm = 0; imm < HVC_IMM_COUNT && search->imms < WAYS_MAX; imm++) {
		unsigned i = 0;

		while (i < search->imms && seen[i] != name[imm])
			i++;
		if (i == search->imms) {
			seen[i] = name[imm];
			search->imm[search->imms++] = (uint16_t)imm;
		}
	}
}

static enum hvc_status find_ways(struct search *search, struct hvc_path *path,
                                 struct hvc_diag *diag)
{
	const struct hvc_watch watch = {NULL, hvc_path__block, path};
	struct ways ways = {.path = path, .name = calloc(HVC_IMM_COUNT, sizeof *ways.name)};
	const struct hvc_feed feed = {next, done, &ways};
	struct hvc_machine *machine = NULL;
	enum hvc_status status = ways.name ? HVC_OK : HVC_E_NOMEM;

	if (status == HVC_OK)
		status = hvc_jobs__machine(search->config, &watch, diag, &machine);
	if (status == HVC_OK)
		status = hvc_machine_run(machine, &feed, diag);
	ways.imm = 0;
	if (status == HVC_OK && !hvc_path__settle(path))
		status = HVC_E_NOMEM;
	if (status == HVC_OK)
		status = hvc_machine_run(machine, &feed, diag);
	if (status == HVC_OK)
		pick_ways(search, ways.name);
	else if (status == HVC_E_NOMEM)
		hvc_diag_set(diag, status, NULL, 0, 0, "out of memory");
	hvc_machine_close(machine);
	free(ways.name);
	return status;
}

/* Nothing is varied at first, then each value that the round before found. */
static enum hvc_status run_rounds(struct search *search, struct hvc_diag *diag)
{
	size_t begin = 0, end;

	for (unsigned i = 0; i < search->imms; i++)
		HVC_TRY(try_call(search, search->imm[i], NULL, diag));
	for (unsigned round = 1; round < ROUNDS && begin < *search->count; round++, begin = end) {
		end = *search->count;
		for (size_t k = begin; k < end; k++) {
			const struct hvc_constant varied = search->found[k];

			for (unsigned i = 0; i < search->imms; i++)
				HVC_TRY(try_call(search, search->imm[i], &varied, diag));
		}
	}
	return HVC_OK;
}

static int by_register(const void *a, const void *b)
{
	const struct hvc_constant *l = a, *r = b;

	if (l->reg != r->reg)
		return l->reg < r->reg ? -1 : 1;
	return (l->value > r->value) - (l->value < r->value);
}

/* What the process that looks shares with the one that asks. */
struct shared {
	const struct hvc_map_config *config;
	struct hvc_flight flight;
	struct hvc_diag diag;
	size_t count;
	struct hvc_constant found[FOUND_MAX];
};

static enum hvc_status search_live(void *ctx)
{
	struct shared *shared = ctx;
	const struct hvc_map_config *config = shared->config;
	struct hvc_diag *diag = &shared->diag;
	struct hvc_path *path = hvc_path__new(hvc_subject_image(config->subject));
	struct search search = {.config = config,
	                        .watched = {{.path = path}, {.path = path}},
	                        .found = shared->found,
	                        .count = &shared->count};
	const struct hvc_watch watch = {on_step, on_block, &search};
	enum hvc_status status;

	if (!path)
		status = hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	else
		status = find_ways(&search, path, diag);
	if (status == HVC_OK)
		status = hvc_jobs__machine(config, &watch, diag, &search.machine);
	if (status == HVC_OK) {
		status = run_rounds(&search, diag);
		hvc_machine_close(search.machine);
	}
	hvc_watched__free(&search.watched[0]);
	hvc_watched__free(&search.watched[1]);
	hvc_path__free(path);
	return status;
}

/* A process that dies costs what it had not found yet, and is told by whoever counts losses. */
enum hvc_status hvc_constants_live(const struct hvc_map_config *config, struct hvc_diag *diag,
                                   struct hvc_constant **out, size_t *count)
{
	struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
	                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct hvc_constant *found = calloc(FOUND_MAX, sizeof *found);
	enum hvc_status status;
	bool died = false;

	if (!found || shared == MAP_FAILED) {
		status = hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	} else {
		shared->config = config;
		status = hvc_lost__apart(search_live, shared, &shared->flight, &died);
		if (died && shared->flight.open) {
			hvc_flight__lose(&shared->flight);
			status = HVC_OK;
		} else if (died) {
			hvc_diag_set(diag, status, NULL, 0, 0, "a worker died");
		} else if (status != HVC_OK && diag) {
			*diag = shared->diag;
			diag->status = status;
		}
	}
	if (status == HVC_OK) {
		memcpy(found, shared->found, shared->count * sizeof *found);
		qsort(found, shared->count, sizeof *found, by_register);
		*out = found;
		*count = shared->count;
	} else {
		free(found);
	}
	if (shared != MAP_FAILED)
		munmap(shared, sizeof *shared);
	return status;
}

enum hvc_status hvc_constants_find(const struct hvc_map_config *config, struct hvc_diag *diag,
                                   struct hvc_constant **out, size_t *count)
{
	struct hvc_constant *found = NULL, *live = NULL, *all = NULL;
	size_t still = 0, lives = 0;
	enum hvc_status status =
	        hvc_subject_constants(config->subject, STILL_LIMIT, &found, &still);

	if (status != HVC_OK)
		return hvc_diag_set(diag, status, NULL, 0, 0, "%s", hvc_strerror(status));
	status = hvc_constants_live(config, diag, &live, &lives);
	if (status == HVC_OK && still > STILL_MAX)
		still = 0;
	if (status == HVC_OK)
		all = calloc(still + lives + 1, sizeof(*all));
	if (all && still)
		memcpy(all, found, still * sizeof(*all));
	if (all && lives)
		memcpy(all + still, live, lives * sizeof(*all));
	free(found);
	free(live);
	if (status != HVC_OK)
		return status;
	if (!all)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	*out = all;
	*count = still + lives;
	return HVC_OK;
}
