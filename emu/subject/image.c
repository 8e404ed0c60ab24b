/* SPDX-License-Identifier: MIT */
#include "subject/image.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "machine/file.h"
#include "subject/elf.h"
#include "subject/kallsyms.h"
#include "subject/little.h"
#include "subject/snapshot.h"
#include "subject/wrap.h"
#include "subject/zboot.h"

/* Files that are recognised in order to refuse them with a reason. */
static const struct {
	unsigned offset, size;
	const char *magic;
	const char *what;
} refused[] = {
        /* clang-format off */
	{0, 9, "\x89LZO\0\r\n\x1a\n", "compressed with lzop: decompress it first"},
	{0, 4, "\x27\x05\x19\x56", "a U-Boot image: extract the kernel from it first"},
	{0, 4, "\xd0\x0d\xfe\xed", "a device tree or FIT image: extract the kernel from it first"},
	{0x202, 4, "HdrS", "an x86 kernel, not AArch64"},
        /* clang-format on */
};

/* arm64 Image header (Linux Documentation/arch/arm64/booting.rst): where its fields are. */
#define IMAGE_HEADER_SIZE 64u
#define IMAGE_SIZE_AT     16u
#define IMAGE_FLAGS_AT    24u
#define IMAGE_MAGIC_AT    56u
#define IMAGE_BIG_ENDIAN  1u

/* An arm64 Image: what its header wants. */
static enum hvc_status check_image(const struct hvc_loaded *loaded, struct hvc_diag *diag,
                                   uint64_t *memory)
{
	uint64_t image_size = hvc_little__64(loaded->bytes + IMAGE_SIZE_AT);
	struct hvc_part part;

	if (image_size > HVC_IMAGE_MAX)
		return hvc_diag_set(diag, HVC_E_FORMAT, loaded->name, 0, 0,
		                    "image_size at offset 0x%x is 0x%" PRIx64 ", more than %" PRIu64
		                    " MiB",
		                    IMAGE_SIZE_AT, image_size, HVC_IMAGE_MAX >> 20);
	if (hvc_little__64(loaded->bytes + IMAGE_FLAGS_AT) & IMAGE_BIG_ENDIAN)
		return hvc_diag_set(diag, HVC_E_FORMAT, loaded->name, 0, 0,
		                    "is a big-endian kernel: flags at offset 0x%x", IMAGE_FLAGS_AT);
	/* Most are EFI programs too, which say how long they are. */
	HVC_TRY(hvc_pe__kernel(loaded->name, loaded->bytes, loaded->size, diag, &part));
	if (image_size > *memory)
		*memory = image_size;
	return HVC_OK;
}

/* An Image or raw file: one segment at HVC_IMAGE_BASE. */
static enum hvc_status load_flat(struct hvc_loaded *loaded, struct hvc_diag *diag)
{
	uint64_t memory = loaded->size, base = HVC_IMAGE_BASE;

	loaded->format = HVC_FORMAT_RAW;
	if (loaded->size >= IMAGE_HEADER_SIZE &&
	    !memcmp(loaded->bytes + IMAGE_MAGIC_AT, "ARM\x64", 4)) {
		loaded->format = HVC_FORMAT_IMAGE;
		HVC_TRY(check_image(loaded, diag, &memory));
	}
	/* A 32-bit Arm zImage: the loader, with the kernel packed in it (Linux arm/booting.rst). */
	if (hvc_zimage__is(loaded->bytes, loaded->size)) {
		loaded->format = HVC_FORMAT_ZIMAGE;
		loaded->aarch32 = true;
		base = hvc_zimage__base(loaded->bytes, loaded->size, base);
	}
	loaded->segment = calloc(1, sizeof *loaded->segment);
	loaded->offset = calloc(1, sizeof *loaded->offset);
	if (!loaded->segment || !loaded->offset)
		return hvc_diag_set(diag, HVC_E_NOMEM, loaded->name, 0, 0, "no memory");
	*loaded->segment = (struct hvc_segment){
	        .address = base,
	        .size = memory,
	        .data = loaded->bytes,
	        .data_size = loaded->size,
	};
	loaded->segments = 1;
	return HVC_OK;
}

static enum hvc_status load_bytes(struct hvc_loaded *loaded, struct hvc_diag *diag)
{
	if (hvc_elf__is(loaded->bytes, loaded->size))
		return hvc_elf__load(loaded, diag);
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		size_t offset = refused[i].offset, size = refused[i].size;

		if (loaded->size >= offset + size &&
		    !memcmp(loaded->bytes + offset, refused[i].magic, size))
			return hvc_diag_set(diag, HVC_E_UNSUPPORTED, loaded->name, 0, 0, "is %s",
			                    refused[i].what);
	}
	return load_flat(loaded, diag);
}

