/* SPDX-License-Identifier: MIT */
/** Memory that worlds set. Internal. */
#ifndef MACHINE_MEMORY_H
#define MACHINE_MEMORY_H

#include "hvcheck/machine.h"

/** The piece that stands at this place by its name, NULL: none does. */
struct hvc_memory *hvc_memory__find(struct hvc_world *world, const char *place);

/** Bytes kept until the process ends, each content once. NULL: memory ran out, or the limit. */
const uint8_t *hvc_memory__keep(const uint8_t *bytes, size_t size);

#endif
