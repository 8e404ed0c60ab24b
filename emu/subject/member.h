/* SPDX-License-Identifier: MIT */
/** Which member of a package is meant: by its name, and the kernels by theirs. */
#ifndef SUBJECT_MEMBER_H
#define SUBJECT_MEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A member's path without the "./" or "/" that packages put before it. */
const char *hvc_member__path(const char *name);

/**
 * Does a path match what stands after FILE: - the same path, or a shell pattern, in which a
 * star stands for slashes too; without a slash it may also be the path's last part.
 */
bool hvc_member__matches(const char *wanted, const char *path);

/** Is the path one that kernels and hypervisors are installed under? */
bool hvc_member__is_kernel(const char *path);

/** Is it where packages keep files with symbols, beside those that are booted? */
bool hvc_member__is_debug(const char *path);

/** So many bytes of a member's beginning say what it is. */
#define HVC_MEMBER_HEAD 512u

/** May the bytes be a kernel: ELF, arm64 Image, PE, or packed? Not a text beside one. */
bool hvc_member__looks_bootable(const uint8_t *bytes, size_t size);

#endif
