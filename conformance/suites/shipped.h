/* SPDX-License-Identifier: MIT */
/** The shipped specifications, as the suites read them: from the source tree. */
#ifndef SHIPPED_H
#define SHIPPED_H

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "abi/abi.h"
#include "suite.h"

#define FOLDER HVC_SOURCE_DIR "/conformance/abi"

/** Names of all shipped specifications in turn; NULL past the last. */
static inline const char *shipped(unsigned i)
{
	const char *name, *text;
	size_t size;

	return hvc_abi_shipped_at(i, &name, &text, &size) ? name : NULL;
}

/* NAME-arm32 may be the half of 32 bits of NAME. */
static inline struct hvc_abi *load(const char *name)
{
	struct hvc_abi_about about = {.aarch32 = false};
	struct hvc_abi *abi = NULL;
	struct hvc_diag diag;
	char path[512];

	snprintf(path, sizeof path, "%s/%s.yaml", FOLDER, name);
	if (access(path, R_OK)) {
		about.aarch32 = true;
		snprintf(path, sizeof path, "%s/%.*s.yaml", FOLDER, (int)strlen(name) - 6, name);
	}
	ck_assert_msg(hvc_abi__open_about(path, &about, &diag, &abi) == HVC_OK, "%s:%u:%u: %s",
	              path, diag.line, diag.column, diag.message);
	ck_assert_str_eq(hvc_abi_name(abi), name);
	return abi;
}

static inline unsigned world_of(const struct hvc_abi *abi, const char *name)
{
	unsigned i = 0;

	while (strcmp(hvc_abi_world_at(abi, i)->world.name, name) != 0)
		i++;
	return i;
}

static inline const struct hvc_rule *rule_of(const struct hvc_abi *abi, unsigned world,
                                             const struct hvc_call *call)
{
	int index = hvc_abi__rule_of(abi, world, call);

	ck_assert_int_ge(index, 0);
	return hvc_abi_rule_at(abi, (unsigned)index);
}

#endif
