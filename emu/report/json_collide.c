/* SPDX-License-Identifier: MIT */
/* JSON of collisions. */
#include "report/json_class.h"
#include "report/new_finding.h"

static void add_matrix(struct hvc_json *json, const struct hvc_collide *collide)
{
	hvc_json__array(json, "matrix");
	for (unsigned row = 0; row < collide->abis; row++) {
		hvc_json__array(json, NULL);
		for (unsigned column = 0; column < collide->abis; column++) {
			const struct hvc_collide__pair *pair =
			        row == column ? NULL : hvc_collide__pair(collide, row, column);

			if (pair)
				hvc_json__number(json, NULL, pair->overlaps.count);
			else
				hvc_json__null(json, NULL);
		}
		hvc_json__close(json);
	}
	hvc_json__close(json);
}

static void add_pair(struct hvc_json *json, const struct hvc_collide *collide,
                     const struct hvc_collide__pair *pair)
{
	const struct hvc_abi *const abi[2] = {collide->abi[pair->abi[0]],
	                                      collide->abi[pair->abi[1]]};

	hvc_json__put(json, "{ first second differ same", hvc_abi_name(abi[0]),
	              hvc_abi_name(abi[1]), pair->others, pair->overlaps.count - pair->others);
	hvc_json__intervals(json, "immediates", pair->imm, pair->imms);
	hvc_json__array(json, "collisions");
	for (unsigned i = 0; i < pair->overlaps.count; i++) {
		const struct hvc_overlap *overlap = &pair->overlaps.overlap[i];

		hvc_json__put(json, "{ first second same",
		              hvc_abi_rule_at(abi[0], overlap->rule[0])->name,
		              hvc_abi_rule_at(abi[1], overlap->rule[1])->name, pair->agrees[i]);
		hvc_json__overlap(json, abi, overlap);
		hvc_json__close(json);
	}
	hvc_json__put(json, "] }");
}

enum hvc_status hvc_collide__json(FILE *out, const struct hvc_collide *collide,
                                  const struct hvc_findings *findings, struct hvc_diag *diag)
{
	struct hvc_json *json = hvc_json__new("hvcheck-collide/1");

	hvc_json__array(json, "abis");
	for (unsigned i = 0; i < collide->abis; i++)
		hvc_json__put(json, "{ name title }", hvc_abi_name(collide->abi[i]),
		              hvc_abi_title(collide->abi[i]));
	hvc_json__put(json, "] compared colliding differing", collide->pairs, collide->colliding,
	              collide->differing);
	add_matrix(json, collide);
	hvc_json__array(json, "pairs");
	for (unsigned i = 0; i < collide->pairs; i++)
		if (collide->pair[i].imms)
			add_pair(json, collide, &collide->pair[i]);
	hvc_json__close(json);
	hvc_json__findings(json, findings);
	return hvc_json__print(json, out, diag);
}