enum hvc_status hvc_image__own(struct hvc_loaded *loaded)
{
	if (loaded->linked)
		return HVC_OK;
	loaded->linked = malloc(loaded->size);
	if (!loaded->linked)
		return HVC_E_NOMEM;
	memcpy(loaded->linked, loaded->bytes, loaded->size);
	for (unsigned i = 0; i < loaded->segments; i++)
		if (loaded->segment[i].data)
			loaded->segment[i].data =
			        loaded->linked + (loaded->segment[i].data - loaded->bytes);
	return HVC_OK;
}

enum hvc_status hvc_image__add_unset(struct hvc_loaded *loaded, const struct hvc_unset *unset)
{
	if (loaded->unsets == loaded->unset_capacity) {
		unsigned capacity = loaded->unset_capacity ? 2 * loaded->unset_capacity : 16;
		void *grown = realloc(loaded->unset, capacity * sizeof *loaded->unset);

		if (!grown)
			return HVC_E_NOMEM;
		loaded->unset = grown;
		loaded->unset_capacity = capacity;
	}
	loaded->unset[loaded->unsets++] = *unset;
	return HVC_OK;
}

static int by_address(const void *a, const void *b)
{
	const struct hvc_unset *l = a, *r = b;

	if (l->address != r->address)
		return l->address < r->address ? -1 : 1;
	return (l->size > r->size) - (l->size < r->size);
}

/* Sorted, with what is zero until boot, and without overlap: the first of two is cut short. */
static enum hvc_status order_unset(struct hvc_loaded *loaded)
{
	for (unsigned i = 0; i < loaded->segments; i++) {
		const struct hvc_segment *segment = &loaded->segment[i];

		if (segment->size > segment->data_size)
			HVC_TRY(hvc_image__add_unset(
			        loaded, &(struct hvc_unset){
			                        .address = segment->address + segment->data_size,
			                        .size = segment->size - segment->data_size,
			                }));
	}
	if (loaded->unsets)
		qsort(loaded->unset, loaded->unsets, sizeof *loaded->unset, by_address);
	for (unsigned i = 1; i < loaded->unsets; i++) {
		struct hvc_unset *before = &loaded->unset[i - 1];

		if (loaded->unset[i].address - before->address < before->size)
			before->size = loaded->unset[i].address - before->address;
	}
	return HVC_OK;
}

/* A stripped kernel still has the names it prints. */
static enum hvc_status load_names(struct hvc_loaded *loaded, struct hvc_diag *diag)
{
	enum hvc_status status = HVC_OK;

	if (!loaded->symbols.count && !loaded->booted)
		status = hvc_kallsyms__load(loaded);
	if (status == HVC_OK)
		status = hvc_rela__apply(loaded);
	if (status == HVC_OK)
		status = order_unset(loaded);
	if (status == HVC_OK)
		status = hvc_symbols__sort(&loaded->symbols);
	if (status == HVC_OK && !hvc_image__find_data(loaded))
		status = HVC_E_NOMEM;
	return status == HVC_OK ? HVC_OK : hvc_symbols__fail(status, loaded->name, diag);
}

/* Unwrap and load a file, which is taken over; with registers it is a snapshot. */
static enum hvc_status finish(struct hvc_wrapped *file, const char *member, const char *registers,
                              struct hvc_diag *diag, struct hvc_loaded *out)
{
	bool booted = registers || hvc_snapshot__is_core(file->bytes, file->size);
	enum hvc_status status = booted ? HVC_OK : hvc_wrap__open(file, member, diag);
	struct hvc_loaded loaded = {
	        .name = file->name,
	        .member = file->member,
	        .bytes = file->bytes,
	        .size = file->size,
	        .owned = file->owned,
	        .aarch32 = file->aarch32,
	};

	if (status == HVC_OK && booted)
		status = hvc_snapshot__load(&loaded, registers, diag);
	else if (status == HVC_OK)
		status = load_bytes(&loaded, diag);
	if (status == HVC_OK)
		status = load_names(&loaded, diag);
	if (status != HVC_OK) {
		hvc_image__unload(&loaded);
		return status;
	}
	*out = loaded;
	return HVC_OK;
}

enum hvc_status hvc_image__load(const char *name, struct hvc_diag *diag, struct hvc_loaded *out)
{
	const size_t length = hvc_file__length(name);
	const char *member = name[length] ? name + length + 1 : NULL;
	struct hvc_wrapped file = {.name = strndup(name, length)};
	char *registers = NULL;
	enum hvc_status status;

	if (!file.name)
		return hvc_diag_set(diag, HVC_E_NOMEM, name, 0, 0, "no memory");
	/* finish and hvc_wrap__free take the name. NOLINTNEXTLINE(*unix.Malloc) */
	status = hvc_file__read(file.name, HVC_IMAGE_MAX, diag, &file.owned, &file.size);
	if (status == HVC_OK && !file.size)
		status = hvc_diag_set(diag, HVC_E_FORMAT, file.name, 0, 0, "is empty");
	if (status == HVC_OK)
		status = hvc_snapshot__beside(file.name, diag, &registers);
	if (status != HVC_OK) {
		hvc_wrap__free(&file);
		return status;
	}
	file.bytes = file.owned;
	status = finish(&file, member, registers, diag, out);
	free(registers);
	return status;
}

