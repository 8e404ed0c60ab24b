/* SPDX-License-Identifier: MIT */
#include "engine/abi_diff.h"

#include <stdlib.h>

bool hvc_abi_operation__agrees(const struct hvc_abi_operation *operation)
{
	return operation->use[HVC_SIDE_OLD].rule && operation->use[HVC_SIDE_NEW].rule &&
	       !operation->moved && !operation->changed;
}

static enum hvc_status compare(const struct hvc_abi_diff_config *config, struct hvc_abi_diff *diff,
                               struct hvc_diag *diag)
{
	diff->widths = config->widths;
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
		diff->abi[side] = config->abi[side];
	HVC_TRY(hvc_overlap__find(diff->abi[HVC_SIDE_OLD], diff->abi[HVC_SIDE_NEW], NULL, diag,
	                          &diff->overlaps));
	if (!hvc_abi_diff__meet(diff))
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	return hvc_abi_diff__operations(config, diff, diag);
}

enum hvc_status hvc_abi_diff__run(const struct hvc_abi_diff_config *config, struct hvc_diag *diag,
                                  struct hvc_abi_diff **out)
{
	struct hvc_abi_diff *diff = calloc(1, sizeof *diff);
	enum hvc_status status;

	if (!diff)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	status = compare(config, diff, diag);
	if (status != HVC_OK) {
		hvc_abi_diff__free(diff);
		return status;
	}
	*out = diff;
	return HVC_OK;
}

void hvc_abi_diff__free(struct hvc_abi_diff *diff)
{
	if (!diff)
		return;
	for (unsigned i = 0; i < diff->operations; i++)
		for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
			free(diff->operation[i].use[side].how);
	free(diff->operation);
	free(diff->migration);
	hvc_overlaps__free(&diff->overlaps);
	free(diff);
}
