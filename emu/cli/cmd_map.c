/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "cli/open.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/world.h"
#include "hvcheck/saved.h"
#include "hvcheck/study.h"
#include "hvcheck/suggest.h"

#define ANYONE ((1u << HVC_LEVEL_COUNT) - 1)

static enum hvc_status make_probes(const struct hvc_options *options,
                                   const struct hvc_map_config *map, const struct hvc_abi *abi,
                                   struct hvc_diag *diag, struct hvc_probes *out)
{
	struct hvc_constant *constant;
	enum hvc_status status;
	size_t constants;

	HVC_TRY(hvc_constants_find(map, diag, &constant, &constants));
	status = hvc_open__probes(options, abi, ANYONE, constant, constants, diag, out);
	free(constant);
	return status;
}

/* The name of a specification is that of its file. */
static enum hvc_status name_of_abi(const struct hvc_options *options, struct hvc_diag *diag,
                                   char *name, size_t size)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                              "0123456789.-_";
	const char *output = options->output ? options->output : "suggested.yaml";
	const char *slash = strrchr(output, '/'), *base = slash ? slash + 1 : output;
	size_t length = strlen(base);

	if (length <= 5 || strcmp(base + length - 5, ".yaml") != 0 || length - 5 >= size ||
	    strspn(base, allowed) != length)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "--output: '%s' is not NAME.yaml, NAME being that of an ABI",
		                    output);
	memcpy(name, base, length - 5);
	name[length - 5] = '\0';
	return HVC_OK;
}

static enum hvc_status suggest(const struct hvc_options *options,
                               const struct hvc_map_config *config, const struct hvc_map *map,
                               FILE *out, struct hvc_diag *diag)
{
	char name[128], *text;

	HVC_TRY(name_of_abi(options, diag, name, sizeof(name)));
	HVC_TRY(hvc_suggest_abi(config, map, name, options->randoms, diag, &text));
	fputs(text, out);
	free(text);
	return HVC_OK;
}

static enum hvc_status measure(const struct hvc_options *options, const struct hvc_subject *subject,
                               struct hvc_map *map, struct hvc_diag *diag,
                               struct hvc_contract **out)
{
	const struct hvc_contract_config config = {
	        .subject = subject,
	        .map = map,
	        .budget = options->budget,
	};

	if (!hvc_options__has(options, HVC_OPTION_CONTRACT))
		return HVC_OK;
	HVC_TRY(hvc_contract_measure(&config, diag, out));
	map->contract = *out;
	return HVC_OK;
}

static enum hvc_status write(const void *of, const struct hvc_options *options,
                             const struct hvc_findings *findings, enum hvc_style style,
                             const struct hvc_page *page, struct hvc_diag *diag)
{
	(void)findings;
	switch (style) {
	case HVC_STYLE_JSON:
		return hvc_map_json(page->out, of, diag);
	case HVC_STYLE_HTML:
		return hvc_map_html(page->out, of, diag);
	case HVC_STYLE_SVG:
		return hvc_map_svg(page->out, of, diag);
	case HVC_STYLE_MAP:
		return hvc_map_save(page->out, of, diag);
	default:
		if (hvc_options__has(options, HVC_OPTION_PICTURE))
			HVC_TRY(hvc_map_picture(page, of, diag));
		return hvc_map_text(page, of, diag);
	}
}

static enum hvc_status write_map(const struct hvc_options *options,
                                 const struct hvc_map_config *config, struct hvc_map *map,
                                 const struct hvc_page *page, struct hvc_diag *diag)
{
	/* A saved map is what was seen, not what was made of it. */
	if (options->style == HVC_STYLE_MAP && !options->reports)
		return hvc_map_save(page->out, map, diag);
	HVC_TRY(hvc_map_study(config, map, diag));
	if (hvc_options__has(options, HVC_OPTION_SUGGEST_ABI))
		return suggest(options, config, map, page->out, diag);
	return hvc_cli_report__each(options, page, map, write, NULL, diag);
}

static enum hvc_status run_map(const struct hvc_options *options, const struct hvc_subject *subject,
                               const struct hvc_abi *abi, const struct hvc_page *page,
                               struct hvc_diag *diag)
{
	struct hvc_progress progress;
	struct hvc_probes probes;
	struct hvc_world world;
	struct hvc_contract *contract = NULL;
	struct hvc_map *map = NULL;
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
	HVC_TRY(make_probes(options, &config, abi, diag, &probes));
	hvc_progress__begin(&progress, options);
	status = hvc_map_make(&config, diag, &map);
	if (status == HVC_OK)
		status = measure(options, subject, map, diag, &contract);
	if (status == HVC_OK)
		status = write_map(options, &config, map, page, diag);
	hvc_progress__end(&progress);
	hvc_map_free(map);
	hvc_contract_free(contract);
	hvc_probes_free(&probes);
	return status;
}

enum hvc_status hvc_cmd__map(const struct hvc_options *options, const struct hvc_page *page,
                             bool *holds, struct hvc_diag *diag)
{
	struct hvc_subject *subject = NULL;
	struct hvc_abi *abi = NULL;
	enum hvc_status status;
	enum hvc_reg reg;

	*holds = true;
	if (hvc_cli_world__sets_call(options, &reg))
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "--set: a map tries many values of %s; 'hvcheck run' takes one",
		                    hvc_reg_name(reg));
	if (hvc_options__has(options, HVC_OPTION_SUGGEST_ABI) &&
	    (hvc_options__has(options, HVC_OPTION_FORMAT) || options->reports))
		return hvc_diag_set(
		        diag, HVC_E_ARG, NULL, 0, 0,
		        "--suggest-abi writes YAML; it takes no --format and no --report");
	if (hvc_options__has(options, HVC_OPTION_PICTURE) && options->style != HVC_STYLE_TEXT)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "--picture: letters are text; html and svg are pictures by "
		                    "themselves");
	status = hvc_open__subject(options, 0, diag, &subject);
	if (status == HVC_OK && options->abi)
		status = hvc_open__abi(options->abi, diag, &abi);
	if (status == HVC_OK)
		status = run_map(options, subject, abi, page, diag);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
	return status;
}
