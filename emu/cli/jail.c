/* SPDX-License-Identifier: MIT */
#include "cli/jail.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "cli/offer.h"
#include "cli/value.h"

#define MEMORY_DEFAULT UINT64_C(8192)  /* MiB of address space a process */
#define SECONDS_MOST   UINT64_C(86400) /* of CPU a process, whatever the deadline */

static void add_part(struct hvc_jail *jail, const char *word, size_t length)
{
	if (jail->files == HVC_JAIL_FILES_MAX)
		return;
	jail->file[jail->files].word = word;
	jail->file[jail->files].folder = false;
	jail->file[jail->files].behind = "";
	jail->file[jail->files++].length = length;
}

/* A file, and the registers of it where it is a snapshot. */
static void add_image(struct hvc_jail *jail, const char *word, size_t length)
{
	add_part(jail, word, length);
	add_part(jail, word, length);
	jail->file[jail->files - 1].behind = ".regs";
}

static void add(struct hvc_jail *jail, const char *path)
{
	if (path)
		add_part(jail, path, strlen(path));
}

/* FILE, FILE:MEMBER, FILE@PLACE: whichever of these is a file may be read. */
static void add_word(struct hvc_jail *jail, const char *word)
{
	size_t length = strlen(word);

	add_image(jail, word, length);
	while (length-- > 1)
		if (word[length] == ':' || word[length] == '@')
			add_image(jail, word, length);
}

/* The files that a specification or world names for its memory stand in its own folder. */
static void add_beside(struct hvc_jail *jail, const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	if (!slash || jail->files == HVC_JAIL_FILES_MAX)
		return;
	add_part(jail, path, (size_t)(slash - path) + (slash == path));
	jail->file[jail->files - 1].folder = true;
}

static enum hvc_status read_mode(struct hvc_diag *diag, enum hvc_jail_mode *out)
{
	const char *text = getenv("HVCHECK_JAIL");

	*out = HVC_JAIL_TRY;
	if (!text || !*text)
		return HVC_OK;
	if (!strcmp(text, "require"))
		*out = HVC_JAIL_REQUIRE;
	else if (!strcmp(text, "off"))
		*out = HVC_JAIL_OFF;
	else
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "HVCHECK_JAIL: '%.40s' is neither 'require' nor 'off'", text);
	return HVC_OK;
}

static enum hvc_status read_memory(struct hvc_diag *diag, uint64_t *out)
{
	const char *text = getenv("HVCHECK_MEMORY");

	*out = MEMORY_DEFAULT << 20;
	if (!text || !*text)
		return HVC_OK;
	if (!hvc_value__number(text, UINT32_MAX, out))
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "HVCHECK_MEMORY: '%.40s' is no number of MiB (0: no limit)",
		                    text);
	*out <<= 20;
	return HVC_OK;
}

enum hvc_status hvc_jail__make(const struct hvc_options *options, struct hvc_diag *diag,
                               struct hvc_jail *out)
{
	struct hvc_offer offer;

	memset(out, 0, sizeof(*out));
	hvc_offer__of_arguments(options->command, &offer);
	out->seconds = options->timeout + 1;
	HVC_TRY(read_mode(diag, &out->mode));
	HVC_TRY(read_memory(diag, &out->memory));
	if (!options->timeout || out->seconds > SECONDS_MOST)
		out->seconds = SECONDS_MOST;
	for (unsigned i = 0; offer.files && i < options->arguments; i++)
		add_word(out, options->argument[i]);
	for (unsigned i = 0; i < options->alsos; i++)
		add_word(out, options->also[i]);
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
		add(out, options->symbols[side]);
		add(out, options->abi_of[side]);
	}
	if (options->abi)
		add_word(out, options->abi);
	add(out, options->world);
	add_beside(out, options->world);
	add_beside(out, options->abi);
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
		add_beside(out, options->abi_of[side]);
	for (unsigned i = 0; i < options->mems; i++) {
		const char *file = strstr(options->mem[i], "=file:");

		add(out, file ? file + 6 : NULL);
	}
	add(out, options->suppress);
	return HVC_OK;
}

static void limit(int resource, uint64_t most)
{
	struct rlimit now;

	if (getrlimit((__rlimit_resource_t)resource, &now) ||
	    (now.rlim_max != RLIM_INFINITY && now.rlim_max <= most))
		return;
	now.rlim_max = most;
	if (now.rlim_cur > most)
		now.rlim_cur = most;
	setrlimit((__rlimit_resource_t)resource, &now);
}

static void set_limits(const struct hvc_jail *jail)
{
	/* Memory may hold an image that is nobody's business; a core handler gets 0 as well. */
	limit(RLIMIT_CORE, 0);
#ifndef __SANITIZE_ADDRESS__
	if (jail->mode != HVC_JAIL_OFF)
		prctl(PR_SET_DUMPABLE, 0);
	if (jail->memory)
		limit(RLIMIT_AS, jail->memory);
#endif
	if (jail->seconds)
		limit(RLIMIT_CPU, jail->seconds);
}

bool hvc_jail__enter(const struct hvc_jail *jail, char *missing, size_t size)
{
	enum hvc_seccomp calls;
	const char *files;

	*missing = '\0';
	set_limits(jail);
	if (jail->mode == HVC_JAIL_OFF)
		return true;
	files = hvc_landlock__enter(jail);
	calls = hvc_seccomp__enter();
	if (files || calls != HVC_SECCOMP_DONE)
		snprintf(missing, size, "%s%s%s", files ? files : "",
		         files && calls != HVC_SECCOMP_DONE ? ", " : "",
		         calls == HVC_SECCOMP_DONE     ? ""
		         : calls == HVC_SECCOMP_FAILED ? "no memory for a seccomp filter"
		                                       : "no seccomp filter");
	return calls != HVC_SECCOMP_FAILED && (jail->mode != HVC_JAIL_REQUIRE || !*missing);
}
