/* SPDX-License-Identifier: MIT */
/*
 * Refused specifications. Each file of abi-errors is named after what is wrong with it, and its
 * first line states the whole diagnostic.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/spec.h"
#include "hvcheck/abi.h"
#include "suite.h"

#define FOLDER  HVC_SOURCE_DIR "/conformance/abi-errors"
#define SHIPPED HVC_SOURCE_DIR "/conformance/abi"

static struct hvc_abi *const mark = (struct hvc_abi *)(uintptr_t)16;

static char *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	char *text = calloc(1, 65536);

	ck_assert_msg(file != NULL, "%s", path);
	ck_assert_ptr_nonnull(text);
	*size = fread(text, 1, 65535, file);
	fclose(file);
	return text;
}

static int is_yaml(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return length > 5 && !strcmp(entry->d_name + length - 5, ".yaml");
}

static void check_refused(const char *path)
{
	struct hvc_diag diag;
	struct hvc_abi *abi = mark;
	char found[512], *text, *expected;
	size_t size;

	memset(&diag, 0xa5, sizeof diag);
	text = read_file(path, &size);
	expected = strstr(text, "# expect: ");
	ck_assert_msg(expected == text, "%s states no expectation", path);
	expected += strlen("# expect: ");
	expected[strcspn(expected, "\n")] = '\0';
	ck_assert_int_eq(hvc_abi_load(path, &diag, &abi), HVC_E_FORMAT);
	ck_assert_ptr_eq(abi, mark);
	ck_assert_int_eq(diag.status, HVC_E_FORMAT);
	ck_assert_str_eq(diag.file, path);
	snprintf(found, sizeof found, "%u:%u: %s", diag.line, diag.column, diag.message);
	ck_assert_msg(!strcmp(found, expected), "%s: expected %s\nfound %s", path, expected, found);
	ck_assert_int_eq(hvc_abi_load(path, NULL, &abi), HVC_E_FORMAT);
	free(text);
}

TEST(every_file_is_refused_as_it_says)
{
	struct dirent **entries;
	int count = scandir(FOLDER, &entries, is_yaml, alphasort);

	ck_assert_int_ge(count, 90);
	for (int i = 0; i < count; i++) {
		char path[512];

		snprintf(path, sizeof path, "%s/%s", FOLDER, entries[i]->d_name);
		check_refused(path);
		free(entries[i]);
	}
	free(entries);
}

static void check_text(const char *text, size_t size, const char *message)
{
	struct hvc_diag diag = {0};
	struct hvc_abi *abi = mark;

	ck_assert_int_eq(hvc_abi_parse(text, size, "text", &diag, &abi), HVC_E_FORMAT);
	ck_assert_str_eq(diag.file, "text");
	ck_assert_str_eq(diag.message, message);
	ck_assert_ptr_eq(abi, mark);
}

TEST(size_is_limited)
{
	size_t size = HVC_LIMIT_YAML + 1;
	char *text = malloc(size);

	ck_assert_ptr_nonnull(text);
	memset(text, '\n', size);
	check_text(text, size, "the file is larger than 1048576 bytes");
	check_text(text, size - 1, "the file is empty");
	memset(text, '[', size);
	check_text(text, size - 1, "nested too deeply");
	memset(text, '-', size);
	for (size_t i = 1; i < size; i += 2)
		text[i] = ' ';
	check_text(text, size - 1, "nested too deeply");
	check_text("", 0, "the file is empty");
	free(text);
}

/* Many small things in a legal size must neither take long nor pass. */
TEST(numbers_of_things_are_limited)
{
	size_t room = HVC_LIMIT_YAML, length;
	char *text = malloc(room);

	ck_assert_ptr_nonnull(text);
	length = (size_t)sprintf(text, "abi: a\ntitle: t\nsource: s\nrules:\n");
	for (unsigned i = 0; i <= HVC_LIMIT_RULES; i++)
		length += (size_t)sprintf(
		        text + length, "- {name: r%u, when: {imm: %u}, outcome: return}\n", i, i);
	check_text(text, length, "the list is too long");
	for (length = 0; length + 16 < room;)
		length += (size_t)sprintf(text + length, "k%zu: v\n", length);
	check_text(text, length, "too many keys in one mapping");
	length = (size_t)sprintf(text, "abi: a\ntitle: ");
	memset(text + length, 'x', 5000);
	check_text(text, length + 5000, "the text is too long");
	free(text);
}

TEST(files_that_cannot_be_read)
{
	struct hvc_diag diag = {0};
	struct hvc_abi *abi = mark;

	ck_assert_int_eq(hvc_abi_load(FOLDER "/absent.yaml", &diag, &abi), HVC_E_IO);
	ck_assert_str_eq(diag.message, "No such file or directory");
	ck_assert_int_eq(hvc_abi_load(FOLDER, &diag, &abi), HVC_E_IO);
	ck_assert_str_eq(diag.message, "is a directory, not a regular file");
	ck_assert_int_eq(hvc_abi_open("no-such-abi", &diag, &abi), HVC_E_NOTFOUND);
	ck_assert_str_eq(diag.message, "no shipped ABI has this name");
	ck_assert_int_eq(hvc_abi_open("absent.yaml", &diag, &abi), HVC_E_IO);
	ck_assert_int_eq(hvc_abi_open("./absent", &diag, &abi), HVC_E_IO);
	ck_assert_ptr_eq(abi, mark);
}

static void parse_anything(const char *text, size_t size)
{
	struct hvc_diag diag = {0};
	struct hvc_abi *abi = NULL;
	enum hvc_status status = hvc_abi_parse(text, size, "text", &diag, &abi);

	ck_assert(status == HVC_OK || status == HVC_E_FORMAT);
	if (status == HVC_OK) {
		ck_assert_ptr_nonnull(abi);
		hvc_abi_free(abi);
		return;
	}
	ck_assert_uint_ge(diag.line, 1);
	ck_assert_uint_ge(diag.column, 1);
	ck_assert_uint_gt(strlen(diag.message), 0);
	ck_assert_ptr_null(strchr(diag.message, '\n'));
}

/* A file cut anywhere, or with any byte changed, is refused with a place or still loads. */
TEST(spoilt_files_never_harm)
{
	static const char spoil[] = "\0\n:-,[]{}#&*!|'\"%@x0 \xff";
	size_t size;
	char *text = read_file(SHIPPED "/linux-stub-imm.yaml", &size);
	char *copy = malloc(size);

	ck_assert_ptr_nonnull(copy);
	for (size_t cut = 0; cut < size; cut += 3)
		parse_anything(text, cut);
	for (size_t i = 0; i < size; i++) {
		memcpy(copy, text, size);
		copy[i] = spoil[i % (sizeof spoil - 1)];
		parse_anything(copy, size);
	}
	free(copy);
	free(text);
}

SUITE_MAIN("abi_errors")
