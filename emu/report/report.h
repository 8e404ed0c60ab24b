/* SPDX-License-Identifier: MIT */
/**
 * Reports: one writer a command and a format.
 *
 * Text is for people and may change; JSON is for programs and is versioned by its "schema"
 * (emu/report/README.md). Both are deterministic: no time, host or path but the names the
 * caller gave, and the same bytes however many jobs did the work.
 *
 * Writers only write to the stream they are given. They return HVC_E_NOMEM, or HVC_E_IO when
 * the stream has failed; what is still buffered in it is the caller's to flush and check.
 */
#ifndef HVC_REPORT_REPORT_H
#define HVC_REPORT_REPORT_H

#include <stdio.h>

#include "abi/known.h"
#include "engine/abi_diff.h"
#include "engine/callers.h"
#include "engine/collide.h"
#include "engine/contract.h"
#include "engine/diff.h"
#include "engine/exact.h"
#include "engine/leak.h"
#include "engine/safety.h"
#include "engine/sequence.h"
#include "hvcheck/check.h"
#include "report/finding.h"

/** What a document is written as: the same headings, lines, commands and tables in each. */
enum hvc_markup {
	HVC_MARKUP_NONE, /**< text for a terminal or a file */
	HVC_MARKUP_MARKDOWN,
	HVC_MARKUP_HTML,
};

/** The page a document is set on. */
struct hvc_page {
	FILE *out;
	bool color;     /**< text: use ANSI colours */
	unsigned width; /**< text: columns to wrap at; 0: lines as long as they need to be */
	enum hvc_markup markup;
	bool all; /**< lists are told to their end, however long */
};

/**
 * Did memory run out in this thread, since this was last asked, where a report was put into words?
 * Then what was written since lacks something, whatever the status of those who wrote it: it is not
 * to be used.
 */
HVC_MUST_USE bool hvc_report__is_incomplete(void);

/** One executed instruction. */
struct hvc_trace_step {
	uint64_t pc;
	uint32_t word;
	enum hvc_isa isa;
	unsigned changes; /**< registers that it changed: the next ones of the trace's */
};

/** One register that an instruction changed. */
struct hvc_trace_change {
	enum hvc_reg reg;
	uint64_t value; /**< after the instruction */
};

/** The instructions of one call, kept as they are executed. Zero-initialise. */
struct hvc_trace {
	struct hvc_trace_step *step;
	struct hvc_trace_change *change;
	size_t steps, changes;
	size_t step_room, change_room; /**< allocated */
	uint64_t dropped;              /**< instructions past HVC_TRACE_MAX, counted but not kept */
	bool failed;                   /**< memory ran out */
};

/** Instructions a trace keeps. */
#define HVC_TRACE_MAX 100000u

/** For hvc_machine_config.trace; trace_ctx is the struct hvc_trace. */
void hvc_trace__record(void *ctx, const struct hvc_step *step);
/** A row an instruction; a page has the first 200. report: its subject, call and trace. */
struct hvc_call_report;
HVC_MUST_USE enum hvc_status hvc_trace__table(const struct hvc_page *page,
                                              const struct hvc_call_report *report,
                                              struct hvc_diag *diag);
void hvc_trace__free(struct hvc_trace *trace);

/** One call and all that is to be told of it. */
struct hvc_call_report {
	const struct hvc_subject *subject;
	const struct hvc_world *world;
	const struct hvc_call *call;
	const struct hvc_state *entry; /**< as hvc_entry_state makes it */
	const struct hvc_regset *present;
	const struct hvc_outcome *outcome;
	const struct hvc_doubt *doubt;       /**< of this one call; NULL: none is told */
	const struct hvc_supplied *supplied; /**< sorted; NULL: nothing was made up */
	const struct hvc_trace *trace;       /**< NULL: not wanted */
	const struct hvc_abi *abi;           /**< NULL: not judged */
	int world_index;                     /**< in abi: the world of the call; -1: none of it */
	struct hvc_verdict verdict;          /**< of abi */
	struct hvc_cause cause;              /**< of a violation */
};

