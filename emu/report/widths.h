/* SPDX-License-Identifier: MIT */
/** Reports of an ABI for 64 and for 32 bits. */
#ifndef HVC_REPORT_WIDTHS_H
#define HVC_REPORT_WIDTHS_H

#include "engine/widths.h"
#include "report/json.h"
#include "report/page.h"
#include "report/words.h"

/** "yes", "64 bits alone", "no: asked for otherwise; of 64 bits x4-x12 may change, too". */
void hvc_widths__agreement(const struct hvc_abi_operation *operation, struct hvc_words *out);

hvc_document_body hvc_widths__text, hvc_width_history__text;
hvc_json_body hvc_widths__json, hvc_width_history__json;

#endif
