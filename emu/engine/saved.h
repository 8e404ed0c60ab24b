/* SPDX-License-Identifier: MIT */
/**
 * Maps as files: a baseline to keep beside the code and to compare later builds with. It holds
 * what the subject does for every call, as conditions and values (proved, not calls that were
 * tried), in text that is canonical: one map, one text. The last line is a sum of all of it, so
 * that a file that was cut or edited is refused. emu/report/README.md says what is in it.
 */
#ifndef HVC_ENGINE_SAVED_H
#define HVC_ENGINE_SAVED_H

#include <stdio.h>

#include "engine/exact.h"
#include "hvcheck/limit.h"

/** Largest file that is read, in bytes. */
#define HVC_SAVED_MAX HVC_LIMIT_SAVED

/** Write a map. HVC_E_NOMEM, HVC_E_RANGE (limits), or HVC_E_IO when the stream has failed. */
HVC_MUST_USE enum hvc_status hvc_exact__save(FILE *out, const struct hvc_exact *exact,
                                             struct hvc_diag *diag);

/** Does a path name a regular file that begins as saved maps do? */
bool hvc_map__is_saved(const char *path);

/**
 * Read one. It has no paths of the subject, and is there to be compared. Errors: HVC_E_IO,
 * HVC_E_FORMAT with line and column, HVC_E_NOMEM. It takes at most some 20 times the memory that
 * the file has bytes, and 300 MB for what the limits allow. Free with hvc_exact__free.
 */
HVC_MUST_USE enum hvc_status hvc_exact__load(const char *path, struct hvc_diag *diag,
                                             struct hvc_exact **out);

/** Name of the subject that a map is of. */
const char *hvc_exact__subject(const struct hvc_exact *exact);

/* What writing and reading saved maps share. */

#define HVC_SAVED_BEGIN "hvcheck-map "
#define HVC_SAVED_MAGIC HVC_SAVED_BEGIN "2\n"

/* saved_import.c: a map that was read, in another room; hvc_exact__free frees it. HVC_E_NOMEM,
 * HVC_E_RANGE. */
HVC_MUST_USE enum hvc_status hvc_saved__import(const struct hvc_exact *saved,
                                               const struct hvc_exact *like, struct hvc_bvs *terms,
                                               struct hvc_solver *solver, struct hvc_diag *diag,
                                               struct hvc_exact **out);

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
/* Nothing is left of the line. */
bool hvc_reader__end(struct hvc_reader *reader);
bool hvc_reader__to_number(struct hvc_reader *reader, const char *word, uint64_t most,
                           uint64_t *out);
bool hvc_reader__number(struct hvc_reader *reader, uint64_t most, uint64_t *out);
bool hvc_reader__reg(struct hvc_reader *reader, enum hvc_reg *out);
bool hvc_reader__level(struct hvc_reader *reader, enum hvc_level *out);

/* saved_world.c: the lines on the world and on the image; *known is false for other lines */
bool hvc_saved__world(struct hvc_reader *reader, const char *word, struct hvc_exact *exact,
                      bool *known);

/* saved_row.c: rows, and the lines that belong to them */

struct hvc_bv_reader;

/* A map being read. */
struct hvc_saved_reading {
	struct hvc_reader *reader;
	struct hvc_exact *exact;
	struct hvc_bv_reader *terms;
	char *line;    /* the present one, with a zero behind it */
	unsigned rows; /* of all callers */
	unsigned aliases;
	bool names;                                                 /* the head is behind */
	struct hvc_regset absent[HVC_LEVEL_COUNT * HVC_INSN_COUNT]; /* registers, by caller */
};

bool hvc_saved__row(struct hvc_saved_reading *reading);
/* A register at the call that is an input. */
hvc_ref hvc_saved__register(struct hvc_saved_reading *reading, enum hvc_reg reg);
/* A line that belongs to a row, and its first word. */
bool hvc_saved__part(struct hvc_saved_reading *reading, const char *word);
/*
 * A term that is in the line up to `end`, of a width or, where that is 0, of any. NULL: it is none,
 * and complained of. The line is used up.
 */
hvc_ref hvc_saved__term(struct hvc_saved_reading *reading, char *text, char *end, unsigned width);

#endif
