/* SPDX-License-Identifier: MIT */
/**
 * JSON documents, built from the outside in: open an object or array, fill it, close it. A
 * failure sticks, so that only finishing returns it. `key` is NULL inside arrays.
 */
#ifndef HVC_REPORT_JSON_H
#define HVC_REPORT_JSON_H

#include "report/report.h"

struct hvc_json;

/** A document, {"schema": schema, ...}, its object open. Never fails, as tables. */
struct hvc_json *hvc_json__new(const char *schema);
/** The same without a schema: a document of somebody else's format. */
struct hvc_json *hvc_json__bare(void);
/** Print with a final newline, and free. Every object and array but the first is closed. */
HVC_MUST_USE enum hvc_status hvc_json__print(struct hvc_json *json, FILE *out,
                                             struct hvc_diag *diag);

/** Free without printing. */
void hvc_json__drop(struct hvc_json *json);

/** Something the document needs could not be made: memory ran out. */
void hvc_json__fail(struct hvc_json *json);

void hvc_json__object(struct hvc_json *json, const char *key);
void hvc_json__array(struct hvc_json *json, const char *key);
void hvc_json__close(struct hvc_json *json);

/** Bytes that are no UTF-8 become '?'. */
void hvc_json__string(struct hvc_json *json, const char *key, const char *value);
void hvc_json__number(struct hvc_json *json, const char *key, uint64_t value);
void hvc_json__boolean(struct hvc_json *json, const char *key, bool value);
void hvc_json__null(struct hvc_json *json, const char *key);
/** A 64-bit value, as the string "0x...". */
void hvc_json__hex(struct hvc_json *json, const char *key, uint64_t value);

struct hvc_made;
/** The members "engine", "solver" and "decoder" of report/made.h. */
void hvc_json__programs(struct hvc_json *json, const struct hvc_made *made);
/** Its command, an array. */
void hvc_json__command(struct hvc_json *json, const char *key, const struct hvc_made *made);

/** The member "constants_untried", where there are some. */
void hvc_json__left_out(struct hvc_json *json, unsigned constants);
/** The members "complete" and "failed", where the engine died of some calls; one: one of them. */
void hvc_json__failed(struct hvc_json *json, uint64_t calls, const char *one);

#endif
