/* SPDX-License-Identifier: MIT */
/* Findings of collisions. */
#include "report/new_finding.h"

/* One a pair of ABIs: the calls that mean the same to both, or those that do not. */
static void add_pair(struct hvc_findings *list, const struct hvc_collide *collide,
                     const char *const *word, const struct hvc_collide__pair *pair, bool same)
{
	const struct hvc_abi *const two[] = {collide->abi[pair->abi[0]],
	                                     collide->abi[pair->abi[1]]};
	const struct hvc_abi *a = two[0], *b = two[1];
	unsigned count = same ? pair->overlaps.count - pair->others : pair->others, first = 0;
	struct hvc_new_finding draft = {.rule = same ? "collide-same" : "collide-differs"};
	struct hvc_words about = {0};
	const struct hvc_overlap *overlap;

	if (!count)
		return;
	while (pair->agrees[first] != same)
		first++;
	overlap = &pair->overlaps.overlap[first];
	hvc_words__add(&about, "%s and %s", hvc_abi_name(a), hvc_abi_name(b));
	draft.about = hvc_words__text(&about);
	hvc_words__add(&draft.summary, "%s of %s is %s of %s",
	               hvc_abi_rule_at(a, overlap->rule[0])->name, hvc_abi_name(a),
	               hvc_abi_rule_at(b, overlap->rule[1])->name, hvc_abi_name(b));
	if (count > 1)
		hvc_words__add(&draft.summary, ", and %u more", count - 1);
	hvc_words__witness(&draft.call, &overlap->witness);
	hvc_new_finding__run(
	        &draft, two, (const char *const[]){word[pair->abi[0]], word[pair->abi[1]]},
	        &hvc_abi_world_at(b, overlap->world[1])->world, &overlap->witness, true);
	hvc_findings__add(list, &draft);
	if (about.failed && list)
		list->failed = true;
	hvc_words__free(&about);
}

enum hvc_status hvc_findings__of_collide(const struct hvc_collide *collide, const char *const *word,
                                         struct hvc_diag *diag, struct hvc_findings **out)
{
	struct hvc_findings *list = hvc_findings__new("collide", "specifications", "");
	struct hvc_words account = {0};

	hvc_words__add(&account,
	               "%u of %u pairs of ABIs claim some call both; to %u of them it "
	               "means something else",
	               collide->colliding, collide->pairs, collide->differing);
	hvc_findings__take(list, list ? &list->account : NULL, &account);
	for (unsigned i = 0; list && i < collide->pairs; i++) {
		add_pair(list, collide, word, &collide->pair[i], false);
		add_pair(list, collide, word, &collide->pair[i], true);
	}
	hvc_findings__cases(list);
	return hvc_findings__end(list, diag, out);
}
