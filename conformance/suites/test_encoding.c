/* SPDX-License-Identifier: MIT */
/**
 * No instruction kills the process: the system space, FP/SIMD, and a sample of everything, executed
 * at EL2 on every CPU model. HVC_ENCODINGS=full: all of them.
 */
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hvcheck/arch.h"
#include "machine/internal.h"
#include "machine/reg.h"
#include "machine/vhe.h"
#include "suite.h"
#include "symbolic/lift.h"
#include "symbolic/scene.h"
#include "tiny_image.h"
#include "under_test.h"

#define BATCH 0x4000u /* words an image, each before an ERET */
#define BASE  UINT64_C(0x10000000)

static bool full(void)
{
	const char *text = getenv("HVC_ENCODINGS");

	return text && !strcmp(text, "full");
}

struct shared {
	uint32_t at;    /* words done */
	unsigned value; /* operand of the one under way */
};

/* x1, the operand of all words. */
static const uint64_t operands[] = {0, UINT64_MAX, UINT64_C(0x123456789abcdef0), HVC_EL2_DATA + 64};

#define OPERANDS (sizeof operands / sizeof *operands)

struct space {
	const char *name;
	uint32_t count;
	uint32_t (*word)(uint32_t n);
	unsigned stride; /* of the sample */
};

/* Bits 21:5, with x1. */
static uint32_t system_word(uint32_t n)
{
	return UINT32_C(0xd5000001) | n << 5;
}

/* With xzr, too. */
static uint32_t system_words(uint32_t n)
{
	return system_word(n >> 1) | (n & 1 ? 31 : 0);
}

/* Bits 23:10 of FP/SIMD data processing, vector and scalar, of both widths. */
static uint32_t simd_word(uint32_t n)
{
	static const uint8_t top[16] = {0x0e, 0x4e, 0x2e, 0x6e, 0x5e, 0x7e, 0x0f, 0x4f,
	                                0x2f, 0x6f, 0x5f, 0x7f, 0x1e, 0x9e, 0x1f, 0xce};

	return (uint32_t)top[n >> 14] << 24 | (n & 0x3fff) << 10 | 1u << 5 | 2;
}

/* All upper halves, with some lower halves. */
static uint32_t upper_word(uint32_t n)
{
	static const uint16_t low[8] = {0x0000, 0xffff, 0x0421, 0x1c21,
	                                0x7c21, 0xb421, 0x8821, 0xf7c1};

	return n >> 3 << 16 | low[n & 7];
}

static const struct space spaces[] = {
        {"the system space", 0x20000, system_word, 37},
        {"FP/SIMD", 0x40000, simd_word, 61},
        {"upper halves", 0x80000, upper_word, 157},
};

static const struct {
	const char *name;
	enum hvc_cpu cpu;
} models[] = {{"a72", HVC_CPU_A72}, {"max", HVC_CPU_MAX}};

static const struct {
	const char *name;
	const struct space *space;
	enum hvc_cpu cpu;
} trials[] = {
        {"the_system_space_on_a72", &spaces[0], HVC_CPU_A72},
        {"simd_on_a72", &spaces[1], HVC_CPU_A72},
        {"upper_halves_on_a72", &spaces[2], HVC_CPU_A72},
        {"the_system_space_on_max", &spaces[0], HVC_CPU_MAX},
        {"simd_on_max", &spaces[1], HVC_CPU_MAX},
        {"upper_halves_on_max", &spaces[2], HVC_CPU_MAX},
};

static uint32_t word_of(const struct space *space, uint32_t n)
{
	return space->word(full() ? n : n * space->stride);
}

static uint32_t count_of(const struct space *space)
{
	return full() ? space->count : space->count / space->stride;
}

/* Words first..first + BATCH of a space, each behind a landing place of its own. */
static struct hvc_machine *open_words(const struct space *space, enum hvc_cpu cpu, uint32_t first)
{
	static uint32_t code[0x400 + 2 * BATCH];
	static struct hvc_segment segment = {BASE, sizeof code, (const uint8_t *)code, sizeof code};
	struct hvc_machine_config config = {
	        .image = {.segment = &segment, .segments = 1, .vectors = BASE}, .budget = 1000};
	struct hvc_machine *machine = NULL;
	struct hvc_diag diag = {0};
	struct hvc_world world;

