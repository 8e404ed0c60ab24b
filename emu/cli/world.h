/* SPDX-License-Identifier: MIT */
/** The world that --cpu, --world, --set, --map-on-demand, --stop-at and --stub ask for. */
#ifndef HVC_CLI_WORLD_H
#define HVC_CLI_WORLD_H

#include "cli/cli.h"

/** The CPU model: --cpu, or one that can run the subject. */
enum hvc_cpu hvc_cli_world__cpu(const struct hvc_options *options,
                                const struct hvc_subject *subject);
/** Make it for one subject, whose symbols the options may name. */
HVC_MUST_USE enum hvc_status hvc_cli_world__open(const struct hvc_options *options,
                                                 const struct hvc_subject *subject,
                                                 struct hvc_diag *diag, struct hvc_world *out);
/** Lay all but --cpu and --world over a world. */
HVC_MUST_USE enum hvc_status hvc_cli_world__lay(const struct hvc_options *options,
                                                const struct hvc_subject *subject,
                                                struct hvc_diag *diag, struct hvc_world *world);
/** What --set gives a register. */
HVC_MUST_USE enum hvc_status hvc_cli_world__value(const struct hvc_options *options,
                                                  const struct hvc_subject *subject,
                                                  enum hvc_reg reg, struct hvc_diag *diag,
                                                  uint64_t *value);
/** Does any of the options but --cpu say something of the world? */
bool hvc_cli_world__is_given(const struct hvc_options *options);
/** True iff --world names a file, not a world of an ABI. */
bool hvc_cli_world__is_file(const struct hvc_options *options);
/** True iff --set names a register that belongs to the world. */
bool hvc_cli_world__sets_registers(const struct hvc_options *options);
/** True iff --set names a register that belongs to the call: x0 to x30, nzcv, daif. */
bool hvc_cli_world__sets_call(const struct hvc_options *options, enum hvc_reg *reg);

/** Take the value of --set. HVC_E_ARG: it is none, or there are too many. */
enum hvc_status hvc_cli_world__take_set(struct hvc_options *options, const char *value,
                                        struct hvc_diag *diag);
/** Take the value of --mem. HVC_E_ARG: it is none, or there are too many. */
enum hvc_status hvc_cli_world__take_memory(struct hvc_options *options, const char *value,
                                           struct hvc_diag *diag);

/** The call that the options of 'run' name. */
HVC_MUST_USE enum hvc_status hvc_cli_world__call(const struct hvc_options *options,
                                                 const struct hvc_subject *subject,
                                                 const struct hvc_world *world,
                                                 struct hvc_diag *diag, struct hvc_call *call);

#endif
