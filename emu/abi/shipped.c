/* SPDX-License-Identifier: MIT */
/* The specifications that the build embeds, by name. */
#include <string.h>

#include "abi/abi.h"
#include "abi/embedded.h"

bool hvc_abi_shipped_at(size_t i, const char **name, const char **text, size_t *size)
{
	if (i >= hvc_abi__embedded_count)
		return false;
	if (name)
		*name = hvc_abi__embedded[i].name;
	if (text)
		*text = hvc_abi__embedded[i].text;
	if (size)
		*size = hvc_abi__embedded[i].size;
	return true;
}

enum hvc_status hvc_abi__open_about(const char *name, const struct hvc_abi_about *about,
                                    struct hvc_diag *diag, struct hvc_abi **out)
{
	size_t length = strlen(name);
	const char *shipped, *text;
	size_t size;

	if (strchr(name, '/') || (length > 5 && !strcmp(name + length - 5, ".yaml")))
		return hvc_abi__load_about(name, about, diag, out);
	for (size_t i = 0; hvc_abi_shipped_at(i, &shipped, &text, &size); i++)
		if (!strcmp(shipped, name))
			return hvc_abi__parse_shipped(text, size, name, about, diag, out);
	return hvc_diag_set(diag, HVC_E_NOTFOUND, name, 0, 0, "no shipped ABI has this name");
}

enum hvc_status hvc_abi_open(const char *name, struct hvc_diag *diag, struct hvc_abi **out)
{
	return hvc_abi__open_about(name, NULL, diag, out);
}