	memset(code, 0, sizeof code);
	for (unsigned slot = 0; slot < 16; slot++)
		code[slot * HVC_VECTOR_SLOT_SIZE / 4] = A64_BR(30);
	for (uint32_t i = 0; i < BATCH && first + i < count_of(space); i++) {
		code[0x400 + 2 * i] = word_of(space, first + i);
		code[0x400 + 2 * i + 1] = A64_ERET;
	}
	hvc_world_init(&world, cpu);
	config.world = &world;
	ck_assert_msg(hvc_machine_open(&config, &diag, &machine) == HVC_OK, "%s", diag.message);
	return machine;
}

/* From the word that is next; false when the machine could not go on. */
static bool execute(struct hvc_machine *machine, struct shared *shared, uint32_t first,
                    uint32_t count)
{
	while (shared->at < count) {
		for (shared->value = 0; shared->value < OPERANDS; shared->value++) {
			struct hvc_outcome outcome;
			struct hvc_diag diag = {0};
			struct hvc_call call;

			hvc_call_init(&call, 0);
			call.x[1] = operands[shared->value];
			call.x[30] = BASE + 0x1000 + 8ull * (shared->at - first);
			if (hvc_machine_call(machine, &call, &diag, &outcome) != HVC_OK ||
			    hvc_machine_reset(machine, &diag) != HVC_OK) {
				printf("%s\n", diag.message);
				return false;
			}
		}
		shared->at++;
	}
	return true;
}

/* How many words kill a process. */
static unsigned deaths(const struct space *space, enum hvc_cpu cpu, struct shared *shared)
{
	/* Not of the clock: the machine may be busy. */
	const struct rlimit patience = {600, 601};
	uint32_t count = count_of(space);
	unsigned dead = 0;

	for (uint32_t first = 0; first < count; first += BATCH) {
		uint32_t end = first + BATCH < count ? first + BATCH : count;
		struct hvc_machine *machine = open_words(space, cpu, first);

		shared->at = first;
		while (shared->at < end) {
			int status;
			pid_t pid;

			fflush(stdout);
			pid = fork();
			ck_assert_int_ge(pid, 0);
			if (pid == 0) {
				setrlimit(RLIMIT_CPU, &patience);
				_exit(execute(machine, shared, first, end) ? 0 : 1);
			}
			ck_assert_int_eq(waitpid(pid, &status, 0), pid);
			if (status == 0)
				continue;
			printf("%s, %s: 0x%08x with 0x%llx: status 0x%x\n", space->name,
			       hvc_cpu_name(cpu), word_of(space, shared->at),
			       (unsigned long long)operands[shared->value], (unsigned)status);
			shared->at++;
			dead++;
		}
		hvc_machine_close(machine);
	}
	return dead;
}

TEST_ROWS(no_instruction_kills_the_process, trials)
{
	const struct space *space = trials[_i].space;
	enum hvc_cpu cpu = trials[_i].cpu;
	struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
	                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned dead;

	ck_assert_ptr_ne(shared, MAP_FAILED);
	dead = deaths(space, cpu, shared);
	munmap(shared, sizeof *shared);
	ck_assert_msg(dead == 0, "%u of %u words of %s on %s", dead, count_of(space), space->name,
	              hvc_cpu_name(cpu));
}

static enum hvc_knowledge known(void *ctx, const uint8_t encoding[5], uint64_t *value)
{
	const struct hvc_machine *machine = ctx;
	enum hvc_reg reg =
	        hvc_reg__find_sys(encoding[0], encoding[1], encoding[2], encoding[3], encoding[4]);

	if (reg == HVC_REG_NONE && hvc_engine__get_sys(machine->engine, encoding, value))
		return HVC_KNOWN_VALUE;
	if (reg == HVC_REG_NONE || !hvc_regset_has(hvc_machine_present(machine), reg))
		return HVC_KNOWN_ABSENT;
	*value = hvc_machine_entry(machine)->v[reg];
	return HVC_KNOWN_VALUE;
}

