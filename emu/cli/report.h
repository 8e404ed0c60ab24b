/* SPDX-License-Identifier: MIT */
/**
 * From one run to all the reports that were asked for, and to the exit status: --format,
 * --report, --fail-on, --suppress.
 */
#ifndef HVC_CLI_REPORT_H
#define HVC_CLI_REPORT_H

#include "cli/cli.h"

/** Write a report in one of its styles. findings: NULL where it has none. */
typedef enum hvc_status hvc_report_write(const void *of, const struct hvc_options *options,
                                         const struct hvc_findings *findings, enum hvc_style style,
                                         const struct hvc_page *page, struct hvc_diag *diag);

/** What a command has made, and how it is written. */
struct hvc_report {
	const void *of;
	hvc_document_body *body; /**< text, Markdown, HTML */
	hvc_json_body *json;
	hvc_report_write *write; /**< all formats its own way; NULL: by the two above */
	unsigned unjudged;       /**< styles (bits) in which no findings are told */
};

/** The report itself, and each --report. */
HVC_MUST_USE enum hvc_status hvc_cli_report__each(const struct hvc_options *options,
                                                  const struct hvc_page *page,
                                                  const struct hvc_report *written,
                                                  const struct hvc_findings *findings,
                                                  struct hvc_diag *diag);
/**
 * The same with findings, which are judged first and freed at the end. *holds: what the status
 * is without a policy; becomes what it is with that of the options.
 */
HVC_MUST_USE enum hvc_status hvc_cli_report__judged(const struct hvc_options *options,
                                                    const struct hvc_page *page,
                                                    const struct hvc_report *written,
                                                    struct hvc_findings *findings, bool *holds,
                                                    struct hvc_diag *diag);
/**
 * Write a document in a style that it comes in (text, Markdown, HTML), and the findings alone in
 * any other.
 */
HVC_MUST_USE enum hvc_status
hvc_cli_report__document(const struct hvc_options *options, const struct hvc_findings *findings,
                         enum hvc_style style, const struct hvc_page *page, hvc_document_body *body,
                         const void *of, struct hvc_diag *diag);
/** The styles that all findings have: JUnit, SARIF, GitHub, Markdown. */
HVC_MUST_USE enum hvc_status hvc_cli_report__findings(const struct hvc_findings *findings,
                                                      enum hvc_style style,
                                                      const struct hvc_page *page,
                                                      struct hvc_diag *diag);

/** Write what --smt asks for. HVC_E_UNSUPPORTED: nothing is proved, so there is none. */
HVC_MUST_USE enum hvc_status
hvc_cli_report__certificates(const struct hvc_options *options,
                             const struct hvc_certificates *certificates, struct hvc_diag *diag);

/** Read --suppress before the work begins. *out is NULL where there is none. */
HVC_MUST_USE enum hvc_status hvc_cli_report__suppressions(const struct hvc_options *options,
                                                          struct hvc_diag *diag,
                                                          struct hvc_suppressions **out);

/**
 * Is the answer none? Status 2 where it rests on faults of the assumed world (decisive: as far as
 * there is nothing else), and with --strict where it rests on assumptions.
 * findings: where it is told, borrowing the doubt; NULL: elsewhere.
 */
void hvc_cli_report__doubt(const struct hvc_options *options, const struct hvc_doubt *doubt,
                           bool decisive, struct hvc_findings *findings);

#endif
