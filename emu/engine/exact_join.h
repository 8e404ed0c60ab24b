/* SPDX-License-Identifier: MIT */
/** Rows that do the same, joined, and put in order. Internal to the files of the exact map. */
#ifndef ENGINE_EXACT_JOIN_H
#define ENGINE_EXACT_JOIN_H

#include "engine/exact.h"

/** Join the rows of a part; each has one path before. False: memory ran out. */
bool hvc_exact__join(struct hvc_exact *exact, struct hvc_exact_part *part);
/** Sort them, and find the one that is "anything else". */
void hvc_exact__order(struct hvc_exact *exact, struct hvc_exact_part *part);
void hvc_row__free(struct hvc_row *row);

/** Say what a case says of parts of one register as ranges of it, where these are few. */
void hvc_row__tidy(struct hvc_bvs *terms, struct hvc_row_case *c);

#endif
