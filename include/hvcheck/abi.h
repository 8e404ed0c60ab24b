/* SPDX-License-Identifier: MIT */
/**
 * ABI specifications: rules over (immediate, caller, registers) with the promised outcome.
 *
 * The file format is documented in conformance/abi/README.md. A loaded ABI is total: every call
 * of its space (its callers x instructions x worlds x 65,536 immediates x all register values)
 * falls under exactly one rule.
 */
#ifndef HVCHECK_ABI_H
#define HVCHECK_ABI_H

#include "hvcheck/expr.h"

/** An inclusive interval. */
struct hvc_interval {
	uint64_t lo, hi;
};

/** (reg & mask) lies in one of the intervals (sorted, disjoint, not adjacent). */
struct hvc_condition {
	enum hvc_reg reg; /**< x0..x30 */
	uint64_t mask;    /**< 0xffffffff for wN */
	const struct hvc_interval *interval;
	unsigned intervals;
};

/** What reg holds afterwards, in the bits of mask: the value of expr, or one of some values. */
struct hvc_result {
	enum hvc_reg reg;
	uint64_t mask;                       /**< 0xffffffff for wN */
	const char *text;                    /**< as the file writes it */
	struct hvc_expr expr;                /**< where there are no intervals */
	const struct hvc_interval *interval; /**< one of these: sorted, disjoint, not adjacent */
	unsigned intervals;
};

/** What the calls of a rule are, as its `role` says. */
enum hvc_role {
	HVC_ROLE_CALL,      /**< an operation that the ABI offers: it claims its calls */
	HVC_ROLE_UNKNOWN,   /**< calls that are none of the ABI's, and their answer */
	HVC_ROLE_EXCEPTION, /**< no call of this ABI's callers: what the vectors do with others */
	HVC_ROLE_COUNT,
};

/** Memory that a rule speaks of. */
struct hvc_buffer {
	const char *text;              /**< as the file writes it: "[x1, 16]" */
	struct hvc_expr address, size; /**< of bytes */
	bool written;                  /**< may be written; else it must not be */
};

/** One rule. All pointers live as long as the ABI. */
struct hvc_rule {
	const char *name;   /**< operation, such as "set_vectors"; unique in the ABI */
	const char *title;  /**< one line, "" when there is none */
	const char *source; /**< where the promise is documented; the ABI's when it has none */
	const char *table;  /**< the rule in whose table of calls it stands, "" for none */
	bool unconfirmed;   /**< the source is not certain */
	enum hvc_role role; /**< HVC_ROLE_UNKNOWN for a default rule that does not say */
	unsigned line, column;
	int priority; /**< higher wins where rules overlap; the default rule is lowest */
	bool is_default;

	/* which calls */
	const struct hvc_interval *imm; /**< sorted, disjoint; at least one */
	unsigned imms;
	unsigned levels;                       /**< bit 1 << enum hvc_level */
	unsigned insns;                        /**< bit 1 << enum hvc_insn */
	unsigned worlds;                       /**< bit 1 << index of world */
	const struct hvc_condition *condition; /**< all must hold */
	unsigned conditions;

	/* what is promised */
	bool specified; /**< false: the ABI promises nothing for these calls */
	enum hvc_outcome_kind outcome;
	enum hvc_level level; /**< HVC_LEVEL_COUNT: the caller's for return, retry and
	                           inject; EL2h for the others */
	bool has_at;
	struct hvc_expr at; /**< address reached, for jump and inject (where stated) */
	const struct hvc_result *result;
	unsigned results;
	const struct hvc_buffer *buffer;
	unsigned buffers;
	struct hvc_regset clobbers; /**< may change; everything else is preserved */
	const hvc_other *spare;     /**< the same of registers without a row; ascending */
	unsigned spares;
	struct hvc_regset returns; /**< those of clobbers whose value is data for the caller */
};

/** A world the ABI is specified in. */
struct hvc_abi_world {
	const char *title;
	struct hvc_world world; /**< world.name is the word used in rules */
};

struct hvc_abi;

#define HVC_ABOUT_RANGES 64u

/** The subject that a specification is to be held to: what symbols and owners of memory mean. */
struct hvc_abi_about {
	hvc_place_find *find;
	void *ctx;
	struct hvc_interval text[HVC_ABOUT_RANGES], data[HVC_ABOUT_RANGES];
	unsigned texts, datas;
	bool aarch32; /**< code for Hyp mode: of a file for both widths the half of 32 bits */
};

/**
 * Load from a file, or parse text (name is used in diagnostics). Of a file for both widths this is
 * the half of 64 bits; hvc_abi__open_about takes the one of its subject.
 */
HVC_MUST_USE HVC_API enum hvc_status hvc_abi_load(const char *path, struct hvc_diag *diag,
                                                  struct hvc_abi **out);
HVC_MUST_USE HVC_API enum hvc_status hvc_abi_parse(const char *text, size_t size, const char *name,
                                                   struct hvc_diag *diag, struct hvc_abi **out);
/** By name of a shipped ABI, or by path when the name has a '/' or ends in ".yaml"; NAME-arm32 is
 * the half of 32 bits of one for both widths. */
HVC_MUST_USE HVC_API enum hvc_status hvc_abi_open(const char *name, struct hvc_diag *diag,
                                                  struct hvc_abi **out);
HVC_API void hvc_abi_free(struct hvc_abi *abi);

HVC_API const char *hvc_abi_name(const struct hvc_abi *abi);
HVC_API const char *hvc_abi_title(const struct hvc_abi *abi);
HVC_API const char *hvc_abi_source(const struct hvc_abi *abi);
HVC_API unsigned hvc_abi_world_count(const struct hvc_abi *abi);
HVC_API const struct hvc_abi_world *hvc_abi_world_at(const struct hvc_abi *abi, unsigned i);
/** Rules in file order; the last is the default. */
HVC_API unsigned hvc_abi_rule_count(const struct hvc_abi *abi);
HVC_API const struct hvc_rule *hvc_abi_rule_at(const struct hvc_abi *abi, unsigned i);

/** Shipped ABIs: name and text, in the order of the build's list; false past the end. */
HVC_API bool hvc_abi_shipped_at(size_t i, const char **name, const char **text, size_t *size);

#endif
