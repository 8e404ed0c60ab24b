/* SPDX-License-Identifier: MIT */
#include "cli/open.h"

#include <inttypes.h>
#include <string.h>

#define SHIPPED_MAX    256u
#define UNDEFINED_TOLD 8u

/* A relocatable object may lack what others were to give it. */
static void tell_undefined(const struct hvc_subject *subject)
{
	const char *name;
	size_t count = 0;

	while (hvc_subject_undefined(subject, count))
		count++;
	if (!count)
		return;
	hvc_tell("hvcheck: note: %s: %zu undefined symbol%s, each a trap:",
	         hvc_subject_name(subject), count, count == 1 ? "" : "s");
	for (size_t i = 0; i < UNDEFINED_TOLD && (name = hvc_subject_undefined(subject, i)); i++)
		hvc_tell(i ? ", %s" : " %s", name);
	hvc_tell(count > UNDEFINED_TOLD ? " ...\n" : "\n");
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

enum hvc_status hvc_open__subject(const struct hvc_options *options, unsigned i,
                                  struct hvc_diag *diag, struct hvc_subject **out)
{
	HVC_TRY(hvc_subject_open_with(options->argument[i], options->symbols[i], diag, out));
	if (!hvc_options__has(options, HVC_OPTION_QUIET)) {
		tell_undefined(*out);
		tell_unrelocated(*out);
	}
	return HVC_OK;
}

enum hvc_status hvc_open__abi(const char *name, struct hvc_diag *diag, struct hvc_abi **out)
{
	enum hvc_status status = hvc_abi_open(name, diag, out);
	const char *names[SHIPPED_MAX + 1] = {NULL}, *near, *text;
	size_t size;

	if (status != HVC_E_NOTFOUND)
		return status;
	for (size_t i = 0; i < SHIPPED_MAX && hvc_abi_shipped_at(i, &names[i], &text, &size);)
		names[++i] = NULL;
	near = hvc_nearest__find(name, names);
	if (near)
		return hvc_diag_set(diag, status, NULL, 0, 0, "no ABI '%s'; did you mean '%s'?",
		                    name, near);
	return hvc_diag_set(diag, status, NULL, 0, 0,
	                    "no ABI '%s'; 'hvcheck list abis' lists them, a file ends in .yaml",
	                    name);
}

enum hvc_status hvc_open__abi_for(const struct hvc_options *options,
                                  const struct hvc_subject *subject, struct hvc_diag *diag,
                                  const char **name, struct hvc_abi **out)
{
	*name = options->abi ? options->abi : hvc_open__abi_of(subject);
	if (!*name)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "no shipped ABI is named '%s'; say --abi ABI",
		                    hvc_subject_name(subject));
	return hvc_open__abi(*name, diag, out);
}

const char *hvc_open__abi_of(const struct hvc_subject *subject)
{
	const struct hvc_builtin *builtin = hvc_subject_builtin(subject);

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
