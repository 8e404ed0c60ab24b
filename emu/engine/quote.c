/* SPDX-License-Identifier: MIT */
#include "engine/quote.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The character at text, which is of `length` bytes, a number that its first byte gives. */
static uint32_t point_of(const char *text, size_t length)
{
	const unsigned char *byte = (const unsigned char *)text;
	uint32_t point = length == 1 ? byte[0] : byte[0] & (0x7fu >> length);

	for (size_t i = 1; i < length; i++)
		point = point << 6 | (byte[i] & 0x3f);
	return point;
}

size_t hvc_utf8__length(const char *text)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *byte = (const unsigned char *)text;
	size_t length = byte[0] < 0x80           ? 1
	                : (byte[0] >> 5) == 0x6  ? 2
	                : (byte[0] >> 4) == 0xe  ? 3
	                : (byte[0] >> 3) == 0x1e ? 4
	                                         : 0;
	uint32_t point;

	/* The zero at the end is no continuation, so nothing behind it is read. */
	for (size_t i = 1; i < length; i++)
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
	point = point_of(text, length);
	if (!length || point < least[length] || point > 0x10ffff ||
	    (point >= 0xd800 && point < 0xe000) || (point & 0xfffe) == 0xfffe)
		return 0;
	return length;
}

/* Characters that are not seen, or change how others are. */
static const struct {
	uint32_t first, last;
} hidden[] = {
        {0x00, 0x1f},       {0x7f, 0x9f},     /* control characters */
        {0xad, 0xad},                         /* soft hyphen */
        {0x61c, 0x61c},     {0x180e, 0x180e}, /* Arabic letter mark, Mongolian vowel separator */
        {0x200b, 0x200f},                     /* of no width, and marks of direction */
        {0x2028, 0x202e},                     /* line and paragraph separator, direction */
        {0x2060, 0x206f},                     /* word joiner, isolates of direction */
        {0xfdd0, 0xfdef},   {0xfff0, 0xfffb}, /* no characters, annotations */
        {0xfeff, 0xfeff},                     /* byte order mark */
        {0x1d173, 0x1d17a},                   /* controls of musical notation */
        {0xe0000, 0xe0fff},                   /* tags */
};

static bool is_hidden(uint32_t point)
{
	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
		if (point >= hidden[i].first && point <= hidden[i].last)
			return true;
	return false;
}

/*
 * CI runners take commands from what programs print. "::error::" counts at the start of a line,
 * after white space of any kind; "##[error]" and "##vso[" anywhere in one. Where a text lands in
 * a line, and where the line is broken, is not known here: so no text begins with a colon, none
 * has two behind white space, and no "##" goes with a bracket or is the end.
 */
static bool is_command(const char *text, const char *at)
{
	const char *end = at + 1;

	if (*at == ':')
		return at == text || (at[1] == ':' && (at[-1] == ' ' || (at[-1] & 0x80)));
	if (*at != '#' || at == text || at[-1] != '#')
		return false;
	while (isalpha((unsigned char)*end))
		end++;
	return *end == '[' || *end == '\0';
}

size_t hvc_quote__next(const char *text, const char *at, char shown[HVC_QUOTE_SIZE])
{
	static const char letters[] = "abtnvfr"; /* from 7 on */
	size_t length = hvc_utf8__length(at);
	uint32_t point = length ? point_of(at, length) : (unsigned char)*at;

	if (length && !is_hidden(point) && !is_command(text, at)) {
		memcpy(shown, at, length);
		shown[length] = '\0';
		return length;
	}
	if (length == 1 && point >= '\t' && point <= '\r' && point != '\v' && point != '\f')
		snprintf(shown, HVC_QUOTE_SIZE, "\\%c", letters[point - '\a']);
	else if (!length || point < 0x80)
		snprintf(shown, HVC_QUOTE_SIZE, "\\x%02x", (unsigned)point);
	else
		snprintf(shown, HVC_QUOTE_SIZE, point < 0x10000 ? "\\u%04x" : "\\U%08x",
		         (unsigned)point);
	return length ? length : 1;
}

/* What is markup where a text is put: characters, and what is written instead of each. */
static const struct {
	const char *special;
	const char *before; /* %c: the character, %02X: its number */
} marks[HVC_QUOTE_COUNT] = {
        [HVC_QUOTE_LINE] = {"", NULL},
        [HVC_QUOTE_XML] = {"&<>\"", NULL}, /* entities */
        [HVC_QUOTE_MARKDOWN] = {"\\`*_{}[]<>|#~&", "\\%c"},
        [HVC_QUOTE_CODE] = {"|", "\\%c"},
        [HVC_QUOTE_COMMAND] = {"%", "%%%02X"},
        [HVC_QUOTE_PROPERTY] = {"%:,", "%%%02X"},
        [HVC_QUOTE_YAML] = {"\\\"", "\\%c"},
};

static void put_mark(FILE *out, enum hvc_quote how, char c)
{
	static const char *const entities[] = {
	        ['&'] = "&amp;",
	        ['<'] = "&lt;",
	        ['>'] = "&gt;",
	        ['"'] = "&quot;",
	};

	if (how == HVC_QUOTE_XML)
		fputs(entities[(unsigned char)c], out);
	else
		fprintf(out, marks[how].before, c);
}

