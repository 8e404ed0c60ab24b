/* SPDX-License-Identifier: MIT */
/** Instructions reachable from some addresses of an image along direct branches and calls. */
#ifndef SUBJECT_WALK_H
#define SUBJECT_WALK_H

#include "hvcheck/machine.h"
#include "subject/subject.h"

/** Read one word of an image; false when it is not all inside a segment. */
bool hvc_walk__word(const struct hvc_image *image, uint64_t address, uint32_t *word);

/** The same of an instruction: of T32 the last of a segment may have two bytes. */
bool hvc_walk__code(const struct hvc_image *image, uint64_t address, bool t32, uint32_t *word);

/** What to walk. Zero-initialise, then fill in. */
struct hvc_walk {
	const struct hvc_image *image;
	const uint64_t *entry;
	unsigned entries;
	unsigned limit;  /**< instructions visited at most */
	bool into_calls; /**< follow BL to its target, not only past it */
	/**
	 * Called once for each instruction. leader: control does not, or not only, come from the
	 * instruction before. False ends the walk.
	 */
	bool (*visit)(void *ctx, uint64_t address, uint32_t word, bool leader);
	void *ctx;
};

/** Walk, nearest blocks first. HVC_E_NOMEM, or HVC_OK however the walk ended. */
HVC_MUST_USE enum hvc_status hvc_walk__run(const struct hvc_walk *walk);

/** As hvc_subject__constants, of the code that `way` walks; it needs no visitor. */
HVC_MUST_USE enum hvc_status hvc_constant__find(const struct hvc_walk *way,
                                                struct hvc_constant **out, size_t *count);
struct hvc_a32;
/**
 * Visit A32 and T32 code from an address on, whose bit 0 is set where that is T32: branches, calls
 * and jumps to known addresses are followed, at most `limit` instructions.
 */
void hvc_walk__a32(const struct hvc_image *image, uint64_t entry, unsigned limit,
                   void (*visit)(void *ctx, const struct hvc_a32 *insn), void *ctx);
/** Of A32 or T32 vectors, r0 to r12. */
HVC_MUST_USE enum hvc_status hvc_constant__find_a32(const struct hvc_image *image, bool t32,
                                                    struct hvc_constant **out, size_t *count);

#endif
