/* SPDX-License-Identifier: MIT */
/* Findings of an audit. */
#include <inttypes.h>

#include "report/new_finding.h"

static const char *const ids[HVC_AUDIT_COUNT] = {
        [HVC_AUDIT_ERET] = "scan-eret",
        [HVC_AUDIT_CONTROL] = "scan-control",
        [HVC_AUDIT_LANDING] = "scan-landing",
        [HVC_AUDIT_STACK] = "scan-stack",
};

static void tell(const struct hvc_audit *audit, struct hvc_words *out)
{
	switch (audit->kind) {
	case HVC_AUDIT_ERET:
		hvc_words__add(out,
		               "the ERET at 0x%" PRIx64 " has no SB, nor DSB and ISB, behind it",
		               audit->address);
		break;
	case HVC_AUDIT_CONTROL:
		hvc_words__add(out, "%s is written at 0x%" PRIx64 ", and no ISB follows",
		               audit->reg, audit->address);
		break;
	case HVC_AUDIT_LANDING:
		hvc_words__add(out, "a branch goes to 0x%" PRIx64 ", where no BTI is",
		               audit->address);
		break;
	default:
		hvc_words__add(out,
		               "memory is accessed by %s at 0x%" PRIx64 ", before EL2 has set it",
		               audit->reg, audit->address);
	}
}

enum hvc_status hvc_findings__of_scan(const struct hvc_scan *scan, struct hvc_diag *diag,
                                      struct hvc_findings **out)
{
	struct hvc_findings *list = hvc_findings__of(
	        "scan", scan->path, "", "%zu findings in the code of EL2", scan->audits);

	for (size_t i = 0; list && i < scan->audits; i++) {
		const struct hvc_audit *audit = &scan->audit[i];
		struct hvc_new_finding draft = {
		        .rule = ids[audit->kind],
		        .about = audit->symbol,
		        .file = list->file,
		        .symbol = audit->symbol,
		        .address = audit->address,
		        .has_address = true,
		        .each = true,
		};

		hvc_words__add(&draft.key, "%s", audit->reg ? audit->reg : "");
		tell(audit, &draft.summary);
		hvc_findings__add(list, &draft);
	}
	hvc_findings__cases(list);
	return hvc_findings__end(list, diag, out);
}
