/* SPDX-License-Identifier: MIT */
/*
 * Files that are written must be files that nothing else is written to, and that nothing is read
 * from: whatever names they go by. Told before any work is done.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/jail.h"
#include "cli/open.h"

/* A file, whatever it is called. One that is not there is its name in a directory. */
struct identity {
	const char *path; /* as given; NULL: standard output */
	bool there, regular;
	dev_t device;
	ino_t number;
	const char *base; /* where it is not there */
};

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The directory that a file would be in. */
static bool find_folder(const char *path, struct stat *info)
{
	size_t length = (size_t)(base_of(path) - path);
	char *folder = length ? strndup(path, length) : strdup(".");
	bool good = folder && !stat(folder, info);

	free(folder);
	return good;
}

/* False where there is nothing to compare: opening it fails, or will. */
static bool identify(const char *path, struct identity *out)
{
	bool standard = !path || !strcmp(path, "-");
	struct stat info;

	*out = (struct identity){.path = path};
	out->there = !(standard ? fstat(STDOUT_FILENO, &info) : stat(path, &info));
	if (!out->there && (standard || errno != ENOENT || !find_folder(path, &info)))
		return false;
	out->regular = out->there && S_ISREG(info.st_mode);
	out->device = info.st_dev;
	out->number = info.st_ino;
	out->base = out->there ? "" : base_of(path);
	return true;
}

static bool is_same(const struct identity *a, const struct identity *b)
{
	return a->there == b->there && a->device == b->device && a->number == b->number &&
	       !strcmp(a->base, b->base);
}

/* What is written there is lost on purpose. */
static bool is_null(const struct identity *is)
{
	struct identity null;

	return identify("/dev/null", &null) && is_same(is, &null);
}

static enum hvc_status find_outputs(const struct hvc_options *options, struct hvc_diag *diag,
                                    struct identity *output, unsigned *count)
{
	*count = 0;
	for (unsigned i = 0; i <= options->reports + (options->smt != NULL); i++) {
		const char *path = !i                     ? options->output
		                   : i > options->reports ? options->smt
		                                          : options->report[i - 1].path;
		struct identity *is = &output[*count];

		if ((!path && hvc_options__has(options, HVC_OPTION_QUIET)) || !identify(path, is))
			continue;
		for (unsigned k = 0; k < *count; k++) {
			if (!is_same(&output[k], is) || is_null(is))
				continue;
			if (output[k].path)
				return hvc_diag_set(diag, HVC_E_ARG, path, 0, 0,
				                    "two reports for one file, also called '%s'",
				                    output[k].path);
			return hvc_diag_set(diag, HVC_E_ARG, path, 0, 0,
			                    "two reports for standard output; say --output FILE or "
			                    "--quiet");
		}
		++*count;
	}
	return HVC_OK;
}

/* A file that may be read; names of what is built in are none. */
static enum hvc_status check_input(const struct hvc_jail *jail, unsigned n,
                                   const struct identity *output, unsigned count,
                                   struct hvc_diag *diag)
{
	const char *word = jail->file[n].word;
	struct identity is;
	char path[PATH_MAX];

	if (jail->file[n].folder || hvc_open__is_builtin(word) || !hvc_jail__path(jail, n, path) ||
	    !identify(path, &is) || !is.regular)
		return HVC_OK;
	for (unsigned i = 0; i < count; i++)
		if (is_same(&output[i], &is))
			return hvc_diag_set(diag, HVC_E_ARG, output[i].path, 0, 0,
			                    "a report would take the place of '%s', which is read",
			                    path);
	return HVC_OK;
}

enum hvc_status hvc_clash__check(const struct hvc_options *options, struct hvc_diag *diag)
{
	static struct hvc_jail jail; /* not on a stack that may be small */
	struct identity output[HVC_OUTPUTS_MAX];
	unsigned count;

	HVC_TRY(find_outputs(options, diag, output, &count));
	HVC_TRY(hvc_jail__make(options, diag, &jail));
	for (unsigned n = 0; n < jail.files; n++)
		HVC_TRY(check_input(&jail, n, output, count, diag));
	return HVC_OK;
}
