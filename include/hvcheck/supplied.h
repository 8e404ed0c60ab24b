/* SPDX-License-Identifier: MIT */
/**
 * What a run had to make up, because the machine around the subject is not there: an account
 * of everything that a real machine might have answered otherwise.
 *
 * Kept only where a world says how to make up for what is missing (hvc_world.zero_pages, stubs),
 * and for boundaries too: in such a world the system registers that the code reads and nobody
 * set are named as well.
 */
#ifndef HVCHECK_SUPPLIED_H
#define HVCHECK_SUPPLIED_H

#include "hvcheck/world.h"

enum hvc_supply_kind {
	HVC_SUPPLY_REGISTER, /**< a system register was read that nobody had set */
	HVC_SUPPLY_PAGE,     /**< a zero page was touched */
	HVC_SUPPLY_CALL,     /**< a function that is not in memory was called: it returned 0 */
	HVC_SUPPLY_STUB,     /**< a stub returned its value */
	HVC_SUPPLY_MEMORY,   /**< memory was read that the image has and nobody had set */
	HVC_SUPPLY_COUNT,
};

/** "register", "page", "call", "stub", "memory". */
HVC_API const char *hvc_supply_name(enum hvc_supply_kind kind);

#define HVC_SUPPLIED_NAME 80
/** Instead of a relocation's type: tables of EL2 that are not there, as its MMU is turned on. */
#define HVC_SUPPLIED_TABLES UINT32_MAX

/** One thing that was made up. */
struct hvc_supply {
	enum hvc_supply_kind kind;
	enum hvc_reg reg; /**< register: which; else HVC_REG_NONE */
	/** page: of its first byte; call, stub: of the function; memory: what was read; else 0 */
	uint64_t address;
	uint64_t from;  /**< call: of the instruction that calls; else 0 */
	uint64_t value; /**< register: what it held; call, stub: what was returned; page: 0;
	                  memory: type of the relocation that is missing there, 0: it is zero */
	uint64_t calls; /**< HVCs that met it */
	char name[HVC_SUPPLIED_NAME]; /**< memory: of the address, SYMBOL+0xOFFSET, or "" */
	uint64_t blind; /**< page: of those, HVCs that read bytes of it that nothing had written */
};

/** Rows of an account; what is met after so many is only counted. */
#define HVC_SUPPLIED_MAX 1024u

/** Zero-initialise; free with hvc_supplied__free. */
struct hvc_supplied {
	struct hvc_supply *row; /**< after hvc_supplied__sort: by kind, register, address, from */
	unsigned rows;
	size_t capacity;
	uint64_t more; /**< HVCs that met something that has no row, each time it was met */
};

#endif
