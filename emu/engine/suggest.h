/* SPDX-License-Identifier: MIT */
/** A specification in the making, from the rows of an exact map. */
#ifndef ENGINE_SUGGEST_H
#define ENGINE_SUGGEST_H

#include "engine/exact.h"

struct hvc_suggest_config {
	unsigned jobs, randoms; /* of the checks that the draft is held to */
	hvc_progress_fn progress;
	void *progress_ctx;
};

/*
 * Write a specification that loads and that the subject conforms to: what a check contradicts is
 * taken back until it holds. name: letters, digits, dots, dashes. *out is malloc'ed; the caller
 * frees it. HVC_E_ARG (callers that do not meet the same), HVC_E_UNSUPPORTED (more rules than a
 * specification holds), those of hvc_check_run, HVC_E_NOMEM.
 */
HVC_MUST_USE enum hvc_status hvc_suggest__abi(const struct hvc_exact *exact,
                                              const struct hvc_suggest_config *config,
                                              const char *name, struct hvc_diag *diag, char **out);

#endif
