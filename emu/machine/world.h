/* SPDX-License-Identifier: MIT */
/** What hvcheck itself asks beside hvcheck/world.h. */
#ifndef HVC_MACHINE_WORLD_H
#define HVC_MACHINE_WORLD_H

#include "hvcheck/machine.h"
#include "hvcheck/world.h"

/** SPSR_ELx.M[4:0] of a level: 0, 4, 5, 8, 9, or an enum hvc_mode32. */
unsigned hvc_level__mode(enum hvc_level level);

/** Level of SPSR_ELx.M[4:0]; HVC_LEVEL_COUNT for EL3 and reserved values. */
enum hvc_level hvc_level__from_mode(unsigned mode);

/** Exception level of a level, 0..2. */
unsigned hvc_level__el(enum hvc_level level);

/** Is EL2 of this model Hyp mode? */
bool hvc_cpu__is_hyp(enum hvc_cpu cpu);

/** The levels that there are, a bit each, and the one that usually calls: el1h, or el1-svc. */
unsigned hvc_cpu__levels(enum hvc_cpu cpu);

enum hvc_level hvc_cpu__usual(enum hvc_cpu cpu);

/** Encoding of "s3_4_c12_c11_0", the name that assemblers take for any register. */
bool hvc_world__sys_name(const char *name, uint8_t encoding[5]);

/**
 * Look up what the world's memory names; find: NULL leaves for later what names a symbol. A machine
 * is not opened before all of it is resolved. HVC_E_NOTFOUND, HVC_E_ARG (no value, or it does not
 * fit its size), errors of reading a file; diag says which; *world is as it was.
 */
HVC_MUST_USE enum hvc_status hvc_world__resolve(struct hvc_world *world, hvc_place_find *find,
                                                void *ctx, struct hvc_diag *diag);

/** The boundary at an address, NULL when there is none. */
const struct hvc_stop *hvc_world__find_stop(const struct hvc_world *world, uint64_t address);

/**
 * True iff nothing is said of what lies around the subject but its memory: no zero page and no
 * boundary.
 */
bool hvc_world__is_closed(const struct hvc_world *world);

/** The piece that stands at this place by its name, NULL: none does. */
struct hvc_memory *hvc_memory__find(struct hvc_world *world, const char *place);

#endif
