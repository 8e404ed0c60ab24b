/* SPDX-License-Identifier: MIT */
/*
 * Sweeps: the same whoever did the work, as few classes as explain everything, each class exact.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "engine/internal.h"
#include "hvcheck/verdict.h"
#include "tiny_image.h"
#include "under_test.h"

#define FOLDER HVC_BINARY_DIR "/test_sweep.files"
#define ESR    sys_name(HVC_REG_ESR_EL2)

#define A64_AND16(rd, rn) (UINT32_C(0x92403c00) | (uint32_t)(rn) << 5 | (rd))
#define A64_CMP(rn, rm)   (UINT32_C(0xeb00001f) | (uint32_t)(rm) << 16 | (uint32_t)(rn) << 5)
#define A64_MUL(rd, rn, rm) \
	(UINT32_C(0x9b007c00) | (uint32_t)(rm) << 16 | (uint32_t)(rn) << 5 | (rd))

/* A few calls of every sort, in the order that probes have. */
static const struct choice {
	enum hvc_insn insn;
	enum hvc_level from;
	uint64_t seed;
	bool varied; /* x0 is set */
	uint64_t x0;
} choices[] = {
        {HVC_INSN_HVC, HVC_LEVEL_EL1H, 0, false, 0},
        {HVC_INSN_HVC, HVC_LEVEL_EL1H, 0, true, 0},
        {HVC_INSN_HVC, HVC_LEVEL_EL1H, 0, true, 1},
        {HVC_INSN_HVC, HVC_LEVEL_EL1H, 0, true, 3},
        {HVC_INSN_HVC, HVC_LEVEL_EL1H, 0, true, HVC_FUNCTION},
        {HVC_INSN_HVC, HVC_LEVEL_EL1H, 1, false, 0},
        {HVC_INSN_HVC, HVC_LEVEL_EL1T, 0, false, 0},
        {HVC_INSN_HVC, HVC_LEVEL_EL2H, 0, false, 0},
        {HVC_INSN_SMC, HVC_LEVEL_EL1H, 0, true, 0},
};

#define CHOICES      (sizeof choices / sizeof *choices)
#define EL1H_CHOICES 6 /* the first */

static struct hvc_probes few_probes(struct hvc_probe probe[CHOICES])
{
	for (size_t i = 0; i < CHOICES; i++) {
		const struct choice *choice = &choices[i];

		probe[i] = (struct hvc_probe){.seed = choice->seed, .reg = HVC_REG_NONE};
		hvc_call_init(&probe[i].call, choice->seed);
		probe[i].call.insn = choice->insn;
		probe[i].call.from = choice->from;
		if (choice->varied) {
			probe[i].call.x[0] = choice->x0;
			probe[i].reg = HVC_REG_X0;
			probe[i].why = HVC_WHY_NAMED;
		}
	}
	return (struct hvc_probes){probe, CHOICES, 0};
}

/* HVC from EL1h only: where a call ends is part of its class. */
static struct hvc_probes el1h_probes(struct hvc_probe probe[CHOICES], unsigned count)
{
	struct hvc_probes probes = few_probes(probe);

	ck_assert_uint_le(count, EL1H_CHOICES);
	probes.count = count;
	return probes;
}

static struct hvc_map *make_map(const struct hvc_subject *subject, const struct hvc_probes *probes,
                                unsigned jobs)
{
	struct hvc_map_config config = {.subject = subject, .probes = probes, .jobs = jobs};
	struct hvc_map *map = NULL;
	struct hvc_diag diag = {0};
	enum hvc_status status = hvc_map_make(&config, &diag, &map);

	ck_assert_msg(status == HVC_OK, "%s: %s", hvc_subject_name(subject), diag.message);
	return map;
}

/* The image as a raw file, opened as a user would. */
static struct hvc_subject *open_image(const struct tiny_image *image, const char *name)
{
	char path[512], spec[600];
	FILE *file;

