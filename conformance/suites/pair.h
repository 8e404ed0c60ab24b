/* SPDX-License-Identifier: MIT */
/** Two subjects, and their diff. */
#ifndef PAIR_H
#define PAIR_H

#include "engine/diff.h"
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

#endif
