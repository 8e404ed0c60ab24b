/* SPDX-License-Identifier: MIT */
#include "subject/wrap.h"

#include <stdlib.h>
#include <string.h>

#include "subject/archive.h"
#include "subject/elf.h"
#include "subject/zboot.h"

/* Linux, Documentation/arch/arm64/booting.rst: also a PE file, but loaded as it is. */
#define IMAGE_MAGIC_AT 56u
#define ZIMAGE_TRIES   8u /* places in a zImage where something packed may begin */

static bool is_image(const struct hvc_wrapped *file)
{
	return file->size >= IMAGE_MAGIC_AT + 4 &&
	       !memcmp(file->bytes + IMAGE_MAGIC_AT, "ARM\x64", 4);
}

/* Diagnostics are about FILE:MEMBER from here on. */
static enum hvc_status enter(struct hvc_wrapped *file, char *member, struct hvc_diag *diag)
{
	size_t length = strlen(file->name), more = strlen(member);
	char *name = realloc(file->name, length + 1 + more + 1);

	free(file->member);
	file->member = member;
	if (!name)
		return hvc_diag_set(diag, HVC_E_NOMEM, file->name, 0, 0, "no memory");
	name[length] = ':';
	memcpy(name + length + 1, member, more + 1);
	file->name = name;
	return HVC_OK;
}

/* Replace a part of the file by what is packed in it; *used counts what has come out. */
static enum hvc_status unpack(struct hvc_wrapped *file, const struct hvc_part *part, uint64_t limit,
                              uint64_t *used, const char **member, struct hvc_diag *diag)
{
	const struct hvc_packed packed = {
	        .name = file->name,
	        .bytes = file->bytes + part->offset,
	        .size = (size_t)part->size,
	        .member = *member,
	        .limit = limit,
	        .used = *used,
	};
	struct hvc_unpacked unpacked;

	HVC_TRY(hvc_archive__unpack(&packed, diag, &unpacked));
	*used = unpacked.used;
	free(file->owned);
	file->owned = unpacked.bytes;
	file->bytes = unpacked.bytes;
	file->size = unpacked.size;
	if (!unpacked.member)
		return HVC_OK;
	*member = NULL;
	return enter(file, unpacked.member, diag);
}

/* The kernel inside a zImage: the last thing in it that can be unpacked. */
static enum hvc_status unpack_zimage(struct hvc_wrapped *file, uint64_t limit, uint64_t *used,
                                     struct hvc_diag *diag)
{
	struct hvc_part part = {.offset = file->size};
	enum hvc_status status = HVC_E_NOTFOUND;
	const char *none = NULL;

	for (unsigned tries = 0; tries < ZIMAGE_TRIES && status != HVC_OK; tries++) {
		struct hvc_diag ignored;

		hvc_zimage__payload(file->bytes, file->size, part.offset, &part);
		if (!part.size)
			break;
		status = unpack(file, &part, limit, used, &none, &ignored);
		if (status == HVC_E_NOMEM || status == HVC_E_RANGE)
			break;
	}
	if (status != HVC_OK)
		return hvc_diag_set(diag, status, file->name, 0, 0,
		                    "no kernel in the zImage that can be unpacked here");
	file->aarch32 = true;
	return HVC_OK;
}

/*
 * How much may come out of a file. Kernels compress to a quarter, debug information to a tenth;
 * beyond a hundredth are bombs.
 */
static uint64_t may_expand_to(uint64_t size)
{
	const uint64_t limit = size * HVC_LIMIT_RATIO;

	if (limit < HVC_LIMIT_FREE)
		return HVC_LIMIT_FREE;
	return limit < HVC_LIMIT_UNPACKED ? limit : HVC_LIMIT_UNPACKED;
}

enum hvc_status hvc_wrap__open(struct hvc_wrapped *file, const char *member, struct hvc_diag *diag)
{
	const uint64_t limit = may_expand_to(file->size);
	uint64_t used = 0;

	for (unsigned layer = 0; !hvc_elf__is(file->bytes, file->size) && !is_image(file);) {
		struct hvc_part part = {.size = file->size};

		if (hvc_zimage__is(file->bytes, file->size)) {
			if (!member || strcmp(member, "kernel") != 0)
				break;
			member = NULL;
			return unpack_zimage(file, limit, &used, diag);
		}

		if (hvc_zboot__is(file->bytes, file->size)) {
			HVC_TRY(hvc_zboot__payload(file->name, file->bytes, file->size, diag,
			                           &part));
			HVC_TRY(unpack(file, &part, limit, &used, &member, diag));
		} else if (hvc_archive__is(file->bytes, file->size)) {
			HVC_TRY(unpack(file, &part, limit, &used, &member, diag));
		} else {
			HVC_TRY(hvc_pe__kernel(file->name, file->bytes, file->size, diag, &part));
			if (!part.size)
				break;
			file->bytes += part.offset;
			file->size = (size_t)part.size;
		}
		if (++layer > HVC_WRAP_LAYERS)
			return hvc_diag_set(diag, HVC_E_FORMAT, file->name, 0, 0,
			                    "is packed more than %u times", HVC_WRAP_LAYERS);
	}
	if (member)
		return hvc_diag_set(diag, HVC_E_NOTFOUND, file->name, 0, 0,
		                    "no file '%s' in it: it is not a package", member);
	return HVC_OK;
}

void hvc_wrap__free(struct hvc_wrapped *file)
{
	free(file->name);
	free(file->owned);
	free(file->member);
	*file = (struct hvc_wrapped){0};
}
