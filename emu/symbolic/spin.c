/* SPDX-License-Identifier: MIT */
/* A way that goes round in circles: Brent's cycle detection, at jumps back. */
#include <string.h>

#include "symbolic/explore.h"

/* At a jump back, or an ERET at EL2: has the machine been exactly here before? Then it goes round
 * for ever. */
bool hvc_walker__spins(struct hvc_walker *w)
{
	const struct hvc_way *way = w->way;

	w->surfaced |= !w->nested;
	if (w->armed && w->pc == way->pc && w->changes == way->changes &&
	    w->clauses == way->facts.clauses && !memcmp(w->x, way->x, sizeof w->x) &&
	    !memcmp(w->sys, way->sys, sizeof w->sys) && w->spx == way->spx &&
	    w->daif == way->daif && w->pstate == way->pstate &&
	    hvc_flags__same(&w->flags, &way->flags))
		return true;
	if (++w->jumps < w->checkpoint_at)
		return false;
	w->checkpoint_at = 2 * w->jumps;
	w->armed = true;
	w->surfaced = !w->nested;
	w->faults = 0;
	w->pc = way->pc;
	w->changes = way->changes;
	w->clauses = way->facts.clauses;
	memcpy(w->x, way->x, sizeof w->x);
	memcpy(w->sys, way->sys, sizeof w->sys);
	w->spx = way->spx;
	w->daif = way->daif;
	w->pstate = way->pstate;
	w->flags = way->flags;
	return false;
}
