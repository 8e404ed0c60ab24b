/* SPDX-License-Identifier: MIT */
/*
 * What a user of the installed library writes, in the part of C that C++ has, too: one call to a
 * built-in subject, judged by the shipped ABI of its name.
 */
#include <stdio.h>

#include "hvcheck/hvcheck.h"

#define VERSION (HVC_VERSION_MAJOR << 16 | HVC_VERSION_MINOR << 8 | HVC_VERSION_PATCH)

static enum hvc_status judge(const char *name, uint64_t x0, struct hvc_diag *diag)
{
	struct hvc_machine_config config = {};
	struct hvc_subject *subject = NULL;
	struct hvc_machine *machine = NULL;
	struct hvc_abi *abi = NULL;
	struct hvc_call call;
	struct hvc_outcome outcome;
	struct hvc_verdict verdict;
	struct hvc_state entry;
	enum hvc_status status = hvc_subject_open(name, diag, &subject);

	hvc_call_init(&call, 0);
	call.x[0] = x0;
	if (status == HVC_OK)
		status = hvc_abi_open(name, diag, &abi);
	if (status == HVC_OK) {
		config.image = *hvc_subject_image(subject);
		status = hvc_machine_open(&config, diag, &machine);
	}
	if (status == HVC_OK)
		status = hvc_machine_call(machine, &call, diag, &outcome);
	if (status == HVC_OK) {
		hvc_entry_state(hvc_machine_entry(machine), &call, &entry);
		hvc_verdict_judge(abi, 0, &entry, hvc_machine_present(machine), &call, &outcome,
		                  &verdict);
		printf("%s, x0 = 0x%llx: %s, rule %s, %s\n", name, (unsigned long long)x0,
		       hvc_outcome_name(outcome.kind),
		       hvc_abi_rule_at(abi, (unsigned)verdict.rule)->name,
		       hvc_verdict_name(verdict.kind));
	}
	hvc_machine_close(machine);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
	return status;
}

int main(void)
{
	struct hvc_diag diag;

	if (hvc_version() != VERSION) {
		fprintf(stderr, "the headers are not those of the library\n");
		return 1;
	}
	if (judge("linux-stub-4.12", 2, &diag) != HVC_OK ||
	    judge("linux-stub-4.12", 99, &diag) != HVC_OK) {
		fprintf(stderr, "consumer: %s\n", diag.message);
		return 1;
	}
	return 0;
}
