/* SPDX-License-Identifier: MIT */
/* Completion for zsh, from the tables of commands and options. */
#include <string.h>

#include "cli/completion.h"
#include "cli/offer.h"

/* Text inside '...' of a specification, where [ ] : are special. */
static void put_text(FILE *out, const char *text)
{
	for (const char *c = text; *c; c++) {
		if (*c == '\'')
			fputs("'\\''", out);
		else if (strchr("[]:\\", *c))
			fprintf(out, "\\%c", *c);
		else
			fputc(*c == '\n' ? ' ' : *c, out);
	}
}

/* The action that offers the values. */
static void put_action(FILE *out, const struct hvc_offer *offer)
{
	if (offer->words[0])
		fprintf(out, "(%s)", offer->words);
	else if (offer->subjects && offer->abis)
		fputs("_hvcheck_any", out);
	else if (offer->subjects)
		fputs("_hvcheck_subjects", out);
	else if (offer->abis)
		fputs("_hvcheck_abis", out);
	else if (offer->files)
		fputs("_files", out);
	else
		fputc(' ', out);
}

static void put_option(FILE *out, const struct hvc_command *command, unsigned id)
{
	const struct hvc_option *option = &hvc_option_table[id];
	bool repeats = strstr(option->help, "repeatable") != NULL;
	struct hvc_offer offer;

	fprintf(out, "\t\t\t");
	if (option->letter)
		fprintf(out, "'(-%c --%s)'{-%c,--%s%s}'[", option->letter, option->name,
		        option->letter, option->name, option->value ? "=" : "");
	else
		fprintf(out, "'%s--%s%s[", repeats ? "*" : "", option->name,
		        !option->value     ? ""
		        : option->optional ? "=-"
		                           : "=");
	put_text(out, option->help);
	fputc(']', out);
	if (option->value) {
		hvc_offer__of_option(command, option, &offer);
		fputs(option->optional ? "::" : ":", out);
		put_text(out, option->optional ? "value" : option->value);
		fputc(':', out);
		put_action(out, &offer);
	}
	fputs("' \\\n", out);
}

static void put_command(FILE *out, const struct hvc_command *command)
{
	struct hvc_offer offer;

	fprintf(out, "\t%s)\n\t\t_arguments -s \\\n", command->name);
	for (unsigned id = 0; id < HVC_OPTION_COUNT; id++) {
		if (command->options >> id & 1)
			put_option(out, command, id);
	}
	hvc_offer__of_arguments(command, &offer);
	fputs("\t\t\t'*:", out);
	if (command->options >> HVC_OPTION_ABIS & 1) {
		fputs("argument:_hvcheck_any", out);
	} else {
		fputs("argument:", out);
		put_action(out, &offer);
	}
	fputs("' ;;\n", out);
}

void hvc_completion__zsh(FILE *out, const struct hvc_command *commands)
{
	const struct hvc_builtin *builtin;
	const char *name, *text;
	size_t size;

	fputs("#compdef hvcheck\n# zsh completion for hvcheck, made by 'hvcheck completion zsh'\n\n"
	      "_hvcheck_subjects() { _alternative 'subjects:subject:(",
	      out);
	for (size_t i = 0; (builtin = hvc_builtin_at(i)); i++)
		fprintf(out, "%s%s", i ? " " : "", builtin->name);
	fputs(")' 'files:file:_files' }\n_hvcheck_abis() { _alternative 'abis:ABI:(", out);
	for (size_t i = 0; hvc_abi_shipped_at(i, &name, &text, &size); i++)
		fprintf(out, "%s%s", i ? " " : "", name);
	fputs(")' 'files:file:_files' }\n"
	      "_hvcheck_any() { _alternative 'subjects:subject:_hvcheck_subjects' "
	      "'abis:ABI:_hvcheck_abis' }\n\n_hvcheck() {\n\tlocal -a commands\n\tcommands=(\n"
	      "\t\t'help:explain a command'\n",
	      out);
	for (const struct hvc_command *command = commands; command->name; command++) {
		fprintf(out, "\t\t'%s:", command->name);
		put_text(out, command->summary);
		fputs("'\n", out);
	}
	fputs("\t)\n\tif (( CURRENT == 2 )) || [[ $words[2] = help ]]; then\n"
	      "\t\t_describe command commands\n\t\treturn\n\tfi\n"
	      "\tshift words\n\t(( CURRENT-- ))\n\tcase $words[1] in\n",
	      out);
	for (const struct hvc_command *command = commands; command->name; command++)
		put_command(out, command);
	fputs("\tesac\n}\n\n_hvcheck \"$@\"\n", out);
}
