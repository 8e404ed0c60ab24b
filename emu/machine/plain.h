/* SPDX-License-Identifier: MIT */
/** What a cheap reset puts back, and what it does not. Internal; pure. */
#ifndef MACHINE_PLAIN_H
#define MACHINE_PLAIN_H

#include <stdbool.h>
#include <stdint.h>

/** What code may have done that a reset must know of; none: it is known register by register. */
enum hvc_effect {
	HVC_EFFECT_CPU = 1,    /**< something in the CPU */
	HVC_EFFECT_MEMORY = 2, /**< stores whose place is not known */
	HVC_EFFECT_CODE = 4,   /**< stores to code that may have run */
};

/** Of one instruction, whatever its operands are. */
unsigned hvc_plain__effects(uint32_t word);

#endif
