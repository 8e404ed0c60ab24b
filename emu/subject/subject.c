/* SPDX-License-Identifier: MIT */
/* A subject by its name: a built-in, or FILE with the place of its vectors. */
#include "subject/subject.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "hvcheck/arch.h"
#include "hvcheck/machine.h"
#include "machine/file.h"
#include "machine/world.h"
#include "subject/builtin.h"
#include "subject/def_use.h"
#include "subject/finder.h"
#include "subject/image.h"
#include "subject/nearest.h"
#include "subject/site.h"
#include "subject/symbol.h"
#include "subject/walk.h"

/* Encodings: Arm ARM (DDI 0487) C4.1. */

#define LIMIT 4096u /* instructions looked at */
#define SLOTS 16u

struct look {
	uint32_t image, thread; /* a bit for each of x0 to x30 that holds an address, TPIDR_EL2 */
	uint64_t at;            /* of the first addition of the two; 0: none so far */
	bool pointer;
};

static unsigned field(uint32_t word, unsigned low)
{
	return word >> low & 31;
}

/* Rd := address of the image: ADR, ADRP, and ADD of an immediate to one. */
static bool makes_address(const struct look *look, uint32_t word)
{
	if ((word & UINT32_C(0x1f000000)) == UINT32_C(0x10000000))
		return true;
	return (word & UINT32_C(0xff800000)) == UINT32_C(0x91000000) &&
	       look->image >> field(word, 5) & 1;
}

/* ADD (shifted register), and loads and stores by two registers. */
static bool sums(uint32_t word)
{
	return (word & UINT32_C(0xffe0fc00)) == UINT32_C(0x8b000000) ||
	       (word & UINT32_C(0x3b200c00)) == UINT32_C(0x38200800);
}

/* One register of each kind. */
static bool adds_both(const struct look *look, uint32_t word)
{
	unsigned n = field(word, 5), m = field(word, 16);

	return sums(word) && ((look->image >> n & look->thread >> m & 1) ||
	                      (look->image >> m & look->thread >> n & 1));
}

static bool visit(void *ctx, uint64_t address, uint32_t word, bool leader)
{
	struct look *look = ctx;
	struct hvc_def_use uses;
	bool makes;

	if (leader)
		look->image = look->thread = 0;
	makes = makes_address(look, word);
	hvc_def_use__of(word, &uses);
	if (!look->at && adds_both(look, word))
		look->at = address;
	/* By two registers, the address may have been made in a block before: that says nothing. */
	if (!sums(word) && uses.address & look->thread)
		look->pointer = true;
	look->image &= ~uses.writes;
	look->thread &= ~uses.writes;
	if (makes)
		look->image |= uses.writes;
	if ((word & ~UINT32_C(31)) == UINT32_C(0xd53cd040)) /* MRS Xt, TPIDR_EL2 */
		look->thread |= uses.writes;
	return true;
}

/*
 * Does code that the vectors reach add TPIDR_EL2 to addresses of the image, and never access memory
 * by it alone? Then it is an offset, which is 0 where the image's own copy of the data is meant.
 * *at: of the first such addition. HVC_E_NOMEM.
 */
static enum hvc_status find_percpu(const struct hvc_image *image, bool *is_offset, uint64_t *at)
{
	uint64_t entry[SLOTS];
	struct look look = {.image = 0};
	const struct hvc_walk walk = {
	        .image = image,
	        .entry = entry,
	        .entries = SLOTS,
	        .limit = LIMIT,
	        .into_calls = true,
	        .visit = visit,
	        .ctx = &look,
	};

	for (unsigned i = 0; i < SLOTS; i++)
		entry[i] = image->vectors + i * (HVC_VECTOR_TABLE_SIZE / SLOTS);
	HVC_TRY(hvc_walk__run(&walk));
	*is_offset = look.at && !look.pointer;
	*at = look.at;
	return HVC_OK;
}

static const char usual_symbol[] = "hvc_vectors";

