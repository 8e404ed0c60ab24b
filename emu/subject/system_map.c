/* SPDX-License-Identifier: MIT */
/* Symbols from a System.map: what nm writes, one "ADDRESS TYPE NAME" a line. */
#include "subject/image.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "hvcheck/limit.h"
#include "machine/file.h"

/* One line, its name ended by a NUL. */
struct line {
	uint64_t address;
	char type;
	const char *name;
};

struct reader {
	struct hvc_loaded *loaded;
	const char *path;
	struct hvc_diag *diag;
	uint64_t start; /* address of the image's first byte */
	size_t found;   /* which of `starts` it is of; STARTS: none yet */
	size_t lines, inside;
};

/* Names of an image's first byte, the best first: Linux, Xen and others. */
static const char *const starts[] = {"_text", "_start", "start"};

#define STARTS (sizeof starts / sizeof *starts)

/* Split a line, which ends at *end; false when it is no symbol's. */
static bool parse(char *text, struct line *out)
{
	char *end;

	if (!isxdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	out->address = strtoull(text, &end, 16);
	if (errno || end[0] != ' ' || !end[1] || end[2] != ' ' || !isgraph((unsigned char)end[3]))
		return false;
	out->type = end[1];
	out->name = end + 3;
	end += 3 + strcspn(end + 3, "\r\t");
	*end = '\0';
	return true;
}

/* nm leaves the address of undefined symbols blank. */
static bool is_undefined(const char *text)
{
	text += strspn(text, " \t");
	return text[0] == '\0' || ((text[0] == 'U' || text[0] == 'w') && text[1] == ' ');
}

/* End each line by a NUL instead of a newline; text has one at its end. */
static void cut(char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (text[i] == '\n')
			text[i] = '\0';
}

static enum hvc_status each_line(struct reader *reader, char *text, size_t size,
                                 enum hvc_status (*visit)(struct reader *reader,
                                                          const struct line *line))
{
	unsigned number = 0;

	for (char *at = text; at < text + size; at += strlen(at) + 1) {
		struct line line;

		number++;
		if (parse(at, &line))
			HVC_TRY(visit(reader, &line));
		else if (!is_undefined(at))
			return hvc_diag_set(reader->diag, HVC_E_FORMAT, reader->path, number, 0,
			                    "is not a line 'ADDRESS TYPE NAME' of a System.map");
	}
	return HVC_OK;
}

static enum hvc_status find_start(struct reader *reader, const struct line *line)
{
	for (size_t i = 0; i < reader->found; i++) {
		if (!strcmp(line->name, starts[i])) {
			reader->found = i;
			reader->start = line->address;
		}
	}
	return HVC_OK;
}

static enum hvc_status add(struct reader *reader, const struct line *line)
{
	struct hvc_loaded *loaded = reader->loaded;
	struct hvc_symbol symbol;

	reader->lines++;
	if (!hvc_symbol__describe(line->type, line->name, &symbol))
		return HVC_OK;
	if (loaded->format == HVC_FORMAT_ELF)
		symbol.address = line->address;
	else
		symbol.address = line->address - reader->start + loaded->segment[0].address;
	if (hvc_image__segment(loaded, symbol.address, 1) < 0)
		return HVC_OK;
	reader->inside++;
	return hvc_symbols__add(&loaded->symbols, &symbol);
}

static enum hvc_status read_map(struct reader *reader, char *text, size_t size)
{
	if (reader->loaded->format != HVC_FORMAT_ELF) {
		HVC_TRY(each_line(reader, text, size, find_start));
		if (reader->found == STARTS)
			return hvc_diag_set(reader->diag, HVC_E_FORMAT, reader->path, 0, 0,
			                    "names neither _text nor _start, so that its addresses "
			                    "cannot be matched with the image's");
	}
	/* What the user names goes before what the image has. */
	for (size_t i = 0; i < reader->loaded->symbols.count; i++)
		reader->loaded->symbols.row[i].rank += HVC_SYMBOL_RANKS;
	HVC_TRY(each_line(reader, text, size, add));
	if (!reader->inside)
		return hvc_diag_set(reader->diag, HVC_E_FORMAT, reader->path, 0, 0,
		                    "none of its %zu symbols is inside the image", reader->lines);
	return hvc_symbols__sort(&reader->loaded->symbols);
}

enum hvc_status hvc_system_map__load(struct hvc_loaded *loaded, const char *path,
                                     struct hvc_diag *diag)
{
	struct reader reader = {.loaded = loaded, .path = path, .diag = diag, .found = STARTS};
	enum hvc_status status;
	uint8_t *bytes;
	size_t size;
	char *text;

	HVC_TRY(hvc_file__read(path, HVC_LIMIT_SYSTEM_MAP, diag, &bytes, &size));
	if (!size) {
		free(bytes);
		return hvc_diag_set(diag, HVC_E_FORMAT, path, 0, 0, "is empty");
	}
	text = (char *)bytes;
	status = hvc_symbols__own(&loaded->symbols, text);
	cut(text, size);
	if (status == HVC_OK)
		status = read_map(&reader, text, size);
	if (status == HVC_E_NOMEM || status == HVC_E_RANGE)
		return hvc_symbols__fail(status, path, diag);
	return status;
}
