/* SPDX-License-Identifier: MIT */
/**
 * A reset restores everything: random calls on a machine that has made others are the same in
 * whichever order they are made, and as each is alone. Alone takes a process a call, so all are
 * made in both orders, and one in sixteen, and whatever differs, alone. Processes that die are
 * seen, and the call that killed them is named.
 *
 * HVC_RESET_CALLS calls (8,000 if unset), from seed HVC_RESET_SEED on.
 */
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "machine/outcome.h"
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
	unsigned at; /* calls made, of the order under way */
	struct told after[2][ROUND], alone;
};

static const struct {
	uint64_t address, size;
} memory[] = {
        {TINY_BASE, TINY_SIZE},
        {HVC_HARNESS_BASE, 0x60000},
};

/* In four lanes, which need not wait for each other. */
static uint64_t mixed(uint64_t hash, const uint64_t *words, size_t count)
{
	uint64_t lane[4] = {hash, ~hash, hash << 1, hash >> 1};

	for (size_t i = 0; i < count; i += 4)
		for (size_t n = 0; n < 4; n++)
			lane[n] = (lane[n] ^ words[i + n]) * UINT64_C(0x9e3779b97f4a7c15) ^
			          lane[n] >> 29;
	return lane[0] ^ lane[1] * 3 ^ lane[2] * 5 ^ lane[3] * 7;
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
	if (hvc_machine_read(machine, hvc_call__address(call) & ~UINT64_C(0xfff), words, 0x1000) !=
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

/* The calls of a round in order 0, or, in order 1, the last first. */
static unsigned number_of(unsigned order, unsigned at)
{
	return order ? ROUND - 1 - at : at;
}

/* Calls first to last, exclusive, of an order, in a process of their own: how it ended. */
static int in_child(struct hvc_machine *machine, uint64_t seed, struct shared *shared,
                    unsigned order, unsigned first, unsigned last, struct told *told)
{
	int status = 0;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		alarm(120);
		for (shared->at = first; shared->at < last; shared->at++) {
			unsigned i = number_of(order, shared->at);
			struct hvc_diag diag = {0};
			struct hvc_call call;

			random_call(&call, seed + 0x1000 * (i + 1));
			tell(machine, &call, last - first == 1 ? told : &told[i]);
			if (last - first > 1 && hvc_machine_reset(machine, &diag) != HVC_OK)
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

/* All calls of a round in an order: how many killed a process. */
static unsigned in_order(const struct tiny_image *image, struct hvc_machine *machine, uint64_t seed,
                         struct shared *shared, unsigned order)
{
	unsigned made = 0, dead = 0;

	memset(shared->after[order], 0, sizeof shared->after[order]);
	while (made < ROUND) {
		int status =
		        in_child(machine, seed, shared, order, made, ROUND, shared->after[order]);
		char words[200];
		struct hvc_call call;
		unsigned i;

		if (status == 0)
			break;
		i = number_of(order, shared->at);
		random_call(&call, seed + 0x1000 * (i + 1));
		words_of(image, &call, words, sizeof words);
		printf("seed 0x%llx call %u (%s): status 0x%x in:%s\n", (unsigned long long)seed, i,
		       hvc_cpu_name(image->world.cpu), (unsigned)status, words);
		fflush(stdout);
		memset(&shared->after[order][i], 0, sizeof shared->after[order][i]);
		made = shared->at + 1;
		dead++;
	}
	return dead;
}

/* Of one image: calls that differ, and calls that killed a process. */
static unsigned round_of(uint64_t seed, struct shared *shared)
{
	static struct tiny_image image;
	struct hvc_machine *machine;
	unsigned bad = 0;

	random_image(&image, seed);
	machine = tiny_open(&image);
	for (unsigned order = 0; order < 2; order++)
		bad += in_order(&image, machine, seed, shared, order);
	for (unsigned i = 0; i < ROUND; i++) {
		const struct told *one = &shared->after[0][i], *other = &shared->after[1][i];
		bool same = !memcmp(one, other, sizeof *one);

		if (!one->made || !other->made || (same && (seed >> 8) % 16 != i % 16))
			continue;
		memset(&shared->alone, 0, sizeof shared->alone);
		(void)in_child(machine, seed, shared, 0, i, i + 1, &shared->alone);
		bad += differs(&image, seed, i, one, &shared->alone) +
		       (same ? 0 : differs(&image, seed, i, other, &shared->alone));
	}
	hvc_machine_close(machine);
	return bad;
}

static uint64_t setting(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text && *text ? strtoull(text, NULL, 0) : otherwise;
}

TEST(a_call_is_the_same_alone_and_after_any_other)
{
	uint64_t calls = setting("HVC_RESET_CALLS", 8000), seed = setting("HVC_RESET_SEED", 1);
	struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
	                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned bad = 0;

	ck_assert_ptr_ne(shared, MAP_FAILED);
	for (uint64_t n = 0; n * ROUND < calls; n++)
		bad += round_of((seed + n) * UINT64_C(0x9e3779b97f4a7c15) | 1, shared);
	munmap(shared, sizeof *shared);
	ck_assert_msg(bad == 0, "%u of %llu calls", bad, (unsigned long long)calls);
}

SUITE_MAIN("reset_random")