/*
 * The JSON of what is judged ends with the findings, as the array "results"; findings may be NULL.
 * `abi` in the writers of a check is the word that opened it, as --abi takes it: the reports say
 * how to reproduce a finding.
 */
/** What a document says after the head of its findings. of: what is reported. */
typedef enum hvc_status hvc_document_body(const struct hvc_page *page, const void *of,
                                          struct hvc_diag *diag);
/** The same and all else as JSON. findings: NULL: nothing was judged. */
typedef enum hvc_status hvc_json_body(FILE *out, const void *of,
                                      const struct hvc_findings *findings, struct hvc_diag *diag);

struct hvc_leaks_report {
	const struct hvc_subject *subject;
	const struct hvc_leaks *leaks;
};

struct hvc_sequences_report {
	const struct hvc_sequences *sequences;
	const char *abi; /**< the word that --abi was given */
};

struct hvc_callers_report {
	const struct hvc_callers *callers;
	const char *against; /**< the word that --abi was given */
	bool details;        /**< tell of every site, not only of findings */
};

struct hvc_scan_report {
	const struct hvc_scan *scan;
	const struct hvc_registry *registry;
	const char *symbols; /**< of --symbols, for the commands that are told; NULL: none */
};

struct hvc_diff_report {
	const struct hvc_diff *diff;
	/** Of each side, which a page runs again for traces; NULL: a saved map. */
	const struct hvc_subject *subject[HVC_SIDE_COUNT];
};

/* Of these reports, of struct hvc_safety, and of struct hvc_abi_diff. */
hvc_document_body hvc_leaks__text, hvc_sequences__text, hvc_callers__text, hvc_scan__text,
        hvc_diff__text, hvc_safety__text, hvc_abi_diff__text;
hvc_json_body hvc_leaks__json, hvc_sequences__json, hvc_callers__json, hvc_scan__json,
        hvc_diff__json, hvc_safety__json, hvc_abi_diff__json;

HVC_MUST_USE enum hvc_status hvc_list__text(const struct hvc_page *page, bool subjects, bool abis,
                                            struct hvc_diag *diag);
HVC_MUST_USE enum hvc_status hvc_list__json(FILE *out, bool subjects, bool abis,
                                            struct hvc_diag *diag);
HVC_MUST_USE enum hvc_status hvc_known__text(const struct hvc_page *page,
                                             const struct hvc_registry *registry,
                                             const struct hvc_known_query *query,
                                             struct hvc_diag *diag);
HVC_MUST_USE enum hvc_status hvc_known__json(FILE *out, const struct hvc_registry *registry,
                                             const struct hvc_known_query *query,
                                             struct hvc_diag *diag);
HVC_MUST_USE enum hvc_status hvc_call__text(const struct hvc_page *page,
                                            const struct hvc_call_report *report,
                                            struct hvc_diag *diag);
HVC_MUST_USE enum hvc_status hvc_call__json(FILE *out, const struct hvc_call_report *report,
                                            struct hvc_diag *diag);
/** contract: NULL, or what was measured besides. tree: the classes as a tree, not as a table; in
 * JSON besides. */
HVC_MUST_USE enum hvc_status hvc_exact__text(const struct hvc_page *page,
                                             const struct hvc_exact *exact,
                                             const struct hvc_contract *contract, bool tree,
                                             struct hvc_diag *diag);
HVC_MUST_USE enum hvc_status hvc_exact__json(FILE *out, const struct hvc_exact *exact,
                                             const struct hvc_contract *contract, bool tree,
                                             struct hvc_diag *diag);
/** The immediate space in letters, at most 80 columns, for a terminal or a file. */
HVC_MUST_USE enum hvc_status hvc_exact__picture(const struct hvc_page *page,
                                                const struct hvc_exact *exact,
                                                struct hvc_diag *diag);
