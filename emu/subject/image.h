/* SPDX-License-Identifier: MIT */
/** Files as images: bytes, segments and symbols, whatever the format. */
#ifndef SUBJECT_IMAGE_H
#define SUBJECT_IMAGE_H

#include "hvcheck/subject.h"
#include "subject/symbol.h"

/** A part of the file and where it is in memory. */
struct hvc_piece {
	uint64_t offset, size, address;
};

/** Registers of EL2 as a booted machine had them. */
struct hvc_booted {
	uint64_t value[HVC_REG_COUNT];
	struct hvc_regset told;
};

/** An image as loaded. Addresses are the file's where it has some. */
struct hvc_loaded {
	char *name;   /* for diagnostics: FILE, or FILE:MEMBER */
	char *member; /* what was taken from a package; NULL: nothing was */
	enum hvc_format format;
	bool aarch32;         /* A32 and T32 code */
	const uint8_t *bytes; /* the file, without what was around it */
	size_t size;
	uint8_t *owned; /* what to free: bytes, or NULL when they are borrowed */
	struct hvc_segment *segment;
	uint64_t *offset; /* of each segment's data in the file; NULL: see piece */
	unsigned segments;
	struct hvc_piece *piece; /* of a relocatable object: its sections, in the one segment */
	unsigned pieces;
	uint8_t *linked; /* what segments hold, where it is not what the file has */
	struct hvc_unset *unset;
	unsigned unsets, unset_capacity;
	const char **undefined; /* names of its undefined symbols */
	size_t undefineds;
	struct hvc_symbols symbols;
	struct hvc_booted *booted; /* of a snapshot; NULL: it is none */
	struct hvc_piece *data; /* writable and no code, and what boot fills in; offset: unused */
	unsigned datas;
};

/** Add a range of data; false: memory ran out. Empty ones are left out. */
HVC_MUST_USE bool hvc_image__add_data(struct hvc_loaded *loaded, uint64_t address, uint64_t size);
/** Add those that no section tells of, by segments and symbols; false: memory ran out. */
HVC_MUST_USE bool hvc_image__find_data(struct hvc_loaded *loaded);

/**
 * Load FILE[:MEMBER], which may be packed. Errors as hvc_subject_open's; *out is untouched on
 * failure; otherwise hvc_image__unload frees it.
 */
HVC_MUST_USE enum hvc_status hvc_image__load(const char *name, struct hvc_diag *diag,
                                             struct hvc_loaded *out);

/** The same for bytes in memory, which must outlive *out. */
HVC_MUST_USE enum hvc_status hvc_image__load_memory(const char *name, const uint8_t *bytes,
                                                    size_t size, struct hvc_diag *diag,
                                                    struct hvc_loaded *out);

void hvc_image__unload(struct hvc_loaded *loaded);

/** The segment that holds [address, address + size), or -1. */
int hvc_image__segment(const struct hvc_loaded *loaded, uint64_t address, uint64_t size);

/**
 * Add a symbol of an ELF file unless it names no place: address as loaded, info its type and
 * binding, name NULL or "" for none. One outside the image is left out.
 */
HVC_MUST_USE enum hvc_status hvc_image__add_symbol(struct hvc_loaded *loaded, const char *name,
                                                   uint64_t address, uint64_t size,
                                                   unsigned char info);

/** Give the segments a copy of the file that may be changed, where they have none. HVC_E_NOMEM. */
HVC_MUST_USE enum hvc_status hvc_image__own(struct hvc_loaded *loaded);

/** Note memory that nothing sets. HVC_E_NOMEM; HVC_E_RANGE: too many relocations. */
HVC_MUST_USE enum hvc_status hvc_image__add_unset(struct hvc_loaded *loaded,
                                                  const struct hvc_unset *unset);

/** Address of a byte of the file; false when it is in no segment. */
bool hvc_image__at_offset(const struct hvc_loaded *loaded, uint64_t offset, uint64_t *address);

/**
 * Add the symbols of a file to an image's. Addresses are as the ELF file has them; those of an
 * Image or raw file are counted from _text, or _start or start where there is none. Symbols
 * outside the image are left out. Errors: hvc_file__read's, HVC_E_FORMAT (a line that is none,
 * no such start, no symbol inside the image).
 */
HVC_MUST_USE enum hvc_status hvc_system_map__load(struct hvc_loaded *loaded, const char *path,
                                                  struct hvc_diag *diag);

#endif