/* An ampersand that begins no entity; an underscore inside a word. */
static bool stands_alone(enum hvc_quote how, const char *text, const char *at)
{
	if (how != HVC_QUOTE_MARKDOWN)
		return false;
	if (*at == '_')
		return at > text && isalnum((unsigned char)at[-1]) && isalnum((unsigned char)at[1]);
	return *at == '&' && at[1] != '#' && !isalnum((unsigned char)at[1]);
}

void hvc_quote__put(FILE *out, enum hvc_quote how, const char *text)
{
	char shown[HVC_QUOTE_SIZE];

	for (const char *at = text, *next; *at; at = next) {
		next = at + hvc_quote__next(text, at, shown);
		for (const char *c = shown; *c; c++) {
			if (strchr(marks[how].special, *c) && !stands_alone(how, text, at))
				put_mark(out, how, *c);
			else
				fputc(*c, out);
		}
		/* "@name" in somebody's image is not to call the one of that name. */
		if (how == HVC_QUOTE_MARKDOWN && *at == '@' &&
		    (at == text || !isalnum((unsigned char)at[-1])))
			fputs("&#8203;", out);
	}
}

void hvc_quote__backticks(FILE *out, enum hvc_quote how, const char *text)
{
	size_t longest = 0, run = 0;

	for (const char *c = text; *c; c++) {
		run = *c == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	for (size_t i = 0; i <= longest; i++)
		fputc('`', out);
	fputs(longest ? " " : "", out);
	hvc_quote__put(out, how, text);
	fputs(longest ? " " : "", out);
	for (size_t i = 0; i <= longest; i++)
		fputc('`', out);
}

/* What `put` writes as a string. */
static char *made(void (*put)(FILE *out, enum hvc_quote how, const char *text), enum hvc_quote how,
                  const char *text)
{
	char *all = NULL;
	size_t size;
	FILE *file = open_memstream(&all, &size);
	bool good = file != NULL;

	if (file) {
		put(file, how, text);
		good = !ferror(file);
		good = !fclose(file) && good;
	}
	if (good)
		return all;
	free(all);
	return NULL;
}

char *hvc_quote__text(enum hvc_quote how, const char *text)
{
	return made(hvc_quote__put, how, text);
}

unsigned hvc_quote__width(const char *text)
{
	char shown[HVC_QUOTE_SIZE];
	unsigned width = 0;

	for (const char *at = text; *at;) {
		at += hvc_quote__next(text, at, shown);
		for (const char *c = shown; *c; c++)
			width += (*c & 0xc0) != 0x80;
	}
	return width;
}

/* Is a text shown as it is? */
static bool is_plain(const char *text)
{
	char shown[HVC_QUOTE_SIZE];

	for (const char *at = text; *at;) {
		size_t length = hvc_quote__next(text, at, shown);

		if (strncmp(shown, at, length) != 0 || shown[length])
			return false;
		at += length;
	}
	return true;
}

/* Octal digits: unlike hexadecimal ones they end after three. */
static void put_dollar(FILE *out, const char *word)
{
	char shown[HVC_QUOTE_SIZE];

	fputs("$'", out);
	for (const char *at = word; *at;) {
		size_t length = hvc_quote__next(word, at, shown);
		bool plain = !strncmp(shown, at, length) && !shown[length];

		if (*at == '\'' || *at == '\\')
			fputc('\\', out);
		for (size_t i = 0; i < length; i++)
			if (plain)
				fputc(at[i], out);
			else
				fprintf(out, "\\%03o", (unsigned char)at[i]);
		at += length;
	}
	fputc('\'', out);
}

static void put_word(FILE *out, enum hvc_quote how, const char *word)
{
	static const char bare[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	                           "_./@+-:=,%";

	(void)how;
	if (!is_plain(word)) {
		put_dollar(out, word);
	} else if (*word && word[strspn(word, bare)] == '\0') {
		fputs(word, out);
	} else {
		fputc('\'', out);
		for (; *word; word++)
			if (*word == '\'')
				fputs("'\\''", out);
			else
				fputc(*word, out);
		fputc('\'', out);
	}
}

char *hvc_quote__word(const char *word)
{
	return made(put_word, HVC_QUOTE_LINE, word);
}

static void put_name(FILE *out, enum hvc_quote how, const char *name)
{
	char shown[HVC_QUOTE_SIZE];

	(void)how;
	for (const char *at = name; *at;) {
		size_t length = hvc_quote__next(name, at, shown);
		bool plain = !strncmp(shown, at, length) && !shown[length];

		plain = plain && *at != '\\' && (*at != ' ' || at != name);
		for (size_t i = 0; i < length; i++)
			if (plain)
				fputc(at[i], out);
			else
				fprintf(out, "\\x%02x", (unsigned char)at[i]);
		at += length;
	}
}

char *hvc_quote__name(const char *name)
{
	return made(put_name, HVC_QUOTE_LINE, name);
}

bool hvc_quote__to_name(char *name)
{
	static const char digits[] = "0123456789abcdef";
	char *to = name;

	for (const char *at = name; *at; at++) {
		const char *high, *low;

		if (*at != '\\') {
			*to++ = *at;
			continue;
		}
		if (at[1] != 'x' || !at[2] || !at[3])
			return false;
		high = strchr(digits, at[2]);
		low = strchr(digits, at[3]);
		if (!high || !low || (high == digits && low == digits))
			return false;
		*to++ = (char)((high - digits) * 16 + (low - digits));
		at += 3;
	}
	*to = '\0';
	return true;
}
