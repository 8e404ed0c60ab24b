/* SPDX-License-Identifier: MIT */
/** The private parts of studies: calls made again, watched. */
#ifndef ENGINE_STUDY_H
#define ENGINE_STUDY_H

#include "engine/internal.h"
#include "engine/path.h"
#include "hvcheck/study.h"

void hvc_study__free(struct hvc_study *study);

/* watched.c: one call, instruction by instruction */

/* An executed instruction, and the registers before it. */
struct hvc_watched_step {
	uint64_t pc;
	uint32_t word;
	uint64_t nzcv;
	uint64_t x[32]; /* 31: zero */
	bool looped;    /* in a loop, or called from one */
};

/* A way's step, and the instruction that it begins with. */
struct hvc_watched_turn {
	uint64_t name;
	unsigned step;
};

/* Instructions of a call that are kept. */
#define HVC_WATCHED_MAX 50000u

struct hvc_watched {
	struct hvc_path *path; /* borrowed; settled */
	struct hvc_watched_step *step;
	unsigned steps, step_room;
	struct hvc_watched_turn *turn;
	unsigned turns, turn_room;
	bool failed; /* memory ran out */
};

void hvc_watched__begin(struct hvc_watched *watched);
void hvc_watched__free(struct hvc_watched *watched);
/* For hvc_watch; the context is the watched call. */
void hvc_watched__trace(void *ctx, const struct hvc_step *step);
void hvc_watched__block(void *ctx, uint64_t address, uint32_t size);
/* Does the conditional select at a step pick its first operand? False when it is none. */
bool hvc_watched__is_select(uint32_t word);
bool hvc_watched__selects(const struct hvc_watched_step *step);

/* boundary.c */
enum hvc_status hvc_boundary__find(const struct hvc_map_config *config, const struct hvc_map *map,
                                   struct hvc_path *path, struct hvc_study *study,
                                   struct hvc_diag *diag);

#endif
