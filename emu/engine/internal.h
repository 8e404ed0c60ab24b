/* SPDX-License-Identifier: MIT */
/** The engine's private parts, a section a file. */
#ifndef ENGINE_INTERNAL_H
#define ENGINE_INTERNAL_H

#include "hvcheck/arch.h"
#include "hvcheck/map.h"

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
/* Do two classes leave the same in a register, said the same way? */
bool hvc_class__same_effect(const struct hvc_class *a, const struct hvc_class *b, enum hvc_reg reg);
uint64_t hvc_class__hash(const struct hvc_class *class_);

/* partial.c: classes and runs under construction */

struct hvc_partial {
	struct hvc_class *class_;
	unsigned classes, class_capacity;
	struct hvc_run *run;
	size_t runs, run_capacity;
	unsigned *bucket; /* hash table: class index + 1, 0 is empty; power of two */
	unsigned buckets;
	struct hvc_invented invented;
};

#define HVC_CLASS_MAX 2000000u

/* Index of an equal class; takes the class over (frees it when it is known already). */
bool hvc_partial__intern(struct hvc_partial *partial, struct hvc_class *class_, unsigned *index);
bool hvc_partial__add_run(struct hvc_partial *partial, const struct hvc_run *run);
/* Move everything from `from` to the end of `into`. */
bool hvc_partial__merge(struct hvc_partial *into, struct hvc_partial *from);
void hvc_partial__clear(struct hvc_partial *partial);

/* sweep.c: the hot loop */

/*
 * Immediates are swept in chunks of fixed size, each described from scratch, so that the result
 * is the same however the chunks are shared out.
 */
#define HVC_CHUNK  1024u
#define HVC_CHUNKS (HVC_IMM_COUNT / HVC_CHUNK)

enum hvc_status hvc_sweep__chunk(struct hvc_machine *machine, const struct hvc_probes *probes,
                                 unsigned chunk, volatile uint64_t *progress, struct hvc_diag *diag,
                                 struct hvc_partial *out);

/* jobs.c: chunks shared out to worker processes */
enum hvc_status hvc_jobs__run(const struct hvc_map_config *config, struct hvc_diag *diag,
                              struct hvc_partial *out);
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

/* settle.c: as few classes as explain everything, and the same ones however they were found */
bool hvc_settle__classes(struct hvc_partial *partial, const struct hvc_probes *probes,
                         const struct hvc_state *entry, const struct hvc_masks *masks);

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
