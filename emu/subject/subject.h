/* SPDX-License-Identifier: MIT */
/** What hvcheck itself asks beside hvcheck/subject.h. */
#ifndef HVC_SUBJECT_SUBJECT_H
#define HVC_SUBJECT_SUBJECT_H

#include "hvcheck/subject.h"
#include "machine/world.h"

/** "elf", "image", "raw", "zimage", "snapshot". */
const char *hvc_format__name(enum hvc_format format);

enum hvc_format hvc_subject__format(const struct hvc_subject *subject);

/** The path in the package that the image was taken from; NULL: it was in none. */
const char *hvc_subject__member(const struct hvc_subject *subject);

/**
 * Name i of the undefined symbols of a relocatable object; NULL past the end. Each has an address
 * of its own at which nothing is mapped, so that going there or reading it is a fault.
 */
const char *hvc_subject__undefined(const struct hvc_subject *subject, size_t i);

/** Built-in row, NULL for files. */
const struct hvc_builtin *hvc_subject__builtin(const struct hvc_subject *subject);

/**
 * Address that a user's word means: "SYMBOL", "SYMBOL+0x10", "0x10" as the file has it, "+0x10" as
 * a byte offset in the file. HVC_E_NOTFOUND, HVC_E_ARG, HVC_E_RANGE; the message names the word.
 */
HVC_MUST_USE enum hvc_status hvc_subject__place(const struct hvc_subject *subject, const char *text,
                                                struct hvc_diag *diag, uint64_t *address);

/**
 * Range i of the image's own data, first byte to last: what the file says is writable and no code,
 * and what it leaves to boot to fill in. False past the last. They may overlap.
 */
bool hvc_subject__data(const struct hvc_subject *subject, size_t i, uint64_t *lo, uint64_t *hi);

/**
 * Does the code add TPIDR_EL2 to addresses of the image, at *at for one? Then hvc_subject__resolve
 * takes it for an offset: it is 0, unless the world says what it is.
 */
bool hvc_subject__percpu(const struct hvc_subject *subject, uint64_t *at);

/** Give a world the registers of EL2 as a snapshot has them; other subjects have none. */
void hvc_subject__enter(const struct hvc_subject *subject, struct hvc_world *world);

/**
 * Look up what a world's memory names, in this subject: hvc_world__resolve. To be done before a
 * machine is opened with a world whose memory came from a specification.
 */
HVC_MUST_USE enum hvc_status hvc_subject__resolve(const struct hvc_subject *subject,
                                                  struct hvc_world *world, struct hvc_diag *diag);

/** Names for the addresses of memory in an account. */
void hvc_subject__name_supplied(const struct hvc_subject *subject, struct hvc_supplied *supplied);

/** The same of A32, or of a T32 instruction of 32 bits, its first halfword in bits 31:16. */
void hvc_disasm__aarch32(uint64_t address, uint32_t word, bool t32, char *text, size_t size);

/** In any instruction set, the word as struct hvc_step has it. */
void hvc_disasm__in(enum hvc_isa isa, uint64_t address, uint32_t word, char *text, size_t size);

/**
 * The constants that the code reachable from the vector table compares x0..x30 with: CMP, CMN,
 * CCMP, SUBS, TST, EOR with an immediate; CBZ, CBNZ (0); TBZ, TBNZ (1 << bit); comparisons of
 * two registers of which one was just loaded by MOVZ/MOVN/MOVK or LDR literal. Follows direct
 * branches from all sixteen slots, at most `limit` instructions. Sorted by register, value,
 * without duplicates. *out is malloc'ed (NULL when none); the caller frees it.
 */
HVC_MUST_USE enum hvc_status hvc_subject__constants(const struct hvc_subject *subject,
                                                    unsigned limit, struct hvc_constant **out,
                                                    size_t *count);

/** Those of its file. */
const struct hvc_symbols *hvc_subject__symbols(const struct hvc_subject *subject);

/**
 * Find EL2 vector tables in a file by shape: 2 KiB aligned, sixteen slots 0x80 apart that start
 * with an instruction, and code reachable from slot 0x400 that uses EL2 registers. Best first.
 * path is FILE[:MEMBER]. *out is malloc'ed; the caller frees it.
 */
HVC_MUST_USE enum hvc_status hvc_vectors__find(const char *path, struct hvc_diag *diag,
                                               struct hvc_candidate **out, size_t *count);

#endif
