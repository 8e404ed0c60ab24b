/* SPDX-License-Identifier: MIT */
/* Completion for bash, from the tables of commands and options. */
#include "cli/completion.h"
#include "cli/offer.h"

/* Arguments of _hvcheck_offer: words, and whether files can stand there, too. */
static void put_offer(FILE *out, const struct hvc_offer *offer)
{
	const char *subjects = offer->subjects ? " $subjects" : "";
	const char *abis = offer->abis ? " $abis" : "";

	fprintf(out, "_hvcheck_offer \"%s%s%s\"%s", offer->words, subjects, abis,
	        offer->files ? " files" : "");
}

static void put_values(FILE *out, const struct hvc_command *command)
{
	for (unsigned id = 0; id < HVC_OPTION_COUNT; id++) {
		const struct hvc_option *option = &hvc_option_table[id];
		struct hvc_offer offer;

		if (!(command->options >> id & 1) || !option->value || option->optional)
			continue;
		hvc_offer__of_option(command, option, &offer);
		fprintf(out, "\t%s:--%s", command->name, option->name);
		if (option->letter)
			fprintf(out, " | %s:-%c", command->name, option->letter);
		fprintf(out, ")\n\t\t");
		put_offer(out, &offer);
		fprintf(out, "\n\t\treturn ;;\n");
	}
}

static void put_options(FILE *out, const struct hvc_command *command)
{
	fprintf(out, "\t%s:-*) _hvcheck_offer \"", command->name);
	for (unsigned id = 0; id < HVC_OPTION_COUNT; id++) {
		const struct hvc_option *option = &hvc_option_table[id];

		if (command->options >> id & 1)
			fprintf(out, "--%s ", option->name);
	}
	fprintf(out, "\" ;;\n");
}

static void put_arguments(FILE *out, const struct hvc_command *command)
{
	struct hvc_offer offer;

	hvc_offer__of_arguments(command, &offer);
	if (command->options >> HVC_OPTION_ABIS & 1) {
		fprintf(out, "\t%s:*)\n\t\tcase \" ${COMP_WORDS[*]} \" in\n", command->name);
		fprintf(out, "\t\t*' --abi '*) _hvcheck_offer \"$abis\" files ;;\n\t\t*) ");
		put_offer(out, &offer);
		fprintf(out, " ;;\n\t\tesac ;;\n");
		return;
	}
	fprintf(out, "\t%s:*) ", command->name);
	put_offer(out, &offer);
	fprintf(out, " ;;\n");
}

static const char head[] =
        "# bash completion for hvcheck, made by 'hvcheck completion bash'\n"
        "# shellcheck shell=bash disable=SC2034\n"
        "_hvcheck_offer() # WORDS [files]: those that begin as the current word does\n"
        "{\n"
        "\tlocal IFS=$' \\t\\n' reply\n"
        "\twhile IFS= read -r reply; do\n"
        "\t\t[ -z \"$reply\" ] || COMPREPLY+=(\"$reply\")\n"
        "\tdone < <(compgen -W \"$1\" -- \"$cur\"; [ \"${2-}\" != files ] || compgen -f -- "
        "\"$cur\")\n"
        "\t[ \"${2-}\" != files ] || compopt -o filenames 2>/dev/null || :\n"
        "}\n"
        "\n"
        "_hvcheck()\n"
        "{\n"
        "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n";

static const char middle[] =
        "\tCOMPREPLY=()\n"
        "\tif [ \"$COMP_CWORD\" = 1 ] || [ \"${COMP_WORDS[1]}\" = help ]; then\n"
        "\t\t_hvcheck_offer \"$commands\"\n"
        "\t\treturn\n"
        "\tfi\n"
        "\t# bash makes three words of --option=value\n"
        "\tif [ \"$cur\" = = ]; then\n"
        "\t\tcur=\n"
        "\telif [ \"$prev\" = = ]; then\n"
        "\t\tprev=${COMP_WORDS[COMP_CWORD - 2]}\n"
        "\tfi\n";

void hvc_completion__bash(FILE *out, const struct hvc_command *commands)
{
	const struct hvc_builtin *builtin;
	const char *name, *text;
	size_t size;

	fputs(head, out);
	fputs("\tlocal subjects='", out);
	for (size_t i = 0; (builtin = hvc_builtin_at(i)); i++)
		fprintf(out, "%s%s", i ? " " : "", builtin->name);
	fputs("'\n\tlocal abis='", out);
	for (size_t i = 0; hvc_abi_shipped_at(i, &name, &text, &size); i++)
		fprintf(out, "%s%s", i ? " " : "", name);
	fputs("'\n\tlocal commands='help", out);
	for (const struct hvc_command *command = commands; command->name; command++)
		fprintf(out, " %s", command->name);
	fputs("'\n\n", out);
	fputs(middle, out);
	fputs("\tcase ${COMP_WORDS[1]}:$prev in\n", out);
	for (const struct hvc_command *command = commands; command->name; command++)
		put_values(out, command);
	fputs("\tesac\n\tcase ${COMP_WORDS[1]}:$cur in\n", out);
	for (const struct hvc_command *command = commands; command->name; command++)
		put_options(out, command);
	for (const struct hvc_command *command = commands; command->name; command++)
		put_arguments(out, command);
	fputs("\tesac\n}\n\ncomplete -F _hvcheck hvcheck\n", out);
}
