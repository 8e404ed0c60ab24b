/* SPDX-License-Identifier: MIT */
/* What subjects are called, without what changes from build to build. */
#include <ctype.h>
#include <string.h>

#include "report/new_finding.h"
#include "subject/builtin.h"

/* The '@' that ends the file's name, or the end. */
static const char *end_of_file(const char *subject)
{
	const char *at = strrchr(subject, '@');

	return at ? at : subject + strlen(subject);
}

void hvc_identity__add(struct hvc_words *words, const char *subject)
{
	const char *end = end_of_file(subject), *base = end;

	while (base > subject && base[-1] != '/')
		base--;
	hvc_words__add(words, "%.*s", (int)(end - base), base);
	if (*end && end[1] != '+' && !isdigit((unsigned char)end[1]))
		hvc_words__add(words, "%s", end);
}

void hvc_identity__file(struct hvc_words *words, const char *subject)
{
	if (!hvc_builtin__find(subject))
		hvc_words__add(words, "%.*s", (int)(end_of_file(subject) - subject), subject);
}

const char *hvc_identity__abi_file(const char *abi)
{
	size_t length = abi ? strlen(abi) : 0;

	if (abi && (strchr(abi, '/') || (length > 5 && !strcmp(abi + length - 5, ".yaml"))))
		return abi;
	return NULL;
}