struct hvc_subject {
	char *name; /* the spec */
	char *path; /* its FILE[:MEMBER] */
	const struct hvc_builtin *builtin;
	struct hvc_loaded loaded;
	bool borrowed;   /* loaded is somebody else's */
	uint64_t percpu; /* where code adds TPIDR_EL2 to an address; 0: it does not */
	struct hvc_image image;
};

const char *hvc_format__name(enum hvc_format format)
{
	switch (format) {
	case HVC_FORMAT_ELF:
		return "elf";
	case HVC_FORMAT_IMAGE:
		return "image";
	case HVC_FORMAT_RAW:
		return "raw";
	case HVC_FORMAT_SNAPSHOT:
		return "snapshot";
	case HVC_FORMAT_ZIMAGE:
		return "zimage";
	}
	return "?";
}

static enum hvc_status no_such_subject(const char *spec, struct hvc_diag *diag)
{
	struct hvc_nearest nearest = hvc_nearest__to(spec);

	for (size_t i = 0; i < hvc_builtin__count; i++)
		hvc_nearest__offer(&nearest, hvc_builtin__table[i].name);
	if (nearest.found)
		return hvc_diag_set(diag, HVC_E_NOTFOUND, spec, 0, 0,
		                    "no such built-in or file; did you mean '%s'?", nearest.found);
	return hvc_diag_set(diag, HVC_E_NOTFOUND, spec, 0, 0,
	                    "no such built-in or file ('hvcheck list subjects')");
}

/* A number as a spec has it: hexadecimal with 0x, else decimal. */
static bool parse_number(const char *text, uint64_t *value)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	const char *digit = hex ? "0123456789abcdefABCDEF" : "0123456789";
	const char *digits = hex ? text + 2 : text;

	if (!digits[0] || strspn(digits, digit) != strlen(digits))
		return false;
	errno = 0;
	*value = strtoull(digits, NULL, hex ? 16 : 10);
	return errno == 0;
}

static enum hvc_status find_symbol(const struct hvc_subject *subject, const char *symbol,
                                   struct hvc_diag *diag, uint64_t *address)
{
	const struct hvc_loaded *loaded = &subject->loaded;
	const struct hvc_symbol *found = hvc_symbols__find(&loaded->symbols, symbol);
	struct hvc_nearest nearest = hvc_nearest__to(symbol);

	if (found) {
		*address = found->address;
		return HVC_OK;
	}
	if (!diag)
		return HVC_E_NOTFOUND;
	if (!loaded->symbols.count)
		return hvc_diag_set(diag, HVC_E_NOTFOUND, subject->path, 0, 0,
		                    "no symbol '%s': the file has no symbols; 'hvcheck scan FILE' "
		                    "lists its tables, as FILE@0xADDRESS",
		                    symbol);
	/* Nobody has typed the usual one. */
	for (size_t i = 0; symbol != usual_symbol && i < loaded->symbols.count; i++)
		hvc_nearest__offer(&nearest, loaded->symbols.row[i].name);
	if (nearest.found)
		return hvc_diag_set(diag, HVC_E_NOTFOUND, subject->path, 0, 0,
		                    "no symbol '%s'; did you mean '%s'?", symbol, nearest.found);
	return hvc_diag_set(diag, HVC_E_NOTFOUND, subject->path, 0, 0,
	                    "no symbol '%s'; 'hvcheck scan FILE' lists the tables, as FILE@SYMBOL "
	                    "or FILE@0xADDRESS",
	                    symbol);
}

/* The address that the part after the '@' names; NULL: there is no such part. */
static enum hvc_status locate(const struct hvc_subject *subject, const char *where,
                              struct hvc_diag *diag, uint64_t *address)
{
	uint64_t number;

