/* SPDX-License-Identifier: MIT */
/**
 * A reset restores everything: random calls on a machine that has made others are what each of
 * them is alone. Processes that die are seen, and the call that killed them is named.
 *
 * HVC_RESET_CALLS calls (4,000 if unset), from seed HVC_RESET_SEED on.
 */
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "random_code.h"
#include "suite.h"

#define ROUND 64u /* calls a machine */

/* What is compared of a call; no padding. */
struct told {
	uint64_t made, status, kind, level, pc, esr, far, instructions, stores, el2_stores,
	        untracked;
	uint64_t store[HVC_STORE_MAX][3];
	uint64_t v[HVC_REG_COUNT];
	struct hvc_simd simd;
	uint64_t memory;
};

struct shared {
	unsigned at; /* call under way */
	struct told after[ROUND], alone;
};

static const struct {
	uint64_t address, size;
} memory[] = {
        {TINY_BASE, TINY_SIZE},
        {HVC_HARNESS_BASE, 0x60000},
};

static uint64_t mixed(uint64_t hash, const uint64_t *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		hash = (hash ^ words[i]) * UINT64_C(0x9e3779b97f4a7c15) ^ hash >> 29;
	return hash;
}

static uint64_t digest(struct hvc_machine *machine, const struct hvc_call *call)
{
	static uint64_t words[0x60000 / 8];
	uint64_t hash = 1;

	for (size_t i = 0; i < sizeof memory / sizeof *memory; i++) {
		if (hvc_machine_read(machine, memory[i].address, words, memory[i].size) != HVC_OK)
			return 0;
		hash = mixed(hash, words, memory[i].size / 8);
	}
	if (hvc_machine_read(machine, hvc_call_address(call) & ~UINT64_C(0xfff), words, 0x1000) !=
	    HVC_OK)
		return 0;
	return mixed(hash, words, 0x1000 / 8);
}

static void tell(struct hvc_machine *machine, const struct hvc_call *call, struct told *told)
{
	struct hvc_outcome outcome;
	struct hvc_diag diag = {0};

	memset(told, 0, sizeof *told);
	told->status = hvc_machine_call(machine, call, &diag, &outcome);
	if (told->status == HVC_OK) {
		told->kind = outcome.kind;
		told->level = outcome.level;
		told->pc = outcome.pc;
		told->esr = outcome.esr;
		told->far = outcome.far;
		told->instructions = outcome.instructions;
		told->stores = outcome.stores;
		told->el2_stores = outcome.el2_stores;
		told->untracked = outcome.untracked;
		for (unsigned i = 0; i < HVC_STORE_MAX; i++) {
			told->store[i][0] = outcome.store[i].address;
			told->store[i][1] = outcome.store[i].value;
			told->store[i][2] = outcome.store[i].size;
		}
		memcpy(told->v, outcome.state.v, sizeof told->v);
		hvc_machine_simd(machine, &told->simd);
		told->memory = digest(machine, call);
	}
	told->made = 1;
}

static void words_of(const struct tiny_image *image, const struct hvc_call *call, char *text,
                     size_t size)
{
	size_t at = 0;

	for (unsigned i = 0; i < RANDOM_WORDS && at < size; i++) {
		uint32_t word;

		memcpy(&word, image->bytes + (call->x[30] - TINY_BASE) + 4 * i, 4);
		at += (size_t)snprintf(text + at, size - at, " %08x", word);
	}
}

/* One process a machine; how it ended. */
static int in_child(struct tiny_image *image, struct hvc_machine *machine, uint64_t seed,
                    struct shared *shared, unsigned first, unsigned count, struct told *told)
{
	int status = 0;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		(void)image;
		alarm(120);
		for (unsigned i = first; i < first + count; i++) {
			struct hvc_diag diag = {0};
			struct hvc_call call;

			random_call(&call, seed + 0x1000 * (i + 1));
			shared->at = i;
			tell(machine, &call, &told[i - first]);
			if (count > 1 && hvc_machine_reset(machine, &diag) != HVC_OK)
				_exit(3);
		}
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

static unsigned differs(const struct tiny_image *image, uint64_t seed, unsigned i,
                        const struct told *after, const struct told *alone)
{
	const uint64_t *a = (const uint64_t *)after, *b = (const uint64_t *)alone;
	struct hvc_call call;
	char words[200];

	if (!memcmp(after, alone, sizeof *after))
		return 0;
	random_call(&call, seed + 0x1000 * (i + 1));
	words_of(image, &call, words, sizeof words);
	printf("seed 0x%llx call %u (%s): %s,%s after, %s,%s alone:%s\n", (unsigned long long)seed,
	       i, hvc_cpu_name(image->world.cpu), after->made ? "made" : "lost",
	       hvc_outcome_name((enum hvc_outcome_kind)after->kind), alone->made ? "made" : "lost",
	       hvc_outcome_name((enum hvc_outcome_kind)alone->kind), words);
	for (size_t n = 0, told = 0; n < sizeof *after / 8 && told < 4; n++)
		if (a[n] != b[n] && ++told)
			printf("    word %zu (v %zd): 0x%llx after, 0x%llx alone\n", n,
			       (ssize_t)n - (ssize_t)(offsetof(struct told, v) / 8),
			       (unsigned long long)a[n], (unsigned long long)b[n]);
	fflush(stdout);
	return 1;
}

/* Of one image: calls that differ, and calls that killed a process. */
static unsigned round_of(uint64_t seed, struct shared *shared)
{
	static struct tiny_image image;
	struct hvc_machine *machine;
	unsigned bad = 0, made = 0;

	random_image(&image, seed);
	machine = tiny_open(&image);
	while (made < ROUND) {
		int status = in_child(&image, machine, seed, shared, made, ROUND - made,
		                      shared->after + made);
		char words[200];
		struct hvc_call call;

		if (status == 0)
			break;
		made = shared->at;
		random_call(&call, seed + 0x1000 * (made + 1));
		words_of(&image, &call, words, sizeof words);
		printf("seed 0x%llx call %u (%s): status 0x%x in:%s\n", (unsigned long long)seed,
		       made, hvc_cpu_name(image.world.cpu), (unsigned)status, words);
		fflush(stdout);
		memset(&shared->after[made], 0, sizeof *shared->after);
		made++;
		bad++;
	}
	for (unsigned i = 0; i < ROUND; i++) {
		if (!shared->after[i].made)
			continue;
		memset(&shared->alone, 0, sizeof shared->alone);
		(void)in_child(&image, machine, seed, shared, i, 1, &shared->alone);
		bad += differs(&image, seed, i, &shared->after[i], &shared->alone);
	}
	hvc_machine_close(machine);
	return bad;
}

static uint64_t setting(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text && *text ? strtoull(text, NULL, 0) : otherwise;
}

START_TEST(a_call_is_the_same_alone_and_after_any_other)
{
	uint64_t calls = setting("HVC_RESET_CALLS", 4000), seed = setting("HVC_RESET_SEED", 1);
	struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
	                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned bad = 0;

	ck_assert_ptr_ne(shared, MAP_FAILED);
	for (uint64_t n = 0; n * ROUND < calls; n++)
		bad += round_of((seed + n) * UINT64_C(0x9e3779b97f4a7c15) | 1, shared);
	munmap(shared, sizeof *shared);
	ck_assert_msg(bad == 0, "%u of %llu calls", bad, (unsigned long long)calls);
}
END_TEST

static const struct suite_test tests[] = {
        {"a_call_is_the_same_alone_and_after_any_other",
         &a_call_is_the_same_alone_and_after_any_other},
};

SUITE_MAIN("reset_random", tests)
