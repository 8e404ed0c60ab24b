/* SPDX-License-Identifier: MIT */
/** Inputs that ask for too much, and that they are refused quickly, in one line. */
#ifndef LIMIT_H
#define LIMIT_H

#include <stdarg.h>

#include "bounded.h"
#include "hvcheck/limit.h"

#ifdef __SANITIZE_ADDRESS__
#define LIMIT_SECONDS 15.0
#else
#define LIMIT_SECONDS 5.0
#endif

static char limit_path[] = BOUNDED_FOLDER "/input";

static inline void limit_put(struct pack data)
{
	suite_put(limit_path, data.bytes, data.size);
}

/* Text that grows. */
struct limit_text {
	char *bytes;
	size_t size, room;
};

static inline void limit_say(struct limit_text *text, const char *format, ...)
{
	va_list args;

	if (text->room < text->size + 256) {
		text->room = 2 * text->room + 256;
		text->bytes = realloc(text->bytes, text->room);
		ck_assert_ptr_nonnull(text->bytes);
	}
	va_start(args, format);
	text->size += (size_t)vsnprintf(text->bytes + text->size, 256, format, args);
	va_end(args);
}

static inline void limit_put_text(struct limit_text *text)
{
	limit_put((struct pack){(const uint8_t *)text->bytes, text->size});
	free(text->bytes);
	*text = (struct limit_text){0};
}

static inline void limit_expect_quick(const char *what, const struct bounded *bounded)
{
	ck_assert_msg(bounded->seconds < LIMIT_SECONDS, "%s: %.1f s of CPU", what,
	              bounded->seconds);
}

/* The command ends with status 2 and these words. */
static inline void limit_refused(const char *what, char *const arguments[], const char *words)
{
	struct bounded bounded = bounded_run(what, arguments);

	ck_assert_msg(bounded.status == 2 && strstr(bounded.line, words), "%s %s: status %d: %s",
	              what, arguments[1], bounded.status, bounded.line);
	limit_expect_quick(what, &bounded);
}

static inline void limit_scan_refused(const char *what, const char *words)
{
	char *const scan[] = {"hvcheck", "scan", limit_path, NULL};

	limit_refused(what, scan, words);
}

static inline void limit_scan_is_quick(const char *what)
{
	char *const scan[] = {"hvcheck", "scan", limit_path, NULL};
	struct bounded bounded = bounded_run(what, scan);

	ck_assert_msg(bounded.status == 0, "%s: %s", what, bounded.line);
	limit_expect_quick(what, &bounded);
}

#endif
