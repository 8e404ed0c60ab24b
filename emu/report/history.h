/* SPDX-License-Identifier: MIT */
/** Reports of a history. */
#ifndef HVC_REPORT_HISTORY_H
#define HVC_REPORT_HISTORY_H

#include "engine/history.h"
#include "report/page.h"

hvc_document_body hvc_history__text;
hvc_json_body hvc_history__json;

#endif
