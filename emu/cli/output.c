/* SPDX-License-Identifier: MIT */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/value.h"
#include "machine/file.h"

/* Columns that a page may have. */
#define NARROWEST 40u
#define WIDEST    10000u
#define UNASKED   100u /* where there is no terminal to ask */

/* For the signal handler: the temporary files that are to go when the process does. */
static const char *volatile doomed[HVC_OUTPUTS_MAX];

#define DOOMED (sizeof(doomed) / sizeof(doomed[0]))

static void on_signal(int number)
{
	for (size_t i = 0; i < DOOMED; i++)
		if (doomed[i])
			unlink(doomed[i]);
	/* SA_RESETHAND: the default action is back, and ends the process as it should. */
	raise(number);
}

/* Put a file on the list in place of another; NULL: of none, or by none. */
static void doom(const char *old, const char *new)
{
	for (size_t i = 0; i < DOOMED; i++) {
		if (doomed[i] != old)
			continue;
		doomed[i] = new;
		return;
	}
}

/* Those that end a process unless they are caught. Some cannot be, and some only stop it. */
static bool is_deadly(int number)
{
	switch (number) {
	case SIGKILL:
	case SIGSTOP:
	case SIGTSTP:
	case SIGTTIN:
	case SIGTTOU:
	case SIGCHLD:
	case SIGCONT:
	case SIGURG:
	case SIGWINCH:
		return false;
	default:
		return true;
	}
}

static void watch_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND}, old;

	for (int number = 1; number < NSIG; number++) {
		/* What nohup and shells have ignored stays ignored. */
		if (is_deadly(number) && !sigaction(number, NULL, &old) &&
		    old.sa_handler == SIG_DFL)
			sigaction(number, &action, NULL);
	}
}

void hvc_output__forget_signals(void)
{
	struct sigaction old;

	for (int number = 1; number < NSIG; number++)
		if (!sigaction(number, NULL, &old) && old.sa_handler == on_signal)
			signal(number, SIG_DFL);
	for (size_t i = 0; i < DOOMED; i++)
		doomed[i] = NULL;
}

void hvc_output__guard(void)
{
	for (int fd = 0; fd < 3; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		/* The wrong way round, so that using it fails as a closed one does. */
		if (open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
			_exit(HVC_EXIT_TROUBLE);
	}
}

static enum hvc_status fail(struct hvc_diag *diag, const char *path, const char *what)
{
	return hvc_diag_set(diag, HVC_E_IO, path, 0, 0, "%s: %s", what, strerror(errno));
}

/* What COLUMNS says, else the terminal's, a hundred elsewhere; 0: as many as it takes. */
static unsigned width_of(int file, bool terminal)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	uint64_t number;

	if (columns && hvc_value__number(columns, WIDEST, &number))
		return number && number < NARROWEST ? NARROWEST : (unsigned)number;
	if (!terminal)
		return UNASKED;
	if (ioctl(file, TIOCGWINSZ, &size) || !size.ws_col)
		return 80;
	return size.ws_col < NARROWEST ? NARROWEST : size.ws_col;
}

/* A file beside the one named, with the rights that the one named has or would have. */
static enum hvc_status open_beside(struct hvc_output *output, const char *path,
                                   const struct stat *old, struct hvc_diag *diag)
{
	mode_t mask = umask(0);

	umask(mask);
	/* Through a symbolic link, so that the link stays one. */
	output->path = old ? realpath(path, NULL) : strdup(path);
	if (!output->path)
		return fail(diag, path, "cannot write");
	if (asprintf(&output->temporary, "%s.XXXXXX", output->path) < 0) {
		output->temporary = NULL;
		return fail(diag, path, "cannot write");
	}
	/* hvc_output__abandon frees the path. NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
	output->file = mkstemp(output->temporary);
	if (output->file < 0) {
		free(output->temporary);
		output->temporary = NULL;
		return fail(diag, path, "cannot write");
	}
	doom(NULL, output->temporary);
	watch_signals();
	if (fchmod(output->file, old ? old->st_mode & 0777 : 0666 & ~mask))
		return fail(diag, path, "cannot write");
	return HVC_OK;
}

static enum hvc_status open_file(struct hvc_output *output, const char *path, struct hvc_diag *diag)
{
	struct stat old;
	bool exists = !stat(path, &old);

	if (!exists && errno != ENOENT)
		return fail(diag, path, "cannot write");
	if (!exists || S_ISREG(old.st_mode))
		return open_beside(output, path, exists ? &old : NULL, diag);
	/* Devices and pipes are written to, never replaced. */
	output->file = open(path, O_WRONLY | O_CLOEXEC);
	return output->file < 0 ? fail(diag, path, "cannot write") : HVC_OK;
}

/* Memory, where there are such files. */
static enum hvc_status open_relay(struct hvc_output *output, struct hvc_diag *diag)
{
	FILE *file;

