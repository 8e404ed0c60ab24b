/* SPDX-License-Identifier: MIT */
/**
 * Text that is not ours: names in images and archives, paths, strings of specifications, lines of
 * saved maps. It may say what it likes, but only to people: nothing in it is a control character,
 * turns the direction of writing, hides, or is markup or a command to who reads the output, be it
 * a terminal, a browser, a CI runner or a shell. What may not stand is shown as \x1b or \u202e.
 */
#ifndef ENGINE_QUOTE_H
#define ENGINE_QUOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/** Where a text is put. All are one line of UTF-8. */
enum hvc_quote {
	HVC_QUOTE_LINE,     /**< a terminal, a log, code without a fence: no markup at all */
	HVC_QUOTE_XML,      /**< HTML, SVG, XML: between tags or in an attribute */
	HVC_QUOTE_MARKDOWN, /**< prose or a cell of Markdown */
	HVC_QUOTE_CODE,     /**< Markdown between backticks, in a cell */
	HVC_QUOTE_COMMAND,  /**< the message of a workflow command (GitHub, Azure) */
	HVC_QUOTE_PROPERTY, /**< one of its properties */
	HVC_QUOTE_YAML,     /**< between double quotes */
	HVC_QUOTE_COUNT,
};

/** Bytes of the character at text, 0 where that is not UTF-8. Not for the zero at the end. */
size_t hvc_utf8__length(const char *text);

#define HVC_QUOTE_SIZE 12u
/**
 * Bytes that the character at `at`, in `text`, takes; not for the zero at the end. What may be
 * shown of it is in `shown`: itself, or an escape of printable ASCII.
 */
size_t hvc_quote__next(const char *text, const char *at, char shown[HVC_QUOTE_SIZE]);

/** Write a text. */
void hvc_quote__put(FILE *out, enum hvc_quote how, const char *text);
/** Write it as Markdown's code, in more backticks than it has itself; `how` for what is between. */
void hvc_quote__backticks(FILE *out, enum hvc_quote how, const char *text);
/** The same as `put` writes, as a string; NULL when memory runs out. */
char *hvc_quote__text(enum hvc_quote how, const char *text);
/** Columns that it takes as HVC_QUOTE_LINE. Every character is taken for one wide. */
unsigned hvc_quote__width(const char *text);

/**
 * A word as shells take it, which is one line and stays as it is under HVC_QUOTE_LINE: bare, in
 * single quotes, or as $'...'. NULL when memory runs out.
 */
char *hvc_quote__word(const char *word);

/** The name at the end of a line of a saved map, and back; NULL when memory runs out. */
char *hvc_quote__name(const char *name);
/** In place. False where an escape is none. */
bool hvc_quote__to_name(char *name);

#endif
