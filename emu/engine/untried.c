/* SPDX-License-Identifier: MIT */
#include "engine/untried.h"

static bool is_tried(const struct hvc_probes *probes, const struct hvc_constant *constant)
{
	for (unsigned i = 0; i < probes->count; i++)
		if (probes->probe[i].call.x[constant->reg] == constant->value)
			return true;
	return false;
}

/* Found in the code and again in what ran, or compared with at several places. */
static bool is_told(const struct hvc_constant *told, size_t count, const struct hvc_constant *new)
{
	for (size_t i = 0; i < count; i++)
		if (told[i].reg == new->reg && told[i].value == new->value)
			return true;
	return false;
}

enum hvc_status hvc_untried__find(const struct hvc_map_config *config, struct hvc_diag *diag,
                                  struct hvc_constant **out, size_t *count)
{
	size_t kept = 0;

	(void)diag;
	HVC_TRY(hvc_subject_constants(config->subject, 20000, out, count));
	for (size_t i = 0; i < *count; i++)
		if (!is_tried(config->probes, &(*out)[i]) && !is_told(*out, kept, &(*out)[i]))
			(*out)[kept++] = (*out)[i];
	*count = kept;
	return HVC_OK;
}
