/* SPDX-License-Identifier: MIT */
#include "cli/open.h"
#include "cli/world.h"

#include "abi/abi.h"
#include "abi/family.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine/fit.h"
#include "subject/builtin.h"
#include "subject/finder.h"
#include "subject/nearest.h"
#include "subject/subject.h"

#define UNDEFINED_TOLD 8u
#define TABLES_TOLD    8u

/* A relocatable object may lack what others were to give it. */
static void tell_undefined(const struct hvc_subject *subject)
{
	const char *name;
	size_t count = 0;

	while (hvc_subject__undefined(subject, count))
		count++;
	if (!count)
		return;
	hvc_tell("hvcheck: note: %s: %zu undefined symbol%s, each a trap:",
	         hvc_subject_name(subject), count, count == 1 ? "" : "s");
	for (size_t i = 0; i < UNDEFINED_TOLD && (name = hvc_subject__undefined(subject, i)); i++)
		hvc_tell(i ? ", %s" : " %s", name);
	hvc_tell(count > UNDEFINED_TOLD ? " ...\n" : "\n");
}

/* What TPIDR_EL2 is taken for, where the code shows it. */
static void tell_percpu(const struct hvc_subject *subject)
{
	uint64_t at;

	if (hvc_subject__percpu(subject, &at))
		hvc_tell("hvcheck: note: %s: tpidr_el2 is taken to be 0, since code at 0x%" PRIx64
		         " adds it to an address: --set tpidr_el2=OFFSET for another CPU's\n",
		         hvc_subject_name(subject), at);
}

/* Whose instruction set they are in is a bit that boot sets. */
static void tell_t32(const struct hvc_subject *subject)
{
	if (hvc_finder__is_t32(hvc_subject_image(subject)))
		hvc_tell("hvcheck: note: %s: its vectors are T32 code, so HSCTLR.TE is set, but "
		         "where "
		         "a world says what sctlr_el2 is\n",
		         hvc_subject_name(subject));
}

/* A linked one may want what only a loader or boot has. */
static void tell_unrelocated(const struct hvc_subject *subject)
{
	const struct hvc_image *image = hvc_subject_image(subject);
	size_t count = 0, told = 0;

	for (unsigned i = 0; i < image->unsets; i++)
		count += image->unset[i].type != 0;
	if (!count)
		return;
	hvc_tell("hvcheck: note: %s: %zu relocation%s not applied:", hvc_subject_name(subject),
	         count, count == 1 ? "" : "s");
	for (unsigned i = 0; i < image->unsets && told < UNDEFINED_TOLD; i++)
		if (image->unset[i].type)
			hvc_tell("%s type %" PRIu32 " at 0x%" PRIx64, told++ ? "," : "",
			         image->unset[i].type, image->unset[i].address);
	hvc_tell(count > UNDEFINED_TOLD ? " ...\n" : "\n");
}

/* Is a comes before b: kept and proved, then fewer differences. */
static bool is_better(const struct hvc_fit *a, const struct hvc_fit *b)
{
	const bool kept[2] = {!a->differ && a->proved, !b->differ && b->proved};

	if (!a->abi[0] || !b->abi[0])
		return a->abi[0] != '\0';
	if (kept[0] != kept[1])
		return kept[0];
	if (a->by != b->by)
		return a->by < b->by;
	return a->differ * b->rules < b->differ * a->rules;
}

/* The table that fits --abi, or without it any specification that is shipped, best. */
static enum hvc_status choose_table(const struct hvc_options *options, struct hvc_scan *scan,
                                    struct hvc_diag *diag, size_t *best)
{
	struct hvc_abi *abi = NULL;
	enum hvc_status status;

	if (options->abi)
		HVC_TRY(hvc_open__abi(options->abi, NULL, diag, &abi));
	status = abi ? HVC_OK : hvc_fit__scan(scan, diag);
	*best = 0;
	for (size_t i = 0; i < scan->tables && i < HVC_FIT_TABLES && status == HVC_OK; i++) {
		struct hvc_subject *subject;

		if (abi && hvc_scan__subject(scan, i, &subject) == HVC_OK) {
			status = hvc_fit__subject(subject, abi, diag, &scan->table[i].fit);
			hvc_subject_close(subject);
		}
		if (i && is_better(&scan->table[i].fit, &scan->table[*best].fit))
			*best = i;
	}
	hvc_abi_free(abi);
	if (status == HVC_OK && options->abi && scan->tables > 1 && !scan->table[*best].fit.abi[0])
		return hvc_diag_set(diag, HVC_E_NOTFOUND, scan->path, 0, 0,
		                    "%zu vector tables, and none that fits %s; name one as "
		                    "FILE@0xADDRESS ('hvcheck scan' lists them)",
		                    scan->tables, options->abi);
	return status;
}

