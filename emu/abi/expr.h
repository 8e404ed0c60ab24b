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

/** hvc_expr_parse where these names are values, too: terms HVC_TERM_VARIABLE. */
HVC_MUST_USE enum hvc_status hvc_expr__parse_with(const char *text, const char *const *variable,
                                                  unsigned variables, struct hvc_expr *out,
                                                  size_t *position, const char **message);

#endif