	ck_assert(!mkdir(FOLDER, 0777) || errno == EEXIST);
	snprintf(path, sizeof path, "%s/%s", FOLDER, name);
	file = fopen(path, "wb");
	ck_assert(file && fwrite(image->bytes, sizeof image->bytes, 1, file) == 1);
	ck_assert_int_eq(fclose(file), 0);
	snprintf(spec, sizeof spec, "%s@0x%" PRIx64, path, HVC_IMAGE_BASE);
	return open_subject(spec);
}

static char *to_text(const struct hvc_map *map)
{
	char *text = NULL, line[1024];
	size_t size;
	FILE *file = open_memstream(&text, &size);

	for (unsigned i = 0; i < map->classes; i++) {
		const struct hvc_class *class_ = &map->class_[i];

		hvc_class_print(class_, line, sizeof line);
		fprintf(file, "%u: %s; %" PRIu64 " calls, %" PRIu64 "-%" PRIu64 " instructions\n",
		        i, line, class_->calls, class_->instructions_min, class_->instructions_max);
	}
	for (size_t i = 0; i < map->runs; i++)
		fprintf(file, "%u %x-%x %u\n", map->run[i].probe, map->run[i].lo, map->run[i].hi,
		        map->run[i].class_);
	ck_assert_int_eq(fclose(file), 0);
	return text;
}

START_TEST(jobs_do_not_matter)
{
	static const char *const names[] = {"linux-stub-4.12", "linux-kvm-imm",
	                                    "broken-single-imm"};
	static const unsigned jobs[] = {1, 2, 7};
	struct hvc_probe probe[CHOICES];
	struct hvc_probes probes = few_probes(probe);

	probes.probe += 2;
	probes.count -= 2;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct hvc_subject *subject = open_subject(names[i]);
		char *first = NULL;

		for (size_t k = 0; k < sizeof jobs / sizeof *jobs; k++) {
			struct hvc_map *map = make_map(subject, &probes, jobs[k]);
			char *text = to_text(map);

			if (!first)
				first = strdup(text);
			ck_assert_msg(!strcmp(text, first), "%s: %u jobs:\n%.600s\n1 job:\n%.600s",
			              names[i], jobs[k], text, first);
			free(text);
			hvc_map_free(map);
		}
		free(first);
		hvc_subject_close(subject);
	}
}
END_TEST

/* All of it is one class, with this one effect on x0. */
static void assert_one_class(const struct tiny_image *image, enum hvc_term_kind kind,
                             uint64_t value)
{
	struct hvc_subject *subject = open_image(image, "one_class.bin");
	struct hvc_probe probe[CHOICES];
	struct hvc_probes probes = el1h_probes(probe, 6);
	struct hvc_map *map;

	map = make_map(subject, &probes, 1);
	ck_assert_uint_eq(map->classes, 1);
	ck_assert_uint_eq(map->runs, probes.count);
	ck_assert_uint_eq(map->class_[0].calls, probes.count * HVC_IMM_COUNT);
	ck_assert_int_eq(map->class_[0].kind, HVC_OUTCOME_RETURN);
	ck_assert_uint_eq(map->class_[0].effects, 1);
	ck_assert_int_eq(map->class_[0].effect[0].reg, HVC_REG_X0);
	ck_assert_int_eq(map->class_[0].effect[0].value.kind, kind);
	ck_assert_uint_eq(map->class_[0].effect[0].value.value, value);
	for (size_t i = 0; i < map->runs; i++)
		ck_assert(map->run[i].lo == 0 && map->run[i].hi == 0xffff);
	hvc_map_free(map);
	hvc_subject_close(subject);
}

START_TEST(the_immediate_is_one_class)
{
	struct tiny_image image;

	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_LOWER, A64_MRS(0, ESR), A64_AND16(0, 0), A64_ERET);
	assert_one_class(&image, HVC_TERM_IMM, 0);
}
END_TEST

START_TEST(the_syndrome_is_one_class)
{
	struct tiny_image image;

	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_LOWER, A64_MRS(0, ESR), A64_ERET);
	assert_one_class(&image, HVC_TERM_ESR, 0);
}
END_TEST

