/* SPDX-License-Identifier: MIT */
/*
 * Saved maps. The input is one without its last line, the sum, which is put behind it: what a
 * file that somebody made can hold, not only one that was damaged.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "engine/saved.h"

#include "base/random.h"
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

static struct hvc_exact *load(const void *text, size_t size, struct hvc_diag *diag)
{
	struct hvc_exact *const mark = (struct hvc_exact *)(uintptr_t)text, *map = mark;
	struct file file = make_file(text, size);
	enum hvc_status status = hvc_exact__load(file.path, diag, &map);

	close(file.fd);
	if (status == HVC_OK)
		return map;
	fuzz_refused(status, diag, map, mark);
	return NULL;
}

static char *save(const struct hvc_exact *map, size_t *size)
{
	struct hvc_diag diag = {0};
	char *text = NULL;
	FILE *file = open_memstream(&text, size);

	FUZZ_HOLD(file && hvc_exact__save(file, map, &diag) == HVC_OK, "%s", diag.message);
	FUZZ_HOLD(!fclose(file), "no memory");
	return text;
}

/* Every row can be told, and carried to where it is compared, with the width that it has. */
static void hold_closed(const struct hvc_exact *map)
{
	struct hvc_diag diag = {0};
	struct hvc_exact *other;
	struct hvc_bvs *terms;

	FUZZ_HOLD(map->name && map->parts, "nothing in it");
	FUZZ_HOLD(hvc_bv__open(0, &terms) == HVC_OK, "no memory");
	hvc_way__inputs(terms);
	if (hvc_saved__import(map, NULL, terms, NULL, &diag, &other) != HVC_OK) {
		hvc_bv__close(terms);
		return;
	}
	for (unsigned i = 0; i < other->parts; i++)
		for (unsigned k = 0; k < other->part[i].rows; k++) {
			const struct hvc_row *row = &other->part[i].row[k];
			char text[256];

			FUZZ_HOLD(row->condition->width == 1, "row %u", k);
			FUZZ_HOLD(!row->target || row->target->width == 64, "row %u", k);
			for (unsigned n = 0; n < row->effects; n++)
				FUZZ_HOLD(row->effect[n].value->width == 64, "row %u", k);
			hvc_exact__print_behaviour(other, row, text, sizeof text);
			hvc_exact__print_condition(other, row, text, sizeof text);
			FUZZ_HOLD(strlen(text) < sizeof text, "row %u", k);
		}
	hvc_exact__free(other);
	hvc_bv__close(terms);
}

FUZZ_TARGET
{
	char *text = malloc(size + 32), *once, *twice;
	size_t once_size, twice_size, whole;
	struct hvc_diag diag = {0};
	struct hvc_exact *map;

	FUZZ_HOLD(text, "no memory");
	if (size)
		memcpy(text, data, size);
	whole = size + (size_t)snprintf(text + size, 32, "sum 0x%016" PRIx64 "\n",
	                                hvc_hash(HVC_HASH_START, text, size));
	map = load(text, whole, &diag);
	free(text);
	if (!map)
		return 0;
	fuzz_taken++;
	hold_closed(map);
	/* One map, one text. */
	once = save(map, &once_size);
	hvc_exact__free(map);
	map = load(once, once_size, &diag);
	FUZZ_HOLD(map, "%s:%u: %s", diag.file, diag.line, diag.message);
	twice = save(map, &twice_size);
	FUZZ_HOLD(once_size == twice_size && !memcmp(once, twice, once_size), "%s", once);
	hvc_exact__free(map);
	free(once);
	free(twice);
	return 0;
}
