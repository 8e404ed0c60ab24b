/* SPDX-License-Identifier: MIT */
#include "subject/image.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "subject/elf.h"

/* Files that are recognised in order to refuse them with a reason. */
static const struct {
	unsigned offset, size;
	const char *magic;
	const char *what;
} refused[] = {
        /* clang-format off */
	{0, 2, "\x1f\x8b", "compressed with gzip: decompress it first"},
	{0, 6, "\xfd" "7zXZ\0", "compressed with xz: decompress it first"},
	{0, 4, "\x28\xb5\x2f\xfd", "compressed with zstd: decompress it first"},
	{0, 4, "\x04\x22\x4d\x18", "compressed with lz4: decompress it first"},
	{0, 4, "\x02\x21\x4c\x18", "compressed with lz4: decompress it first"},
	{0, 3, "BZh", "compressed with bzip2: decompress it first"},
	{0, 9, "\x89LZO\0\r\n\x1a\n", "compressed with lzop: decompress it first"},
	{0, 8, "MZ\0\0zimg", "an EFI zboot image, which is compressed: decompress it first"},
	{0, 8, "!<arch>\n", "an archive (ar, deb): extract the file from it first"},
	{257, 5, "ustar", "a tar archive: extract the file from it first"},
	{0, 4, "\x27\x05\x19\x56", "a U-Boot image: extract the kernel from it first"},
	{0, 4, "\xd0\x0d\xfe\xed", "a device tree or FIT image: extract the kernel from it first"},
	{0x202, 4, "HdrS", "an x86 kernel, not AArch64"},
	{0x24, 4, "\x18\x28\x6f\x01", "a 32-bit Arm zImage, not AArch64"},
        /* clang-format on */
};

/* arm64 Image header (Linux Documentation/arch/arm64/booting.rst): where its fields are. */
#define IMAGE_HEADER_SIZE 64u
#define IMAGE_SIZE_AT     16u
#define IMAGE_MAGIC_AT    56u

static uint64_t little64(const uint8_t *bytes)
{
	uint64_t value = 0;

	for (unsigned i = 8; i-- > 0;)
		value = value << 8 | bytes[i];
	return value;
}

static enum hvc_status io_error(const char *name, int error, struct hvc_diag *diag)
{
	return hvc_diag_set(diag, HVC_E_IO, name, 0, 0, "%s", strerror(error));
}

/* Read all of an open regular file. */
static enum hvc_status read_all(const char *name, int file, struct hvc_diag *diag,
                                struct hvc_loaded *out)
{
	struct stat stat;
	uint8_t *bytes;
	size_t size, got = 0;

	if (fstat(file, &stat))
		return io_error(name, errno, diag);
	if (S_ISDIR(stat.st_mode))
		return hvc_diag_set(diag, HVC_E_IO, name, 0, 0, "is a directory, not a file");
	if (!S_ISREG(stat.st_mode))
		return hvc_diag_set(diag, HVC_E_IO, name, 0, 0, "is not a regular file");
	if (stat.st_size == 0)
		return hvc_diag_set(diag, HVC_E_FORMAT, name, 0, 0, "is empty");
	if ((uint64_t)stat.st_size > HVC_IMAGE_MAX)
		return hvc_diag_set(diag, HVC_E_RANGE, name, 0, 0, "is larger than %" PRIu64 " MiB",
		                    HVC_IMAGE_MAX >> 20);
	size = (size_t)stat.st_size;
	bytes = malloc(size);
	if (!bytes)
		return hvc_diag_set(diag, HVC_E_NOMEM, name, 0, 0, "no memory for %zu bytes", size);
	while (got < size) {
		ssize_t count = read(file, bytes + got, size - got);

		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0) {
			free(bytes);
			if (count < 0)
				return io_error(name, errno, diag);
			return hvc_diag_set(diag, HVC_E_IO, name, 0, 0,
			                    "became shorter while it was read");
		}
		got += (size_t)count;
	}
	out->owned = bytes;
	out->bytes = bytes;
	out->size = size;
	return HVC_OK;
}

static enum hvc_status read_file(const char *name, struct hvc_diag *diag, struct hvc_loaded *out)
{
	/* Without O_NONBLOCK the open of a FIFO would wait for a writer. */
	int file = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	enum hvc_status status;

	if (file < 0)
		return io_error(name, errno, diag);
	status = read_all(name, file, diag, out);
	close(file);
	return status;
}

/* An Image or raw file: one segment at HVC_IMAGE_BASE. */
static enum hvc_status load_flat(struct hvc_loaded *loaded, struct hvc_diag *diag)
{
	uint64_t memory = loaded->size;

	loaded->format = HVC_FORMAT_RAW;
	if (loaded->size >= IMAGE_HEADER_SIZE &&
	    !memcmp(loaded->bytes + IMAGE_MAGIC_AT, "ARM\x64", 4)) {
		uint64_t image_size = little64(loaded->bytes + IMAGE_SIZE_AT);

		loaded->format = HVC_FORMAT_IMAGE;
		if (image_size > HVC_IMAGE_MAX)
			return hvc_diag_set(diag, HVC_E_FORMAT, loaded->name, 0, 0,
			                    "image_size at offset 0x%x is 0x%" PRIx64
			                    ", more than %" PRIu64 " MiB",
			                    IMAGE_SIZE_AT, image_size, HVC_IMAGE_MAX >> 20);
		if (image_size > memory)
			memory = image_size;
	}
	loaded->segment = calloc(1, sizeof *loaded->segment);
	loaded->offset = calloc(1, sizeof *loaded->offset);
	if (!loaded->segment || !loaded->offset)
		return hvc_diag_set(diag, HVC_E_NOMEM, loaded->name, 0, 0, "no memory");
	*loaded->segment = (struct hvc_segment){
	        .address = HVC_IMAGE_BASE,
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

static enum hvc_status finish(struct hvc_loaded *loaded, struct hvc_diag *diag,
                              struct hvc_loaded *out)
{
	enum hvc_status status = load_bytes(loaded, diag);

	if (status != HVC_OK) {
		hvc_image__unload(loaded);
		return status;
	}
	*out = *loaded;
	return HVC_OK;
}

enum hvc_status hvc_image__load(const char *name, struct hvc_diag *diag, struct hvc_loaded *out)
{
	struct hvc_loaded loaded = {.name = name};

	HVC_TRY(read_file(name, diag, &loaded));
	return finish(&loaded, diag, out);
}

enum hvc_status hvc_image__load_memory(const char *name, const uint8_t *bytes, size_t size,
                                       struct hvc_diag *diag, struct hvc_loaded *out)
{
	struct hvc_loaded loaded = {.name = name, .bytes = bytes, .size = size};

	return finish(&loaded, diag, out);
}

void hvc_image__unload(struct hvc_loaded *loaded)
{
	hvc_symbols__free(&loaded->symbols);
	free(loaded->segment);
	free(loaded->offset);
	free(loaded->owned);
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

bool hvc_image__at_offset(const struct hvc_loaded *loaded, uint64_t offset, uint64_t *address)
{
	for (unsigned i = 0; i < loaded->segments; i++) {
		uint64_t start = loaded->offset[i];

		if (offset >= start && offset - start < loaded->segment[i].data_size) {
			*address = loaded->segment[i].address + (offset - start);
			return true;
		}
	}
	return false;
}
