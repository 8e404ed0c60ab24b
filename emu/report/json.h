/* SPDX-License-Identifier: MIT */
/**
 * JSON documents, built from the outside in: open an object or array, fill it, close it. A
 * failure sticks, so that only finishing returns it. `key` is NULL inside arrays.
 */
#ifndef HVC_REPORT_JSON_H
#define HVC_REPORT_JSON_H

#include "report/report.h"
#include "report/words.h"

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

/**
 * Many of these at once: hvc_json__put(json, "rule proved calls address:x", name, true, n, pc). The
 * words of the first argument are the members, each with the next value, by the type of which it
 * is a string (or null), a boolean, a number, registers by name, or words, which are freed. With :x
 * a number is one that hvc_json__hex writes, with :p it is null where it is 0, and a string where
 * it is empty; with ? behind it a member is left out where it is null, 0 or false. "name{" and
 * "name[" open an object and an array, "{" and "[" one in an array, "}" and "]" close it, "." is a
 * value in an array, and ":null" is one of no value. At most HVC_JSON_VALUES values.
 */
#define hvc_json__put(json, ...)                                                                 \
	hvc_json__put_values(json,                                                               \
	                     (const struct hvc_json_value[]){HVC_JSON_PICK(                      \
	                             __VA_ARGS__, HVC_JSON_11, HVC_JSON_10, HVC_JSON_9,          \
	                             HVC_JSON_8, HVC_JSON_7, HVC_JSON_6, HVC_JSON_5, HVC_JSON_4, \
	                             HVC_JSON_3, HVC_JSON_2, HVC_JSON_1, 0)(__VA_ARGS__)},       \
	                     HVC_JSON_PICK(__VA_ARGS__, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0))
#define HVC_JSON_VALUES 10u

/** One value; the words come first, as one. */
struct hvc_json_value {
	enum {
		HVC_JSON_STRING,
		HVC_JSON_NUMBER,
		HVC_JSON_BOOLEAN,
		HVC_JSON_REGSET,
		HVC_JSON_WORDS,
	} kind;
	const char *text; /**< STRING; NULL: null */
	uint64_t number;
	const struct hvc_regset *regset;
	struct hvc_words *words;
};
void hvc_json__put_values(struct hvc_json *json, const struct hvc_json_value *value,
                          unsigned count);

static inline struct hvc_json_value hvc_json__of_string(const char *text)
{
	return (struct hvc_json_value){.kind = HVC_JSON_STRING, .text = text};
}

static inline struct hvc_json_value hvc_json__of_number(uint64_t number)
{
	return (struct hvc_json_value){.kind = HVC_JSON_NUMBER, .number = number};
}

static inline struct hvc_json_value hvc_json__of_boolean(bool is)
{
	return (struct hvc_json_value){.kind = HVC_JSON_BOOLEAN, .number = is};
}

static inline struct hvc_json_value hvc_json__of_regset(const struct hvc_regset *set)
{
	return (struct hvc_json_value){.kind = HVC_JSON_REGSET, .regset = set};
}

static inline struct hvc_json_value hvc_json__of_words(struct hvc_words *words)
{
	return (struct hvc_json_value){.kind = HVC_JSON_WORDS, .words = words};
}

/* clang-format off */
#define HVC_JSON_1(value)                                                                         \
	_Generic((value), const char *: hvc_json__of_string, char *: hvc_json__of_string,          \
	         bool: hvc_json__of_boolean, struct hvc_words *: hvc_json__of_words,                  \
	         struct hvc_regset *: hvc_json__of_regset, const struct hvc_regset *: hvc_json__of_regset, \
	         default: hvc_json__of_number)(value)
#define HVC_JSON_2(value, ...)  HVC_JSON_1(value), HVC_JSON_1(__VA_ARGS__)
#define HVC_JSON_3(value, ...)  HVC_JSON_1(value), HVC_JSON_2(__VA_ARGS__)
#define HVC_JSON_4(value, ...)  HVC_JSON_1(value), HVC_JSON_3(__VA_ARGS__)
#define HVC_JSON_5(value, ...)  HVC_JSON_1(value), HVC_JSON_4(__VA_ARGS__)
#define HVC_JSON_6(value, ...)  HVC_JSON_1(value), HVC_JSON_5(__VA_ARGS__)
#define HVC_JSON_7(value, ...)  HVC_JSON_1(value), HVC_JSON_6(__VA_ARGS__)
#define HVC_JSON_8(value, ...)  HVC_JSON_1(value), HVC_JSON_7(__VA_ARGS__)
#define HVC_JSON_9(value, ...)  HVC_JSON_1(value), HVC_JSON_8(__VA_ARGS__)
#define HVC_JSON_10(value, ...) HVC_JSON_1(value), HVC_JSON_9(__VA_ARGS__)
#define HVC_JSON_11(value, ...) HVC_JSON_1(value), HVC_JSON_10(__VA_ARGS__)
#define HVC_JSON_PICK(a, b, c, d, e, f, g, h, i, j, k, picked, ...) picked
/* clang-format on */

/** A set of registers as an array of names. */
void hvc_json__regset(struct hvc_json *json, const char *key, const struct hvc_regset *set);
/** Words as a string; they are freed. */
void hvc_json__words(struct hvc_json *json, const char *key, struct hvc_words *words);

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
