/* SPDX-License-Identifier: MIT */
/* Sections of the manual page, from the tables of commands and options. */
#include "cli/cli.h"
#include "cli/completion.h"

/* Text as it stands: no character of it is a request, and no dash a hyphen. */
static void put_text(FILE *out, const char *text)
{
	bool begin = true;

	for (const char *c = text; *c; c++) {
		if (begin && (*c == '.' || *c == '\''))
			fputs("\\&", out);
		begin = *c == '\n';
		if (*c == '-')
			fputs("\\-", out);
		else if (*c == '\\')
			fputs("\\e", out);
		else
			fputc(*c, out);
	}
}

static void put_option(FILE *out, const struct hvc_option *option)
{
	fputs(".TP\n", out);
	if (option->letter)
		fprintf(out, "\\fB\\-%c\\fR, ", option->letter);
	fputs("\\fB\\-\\-", out);
	put_text(out, option->name);
	fputs("\\fR", out);
	if (option->value) {
		fprintf(out, "%s\\fI", option->optional ? "" : " ");
		put_text(out, option->value);
		fputs("\\fR", out);
	}
	fputc('\n', out);
	put_text(out, option->help);
	fputs(".\n", out);
}

void hvc_completion__roff(FILE *out, const struct hvc_command *commands)
{
	for (const struct hvc_command *command = commands; command->name; command++) {
		fputs(".SS ", out);
		put_text(out, command->name);
		fputs("\n.B hvcheck ", out);
		put_text(out, command->name);
		fputs("\n", out);
		put_text(out, command->usage);
		fputs("\n.PP\n", out);
		put_text(out, command->details);
		for (unsigned id = 0; id < HVC_OPTION_COUNT; id++) {
			if (command->options >> id & 1)
				put_option(out, &hvc_option_table[id]);
		}
		fputs(".PP\nExamples:\n.PP\n.EX\n", out);
		put_text(out, command->examples);
		fputs(".EE\n", out);
	}
}
