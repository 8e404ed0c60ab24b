/* SPDX-License-Identifier: MIT */
/** What is made of the tables of commands and options for other programs. */
#ifndef HVC_CLI_COMPLETION_H
#define HVC_CLI_COMPLETION_H

#include "cli/cli.h"

/** Completion for a shell, as a script that it reads. commands: the table, whose last row has no
 * name. */
void hvc_completion__bash(FILE *out, const struct hvc_command *commands);
void hvc_completion__zsh(FILE *out, const struct hvc_command *commands);
/** The commands with their options and examples, as sections of the manual page. */
void hvc_completion__roff(FILE *out, const struct hvc_command *commands);

#endif
