/* SPDX-License-Identifier: MIT */
/** Two subjects, and their diff. */
#ifndef PAIR_H
#define PAIR_H

#include <unistd.h>

#include "engine/diff.h"
#include "engine/saved.h"
#include "under_test.h"

struct pair {
	struct hvc_subject *subject[HVC_SIDE_COUNT];
	struct hvc_abi *abi[HVC_SIDE_COUNT];
	struct hvc_diff *diff;
};

static inline void make_with(struct pair *pair, struct hvc_diff_config *config)
{
	struct hvc_diag diag = {0};
	enum hvc_status status;

	for (int side = 0; side < HVC_SIDE_COUNT; side++) {
		config->subject[side] = pair->subject[side];
		config->abi[side] = pair->abi[side];
	}
	status = hvc_diff__run(config, &diag, &pair->diff);
	ck_assert_msg(status == HVC_OK, "%s: %s", hvc_subject_name(pair->subject[0]), diag.message);
}

/* With the ABIs of the same names, or without any. */
static inline void make(struct pair *pair, const char *old_name, const char *new_name, bool abis)
{
	const char *const names[] = {old_name, new_name};
	struct hvc_diff_config config = {.brief = true};

	for (int side = 0; side < HVC_SIDE_COUNT; side++) {
		pair->subject[side] = open_subject(names[side]);
		pair->abi[side] = abis ? open_abi(names[side]) : NULL;
	}
	make_with(pair, &config);
}

static inline void drop(struct pair *pair)
{
	hvc_diff__free(pair->diff);
	for (int side = 0; side < HVC_SIDE_COUNT; side++) {
		hvc_abi_free(pair->abi[side]);
		hvc_subject_close(pair->subject[side]);
	}
}

#define HVC_EL1H HVC_CALLER_BIT(HVC_INSN_HVC, HVC_LEVEL_EL1H)
#define HVC_EL1T HVC_CALLER_BIT(HVC_INSN_HVC, HVC_LEVEL_EL1T)
#define SMC_EL1H HVC_CALLER_BIT(HVC_INSN_SMC, HVC_LEVEL_EL1H)
#define SMC_EL1T HVC_CALLER_BIT(HVC_INSN_SMC, HVC_LEVEL_EL1T)
#define HVCS     (HVC_EL1H | HVC_EL1T)
#define SMCS     (SMC_EL1H | SMC_EL1T)
#define ANYONE   (HVCS | SMCS)

/* Two of the variants of subjects/variants.S, from callers at EL1. */
static inline void make_variants(struct pair *pair, const char *old_name, const char *new_name)
{
	const char *const names[] = {old_name, new_name};
	struct hvc_diff_config config = {
	        .brief = true,
	        .levels = 1u << HVC_LEVEL_EL1T | 1u << HVC_LEVEL_EL1H,
	        .insns = 1u << HVC_INSN_HVC | 1u << HVC_INSN_SMC,
	};
	char path[512];

	for (int side = 0; side < HVC_SIDE_COUNT; side++) {
		snprintf(path, sizeof path, "%s/subjects/variants.elf@%s", HVC_BINARY_DIR,
		         names[side]);
		pair->subject[side] = open_subject(path);
		pair->abi[side] = NULL;
	}
	make_with(pair, &config);
}

/* A subject's map, saved and read back. */
static inline struct hvc_exact *save(const struct hvc_subject *subject, unsigned levels)
{
	const struct hvc_exact_config make = {.subject = subject, .levels = levels, .brief = true};
	struct hvc_exact *map = NULL, *saved = NULL;
	struct hvc_diag diag = {0};
	char path[512];
	FILE *file;

	snprintf(path, sizeof path, "%s/pair-%d.map", HVC_BINARY_DIR, (int)getpid());
	file = fopen(path, "w");
	ck_assert_int_eq(hvc_exact__make(&make, &diag, &map), HVC_OK);
	ck_assert_int_eq(hvc_exact__save(file, map, &diag), HVC_OK);
	fclose(file);
	ck_assert_int_eq(hvc_exact__load(path, &diag, &saved), HVC_OK);
	ck_assert_int_eq(unlink(path), 0);
	hvc_exact__free(map);
	return saved;
}

#endif
