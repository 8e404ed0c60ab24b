/* SPDX-License-Identifier: MIT */
/** The same call on QEMU, for `run --engine qemu`. */
#ifndef HVC_CLI_SECOND_H
#define HVC_CLI_SECOND_H

#include "cli/cli.h"

/** What QEMU made of the call, and how that compares. */
struct hvc_second {
	char engine[128];
	char text[2048];
	struct hvc_opinion opinion;
	struct hvc_outcome outcome;
};

/** Is this a world that QEMU can be given? Says what is not. */
HVC_MUST_USE enum hvc_status hvc_second__can(const struct hvc_world *world,
                                             const struct hvc_call *call, struct hvc_diag *diag);

/** machine has just made the call in world, with this outcome; see hvc_second__can first. */
HVC_MUST_USE enum hvc_status
hvc_second__ask(const struct hvc_subject *subject, const struct hvc_world *world,
                struct hvc_machine *machine, const struct hvc_call *call,
                const struct hvc_outcome *outcome, struct hvc_diag *diag, struct hvc_second *out);

#endif