START_TEST(a_special_immediate_is_found)
{
	static const uint16_t specials[] = {0, 1, 0x3ff, 0x400, 0x4a48, 0xffff};
	struct hvc_probe probe[CHOICES];
	struct hvc_probes probes = el1h_probes(probe, 2);

	for (size_t i = 0; i < sizeof specials / sizeof *specials; i++) {
		struct tiny_image image;
		struct hvc_subject *subject;
		struct hvc_map *map;
		uint32_t special = specials[i];
		size_t run = 0;

		tiny_init(&image, HVC_CPU_A72);
		tiny_put(&image, TINY_LOWER, A64_MRS(17, ESR), A64_AND16(17, 17),
		         A64_MOVZ(16, special), A64_CMP(17, 16), A64_BNE(8), A64_MOVZ(0, 0xbeef),
		         A64_ERET);
		subject = open_image(&image, "special.bin");
		map = make_map(subject, &probes, 2);
		ck_assert_uint_eq(map->classes, 2);
		ck_assert_uint_eq(map->class_[0].calls, 2 * (HVC_IMM_COUNT - 1));
		ck_assert_uint_eq(map->class_[1].calls, 2);
		ck_assert_int_eq(map->class_[1].effect[0].reg, HVC_REG_X0);
		ck_assert_uint_eq(map->class_[1].effect[0].value.value, 0xbeef);
		for (uint32_t p = 0; p < probes.count; p++) {
			const struct hvc_run want[] = {
			        {p, 0, 0, (uint16_t)(special - 1)},
			        {p, 1, (uint16_t)special, (uint16_t)special},
			        {p, 0, (uint16_t)(special + 1), 0xffff},
			};

			for (size_t k = special == 0; k < (special == 0xffff ? 2 : 3); k++)
				ck_assert_msg(run < map->runs && !memcmp(&map->run[run++], &want[k],
				                                         sizeof want[k]),
				              "0x%x: run %zu of probe %u", special, k, p);
		}
		ck_assert_uint_eq(run, map->runs);
		hvc_map_free(map);
		hvc_subject_close(subject);
	}
}
END_TEST

/* x0 := imm * K: as many behaviours as there are immediates. */
static struct hvc_subject *open_hash(void)
{
	struct tiny_image image;

	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_LOWER, A64_MRS(0, ESR), A64_AND16(0, 0), A64_MOVZ(1, 0x4f6d),
	         A64_MOVK16(1, 0xd835), A64_MOVK32(1, 0x1fa6), A64_MOVK48(1, 0x9e37),
	         A64_MUL(0, 0, 1), A64_ERET);
	return open_image(&image, "hash.bin");
}

START_TEST(all_immediates_may_differ)
{
	struct hvc_subject *subject = open_hash();
	struct hvc_probe probe[CHOICES];
	struct hvc_probes probes = el1h_probes(probe, 5);
	struct hvc_map *map;
	struct rusage usage;

	/* x0 = 1 and 3: nothing that an immediate gives, which would be one behaviour less */
	probes.probe += 2;
	probes.count = 2;
	map = make_map(subject, &probes, 2);
	ck_assert_uint_eq(map->classes, HVC_IMM_COUNT);
	ck_assert_uint_eq(map->runs, probes.count * HVC_IMM_COUNT);
	for (unsigned i = 0; i < map->classes; i++)
		ck_assert_uint_eq(map->class_[i].calls, probes.count);
	for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++)
		ck_assert_uint_eq(hvc_map_class_of(map, 0, (uint16_t)imm),
		                  hvc_map_class_of(map, 1, (uint16_t)imm));
	ck_assert_int_eq(getrusage(RUSAGE_SELF, &usage), 0);
	ck_assert_int_lt(usage.ru_maxrss, 1 << 20); /* KiB */
	hvc_map_free(map);
	hvc_subject_close(subject);
}
END_TEST

static bool is_compared(const struct hvc_map *map, enum hvc_reg reg)
{
	return hvc_regset_has(&map->present, reg) && reg != HVC_REG_SCR_EL3 &&
	       hvc_reg_info(reg)->class_ != HVC_CLASS_EXCEPTION;
}