/**
 * The same as a drawing without script, to be shown by itself; or the dispatch tree, where that is
 * wanted, or every immediate does alike.
 */
HVC_MUST_USE enum hvc_status hvc_exact__svg(FILE *out, const struct hvc_exact *exact, bool tree,
                                            struct hvc_diag *diag);
/**
 * A page with the dispatch tree and, where immediates select, their space as a picture; needs no
 * network, and is complete unscripted. abi: names the rules of its calls; NULL: nothing does.
 */
HVC_MUST_USE enum hvc_status hvc_exact__html(FILE *out, const struct hvc_exact *exact,
                                             const struct hvc_contract *contract,
                                             const struct hvc_abi *abi, struct hvc_diag *diag);
/** What follows the head of its findings. all: rule by rule. */
HVC_MUST_USE enum hvc_status hvc_check__text(const struct hvc_page *page,
                                             const struct hvc_check *check, bool all,
                                             struct hvc_diag *diag);
HVC_MUST_USE enum hvc_status hvc_check__json(FILE *out, const struct hvc_check *check,
                                             const char *abi, const struct hvc_findings *findings,
                                             struct hvc_diag *diag);
/**
 * The page of a check. subject: the first calls of findings are run again, for their traces, each
 * with at most `budget` instructions (0: HVC_BUDGET_DEFAULT); NULL: they are not.
 */
HVC_MUST_USE enum hvc_status hvc_check__html(FILE *out, const struct hvc_check *check,
                                             const struct hvc_findings *findings,
                                             const struct hvc_subject *subject, uint64_t budget,
                                             struct hvc_diag *diag);
/*
 * Findings of any command. hvc_findings__judge comes first: it says which of them fail.
 */
/**
 * The head of a text report: the verdict, and the findings with the calls that show them. all:
 * notes too, however many there are, and their names for suppressions.
 */
void hvc_findings__text(const struct hvc_page *page, const struct hvc_findings *findings, bool all);
/**
 * The whole of a report as one document, in text, Markdown or HTML as the page has it: verdict and
 * findings first. findings: NULL: none are told, and the title is what it is called. of: passed to
 * the body.
 */
HVC_MUST_USE enum hvc_status hvc_document__write(const struct hvc_page *page,
                                                 const struct hvc_findings *findings,
                                                 const char *title, bool all,
                                                 hvc_document_body *body, const void *of,
                                                 struct hvc_diag *diag);
/** For a pull request or a job summary. */
HVC_MUST_USE enum hvc_status hvc_findings__markdown(FILE *out, const struct hvc_findings *findings,
                                                    struct hvc_diag *diag);
/** JUnit XML: one case a rule. */
HVC_MUST_USE enum hvc_status hvc_findings__junit(FILE *out, const struct hvc_findings *findings,
                                                 struct hvc_diag *diag);
/** SARIF 2.1.0. */
HVC_MUST_USE enum hvc_status hvc_findings__sarif(FILE *out, const struct hvc_findings *findings,
                                                 struct hvc_diag *diag);
/** Workflow commands of GitHub, one line a finding. */
HVC_MUST_USE enum hvc_status hvc_findings__github(FILE *out, const struct hvc_findings *findings,
                                                  struct hvc_diag *diag);
/** The rules that findings are of. */
HVC_MUST_USE enum hvc_status hvc_rules__text(const struct hvc_page *page, struct hvc_diag *diag);
HVC_MUST_USE enum hvc_status hvc_rules__json(FILE *out, struct hvc_diag *diag);

/** details: tell every call that a pair shares, not only how many; JSON always does. */
HVC_MUST_USE enum hvc_status hvc_collide__text(const struct hvc_page *page,
                                               const struct hvc_collide *collide, bool details,
                                               struct hvc_diag *diag);
HVC_MUST_USE enum hvc_status hvc_collide__json(FILE *out, const struct hvc_collide *collide,
                                               const struct hvc_findings *findings,
                                               struct hvc_diag *diag);

#endif