	if (!where && subject->loaded.booted) {
		*address = subject->loaded.booted->value[HVC_REG_VBAR_EL2];
		return HVC_OK;
	}
	if (!where)
		return find_symbol(subject, usual_symbol, diag, address);
	if (where[0] != '+' && (where[0] < '0' || where[0] > '9'))
		return find_symbol(subject, where, diag, address);
	if (!parse_number(where + (where[0] == '+'), &number))
		return hvc_diag_set(diag, HVC_E_ARG, subject->path, 0, 0,
		                    "'%s' is not an address; write @0xADDRESS or @+0xOFFSET",
		                    where);
	if (where[0] != '+') {
		*address = number;
		return HVC_OK;
	}
	if (!hvc_image__at_offset(&subject->loaded, number, address))
		return hvc_diag_set(diag, HVC_E_RANGE, subject->path, 0, 0,
		                    "offset 0x%" PRIx64 " of the file is not loaded into memory",
		                    number);
	return HVC_OK;
}

static enum hvc_status set_vectors(struct hvc_subject *subject, const char *where,
                                   struct hvc_diag *diag)
{
	const struct hvc_loaded *loaded = &subject->loaded;
	uint64_t address, size;
	bool is_offset = false;

	subject->image.aarch32 = loaded->aarch32;
	size = hvc_image_table(&subject->image);
	HVC_TRY(locate(subject, where, diag, &address));
	if (address % size)
		return hvc_diag_set(diag, HVC_E_RANGE, subject->path, 0, 0,
		                    "vector table at 0x%" PRIx64 " is not aligned to %s", address,
		                    loaded->aarch32 ? "32 bytes" : "2 KiB");
	if (hvc_image__segment(loaded, address, size) < 0)
		return hvc_diag_set(diag, HVC_E_RANGE, subject->path, 0, 0,
		                    "vector table at 0x%" PRIx64 " is not inside the image",
		                    address);
	subject->image = (struct hvc_image){
	        .aarch32 = loaded->aarch32,
	        .segment = loaded->segment,
	        .segments = loaded->segments,
	        .vectors = address,
	        .booted = loaded->booted != NULL,
	        .unset = loaded->unset,
	        .unsets = loaded->unsets,
	};
	if (subject->builtin || loaded->booted)
		return HVC_OK;
	HVC_TRY(find_percpu(&subject->image, &is_offset, &address));
	subject->percpu = is_offset ? address : 0;
	return HVC_OK;
}

static bool exists(const char *path)
{
	struct stat stat_;

	return !stat(path, &stat_);
}

/* Split the spec: subject->path becomes FILE[:MEMBER], *where the part after the '@', or NULL. */
static enum hvc_status split(struct hvc_subject *subject, struct hvc_diag *diag, const char **where)
{
	const char *spec = subject->name, *at = exists(spec) ? NULL : strrchr(spec, '@');

	*where = at ? at + 1 : NULL;
	subject->path = at ? strndup(spec, (size_t)(at - spec)) : strdup(spec);
	if (!subject->path)
		return hvc_diag_set(diag, HVC_E_NOMEM, spec, 0, 0, "no memory");
	if (!subject->path[0] || (at && !at[1]))
		return hvc_diag_set(diag, HVC_E_ARG, spec, 0, 0,
		                    "a subject is NAME, FILE[:MEMBER], or one of these files with "
		                    "@SYMBOL, @0xADDRESS or @+0xOFFSET");
	if (exists(subject->path))
		return HVC_OK;
	if (at && hvc_builtin__find(subject->path))
		return hvc_diag_set(diag, HVC_E_ARG, spec, 0, 0,
		                    "'%s' is a built-in, which takes no '@'", subject->path);
	if (!at && !strchr(spec, '/') && !spec[hvc_file__length(spec)])
		return no_such_subject(spec, diag);
	return HVC_OK;
}

static enum hvc_status open_spec(struct hvc_subject *subject, const char *symbols,
                                 struct hvc_diag *diag)
{
	const struct hvc_builtin *builtin = hvc_builtin__find(subject->name);
	const char *where = NULL;

