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
                                                struct hvc_diag *diag);
/** The section of a diff; nothing unless both sides have one. */
HVC_MUST_USE enum hvc_status hvc_contract__diff_text(const struct hvc_page *page,
                                                     const struct hvc_diff *diff,
                                                     struct hvc_diag *diag);
/** The member "contract" of the open object; nothing for NULL. */
void hvc_json__contract(struct hvc_json *json, const struct hvc_contract *contract,
                        const char *subject);

#endif
