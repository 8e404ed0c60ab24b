/* SPDX-License-Identifier: MIT */
/* Help, from the tables of commands and options. */

#include "cli/cli.h"

#define HELP_COLUMN 24

static void put_option(FILE *out, const struct hvc_option *option)
{
	char letter[8] = "    ";
	int used;

	if (option->letter)
		snprintf(letter, sizeof(letter), "-%c, ", option->letter);
	used = fprintf(out, "  %s--%s%s%s", letter, option->name,
	               option->value && !option->optional ? " " : "",
	               option->value ? option->value : "");
	if (used >= HELP_COLUMN)
		used = fprintf(out, "\n") - 1;
	fprintf(out, "%*s", HELP_COLUMN - used, "");
	for (const char *c = option->help; *c; c++) {
		fputc(*c, out);
		if (*c == '\n')
			fprintf(out, "%*s", HELP_COLUMN, "");
	}
	fputc('\n', out);
}

void hvc_help__general(FILE *out, const struct hvc_command *commands)
{
	fputs("hvcheck: what does this EL2 vector code do for every HVC that can reach it?\n"
	      "\n"
	      "usage: hvcheck COMMAND [ARGUMENT]... [OPTION]...\n"
	      "\n"
	      "commands:\n",
	      out);
	for (const struct hvc_command *command = commands; command->name; command++)
		fprintf(out, "  %-10s %s\n", command->name, command->summary);
	fputs("\n"
	      "hvcheck COMMAND --help explains a command and gives examples.\n"
	      "hvcheck --version names this version and the CPU emulator it runs on.\n"
	      "\n"
	      "A subject is what answers the HVC: a name of 'hvcheck list', or vectors in a file:\n"
	      "  FILE@SYMBOL      ELF: the table at that symbol\n"
	      "  FILE@0xADDRESS   ELF: virtual address; arm64 Image, raw: loaded at 0x40000000\n"
	      "  FILE@+0xOFFSET   byte offset in the file\n"
	      "  FILE             ELF: the table at the symbol hvc_vectors\n"
	      "\n"
	      "exit status, as that of diff and grep: 0 holds or equal, 1 violates or differs,\n"
	      "2 could not tell (usage, input, output, memory, --timeout, a failing engine).\n"
	      "\n"
	      "The work is done in a jail: no file but those named, no program, no network.\n"
	      "HVCHECK_JAIL=require refuses to work where the kernel lacks a part of that.\n"
	      "HVCHECK_MEMORY=MIB limits each process (8192; 0: no limit).\n",
	      out);
}

void hvc_help__command(FILE *out, const struct hvc_command *command)
{
	char formats[HVC_FORMATS_SIZE];
	struct hvc_option option;

	hvc_options__formats(command, formats);
	fprintf(out, "hvcheck %s: %s\n\nusage: hvcheck %s %s\n\n%s\noptions (default):\n",
	        command->name, command->summary, command->name, command->usage, command->details);
	for (unsigned id = 0; id < HVC_OPTION_COUNT; id++) {
		if (!(command->options >> id & 1))
			continue;
		option = hvc_option_table[id];
		if (id == HVC_OPTION_FORMAT)
			option.help = formats;
		put_option(out, &option);
	}
	fprintf(out, "\nexamples:\n%s", command->examples);
}
