/* SPDX-License-Identifier: MIT */
#include "subject/walk.h"
#include "base/grow.h"

#include <stdlib.h>
#include <string.h>

#include "subject/a64.h"

bool hvc_walk__word(const struct hvc_image *image, uint64_t address, uint32_t *word)
{
	uint8_t byte[4] = {0};

	for (unsigned i = 0; i < image->segments; i++) {
		const struct hvc_segment *segment = &image->segment[i];
		uint64_t at = address - segment->address;

		if (address < segment->address || at >= segment->size || segment->size - at < 4)
			continue;
		if (at < segment->data_size) {
			uint64_t left = segment->data_size - at;

			memcpy(byte, segment->data + at, left < 4 ? (size_t)left : 4);
		}
		*word = (uint32_t)byte[0] | (uint32_t)byte[1] << 8 | (uint32_t)byte[2] << 16 |
		        (uint32_t)byte[3] << 24;
		return true;
	}
	return false;
}

bool hvc_walk__code(const struct hvc_image *image, uint64_t address, bool t32, uint32_t *word)
{
	uint32_t before;

	if (hvc_walk__word(image, address, word))
		return true;
	/* Halfwords from 0xe800 on are the first of two. */
	if (!t32 || !hvc_walk__word(image, address - 2, &before) || before >> 16 >= 0xe800)
		return false;
	*word = before >> 16;
	return true;
}

/* Addresses seen, an open-addressed hash set, and the queue of block starts still to visit. */
struct state {
	uint64_t *seen; /* address | 1; 0 is free */
	size_t slots, used;
	uint64_t *queue;
	size_t head, tail, capacity;
};

static size_t probe(const struct state *state, uint64_t address)
{
	uint64_t hash = (address >> 2) * UINT64_C(0x9e3779b97f4a7c15);
	size_t slot = (size_t)(hash >> 32) & (state->slots - 1);

	while (state->seen[slot] && state->seen[slot] != (address | 1))
		slot = (slot + 1) & (state->slots - 1);
	return slot;
}

static enum hvc_status grow(struct state *state)
{
	struct state wide = *state;

	wide.slots = state->slots ? state->slots * 2 : 256;
	wide.seen = calloc(wide.slots, sizeof *wide.seen);
	if (!wide.seen)
		return HVC_E_NOMEM;
	for (size_t i = 0; i < state->slots; i++)
		if (state->seen[i])
			wide.seen[probe(&wide, state->seen[i] & ~UINT64_C(1))] = state->seen[i];
	free(state->seen);
	*state = wide;
	return HVC_OK;
}

/* *fresh: the address was not in the set before. */
static enum hvc_status mark(struct state *state, uint64_t address, bool *fresh)
{
	size_t slot;

	if (state->used * 2 >= state->slots)
		HVC_TRY(grow(state));
	slot = probe(state, address);
	*fresh = !state->seen[slot];
	if (*fresh) {
		state->seen[slot] = address | 1;
		state->used++;
	}
	return HVC_OK;
}

static enum hvc_status push(struct state *state, uint64_t address)
{
	if (!hvc_grow(&state->queue, &state->capacity, state->tail, sizeof *state->queue))
		return HVC_E_NOMEM;
	state->queue[state->tail++] = address;
	return HVC_OK;
}

/* Visit from a block start to where control cannot go on. *left counts down to the limit. */
static enum hvc_status run_block(const struct hvc_walk *walk, struct state *state, uint64_t address,
                                 unsigned *left)
{
	bool leader = true, fresh;
	uint64_t target = 0;
	uint32_t word;

	for (;; address += 4, leader = false) {
		if (address % 4 || !*left || !hvc_walk__word(walk->image, address, &word))
			return HVC_OK;
		HVC_TRY(mark(state, address, &fresh));
		if (!fresh)
			return HVC_OK;
		--*left;
		if (!walk->visit(walk->ctx, address, word, leader)) {
			*left = 0;
			return HVC_OK;
		}
		switch (hvc_a64__flow(address, word, &target)) {
		case HVC_FLOW_NEXT:
			break;
		case HVC_FLOW_COND:
			HVC_TRY(push(state, target));
			break;
		case HVC_FLOW_CALL:
			if (walk->into_calls)
				HVC_TRY(push(state, target));
			break;
		case HVC_FLOW_BRANCH:
			return push(state, target);
		case HVC_FLOW_INDIRECT:
		case HVC_FLOW_ERET:
		case HVC_FLOW_STOP:
			return HVC_OK;
		}
	}
}

enum hvc_status hvc_walk__run(const struct hvc_walk *walk)
{
	struct state state = {0};
	unsigned left = walk->limit;
	enum hvc_status status = HVC_OK;

	for (unsigned i = 0; i < walk->entries && status == HVC_OK; i++)
		status = push(&state, walk->entry[i]);
	while (status == HVC_OK && state.head < state.tail && left)
		status = run_block(walk, &state, state.queue[state.head++], &left);
	free(state.seen);
	free(state.queue);
	return status;
}
