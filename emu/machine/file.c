/* SPDX-License-Identifier: MIT */
#include "machine/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEPT 1024u /* files */

static enum hvc_status io_error(const char *path, int error, struct hvc_diag *diag)
{
	return hvc_diag_set(diag, HVC_E_IO, path, 0, 0, "%s", strerror(error));
}

/* What a file is that is not a regular one. */
static const char *kind_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return "a directory";
	case S_IFIFO:
		return "a pipe";
	case S_IFSOCK:
		return "a socket";
	default:
		return "a device";
	}
}

/* The last files that were read. */
static _Thread_local struct {
	dev_t device;
	ino_t number;
} read_file[KEPT];
static _Thread_local size_t reads;

bool hvc_file__was_read(const char *path)
{
	struct stat is;

	if (stat(path, &is))
		return false;
	for (size_t i = 0; i < reads && i < KEPT; i++)
		if (read_file[i].device == is.st_dev && read_file[i].number == is.st_ino)
			return true;
	return false;
}

/* The size of an open file that can be read whole. */
static enum hvc_status check(const char *path, int file, uint64_t limit, struct hvc_diag *diag,
                             size_t *size)
{
	struct stat stat;

	if (fstat(file, &stat))
		return io_error(path, errno, diag);
	if (!S_ISREG(stat.st_mode))
		return hvc_diag_set(diag, HVC_E_IO, path, 0, 0, "is %s, not a regular file",
		                    kind_of(stat.st_mode));
	if ((uint64_t)stat.st_size > limit)
		return hvc_diag_set(diag, HVC_E_RANGE, path, 0, 0, "is larger than %" PRIu64 " MiB",
		                    limit >> 20);
	read_file[reads % KEPT].device = stat.st_dev;
	read_file[reads++ % KEPT].number = stat.st_ino;
	*size = (size_t)stat.st_size;
	return HVC_OK;
}

/* What is appended to the file meanwhile is not read. */
static enum hvc_status read_all(const char *path, int file, struct hvc_diag *diag, uint8_t *bytes,
                                size_t size)
{
	for (size_t got = 0; got < size;) {
		ssize_t count = read(file, bytes + got, size - got);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return io_error(path, errno, diag);
		if (count == 0)
			return hvc_diag_set(diag, HVC_E_IO, path, 0, 0,
			                    "became shorter while it was read");
		got += (size_t)count;
	}
	return HVC_OK;
}

/* Without O_NONBLOCK the open of a FIFO would wait for a writer; a socket cannot be opened. */
static int open_file(const char *path)
{
	return open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
}

enum hvc_status hvc_file__read(const char *path, uint64_t limit, struct hvc_diag *diag,
                               uint8_t **bytes, size_t *size)
{
	int file = open_file(path);
	enum hvc_status status;
	uint8_t *room = NULL;
	size_t length = 0;

	if (file < 0 && errno == ENXIO)
		return hvc_diag_set(diag, HVC_E_IO, path, 0, 0,
		                    "is a socket, or a device that is "
		                    "not there, not a regular file");
	if (file < 0)
		return io_error(path, errno, diag);
	status = check(path, file, limit, diag, &length);
	if (status == HVC_OK) {
		room = malloc(length + 1);
		if (room) {
			room[length] = '\0';
			status = read_all(path, file, diag, room, length);
		} else {
			status = hvc_diag_set(diag, HVC_E_NOMEM, path, 0, 0,
			                      "no memory for %zu bytes", length);
		}
	}
	close(file);
	if (status != HVC_OK) {
		free(room);
		return status;
	}
	*bytes = room;
	*size = length;
	return HVC_OK;
}

bool hvc_file__is_there(const char *path)
{
	struct stat stat;

	return !lstat(path, &stat);
}

bool hvc_file__begins(const char *path, const char *text)
{
	const size_t length = strlen(text);
	int file = open_file(path);
	struct stat stat;
	char start[32];
	bool good = file >= 0 && !fstat(file, &stat) && S_ISREG(stat.st_mode) &&
	            length <= sizeof start && read(file, start, length) == (ssize_t)length &&
	            !memcmp(start, text, length);

	if (file >= 0)
		close(file);
	return good;
}

static bool exists(const char *name, size_t length)
{
	char *path = strndup(name, length);
	struct stat stat_;
	bool found = path && !stat(path, &stat_);

	free(path);
	return found;
}

size_t hvc_file__length(const char *name)
{
	size_t all = strlen(name);

	if (exists(name, all))
		return all;
	for (size_t length = all; length-- > 1;)
		if (name[length] == ':' && exists(name, length))
			return length;
	return all;
}