	if (builtin) {
		subject->builtin = builtin;
		subject->path = strdup(builtin->name);
		if (!subject->path)
			return hvc_diag_set(diag, HVC_E_NOMEM, builtin->name, 0, 0, "no memory");
		HVC_TRY(hvc_image__load_memory(subject->path, builtin->elf, builtin->elf_size, diag,
		                               &subject->loaded));
	} else {
		HVC_TRY(split(subject, diag, &where));
		HVC_TRY(hvc_image__load(subject->path, diag, &subject->loaded));
	}
	if (symbols)
		HVC_TRY(hvc_system_map__load(&subject->loaded, symbols, diag));
	return set_vectors(subject, where, diag);
}

enum hvc_status hvc_subject_open(const char *spec, struct hvc_diag *diag, struct hvc_subject **out)
{
	return hvc_subject_open_with(spec, NULL, diag, out);
}

enum hvc_status hvc_subject_open_with(const char *spec, const char *symbols, struct hvc_diag *diag,
                                      struct hvc_subject **out)
{
	struct hvc_subject *subject;
	enum hvc_status status;

	if (!spec || !spec[0])
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0, "the subject's name is empty");
	subject = calloc(1, sizeof *subject);
	if (subject)
		subject->name = strdup(spec);
	if (!subject || !subject->name)
		status = hvc_diag_set(diag, HVC_E_NOMEM, spec, 0, 0, "no memory");
	else
		status = open_spec(subject, symbols, diag);
	if (status != HVC_OK) {
		hvc_subject_close(subject);
		return status;
	}
	*out = subject;
	return HVC_OK;
}

void hvc_subject_close(struct hvc_subject *subject)
{
	if (!subject)
		return;
	if (!subject->borrowed)
		hvc_image__unload(&subject->loaded);
	free(subject->path);
	free(subject->name);
	free(subject);
}

const char *hvc_subject_name(const struct hvc_subject *subject)
{
	return subject->name;
}

enum hvc_format hvc_subject__format(const struct hvc_subject *subject)
{
	return subject->loaded.format;
}

const char *hvc_subject__member(const struct hvc_subject *subject)
{
	return subject->loaded.member;
}

const char *hvc_subject__undefined(const struct hvc_subject *subject, size_t i)
{
	return i < subject->loaded.undefineds ? subject->loaded.undefined[i] : NULL;
}

bool hvc_subject__data(const struct hvc_subject *subject, size_t i, uint64_t *lo, uint64_t *hi)
{
	const struct hvc_loaded *loaded = &subject->loaded;

	if (i >= loaded->datas)
		return false;
	*lo = loaded->data[i].address;
	*hi = loaded->data[i].address + (loaded->data[i].size - 1);
	return true;
}

const struct hvc_builtin *hvc_subject__builtin(const struct hvc_subject *subject)
{
	return subject->builtin;
}

const struct hvc_image *hvc_subject_image(const struct hvc_subject *subject)
{
	return &subject->image;
}

bool hvc_subject_symbol(const struct hvc_subject *subject, uint64_t address, const char **name,
                        uint64_t *offset)
{
	const struct hvc_loaded *loaded = &subject->loaded;
	const struct hvc_symbol *symbol = hvc_symbols__cover(&loaded->symbols, address);

	/* A symbol without a size ends with its segment. */
	if (!symbol || (!symbol->size && hvc_image__segment(loaded, symbol->address,
	                                                    address - symbol->address + 1) < 0))
		return false;
	*name = symbol->name;
	*offset = address - symbol->address;
	return true;
}

enum hvc_status hvc_subject__place(const struct hvc_subject *subject, const char *text,
                                   struct hvc_diag *diag, uint64_t *address)
{
	const char *plus = strrchr(text, '+');
	uint64_t base = 0, offset = 0;
	char *symbol;

	if (text[0] == '+' || (text[0] >= '0' && text[0] <= '9'))
		return locate(subject, text, diag, address);
	if (find_symbol(subject, text, NULL, address) == HVC_OK)
		return HVC_OK;
	symbol = strndup(text, plus ? (size_t)(plus - text) : strlen(text));
	if (!symbol)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "no memory");
	if ((plus && !parse_number(plus + 1, &offset)) ||
	    find_symbol(subject, symbol, NULL, &base) != HVC_OK) {
		free(symbol);
		return hvc_diag_set(diag, HVC_E_NOTFOUND, subject->path, 0, 0, "no symbol '%s'%s",
		                    text,
		                    subject->loaded.symbols.count
		                            ? ""
		                            : ": the file has no symbols, give an address");
	}
	free(symbol);
	*address = base + offset;
	return HVC_OK;
}

