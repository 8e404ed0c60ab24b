/* SPDX-License-Identifier: MIT */
/** Looking for leaks, and holding one to what must be told of it. */
#ifndef SUITES_LEAK_FINDER_H
#define SUITES_LEAK_FINDER_H

#include "engine/leak.h"
#include "under_test.h"

static inline struct hvc_leaks *find(const struct hvc_leaks_config *config)
{
	struct hvc_leaks *leaks = NULL;
	struct hvc_diag diag = {0};
	enum hvc_status status = hvc_leaks__find(config, &diag, &leaks);

	ck_assert_msg(status == HVC_OK, "%s: %s", hvc_subject_name(config->subject), diag.message);
	ck_assert_uint_eq(leaks->paths, leaks->compared + leaks->granted + leaks->silent);
	ck_assert_uint_gt(leaks->compared, 0);
	return leaks;
}

static inline void join_sources(const struct hvc_leak *leak, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < hvc_secret__count(); i++)
		if (leak->sources >> i & 1)
			used += (size_t)snprintf(text + used, size - used, "%s%s", used ? ", " : "",
			                         hvc_secret__name(i));
}

static inline void check_leak(const struct hvc_leak *leak, const char *channel, const char *place,
                              const char *tells, const char *moved_by)
{
	char text[128], code[80];

	ck_assert_str_eq(hvc_channel__name(leak->channel), channel);
	if (leak->channel == HVC_CHANNEL_REGISTER)
		ck_assert_str_eq(hvc_reg_name((enum hvc_reg)leak->place), place);
	else if (leak->channel == HVC_CHANNEL_SIMD)
		ck_assert_str_eq(hvc_simd_name(leak->place), place);
	join_sources(leak, text, sizeof text);
	ck_assert_str_eq(text, tells);
	ck_assert(leak->value[0] != leak->value[1] || leak->channel == HVC_CHANNEL_OUTCOME);
	ck_assert_uint_ne(leak->secret_value[0], leak->secret_value[1]);
	ck_assert_int_eq(leak->moved, moved_by != NULL);
	if (!moved_by)
		return;
	hvc_disasm(leak->pc, leak->word, code, sizeof code);
	ck_assert_msg(!strncmp(code, moved_by, strlen(moved_by)), "moved by %s", code);
}

#endif
