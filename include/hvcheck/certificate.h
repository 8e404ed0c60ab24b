/* SPDX-License-Identifier: MIT */
/**
 * What a proof rests on, for another solver to confirm: each claim is an SMT-LIB 2 script with the
 * answer that it must have.
 */
#ifndef HVCHECK_CERTIFICATE_H
#define HVCHECK_CERTIFICATE_H

#include <stddef.h>

#include "hvcheck/hvc.h"

struct hvc_certificate {
	char *name; /**< of a file: letters, digits, '.', '-' and '_'; ends in ".smt2" */
	char *text;
	size_t size;
};

struct hvc_certificates {
	struct hvc_certificate *row; /**< in the order of being claimed; names differ */
	size_t count, room;
};

#endif
