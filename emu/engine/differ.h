/* SPDX-License-Identifier: MIT */
/** A diff under way: two exact maps in one room, whose rows are compared pair by pair. Internal. */
#ifndef ENGINE_DIFFER_H
#define ENGINE_DIFFER_H

#include "engine/diff.h"
#include "engine/exact.h"
#include "engine/simplest_call.h"

struct hvc_differ {
	const struct hvc_diff_config *config;
	struct hvc_diff *diff;
	struct hvc_bvs *terms;
	struct hvc_solver *solver;
	struct hvc_exact *side[HVC_SIDE_COUNT];
	struct hvc_differ_pair *pair; /**< one a change of the diff */
	unsigned pairs;
	size_t pairs_max, changes_max;
	struct hvc_used *used; /**< one an operation of the diff */
	bool one_image;        /**< of both: then nothing can differ, and nothing is a gap */
	bool stated;           /**< aspects are to stand as they are, for a certificate */
};

/** What an operation is on each side that offers it. */
struct hvc_used {
	const struct hvc_exact_part *part[HVC_SIDE_COUNT];
	const struct hvc_row *row[HVC_SIDE_COUNT];
	const struct hvc_rule *rule[HVC_SIDE_COUNT];
	hvc_ref calls[HVC_SIDE_COUNT]; /**< of the operation that meet the row */
};

/** A pair of rows that part: row[i] is of part[i]. */
struct hvc_differ_pair {
	const struct hvc_exact_part *part[HVC_SIDE_COUNT];
	const struct hvc_row *row[HVC_SIDE_COUNT];
	hvc_ref condition; /**< under which they do */
	bool seen;         /**< in something that the machine shows of every call */
};

/* differ_row.c: what of two behaviours differs */

/** Something of a behaviour, and when it is not the same on both sides, as a truth value. */
struct hvc_aspect {
	const char *name; /**< "outcome", "level", "x0", "stores"; in the terms' room */
	hvc_ref differs;
	bool seen; /**< the outcome of a call shows it */
};

#define HVC_ASPECTS_MAX (HVC_REG_COUNT + 2 * HVC_OTHERS_MAX + 2 * HVC_SIMD_COUNT + 80u)

/** Append to a text, ", reads at x1": the pointers of the caller's that a row's calls read by. */
void hvc_differ__print_reads(struct hvc_differ *d, const struct hvc_exact_part *part,
                             const struct hvc_row *row, char *out, size_t size);
/** The aspects that may differ, which are none for plainly the same rows. */
size_t hvc_differ__aspects(struct hvc_differ *d, const struct hvc_exact_part *const part[2],
                           const struct hvc_row *const row[2], struct hvc_aspect *out);
/* For tests, which have no diff that is wrong when it is told to: called of all aspects. */
extern size_t (*hvc_differ__trial)(struct hvc_differ *d, struct hvc_aspect *out, size_t count);
/** Is a register another one after some of these calls? It may be set to what it is. */
bool hvc_differ__changes(struct hvc_differ *d, const struct hvc_exact_part *part,
                         const struct hvc_row_effect *effect, hvc_ref calls);
/** One of them, as a truth value. */
hvc_ref hvc_differ__any(struct hvc_differ *d, const struct hvc_aspect *aspect, size_t count);

/* differ_print.c */
/**
 * When both rows are met and `also` holds, as people write it, malloc'ed; *unless: where it does
 * not, because both happen to do the same there, or unchanged; unless NULL: it is told with the
 * rest. False: memory ran out.
 */
HVC_MUST_USE bool hvc_differ__when(struct hvc_differ *d, const struct hvc_row *a,
                                   const struct hvc_row *b, hvc_ref also, char **when,
                                   char **unless);

/* differ_call.c */
/**
 * The simplest call for which a condition holds, made on the sides that row[] is not NULL of, with
 * what it needs. HVC_E_ENGINE: a side does not do what its row says.
 */
HVC_MUST_USE enum hvc_status hvc_differ__witness(struct hvc_differ *d,
                                                 const struct hvc_exact_part *const part[2],
                                                 const struct hvc_row *const row[2],
                                                 hvc_ref condition, bool seen,
                                                 struct hvc_diag *diag, struct hvc_witness *out);
void hvc_witness__free(struct hvc_witness *call);

/* differ.c */
/** All parts of a side, of each instruction that of EL1h first; returns how many there are. */
unsigned hvc_differ__parts(const struct hvc_exact *exact, const struct hvc_exact_part **out);
#define HVC_DIFFER_PARTS (HVC_INSN_COUNT * HVC_LEVEL_COUNT)
/** The new side's part of the same caller; NULL: there is none. */
const struct hvc_exact_part *hvc_differ__other(const struct hvc_differ *d,
                                               const struct hvc_exact_part *old);
/** Can it hold, with what is required already? */
enum hvc_answer hvc_differ__ask(struct hvc_differ *d, hvc_ref a, hvc_ref b);
/** A side's part of the same caller; NULL: there is none. */
const struct hvc_exact_part *hvc_differ__part_of(const struct hvc_exact *exact,
                                                 const struct hvc_exact_part *like);

/** Is it the same code in the same memory? Nothing of it differs then, known or not. */
bool hvc_differ__are_one_image(const struct hvc_differ *d);
/** Does a row end at the door of a handler that is not followed? */
bool hvc_differ__is_door(const struct hvc_exact *exact, const struct hvc_row *row);

/* differ.c; false: memory ran out */
/** Say that something could not be compared. */
HVC_MUST_USE bool hvc_differ__gap(struct hvc_differ *d, const struct hvc_exact_part *part,
                                  const char *format, ...) HVC_PRINTF(3, 4);
/** What of a part is not known. */
HVC_MUST_USE bool hvc_differ__tell_gaps(struct hvc_differ *d, enum hvc_side side,
                                        const struct hvc_exact_part *part);
/** Which pointers are taken to lead to different memory. */
HVC_MUST_USE bool hvc_differ__tell_apart(struct hvc_differ *d, const struct hvc_exact_part *part);
/** Callers of a side that the other lacks. */
HVC_MUST_USE bool hvc_differ__tell_missing(struct hvc_differ *d, enum hvc_side side);

/* differ_certificate.c */
/** That no call of a caller shows a difference; or, with changes, that one shows each. */
HVC_MUST_USE enum hvc_status hvc_differ__certify(struct hvc_differ *d,
                                                 const struct hvc_exact_part *const part[2]);

/* operation.c */
/** Fill operation and migration of a diff whose maps and ABIs are set. */
HVC_MUST_USE enum hvc_status hvc_operation__find(struct hvc_differ *d, struct hvc_diag *diag);

#endif
