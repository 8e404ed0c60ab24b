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

bool hvc_spin__is_same(const struct hvc_machine *machine, uint64_t address)
{
	const struct hvc_spin *spin = &machine->spin;
	struct hvc_engine_frame frame;

	if (!spin->armed || spin->progress || address != spin->at.pc)
		return false;
	hvc_engine__frame(machine->engine, &frame);
	if (!same(&frame, &spin->at) ||
	    memcmp(&machine->dirty, &spin->written, sizeof spin->written))
		return false;
	for (unsigned n = 0; n < HVC_REG_COUNT; n++)
		if (hvc_regset_has(&spin->written, (enum hvc_reg)n) &&
		    hvc_machine__current(machine, (enum hvc_reg)n) != spin->sys[n])
			return false;
	return true;
}

static void check_point(struct hvc_machine *machine, uint64_t address)
{
	struct hvc_spin *spin = &machine->spin;

	hvc_engine__frame(machine->engine, &spin->at);
	spin->at.pc = address;
	spin->written = machine->dirty;
	for (unsigned n = 0; n < HVC_REG_COUNT; n++)
		if (hvc_regset_has(&spin->written, (enum hvc_reg)n))
			spin->sys[n] = hvc_machine__current(machine, (enum hvc_reg)n);
	spin->armed = true;
	spin->progress = spin->faults = false;
	spin->next = 2 * spin->blocks;
}

void hvc_spin__look(struct hvc_spin *spin)
{
	spin->next = spin->blocks;
}

bool hvc_spin__block(struct hvc_machine *machine, uint64_t address)
{
	struct hvc_spin *spin = &machine->spin;

	spin->blocks++;
	if (hvc_spin__is_same(machine, address))
		return true;
	if (spin->blocks >= spin->next)
		check_point(machine, address);
	return false;
}
