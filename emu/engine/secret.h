/* SPDX-License-Identifier: MIT */
/** What a caller below EL2 cannot read: which of the inputs of an exploration are secrets. */
#ifndef ENGINE_SECRET_H
#define ENGINE_SECRET_H

#include "subject/subject.h"
#include "symbolic/symbolic.h"

/** Number of things that are kept from the caller, at most 32. */
unsigned hvc_secret__count(void);
/**
 * Secret i: the name of a register; "el2_memory", HVC_EL2_DATA and what EL2's pointers lead to;
 * "own_data", the image's own data (hvc_subject__data). Constant string.
 */
const char *hvc_secret__name(unsigned i);

/** Secrets of a subject in the world of a machine. */
struct hvc_secret_set {
	struct hvc_secrets open;  /**< for an exploration */
	struct hvc_range *span;   /**< that open.memory is */
	struct hvc_range *region; /**< the same without what is left out in between */
	size_t regions;
	uint32_t rows; /**< bits 1 << i of hvc_secret__name that there are */
};

/**
 * Free with hvc_secret__close. told: a world of the ABI's own, whose memory the caller may know;
 * NULL: none. HVC_E_NOMEM.
 */
HVC_MUST_USE enum hvc_status hvc_secret__open(const struct hvc_subject *subject,
                                              const struct hvc_machine *machine,
                                              const struct hvc_world *told,
                                              struct hvc_secret_set *out);
void hvc_secret__close(struct hvc_secret_set *set);

enum {
	HVC_SECRET_NONE = -1,
	HVC_SECRET_MEMORY, /**< rows of hvc_secret__name that are no registers */
	HVC_SECRET_DATA,
};

/** The row that an input is of, or HVC_SECRET_NONE. */
int hvc_secret__of(const struct hvc_input *input);
/** Is it memory at a pointer of the caller's, and a secret where that leads to EL2's? */
bool hvc_secret__is_pointed(struct hvc_bvs *terms, const struct hvc_input *input);
/** The same term in a world where each secret is another input. */
hvc_ref hvc_secret__other(struct hvc_bvs *terms, hvc_ref a);
/** Does it depend on a secret? */
bool hvc_secret__in(struct hvc_bvs *terms, hvc_ref a);
/** A register before anything was done, of which the machine has this value. */
hvc_ref hvc_secret__before(struct hvc_bvs *terms, const struct hvc_secrets *secrets,
                           enum hvc_reg reg, uint64_t value);
/** Does any of the bytes there belong to a secret? */
hvc_ref hvc_secret__lies_at(struct hvc_bvs *terms, const struct hvc_secret_set *set,
                            hvc_ref address, unsigned size);

/** May some byte of an access be memory of EL2's: of the image, or HVC_EL2_DATA? */
hvc_ref hvc_secret__is_own(struct hvc_bvs *terms, const struct hvc_image *image, hvc_ref at,
                           unsigned size);

#endif
