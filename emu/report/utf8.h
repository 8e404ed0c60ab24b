/* SPDX-License-Identifier: MIT */
/** Is it text? File names and specifications may hold any bytes; reports may not. */
#ifndef HVC_REPORT_UTF8_H
#define HVC_REPORT_UTF8_H

#include <stddef.h>

/** Bytes of the character at the start of a string that does not end there; 0: it is none. */
size_t hvc_utf8__length(const char *text);

#endif
