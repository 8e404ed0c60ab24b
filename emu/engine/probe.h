/* SPDX-License-Identifier: MIT */
/** What hvcheck itself asks beside hvcheck/probe.h. */
#ifndef HVC_ENGINE_PROBE_H
#define HVC_ENGINE_PROBE_H

#include "hvcheck/probe.h"

/**
 * Make the probes. The first level and HVC get every value; other levels and instructions get
 * the named values and one value that nothing names, which is enough to tell rules apart; of the
 * calls of one table (hvc_rule.table) only the first.
 * Without any selector, x0 is probed. Free with hvc_probes__free.
 */
HVC_MUST_USE enum hvc_status hvc_probes__make(const struct hvc_probe_config *config,
                                              struct hvc_probes *out);

void hvc_probes__free(struct hvc_probes *probes);

#endif
