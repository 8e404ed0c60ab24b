/* SPDX-License-Identifier: MIT */
/** HVC and SMC instructions of an image that is loaded, and the calls that lead to them. */
#ifndef HVC_SUBJECT_SITE_SEARCH_H
#define HVC_SUBJECT_SITE_SEARCH_H

#include "subject/flow.h"
#include "subject/function.h"
#include "subject/site.h"

/** A search through one image. */
struct hvc_site_search {
	struct hvc_scan *scan;
	struct hvc_image image;
	struct hvc_functions functions;
	struct hvc_flow_graph *flow; /**< of the last site's function */
	uint64_t flow_begin;
	size_t analysed;
};

/**
 * Look at the instruction at site->address: its function, and the registers before and after it.
 */
HVC_MUST_USE enum hvc_status hvc_site__examine(struct hvc_site_search *search, uint32_t word,
                                               struct hvc_site *site);
/** Add a copy of a site to a list that grows by powers of two. */
HVC_MUST_USE enum hvc_status hvc_site__push(struct hvc_site **list, size_t *count,
                                            const struct hvc_site *site);

/** HVC and SMC of A32 and T32 code (site_a32.c). */
HVC_MUST_USE enum hvc_status hvc_site__search_a32(struct hvc_site_search *search);
/** hvc_site__examine of A32 and T32 code, as site->isa says. */
HVC_MUST_USE enum hvc_status hvc_site__examine_a32(struct hvc_site_search *search,
                                                   struct hvc_site *site);
/** Registers before and after the instruction, as its function in [begin, end) has them. */
HVC_MUST_USE enum hvc_status hvc_site__analyse(struct hvc_site_search *search, enum hvc_isa isa,
                                               uint64_t begin, uint64_t end, struct hvc_site *site);

/** Find the calls of functions that pass their arguments on to a site (wrapper.c). */
HVC_MUST_USE enum hvc_status hvc_wrapper__find(struct hvc_site_search *search);

#endif
