/* SPDX-License-Identifier: MIT */
/**
 * A machine as it was booted: physical memory and registers of a CPU. Memory is an ELF core, as
 * QEMU's dump-guest-memory writes it, or a raw file; the registers are a text file beside it, with
 * ".regs" behind the name: a line a register, "vbar_el2 0x40dbc000", and of a raw file also
 * "memory 0x40000000", the address that its first byte has. '#' begins a comment.
 */
#ifndef SUBJECT_SNAPSHOT_H
#define SUBJECT_SNAPSHOT_H

#include "subject/image.h"

/** Is the file an ELF core, whatever for? */
bool hvc_snapshot__is_core(const uint8_t *bytes, size_t size);
/** The registers beside a file; *out is malloc'ed, NULL: there is no such file. */
HVC_MUST_USE enum hvc_status hvc_snapshot__beside(const char *name, struct hvc_diag *diag,
                                                  char **out);
/**
 * Fill in segments, registers and symbols of *loaded from its bytes and those registers, NULL:
 * HVC_E_NOTFOUND. What EL2 translates is where EL2 has it, and nothing else is there. The caller
 * unloads it also on failure. HVC_E_FORMAT, HVC_E_RANGE, HVC_E_UNSUPPORTED, HVC_E_NOMEM.
 */
HVC_MUST_USE enum hvc_status hvc_snapshot__load(struct hvc_loaded *loaded, const char *registers,
                                                struct hvc_diag *diag);

#endif
