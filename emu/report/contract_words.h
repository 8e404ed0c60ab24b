/* SPDX-License-Identifier: MIT */
/** What reports say of a contract, in text and in JSON. */
#ifndef HVC_REPORT_CONTRACT_WORDS_H
#define HVC_REPORT_CONTRACT_WORDS_H

#include "report/json.h"
#include "report/table.h"
#include "report/words.h"

/** "get_vectors", or the number of the map's class, from 1. */
void hvc_words__class_name(struct hvc_words *words, const struct hvc_contract *contract,
                           const struct hvc_contract_class *class_);
/** "x17 := 0x16, x18 := imm"; what the ABI does not allow in its own words; "none". */
void hvc_words__clobbered(struct hvc_words *words, const struct hvc_contract_class *class_);
/** "x0-x16, x19-x30, sp, flags, simd, system". */
void hvc_words__preserved(struct hvc_words *words, const struct hvc_contract_class *class_);

/** The section of a check or a map; nothing for NULL. */
HVC_MUST_USE enum hvc_status hvc_contract__text(const struct hvc_page *page,
                                                const struct hvc_contract *contract,
                                                const char *subject, struct hvc_diag *diag);
/** The section of a diff; nothing unless both sides have one. */
HVC_MUST_USE enum hvc_status hvc_contract__diff_text(const struct hvc_page *page,
                                                     const struct hvc_diff *diff,
                                                     struct hvc_diag *diag);
/** The member "contract" of the open object; nothing for NULL. */
void hvc_json__contract(struct hvc_json *json, const struct hvc_contract *contract,
                        const char *subject);

/* How what a check says is known, in words. */

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