static void tell_taken(const struct hvc_scan *scan, size_t taken, const char *spec)
{
	const struct hvc_fit *fit = &scan->table[taken].fit;
	size_t told = 0;

	hvc_tell("hvcheck: note: no table named; taking %s%s%s", spec,
	         fit->abi[0]         ? fit->by == HVC_FIT_CODE ? ", which looks like "
	                               : fit->differ           ? ", which is nearest to "
	                               : fit->proved           ? ", which conforms to "
	                                                       : ", which may conform to "
	         : scan->tables == 1 ? ", the only one"
	                             : ", the likeliest",
	         fit->abi);
	for (size_t i = 0; i < scan->tables && told < TABLES_TOLD; i++)
		if (i != taken)
			hvc_tell(told++ ? ", 0x%" PRIx64 : "; others at 0x%" PRIx64,
			         scan->table[i].candidate.address);
	hvc_tell(told + 1 < scan->tables ? ", ...\n" : "\n");
}

/* A file that names no table: the one that fits. why: what is wrong with the file as it is. */
static enum hvc_status open_fitting(const struct hvc_options *options, unsigned i,
                                    const struct hvc_diag *why, struct hvc_diag *diag,
                                    struct hvc_subject **out)
{
	struct hvc_scan *scan = NULL;
	struct hvc_diag none;
	enum hvc_status status;
	char spec[4096 + 32];
	size_t best;

	if (hvc_scan__file(options->argument[i], options->symbols[i], &none, &scan) != HVC_OK ||
	    !scan->tables || strlen(scan->path) > 4096) {
		hvc_scan__free(scan);
		*diag = *why;
		return why->status;
	}
	status = choose_table(options, scan, diag, &best);
	if (status == HVC_OK) {
		snprintf(spec, sizeof(spec), "%s@0x%" PRIx64, scan->path,
		         scan->table[best].candidate.address);
		if (!hvc_options__has(options, HVC_OPTION_QUIET))
			tell_taken(scan, best, spec);
		status = hvc_subject_open_with(spec, options->symbols[i], diag, out);
	}
	hvc_scan__free(scan);
	return status;
}

enum hvc_status hvc_open__subject(const struct hvc_options *options, unsigned i,
                                  struct hvc_diag *diag, struct hvc_subject **out)
{
	struct hvc_diag why = {0};
	enum hvc_status status =
	        hvc_subject_open_with(options->argument[i], options->symbols[i], &why, out);

	if (status == HVC_E_NOTFOUND && !strrchr(options->argument[i], '@'))
		status = open_fitting(options, i, &why, diag, out);
	else if (status != HVC_OK)
		*diag = why;
	if (status != HVC_OK)
		return status;
	if (!hvc_options__has(options, HVC_OPTION_QUIET)) {
		tell_undefined(*out);
		tell_unrelocated(*out);
		tell_percpu(*out);
		tell_t32(*out);
	}
	return HVC_OK;
}

static enum hvc_status find_place(void *ctx, const char *text, struct hvc_diag *diag,
                                  uint64_t *address)
{
	return hvc_subject__place(ctx, text, diag, address);
}

/* Text is what of the image is no data. */
static void tell_about(const struct hvc_subject *subject, struct hvc_abi_about *out)
{
	const struct hvc_image *image = hvc_subject_image(subject);

	*out = (struct hvc_abi_about){
	        .find = find_place, .ctx = (void *)(uintptr_t)subject, .aarch32 = image->aarch32};
	while (out->datas < HVC_ABOUT_RANGES &&
	       hvc_subject__data(subject, out->datas, &out->data[out->datas].lo,
	                         &out->data[out->datas].hi))
		out->datas++;
	for (unsigned i = 0; i < image->segments && out->texts < HVC_ABOUT_RANGES; i++) {
		struct hvc_interval all = {image->segment[i].address,
		                           image->segment[i].address + image->segment[i].size - 1};
		bool data = false;

		for (unsigned k = 0; k < out->datas; k++)
			data |= out->data[k].lo <= all.lo && all.hi <= out->data[k].hi;
		if (!data && image->segment[i].size)
			out->text[out->texts++] = all;
	}
}

