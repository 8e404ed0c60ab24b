/* SPDX-License-Identifier: MIT */
/** Memory that worlds set. Internal. */
#ifndef MACHINE_MEMORY_H
#define MACHINE_MEMORY_H

#include "hvcheck/machine.h"

/** The piece that stands at this place by its name, NULL: none does. */
struct hvc_memory *hvc_memory__find(struct hvc_world *world, const char *place);

#endif
