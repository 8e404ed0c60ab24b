/* SPDX-License-Identifier: MIT */
/**
 * Relocations of AArch64 objects: what static code is linked with (ELF for the Arm 64-bit
 * Architecture, AAELF64, 5.7). Thread-local ones and those of dynamic linking are not here.
 */
#ifndef SUBJECT_RELOCATION_H
#define SUBJECT_RELOCATION_H

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>

#ifndef R_AARCH64_PLT32
#define R_AARCH64_PLT32 314
#endif
#ifndef R_AARCH64_GOTPCREL32
#define R_AARCH64_GOTPCREL32 315
#endif

/** One relocation with its addresses. */
struct hvc_relocation {
	uint32_t type;
	uint64_t place;  /**< P */
	uint64_t symbol; /**< S */
	uint64_t addend; /**< A */
	uint64_t slot;   /**< of the global offset table that holds S + A; 0: none */
	uint64_t table;  /**< that table; 0: none */
	bool weak;       /**< the symbol is weak and undefined: S is 0, and branches fall through */
};

enum hvc_relocated {
	HVC_RELOCATED,
	HVC_RELOCATED_UNKNOWN, /**< a type that is not known here */
	HVC_RELOCATED_FAR,     /**< the value does not fit its field, or is misaligned */
};

/** Bytes that a type changes, at least 1; 0: it is not known, or changes nothing. */
unsigned hvc_relocation__size(uint32_t type);

/** The addend that a relocation without one (REL) has at its place, all its bytes. */
uint64_t hvc_relocation__addend(uint32_t type, const uint8_t *bytes);

/** Does the type need a slot of the global offset table? */
bool hvc_relocation__wants_slot(uint32_t type);

/** Apply it to the bytes at its place, all hvc_relocation__size of them. */
enum hvc_relocated hvc_relocation__apply(const struct hvc_relocation *relocation, uint8_t *bytes);

#endif
