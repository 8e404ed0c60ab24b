/* SPDX-License-Identifier: MIT */
/* From a file of suppressions to entries. */
#include "abi/suppression.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "abi/list.h"
#include "abi/yaml.h"
#include "hvcheck/limit.h"
#include "machine/file.h"

struct hvc_suppressions {
	struct hvc_arena arena; /**< owns everything below */
	const char *name;
	struct hvc_suppression *entry;
	unsigned entries;
};

unsigned hvc_day__parse(const char *text)
{
	static const char form[] = "dddd-dd-dd";
	static const unsigned lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	unsigned number = 0, year, month, day;
	bool leap;

	if (strlen(text) != sizeof form - 1)
		return 0;
	for (size_t i = 0; form[i]; i++) {
		if (form[i] == '-' ? text[i] != '-' : !isdigit((unsigned char)text[i]))
			return 0;
		if (form[i] == 'd')
			number = number * 10 + (unsigned)(text[i] - '0');
	}
	year = number / 10000;
	month = number / 100 % 100;
	day = number % 100;
	leap = (year % 4 == 0 && year % 100) || year % 400 == 0;
	if (month < 1 || month > 12 || day < 1 ||
	    day > lengths[month - 1] + (month == 2 && leap ? 1u : 0u))
		return 0;
	return number;
}

/** The text of a key, "" where it is absent; what is there must say something. */
static enum hvc_status read_line(const struct hvc_loader *loader, const struct hvc_node *map,
                                 const char *key, const char **out)
{
	struct hvc_text text = hvc_spec__at(map, key);

	*out = "";
	if (!text.text)
		return HVC_OK;
	if (!text.text[strspn(text.text, " \t\n")])
		return hvc_loader__fail(loader, &text, 0, "%s is empty", key);
	*out = text.text;
	return HVC_OK;
}

static enum hvc_status read_entry(const struct hvc_loader *loader, const struct hvc_node *map,
                                  struct hvc_suppression *out)
{
	const char *expires;
	struct hvc_text text;

	out->line = map->line;
	out->column = map->column;
	HVC_TRY(read_line(loader, map, "rule", &out->rule));
	HVC_TRY(read_line(loader, map, "about", &out->about));
	HVC_TRY(read_line(loader, map, "subject", &out->subject));
	HVC_TRY(read_line(loader, map, "fingerprint", &out->fingerprint));
	HVC_TRY(read_line(loader, map, "reason", &out->reason));
	HVC_TRY(read_line(loader, map, "owner", &out->owner));
	HVC_TRY(read_line(loader, map, "expires", &expires));
	out->expires = hvc_day__parse(expires);
	if (!out->expires) {
		text = hvc_spec__at(map, "expires");
		return hvc_loader__fail(loader, &text, 0, "\"%.40s\" is no day (YYYY-MM-DD)",
		                        expires);
	}
	if (*out->fingerprint && (strlen(out->fingerprint) != 16 ||
	                          strspn(out->fingerprint, "0123456789abcdef") != 16)) {
		text = hvc_spec__at(map, "fingerprint");
		return hvc_loader__fail(loader, &text, 0,
		                        "a fingerprint has 16 digits of 0 to 9, a to f");
	}
	return HVC_OK;
}

static enum hvc_status build(const struct hvc_loader *loader, const char *text, size_t size,
                             struct hvc_suppressions *out)
{
	const struct hvc_node *root, *list;

	out->name = hvc_arena__copy(loader->arena, loader->file, strlen(loader->file));
	if (!out->name)
		return hvc_loader__fail_memory(loader);
	HVC_TRY(hvc_yaml__read(text, size, loader->file, HVC_SCHEMA_SUPPRESSIONS, loader->arena,
	                       loader->diag, &root));
	list = hvc_node__find(root, "suppressions");
	out->entry = hvc_arena__take(loader->arena, list->children * sizeof *out->entry);
	if (!out->entry)
		return hvc_loader__fail_memory(loader);
	for (const struct hvc_node *node = list->child; node; node = node->next, out->entries++)
		HVC_TRY(read_entry(loader, node, &out->entry[out->entries]));
	return HVC_OK;
}

enum hvc_status hvc_suppressions__parse(const char *text, size_t size, const char *name,
                                        struct hvc_diag *diag, struct hvc_suppressions **out)
{
	struct hvc_suppressions *made = calloc(1, sizeof *made);
	struct hvc_loader loader = {.file = name, .diag = diag};
	enum hvc_status status;

	if (!made)
		return hvc_loader__fail_memory(&loader);
	loader.arena = &made->arena;
	status = build(&loader, text, size, made);
	if (status != HVC_OK) {
		hvc_suppressions__free(made);
		return status;
	}
	*out = made;
	return HVC_OK;
}

enum hvc_status hvc_suppressions__load(const char *path, struct hvc_diag *diag,
                                       struct hvc_suppressions **out)
{
	enum hvc_status status;
	uint8_t *text;
	size_t size;

	HVC_TRY(hvc_file__read(path, HVC_LIMIT_YAML, diag, &text, &size));
	status = hvc_suppressions__parse((const char *)text, size, path, diag, out);
	free(text);
	return status;
}

void hvc_suppressions__free(struct hvc_suppressions *suppressions)
{
	if (!suppressions)
		return;
	hvc_arena__free(&suppressions->arena);
	free(suppressions);
}

const char *hvc_suppressions__name(const struct hvc_suppressions *suppressions)
{
	return suppressions->name;
}

const struct hvc_suppression *hvc_suppressions__at(const struct hvc_suppressions *suppressions,
                                                   unsigned i)
{
	return i < suppressions->entries ? &suppressions->entry[i] : NULL;
}
