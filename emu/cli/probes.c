/* SPDX-License-Identifier: MIT */
/* The calls that a sweep tries, from what the user said of them. */
#include "abi/abi.h"
#include "cli/open.h"
#include "engine/probe.h"

enum hvc_status hvc_open__probes(const struct hvc_options *options, const struct hvc_abi *abi,
                                 unsigned levels, const struct hvc_constant *constant,
                                 size_t constants, struct hvc_diag *diag, struct hvc_probes *out)
{
	bool aarch32 =
	        hvc_options__has(options, HVC_OPTION_INSN) && options->insn >= HVC_INSN_HVC_A32;
	enum hvc_level usual =
	        aarch32 || !(levels >> HVC_LEVEL_EL1H & 1) ? HVC_LEVEL_EL1_SVC : HVC_LEVEL_EL1H;
	struct hvc_probe_config config = {
	        .abi = &abi,
	        .abis = abi ? 1 : 0,
	        .constant = constant,
	        .constants = constants,
	        .levels = abi ? hvc_abi__levels(abi) : 1u << usual,
	        .insns = abi ? hvc_abi__insns(abi) : 0,
	        .randoms = options->randoms,
	        .brief = hvc_options__has(options, HVC_OPTION_BRIEF),
	};
	enum hvc_status status;

	hvc_options__callers(options, &config.levels, &config.insns);
	config.levels &= levels;
	if (!config.levels)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0, "no such caller here");
	status = hvc_probes__make(&config, out);
	if (status != HVC_OK)
		return hvc_diag_set(diag, status, NULL, 0, 0, "%s", hvc_strerror(status));
	return HVC_OK;
}
