/* SPDX-License-Identifier: MIT */
/** What commands open before they begin: subjects, and ABIs by the user's words. */
#ifndef HVC_CLI_OPEN_H
#define HVC_CLI_OPEN_H

#include "cli/cli.h"
#include "engine/probe.h"

/** Open a subject that is argument i, with the symbols that belong to it. */
HVC_MUST_USE enum hvc_status hvc_open__subject(const struct hvc_options *options, unsigned i,
                                               struct hvc_diag *diag, struct hvc_subject **out);
/**
 * Open an ABI for a subject (NULL: for none in particular); where there is no such name, the
 * nearest one is suggested.
 */
HVC_MUST_USE enum hvc_status hvc_open__abi(const char *name, const struct hvc_subject *subject,
                                           struct hvc_diag *diag, struct hvc_abi **out);
/** What most commands are about. Zero-initialise; free with hvc_open__close, whatever came of it.
 */
struct hvc_case {
	struct hvc_subject *subject;  /**< argument 0 */
	struct hvc_abi *abi;          /**< NULL: none */
	const char *name;             /**< the word that opened the ABI */
	struct hvc_world world;       /**< what the options make of the default world */
	const struct hvc_world *over; /**< that world, where they say something of it; else NULL */
};

/** Open them. needs_abi: as hvc_open__abi_for; else there may be none. It must not be moved. */
HVC_MUST_USE enum hvc_status hvc_open__case(const struct hvc_options *options, bool needs_abi,
                                            struct hvc_diag *diag, struct hvc_case *out);
void hvc_open__close(struct hvc_case *held);
/** The name of the shipped ABI that has the subject's name; NULL when there is none. */
const char *hvc_open__abi_of(const struct hvc_subject *subject);
/** The same of the name alone, as a saved map has it. */
const char *hvc_open__abi_named(const char *subject);
/**
 * Probes as the sweep options ask for, of callers among `levels`, that try these constants; abi may
 * be NULL. Free with hvc_probes__free.
 */
HVC_MUST_USE enum hvc_status hvc_open__probes(const struct hvc_options *options,
                                              const struct hvc_abi *abi, unsigned levels,
                                              const struct hvc_constant *constant, size_t constants,
                                              struct hvc_diag *diag, struct hvc_probes *out);

/** Is it the name of a built-in subject or of a shipped ABI, which is then no file? */
bool hvc_open__is_builtin(const char *word);

#endif
