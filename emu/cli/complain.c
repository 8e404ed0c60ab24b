/* SPDX-License-Identifier: MIT */
/* Lines on standard error. What is not hvcheck's own text is quoted here. */
#include <stdarg.h>

#include "cli/cli.h"
#include "cli/supervise.h"
#include "engine/quote.h"
#include "report/page.h"

/* The library's messages quote names as they are; here they are made fit for a terminal. */
static void put(const char *text)
{
	hvc_quote__put(stderr, HVC_QUOTE_LINE, text);
}

void hvc_complain(const struct hvc_diag *diag)
{
	put(diag->file[0] ? diag->file : "hvcheck");
	if (diag->file[0] && diag->line) {
		fprintf(stderr, ":%u", diag->line);
		if (diag->column)
			fprintf(stderr, ":%u", diag->column);
	}
	fputs(": error: ", stderr);
	put(diag->message[0] ? diag->message : hvc_strerror(diag->status));
	fputc('\n', stderr);
}

void hvc_tell(const char *format, ...)
{
	const struct hvc_page page = {.out = hvc_supervise__notes()};
	va_list args;

	va_start(args, format);
	hvc_page__vprint(&page, format, &args);
	va_end(args);
}
