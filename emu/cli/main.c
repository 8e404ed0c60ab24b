/* SPDX-License-Identifier: MIT */
/*
 * The way of one run: options, outputs, the work in its jail, the
 * exit status.
 */
#include <locale.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/command_table.h"
#include "cli/made.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/supervise.h"
#include "subject/nearest.h"

static const struct hvc_command *find_command(const char *name)
{
	for (const struct hvc_command *command = hvc_command_table; command->name; command++) {
		if (!strcmp(command->name, name))
			return command;
	}
	return NULL;
}

static enum hvc_status unknown_command(const char *name, struct hvc_diag *diag)
{
	struct hvc_nearest nearest = hvc_nearest__to(name);

	for (unsigned i = 0; hvc_command_table[i].name; i++)
		hvc_nearest__offer(&nearest, hvc_command_table[i].name);
	if (nearest.found)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "no command '%s'; did you mean '%s'?", name, nearest.found);
	return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
	                    "no command '%s'; 'hvcheck help' lists them", name);
}

/* Help and version: text that needs no work. name: NULL for the general help. */
static enum hvc_status tell(const char *name, bool version, struct hvc_diag *diag)
{
	const struct hvc_options plain = {0};
	const struct hvc_command *command = name ? find_command(name) : NULL;
	struct hvc_output output;
	enum hvc_status status;

	if (name && !command)
		return unknown_command(name, diag);
	HVC_TRY(hvc_output__open(&plain, NULL, diag, &output));
	if (version)
		fprintf(output.page.out, "hvcheck %d.%d.%d (%s)\n", HVC_VERSION_MAJOR,
		        HVC_VERSION_MINOR, HVC_VERSION_PATCH, hvc_machine_engine());
	else if (command)
		hvc_help__command(output.page.out, command);
	else
		hvc_help__general(output.page.out, hvc_command_table);
	status = hvc_output__deliver(&output, diag);
	if (status == HVC_OK)
		return hvc_output__commit(&output, diag);
	hvc_output__abandon(&output);
	return status;
}

/* In the child: everything that looks at what others have written. */
static enum hvc_status work(const struct hvc_options *given, bool *holds, struct hvc_diag *diag)
{
	struct hvc_options options = *given;
	struct hvc_suppressions *suppressions;
	enum hvc_status status;

	HVC_TRY(hvc_cli_made__tell(given, diag));
	HVC_TRY(hvc_cli_report__suppressions(&options, diag, &suppressions));
	options.suppressions = suppressions;
	status = options.command->run(&options, options.page, holds, diag);
	hvc_suppressions__free(suppressions);
	if (hvc_report__is_incomplete() && status == HVC_OK)
		status = hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	return status;
}

/* All outputs are open before the work begins, and the files are in place before it is printed. */
static enum hvc_status run_to_outputs(const struct hvc_options *given, bool *holds,
                                      struct hvc_diag *diag)
{
	/* Tens of KiB, which a small stack has no room for twice. */
	static struct hvc_options with_pages;
	struct hvc_options *options = &with_pages;
	struct hvc_output output[HVC_OUTPUTS_MAX];
	unsigned open = 0, done = 0;
	enum hvc_status status = HVC_OK;

	with_pages = *given;
	for (; status == HVC_OK && open <= options->reports; open += status == HVC_OK) {
		const char *path = options->output;

		if (open)
			path = options->report[open - 1].path;
		status = hvc_output__open(options, path, diag, &output[open]);
		if (open)
			options->report[open - 1].page = &output[open].page;
	}
	if (status == HVC_OK && options->smt) {
		status = hvc_output__open_folder(options->smt, diag, &output[open]);
		options->smt_page = &output[open].page;
		open += status == HVC_OK;
	}
	options->page = &output[0].page;
	if (status == HVC_OK)
		status = hvc_supervise__run(options, work, output, open, holds, diag);
	for (unsigned i = open; status == HVC_OK && i; i--, done++)
		status = hvc_output__commit(&output[i - 1], diag);
	/* One that failed is given up already. */
	for (unsigned i = 0; i + done < open; i++)
		hvc_output__abandon(&output[i]);
	if (status == HVC_OK && hvc_supervise__is_undecided(diag))
		status = diag->status;
	return status;
}

static enum hvc_status run_command(const struct hvc_command *command, int argc, char **argv,
                                   bool *holds, struct hvc_diag *diag)
{
	static struct hvc_options options;

	HVC_TRY(hvc_options__parse(command, argc, argv, diag, &options));
	options.commands = hvc_command_table;
	if (hvc_options__has(&options, HVC_OPTION_HELP))
		return tell(command->name, false, diag);
	return run_to_outputs(&options, holds, diag);
}

static enum hvc_status dispatch(int argc, char **argv, bool *holds, struct hvc_diag *diag)
{
	const struct hvc_command *command;
	const char *word = argc > 1 ? argv[1] : NULL;

	if (!word)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "no command; 'hvcheck help' lists them");
	if (!strcmp(word, "--version") || !strcmp(word, "-V"))
		return tell(NULL, true, diag);
	if (!strcmp(word, "help") || !strcmp(word, "--help") || !strcmp(word, "-h"))
		return tell(argc > 2 ? argv[2] : NULL, false, diag);
	command = find_command(word);
	if (!command)
		return unknown_command(word, diag);
	return run_command(command, argc - 2, argv + 2, holds, diag);
}

int main(int argc, char **argv)
{
	struct hvc_diag diag = {0};
	bool holds = true;

	hvc_output__guard();
	/* Titles and file names may be UTF-8; the report must not depend on the user's locale. */
	setlocale(LC_CTYPE, "C.UTF-8");
	if (dispatch(argc, argv, &holds, &diag) != HVC_OK) {
		hvc_complain(&diag);
		return HVC_EXIT_TROUBLE;
	}
	return holds ? HVC_EXIT_HOLDS : HVC_EXIT_DIFFERS;
}