	output->relay = memfd_create("hvcheck", MFD_CLOEXEC);
	if (output->relay >= 0)
		return HVC_OK;
	file = tmpfile();
	if (file) {
		output->relay = dup(fileno(file));
		fclose(file);
	}
	return output->relay >= 0 ? HVC_OK : fail(diag, NULL, "no temporary file");
}

enum hvc_status hvc_output__open(const struct hvc_options *options, const char *path,
                                 struct hvc_diag *diag, struct hvc_output *out)
{
	struct hvc_output output = {.file = STDOUT_FILENO, .relay = -1};
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	enum hvc_status status = HVC_OK;

	if (path && strcmp(path, "-") != 0)
		status = open_file(&output, path, diag);
	else if (!path && hvc_options__has(options, HVC_OPTION_QUIET))
		output.file = -1;
	if (status == HVC_OK && output.file >= 0 && !output.temporary)
		status = open_relay(&output, diag);
	*out = output;
	if (status == HVC_OK) {
		out->page.out = open_memstream(&out->text, &out->size);
		if (!out->page.out)
			status = hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	}
	if (status != HVC_OK) {
		hvc_output__abandon(out);
		return status;
	}
	out->page.all = hvc_options__has(options, HVC_OPTION_ALL);
	if (out->file >= 0) {
		bool terminal = isatty(out->file);

		out->page.width = width_of(out->file, terminal);
		out->page.color =
		        !hvc_options__has(options, HVC_OPTION_NO_COLOR) &&
		        (options->color == HVC_COLOR_ALWAYS ||
		         (options->color == HVC_COLOR_AUTO && terminal &&
		          !(no_color && *no_color) && term && *term && strcmp(term, "dumb") != 0));
	}
	return HVC_OK;
}

enum hvc_status hvc_output__open_folder(const char *path, struct hvc_diag *diag,
                                        struct hvc_output *out)
{
	struct hvc_output output = {.file = -1, .relay = -1, .folder = true};
	enum hvc_status status = hvc_folder__check(path, diag);

	if (status == HVC_OK)
		status = open_relay(&output, diag);
	*out = output;
	if (status == HVC_OK) {
		out->path = strdup(path);
		out->page.out = open_memstream(&out->text, &out->size);
		if (!out->page.out || !out->path)
			status = hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	}
	if (status != HVC_OK)
		hvc_output__abandon(out);
	return status;
}

static bool write_all(int file, const char *text, size_t size)
{
	while (size) {
		ssize_t written = write(file, text, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return false;
		text += written;
		size -= (size_t)written;
	}
	return true;
}

int hvc_output__fd(const struct hvc_output *output)
{
	return output->temporary ? output->file : output->relay;
}

enum hvc_status hvc_output__deliver(struct hvc_output *output, struct hvc_diag *diag)
{
	bool good = !ferror(output->page.out);
	int fd = hvc_output__fd(output);

	/* Only memory can run out here: glibc says 0 then, and leaves no text. */
	good = !fclose(output->page.out) && output->text && good;
	output->page.out = NULL;
	if (!good)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	/* clash.c knows what the command line names, not what such a file names in turn. */
	if (output->path && hvc_file__was_read(output->path))
		return hvc_diag_set(diag, HVC_E_ARG, output->path, 0, 0,
		                    "a report would take the place of a file that was read");
	if (fd >= 0 && !write_all(fd, output->text, output->size))
		return fail(diag, output->path, "cannot write the report");
	return HVC_OK;
}

static bool copy_all(int from, int to)
{
	char buffer[1 << 12];
	off_t at = 0;

	for (;;) {
		ssize_t got = pread(from, buffer, sizeof(buffer), at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got == 0;
		if (!write_all(to, buffer, (size_t)got))
			return false;
		at += got;
	}
}

enum hvc_status hvc_output__commit(struct hvc_output *output, struct hvc_diag *diag)
{
	enum hvc_status status = HVC_OK;
	int file = output->file;

	if (file >= 0 && output->relay >= 0 && !copy_all(output->relay, file))
		status = fail(diag, output->path, "cannot write the report");
	output->file = -1;
	if (file >= 0 && close(file) && status == HVC_OK)
		status = fail(diag, output->path, "cannot write the report");
	if (status == HVC_OK && output->folder)
		status = hvc_folder__put(output->relay, output->path, diag);
	if (status == HVC_OK && output->temporary) {
		if (rename(output->temporary, output->path)) {
			status = fail(diag, output->path, "cannot write the report");
		} else {
			doom(output->temporary, NULL);
			free(output->temporary);
			output->temporary = NULL;
		}
	}
	hvc_output__abandon(output);
	return status;
}

void hvc_output__abandon(struct hvc_output *output)
{
	if (output->page.out)
		fclose(output->page.out);
	if (output->relay >= 0)
		close(output->relay);
	if (output->temporary) {
		unlink(output->temporary);
		doom(output->temporary, NULL);
	}
	free(output->temporary);
	free(output->path);
	free(output->text);
	*output = (struct hvc_output){.file = -1, .relay = -1};
}