enum hvc_status hvc_subject_find(const struct hvc_subject *subject, const char *symbol,
                                 uint64_t *address)
{
	return find_symbol(subject, symbol, NULL, address);
}

const struct hvc_symbols *hvc_subject__symbols(const struct hvc_subject *subject)
{
	return &subject->loaded.symbols;
}

static enum hvc_status find_for_world(void *ctx, const char *text, struct hvc_diag *diag,
                                      uint64_t *address)
{
	return hvc_subject__place(ctx, text, diag, address);
}

bool hvc_subject__percpu(const struct hvc_subject *subject, uint64_t *at)
{
	*at = subject->percpu;
	return subject->percpu != 0;
}

void hvc_subject__enter(const struct hvc_subject *subject, struct hvc_world *world)
{
	const struct hvc_booted *booted = subject->loaded.booted;

	for (enum hvc_reg reg = HVC_GPR_COUNT; booted && reg < HVC_REG_COUNT; reg++)
		if (hvc_regset_has(&booted->told, reg))
			(void)hvc_world_set(world, reg, booted->value[reg]);
}

enum hvc_status hvc_subject__resolve(const struct hvc_subject *subject, struct hvc_world *world,
                                     struct hvc_diag *diag)
{
	/* What boot has in it nobody knows; 0 stands for the image's own copy of the data. */
	if (subject->percpu && !hvc_regset_has(&world->given, HVC_REG_TPIDR_EL2)) {
		world->state.v[HVC_REG_TPIDR_EL2] = 0;
		hvc_regset_add(&world->set, HVC_REG_TPIDR_EL2);
	}
	/* Boot sets HSCTLR.TE where its vectors are T32 code. */
	if (hvc_finder__is_t32(hvc_subject_image(subject)) &&
	    !hvc_regset_has(&world->given, HVC_REG_SCTLR_EL2)) {
		world->state.v[HVC_REG_SCTLR_EL2] |= HVC_HSCTLR_TE;
		hvc_regset_add(&world->set, HVC_REG_SCTLR_EL2);
	}
	/* The callback only reads. */
	return hvc_world__resolve(world, find_for_world, (void *)(uintptr_t)subject, diag);
}

void hvc_subject__name_supplied(const struct hvc_subject *subject, struct hvc_supplied *supplied)
{
	for (unsigned i = 0; i < supplied->rows; i++) {
		struct hvc_supply *row = &supplied->row[i];
		const char *name;
		uint64_t offset;

		if (row->kind == HVC_SUPPLY_MEMORY && row->value != HVC_SUPPLIED_TABLES &&
		    hvc_subject_symbol(subject, row->address, &name, &offset))
			snprintf(row->name, sizeof row->name, offset ? "%.60s+0x%" PRIx64 : "%.60s",
			         name, offset);
	}
}

enum hvc_status hvc_scan__subject(const struct hvc_scan *scan, size_t i, struct hvc_subject **out)
{
	struct hvc_subject *subject = calloc(1, sizeof *subject);
	struct hvc_diag diag;
	enum hvc_status status = HVC_E_NOMEM;
	char where[32];
	size_t size = strlen(scan->path) + sizeof where;

	if (subject) {
		subject->borrowed = true;
		subject->loaded = *scan->loaded;
		subject->path = strdup(scan->path);
		subject->name = malloc(size);
	}
	if (subject && subject->path && subject->name) {
		snprintf(where, sizeof where, "0x%" PRIx64, scan->table[i].candidate.address);
		snprintf(subject->name, size, "%s@%s", scan->path, where);
		status = set_vectors(subject, where, &diag);
	}
	if (status != HVC_OK) {
		hvc_subject_close(subject);
		return status;
	}
	*out = subject;
	return HVC_OK;
}
