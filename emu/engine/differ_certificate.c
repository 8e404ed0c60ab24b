/* SPDX-License-Identifier: MIT */
/* What a diff has proved, for other solvers to confirm. */
#include <stdio.h>

#include "engine/differ.h"
#include "symbolic/bv_node.h"
#include "symbolic/smt.h"

static hvc_ref either(struct hvc_bvs *t, hvc_ref a, hvc_ref b)
{
	return hvc_bv__node(t, HVC_OP_OR, 1, 0, 2, a, b, NULL);
}

static hvc_ref both(struct hvc_bvs *t, hvc_ref a, hvc_ref b)
{
	return hvc_bv__node(t, HVC_OP_AND, 1, 0, 2, a, b, NULL);
}

/* Calls that meet both rows, so that something is not the same, all of it as it stands. */
static hvc_ref parted(struct hvc_differ *d, const struct hvc_exact_part *const part[2],
                      const struct hvc_row *a, const struct hvc_row *b)
{
	const struct hvc_row *const row[2] = {a, b};
	struct hvc_aspect aspect[HVC_ASPECTS_MAX];
	hvc_ref any = hvc_bv__num(d->terms, 1, 0);
	size_t count;

	d->stated = true;
	count = hvc_differ__aspects(d, part, row, aspect);
	d->stated = false;
	for (size_t i = 0; i < count; i++)
		any = either(d->terms, any, aspect[i].differs);
	return both(d->terms, both(d->terms, a->condition, b->condition), any);
}

static enum hvc_status certify_equal(struct hvc_differ *d,
                                     const struct hvc_exact_part *const part[2], const char *about)
{
	hvc_ref any = hvc_bv__num(d->terms, 1, 0);
	const hvc_ref address = hvc_search__address(d->terms, part[0]->insn);
	struct hvc_smt_claim claim = {
	        .about = about,
	        .what = "equal",
	        .reason = "No call does something else in one subject than in the other.",
	        .count = 2,
	};

	for (unsigned i = 0; i < part[0]->rows; i++)
		for (unsigned j = 0; j < part[1]->rows; j++)
			any = either(d->terms, any,
			             parted(d, part, &part[0]->row[i], &part[1]->row[j]));
	claim.all = (const hvc_ref[]){address, any};
	return hvc_smt__claim(d->terms, &claim, d->config->certificates);
}

static enum hvc_status certify_changes(struct hvc_differ *d, const struct hvc_exact_part *old,
                                       const char *about, unsigned *found)
{
	const hvc_ref address = hvc_search__address(d->terms, old->insn);
	const uint64_t caller = HVC_CALLER_BIT(old->insn, old->from);

	*found = 0;
	for (unsigned i = 0; i < d->pairs; i++) {
		const hvc_ref all[] = {address, d->pair[i].condition};
		char what[32];
		const struct hvc_smt_claim claim = {
		        .about = about,
		        .what = what,
		        .reason = "Some call does something else in one subject than in the other.",
		        .all = all,
		        .count = 2,
		        .possible = true,
		};

		if (!(d->diff->change[i].callers & caller))
			continue;
		snprintf(what, sizeof what, "differs %u", ++*found);
		HVC_TRY(hvc_smt__claim(d->terms, &claim, d->config->certificates));
	}
	return HVC_OK;
}

enum hvc_status hvc_differ__certify(struct hvc_differ *d,
                                    const struct hvc_exact_part *const part[2])
{
	const uint64_t caller = HVC_CALLER_BIT(part[0]->insn, part[0]->from);
	unsigned found, gaps = 0;
	char about[64];

	if (!d->config->certificates)
		return HVC_OK;
	snprintf(about, sizeof about, "%s %s", hvc_insn_name(part[0]->insn),
	         hvc_level_name(part[0]->from));
	for (unsigned i = 0; i < d->diff->gaps; i++)
		gaps += (d->diff->gap[i].callers & caller) != 0;
	HVC_TRY(certify_changes(d, part[0], about, &found));
	if (found || gaps)
		return HVC_OK;
	return certify_equal(d, part, about);
}