/* What the map says of a call and what the machine does are the same to the last bit. */
static void assert_exact(const struct hvc_map *map, struct hvc_machine *machine, unsigned probe,
                         uint16_t imm)
{
	struct hvc_outcome says, does;
	struct hvc_call call;

	hvc_map_call(map, probe, imm, &call);
	hvc_class_apply(&map->class_[hvc_map_class_of(map, probe, imm)], &map->entry, &call, &says);
	does = make_call(machine, &call);
	reset(machine);
	ck_assert_msg(says.kind == does.kind && says.level == does.level && says.pc == does.pc &&
	                      says.esr == does.esr && says.far == does.far &&
	                      says.stores == does.stores && says.untracked == does.untracked,
	              "%s, probe %u, 0x%x: %s to 0x%" PRIx64 ", the map says %s to 0x%" PRIx64,
	              map->subject, probe, imm, hvc_outcome_name(does.kind), does.pc,
	              hvc_outcome_name(says.kind), says.pc);
	for (unsigned reg = 0; reg < HVC_REG_COUNT; reg++)
		ck_assert_msg(!is_compared(map, (enum hvc_reg)reg) ||
		                      ((says.state.v[reg] ^ does.state.v[reg]) &
		                       hvc_reg_info((enum hvc_reg)reg)->mask) == 0,
		              "%s, probe %u, 0x%x: %s is 0x%" PRIx64 ", the map says 0x%" PRIx64,
		              map->subject, probe, imm, hvc_reg_name((enum hvc_reg)reg),
		              does.state.v[reg], says.state.v[reg]);
	for (unsigned i = 0; i < does.stores && i < HVC_STORE_MAX; i++)
		ck_assert(says.store[i].address == does.store[i].address &&
		          says.store[i].value == does.store[i].value &&
		          says.store[i].size == does.store[i].size);
}

START_TEST(classes_are_exact)
{
	static const char *const names[] = {"linux-stub-4.12", "linux-stub-imm",
	                                    "linux-kvm-imm-default", "broken-store",
	                                    "broken-restart-el1"};
	const size_t count = sizeof names / sizeof *names;
	struct hvc_probe probe[CHOICES];
	struct hvc_probes probes = few_probes(probe);
	uint64_t random = 1;

	for (size_t i = 0; i <= count; i++) {
		struct hvc_subject *subject = i < count ? open_subject(names[i]) : open_hash();
		struct hvc_map *map = make_map(subject, &probes, 2);
		struct hvc_machine *machine = open_machine(subject, NULL);

		for (unsigned n = 0; n < 6000; n++) {
			random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
			assert_exact(map, machine, (unsigned)(random >> 48) % map->probes.count,
			             (uint16_t)(random >> 32));
		}
		hvc_machine_close(machine);
		hvc_map_free(map);
		hvc_subject_close(subject);
	}
}
END_TEST

/* One more than the most is refused, and what is told is not that memory ran out. */
START_TEST(the_limit_of_classes_is_what_it_says)
{
	struct hvc_partial partial = {0};
	struct hvc_diag diag = {0};
	struct hvc_class class_ = {.kind = HVC_OUTCOME_FAULT};
	unsigned index, known = 0;

	for (; known < HVC_CLASS_MAX; known++) {
		class_.esr = known;
		if (!hvc_partial__intern(&partial, &class_, &index) || index != known)
			break;
	}
	ck_assert_uint_eq(known, HVC_CLASS_MAX);
	class_.esr = HVC_CLASS_MAX;
	ck_assert(!hvc_partial__intern(&partial, &class_, &index));
	ck_assert_int_eq(hvc_partial__complain(&partial, &diag), HVC_E_RANGE);
	ck_assert_str_eq(diag.message, "more than 2000000 different behaviours");
	hvc_partial__clear(&partial);
}
END_TEST

static const struct suite_test tests[] = {
        {"jobs_do_not_matter", &jobs_do_not_matter},
        {"the_immediate_is_one_class", &the_immediate_is_one_class},
        {"the_syndrome_is_one_class", &the_syndrome_is_one_class},
        {"a_special_immediate_is_found", &a_special_immediate_is_found},
        {"all_immediates_may_differ", &all_immediates_may_differ},
        {"classes_are_exact", &classes_are_exact},
        {"the_limit_of_classes_is_what_it_says", &the_limit_of_classes_is_what_it_says},
};

SUITE_MAIN("sweep", tests)
