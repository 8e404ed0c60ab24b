/* SPDX-License-Identifier: MIT */
/**
 * A specification file as text: every value is a string with the place it stands at. What the
 * strings mean is decided by the readers of this structure, which know nothing of YAML.
 */
#ifndef HVC_ABI_SPEC_H
#define HVC_ABI_SPEC_H

#include <stdbool.h>

#include "abi/arena.h"
#include "hvcheck/limit.h"

/** r0 to r12 are names for w0 to w12; those above are banked. */
#define HVC_SPEC_R 13u

/** A value, or the name of a key. text is NULL where the key is absent. */
struct hvc_text {
	const char *text;
	unsigned line, column; /**< of the first character */
	bool plain;            /**< written as it reads, so offsets in text are columns */
};

/** One entry of a mapping with free choice of keys, in file order. */
struct hvc_spec_pair {
	struct hvc_text key, value;
};

struct hvc_spec_map {
	const struct hvc_spec_pair *pair;
	unsigned pairs;
	unsigned line, column;
	bool present;
};

struct hvc_spec_world {
	struct hvc_text name, title, cpu, el3, upper, esr;
	struct hvc_spec_map set, memory;
};

/** A rule; those of a table of calls are written out, each with the table's and its own words. */
struct hvc_spec_rule {
	struct hvc_text name, title, source, unconfirmed, role, priority, is_default;
	struct hvc_text outcome, level, at, clobbers;
	struct hvc_text table; /**< name of the rule whose table of calls it is from */
	struct hvc_spec_map when, results, among, returns, memory;
	unsigned line, column;
};

struct hvc_node;

struct hvc_spec {
	struct hvc_text abi, title, source, until, widths, callers, instructions, clobbers;
	struct hvc_text clobbers_aarch32; /**< in a file for both widths: of its half of 32 bits */
	struct hvc_spec_world *world;
	unsigned worlds;
	struct hvc_spec_rule *rule;
	unsigned rules;
	unsigned rules_line, rules_column;
	const struct hvc_node *sequences; /**< read by property.c; NULL: none */
};

/** The text of a node, and where it stands. */
struct hvc_text hvc_spec__text(const struct hvc_node *node);

/** The text of a key; its text is NULL where the key is absent. */
struct hvc_text hvc_spec__at(const struct hvc_node *map, const char *key);

/** A world, from its mapping. False when memory runs out. */
bool hvc_spec__world(const struct hvc_node *node, struct hvc_arena *arena,
                     struct hvc_spec_world *out);

/**
 * Read a file's bytes. Everything in *out lives in the arena, which holds leftovers on failure.
 * file is for diagnostics.
 */
HVC_MUST_USE enum hvc_status hvc_spec__read(const char *text, size_t size, const char *file,
                                            struct hvc_arena *arena, struct hvc_diag *diag,
                                            struct hvc_spec *out);

#endif
