/* SPDX-License-Identifier: MIT */
#include "abi/family.h"

#include <stdlib.h>
#include <string.h>

const char *hvc_family__version(const char *name)
{
	const char *dash = strrchr(name, '-');

	if (!dash || dash == name || dash[1] < '0' || dash[1] > '9')
		return NULL;
	return dash[1 + strspn(dash + 1, "0123456789.")] ? NULL : dash + 1;
}

/* Number by number: 4.9 is before 4.12. */
int hvc_family__compare(const char *a, const char *b)
{
	while (*a || *b) {
		char *rest_a, *rest_b;
		unsigned long x = strtoul(a, &rest_a, 10), y = strtoul(b, &rest_b, 10);

		if (x != y)
			return x < y ? -1 : 1;
		a = rest_a + (*rest_a == '.');
		b = rest_b + (*rest_b == '.');
		if (a == rest_a && b == rest_b)
			break;
	}
	return 0;
}

static bool is_of(const char *name, const char *family, size_t length)
{
	const char *version = hvc_family__version(name);

	return version && (size_t)(version - name) == length + 1 && !strncmp(name, family, length);
}

static unsigned find(const char *family, size_t length, const char *out[HVC_GENERATIONS_MAX])
{
	const char *name, *text;
	unsigned count = 0;
	size_t size;

	for (size_t i = 0;
	     count < HVC_GENERATIONS_MAX && hvc_abi_shipped_at(i, &name, &text, &size); i++) {
		unsigned at = count;

		if (!is_of(name, family, length))
			continue;
		for (; at && hvc_family__compare(hvc_family__version(out[at - 1]),
		                                 hvc_family__version(name)) > 0;
		     at--)
			out[at] = out[at - 1];
		out[at] = name;
		count++;
	}
	return count;
}

unsigned hvc_family__members(const char *family, const char *out[HVC_GENERATIONS_MAX])
{
	return find(family, strlen(family), out);
}

const char *hvc_family__at(const char *const *member, unsigned count, const char *version)
{
	const char *holding = NULL;

	for (unsigned i = 0; i < count; i++)
		if (hvc_family__compare(hvc_family__version(member[i]), version) <= 0)
			holding = member[i];
	return holding;
}

const char *hvc_family__holding(const char *name)
{
	const char *version = hvc_family__version(name), *member[HVC_GENERATIONS_MAX];
	unsigned count = version ? find(name, (size_t)(version - name) - 1, member) : 0;

	return hvc_family__at(member, count, version);
}
