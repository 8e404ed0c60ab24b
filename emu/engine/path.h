/* SPDX-License-Identifier: MIT */
/**
 * The way a call takes through the code, each loop counted as one step: what it decides shows,
 * how often it goes round does not. So printing a number in hexadecimal is one way, whatever the
 * number, and dispatching on it is as many as there are cases.
 *
 * A path is used in two rounds over the same calls: first it learns which blocks follow which,
 * then, the loops being known, it names the way of each call.
 */
#ifndef ENGINE_PATH_H
#define ENGINE_PATH_H

#include "hvcheck/machine.h"

struct hvc_path;

/** image is borrowed. NULL when memory runs out. */
struct hvc_path *hvc_path__new(const struct hvc_image *image);
void hvc_path__free(struct hvc_path *path);

/** A call begins. */
void hvc_path__begin(struct hvc_path *path);
/** A block runs: hvc_machine_config.block, the context being the path. */
void hvc_path__block(void *ctx, uint64_t address, uint32_t size);
/** All is learned: find the loops. False when memory ran out, be it earlier. */
bool hvc_path__settle(struct hvc_path *path);
/** A number for the way of the call since begin: equal ways, equal numbers. */
uint64_t hvc_path__name(const struct hvc_path *path);

/** Is an instruction of the block that runs now in a loop, or called from one? */
bool hvc_path__in_loop(const struct hvc_path *path, uint64_t address);

/** A step of the way: a piece of code without branches, or a loop. */
struct hvc_path_step {
	uint64_t name;  /**< its first address; of a loop, one that all its pieces share */
	uint64_t entry; /**< where it was entered */
};

/** Steps of the way since begin. */
unsigned hvc_path__steps(const struct hvc_path *path);
const struct hvc_path_step *hvc_path__step(const struct hvc_path *path, unsigned i);

#endif
