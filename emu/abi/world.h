/* SPDX-License-Identifier: MIT */
/** What a specification and a world file both say of a world. */
#ifndef HVC_ABI_WORLD_H
#define HVC_ABI_WORLD_H

#include "abi/list.h"
#include "abi/world_file.h"

/** How names of places become addresses; find is NULL where only numbers are allowed. */
struct hvc_places {
	hvc_place_find *find;
	void *ctx;
};

/** CPU, EL3 and registers; the name is not read. */
HVC_MUST_USE enum hvc_status hvc_spec_world__read(const struct hvc_loader *loader,
                                                  const struct hvc_spec_world *in,
                                                  const struct hvc_places *places,
                                                  struct hvc_world *out);

/** Letters, digits and _, short enough for a world's name. */
HVC_MUST_USE enum hvc_status hvc_spec_world__name(const struct hvc_loader *loader,
                                                  const struct hvc_text *text,
                                                  struct hvc_world *world);

#endif
