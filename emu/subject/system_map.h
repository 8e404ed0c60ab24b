/* SPDX-License-Identifier: MIT */
/** Symbols from a System.map: what nm writes, one "ADDRESS TYPE NAME" a line. */
#ifndef SUBJECT_SYSTEM_MAP_H
#define SUBJECT_SYSTEM_MAP_H

#include "subject/image.h"

/**
 * Add the symbols of a file to an image's. Addresses are as the ELF file has them; those of an
 * Image or raw file are counted from _text, or _start or start where there is none. Symbols
 * outside the image are left out. Errors: hvc_file__read's, HVC_E_FORMAT (a line that is none,
 * no such start, no symbol inside the image).
 */
HVC_MUST_USE enum hvc_status hvc_system_map__load(struct hvc_loaded *loaded, const char *path,
                                                  struct hvc_diag *diag);

#endif
