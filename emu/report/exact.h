/* SPDX-License-Identifier: MIT */
/** Reports of an exact map, a writer a format, and the words that they share. */
#ifndef HVC_REPORT_EXACT_H
#define HVC_REPORT_EXACT_H

#include "engine/exact.h"
#include "report/words.h"

HVC_MUST_USE enum hvc_status hvc_exact__text(const struct hvc_page *page,
                                             const struct hvc_exact *exact,
                                             const struct hvc_contract *contract,
                                             struct hvc_diag *diag);
HVC_MUST_USE enum hvc_status hvc_exact__json(FILE *out, const struct hvc_exact *exact,
                                             const struct hvc_contract *contract,
                                             struct hvc_diag *diag);

/** The immediates as a picture of letters; as a drawing; as a page. */
HVC_MUST_USE enum hvc_status hvc_exact__picture(const struct hvc_page *page,
                                                const struct hvc_exact *exact,
                                                struct hvc_diag *diag);
HVC_MUST_USE enum hvc_status hvc_exact__svg(FILE *out, const struct hvc_exact *exact,
                                            struct hvc_diag *diag);
HVC_MUST_USE enum hvc_status hvc_exact__html(FILE *out, const struct hvc_exact *exact,
                                             const struct hvc_contract *contract,
                                             struct hvc_diag *diag);

/** "hvc from el1t, el1h": the callers for which this part speaks. */
void hvc_exact__callers(struct hvc_words *words, const struct hvc_exact *exact,
                        const struct hvc_exact_part *part);
/** Immediates that can meet a row: ascending, disjoint. Room for HVC_EXACT_IMMS. */
#define HVC_EXACT_IMMS 1024u
unsigned hvc_exact__immediates(const struct hvc_exact *exact, const struct hvc_row *row,
                               struct hvc_interval *out);
/** Names of inputs, and pairs of pointers, that paths go by; each once, in the order of use. */
void hvc_exact__reads(struct hvc_words *words, const struct hvc_exact *exact);
void hvc_exact__apart(struct hvc_words *words, const struct hvc_exact *exact);
/** Registers that the world fixes: "hcr_el2 = 0x80000000". */
void hvc_exact__fixed(struct hvc_words *words, const struct hvc_exact *exact);
/** Is every caller's part complete, and was no call lost? Else why not; "" otherwise. */
bool hvc_exact__is_complete(const struct hvc_exact *exact, struct hvc_words *why);

#endif
