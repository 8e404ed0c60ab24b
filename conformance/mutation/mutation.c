/* SPDX-License-Identifier: MIT */
/*
 * The mutation score: every instruction of every built-in subject that a call executes is made
 * wrong in small ways, one at a time, and each wrong subject is held to the specification. What
 * the suite's calls do not find out is told with why:
 *
 *   equal    nothing that can be observed differs from the right subject
 *   allowed  only what the specification lets these calls change
 *   open     only calls that the specification leaves unspecified
 *   hole     another, random call breaks a promise: the suite should have made one like it
 *
 *   mutation [--least PERCENT] [--survivors] [SUBJECT]...
 *
 * The first three keep every promise: by the specification they are not wrong. So the score is
 * what the suite kills of all that is killed or a hole.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/contract.h"
#include "hvcheck/verdict.h"
#include "mutate.h"
#include "trial.h"

#define BUDGET    3000u /* instructions of one call: a mutant may hang */
#define IMAGE_MAX 0x10000u

enum fate {
	FATE_KILLED,
	FATE_EQUAL,
	FATE_OPEN,
	FATE_ALLOWED,
	FATE_HOLE,
	FATE_COUNT,
};

static const char *const fates[FATE_COUNT] = {"killed", "equal", "open", "allowed", "hole"};

struct bed {
	const char *name;
	struct hvc_subject *subject;
	struct hvc_abi *abi;
	struct trials trials;
	struct hvc_segment segment[8];
	uint8_t *bytes[8];
	struct hvc_image image;
	uint8_t executed[IMAGE_MAX / 4]; /* words from the image's first address on */
	unsigned count[FATE_COUNT];
};

static void record(void *ctx, const struct hvc_step *step)
{
	struct bed *bed = ctx;
	uint64_t at = (step->pc - bed->image.segment[0].address) / 4;

	if (at < sizeof bed->executed)
		bed->executed[at] = 1;
}

static bool die(const char *what, const struct hvc_diag *diag)
{
	fprintf(stderr, "mutation: %s: %s\n", what, diag->message);
	return false;
}

/* A copy of the image that can be written. */
static bool copy_image(struct bed *bed)
{
	const struct hvc_image *image = hvc_subject_image(bed->subject);

	bed->image = *image;
	bed->image.segment = bed->segment;
	for (unsigned i = 0; i < image->segments && i < 8; i++) {
		bed->segment[i] = image->segment[i];
		bed->bytes[i] = malloc(image->segment[i].data_size + 1);
		if (!bed->bytes[i])
			return false;
		memcpy(bed->bytes[i], image->segment[i].data, image->segment[i].data_size);
		bed->segment[i].data = bed->bytes[i];
	}
	return image->segments <= 8;
}

static bool open_world(struct bed *bed, unsigned world, bool trace, struct hvc_machine **out)
{
	struct hvc_machine_config config = {
	        .image = bed->image,
	        .world = &hvc_abi_world_at(bed->abi, world)->world,
	        .budget = BUDGET,
	        .trace = trace ? record : NULL,
	        .trace_ctx = bed,
	};
	struct hvc_diag diag = {0};

	return hvc_machine_open(&config, &diag, out) == HVC_OK || die(bed->name, &diag);
}

static bool make(struct hvc_machine *machine, const struct hvc_call *call,
                 struct hvc_outcome *outcome, struct hvc_simd *simd)
{
	struct hvc_diag diag = {0};

	if (hvc_machine_reset(machine, &diag) != HVC_OK ||
	    hvc_machine_call(machine, call, &diag, outcome) != HVC_OK)
		return false;
	hvc_machine_simd(machine, simd);
	return true;
}

static enum hvc_verdict_kind judge(const struct bed *bed, const struct trial *trial,
                                   const struct hvc_machine *machine,
                                   const struct hvc_outcome *outcome, struct hvc_verdict *verdict)
{
	hvc_verdict_judge(bed->abi, trial->world, &trial->before, hvc_machine_present(machine),
	                  &trial->call, outcome, verdict);
	return verdict->kind;
}

