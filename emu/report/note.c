/* SPDX-License-Identifier: MIT */
#include "report/note.h"

#include <string.h>

static void add(struct hvc_words *out, const char *separator)
{
	hvc_words__add(out, "%s", out->length ? separator : "");
}

/* The selector of "hvc #0x1" is the immediate, that of "x0 = 0x1" is x0. */
static bool selects_by_immediate(const char *how)
{
	return strstr(how, "hvc #") == how && !strchr(how, '=');
}

/* What a default rule takes is no selector: it follows from the other rules. */
static bool is_rest(const char *how)
{
	return !strcmp(how, "anything else");
}

/* The "1" of "x0 = 1". */
static const char *value_of(const char *how)
{
	const char *equals = strstr(how, " = ");

	return equals ? equals + 3 : how;
}

/* One value, not intervals or conditions. */
static bool is_number(const char *how)
{
	return strspn(value_of(how), "0123456789abcdefx") == strlen(value_of(how));
}

void hvc_note__selector(const char *old, const char *new, struct hvc_words *out)
{
	size_t word = strcspn(new, " ");

	if (!strcmp(old, new) || is_rest(old) || is_rest(new))
		return;
	if (selects_by_immediate(old) && !selects_by_immediate(new))
		hvc_words__add(out, "moved from the immediate to %.*s", (int)word, new);
	else if (!selects_by_immediate(old) && selects_by_immediate(new))
		hvc_words__add(out, "moved from %.*s to the immediate", (int)strcspn(old, " "),
		               old);
	else if (strcspn(old, " ") == word && !strncmp(old, new, word) && is_number(old) &&
	         is_number(new))
		hvc_words__add(out, "renumbered from %s to %s", value_of(old), value_of(new));
	else
		hvc_words__add(out, "selected differently");
}

void hvc_note__operation(const struct hvc_diff *diff, const struct hvc_operation *operation,
                         struct hvc_words *out)
{
	const struct hvc_use *old = &operation->use[HVC_SIDE_OLD];
	const struct hvc_use *new = &operation->use[HVC_SIDE_NEW];
	bool same = true;

	if (!old->offered || !new->offered) {
		hvc_words__add(out, "%s",
		               old->offered   ? "removed"
		               : new->offered ? "added"
		                              : "never reached");
		return;
	}
	hvc_note__selector(old->how, new->how, out);
	if (*operation->change) {
		add(out, "; ");
		hvc_words__add(out, "%s", operation->change);
	}
	for (unsigned i = 0; i < diff->meetings; i++)
		if (&diff->operation[diff->meeting[i].operation] == operation)
			same = same && diff->meeting[i].same;
	if (!out->length)
		hvc_words__add(out, same ? "same" : "differs in detail");
}
