/* SPDX-License-Identifier: MIT */
/*
 * Saved maps. The input is one without its last line, the sum, which is put behind it: what a
 * file that somebody made can hold, not only one that was damaged.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "engine/saved.h"
#include "fuzz.h"

/* A file that has no name but this. */
struct file {
	int fd;
	char path[64];
};

static struct file make_file(const void *data, size_t size)
{
	struct file file = {.fd = memfd_create("map", MFD_CLOEXEC)};

	FUZZ_HOLD(file.fd >= 0, "no file");
	snprintf(file.path, sizeof file.path, "/proc/self/fd/%d", file.fd);
	for (size_t done = 0; done < size;) {
		ssize_t wrote = write(file.fd, (const char *)data + done, size - done);

		FUZZ_HOLD(wrote > 0, "no room");
		done += (size_t)wrote;
	}
	return file;
}

static struct hvc_map *load(const void *text, size_t size, struct hvc_diag *diag)
{
	struct hvc_map *const mark = (struct hvc_map *)(uintptr_t)text, *map = mark;
	struct file file = make_file(text, size);
	enum hvc_status status = hvc_map_load(file.path, diag, &map);

	close(file.fd);
	if (status == HVC_OK)
		return map;
	fuzz_refused(status, diag, map, mark);
	return NULL;
}

static char *save(const struct hvc_map *map, size_t *size)
{
	struct hvc_diag diag = {0};
	char *text = NULL;
	FILE *file = open_memstream(&text, size);

	FUZZ_HOLD(file && hvc_map_save(file, map, &diag) == HVC_OK, "%s", diag.message);
	FUZZ_HOLD(!fclose(file), "no memory");
	return text;
}

/* Every call is in a class that there is. */
static void hold_closed(const struct hvc_map *map)
{
	uint64_t calls = 0;

	FUZZ_HOLD(map->subject && map->probes.count, "nothing in it");
	for (size_t i = 0; i < map->runs; i++) {
		FUZZ_HOLD(map->run[i].class_ < map->classes, "run %zu", i);
		FUZZ_HOLD(map->run[i].probe < map->probes.count, "run %zu", i);
		calls += map->run[i].hi - map->run[i].lo + 1u;
	}
	FUZZ_HOLD(calls == (uint64_t)map->probes.count << 16, "%" PRIu64 " calls", calls);
	for (unsigned i = 0; i < map->classes; i++) {
		const struct hvc_class *class_ = &map->class_[i];
		char text[256];

		hvc_class_print(class_, text, sizeof text);
		FUZZ_HOLD(strlen(text) < sizeof text && class_->kind < HVC_OUTCOME_COUNT,
		          "class %u", i);
	}
}

FUZZ_TARGET
{
	char *text = malloc(size + 32), *once, *twice;
	size_t once_size, twice_size, whole;
	struct hvc_diag diag = {0};
	struct hvc_map *map;

	FUZZ_HOLD(text, "no memory");
	if (size)
		memcpy(text, data, size);
	whole = size + (size_t)snprintf(text + size, 32, "sum 0x%016" PRIx64 "\n",
	                                hvc_saved__sum(text, size));
	map = load(text, whole, &diag);
	free(text);
	if (!map)
		return 0;
	fuzz_taken++;
	hold_closed(map);
	/* One map, one text. */
	once = save(map, &once_size);
	hvc_map_free(map);
	map = load(once, once_size, &diag);
	FUZZ_HOLD(map, "%s:%u: %s", diag.file, diag.line, diag.message);
	twice = save(map, &twice_size);
	FUZZ_HOLD(once_size == twice_size && !memcmp(once, twice, once_size), "%s", once);
	hvc_map_free(map);
	free(once);
	free(twice);
	return 0;
}
