/* SPDX-License-Identifier: MIT */
#include "subject/builtin.h"

const struct hvc_builtin *hvc_builtin_at(size_t i)
{
	return i < hvc_builtin__count ? &hvc_builtin__table[i] : NULL;
}