enum hvc_status hvc_image__load_memory(const char *name, const uint8_t *bytes, size_t size,
                                       struct hvc_diag *diag, struct hvc_loaded *out)
{
	struct hvc_wrapped file = {.name = strdup(name), .bytes = bytes, .size = size};

	if (!file.name)
		return hvc_diag_set(diag, HVC_E_NOMEM, name, 0, 0, "no memory");
	return finish(&file, NULL, NULL, diag, out);
}

void hvc_image__unload(struct hvc_loaded *loaded)
{
	hvc_symbols__free(&loaded->symbols);
	free(loaded->segment);
	free(loaded->offset);
	free(loaded->piece);
	free(loaded->data);
	free(loaded->linked);
	free(loaded->undefined);
	free(loaded->unset);
	free(loaded->booted);
	free(loaded->owned);
	free(loaded->member);
	free(loaded->name);
	*loaded = (struct hvc_loaded){0};
}

int hvc_image__segment(const struct hvc_loaded *loaded, uint64_t address, uint64_t size)
{
	for (unsigned i = 0; i < loaded->segments; i++) {
		const struct hvc_segment *segment = &loaded->segment[i];

		if (address >= segment->address && size <= segment->size &&
		    address - segment->address <= segment->size - size)
			return (int)i;
	}
	return -1;
}

/* Mapping symbols say where code ($x; $a, $t) and data ($d) begin, and name nothing. */
static bool is_mapping(const char *name)
{
	return name[0] == '$' && strchr("xdat", name[1]) && name[1] &&
	       (name[2] == '\0' || name[2] == '.');
}

enum hvc_status hvc_image__add_symbol(struct hvc_loaded *loaded, const char *name, uint64_t address,
                                      uint64_t size, unsigned char info)
{
	struct hvc_symbol symbol = {.name = name, .address = address, .size = size};

	switch (ELF64_ST_TYPE(info)) {
	case STT_FUNC:
		symbol.rank = 0;
		/* Bit 0 of a function's address says that it is T32 code (AAELF32 5.5.3). */
		symbol.t32 = loaded->aarch32 && address & 1;
		symbol.a32 = loaded->aarch32 && !symbol.t32;
		symbol.address -= symbol.t32;
		break;
	case STT_OBJECT:
		symbol.rank = 2;
		break;
	case STT_NOTYPE:
		symbol.rank = 4;
		break;
	default:
		return HVC_OK;
	}
	symbol.rank += ELF64_ST_BIND(info) == STB_LOCAL;
	if (!name || !name[0] || is_mapping(name) ||
	    hvc_image__segment(loaded, symbol.address, 1) < 0)
		return HVC_OK;
	return hvc_symbols__add(&loaded->symbols, &symbol);
}

bool hvc_image__at_offset(const struct hvc_loaded *loaded, uint64_t offset, uint64_t *address)
{
	for (unsigned i = 0; i < loaded->pieces; i++) {
		const struct hvc_piece *piece = &loaded->piece[i];

		if (offset >= piece->offset && offset - piece->offset < piece->size) {
			*address = piece->address + (offset - piece->offset);
			return true;
		}
	}
	for (unsigned i = 0; loaded->offset && i < loaded->segments; i++) {
		uint64_t start = loaded->offset[i];

		if (offset >= start && offset - start < loaded->segment[i].data_size) {
			*address = loaded->segment[i].address + (offset - start);
			return true;
		}
	}
	return false;
}

/* What in an image is data of its own: writable, or for boot to fill in. */

bool hvc_image__add_data(struct hvc_loaded *loaded, uint64_t address, uint64_t size)
{
	struct hvc_piece *grown;

	if (!size)
		return true;
	grown = realloc(loaded->data, (loaded->datas + 1) * sizeof *grown);
	if (!grown)
		return false;
	loaded->data = grown;
	grown[loaded->datas++] = (struct hvc_piece){.address = address, .size = size};
	return true;
}

/* Of an Image or raw file only its symbols tell: those of Linux's and most other linker scripts. */
bool hvc_image__find_data(struct hvc_loaded *loaded)
{
	const struct hvc_symbol *from = hvc_symbols__find(&loaded->symbols, "_data");
	const struct hvc_symbol *to = hvc_symbols__find(&loaded->symbols, "_edata");

	for (unsigned i = 0; i < loaded->segments; i++) {
		const struct hvc_segment *s = &loaded->segment[i];

		if (!hvc_image__add_data(loaded, s->address + s->data_size, s->size - s->data_size))
			return false;
	}
	if (loaded->format == HVC_FORMAT_ELF || !from || !to || to->address <= from->address ||
	    hvc_image__segment(loaded, from->address, to->address - from->address) < 0)
		return true;
	return hvc_image__add_data(loaded, from->address, to->address - from->address);
}
