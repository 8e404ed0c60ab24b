/* SPDX-License-Identifier: MIT */
/**
 * Maps: the closed account of a subject. Every (probe, immediate) is in exactly one class of
 * equal outcome, and a class is exact: applied to a call it gives every register afterwards.
 */
#ifndef HVCHECK_MAP_H
#define HVCHECK_MAP_H

#include "hvcheck/doubt.h"
#include "hvcheck/probe.h"

struct hvc_contract;

/**
 * reg becomes value: a constant, imm, esr, spsr, return, self, a register as it was at the call
 * (where value.value is not 0 only its low bits, value.value being the mask), or
 * HVC_TERM_FUNCTION, which here means function(x1, x2, x3): what a call-a-function ABI returns.
 */
struct hvc_effect {
	enum hvc_reg reg;
	struct hvc_term value;
};

/** A store to memory that is not EL2's own. */
struct hvc_memory_effect {
	struct hvc_term address;
	struct hvc_term value;
	uint8_t size; /**< bytes */
};

/** Calls that do the same. Registers that are not named keep their values. */
struct hvc_class {
	enum hvc_outcome_kind kind;
	enum hvc_level level;            /**< where the run ends */
	struct hvc_term pc;              /**< where it ends */
	uint64_t esr;                    /**< fault, forward: syndrome; else 0 */
	struct hvc_term far;             /**< fault: address, constant 0 when there is none */
	const struct hvc_effect *effect; /**< in register order; never the exception registers */
	unsigned effects;
	const struct hvc_memory_effect *store; /**< the first HVC_STORE_MAX of `stores` */
	unsigned stores;
	unsigned untracked;        /**< writes to system registers that have no row in reg.h */
	struct hvc_others others;  /**< with the values of one of the calls */
	uint64_t calls;            /**< (probe, immediate) pairs in this class */
	uint64_t instructions_min; /**< executed at EL2 */
	uint64_t instructions_max;
};

/** Immediates lo..hi of one probe, all in one class. */
struct hvc_run {
	uint32_t probe;
	uint32_t class_;
	uint16_t lo, hi;
};

struct hvc_map {
	char *subject;
	struct hvc_world world;
	struct hvc_state entry; /**< registers at the call but x0..x30, nzcv, daif */
	struct hvc_regset present;
	struct hvc_probes probes;
	struct hvc_class *class_; /**< most calls first; ties: first met first */
	unsigned classes;
	struct hvc_run *run; /**< sorted by probe, lo; no gap: 65,536 a probe */
	size_t runs;
	uint64_t failed;   /**< calls of which nothing is known: the engine died of them */
	char failure[256]; /**< one of these: "hvc #0x5 from el1h, at 0x80000104: ..."; or "" */
	struct hvc_invented invented;        /**< what its calls had to make up */
	struct hvc_doubt doubt;
	const struct hvc_contract *contract; /**< borrowed; to be reported with it, NULL: none */
};

/** Called about ten times a second; false cancels. done of total calls. */
typedef bool (*hvc_progress_fn)(void *ctx, uint64_t done, uint64_t total);

struct hvc_map_config {
	const struct hvc_subject *subject;
	const struct hvc_world *world;   /**< NULL: the default */
	const struct hvc_probes *probes; /**< copied */
	unsigned jobs;                   /**< worker processes, 1..256; 0: 1 */
	uint64_t budget;                 /**< instructions a call; 0: HVC_BUDGET_DEFAULT */
	hvc_progress_fn progress;        /**< may be NULL */
	void *progress_ctx;
};

/**
 * Run every probe with every immediate and account for all of it. The result does not depend
 * on jobs. Calls are made in processes of their own: where the engine dies of one, that one is
 * HVC_OUTCOME_FAILED. Errors: those of hvc_machine_open, HVC_E_CANCELLED, HVC_E_ENGINE (also: it
 * died of too many calls, or of none that can be told).
 */
HVC_MUST_USE HVC_API enum hvc_status hvc_map_make(const struct hvc_map_config *config,
                                                  struct hvc_diag *diag, struct hvc_map **out);
HVC_API void hvc_map_free(struct hvc_map *map);

/** Class of one call: probe below map->probes.count. */
HVC_API unsigned hvc_map_class_of(const struct hvc_map *map, unsigned probe, uint16_t imm);

/** The call, and the exact outcome a class gives it; stores are filled in too. */
HVC_API void hvc_map_call(const struct hvc_map *map, unsigned probe, uint16_t imm,
                          struct hvc_call *call);
HVC_API void hvc_class_apply(const struct hvc_class *class_, const struct hvc_state *entry,
                             const struct hvc_call *call, struct hvc_outcome *out);

/**
 * One line for people: "return, x0 := vbar_el2, x1 := 0x16" or "jump to x1 at el2h, ...".
 * Cut to size.
 */
HVC_API void hvc_class_print(const struct hvc_class *class_, char *text, size_t size);
/** One value: "0x16", "x1", "x0 & 0x7fffffffff", "vbar_el2", "imm", "function(x1, x2, x3)". */
HVC_API void hvc_term_print(const struct hvc_term *term, char *text, size_t size);
/** True iff both describe the same behaviour (calls and instruction counts aside). */
HVC_API bool hvc_class_equal(const struct hvc_class *a, const struct hvc_class *b);

/** Values of one register that fall in a region. */
struct hvc_span {
	enum hvc_reg reg;
	struct hvc_interval *interval; /**< neighbouring probes of the same fate are joined */
	unsigned intervals;
};

/** Part of a class: a set of immediates for which the same probes fall in the class. */
struct hvc_region {
	unsigned class_;
	enum hvc_level from;
	enum hvc_insn insn;
	struct hvc_interval *imm; /**< sorted, disjoint */
	unsigned imms;
	struct hvc_span *span; /**< registers that matter; none: any value of any register */
	unsigned spans;
	uint32_t probe; /**< a witness: with imm[0].lo */
	uint64_t calls;
};

struct hvc_regions {
	struct hvc_region *region; /**< in class order, then level, insn, first immediate */
	unsigned count;
};

/** The map as regions, for people and reports. Free with hvc_regions_free. */
HVC_MUST_USE HVC_API enum hvc_status hvc_map_regions(const struct hvc_map *map,
                                                     struct hvc_regions *out);
HVC_API void hvc_regions_free(struct hvc_regions *regions);

/**
 * The command that reproduces a call: "hvcheck run SUBJECT --imm 0x1 --set x0=0x2". Only what
 * differs from run's defaults is named. Names are quoted for shells. What does not fit is a
 * comment that says so.
 */
#define HVC_COMMAND_SIZE 8192u /**< enough for a path, and for what is usually around it */
HVC_API void hvc_call_command(const char *subject, const struct hvc_world *world,
                              const struct hvc_probe *probe, uint16_t imm, char *text, size_t size);

#endif
