/* SPDX-License-Identifier: MIT */
/** What evaluating and printing an expression share. */
#ifndef HVC_ABI_EXPR_H
#define HVC_ABI_EXPR_H

#include "hvcheck/expr.h"

/** Operands a term takes from the stack: 0..3. */
unsigned hvc_expr__arity(enum hvc_term_kind kind);

#endif
