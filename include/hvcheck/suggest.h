/* SPDX-License-Identifier: MIT */
/**
 * A first specification from a map, for a person to correct: what the code does is promised,
 * whether or not its authors meant to promise it.
 */
#ifndef HVCHECK_SUGGEST_H
#define HVCHECK_SUGGEST_H

#include "hvcheck/map.h"

/**
 * Write a specification that loads and that the subject conforms to, as hvc_check_run sees it
 * with `randoms`: what the check contradicts is taken back until it holds. config is the map's;
 * the map has a study. name: letters, digits, dots, dashes. *out is malloc'ed; the caller frees
 * it. Errors: HVC_E_UNSUPPORTED (more behaviours than a specification holds), those of
 * hvc_check_run, HVC_E_NOMEM.
 */
HVC_MUST_USE HVC_API enum hvc_status hvc_suggest_abi(const struct hvc_map_config *config,
                                                     const struct hvc_map *map, const char *name,
                                                     unsigned randoms, struct hvc_diag *diag,
                                                     char **out);

#endif
