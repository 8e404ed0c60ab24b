/* SPDX-License-Identifier: MIT */
/**
 * Findings: what a report finds fault with or has to tell, one list for all commands and all
 * formats. Each finding is of a rule, which has a stable name ('hvcheck list rules'), and has a
 * fingerprint that stays the same while the finding does: it is made from names and kinds, never
 * from addresses, paths, dates or counts.
 */
#ifndef HVC_REPORT_FINDING_H
#define HVC_REPORT_FINDING_H

#include "abi/suppression.h"
#include "engine/abi_diff.h"
#include "engine/callers.h"
#include "engine/collide.h"
#include "engine/contract.h"
#include "engine/leak.h"
#include "engine/safety.h"
#include "engine/sequence.h"
#include "hvcheck/check.h"

enum hvc_severity {
	HVC_SEVERITY_NOTE,
	HVC_SEVERITY_WARNING,
	HVC_SEVERITY_ERROR,
	HVC_SEVERITY_COUNT,
};

/** "note", "warning", "error". */
const char *hvc_severity__name(enum hvc_severity severity);
/** HVC_SEVERITY_COUNT when there is none of that name. */
enum hvc_severity hvc_severity__find(const char *name);

/** A rule that findings are of. All strings constant. */
struct hvc_finding_rule {
	const char *id;      /**< never changes, never used for anything else */
	const char *command; /**< that finds it; "" for what any of them may find */
	enum hvc_severity severity;
	bool counts;       /**< makes the exit status 1 where no level to fail on is given */
	const char *title; /**< one line */
	const char *help;  /**< what it means for whom, and what to do */
};

/** Rule i, by command; NULL past the end. */
const struct hvc_finding_rule *hvc_finding_rule__at(size_t i);
/** NULL when there is no such rule. */
const struct hvc_finding_rule *hvc_finding_rule__find(const char *id);

#define HVC_FINGERPRINT_SIZE 17u

/** One finding. Text that does not apply is "". */
struct hvc_found {
	const struct hvc_finding_rule *rule;
	char *about;   /**< rule of the ABI, operation, function, two ABIs: see the rule */
	char *key;     /**< kind of outcome, register: what tells it from others about the same */
	char *summary; /**< one line */
	char *call;    /**< a witness: "hvc #0, x0 = 0x1" */
	char *command; /**< that makes the witness */
	char *file;    /**< where to look: the specification, or the subject's file */
	unsigned line, column; /**< from 1; 0: none */
	char *symbol;          /**< where in the subject */
	uint64_t address;
	bool has_address;
	uint64_t calls; /**< in how many; 0: not counted */
	char fingerprint[HVC_FINGERPRINT_SIZE];
	const struct hvc_suppression *suppressed; /**< by the user; NULL: by nobody */
	bool fails;                               /**< as the policy has it: the exit status is 1 */
};

/** One test, as test reports count them. */
struct hvc_finding_case {
	char *name;  /**< a rule of the ABI of a check; else of a finding rule */
	char *title; /**< one line */
	bool open;   /**< nothing was judged */
};

/** All findings of one report, errors first. */
struct hvc_findings {
	const char *command; /**< "check" */
	char *subject;       /**< as fingerprints and suppressions know it: no path, no address */
	char *file;          /**< path of the subject, of the new side in a diff; "": built-in */
	char *against;       /**< the ABI, or the other side; may be "" */
	char *title;         /**< "linux-stub-4.12 against my-abi" */
	char *account;       /**< one line: of how much */
	struct hvc_found *found;
	unsigned count;
	struct hvc_finding_case *one; /**< cases */
	unsigned cases;
	bool unexplained;              /**< it does not hold, and no finding says why */
	bool failed;                   /**< memory ran out while it was made */
	const struct hvc_doubt *doubt; /**< borrowed; NULL: none is told */
	bool no_answer;                /**< what it rests on is no answer: see doubt */
};

/* What the reports find. `abi`, `word` (of each): what opened the ABI, as --abi takes it. */
HVC_MUST_USE enum hvc_status hvc_findings__of_check(const struct hvc_check *check, const char *abi,
                                                    struct hvc_diag *diag,
                                                    struct hvc_findings **out);
HVC_MUST_USE enum hvc_status hvc_findings__of_diff(const struct hvc_diff *diff,
                                                   struct hvc_diag *diag,
                                                   struct hvc_findings **out);
HVC_MUST_USE enum hvc_status hvc_findings__of_abi_diff(const struct hvc_abi_diff *diff,
                                                       const char *const abi[HVC_SIDE_COUNT],
                                                       struct hvc_diag *diag,
                                                       struct hvc_findings **out);
HVC_MUST_USE enum hvc_status hvc_findings__of_leaks(const struct hvc_leaks *leaks,
                                                    const struct hvc_subject *subject,
                                                    const char *abi, struct hvc_diag *diag,
                                                    struct hvc_findings **out);
HVC_MUST_USE enum hvc_status hvc_findings__of_sequences(const struct hvc_sequences *sequences,
                                                        const char *abi, struct hvc_diag *diag,
                                                        struct hvc_findings **out);
HVC_MUST_USE enum hvc_status hvc_findings__of_safety(const struct hvc_safety *safety,
                                                     const char *abi, struct hvc_diag *diag,
                                                     struct hvc_findings **out);
HVC_MUST_USE enum hvc_status hvc_findings__of_scan(const struct hvc_scan *scan,
                                                   struct hvc_diag *diag,
                                                   struct hvc_findings **out);
HVC_MUST_USE enum hvc_status hvc_findings__of_callers(const struct hvc_callers *callers,
                                                      const char *abi, struct hvc_diag *diag,
                                                      struct hvc_findings **out);
HVC_MUST_USE enum hvc_status hvc_findings__of_collide(const struct hvc_collide *collide,
                                                      const char *const *word,
                                                      struct hvc_diag *diag,
                                                      struct hvc_findings **out);
void hvc_findings__free(struct hvc_findings *findings);

/**
 * Leave what is about a thing that is used, and what is about none in particular; title and account
 * say by whom, and what that is. HVC_E_NOMEM.
 */
HVC_MUST_USE enum hvc_status hvc_findings__keep(struct hvc_findings *findings,
                                                bool (*used)(void *ctx, const char *about),
                                                void *ctx, const char *by, const char *names,
                                                struct hvc_diag *diag);

/** What makes the exit status 1. */
struct hvc_policy {
	bool leveled;              /**< false: whatever counts (hvc_finding_rule.counts) */
	enum hvc_severity fail_on; /**< and above; HVC_SEVERITY_COUNT: nothing */
	const struct hvc_suppressions *suppressions; /**< NULL: none; must outlive the findings */
	unsigned today;                              /**< 20270131 */
};

/** Do all entries name rules? HVC_E_FORMAT otherwise, and diag says where. */
HVC_MUST_USE enum hvc_status hvc_suppressions__check(const struct hvc_suppressions *suppressions,
                                                     struct hvc_diag *diag);

/**
 * Apply a policy, once: say of each finding whether it is suppressed and whether it fails, and
 * add what there is to find about the suppressions themselves. Errors: HVC_E_FORMAT (an entry
 * names no rule; diag says where), HVC_E_NOMEM.
 */
HVC_MUST_USE enum hvc_status hvc_findings__judge(struct hvc_findings *findings,
                                                 const struct hvc_policy *policy,
                                                 struct hvc_diag *diag);
/** Does any finding fail? */
bool hvc_findings__fail(const struct hvc_findings *findings);

#endif
