/* SPDX-License-Identifier: MIT */
/*
 * hvcheck map: the exact map, the sweep that it is held to, and what is made of it: reports, a
 * saved map, a suggested ABI.
 */
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "cli/open.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/supervise.h"
#include "cli/world.h"
#include "engine/exact.h"
#include "engine/internal.h"
#include "engine/probe.h"
#include "engine/saved.h"
#include "engine/suggest.h"
#include "engine/sweep.h"
#include "machine/world.h"
#include "symbolic/smt.h"

/* What the sweep tries: values that rows part, and those of a specification. */
static enum hvc_status make_probes(const struct hvc_options *options, const struct hvc_exact *exact,
                                   const struct hvc_abi *abi, unsigned levels,
                                   struct hvc_diag *diag, struct hvc_probes *out)
{
	struct hvc_constant *constant;
	enum hvc_status status;
	size_t constants;

	status = hvc_exact__constants(exact, &constant, &constants);
	if (status != HVC_OK)
		return hvc_diag_set(diag, status, NULL, 0, 0, "%s", hvc_strerror(status));
	status = hvc_open__probes(options, abi, levels, constant, constants, diag, out);
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

static enum hvc_status suggest(const struct hvc_options *options, const struct hvc_exact *exact,
                               struct hvc_progress *progress, FILE *out, struct hvc_diag *diag)
{
	const struct hvc_suggest_config config = {.jobs = options->jobs,
	                                          .randoms = options->randoms,
	                                          .progress = hvc_progress__tell,
	                                          .progress_ctx = progress};
	char name[128], *text;
	enum hvc_status status;

	HVC_TRY(name_of_abi(options, diag, name, sizeof(name)));
	status = hvc_suggest__abi(exact, &config, name, diag, &text);
	if (status == HVC_E_ARG) {
		const struct hvc_diag why = *diag;

		return hvc_diag_set(diag, status, why.file, 0, 0, "%s; --from and --insn pick one",
		                    why.message);
	}
	HVC_TRY(status);
	fputs(text, out);
	free(text);
	return HVC_OK;
}

/* What is reported. */
struct maps {
	const struct hvc_options *options;
	const struct hvc_subject *subject;
	const struct hvc_world *world;
	struct hvc_progress *progress;
	struct hvc_exact *exact;
	const struct hvc_abi *abi;     /* NULL: none */
	struct hvc_contract *contract; /* NULL: nobody asked for it */
};

static enum hvc_status put_body(const struct hvc_page *page, const void *of, struct hvc_diag *diag)
{
	const struct maps *maps = of;

	return hvc_exact__text(page, maps->exact, maps->contract,
	                       hvc_options__has(maps->options, HVC_OPTION_TREE), diag);
}

static enum hvc_status write(const void *of, const struct hvc_options *options,
                             const struct hvc_findings *findings, enum hvc_style style,
                             const struct hvc_page *page, struct hvc_diag *diag)
{
	const struct maps *maps = of;

	(void)findings;
	switch (style) {
	case HVC_STYLE_JSON:
		return hvc_exact__json(page->out, maps->exact, maps->contract,
		                       hvc_options__has(options, HVC_OPTION_TREE), diag);
	case HVC_STYLE_HTML:
		return hvc_exact__html(page->out, maps->exact, maps->contract, maps->abi, diag);
	case HVC_STYLE_SVG:
		return hvc_exact__svg(page->out, maps->exact,
		                      hvc_options__has(options, HVC_OPTION_TREE), diag);
	case HVC_STYLE_MAP:
		return hvc_exact__save(page->out, maps->exact, diag);
	default:
		if (hvc_options__has(options, HVC_OPTION_PICTURE) && style == HVC_STYLE_TEXT)
			HVC_TRY(hvc_exact__picture(page, maps->exact, diag));
		return hvc_cli_report__document(options, NULL, style, page, put_body, maps, diag);
	}
}

static enum hvc_status sweep(struct maps *maps, const struct hvc_abi *abi, struct hvc_diag *diag)
{
	const struct hvc_options *options = maps->options;
	struct hvc_probes probes;
	const struct hvc_sweep_config config = {.subject = maps->subject,
	                                        .world = maps->world,
	                                        .probes = &probes,
	                                        .jobs = options->jobs,
	                                        .budget = options->budget,
	                                        .progress = hvc_progress__tell,
	                                        .progress_ctx = maps->progress};
	enum hvc_status status;

