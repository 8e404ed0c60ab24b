/* SPDX-License-Identifier: MIT */
/** The engine's private parts, a section a file. */
#ifndef ENGINE_INTERNAL_H
#define ENGINE_INTERNAL_H

#include <stdio.h>
#include <sys/types.h>

#include "hvcheck/arch.h"
#include "hvcheck/map.h"
#include "machine/flight.h"

/* class.c: what a class is made of */

/* Bits of each register that are compared: zero where absent or not observable. */
struct hvc_masks {
	uint64_t v[HVC_REG_COUNT];
};

void hvc_class__masks(const struct hvc_regset *present, struct hvc_masks *out);
uint64_t hvc_term__eval(const struct hvc_term *term, const struct hvc_state *before,
                        const struct hvc_call *call);
/* True when the value changes with the immediate alone. */
bool hvc_term__moves(const struct hvc_term *term);
/*
 * Describe an outcome. before: state at the call, its registers included. The effects and
 * stores are malloc'ed; hvc_class__free frees them. False when memory runs out.
 */
bool hvc_class__derive(const struct hvc_outcome *outcome, const struct hvc_state *before,
                       const struct hvc_call *call, const struct hvc_masks *masks,
                       struct hvc_class *out);
void hvc_class__free(struct hvc_class *class_);
uint64_t hvc_class__hash(const struct hvc_class *class_);

/* partial.c: classes and runs under construction */

struct hvc_partial {
	struct hvc_class *class_;
	unsigned classes, class_capacity;
	struct hvc_run *run;
	size_t runs, run_capacity;
	unsigned *bucket; /* hash table: class index + 1, 0 is empty; power of two */
	unsigned buckets;
	bool full; /* what failed did so because of HVC_CLASS_MAX, not for want of memory */
	struct hvc_invented invented;
};

#define HVC_CLASS_MAX 2000000u

/* Index of an equal class; takes the class over (frees it when it is known already). */
bool hvc_partial__intern(struct hvc_partial *partial, struct hvc_class *class_, unsigned *index);
bool hvc_partial__add_run(struct hvc_partial *partial, const struct hvc_run *run);
/* Say why that failed. */
enum hvc_status hvc_partial__complain(const struct hvc_partial *partial, struct hvc_diag *diag);
/* Move everything from `from` to the end of `into`. */
bool hvc_partial__merge(struct hvc_partial *into, struct hvc_partial *from);
void hvc_partial__clear(struct hvc_partial *partial);

/* partial_file.c */
bool hvc_partial__save(const struct hvc_partial *partial, FILE *file);
/* Into an empty one. */
bool hvc_partial__load(FILE *file, struct hvc_partial *out);

/* lost.c: calls on which the engine failed, so that nothing is known of them */

#define HVC_LOST_MAX 128u /* then the whole run is given up */

struct hvc_lost_call {
	uint32_t probe;
	uint16_t imm;
	uint64_t address; /* the instruction or block at which it failed; 0: before any */
	uint32_t word;
	bool seen; /* `word` is filled in */
};

struct hvc_lost {
	unsigned calls;
	struct hvc_lost_call call[HVC_LOST_MAX];
};

/* NULL when the call is none of them. */
const struct hvc_lost_call *hvc_lost__find(const struct hvc_lost *lost, uint32_t probe,
                                           uint16_t imm);
/*
 * Make a call by itself, in a process and a machine of its own; flight: shared memory. True when
 * the engine fails again; flight says where.
 */
bool hvc_lost__again(const struct hvc_map_config *config, const struct hvc_call *call,
                     struct hvc_flight *flight);
/*
 * Work in a process of its own, which returns what the work does; flight: shared memory. When it
 * dies it is HVC_E_ENGINE, and *died.
 */
enum hvc_status hvc_lost__apart(enum hvc_status (*work)(void *ctx), void *ctx,
                                struct hvc_flight *flight, bool *died);
/*
 * Make one immediate's calls that are not lost, all in one process; flight says of which call it
 * died, which is HVC_E_ENGINE.
 */
enum hvc_status hvc_lost__column(const struct hvc_map_config *config, const struct hvc_lost *lost,
                                 uint16_t imm, struct hvc_flight *flight);
/* The process of a worker begins. False: whoever wants its work has gone. */
bool hvc_lost__enter(pid_t parent);
/* ... and ends. */
_Noreturn void hvc_lost__leave(int status);
/* "hvc #0x5 at 0x80000104: msr oslar_el1, x0". */
void hvc_lost__print(const struct hvc_lost_call *lost, const struct hvc_probes *probes, char *text,
                     size_t size);

/* map.c: fill in what a map says of the calls that failed */
void hvc_map__count_failed(struct hvc_map *map);
/* doubt.c: fill in map->doubt. False when memory runs out. */
bool hvc_map__doubt(struct hvc_map *map);
struct hvc_check;
/* The same of a check, all of whose worlds are done. */
bool hvc_check__doubt(struct hvc_check *check);

/* sweep.c: the hot loop */

/*
 * Immediates are swept in chunks of fixed size, each described from scratch, so that the result
 * is the same however the chunks are shared out.
 */
#define HVC_CHUNK  1024u
#define HVC_CHUNKS (HVC_IMM_COUNT / HVC_CHUNK)

/* Calls that are lost are not made. */
enum hvc_status hvc_sweep__chunk(struct hvc_machine *machine, const struct hvc_probes *probes,
                                 const struct hvc_lost *lost, unsigned chunk,
                                 volatile uint64_t *progress, struct hvc_diag *diag,
                                 struct hvc_partial *out);

/* jobs.c: chunks shared out to worker processes; lost begins empty */
enum hvc_status hvc_jobs__run(const struct hvc_map_config *config, struct hvc_diag *diag,
                              struct hvc_partial *out, struct hvc_lost *lost);
/* Who looks on while a machine runs; each may be NULL. */
struct hvc_watch {
	void (*trace)(void *ctx, const struct hvc_step *step);
	void (*block)(void *ctx, uint64_t address, uint32_t size);
	void *ctx;
};

/* Open a machine for a map; watch may be NULL. */
enum hvc_status hvc_jobs__machine(const struct hvc_map_config *config,
                                  const struct hvc_watch *watch, struct hvc_diag *diag,
                                  struct hvc_machine **out);

/* probe.c: one more probe in its place, unless it is there; false when memory runs out */
bool hvc_probes__add(struct hvc_probes *probes, const struct hvc_probe *probe);

/* region.c: runs grouped by a key for people */
/*
 * Regions of runs whose class_ is any key, in order of key. Runs of one region have the same
 * probes; the runs are sorted in place.
 */
enum hvc_status hvc_region__make(const struct hvc_probes *probes, struct hvc_run *run, size_t runs,
                                 struct hvc_regions *out);
void hvc_region__free(struct hvc_region *region);
/* Sort runs by probe, lo; or by key first. */
void hvc_region__sort_plain(struct hvc_run *run, size_t runs);
void hvc_region__sort_by_key(struct hvc_run *run, size_t runs);

#endif
