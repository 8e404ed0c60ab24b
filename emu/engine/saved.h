/* SPDX-License-Identifier: MIT */
/** What writing and reading saved maps share. */
#ifndef ENGINE_SAVED_H
#define ENGINE_SAVED_H

#include "engine/internal.h"
#include "hvcheck/saved.h"

#define HVC_SAVED_MAGIC "hvcheck-map 1\n"

/* FNV-1a of the text before the line with the sum. */
static inline uint64_t hvc_saved__sum(const char *text, size_t size)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
	return hash;
}

/* saved_text.c: words of a line, and what they say */

struct hvc_reader {
	const char *path;
	const char *text;
	size_t size;
	size_t line_start, line_end; /* of the present line, its newline excluded */
	size_t at;                   /* where reading goes on in it */
	size_t word;                 /* where the last word began */
	unsigned line;
	struct hvc_diag *diag;
	bool bad; /* a complaint is in diag */
};

/* Go to the next line; false at the end of the text. */
bool hvc_reader__line(struct hvc_reader *reader);
/* Complain of the last word. Always false; only the first complaint counts. */
bool hvc_reader__complain(struct hvc_reader *reader, const char *format, ...) HVC_PRINTF(2, 3);
bool hvc_reader__no_memory(struct hvc_reader *reader);
/* The next word of the line, "" at its end; cut to size. */
const char *hvc_reader__word(struct hvc_reader *reader, char *word, size_t size);
/* The name at the end of the line, malloc'ed. */
bool hvc_reader__name(struct hvc_reader *reader, char **out);
/* What is left of the line. */
const char *hvc_reader__rest(struct hvc_reader *reader, char *rest, size_t size);
/* Nothing is left of the line. */
bool hvc_reader__end(struct hvc_reader *reader);
bool hvc_reader__to_number(struct hvc_reader *reader, const char *word, uint64_t most,
                           uint64_t *out);
bool hvc_reader__number(struct hvc_reader *reader, uint64_t most, uint64_t *out);
bool hvc_reader__reg(struct hvc_reader *reader, enum hvc_reg *out);
bool hvc_reader__level(struct hvc_reader *reader, enum hvc_level *out);
/* A value as hvc_term_print writes it. */
bool hvc_reader__to_term(struct hvc_reader *reader, const char *text, struct hvc_term *out);
/* The rest of the line as one. */
bool hvc_reader__term(struct hvc_reader *reader, struct hvc_term *out);

/* saved_world.c: the lines on the world and on the calls; *known is false for other lines */
bool hvc_saved__world(struct hvc_reader *reader, const char *word, struct hvc_map *map,
                      bool *known);

#endif
