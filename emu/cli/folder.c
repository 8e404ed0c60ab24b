/* SPDX-License-Identifier: MIT */
/* Several files that appear at once: a folder made beside its place, then moved there. */

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/output.h"

#define NAME_MAX_LENGTH 255

static enum hvc_status fail(struct hvc_diag *diag, const char *path)
{
	return hvc_diag_set(diag, HVC_E_IO, path, 0, 0, "cannot write: %s", strerror(errno));
}

enum hvc_status hvc_folder__check(const char *path, struct hvc_diag *diag)
{
	DIR *folder = opendir(path);
	const struct dirent *entry;
	unsigned entries = 0;

	if (!folder && errno == ENOENT)
		return HVC_OK;
	if (!folder)
		return fail(diag, path);
	while ((entry = readdir(folder)))
		entries += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	closedir(folder);
	if (entries)
		return hvc_diag_set(diag, HVC_E_ARG, path, 0, 0,
		                    "is not empty: certificates go to a new folder");
	return HVC_OK;
}

void hvc_output__add_file(const struct hvc_page *page, const char *name, const char *text,
                          size_t size)
{
	fprintf(page->out, "%s %zu\n", name, size);
	fwrite(text, 1, size, page->out);
}

/* No path, and not hidden. */
static bool is_name(const char *name)
{
	if (!*name || *name == '.')
		return false;
	for (; *name; name++)
		if (!isalnum((unsigned char)*name) && !strchr("._-", *name))
			return false;
	return true;
}

static bool write_file(int folder, const char *name, FILE *from, size_t size)
{
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
	FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
	bool good = out != NULL;
	char buffer[1 << 12];

	if (!out && fd >= 0)
		close(fd);
	while (good && size) {
		size_t wanted = size < sizeof buffer ? size : sizeof buffer;

		good = fread(buffer, 1, wanted, from) == wanted &&
		       fwrite(buffer, 1, wanted, out) == wanted;
		size -= wanted;
	}
	return out && !fclose(out) && good;
}

static bool write_files(int folder, FILE *from)
{
	char line[NAME_MAX_LENGTH + 24], name[NAME_MAX_LENGTH + 1];
	size_t size;

	while (fgets(line, sizeof line, from)) {
		errno = EIO;
		if (sscanf(line, "%255s %zu", name, &size) != 2 || !is_name(name) ||
		    !write_file(folder, name, from, size))
			return false;
	}
	return !ferror(from);
}

/* What this process has made there, which is files. */
static void discard(int folder, const char *path)
{
	DIR *list = fdopendir(folder);
	const struct dirent *entry;

	while (list && (entry = readdir(list)))
		if (*entry->d_name != '.')
			unlinkat(folder, entry->d_name, 0);
	if (list)
		closedir(list);
	rmdir(path);
}

/* Beside the one wanted; an empty folder of that name is replaced. */
static enum hvc_status put(FILE *from, char *temporary, const char *path, struct hvc_diag *diag)
{
	mode_t mask = umask(0);
	enum hvc_status status;
	int folder;

	umask(mask);
	if (!mkdtemp(temporary))
		return fail(diag, path);
	folder = open(temporary, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0) {
		status = fail(diag, path);
		rmdir(temporary);
		return status;
	}
	if (write_files(folder, from) && !fchmod(folder, 0777 & ~mask) &&
	    !rename(temporary, path)) {
		close(folder);
		return HVC_OK;
	}
	status = fail(diag, path);
	discard(folder, temporary);
	return status;
}

enum hvc_status hvc_folder__put(int from, const char *path, struct hvc_diag *diag)
{
	size_t length = strlen(path);
	int copy = dup(from);
	FILE *in = copy >= 0 ? fdopen(copy, "r") : NULL;
	enum hvc_status status;
	char *temporary;

	if (!in && copy >= 0)
		close(copy);
	while (length > 1 && path[length - 1] == '/')
		length--;
	if (!in || fseek(in, 0, SEEK_SET) ||
	    asprintf(&temporary, "%.*s.XXXXXX", (int)length, path) < 0) {
		status = fail(diag, path);
		if (in)
			fclose(in);
		return status;
	}
	status = put(in, temporary, path, diag);
	free(temporary);
	fclose(in);
	return status;
}