/* Frees an ABI of code that the subject is not. */
static enum hvc_status check_width(struct hvc_abi *abi, const struct hvc_subject *subject,
                                   struct hvc_diag *diag)
{
	bool hyp = hvc_abi__is_hyp(abi);
	enum hvc_status status = HVC_OK;

	if (hyp == hvc_subject_image(subject)->aarch32)
		return HVC_OK;
	status = hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0, "%s is of %s, and %s is %s",
	                      hvc_abi_name(abi), hyp ? "Hyp mode" : "EL2 in AArch64 state",
	                      hvc_subject_name(subject), hyp ? "AArch64 code" : "32-bit code");
	hvc_abi_free(abi);
	return status;
}

enum hvc_status hvc_open__abi(const char *name, const struct hvc_subject *subject,
                              struct hvc_diag *diag, struct hvc_abi **out)
{
	struct hvc_abi_about about;
	struct hvc_abi *abi = NULL;
	enum hvc_status status;
	struct hvc_nearest nearest = hvc_nearest__to(name);
	const char *shipped, *near, *text;
	size_t size;

	if (subject)
		tell_about(subject, &about);
	status = hvc_abi__open_about(name, subject ? &about : NULL, diag, &abi);
	if (status == HVC_OK && subject)
		status = check_width(abi, subject, diag);
	if (status == HVC_OK)
		*out = abi;
	if (status != HVC_E_NOTFOUND)
		return status;
	near = hvc_family__holding(name);
	if (near) {
		hvc_tell("hvcheck: note: no ABI '%s'; taking %s, which holds until the next\n",
		         name, near);
		return hvc_abi_open(near, diag, out);
	}
	for (size_t i = 0; hvc_abi_shipped_at(i, &shipped, &text, &size); i++)
		hvc_nearest__offer(&nearest, shipped);
	if (nearest.found)
		return hvc_diag_set(diag, status, NULL, 0, 0, "no ABI '%s'; did you mean '%s'?",
		                    name, nearest.found);
	return hvc_diag_set(diag, status, NULL, 0, 0,
	                    "no ABI '%s'; 'hvcheck list abis' lists them, a file ends in .yaml",
	                    name);
}

/*
 * The ABI of --abi, or the shipped one that has the subject's name, opened; *name is its word. An
 * error where there is neither.
 */
static enum hvc_status open_abi_for(const struct hvc_options *options,
                                    const struct hvc_subject *subject, struct hvc_diag *diag,
                                    const char **name, struct hvc_abi **out)
{
	static struct hvc_fit fit; /* its name is given away */

	*name = options->abi ? options->abi : hvc_open__abi_of(subject);
	if (!*name && !hvc_subject__builtin(subject)) {
		HVC_TRY(hvc_fit__subject(subject, NULL, diag, &fit));
		*name = fit.abi[0] ? fit.abi : NULL;
	}
	if (!*name)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "no shipped ABI is named '%s'; say --abi ABI",
		                    hvc_subject_name(subject));
	return hvc_open__abi(*name, subject, diag, out);
}

const char *hvc_open__abi_of(const struct hvc_subject *subject)
{
	const struct hvc_builtin *builtin = hvc_subject__builtin(subject);

	return builtin ? hvc_open__abi_named(builtin->name) : NULL;
}

const char *hvc_open__abi_named(const char *subject)
{
	const char *name, *text;
	size_t size;

	for (size_t i = 0; hvc_abi_shipped_at(i, &name, &text, &size); i++) {
		if (!strcmp(name, subject))
			return name;
	}
	return NULL;
}

enum hvc_status hvc_open__case(const struct hvc_options *options, bool needs_abi,
                               struct hvc_diag *diag, struct hvc_case *out)
{
	HVC_TRY(hvc_open__subject(options, 0, diag, &out->subject));
	if (needs_abi) {
		HVC_TRY(open_abi_for(options, out->subject, diag, &out->name, &out->abi));
	} else {
		out->name = options->abi ? options->abi : hvc_open__abi_of(out->subject);
		if (out->name)
			HVC_TRY(hvc_open__abi(out->name, out->subject, diag, &out->abi));
	}
	HVC_TRY(hvc_cli_world__open(options, out->subject, diag, &out->world));
	out->over = hvc_cli_world__is_given(options) ? &out->world : NULL;
	return HVC_OK;
}

void hvc_open__close(struct hvc_case *held)
{
	hvc_abi_free(held->abi);
	hvc_subject_close(held->subject);
}

bool hvc_open__is_builtin(const char *word)
{
	return hvc_builtin__find(word) || hvc_open__abi_named(word);
}
