/* SPDX-License-Identifier: MIT */
/** Kernels inside EFI programs: zboot images and unified kernel images. */
#ifndef SUBJECT_ZBOOT_H
#define SUBJECT_ZBOOT_H

#include <stdbool.h>
#include <stdint.h>

#include "hvcheck/hvc.h"

/** A part of a file. */
struct hvc_part {
	uint64_t offset, size;
};

/** Is it a 32-bit Arm zImage (Linux Documentation/arch/arm/booting.rst)? It may be an EFI program
 * too. */
bool hvc_zimage__is(const uint8_t *bytes, size_t size);
/**
 * Where a zImage is linked, as Xen's is at 0x200000: one word in 64, or more, is an address in it.
 * Linux's loader runs wherever it is put and has none: `otherwise`.
 */
uint64_t hvc_zimage__base(const uint8_t *bytes, size_t size, uint64_t otherwise);
/**
 * Where something compressed may begin in it, the last such place before `before`; out->size is 0
 * when there is none. Nothing in its header says where the kernel is.
 */
void hvc_zimage__payload(const uint8_t *bytes, size_t size, uint64_t before, struct hvc_part *out);

/** Is it an EFI zboot image (Linux 6.1, drivers/firmware/efi/libstub/zboot-header.S)? */
bool hvc_zboot__is(const uint8_t *bytes, size_t size);

/**
 * Its compressed kernel. Errors: HVC_E_FORMAT (outside the file), HVC_E_UNSUPPORTED (a
 * compression that cannot be undone here).
 */
HVC_MUST_USE enum hvc_status hvc_zboot__payload(const char *name, const uint8_t *bytes, size_t size,
                                                struct hvc_diag *diag, struct hvc_part *out);

/**
 * Look at an EFI program that is no zboot image, or anything else. out->size is 0 unless it has
 * a section `.linux`, which *out is then (the kernel of a unified kernel image). Errors, of
 * EFI programs only: HVC_E_FORMAT (not for AArch64; truncated).
 */
HVC_MUST_USE enum hvc_status hvc_pe__kernel(const char *name, const uint8_t *bytes, size_t size,
                                            struct hvc_diag *diag, struct hvc_part *out);

#endif
