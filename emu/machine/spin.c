/* SPDX-License-Identifier: MIT */
/*
 * A loop that comes back to the same address with the same registers, and has changed nothing
 * else on the way, never ends. Brent's algorithm finds any such cycle with one remembered state,
 * however many blocks chase each other. A loop that reads a counter is never the same: the
 * instruction budget ends that.
 */
#include <string.h>

#include "machine/internal.h"

#define FIRST_CHECKPOINT 16u /* blocks; shorter calls pay nothing */

void hvc_spin__reset(struct hvc_spin *spin)
{
	spin->blocks = 0;
	spin->next = FIRST_CHECKPOINT;
	spin->armed = spin->progress = spin->faults = false;
}

static bool same(const struct hvc_engine_frame *a, const struct hvc_engine_frame *b)
{
	return a->pstate == b->pstate && !memcmp(a->sp, b->sp, sizeof a->sp) &&
	       !memcmp(a->x, b->x, sizeof a->x);
}

bool hvc_spin__is_same(const struct hvc_spin *spin, struct hvc_engine *engine, uint64_t address)
{
	struct hvc_engine_frame frame;

	if (!spin->armed || spin->progress || address != spin->at.pc)
		return false;
	hvc_engine__frame(engine, &frame);
	return same(&frame, &spin->at);
}

void hvc_spin__look(struct hvc_spin *spin)
{
	spin->next = spin->blocks;
}

bool hvc_spin__block(struct hvc_spin *spin, struct hvc_engine *engine, uint64_t address)
{
	spin->blocks++;
	if (hvc_spin__is_same(spin, engine, address))
		return true;
	if (spin->blocks >= spin->next) {
		hvc_engine__frame(engine, &spin->at);
		spin->at.pc = address;
		spin->armed = true;
		spin->progress = spin->faults = false;
		spin->next = 2 * spin->blocks;
	}
	return false;
}
