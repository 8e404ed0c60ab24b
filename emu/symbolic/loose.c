/* SPDX-License-Identifier: MIT */
/* What a path of an exact exploration takes to be so, and need not be in the machine. */
#include "symbolic/symbolic.h"

/* Does it depend on a function without a body? */
static bool is_opaque(hvc_ref a, unsigned depth)
{
	if (!a || a->op == HVC_OP_OPAQUE)
		return a != NULL;
	for (unsigned i = 0; depth && i < a->args; i++)
		if (is_opaque(a->arg[i], depth - 1))
			return true;
	return false;
}

const char *hvc_symbolic__loose(const struct hvc_symbolic *symbolic, const struct hvc_sympath *path)
{
	static const char value[] = "a signed pointer, or a value that is not computed";
	const struct hvc_way *way = path->way;

	if (symbolic->scene.partial)
		return "an access that faults for some addresses only";
	if (way->own_store)
		return "a store where the caller says, to EL2's own memory";
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		if (is_opaque(way->x[n], 8))
			return value;
	for (unsigned n = HVC_REG_SP_EL0; n < HVC_REG_COUNT; n++)
		if (is_opaque(way->sys[n], 8))
			return value;
	return NULL;
}
