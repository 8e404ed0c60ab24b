/* SPDX-License-Identifier: MIT */
/** Words that reports of an exact map share. */
#ifndef HVC_REPORT_EXACT_H
#define HVC_REPORT_EXACT_H

#include "engine/exact.h"
#include "report/words.h"

/** "hvc from el1t, el1h": the callers for which this part speaks. */
void hvc_exact__callers(struct hvc_words *words, const struct hvc_exact *exact,
                        const struct hvc_exact_part *part);
/** Can each of the 65,536 immediates meet a row, with the right registers? False: no memory. */
HVC_MUST_USE bool hvc_exact__immediates(const struct hvc_exact *exact, const struct hvc_row *row,
                                        bool *meets);
/**
 * The first `most` (1 to 4) instructions that part a row from the others:
 * "smccc+0x8: cmp w0, w30; b.eq; and more".
 */
void hvc_exact__add_decisions(struct hvc_words *words, const struct hvc_exact *exact,
                              const struct hvc_exact_part *part, const struct hvc_row *row,
                              unsigned most);
/** The number of a row of a part, from 1, as reports count classes through all callers. */
unsigned hvc_exact__number(const struct hvc_exact *exact, const struct hvc_exact_part *part,
                           unsigned row);
/** Takes one thing that is told. */
typedef void hvc_exact_told(void *ctx, const char *text);
/** Inputs that paths go by, and pointers taken to be apart; each once, in the order of use. */
void hvc_exact__reads(const struct hvc_exact *exact, hvc_exact_told *told, void *ctx);
void hvc_exact__apart(const struct hvc_exact *exact, hvc_exact_told *told, void *ctx);
/** Pointers of the caller's by which EL2 reads or writes, each once: where one leads nowhere it
 * faults, which no class tells. */
void hvc_exact__pointers(const struct hvc_exact *exact, hvc_exact_told *told, void *ctx);
/** What the world fixes: "hcr_el2 = 0x80000000", "printk returned 0x0". */
void hvc_exact__fixed(const struct hvc_exact *exact, hvc_exact_told *told, void *ctx);
/** Told to a struct hvc_words: separated by commas. */
void hvc_exact__list(void *ctx, const char *text);
/** Is every caller's part complete, and was no call lost? Else why not; "" otherwise. */
bool hvc_exact__completeness(const struct hvc_exact *exact, struct hvc_words *why);
/** A line on that. */
void hvc_exact__closing(const struct hvc_page *page, const struct hvc_exact *exact);

#endif