/* What the right subject does, and which of its instructions do it. */
static bool run_right(struct bed *bed)
{
	for (unsigned world = 0; world < hvc_abi_world_count(bed->abi); world++) {
		struct hvc_machine *machine;
		bool ok = open_world(bed, world, true, &machine);

		for (unsigned i = 0; ok && i < bed->trials.count; i++) {
			struct trial *trial = &bed->trials.trial[i];
			struct hvc_verdict verdict;

			if (trial->world != world)
				continue;
			hvc_entry_state(hvc_machine_entry(machine), &trial->call, &trial->before);
			ok = make(machine, &trial->call, &trial->outcome, &trial->simd);
			trial->conforms = judge(bed, trial, machine, &trial->outcome, &verdict) !=
			                  HVC_VERDICT_VIOLATES;
			if (!trial->conforms)
				fprintf(stderr, "mutation: %s does not conform itself\n",
				        bed->name);
			ok = ok && trial->conforms;
		}
		if (!ok)
			return false;
		hvc_machine_close(machine);
	}
	return true;
}

static bool same(const struct trial *right, const struct hvc_outcome *is,
                 const struct hvc_simd *simd, const struct hvc_masks *masks)
{
	const struct hvc_outcome *was = &right->outcome;
	uint64_t differs = 0;

	for (unsigned reg = 0; reg < HVC_REG_COUNT; reg++)
		differs |= (was->state.v[reg] ^ is->state.v[reg]) & masks->v[reg];
	return !differs && was->kind == is->kind && was->level == is->level && was->pc == is->pc &&
	       was->stores == is->stores && !memcmp(was->store, is->store, sizeof was->store) &&
	       was->untracked == is->untracked && !memcmp(&right->simd, simd, sizeof *simd);
}

/* What becomes of one mutant: the worst of what its calls do. */
static enum fate try_mutant(struct bed *bed)
{
	enum fate fate = FATE_EQUAL;

	for (unsigned world = 0; world < hvc_abi_world_count(bed->abi); world++) {
		struct hvc_machine *machine;
		struct hvc_masks masks;

		if (!open_world(bed, world, false, &machine))
			exit(EXIT_FAILURE);
		hvc_masks__of(hvc_machine_present(machine), &masks);
		for (unsigned i = 0; fate != FATE_KILLED && i < bed->trials.count; i++) {
			const struct trial *trial = &bed->trials.trial[i];
			struct hvc_outcome outcome;
			struct hvc_verdict verdict;
			struct hvc_simd simd;

			if (trial->world != world)
				continue;
			if (!make(machine, &trial->call, &outcome, &simd) ||
			    judge(bed, trial, machine, &outcome, &verdict) == HVC_VERDICT_VIOLATES)
				fate = i < bed->trials.suite ? FATE_KILLED : FATE_HOLE;
			else if (fate == FATE_HOLE || same(trial, &outcome, &simd, &masks))
				continue;
			else if (verdict.kind == HVC_VERDICT_UNDECIDED)
				fate = fate < FATE_OPEN ? FATE_OPEN : fate;
			else
				fate = FATE_ALLOWED;
		}
		hvc_machine_close(machine);
		if (fate == FATE_KILLED)
			break;
	}
	return fate;
}

static void tell(const struct bed *bed, uint64_t address, uint32_t was, const struct mutant *mutant,
                 enum fate fate)
{
	char before[80], after[80];
	const char *symbol = "?";
	uint64_t offset = 0;

	hvc_disasm(address, was, before, sizeof before);
	hvc_disasm(address, mutant->word, after, sizeof after);
	(void)hvc_subject_symbol(bed->subject, address, &symbol, &offset);
	printf("%-22s %-8s %-10s %s+0x%llx: %s -> %s\n", bed->name, fates[fate],
	       mutation_name(mutant->mutation), symbol, (unsigned long long)offset, before, after);
}

