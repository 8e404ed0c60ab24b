/* SPDX-License-Identifier: MIT */
#include "abi/complaint.h"

#include <stdio.h>
#include <string.h>

void hvc_complaint__hear(struct hvc_complaint *complaint, const char *line)
{
	struct hvc_complaint_step *step = &complaint->step[complaint->steps];

	if (strstr(line, "(line: ")) {
		if (complaint->steps == HVC_COMPLAINT_STEPS)
			return;
		if (sscanf(line, " in mapping field '%63[^']'", step->field) != 1)
			step->field[0] = '\0';
		if (sscanf(line, " in sequence entry '%u'", &step->entry) != 1)
			step->entry = 0;
		complaint->steps++;
	} else if (!complaint->what[0]) {
		if (!strncmp(line, "Load: ", 6))
			line += 6;
		snprintf(complaint->what, sizeof complaint->what, "%.*s", (int)strcspn(line, "\n"),
		         line);
	}
}

/** What a step leads to; NULL when there is nothing. */
static const struct hvc_node *follow(const struct hvc_node *node,
                                     const struct hvc_complaint_step *step)
{
	unsigned entry = 1;

	if (node->kind == HVC_NODE_MAP)
		return hvc_node__find(node, step->field);
	for (node = node->child; node && entry != step->entry; entry++)
		node = node->next;
	return node;
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
	const struct hvc_node *at = root, *inside = NULL;
	const char *what = complaint->what, *name;
	char message[200];

	for (unsigned i = complaint->steps; i > 1 && (inside = follow(at, &complaint->step[i - 1]));
	     i--)
		at = inside;
	inside = complaint->steps ? follow(at, &complaint->step[0]) : NULL;
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
