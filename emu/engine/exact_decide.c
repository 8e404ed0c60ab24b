/* SPDX-License-Identifier: MIT */
/* Which instructions decide: the last choice on the way to a row, and what it goes by. */
#include <inttypes.h>
#include <string.h>

#include "engine/exact.h"

/** Instructions before a conditional branch among which the comparison is looked for. */
#define BACK 6u

static bool begins(const char *text, const char *const *word, size_t words)
{
	for (size_t i = 0; i < words; i++)
		if (!strncmp(text, word[i], strlen(word[i])))
			return true;
	return false;
}

static bool reads_flags(const char *text)
{
	static const char *const words[] = {"b.", "cs", "cinc", "cinv", "cneg", "ccm"};

	return begins(text, words, sizeof words / sizeof *words);
}

static bool sets_flags(const char *text)
{
	static const char *const words[] = {"cmp ", "cmn ", "tst ",  "ccmp ", "ccmn ",
	                                    "subs", "adds", "ands ", "bics "};

	return begins(text, words, sizeof words / sizeof *words);
}

static bool disassemble(const struct hvc_exact_part *part, uint64_t pc, char *text, size_t size)
{
	uint32_t word;

	if (!hvc_memory__fetch(&part->symbolic->scene, pc, &word))
		return false;
	hvc_disasm(pc, word, text, size);
	return true;
}

/* Where a branch goes to is not what it decides by. */
static void cut_target(char *text)
{
	char *comma = strrchr(text, ',');

	if (!strncmp(text, "b.", 2))
		text[strcspn(text, " ")] = '\0';
	else if (comma && (!strncmp(text, "cb", 2) || !strncmp(text, "tb", 2)))
		*comma = '\0';
}

static void print_decision(const struct hvc_exact_part *part, uint64_t pc, char *text, size_t size)
{
	struct hvc_text out = {text, size, 0};
	char word[96], compare[96] = "";

	text[0] = '\0';
	if (!disassemble(part, pc, word, sizeof word))
		return;
	for (unsigned i = 1; reads_flags(word) && i <= BACK; i++)
		if (disassemble(part, pc - 4 * i, compare, sizeof compare) && sets_flags(compare))
			break;
	cut_target(word);
	hvc_text__put(&out, sets_flags(compare) ? "%s; %s" : "%s%s",
	              sets_flags(compare) ? compare : "", word);
}

void hvc_exact__decision_at(const struct hvc_exact *exact, const struct hvc_exact_part *part,
                            uint64_t pc, struct hvc_exact_decision *out)
{
	*out = (struct hvc_exact_decision){.address = pc};
	(void)hvc_subject_symbol(exact->subject, pc, &out->symbol, &out->offset);
	print_decision(part, pc, out->text, sizeof out->text);
}

unsigned hvc_exact__decisions(const struct hvc_exact *exact, const struct hvc_exact_part *part,
                              const struct hvc_row *row, struct hvc_exact_decision *out,
                              unsigned most)
{
	unsigned count = 0;

	for (unsigned i = 0; i < row->paths; i++) {
		const struct hvc_choice *choice = part->symbolic->path[row->path[i]].way->choice;
		unsigned j = 0;

		if (!choice)
			continue;
		while (j < count && j < most && out[j].address != choice->pc)
			j++;
		if (j < count)
			continue;
		if (count < most)
			hvc_exact__decision_at(exact, part, choice->pc, &out[count]);
		count++;
	}
	return count;
}