	if (!hvc_options__has(options, HVC_OPTION_SWEEP))
		return HVC_OK;
	HVC_TRY(make_probes(options, maps->exact, abi, hvc_cpu__levels(maps->world->cpu), diag,
	                    &probes));
	hvc_probes__fit(&probes, maps->world->cpu);
	status = hvc_exact__sweep(maps->exact, &config, diag);
	hvc_probes__free(&probes);
	return status;
}

/* What is kept to be compared goes as far as a diff does. */
static bool is_kept(const struct hvc_options *options)
{
	bool kept = options->style == HVC_STYLE_MAP;

	for (unsigned i = 0; i < options->reports; i++)
		kept |= options->report[i].style == HVC_STYLE_MAP;
	return kept;
}

static enum hvc_status explore(struct maps *maps, const struct hvc_abi *abi, struct hvc_diag *diag)
{
	const struct hvc_options *options = maps->options;
	struct hvc_exact_config config = {
	        .subject = maps->subject,
	        .world = maps->world,
	        .levels = abi ? hvc_abi__levels(abi) : 0,
	        .insns = abi ? hvc_abi__insns(abi) : 0,
	        .budget = options->budget,
	        .into = hvc_options__has(options, HVC_OPTION_INTO) || is_kept(options),
	        .brief = hvc_options__has(options, HVC_OPTION_BRIEF),
	        .everyone = true,
	};

	/* A specification is suggested for callers that meet the same, mostly the kernel. */
	if (!abi && hvc_options__has(options, HVC_OPTION_SUGGEST_ABI))
		config.levels = 1u << hvc_cpu__usual(maps->world->cpu);
	hvc_options__callers(options, &config.levels, &config.insns);
	return hvc_exact__make(&config, diag, &maps->exact);
}

static enum hvc_status certify(const struct maps *maps, struct hvc_diag *diag)
{
	struct hvc_certificates certificates = {0};
	enum hvc_status status = HVC_OK;

	if (maps->options->smt && hvc_exact__certify(maps->exact, &certificates) != HVC_OK)
		status = hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	if (status == HVC_OK)
		status = hvc_cli_report__certificates(maps->options, &certificates, diag);
	hvc_certificates__free(&certificates);
	return status;
}

/* Has nothing been followed to an end, and nothing called? */
static bool is_vacuous(const struct hvc_exact *exact)
{
	bool any = exact->swept != 0;

	for (unsigned i = 0; i < exact->parts; i++) {
		const struct hvc_exact_part *part = &exact->part[i];

		any |= part->confirmed || part->taken;
		for (unsigned k = 0; k < part->rows; k++)
			any |= !part->row[k].why || part->row[k].seen;
	}
	return !any;
}

static enum hvc_status run_map(const struct hvc_options *options, const struct hvc_subject *subject,
                               const struct hvc_abi *abi, const struct hvc_page *page,
                               struct hvc_diag *diag)
{
	struct hvc_progress progress;
	struct hvc_world world;
	struct maps maps = {
	        .options = options,
	        .subject = subject,
	        .world = &world,
	        .progress = &progress,
	        .abi = abi,
	};
	enum hvc_status status;

	HVC_TRY(hvc_cli_world__open(options, subject, diag, &world));
	if (hvc_options__has(options, HVC_OPTION_TREE) && hvc_cpu__is_hyp(world.cpu))
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "--tree: %s is 32-bit code, which is not followed",
		                    hvc_subject_name(subject));
	hvc_progress__begin(&progress, options);
	status = explore(&maps, abi, diag);
	if (status == HVC_OK)
		status = certify(&maps, diag);
	if (status == HVC_OK)
		status = sweep(&maps, abi, diag);
	if (status == HVC_OK && hvc_options__has(options, HVC_OPTION_CONTRACT))
		status = hvc_contract__of_exact(maps.exact, diag, &maps.contract);
	if (status == HVC_OK && hvc_options__has(options, HVC_OPTION_SUGGEST_ABI))
		status = suggest(options, maps.exact, &progress, page->out, diag);
	else if (status == HVC_OK)
		status = hvc_cli_report__each(
		        options, page, &(const struct hvc_report){.of = &maps, .write = write},
		        NULL, diag);
	if (status == HVC_OK && is_vacuous(maps.exact))
		hvc_supervise__doubt("no call was followed to its end, and none was made");
	hvc_progress__end(&progress);
	hvc_contract__free(maps.contract);
	hvc_exact__free(maps.exact);
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
		status = hvc_open__abi(options->abi, subject, diag, &abi);
	if (status == HVC_OK)
		status = run_map(options, subject, abi, page, diag);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
	return status;
}
