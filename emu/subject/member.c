/* SPDX-License-Identifier: MIT */
#include "subject/member.h"

#include "subject/zboot.h"

#include <fnmatch.h>
#include <string.h>

#include "subject/archive.h"
#include "subject/elf.h"

/* The last part of the path. Debian, Fedora, Arch, Alpine and the kernel's own targets; Xen;
   firmware that has EL2 vectors. */
static const char *const kernels[] = {
        "vmlinuz*", "vmlinux*", "Image",       "Image[-.]*",     "xen",      "xen-*",
        "xen.*",    "bl31*",    "kernel*.img", "jailhouse*.bin", "hafnium*",
};

/* Names like those of kernels that other things have: modules, device trees and lists of symbols,
   such as xen-blkback.ko, xen-domu.dtb and xen-syms.map.gz. */
static const char *const others[] = {"*.ko", "*.ko.*", "*.dtb", "*.dtbo",
                                     "*.so", "*.so.*", "*.map", "*.map.*"};

static bool matches_one(const char *const *pattern, size_t count, const char *part)
{
	for (size_t i = 0; i < count; i++)
		if (!fnmatch(pattern[i], part, 0))
			return true;
	return false;
}

const char *hvc_member__path(const char *name)
{
	while (name[0] == '/' || (name[0] == '.' && name[1] == '/'))
		name++;
	return name;
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool hvc_member__matches(const char *wanted, const char *path)
{
	wanted = hvc_member__path(wanted);
	if (!strcmp(wanted, path) || !fnmatch(wanted, path, 0))
		return true;
	return !strchr(wanted, '/') && !fnmatch(wanted, last_part(path), 0);
}

bool hvc_member__is_kernel(const char *path)
{
	const char *part = last_part(path);

	return matches_one(kernels, sizeof kernels / sizeof *kernels, part) &&
	       !matches_one(others, sizeof others / sizeof *others, part);
}

bool hvc_member__is_debug(const char *path)
{
	return !strncmp(path, "usr/lib/debug/", 14);
}

bool hvc_member__looks_bootable(const uint8_t *bytes, size_t size)
{
	return hvc_elf__is(bytes, size) || hvc_archive__is(bytes, size) ||
	       (size >= 2 && !memcmp(bytes, "MZ", 2)) ||
	       (size >= 60 && !memcmp(bytes + 56, "ARM\x64", 4)) || hvc_zimage__is(bytes, size);
}
