/* SPDX-License-Identifier: MIT */
#include "cli/offer.h"

#include <ctype.h>
#include <string.h>

#define WORD_LETTERS "abcdefghijklmnopqrstuvwxyz0123456789-"

static void add_word(struct hvc_offer *offer, const char *word, size_t length)
{
	size_t used = strlen(offer->words);

	if (used + length + 2 > sizeof(offer->words))
		return;
	snprintf(offer->words + used, sizeof(offer->words) - used, "%s%.*s", used ? " " : "",
	         (int)length, word);
}

/*
 * The words that an option takes are known to the function that takes them, which lists them in
 * parentheses, perhaps among others, when it refuses another. What it then takes is one of them.
 */
static void add_choices(const struct hvc_command *command, const struct hvc_option *option,
                        struct hvc_offer *out)
{
	struct hvc_options options = {.command = command};
	struct hvc_diag diag = {0};
	const char *list;

	if (option->take(&options, "?", &diag) == HVC_OK)
		return;
	for (list = strrchr(diag.message, '('); list && *list && *list != ')';) {
		size_t length = strspn(++list, WORD_LETTERS);
		char word[32];

		/* numbers are bounds, or examples */
		if (length && length < sizeof(word) && !isdigit((unsigned char)*list)) {
			snprintf(word, sizeof(word), "%.*s", (int)length, list);
			if (option->take(&options, word, NULL) == HVC_OK)
				add_word(out, word, length);
		}
		list += length;
	}
}

void hvc_offer__of_option(const struct hvc_command *command, const struct hvc_option *option,
                          struct hvc_offer *out)
{
	*out = (struct hvc_offer){.words = ""};
	if (!option->value || !option->take)
		return;
	out->abis = strstr(option->value, "ABI") != NULL;
	out->subjects = strstr(option->value, "SUBJECT") != NULL;
	out->files = out->abis || out->subjects || !strcmp(option->value, "FILE") ||
	             !strcmp(option->value, "MAP");
	if (!out->files)
		add_choices(command, option, out);
}

/* From the usage, up to its first option: "SUBJECT", "A B", "[ABI]...", "[subjects|abis|known". */
void hvc_offer__of_arguments(const struct hvc_command *command, struct hvc_offer *out)
{
	const char *end = strstr(command->usage, "--");
	size_t length = end ? (size_t)(end - command->usage) : strlen(command->usage);
	char usage[128];

	*out = (struct hvc_offer){.words = ""};
	snprintf(usage, sizeof(usage), "%.*s", (int)length, command->usage);
	if (strchr(usage, '|')) {
		for (const char *word = usage; *word; word += strspn(word, "[]| ")) {
			length = strspn(word, WORD_LETTERS);
			if (length)
				add_word(out, word, length);
			word += length ? length : !strchr("[]| ", *word);
		}
		return;
	}
	out->files = command->most > 0;
	out->abis = strstr(usage, "ABI") != NULL;
	out->subjects = command->most > 0 && !out->abis && !strstr(usage, "FILE");
}
