/* SPDX-License-Identifier: MIT */
/* The one file that knows libnettle, which makes the fingerprints of files. */
#include "cli/made.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nettle/sha2.h>

#include "cli/jail.h"
#include "cli/open.h"
#include "report/made.h"
#include "subject/a64.h"
#include "symbolic/solver.h"

static struct {
	struct hvc_made made;
	struct hvc_made_file file[HVC_JAIL_FILES_MAX];
	const char *word[HVC_WORDS_MAX];
	char program[32];
} told;

static void write_hex(const uint8_t *digest, char *text)
{
	for (unsigned i = 0; i < SHA256_DIGEST_SIZE; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
}

/* Of a regular file. */
static bool digest_file(const char *path, char *text)
{
	uint8_t bytes[65536], digest[SHA256_DIGEST_SIZE];
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct sha256_ctx sha;
	struct stat info;
	ssize_t n = -1;

	if (file < 0)
		return false;
	sha256_init(&sha);
	if (!fstat(file, &info) && S_ISREG(info.st_mode))
		while ((n = read(file, bytes, sizeof bytes)) > 0)
			sha256_update(&sha, (size_t)n, bytes);
	close(file);
	sha256_digest(&sha, sizeof digest, digest);
	write_hex(digest, text);
	return n == 0;
}

/* Of each file that may be read, whether it is named or lies beside one that is. */
static bool add_files(const struct hvc_options *options, struct hvc_diag *diag)
{
	static struct hvc_jail jail; /* not on a stack that may be small */
	char path[PATH_MAX];

	if (hvc_jail__make(options, diag, &jail) != HVC_OK)
		return false;
	for (unsigned n = 0; n < jail.files; n++) {
		struct hvc_made_file *file = &told.file[told.made.files];
		unsigned same = 0;

		if (jail.file[n].folder || hvc_open__is_builtin(jail.file[n].word) ||
		    !hvc_jail__path(&jail, n, path))
			continue;
		while (same < told.made.files && strcmp(told.file[same].path, path) != 0)
			same++;
		if (same < told.made.files || !digest_file(path, file->sha256))
			continue;
		file->path = strdup(path);
		if (!file->path)
			return false;
		told.made.files++;
	}
	return true;
}

/* Text on a terminal is for the answer, and for it nobody waits for fingerprints. */
static bool is_asked(const struct hvc_options *options)
{
	bool asked = options->style != HVC_STYLE_TEXT;

	for (unsigned i = 0; i < options->reports; i++)
		asked = asked || options->report[i].style != HVC_STYLE_TEXT;
	return asked;
}

enum hvc_status hvc_cli_made__tell(const struct hvc_options *options, struct hvc_diag *diag)
{
	if (!is_asked(options))
		return HVC_OK;
	snprintf(told.program, sizeof told.program, "hvcheck %d.%d.%d", HVC_VERSION_MAJOR,
	         HVC_VERSION_MINOR, HVC_VERSION_PATCH);
	told.word[0] = options->command->name;
	memcpy(told.word + 1, options->word, options->words * sizeof *options->word);
	told.made = (struct hvc_made){.program = told.program,
	                              .engine = hvc_machine_engine(),
	                              .solver = hvc_solver__name(),
	                              .decoder = hvc_disasm__name(),
	                              .word = told.word,
	                              .words = options->words + 1,
	                              .file = told.file};
	if (!add_files(options, diag))
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	hvc_made__set(&told.made);
	return HVC_OK;
}
