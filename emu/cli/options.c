/* SPDX-License-Identifier: MIT */
/*
 * From words to options. getopt_long was tried: it takes more code, and says less of what is
 * wrong.
 */
#include <sched.h>
#include <string.h>

#include "cli/cli.h"
#include "subject/nearest.h"

static unsigned cpus(void)
{
	cpu_set_t set;
	int count = sched_getaffinity(0, sizeof(set), &set) ? 1 : CPU_COUNT(&set);

	return count < 1 ? 1 : (unsigned)count > HVC_JOBS_MAX ? HVC_JOBS_MAX : (unsigned)count;
}

static enum hvc_status unknown_option(const struct hvc_command *command, const char *word,
                                      struct hvc_diag *diag)
{
	struct hvc_nearest nearest = hvc_nearest__to(word + strspn(word, "-"));

	for (unsigned id = 0; id < HVC_OPTION_COUNT; id++)
		if (command->options >> id & 1)
			hvc_nearest__offer(&nearest, hvc_option_table[id].name);
	if (nearest.found)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "'%s' has no option '%s'; did you mean '--%s'?", command->name,
		                    word, nearest.found);
	return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
	                    "'%s' has no option '%s'; 'hvcheck %s --help' lists them",
	                    command->name, word, command->name);
}

/*
 * The option that a word names; *value is what follows '=', or the letter of one that takes a
 * value, or NULL.
 */
static enum hvc_option_id find_option(const struct hvc_command *command, const char *word,
                                      const char **value)
{
	size_t length = strcspn(word, "=");

	*value = NULL;
	for (unsigned id = 0; id < HVC_OPTION_COUNT; id++) {
		const struct hvc_option *option = &hvc_option_table[id];

		if (!(command->options >> id & 1))
			continue;
		if (word[1] != '-') {
			if (!option->letter || word[1] != option->letter ||
			    (word[2] && !option->take))
				continue;
			*value = word[2] ? word + 2 : NULL;
			return (enum hvc_option_id)id;
		}
		if (strlen(option->name) + 2 == length &&
		    !strncmp(word + 2, option->name, length - 2)) {
			*value = word[length] ? word + length + 1 : NULL;
			return (enum hvc_option_id)id;
		}
	}
	return HVC_OPTION_COUNT;
}

/* Where a report goes, how it is written and how fast it is made. */
#define UNTOLD                                                                 \
	(UINT64_C(1) << HVC_OPTION_JOBS | UINT64_C(1) << HVC_OPTION_TIMEOUT |  \
	 UINT64_C(1) << HVC_OPTION_FORMAT | UINT64_C(1) << HVC_OPTION_REPORT | \
	 UINT64_C(1) << HVC_OPTION_OUTPUT | UINT64_C(1) << HVC_OPTION_QUIET |  \
	 UINT64_C(1) << HVC_OPTION_COLOR | UINT64_C(1) << HVC_OPTION_NO_COLOR)

/* Keep what the answer depends on; one word is left for the command's name. */
static void keep_word(struct hvc_options *options, const char *word)
{
	if (options->words + 1 < HVC_WORDS_MAX)
		options->word[options->words++] = word;
}

/* Take the option at argv[*at], and its value. */
static enum hvc_status take_option(struct hvc_options *options, int argc, char **argv, int *at,
                                   struct hvc_diag *diag)
{
	const char *word = argv[*at], *value;
	enum hvc_option_id id = find_option(options->command, word, &value);
	const struct hvc_option *option = &hvc_option_table[id % HVC_OPTION_COUNT];
	bool told = !(UNTOLD >> id % HVC_OPTION_COUNT & 1);

	if (id == HVC_OPTION_COUNT)
		return unknown_option(options->command, word, diag);
	options->given |= UINT64_C(1) << id;
	if (told)
		keep_word(options, word);
	if (!option->take) {
		if (value)
			return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0, "--%s takes no value",
			                    option->name);
		return HVC_OK;
	}
	if (!value && !option->optional && *at + 1 < argc && strncmp(argv[*at + 1], "--", 2)) {
		value = argv[++*at];
		if (told)
			keep_word(options, value);
	}
	if (!value && !option->optional)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0, "--%s needs a value (%s)",
		                    option->name, option->value);
	return option->take(options, value, diag);
}

/* The two widths of one ABI are two things to compare. */
static unsigned fewest(const struct hvc_options *options)
{
	unsigned least = options->command->least;

	return least > 1 && hvc_options__has(options, HVC_OPTION_WIDTHS) ? 1 : least;
}

enum hvc_status hvc_options__parse(const struct hvc_command *command, int argc, char **argv,
                                   struct hvc_diag *diag, struct hvc_options *out)
{
	struct hvc_options options = {
	        .command = command,
	        .from = HVC_LEVEL_EL1H,
	        .budget = HVC_BUDGET_DEFAULT,
	        .randoms = 4,
	        .jobs = cpus(),
	};
	bool only_arguments = false;

	for (int i = 0; i < argc; i++) {
		if (!only_arguments && !strcmp(argv[i], "--")) {
			only_arguments = true;
		} else if (!only_arguments && argv[i][0] == '-' && argv[i][1]) {
			HVC_TRY(take_option(&options, argc, argv, &i, diag));
		} else if (options.arguments == command->most) {
			return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
			                    "'%s' is one argument too many; usage: hvcheck %s %s",
			                    argv[i], command->name, command->usage);
		} else {
			options.argument[options.arguments++] = argv[i];
			keep_word(&options, argv[i]);
		}
	}
	if (options.arguments < fewest(&options) && !hvc_options__has(&options, HVC_OPTION_HELP))
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0, "usage: hvcheck %s %s",
		                    command->name, command->usage);
	if (!hvc_options__has(&options, HVC_OPTION_HELP))
		HVC_TRY(hvc_clash__check(&options, diag));
	*out = options;
	return HVC_OK;
}
