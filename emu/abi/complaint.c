/* SPDX-License-Identifier: MIT */
#include "abi/complaint.h"

#include <stdio.h>
#include <string.h>

void hvc_complaint__hear(struct hvc_complaint *complaint, const char *line)
{
	const char *place = strstr(line, "(line: ");

	if (!place && !complaint->what[0]) {
		if (!strncmp(line, "Load: ", 6))
			line += 6;
		snprintf(complaint->what, sizeof complaint->what, "%.*s", (int)strcspn(line, "\n"),
		         line);
	} else if (place && !complaint->line &&
	           sscanf(place, "(line: %u, column: %u)", &complaint->line, &complaint->column) ==
	                   2) {
		if (sscanf(line, " in mapping field '%63[^']'", complaint->field) != 1)
			complaint->field[0] = '\0';
	}
}

/** The rest of text after prefix; NULL when text begins otherwise. */
static const char *after(const char *text, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(text, prefix, length) ? NULL : text + length;
}

/** The kind of value the schema wants, in the words of the format's documentation. */
static const char *kind_word(const char *type)
{
	return after(type, "MAPPING")    ? "a mapping of keys"
	       : after(type, "SEQUENCE") ? "a list"
	                                 : "text";
}

static const struct hvc_node *find_key(const struct hvc_node *map, const char *name)
{
	if (map->kind != HVC_NODE_MAP)
		return NULL;
	for (const struct hvc_node *k = map->child; k; k = k->next->next)
		if (after(k->text, name)) /* the message may have been cut */
			return k;
	return NULL;
}

enum hvc_status hvc_complaint__report(const struct hvc_complaint *complaint,
                                      const struct hvc_node *root, const char *file,
                                      struct hvc_diag *diag)
{
	const struct hvc_node *container =
	        hvc_node__container(root, complaint->line, complaint->column);
	const struct hvc_node *at = container ? container : root, *inside = NULL;
	const char *what = complaint->what, *name;
	char message[200];

	if (at->kind == HVC_NODE_MAP)
		inside = hvc_node__find(at, complaint->field);
	if ((name = after(what, "Unexpected key: ")) != NULL) {
		snprintf(message, sizeof message, "unknown key \"%s\"", name);
		inside = find_key(at, name);
	} else if ((name = after(what, "Missing required mapping field: ")) != NULL) {
		snprintf(message, sizeof message, "key \"%s\" is missing", name);
		inside = NULL;
	} else if ((name = after(what, "Expecting ")) != NULL) {
		snprintf(message, sizeof message, "expected %s", kind_word(name));
	} else if (after(what, "Insufficient entries")) {
		snprintf(message, sizeof message, "the list is empty");
	} else if (after(what, "Excessive entries")) {
		snprintf(message, sizeof message, "the list is too long");
	} else if (after(what, "STRING length >")) {
		snprintf(message, sizeof message, "the text is too long");
	} else {
		snprintf(message, sizeof message, "%s", what);
	}
	if (inside)
		at = inside;
	return hvc_diag_set(diag, HVC_E_FORMAT, file, at->line, at->column, "%s", message);
}
