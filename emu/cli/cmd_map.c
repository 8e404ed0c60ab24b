/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "cli/open.h"
#include "cli/progress.h"
#include "cli/world.h"
#include "hvcheck/saved.h"
#include "hvcheck/study.h"

#define CONSTANTS_LIMIT 20000u /* instructions followed in search of compared constants */

static enum hvc_status make_probes(const struct hvc_options *options,
                                   const struct hvc_subject *subject, const struct hvc_abi *abi,
                                   struct hvc_diag *diag, struct hvc_probes *out)
{
	struct hvc_probe_config config = {
	        .abi = &abi,
	        .abis = abi ? 1 : 0,
	        .levels = abi ? hvc_abi_levels(abi) : 0,
	        .insns = abi ? hvc_abi_insns(abi) : 0,
	        .randoms = options->randoms,
	        .brief = hvc_options__has(options, HVC_OPTION_BRIEF),
	};
	struct hvc_constant *constant = NULL;
	enum hvc_status status;

	if (hvc_options__has(options, HVC_OPTION_FROM))
		config.levels = 1u << options->from;
	if (hvc_options__has(options, HVC_OPTION_INSN))
		config.insns = 1u << options->insn;
	status = hvc_subject_constants(subject, CONSTANTS_LIMIT, &constant, &config.constants);
	config.constant = constant;
	if (status == HVC_OK)
		status = hvc_probes_make(&config, out);
	free(constant);
	if (status != HVC_OK)
		return hvc_diag_set(diag, status, NULL, 0, 0, "%s", hvc_strerror(status));
	return HVC_OK;
}

static enum hvc_status make_map(const struct hvc_options *options,
                                const struct hvc_subject *subject, const struct hvc_abi *abi,
                                struct hvc_diag *diag, struct hvc_map **out)
{
	struct hvc_progress progress;
	struct hvc_probes probes;
	struct hvc_world world;
	struct hvc_map *map;
	struct hvc_map_config config = {
	        .subject = subject,
	        .world = &world,
	        .probes = &probes,
	        .jobs = options->jobs,
	        .budget = options->budget,
	        .progress = hvc_progress__tell,
	        .progress_ctx = &progress,
	};
	enum hvc_status status;

	HVC_TRY(hvc_cli_world__open(options, subject, diag, &world));
	HVC_TRY(make_probes(options, subject, abi, diag, &probes));
	hvc_progress__begin(&progress, options);
	status = hvc_map_make(&config, diag, &map);
	hvc_progress__end(&progress);
	if (status == HVC_OK) {
		/* A saved map is what was seen, not what was made of it. */
		if (options->style != HVC_STYLE_MAP)
			status = hvc_map_study(&config, map, diag);
		if (status == HVC_OK)
			*out = map;
		else
			hvc_map_free(map);
	}
	hvc_probes_free(&probes);
	return status;
}

static enum hvc_status write_map(const struct hvc_options *options, const struct hvc_page *page,
                                 const struct hvc_map *map, struct hvc_diag *diag)
{
	switch (options->style) {
	case HVC_STYLE_JSON:
		return hvc_map_json(page->out, map, diag);
	case HVC_STYLE_MAP:
		return hvc_map_save(page->out, map, diag);
	default:
		return hvc_map_text(page, map, diag);
	}
}

enum hvc_status hvc_cmd__map(const struct hvc_options *options, const struct hvc_page *page,
                             bool *holds, struct hvc_diag *diag)
{
	struct hvc_subject *subject = NULL;
	struct hvc_abi *abi = NULL;
	struct hvc_map *map = NULL;
	enum hvc_status status;
	enum hvc_reg reg;

	*holds = true;
	if (hvc_cli_world__sets_call(options, &reg))
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "--set: a map tries many values of %s; 'hvcheck run' takes one",
		                    hvc_reg_name(reg));
	status = hvc_open__subject(options, 0, diag, &subject);
	if (status == HVC_OK && options->abi)
		status = hvc_open__abi(options->abi, diag, &abi);
	if (status == HVC_OK)
		status = make_map(options, subject, abi, diag, &map);
	if (status == HVC_OK)
		status = write_map(options, page, map, diag);
	hvc_map_free(map);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
	return status;
}
