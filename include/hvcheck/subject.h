/* SPDX-License-Identifier: MIT */
/**
 * Subjects: what answers the HVC. A built-in variant by name, or vectors inside a file.
 *
 *   NAME              a built-in variant (hvc_builtin_at)
 *   FILE@SYMBOL       the table at that symbol
 *   FILE@0xVADDR      ELF: virtual address; Image or raw: load address (see base) plus offset
 *   FILE@+0xOFFSET    byte offset in the file (ELF: mapped through the segments)
 *   FILE              ELF with a symbol every built-in has, `hvc_vectors`
 *
 * and FILE:MEMBER instead of each FILE. A name without '/' and '@' that matches a built-in is
 * the built-in. The last '@' separates, unless the whole is the name of an existing file.
 *
 * FILE may be packed, in up to eight layers: compressed (gzip, xz, zstd, lz4, lzma, bzip2), a
 * package (.deb, .rpm, ar, tar, cpio), an EFI zboot image, a unified kernel image. Addresses and
 * offsets are those of what is inside. Of a package the only member that looks like a kernel is
 * taken, or MEMBER: the path of one, or a shell pattern that only one matches; a pattern without
 * '/' may match the last part of a path. The ':' separates where no file has the whole name.
 *
 * Symbols are those of the ELF file, and of a stripped Linux Image those that the kernel keeps of
 * itself (kallsyms). An ELF file is where it is linked, all 64 bits of its addresses. A relocatable
 * object is laid out from HVC_IMAGE_BASE on and its relocations applied; each undefined symbol is a
 * trap (hvc_subject__undefined).
 */
#ifndef HVCHECK_SUBJECT_H
#define HVCHECK_SUBJECT_H

#include "hvcheck/limit.h"
#include "hvcheck/machine.h"

/** Where raw files and arm64 Image files are loaded; a 2 MiB boundary. */
#define HVC_IMAGE_BASE UINT64_C(0x40000000)
/** Largest file that is read, also after unpacking, and largest image in memory, in bytes. */
#define HVC_IMAGE_MAX HVC_LIMIT_IMAGE

enum hvc_format {
	HVC_FORMAT_ELF,
	HVC_FORMAT_IMAGE, /**< arm64 Linux Image: "ARM\x64" at offset 56 */
	HVC_FORMAT_RAW,
	HVC_FORMAT_ZIMAGE,   /**< 32-bit Arm zImage: the loader; the kernel in it is FILE:kernel */
	HVC_FORMAT_SNAPSHOT, /**< memory and registers of a machine that has booted */
};

/** One built-in variant, embedded in the library as an ELF file. All strings constant. */
struct hvc_builtin {
	const char *name;   /**< as in reports: "linux-stub-4.12" */
	const char *family; /**< folder in vectors/: "linux", "broken" */
	const char *title;  /**< one line; from the .hvcheck section of the ELF */
	const uint8_t *elf;
	size_t elf_size;
};

/** Is it code for Hyp mode? By the class of its ELF file. */
static inline bool hvc_builtin_is_aarch32(const struct hvc_builtin *builtin)
{
	return builtin->elf_size > 4 && builtin->elf[4] == 1;
}

/** Row i of the built-in variants, in the order of the build's list; NULL past the end. */
HVC_API const struct hvc_builtin *hvc_builtin_at(size_t i);

struct hvc_subject;

/**
 * Open a subject.
 *
 * spec: as above. Errors: HVC_E_IO (missing, unreadable, a directory), HVC_E_FORMAT (not
 * AArch64, damaged or truncated, overlapping or wild segments; diag says at which offset),
 * HVC_E_NOTFOUND (no such symbol, built-in or member; several kernels in a package),
 * HVC_E_RANGE (the table is not 2 KiB aligned or not inside the image; what is packed becomes
 * larger than HVC_IMAGE_MAX, or a hundred times its size), HVC_E_UNSUPPORTED (packed in a way
 * that is not known here).
 */
HVC_MUST_USE HVC_API enum hvc_status hvc_subject_open(const char *spec, struct hvc_diag *diag,
                                                      struct hvc_subject **out);
/**
 * The same with the symbols of a System.map besides the image's own: what nm writes. Its
 * addresses are the ELF file's; for an Image or raw file they count from its _text, or from
 * _start or start. symbols: its path; NULL: none. Errors also of that file.
 */
HVC_MUST_USE HVC_API enum hvc_status hvc_subject_open_with(const char *spec, const char *symbols,
                                                           struct hvc_diag *diag,
                                                           struct hvc_subject **out);
HVC_API void hvc_subject_close(struct hvc_subject *subject);

/** The spec it was opened with. */
HVC_API const char *hvc_subject_name(const struct hvc_subject *subject);
/** What hvc_machine_open needs; valid until close. */
HVC_API const struct hvc_image *hvc_subject_image(const struct hvc_subject *subject);

/**
 * Symbol that covers an address: the nearest at or below, not past its size where it has one.
 * *name is valid until close, *offset is bytes into it. False when there is none.
 */
HVC_API bool hvc_subject_symbol(const struct hvc_subject *subject, uint64_t address,
                                const char **name, uint64_t *offset);
/** Address of a symbol; HVC_E_NOTFOUND when there is none. */
HVC_MUST_USE HVC_API enum hvc_status hvc_subject_find(const struct hvc_subject *subject,
                                                      const char *symbol, uint64_t *address);

/** Disassembly of one word, as "mnemonic operands"; text is cut to size and NUL-terminated. */
HVC_API void hvc_disasm(uint64_t address, uint32_t word, char *text, size_t size);

/** A constant that the code compares a register with. */
struct hvc_constant {
	enum hvc_reg reg; /**< x0..x30 */
	bool word;        /**< compared as wN (32 bits) */
	uint64_t value;
	uint64_t address; /**< of the comparing instruction */
};

/** A vector-table candidate in an image. */
struct hvc_candidate {
	uint64_t address; /**< as FILE@ADDRESS takes it */
	int score;        /**< higher is likelier; candidates below 1 are not reported */
	bool writes_vbar; /**< an MSR VBAR_EL2 is reachable from the lower EL AArch64 sync slot */
	bool erets;       /**< an ERET is reachable from that slot */
	bool reads_esr;   /**< an MRS of ESR_EL2 is reachable from that slot */
	unsigned live;    /**< slots whose synchronous code is more than a branch to self */
};

#endif