static void try_all(struct bed *bed, bool survivors)
{
	for (unsigned s = 0; s < bed->image.segments; s++)
		for (uint64_t at = 0; at + 4 <= bed->segment[s].data_size; at += 4) {
			uint64_t address = bed->segment[s].address + at;
			uint64_t word = (address - bed->segment[0].address) / 4;
			struct mutant mutant[MUTANTS_MAX];
			uint32_t was;
			unsigned count;

			if (word >= sizeof bed->executed || !bed->executed[word])
				continue;
			memcpy(&was, bed->bytes[s] + at, 4);
			count = mutate(was, mutant);
			for (unsigned i = 0; i < count; i++) {
				enum fate fate;

				memcpy(bed->bytes[s] + at, &mutant[i].word, 4);
				fate = try_mutant(bed);
				bed->count[fate]++;
				if (survivors && fate != FATE_KILLED)
					tell(bed, address, was, &mutant[i], fate);
			}
			memcpy(bed->bytes[s] + at, &was, 4);
		}
}

static double score(const unsigned count[FATE_COUNT])
{
	unsigned all = count[FATE_KILLED] + count[FATE_HOLE];

	return all ? 100.0 * count[FATE_KILLED] / all : 100.0;
}

static void put_line(const char *name, const unsigned count[FATE_COUNT])
{
	printf("%-22s %6.1f%%", name, score(count));
	for (unsigned i = 0; i < FATE_COUNT; i++)
		printf(" %8u", count[i]);
	printf("\n");
	fflush(stdout);
}

static bool run_subject(const char *name, bool survivors, unsigned total[static FATE_COUNT])
{
	struct bed *bed = calloc(1, sizeof *bed);
	struct hvc_diag diag = {0};
	bool ok = bed != NULL;

	if (!ok)
		return false;
	bed->name = name;
	ok = hvc_subject_open(name, &diag, &bed->subject) == HVC_OK &&
	     hvc_abi_open(name, &diag, &bed->abi) == HVC_OK;
	if (!ok)
		die(name, &diag);
	ok = ok && copy_image(bed) && trials_choose(bed->subject, bed->abi, &bed->trials) &&
	     run_right(bed);
	if (ok) {
		try_all(bed, survivors);
		put_line(name, bed->count);
		for (unsigned i = 0; i < FATE_COUNT; i++)
			total[i] += bed->count[i];
	}
	for (unsigned i = 0; i < 8; i++)
		free(bed->bytes[i]);
	free(bed->trials.trial);
	hvc_abi_free(bed->abi);
	hvc_subject_close(bed->subject);
	free(bed);
	return ok;
}

int main(int argc, char **argv)
{
	unsigned total[FATE_COUNT] = {0};
	const struct hvc_builtin *builtin;
	bool survivors = false, ok = true;
	double least = 0;
	int first = 1;

	for (; first < argc && argv[first][0] == '-'; first++) {
		if (!strcmp(argv[first], "--survivors"))
			survivors = true;
		else if (!strcmp(argv[first], "--least") && first + 1 < argc)
			least = strtod(argv[++first], NULL);
		else
			return fprintf(stderr, "usage: mutation [--least PERCENT] [--survivors] "
			                       "[SUBJECT]...\n"),
			       2;
	}
	printf("%-22s %7s", "subject", "score");
	for (unsigned i = 0; i < FATE_COUNT; i++)
		printf(" %8s", fates[i]);
	printf("\n");
	for (int i = first; i < argc; i++)
		ok &= run_subject(argv[i], survivors, total);
	for (size_t i = 0; first == argc && (builtin = hvc_builtin_at(i)); i++)
		if (strcmp(builtin->family, "broken") != 0 && !hvc_builtin_is_aarch32(builtin))
			ok &= run_subject(builtin->name, survivors, total);
	put_line("all", total);
	if (!ok || total[FATE_KILLED] == 0)
		return EXIT_FAILURE;
	if (score(total) < least) {
		printf("below %.1f%%\n", least);
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}
