/* SPDX-License-Identifier: MIT */
/**
 * The registry: who is known to use which HVC immediate and which SMCCC function identifier.
 *
 * No public registry of HVC immediates exists, so this is a collection of facts, each with its
 * source. It is data (conformance/registry.yaml, embedded in the library); the file's format is
 * documented in conformance/README.md. A row claims; whether two claims are at odds is decided
 * over ABI specifications (collide.h).
 */
#ifndef HVC_ABI_KNOWN_H
#define HVC_ABI_KNOWN_H

#include "hvcheck/abi.h"

enum hvc_known_kind {
	HVC_KNOWN_IMMEDIATE, /**< immediates of the HVC instruction */
	HVC_KNOWN_ENTITY,    /**< owning entity numbers of SMCCC fast calls, 0..63 */
	HVC_KNOWN_FUNCTION,  /**< SMCCC function identifiers, or other values used in their place */
	HVC_KNOWN_KIND_COUNT,
};

/** "immediate", "entity", "function". */
const char *hvc_known_kind__name(enum hvc_known_kind kind);

/** One value inside a row, by its own name. */
struct hvc_known_call {
	uint64_t value;
	const char *name;
};

/** One row. All pointers live as long as the registry. */
struct hvc_known {
	enum hvc_known_kind kind;
	const char *owner;
	const char *meaning;
	const char *since, *until; /**< the first and last version or year, "" where not known */
	const char *source;        /**< where that is documented */
	const char *abi;           /**< the shipped ABI that specifies it, "" where none does */
	bool unconfirmed;          /**< the primary source was not read */
	unsigned line, column;

	/** What is claimed: (value & mask) lies in the intervals (sorted, disjoint). */
	const struct hvc_interval *value;
	unsigned values;
	uint64_t mask;
	/** Functions: the immediates that they are called with; immediates: the same as value. */
	const struct hvc_interval *imm;
	unsigned imms;

	/**
	 * What selects the function: "x16", "w0", or "r12" for callers in AArch32 state; "" where
	 * the immediate alone does, or it is not known. reg is x0..x30 (rN: the xN it maps to) or
	 * HVC_REG_NONE; width 64 or 32, 0 with HVC_REG_NONE.
	 */
	const char *selector;
	enum hvc_reg reg;
	unsigned width;

	const struct hvc_known_call *call; /**< sorted by value, each inside the row */
	unsigned calls;
};

/** One question, or both; neither: everything. */
struct hvc_known_query {
	bool has_imm, has_fid;
	uint16_t imm;
	uint32_t fid;
};

struct hvc_registry;

/** The shipped registry. */
HVC_MUST_USE enum hvc_status hvc_known__open(struct hvc_diag *diag, struct hvc_registry **out);
/** Parse text (name is used in diagnostics); HVC_E_FORMAT with line and column. */
HVC_MUST_USE enum hvc_status hvc_known__parse(const char *text, size_t size, const char *name,
                                              struct hvc_diag *diag, struct hvc_registry **out);
void hvc_known__close(struct hvc_registry *registry);

const char *hvc_known__title(const struct hvc_registry *registry);
/** Row i: immediates by their first value, then entities, then functions; NULL past the end. */
const struct hvc_known *hvc_known__at(const struct hvc_registry *registry, size_t i);

/** The next row after previous (NULL: the first) that claims an immediate; NULL: no more. */
const struct hvc_known *hvc_known__find_imm(const struct hvc_registry *registry, uint16_t imm,
                                            const struct hvc_known *previous);
/**
 * The same for a function identifier: rows of functions, and of the owning entity where it is a
 * fast call (bit 31 set), whose range it lies in.
 */
const struct hvc_known *hvc_known__find_fid(const struct hvc_registry *registry, uint32_t fid,
                                            const struct hvc_known *previous);
/** The name of one value of a row; NULL when it has none of its own. */
const char *hvc_known__call_name(const struct hvc_known *known, uint64_t value);

#endif
