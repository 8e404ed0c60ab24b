/* SPDX-License-Identifier: MIT */
/** What a saved map cannot know of a newer build: values that only that one's code asks for. */
#ifndef ENGINE_UNTRIED_H
#define ENGINE_UNTRIED_H

#include "hvcheck/map.h"

/** Constants that a map would try and no probe of config does; the caller frees *out. */
HVC_MUST_USE enum hvc_status hvc_untried__find(const struct hvc_map_config *config,
                                               struct hvc_diag *diag, struct hvc_constant **out,
                                               size_t *count);

#endif
