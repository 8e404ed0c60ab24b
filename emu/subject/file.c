/* SPDX-License-Identifier: MIT */
#include "subject/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hvcheck/subject.h"

static enum hvc_status io_error(const char *path, int error, struct hvc_diag *diag)
{
	return hvc_diag_set(diag, HVC_E_IO, path, 0, 0, "%s", strerror(error));
}

/* The size of an open file that can be read whole. */
static enum hvc_status check(const char *path, int file, struct hvc_diag *diag, size_t *size)
{
	struct stat stat;

	if (fstat(file, &stat))
		return io_error(path, errno, diag);
	if (S_ISDIR(stat.st_mode))
		return hvc_diag_set(diag, HVC_E_IO, path, 0, 0, "is a directory, not a file");
	if (!S_ISREG(stat.st_mode))
		return hvc_diag_set(diag, HVC_E_IO, path, 0, 0, "is not a regular file");
	if (stat.st_size == 0)
		return hvc_diag_set(diag, HVC_E_FORMAT, path, 0, 0, "is empty");
	if ((uint64_t)stat.st_size > HVC_IMAGE_MAX)
		return hvc_diag_set(diag, HVC_E_RANGE, path, 0, 0, "is larger than %" PRIu64 " MiB",
		                    HVC_IMAGE_MAX >> 20);
	*size = (size_t)stat.st_size;
	return HVC_OK;
}

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

enum hvc_status hvc_file__read(const char *path, struct hvc_diag *diag, uint8_t **bytes,
                               size_t *size)
{
	/* Without O_NONBLOCK the open of a FIFO would wait for a writer. */
	int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	enum hvc_status status;
	uint8_t *room = NULL;
	size_t length = 0;

	if (file < 0)
		return io_error(path, errno, diag);
	status = check(path, file, diag, &length);
	if (status == HVC_OK) {
		room = malloc(length);
		status = room ? read_all(path, file, diag, room, length)
		              : hvc_diag_set(diag, HVC_E_NOMEM, path, 0, 0,
		                             "no memory for %zu bytes", length);
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
