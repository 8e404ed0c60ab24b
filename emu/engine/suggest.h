/* SPDX-License-Identifier: MIT */
/** A specification in the making, from the rows of an exact map. */
#ifndef ENGINE_SUGGEST_H
#define ENGINE_SUGGEST_H

#include "engine/exact.h"

/* A rule: one case of a row, or the default. */
struct hvc_suggestion_rule {
	const struct hvc_row *row;
	const struct hvc_row_case *case_; /* NULL: what the others leave */
	bool unspecified;                 /* nothing is promised after all */
	enum hvc_reg aligned;             /* promised only where this register is a multiple of 4 */
	struct hvc_regset spared;         /* registers that are not promised after all */
};

struct hvc_suggestion {
	const struct hvc_exact *exact;
	const struct hvc_exact_part *part;
	const char *name;
	struct hvc_suggestion_rule *rule; /* the default is the last one */
	unsigned rules;
};

/* Rules of the format at most, see conformance/abi/README.md. */
#define HVC_SUGGESTION_RULES 512u

/* suggestion.c */
HVC_MUST_USE enum hvc_status hvc_suggestion__make(struct hvc_suggestion *draft,
                                                  struct hvc_diag *diag);
/* What a member of a case is in `when`: "x0: \"0x1, 0x4-0x5\""; false: `when` cannot say it. */
bool hvc_suggestion__condition(const struct hvc_suggestion *draft, const struct hvc_member *member,
                               struct hvc_text *out);
/* suggestion_text.c: rule[i] is the draft's rule that rule i of the text comes from */
bool hvc_suggestion__write(const struct hvc_suggestion *draft, char **text, size_t *size,
                           unsigned *rule);

/* suggest.c */
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
