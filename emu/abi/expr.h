/* SPDX-License-Identifier: MIT */
/** What evaluating and printing an expression share. */
#ifndef HVC_ABI_EXPR_H
#define HVC_ABI_EXPR_H

#include "hvcheck/expr.h"

/** Operands a term takes from the stack: 0..3. */
unsigned hvc_expr__arity(enum hvc_term_kind kind);

/** Is a term the same for every call: a number, or an operator on what it is given? */
static inline bool hvc_expr__is_fixed(enum hvc_term_kind kind)
{
	return kind == HVC_TERM_CONST || (kind >= HVC_TERM_AND && kind <= HVC_TERM_NEG);
}

/** hvc_expr__parse where these names are values, too: terms HVC_TERM_VARIABLE. */
HVC_MUST_USE enum hvc_status hvc_expr__parse_with(const char *text, const char *const *variable,
                                                  unsigned variables, struct hvc_expr *out,
                                                  size_t *position, const char **message);

/**
 * Parse text. On failure returns HVC_E_FORMAT, sets *position to the byte offset (from 0) of
 * what is wrong and *message to a constant string; both may be NULL.
 */
HVC_MUST_USE enum hvc_status hvc_expr__parse(const char *text, struct hvc_expr *out,
                                             size_t *position, const char **message);

uint64_t hvc_expr__eval(const struct hvc_expr *expr, const struct hvc_context *context);

bool hvc_expr__equal(const struct hvc_expr *a, const struct hvc_expr *b);

/** Canonical text, at most size bytes with the NUL; parsing it gives an equal expression. */
void hvc_expr__print(const struct hvc_expr *expr, char *text, size_t size);

/** Expressions of one term. */
struct hvc_expr hvc_expr__const(uint64_t value);

struct hvc_expr hvc_expr__reg(enum hvc_reg reg);

struct hvc_expr hvc_expr__term(enum hvc_term_kind kind);

/** What the function at HVC_FUNCTION computes: 3 a + 5 b + 7 c. */
uint64_t hvc_function__result(uint64_t a, uint64_t b, uint64_t c);

#endif
