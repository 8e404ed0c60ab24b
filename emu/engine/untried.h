/* SPDX-License-Identifier: MIT */
/** What a saved map cannot know of a newer build: values that only that one's code asks for. */
#ifndef ENGINE_UNTRIED_H
#define ENGINE_UNTRIED_H

#include "hvcheck/probe.h"

/** Constants that the code compares registers with and no probe tries; the caller frees *out. */
HVC_MUST_USE enum hvc_status hvc_untried__find(const struct hvc_subject *subject,
                                               const struct hvc_probes *probes,
                                               struct hvc_constant **out, size_t *count);

#endif
