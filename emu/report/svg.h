/* SPDX-License-Identifier: MIT */
/** Drawing a picture: run-length shapes, in a page or as a file of its own. */
#ifndef HVC_REPORT_SVG_H
#define HVC_REPORT_SVG_H

#include "report/picture.h"

/** Groups that have shapes and letters of their own; of more there is a shape a colour. */
#define HVC_SVG_GROUPS 52u
/** Patterns that shapes refer to by url(#...): once a document, in an <svg>. */
extern const char hvc_svg__patterns[];

/** Text of a drawing does not wrap: what has more than `most` characters ends in dots. */
void hvc_svg__text(FILE *out, const char *text, unsigned most);
/** All of it, 256 by 256 units, with axes around it: x from -26, y from -14, to 260. */
void hvc_svg__plane(FILE *out, const struct hvc_picture *picture);
/** What a number of a cell stands for, where it is no group. */
struct hvc_svg_word {
	const char *word;
	const char *letter;
	const char *class_; /**< attribute: an ink, and what more it is drawn with */
};

/** The same of 65,536 cells with numbers below `words`; the first is what is to be expected. */
void hvc_svg__cells(FILE *out, const uint32_t *cell, const struct hvc_svg_word *word,
                    unsigned words);
/** The 256 immediates of a row as 16 by 16 squares with letters, 16 units each. */
void hvc_svg__row(FILE *out, const struct hvc_picture *picture, unsigned row);
/** " mixed" or "", and the ink: the attribute class of what stands for a group. */
void hvc_svg__class_of(FILE *out, const struct hvc_picture *picture, unsigned group);

#endif
