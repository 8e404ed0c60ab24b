/* SPDX-License-Identifier: MIT */
/** Sites in words and in JSON, for the reports on scans and on callers. */
#ifndef HVC_REPORT_SITE_WORDS_H
#define HVC_REPORT_SITE_WORDS_H

#include "report/json.h"
#include "report/words.h"

/** "hvc #0", "hvc #0xea1". */
void hvc_site__instruction(struct hvc_words *words, const struct hvc_site *site);
/** "symbol+0x10", or where its function begins, "0x400218b4+0xc"; "-" when that is not known. */
void hvc_site__place(struct hvc_words *words, const struct hvc_site *site);
/** Constants, moved arguments, and where x0 and those of `also` come from; "-" for data. */
void hvc_site__registers(struct hvc_words *words, const struct hvc_site *site, uint32_t also);

/** Members of a site: address, immediate, function, ... The object is open. */
void hvc_site__json(struct hvc_json *json, const struct hvc_site *site);
/** The same with the registers before it. */
void hvc_site__json_registers(struct hvc_json *json, const struct hvc_site *site);

#endif
