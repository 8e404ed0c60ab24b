/* SPDX-License-Identifier: MIT */
/**
 * What the code says of a map: which classes are one behaviour whose values merely follow the
 * call's, and which instruction decides between two behaviours.
 *
 * A class is exact, so a handler that gives back the immediate plus one has 65,536 of them. A
 * kind is coarser: classes of one outcome whose calls take the same way through the code, each
 * loop counted as one step, and whose conditional selects outside loops go the same way too.
 */
#ifndef HVCHECK_STUDY_H
#define HVCHECK_STUDY_H

#include "hvcheck/map.h"

/** A behaviour: one class or more. */
struct hvc_kind {
	unsigned first;   /**< its class with most calls */
	unsigned classes; /**< how many it has */
	uint64_t calls;
};

/** What makes two neighbouring calls part. */
enum hvc_decision {
	HVC_DECISION_BRANCH, /**< the way through the code parts at this instruction */
	HVC_DECISION_SELECT, /**< a conditional select, on the same way */
	HVC_DECISION_VALUE,  /**< no instruction decides: a value is computed or loaded */
};

/** "branch", "select", "value". */
HVC_API const char *hvc_decision_name(enum hvc_decision decision);

/** An instruction, and where it is. */
struct hvc_place {
	uint64_t address;
	uint32_t word;
	char symbol[64]; /**< cut to size; "" when there is none */
	uint64_t offset; /**< bytes into it */
};

/** Two neighbouring calls of different kinds, and the instruction that decides. */
struct hvc_boundary {
	unsigned kind[2];
	enum hvc_reg reg;  /**< they differ in this register; HVC_REG_NONE: in the immediate */
	uint32_t probe[2]; /**< the calls: these probes with these immediates */
	uint16_t imm[2];
	enum hvc_decision decision;
	struct hvc_place at;      /**< not with HVC_DECISION_VALUE */
	bool compares;            /**< the flags that it reads were set in this trace */
	struct hvc_place compare; /**< by this instruction */
	enum hvc_reg operand;     /**< first operand of the comparison; HVC_REG_NONE: none */
	uint64_t value[2];        /**< what it held in the two calls */
	unsigned times;           /**< boundaries that the instruction decides, of any kinds */
};

struct hvc_study {
	struct hvc_kind *kind; /**< most calls first; ties: lowest class first */
	unsigned kinds;
	unsigned *kind_of;             /**< of each class of the map */
	struct hvc_boundary *boundary; /**< immediates first, then by register and value */
	unsigned boundaries;
	unsigned unseen; /**< boundaries past HVC_BOUNDARY_MAX, which nothing was asked about */
};

#define HVC_BOUNDARY_MAX 256u

/**
 * Study a map that hvc_map_make made with the same configuration, by running some of its calls
 * again. map->study is set; on failure the map is as before.
 */
HVC_MUST_USE HVC_API enum hvc_status hvc_map_study(const struct hvc_map_config *config,
                                                   struct hvc_map *map, struct hvc_diag *diag);

/**
 * The constants that running code compares the caller's registers with, wherever it keeps them by
 * then, and what it subtracted or masked out before. For code of which
 * hvc_subject_constants finds too much to try: it follows no way that calls do not take.
 * config needs no probes. Sorted by register, value. *out is malloc'ed; the caller frees it.
 */
HVC_MUST_USE HVC_API enum hvc_status hvc_constants_live(const struct hvc_map_config *config,
                                                        struct hvc_diag *diag,
                                                        struct hvc_constant **out, size_t *count);

/**
 * What a map without a specification tries: the constants of hvc_subject_constants, unless they
 * are too many, and those of hvc_constants_live. Unsorted; the caller frees *out.
 */
HVC_MUST_USE HVC_API enum hvc_status hvc_constants_find(const struct hvc_map_config *config,
                                                        struct hvc_diag *diag,
                                                        struct hvc_constant **out, size_t *count);

/** Kind of a class: the class itself where the map has no study. */
HVC_API unsigned hvc_map_kind_of(const struct hvc_map *map, unsigned class_);
/** The map as regions whose class_ is a kind. Free with hvc_regions_free. */
HVC_MUST_USE HVC_API enum hvc_status hvc_map_kind_regions(const struct hvc_map *map,
                                                          struct hvc_regions *out);
/** As hvc_class_print; what the classes of the kind do not share is "x0 varies". */
HVC_API void hvc_kind_print(const struct hvc_map *map, unsigned kind, char *text, size_t size);

#endif
