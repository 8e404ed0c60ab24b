/* SPDX-License-Identifier: MIT */
/* hvcheck callers: the HVC and SMC instructions of an image, held to the ABIs named. */
#include <string.h>

#include "cli/open.h"
#include "cli/report.h"

/* What names a file, and no YAML one, is a subject; so is a built-in that has no ABI. */
static enum hvc_status open_against(const char *name, struct hvc_diag *diag, struct hvc_abi **abi,
                                    struct hvc_subject **subject)
{
	size_t length = strlen(name);
	bool yaml = length > 5 && !strcmp(name + length - 5, ".yaml");
	enum hvc_status status;

	if (!yaml && strpbrk(name, "/@"))
		return hvc_subject_open(name, diag, subject);
	status = hvc_abi_open(name, diag, abi);
	if (status != HVC_E_NOTFOUND)
		return status;
	if (hvc_subject_open(name, diag, subject) == HVC_OK)
		return HVC_OK;
	/* It is neither: the complaint is about ABIs, with the nearest name. */
	return hvc_open__abi(name, NULL, diag, abi);
}

/* Nothing held to an ABI does not hold. */
static enum hvc_status check_sites(const struct hvc_callers *callers, const char *abi,
                                   struct hvc_diag *diag)
{
	for (size_t i = 0; i < callers->callers; i++) {
		const struct hvc_caller *caller = &callers->caller[i];

		if (caller->fit != HVC_CALLER_DATA &&
		    (caller->fit != HVC_CALLER_OTHER ||
		     (abi && !hvc_insn_is_smc(caller->site->insn))))
			return HVC_OK;
	}
	if (!abi)
		return hvc_diag_set(diag, HVC_E_NOTFOUND, callers->scan->path, 0, 0,
		                    "has no call whose ABI the registry knows; say --abi ABI");
	return hvc_diag_set(diag, HVC_E_NOTFOUND, callers->scan->path, 0, 0,
	                    "has no HVC or SMC instruction that could be held to '%s'", abi);
}

/* One thing that the callers are held to. */
struct side {
	struct hvc_abi *abi;
	struct hvc_subject *subject;
	struct hvc_callers *callers;
};

/* What all sides share. The first side is --abi, the others are --also. */
struct work {
	struct hvc_registry *registry;
	struct hvc_scan *scan;
	struct side side[1 + HVC_ALSO_MAX];
};

static enum hvc_status hold(const struct hvc_options *options, const struct work *work,
                            struct side *side, struct hvc_diag *diag)
{
	const struct hvc_callers_config config = {
	        .scan = work->scan,
	        .abi = side->abi,
	        .subject = side->subject,
	        .registry = work->registry,
	        .filter = options->site,
	        .filters = options->sites,
	};

	return hvc_callers__run(&config, diag, &side->callers);
}

static enum hvc_status prepare(const struct hvc_options *options, struct hvc_diag *diag,
                               struct work *work)
{
	/* A mistyped name is told before the image is read. */
	for (unsigned i = options->abi ? 0 : 1; i <= options->alsos; i++)
		HVC_TRY(open_against(i ? options->also[i - 1] : options->abi, diag,
		                     &work->side[i].abi, &work->side[i].subject));
	HVC_TRY(hvc_known__open(diag, &work->registry));
	HVC_TRY(hvc_scan__file(options->argument[0], options->symbols[0], diag, &work->scan));
	for (unsigned i = 0; i <= options->alsos; i++)
		HVC_TRY(hold(options, work, &work->side[i], diag));
	for (unsigned i = 1; i <= options->alsos; i++)
		hvc_callers__excuse(work->side[0].callers, work->side[i].callers);
	return HVC_OK;
}

static void clear(struct work *work)
{
	for (unsigned i = 0; i <= HVC_ALSO_MAX; i++) {
		hvc_callers__free(work->side[i].callers);
		hvc_abi_free(work->side[i].abi);
		hvc_subject_close(work->side[i].subject);
	}
	hvc_scan__free(work->scan);
	hvc_known__close(work->registry);
}

static const char *against(const struct hvc_options *options)
{
	return options->abi ? options->abi : "the ABI of each";
}

/* Sites that may be anything, and nothing else, show nothing. */
static bool holds_nothing(const struct hvc_callers *callers)
{
	return !callers->findings && !callers->of[HVC_CALLER_HELD] &&
	       callers->of[HVC_CALLER_UNKNOWN] + callers->of[HVC_CALLER_CHANCE];
}

enum hvc_status hvc_cmd__callers(const struct hvc_options *options, const struct hvc_page *page,
                                 bool *holds, struct hvc_diag *diag)
{
	struct work work = {0};
	const struct hvc_callers *callers = NULL;
	struct hvc_findings *findings = NULL;
	enum hvc_status status;

	status = prepare(options, diag, &work);
	if (status == HVC_OK) {
		callers = work.side[0].callers;
		status = check_sites(callers, options->abi, diag);
	}
	if (status == HVC_OK && holds_nothing(callers))
		status = hvc_diag_set(diag, HVC_E_NOTFOUND, options->argument[0], 0, 0,
		                      "no call here is one that %s knows: nothing could be held to "
		                      "it",
		                      against(options));
	if (status == HVC_OK) {
		*holds = callers->findings == 0;
		status = hvc_findings__of_callers(callers, options->abi, diag, &findings);
	}
	if (status == HVC_OK) {
		const struct hvc_callers_report of = {callers, against(options),
		                                      options->sites != 0};
		const struct hvc_report report = {&of, hvc_callers__text, hvc_callers__json, NULL,
		                                  0};

		status = hvc_cli_report__judged(options, page, &report, findings, holds, diag);
	}
	clear(&work);
	return status;
}
