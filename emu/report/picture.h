/* SPDX-License-Identifier: MIT */
/**
 * The immediate space as a picture: 256 rows (high byte) by 256 columns (low byte), parted into
 * groups. Immediates of one group do alike.
 */
#ifndef HVC_REPORT_PICTURE_H
#define HVC_REPORT_PICTURE_H

#include "hvcheck/arch.h"
#include "report/words.h"

#define HVC_PICTURE_SIDE 256u /**< rows, and columns */
#define HVC_PICTURE_INKS 11u  /**< colours; the first is that of the commonest class alone */

struct hvc_picture_group {
	uint32_t first;  /**< its first immediate */
	uint32_t count;  /**< immediates */
	uint32_t class_; /**< what is shown of what they do */
	bool mixed;      /**< they do several things: registers or the caller decide */
};

struct hvc_picture {
	uint32_t *cell;                  /**< group of each immediate */
	struct hvc_picture_group *group; /**< most immediates first; ties: lowest first */
	unsigned groups;
};

/** Give each immediate a label, 0 where the round says nothing of it. False: all have the same. */
typedef bool hvc_picture_label(void *ctx, uint32_t round, uint32_t *label);
/**
 * Part the immediates: those of one group have the same label in each round. All is filled in but
 * what classes are. False: memory ran out. Free with hvc_picture__free in either case.
 */
bool hvc_picture__part(struct hvc_picture *picture, uint32_t rounds, hvc_picture_label *label,
                       void *ctx);
void hvc_picture__free(struct hvc_picture *picture);

/** Group of an immediate. */
static inline uint32_t hvc_picture__at(const struct hvc_picture *picture, unsigned imm)
{
	return picture->cell[imm];
}

/** "A" to "Z", "a" to "z", "53" and so on. Returns text. */
const char *hvc_picture__name(unsigned group, char text[HVC_NUMBER_SIZE]);
/** Colour of a class, below HVC_PICTURE_INKS: neighbours in number differ. */
unsigned hvc_picture__ink(uint32_t class_);
/** The immediates of a group, in words. */
void hvc_picture__imms(const struct hvc_picture *picture, unsigned group, struct hvc_words *words);
/** True iff all immediates of a row are of one group. */
bool hvc_picture__row_is_plain(const struct hvc_picture *picture, unsigned row);
/** The first row that is like this one cell by cell. */
unsigned hvc_picture__row_like(const struct hvc_picture *picture, unsigned row);

#endif
