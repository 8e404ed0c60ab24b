/* SPDX-License-Identifier: MIT */
/**
 * The immediate space as a picture: 256 rows (high byte) by 256 columns (low byte), parted into
 * groups. Immediates of one group do alike in every call that was made with them.
 *
 * The two maps of a diff make one picture of two planes, so that a group is the same on both.
 */
#ifndef HVC_REPORT_PICTURE_H
#define HVC_REPORT_PICTURE_H

#include "hvcheck/arch.h"
#include "report/words.h"

#define HVC_PICTURE_SIDE 256u /**< rows, and columns */
#define HVC_PICTURE_INKS 11u  /**< colours; the first is that of the commonest class alone */

struct hvc_picture_group {
	uint32_t first;  /**< its first cell: plane * 65,536 + immediate */
	uint32_t count;  /**< cells, of all planes */
	uint32_t class_; /**< what most of its calls do, as hvc_picture__class numbers it */
	bool mixed;      /**< not all do: registers or the caller decide */
	size_t meets;    /**< its regions are from here to where the next group's begin */
};

struct hvc_picture {
	const struct hvc_map *map[HVC_SIDE_COUNT]; /**< borrowed, one a plane */
	struct hvc_regions regions[HVC_SIDE_COUNT];
	unsigned planes;
	uint32_t *name[HVC_SIDE_COUNT];  /**< number of each class: the same on both planes */
	uint32_t *cell;                  /**< group of each: plane * 65,536 + immediate */
	struct hvc_picture_group *group; /**< most cells first; ties: lowest cell first */
	unsigned groups;
	const struct hvc_region **meet;
};

/** Of one map, or of two with the same probes. HVC_E_NOMEM. Free with hvc_picture__free. */
HVC_MUST_USE enum hvc_status hvc_picture__make(const struct hvc_map *const *map, unsigned planes,
                                               struct hvc_diag *diag, struct hvc_picture *out);
void hvc_picture__free(struct hvc_picture *picture);

/** Give each cell a label, 0 where the round says nothing of it. False: all have the same. */
typedef bool hvc_picture_label(void *ctx, uint32_t round, uint32_t *label);
/**
 * Part the cells: those of one group have the same label in each round. `planes` is set; cells and
 * groups are filled in, but for classes. False: memory ran out.
 */
bool hvc_picture__part(struct hvc_picture *picture, uint32_t rounds, hvc_picture_label *label,
                       void *ctx);

/** Group of an immediate. */
static inline uint32_t hvc_picture__at(const struct hvc_picture *picture, unsigned plane,
                                       unsigned imm)
{
	return picture->cell[plane * HVC_IMM_COUNT + imm];
}

/** The plane that a group's first cell is on. */
static inline unsigned hvc_picture__plane(const struct hvc_picture *picture, unsigned group)
{
	return picture->group[group].first / HVC_IMM_COUNT;
}

/** The regions that a group's first cell lies in, in class order. Returns how many. */
size_t hvc_picture__regions(const struct hvc_picture *picture, unsigned group,
                            const struct hvc_region *const **out);
/** Number of a class of a plane, the same for equal classes of both. */
uint32_t hvc_picture__class(const struct hvc_picture *picture, unsigned plane, unsigned class_);
/** "A" to "Z", "a" to "z", "53" and so on. Returns text. */
const char *hvc_picture__name(unsigned group, char text[HVC_NUMBER_SIZE]);
/** Colour of a class, below HVC_PICTURE_INKS: neighbours in number differ. */
unsigned hvc_picture__ink(uint32_t class_);
/** The immediates of a group on one plane, in words; nothing where it has none there. */
void hvc_picture__imms(const struct hvc_picture *picture, unsigned plane, unsigned group,
                       struct hvc_words *words);
/** True iff all immediates of a row are of one group. */
bool hvc_picture__row_is_plain(const struct hvc_picture *picture, unsigned plane, unsigned row);
/** The first row that is like this one cell by cell, on the same plane. */
unsigned hvc_picture__row_like(const struct hvc_picture *picture, unsigned plane, unsigned row);

#endif
