/* SPDX-License-Identifier: MIT */
/** Worlds that subjects are met in: their machines, and whether two maps are of the same. */
#ifndef ENGINE_SCENE_H
#define ENGINE_SCENE_H

#include "engine/exact.h"

/** HVC_E_ARG and what differs, where they may not. Addresses of named places may differ. */
HVC_MUST_USE enum hvc_status hvc_scene__same(const struct hvc_exact *a, const struct hvc_exact *b,
                                             struct hvc_diag *diag);

/**
 * A world of an ABI with what is laid over it (NULL: nothing), and with what its memory names
 * looked up in the subject.
 */
HVC_MUST_USE enum hvc_status hvc_scene__world(const struct hvc_subject *subject,
                                              const struct hvc_abi *abi, unsigned index,
                                              const struct hvc_world *over, struct hvc_diag *diag,
                                              struct hvc_world *out);
/** A machine of a subject in a world; errors are those of hvc_machine_open. */
HVC_MUST_USE enum hvc_status hvc_scene__machine(const struct hvc_subject *subject,
                                                const struct hvc_world *world, uint64_t budget,
                                                struct hvc_diag *diag, struct hvc_machine **out);

#endif
