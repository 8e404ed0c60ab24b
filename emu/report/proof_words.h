/* SPDX-License-Identifier: MIT */
/** How what a check says is known, in words. */
#ifndef HVC_REPORT_PROOF_WORDS_H
#define HVC_REPORT_PROOF_WORDS_H

#include "report/words.h"

/** "proved for every input: 7 paths, 3 rules, hvc from el1h; 65,536 immediates taken", or less. */
void hvc_words__proof(struct hvc_words *words, const struct hvc_check *check);
/** "swept, not proved: hvc from el1h in world host: ..." */
void hvc_words__part(struct hvc_words *words, const struct hvc_check *check,
                     const struct hvc_check_part *part);

#endif
