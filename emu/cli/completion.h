/* SPDX-License-Identifier: MIT */
/** What is made of the tables of commands and options for other programs. */
#ifndef HVC_CLI_COMPLETION_H
#define HVC_CLI_COMPLETION_H

#include <stdio.h>

/** Completion for a shell, as a script that it reads. */
void hvc_completion__bash(FILE *out);
void hvc_completion__zsh(FILE *out);
/** The commands with their options and examples, as sections of the manual page. */
void hvc_completion__roff(FILE *out);

#endif
