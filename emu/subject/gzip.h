/* SPDX-License-Identifier: MIT */
/** The checksum of gzip files, which libarchive does not compare. */
#ifndef SUBJECT_GZIP_H
#define SUBJECT_GZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Are the bytes a gzip file whose checksum is not that of what came out of it? It and the size end
 * the file, or stand before what follows, such as a device tree. Of several such files in a row
 * each has its own, which is not looked at.
 */
bool hvc_gzip__is_damaged(const uint8_t *bytes, size_t size, const uint8_t *inside,
                          size_t inside_size);

#endif
