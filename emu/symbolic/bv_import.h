/* SPDX-License-Identifier: MIT */
/**
 * Terms of one room in another, where an input is the one of the same name, and memory the one at
 * the same address: so that what two programs compute can be asked of one solver. Internal.
 */
#ifndef SYMBOLIC_BV_IMPORT_H
#define SYMBOLIC_BV_IMPORT_H

#include "symbolic/bv.h"

struct hvc_import {
	struct hvc_bvs *from, *to;
	/** What takes a part's place there, of its width; NULL: a copy of it. NULL: none does. */
	hvc_ref (*replace)(void *ctx, hvc_ref part);
	void *ctx;
	/* private */
	hvc_ref *done; /* by id, where stamp is now */
	uint32_t *stamp, now;
	size_t room;
	hvc_ref *stack;
	size_t depth, most;
};

/** Ready for terms of `from`; the names that it prints terms by are in `to` from then on, too. */
void hvc_import__begin(struct hvc_import *import, struct hvc_bvs *from, struct hvc_bvs *to);
/** The term there; its width says what it is when memory ran out, which the status there says. */
hvc_ref hvc_import__term(struct hvc_import *import, hvc_ref a);
void hvc_import__end(struct hvc_import *import);

#endif
