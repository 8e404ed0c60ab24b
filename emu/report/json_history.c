/* SPDX-License-Identifier: MIT */
/* The generations of a family as JSON. */
#include "report/history.h"
#include "report/json.h"
#include "report/new_finding.h"

enum hvc_status hvc_history__json(FILE *out, const void *of, const struct hvc_findings *findings,
                                  struct hvc_diag *diag)
{
	const struct hvc_history *history = of;
	struct hvc_json *json = hvc_json__new("hvcheck-history/1");

	hvc_json__array(json, "generations");
	for (unsigned i = 0; i < history->generations; i++)
		hvc_json__string(json, NULL, hvc_abi_name(history->abi[i]));
	hvc_json__put(json, "] operations[");
	for (unsigned i = 0; i < history->rows; i++) {
		hvc_json__put(json, "{ operation calls[", history->row[i].name);
		for (unsigned k = 0; k < history->generations; k++) {
			const struct hvc_history_cell *cell = &history->row[i].cell[k];

			hvc_json__put(json, "{ how other }", cell->how, cell->other);
		}
		hvc_json__put(json, "] }");
	}
	hvc_json__close(json);
	hvc_json__findings(json, findings);
	return hvc_json__print(json, out, diag);
}
