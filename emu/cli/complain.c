/* SPDX-License-Identifier: MIT */
#include <ctype.h>

#include "cli/cli.h"

/* File names may hold anything; a message is one line. */
static void put_plain(const char *text)
{
	for (; *text; text++)
		fputc(iscntrl((unsigned char)*text) ? '?' : *text, stderr);
}

void hvc_complain(const struct hvc_diag *diag)
{
	if (diag->file[0])
		put_plain(diag->file);
	else
		fputs("hvcheck", stderr);
	if (diag->file[0] && diag->line) {
		fprintf(stderr, ":%u", diag->line);
		if (diag->column)
			fprintf(stderr, ":%u", diag->column);
	}
	fputs(": error: ", stderr);
	put_plain(diag->message[0] ? diag->message : hvc_strerror(diag->status));
	fputc('\n', stderr);
}