/* Do the terms of a word end in an exception? -1: it is not lifted, or hangs on more. */
static int faults_by_terms(struct hvc_machine *machine, struct hvc_bvs *terms, uint32_t word)
{
	struct hvc_image image = {0};
	struct hvc_scene scene = {.image = &image,
	                          .terms = terms,
	                          .addresses = 4,
	                          .known = known,
	                          .known_ctx = machine};
	struct hvc_way *way = hvc_way__open(&scene);
	struct hvc_lift lift;

	ck_assert_ptr_nonnull(way);
	hvc_lift__word(&scene, way, word, &lift);
	hvc_way__free(way);
	ck_assert_int_ne(lift.next, HVC_NEXT_FAILED);
	return lift.next == HVC_NEXT_UNLIFTED || lift.next == HVC_NEXT_ASK
	               ? -1
	               : lift.next == HVC_NEXT_FAULT;
}

static uint32_t chosen[0x40000];

static uint32_t chosen_word(uint32_t n)
{
	return chosen[n];
}

/* Every access to a register that the CPU has, and of the other system instructions a sample. */
static uint32_t choose(enum hvc_cpu cpu)
{
	struct hvc_machine *machine = open_words(&spaces[0], cpu, 0);
	struct hvc_vhe_access access;
	uint32_t count = 0;
	uint64_t value;

	for (uint32_t n = 0; n < 0x40000; n++)
		if (full() || n % 107 == 0 ||
		    (hvc_vhe__decode(system_words(n), &access) &&
		     known(machine, access.name, &value) == HVC_KNOWN_VALUE))
			chosen[count++] = system_words(n);
	hvc_machine_close(machine);
	return count;
}

/* The names that there are, and which of them can be written; operations. */
TEST_ROWS(terms_and_machine_agree_on_what_is_undefined, models)
{
	const uint32_t count = choose(models[_i].cpu);
	const struct space names = {"system instructions", count, chosen_word, 1};
	struct hvc_machine *machine = NULL;
	unsigned wrong = 0;

	for (uint32_t n = 0; n < count_of(&names); n++) {
		const uint32_t word = word_of(&names, n);
		const uint64_t pc = BASE + 0x1000 + 8ull * (n % BATCH);
		struct hvc_outcome outcome;
		struct hvc_diag diag = {0};
		struct hvc_bvs *terms;
		struct hvc_call call;
		int faults;
		bool fault;

		if (n % BATCH == 0) {
			hvc_machine_close(machine);
			machine = open_words(&names, models[_i].cpu, n);
		}
		ck_assert_int_eq(hvc_bv__open(0, &terms), HVC_OK);
		faults = faults_by_terms(machine, terms, word);
		hvc_bv__close(terms);
		hvc_call_init(&call, 0);
		call.x[30] = pc;
		ck_assert_int_eq(hvc_machine_call(machine, &call, &diag, &outcome), HVC_OK);
		ck_assert_int_eq(hvc_machine_reset(machine, &diag), HVC_OK);
		fault = outcome.kind == HVC_OUTCOME_FAULT && outcome.pc == pc &&
		        hvc_arch_ec(outcome.esr) != HVC_EC_DABT_SAME;
		if (faults < 0 || faults == fault)
			continue;
		printf("%s: 0x%08x: %s by the terms, %s in the machine\n",
		       hvc_cpu_name(models[_i].cpu), word, faults ? "a fault" : "none",
		       fault ? "one" : "none");
		wrong++;
	}
	hvc_machine_close(machine);
	ck_assert_uint_eq(wrong, 0);
}

#define CHOSEN 64u /* words an image, by the immediate */

/* mrs x9, esr_el2; and x9, x9, #63; adr x10, words; add x10, x10, x9, lsl #3; br x10 */
static void put_chosen(struct tiny_image *image, enum hvc_cpu cpu, const uint32_t word[CHOSEN])
{
	tiny_init(image, cpu);
	tiny_put(image, TINY_LOWER, A64_MRS(9, sys_name(HVC_REG_ESR_EL2)), 0x92401529,
	         A64_ADR(10, TINY_CODE - TINY_LOWER - 8), 0x8b090d4a, A64_BR(10));
	for (unsigned i = 0; i < CHOSEN; i++)
		tiny_put(image, TINY_CODE + 8 * i, word[i], A64_ERET);
}

