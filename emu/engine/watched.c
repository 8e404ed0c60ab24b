/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "engine/study.h"

void hvc_watched__begin(struct hvc_watched *watched)
{
	hvc_path__begin(watched->path);
	watched->steps = 0;
	watched->turns = 0;
}

void hvc_watched__free(struct hvc_watched *watched)
{
	free(watched->step);
	free(watched->turn);
	watched->step = NULL;
	watched->turn = NULL;
}

void hvc_watched__trace(void *ctx, const struct hvc_step *step)
{
	struct hvc_watched *watched = ctx;
	struct hvc_watched_step *kept;

	if (watched->steps == HVC_WATCHED_MAX || watched->failed)
		return;
	if (watched->steps == watched->step_room) {
		unsigned room = watched->step_room ? 2 * watched->step_room : 256;
		void *grown = realloc(watched->step, room * sizeof *kept);

		if (!grown) {
			watched->failed = true;
			return;
		}
		watched->step = grown;
		watched->step_room = room;
	}
	kept = &watched->step[watched->steps++];
	*kept = (struct hvc_watched_step){
	        .pc = step->pc,
	        .word = step->word,
	        .nzcv = step->before->v[HVC_REG_NZCV],
	        .looped = hvc_path__in_loop(watched->path, step->pc),
	};
	memcpy(kept->x, step->before->v, HVC_GPR_COUNT * sizeof *kept->x);
}

static void add_turn(struct hvc_watched *watched, uint64_t name, unsigned step)
{
	if (watched->turns == watched->turn_room) {
		unsigned room = watched->turn_room ? 2 * watched->turn_room : 64;
		void *grown = realloc(watched->turn, room * sizeof *watched->turn);

		if (!grown) {
			watched->failed = true;
			return;
		}
		watched->turn = grown;
		watched->turn_room = room;
	}
	watched->turn[watched->turns++] = (struct hvc_watched_turn){name, step};
}

void hvc_watched__block(void *ctx, uint64_t address, uint32_t size)
{
	struct hvc_watched *watched = ctx;
	unsigned before = hvc_path__steps(watched->path);
	/* A block is told of before the last instruction of the one before it is. */
	unsigned step = watched->turns ? watched->steps + 1 : 0;

	hvc_path__block(watched->path, address, size);
	for (unsigned i = before; i < hvc_path__steps(watched->path); i++) {
		const struct hvc_path_step *turn = hvc_path__step(watched->path, i);

		add_turn(watched, turn->name, step + (unsigned)(turn->entry - address) / 4);
	}
}

bool hvc_watched__is_select(uint32_t word)
{
	return (word & UINT32_C(0x3fe00800)) == UINT32_C(0x1a800000);
}

bool hvc_watched__selects(const struct hvc_watched_step *step)
{
	unsigned condition = step->word >> 12 & 0xf;
	bool n = step->nzcv >> 31 & 1, z = step->nzcv >> 30 & 1;
	bool c = step->nzcv >> 29 & 1, v = step->nzcv >> 28 & 1, holds;

	switch (condition >> 1) {
	case 0:
		holds = z;
		break;
	case 1:
		holds = c;
		break;
	case 2:
		holds = n;
		break;
	case 3:
		holds = v;
		break;
	case 4:
		holds = c && !z;
		break;
	case 5:
		holds = n == v;
		break;
	case 6:
		holds = n == v && !z;
		break;
	default: /* AL and NV: always */
		return true;
	}
	return holds != (condition & 1);
}
