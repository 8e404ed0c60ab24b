/* SPDX-License-Identifier: MIT */
/*
 * Words of the command line. The first byte says what kind: the part of FILE@... behind the file,
 * a place, a value of --set, an expression, a register, a day.
 */
#include <unistd.h>

#include "abi/expr.h"
#include "abi/suppression.h"
#include "cli/value.h"
#include "fuzz.h"
#include "machine/world.h"
#include "subject/subject.h"
#include "tiny_elf.h"

static char path[64];
static struct hvc_subject *subject;

/* An image to name things in; kept for the life of the process. */
static void open_image(void)
{
	uint8_t bytes[TINY_SIZE];
	char spec[96];
	struct hvc_diag diag = {0};
	int fd;

	snprintf(path, sizeof path, "/tmp/hvcheck-fuzz-XXXXXX");
	fd = mkstemp(path);
	tiny_elf(bytes);
	FUZZ_HOLD(fd >= 0 && write(fd, bytes, sizeof bytes) == (ssize_t)sizeof bytes, "%s", path);
	unlink(path);
	/* What /proc calls it stays the same, and no file is left behind. */
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	snprintf(spec, sizeof spec, "%s@hvc_vectors", path);
	FUZZ_HOLD(hvc_subject_open(spec, &diag, &subject) == HVC_OK, "%s", diag.message);
}

static bool try_spec(const char *word)
{
	struct hvc_subject *const mark = (struct hvc_subject *)path, *opened = mark;
	struct hvc_diag diag = {0};
	enum hvc_status status;
	char spec[4096];

	snprintf(spec, sizeof spec, "%s@%s", path, word);
	status = hvc_subject_open(spec, &diag, &opened);
	if (status != HVC_OK) {
		fuzz_refused(status, &diag, opened, mark);
		return false;
	}
	FUZZ_HOLD(hvc_subject_image(opened)->vectors % 0x800 == 0, "%s", word);
	FUZZ_HOLD(!strcmp(hvc_subject_name(opened), spec), "%s", spec);
	hvc_subject_close(opened);
	return true;
}

static bool try_place(const char *word)
{
	uint64_t address = 0x5a5a;
	struct hvc_diag diag = {0};
	enum hvc_status status = hvc_subject__place(subject, word, &diag, &address);

	if (status == HVC_OK)
		return true;
	fuzz_refused(status, &diag, NULL, NULL);
	FUZZ_HOLD(address == 0x5a5a, "%s", word);
	return false;
}

static bool try_setting(const char *word)
{
	struct hvc_setting setting = {.reg = HVC_REG_X30};
	struct hvc_diag diag = {0};
	enum hvc_status status = hvc_value__setting(word, &diag, &setting);
	uint64_t number = 0x5a5a;

	if (!hvc_value__signed(word, UINT32_MAX, &number))
		FUZZ_HOLD(number == 0x5a5a, "%s", word);
	else
		FUZZ_HOLD(number <= UINT32_MAX, "%s", word);
	if (status != HVC_OK) {
		fuzz_refused(status, &diag, NULL, NULL);
		FUZZ_HOLD(setting.reg == HVC_REG_X30, "%s", word);
		return false;
	}
	FUZZ_HOLD(setting.reg <= HVC_REG_NONE, "%s", word);
	return true;
}

static bool try_expression(const char *word)
{
	struct hvc_context context = {0};
	struct hvc_call call;
	struct hvc_state entry = {0};
	struct hvc_expr expr, again;
	size_t position = SIZE_MAX;
	const char *message = NULL;
	char text[4096];

	if (hvc_expr__parse(word, &expr, &position, &message) != HVC_OK) {
		FUZZ_HOLD(message && position <= strlen(word), "%s", word);
		return false;
	}
	hvc_call_init(&call, 7);
	context = (struct hvc_context){&entry, &call};
	hvc_expr__print(&expr, text, sizeof text);
	FUZZ_HOLD(hvc_expr__parse(text, &again, NULL, NULL) == HVC_OK, "%s: %s", word, text);
	FUZZ_HOLD(hvc_expr__equal(&expr, &again), "%s: %s", word, text);
	FUZZ_HOLD(hvc_expr__eval(&expr, &context) == hvc_expr__eval(&again, &context), "%s", text);
	return true;
}

static bool try_names(const char *word)
{
	enum hvc_reg reg = hvc_reg_find(word);
	uint8_t encoding[5];
	unsigned day = hvc_day__parse(word);

	FUZZ_HOLD(reg <= HVC_REG_NONE, "%s", word);
	if (reg != HVC_REG_NONE)
		FUZZ_HOLD(hvc_reg_find(hvc_reg_name(reg)) == reg, "%s", word);
	if (hvc_world__sys_name(word, encoding))
		FUZZ_HOLD(encoding[0] >= 2 && encoding[0] <= 3 && encoding[1] < 8 &&
		                  encoding[2] < 16 && encoding[3] < 16 && encoding[4] < 8,
		          "%s", word);
	FUZZ_HOLD(!day || (day % 100 <= 31 && day / 100 % 100 <= 12), "%s", word);
	FUZZ_HOLD(hvc_level_find(word) <= HVC_LEVEL_COUNT && hvc_cpu_find(word) <= HVC_CPU_COUNT &&
	                  hvc_outcome_find(word) <= HVC_OUTCOME_COUNT,
	          "%s", word);
	return reg != HVC_REG_NONE || day;
}

FUZZ_TARGET
{
	char word[3000];
	size_t length;
	bool good = false;

	if (!subject)
		open_image();
	if (!size)
		return 0;
	length = size - 1 < sizeof word ? size - 1 : sizeof word - 1;
	memcpy(word, data + 1, length);
	word[length] = '\0';
	for (char *at = word; *at; at++)
		if (*at == '\n') /* of the file that the input is */
			*at = '\0';
	switch (data[0]) {
	case '@':
		good = try_spec(word);
		break;
	case 'p':
		good = try_place(word);
		break;
	case '=':
		good = try_setting(word);
		break;
	case 'e':
		good = try_expression(word);
		break;
	default:
		good = try_names(word);
		break;
	}
	fuzz_taken += good;
	return 0;
}
