/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "engine/internal.h"
#include "engine/untried.h"

#define CONSTANTS_LIMIT 20000u /* instructions followed, as for a map */

static bool is_tried(const struct hvc_probes *probes, const struct hvc_constant *constant)
{
	for (unsigned i = 0; i < probes->count; i++)
		if (probes->probe[i].call.x[constant->reg] == constant->value)
			return true;
	return false;
}

enum hvc_status hvc_untried__find(const struct hvc_subject *subject,
                                  const struct hvc_probes *probes, struct hvc_constant **out,
                                  size_t *count)
{
	size_t kept = 0;

	HVC_TRY(hvc_subject_constants(subject, CONSTANTS_LIMIT, out, count));
	for (size_t i = 0; i < *count; i++)
		if (!is_tried(probes, &(*out)[i]))
			(*out)[kept++] = (*out)[i];
	*count = kept;
	return HVC_OK;
}
