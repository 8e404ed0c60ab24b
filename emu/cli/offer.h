/* SPDX-License-Identifier: MIT */
/** What can stand in a place of the command line, for the completion of shells. */
#ifndef HVC_CLI_OFFER_H
#define HVC_CLI_OFFER_H

#include "cli/cli.h"

struct hvc_offer {
	char words[256]; /**< separated by blanks, "" when there are none */
	bool subjects;   /**< built-in ones, by name */
	bool abis;       /**< shipped ones, by name */
	bool files;
};

/** What the value of an option can be; all empty when it is a number or takes no value. */
void hvc_offer__of_option(const struct hvc_command *command, const struct hvc_option *option,
                          struct hvc_offer *out);
/** What the arguments of a command can be. */
void hvc_offer__of_arguments(const struct hvc_command *command, struct hvc_offer *out);

#endif
