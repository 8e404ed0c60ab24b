/* SPDX-License-Identifier: MIT */
/** How what a check says is known, in words. */
#ifndef HVC_REPORT_PROOF_WORDS_H
#define HVC_REPORT_PROOF_WORDS_H

#include "report/words.h"

/** "proved for every input: 7 paths, 3 rules, hvc from el1h; 65,536 immediates taken", or less. */
void hvc_words__proof(struct hvc_words *words, const struct hvc_check *check);
/**
 * Registers that the code reads and no world of the ABI sets, with what they hold: a verdict says
 * nothing of other values. Nothing where there are none.
 */
void hvc_words__reads(struct hvc_words *words, const struct hvc_check *check);
/** "swept, not proved: hvc from el1h in world host: ..." */
void hvc_words__part(struct hvc_words *words, const struct hvc_check *check,
                     const struct hvc_check_part *part);

/** What the caller sees on one side: "0x1", "return at el1h", "jump at el1h to 0x80". */
void hvc_words__leak_value(struct hvc_words *words, const struct hvc_leak *leak, unsigned side);
/** Is all decided that callers may see of each secret? */
bool hvc_words__leaks_proved(const struct hvc_leaks *leaks);

#endif
