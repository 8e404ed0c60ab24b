/* SPDX-License-Identifier: MIT */
/** The engine with nothing around it: what a sweep is measured against. */
#ifndef BENCH_BARE_H
#define BENCH_BARE_H

#include "hvcheck/machine.h"

struct bare;

/** An engine with this image and all 65,536 HVCs in a straight line. NULL: it cannot start. */
struct bare *bare_open(const struct hvc_image *image);
/** Execute all of them at EL1h, exception entry included, and look at nothing. */
bool bare_pass(struct bare *bare);
void bare_close(struct bare *bare);

#endif
