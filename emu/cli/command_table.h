/* SPDX-License-Identifier: MIT */
/** The commands, with what each takes and says of itself. */
#ifndef HVC_CLI_COMMAND_TABLE_H
#define HVC_CLI_COMMAND_TABLE_H

#include "cli/cli.h"

/** Its last row has no name. */
extern const struct hvc_command hvc_command_table[];

#endif
