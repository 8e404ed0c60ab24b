/* SPDX-License-Identifier: MIT */
/**
 * Properties of an ABI that take more than one call: the `sequences` of a specification
 * (conformance/abi/README.md). Each is a list of calls made one after the other in one machine,
 * with what must hold after each besides what its rule promises.
 */
#ifndef HVC_ABI_PROPERTY_H
#define HVC_ABI_PROPERTY_H

#include "hvcheck/abi.h"

#define HVC_PROPERTY_CALLS_MAX     32u /**< calls of one property, as written */
#define HVC_PROPERTY_VARIABLES_MAX 16u
#define HVC_PROPERTY_TIMES_MAX     64u /**< how often one call may be repeated */

/** Where the value of a variable comes from. */
enum hvc_domain {
	HVC_DOMAIN_VALUES,  /**< any of some intervals */
	HVC_DOMAIN_VECTORS, /**< the address of a table that leads to the subject's own handlers */
	HVC_DOMAIN_SAVED,   /**< what a register held after a call */
};

struct hvc_variable {
	const char *name;
	enum hvc_domain domain;
	const struct hvc_interval *interval; /**< HVC_DOMAIN_VALUES */
	unsigned intervals;
};

/** A register and a value, whose expression may have terms of the kind HVC_TERM_VARIABLE. */
struct hvc_assignment {
	enum hvc_reg reg;
	uint64_t mask; /**< 0xffffffff for wN */
	const char *text;
	struct hvc_expr expr;
};

/** A variable that is given what a register holds after the call. */
struct hvc_saving {
	enum hvc_reg reg;
	unsigned variable;
};

/** With which state that of the system registers after a call is the same. */
enum hvc_same {
	HVC_SAME_NOT,   /**< nothing is said */
	HVC_SAME_KEPT,  /**< as before this call */
	HVC_SAME_START, /**< as at the start of the sequence */
	HVC_SAME_CALL,  /**< as after an earlier call */
};

struct hvc_property_call {
	unsigned line, column;
	unsigned rule;  /**< index in the ABI: the call falls under it */
	unsigned times; /**< made so often, at least once; what is said holds each time */
	bool has_imm;
	uint16_t imm;
	unsigned levels, insns;           /**< bits: one of these; the rule's where none is said */
	const struct hvc_assignment *set; /**< x0..x30 before the call */
	unsigned sets;
	enum hvc_outcome_kind outcome; /**< HVC_OUTCOME_COUNT: nothing is said */
	bool has_at;
	struct hvc_expr at;                 /**< where it ends; terms as in an assignment */
	const struct hvc_assignment *gives; /**< registers after the call */
	unsigned given;
	enum hvc_same same;
	unsigned same_as; /**< HVC_SAME_CALL: index of the call */
	const struct hvc_saving *save;
	unsigned saves;
};

struct hvc_property {
	const char *name;   /**< unique among the ABI's properties */
	const char *title;  /**< "" when there is none */
	const char *source; /**< the ABI's when it has none */
	bool unconfirmed;
	unsigned line, column;
	unsigned worlds; /**< bits 1 << index: those in which all of its rules have calls */
	const struct hvc_variable *variable;
	unsigned variables;
	const struct hvc_property_call *call;
	unsigned calls;
};

/** Properties in file order. */
unsigned hvc_abi_property__count(const struct hvc_abi *abi);
const struct hvc_property *hvc_abi_property__at(const struct hvc_abi *abi, unsigned i);

/** Put values in the place of variables, so that the expression can be evaluated. */
void hvc_expr__bind(const struct hvc_expr *expr, const uint64_t *variable, struct hvc_expr *out);

#endif