/* The exact map of them, a call a word; those whose call is not what it says are counted. */
static unsigned parted(enum hvc_cpu cpu, uint32_t word[CHOSEN])
{
	unsigned wrong = 0;

	for (;;) {
		struct tiny_image image;
		struct hvc_exact_config config = {.brief = true, .world = &image.world};
		struct hvc_exact *exact = NULL;
		struct hvc_subject *subject;
		struct hvc_diag diag = {0};
		const char *at;
		unsigned which;

		put_chosen(&image, cpu, word);
		subject = open_subject(tiny_file(&image, "chosen.bin"));
		config.subject = subject;
		if (hvc_exact__make(&config, &diag, &exact) == HVC_OK) {
			hvc_exact__free(exact);
			hvc_subject_close(subject);
			return wrong;
		}
		hvc_subject_close(subject);
		at = strstr(diag.message, " #0x");
		ck_assert_msg(at != NULL, "%s", diag.message);
		which = (unsigned)strtoul(at + 2, NULL, 16) % CHOSEN;
		printf("%s: 0x%08x: %s\n", hvc_cpu_name(cpu), word[which], diag.message);
		ck_assert_uint_ne(word[which], A64_NOP);
		word[which] = A64_NOP;
		wrong++;
	}
}

/* Everything of the system space that is lifted, and all that comes of it. */
TEST_ROWS(terms_and_machine_agree_on_the_system_space, models)
{
	const struct space names = {"system instructions", 0x40000, system_words, 31};
	struct hvc_machine *machine = open_words(&names, models[_i].cpu, 0);
	uint32_t word[CHOSEN];
	unsigned words = 0, wrong = 0;

	for (uint32_t n = 0; n < count_of(&names); n++) {
		struct hvc_bvs *terms;

		word[words] = word_of(&names, n);
		ck_assert_int_eq(hvc_bv__open(0, &terms), HVC_OK);
		words += faults_by_terms(machine, terms, word[words]) == 0;
		hvc_bv__close(terms);
		if (words < CHOSEN && n + 1 < count_of(&names))
			continue;
		while (words < CHOSEN)
			word[words++] = A64_NOP;
		wrong += parted(models[_i].cpu, word);
		words = 0;
	}
	hvc_machine_close(machine);
	ck_assert_uint_eq(wrong, 0);
}

static void no_exception(void *ctx, enum hvc_event event, uint64_t pc)
{
	(void)ctx;
	(void)event;
	(void)pc;
}

/* Worlds name any register: from outside each is read and written, and the CPU still runs. */
TEST_ROWS(no_register_kills_the_process, models)
{
	static const uint64_t values[] = {UINT64_MAX, 0};
	const struct hvc_engine_hooks hooks = {.exception = no_exception};
	uint32_t *at =
	        mmap(NULL, sizeof *at, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned dead = 0;

	ck_assert_ptr_ne(at, MAP_FAILED);
	for (*at = 0; *at < 0x8000;) {
		int status;
		pid_t pid = fork();

		ck_assert_int_ge(pid, 0);
		if (pid == 0) {
			struct hvc_engine *engine = NULL;

			if (hvc_engine__open(models[_i].cpu, &hooks, NULL, &engine) != HVC_OK)
				_exit(1);
			for (; *at < 0x8000; ++*at) {
				const uint8_t t[5] = {(uint8_t)(2 + (*at >> 14)), *at >> 11 & 7,
				                      *at >> 7 & 15, *at >> 3 & 15, *at & 7};
				uint64_t value = 0;

				for (unsigned i = 0; i < 2; i++)
					if (hvc_engine__get_sys(engine, t, &value))
						hvc_engine__set_sys(engine, t, values[i]);
				hvc_engine__set_sys(engine, t, value);
			}
			hvc_engine__close(engine);
			_exit(0);
		}
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		if (status == 0)
			break;
		printf("s%u_%u_c%u_c%u_%u on %s: status 0x%x\n", 2 + (*at >> 14), *at >> 11 & 7,
		       *at >> 7 & 15, *at >> 3 & 15, *at & 7, hvc_cpu_name(models[_i].cpu),
		       (unsigned)status);
		++*at;
		dead++;
	}
	munmap(at, sizeof *at);
	ck_assert_uint_eq(dead, 0);
}

SUITE_MAIN("encoding")
