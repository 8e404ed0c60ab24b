/* SPDX-License-Identifier: MIT */
/* Words and numbers of a saved map's lines. What is wrong has its place. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "engine/quote.h"
#include "engine/saved.h"

bool hvc_reader__line(struct hvc_reader *reader)
{
	const char *newline, *zero;

	if (reader->line)
		reader->line_start = reader->line_end + 1;
	reader->at = reader->word = reader->line_start;
	reader->line++;
	if (reader->line_start >= reader->size)
		return false;
	newline =
	        memchr(reader->text + reader->line_start, '\n', reader->size - reader->line_start);
	reader->line_end = newline ? (size_t)(newline - reader->text) : reader->size;
	zero = memchr(reader->text + reader->line_start, '\0',
	              reader->line_end - reader->line_start);
	if (!zero)
		return true;
	reader->word = (size_t)(zero - reader->text);
	hvc_reader__complain(reader, "a zero byte in the text");
	return true;
}

bool hvc_reader__complain(struct hvc_reader *reader, const char *format, ...)
{
	char text[256];
	va_list args;

	if (reader->bad)
		return false;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	reader->bad = true;
	hvc_diag_set(reader->diag, HVC_E_FORMAT, reader->path, reader->line,
	             (unsigned)(reader->word - reader->line_start) + 1, "%s", text);
	return false;
}

bool hvc_reader__no_memory(struct hvc_reader *reader)
{
	if (!reader->bad)
		hvc_diag_set(reader->diag, HVC_E_NOMEM, reader->path, 0, 0, "out of memory");
	reader->bad = true;
	return false;
}

const char *hvc_reader__word(struct hvc_reader *reader, char *word, size_t size)
{
	size_t length = 0;

	while (reader->at < reader->line_end && reader->text[reader->at] == ' ')
		reader->at++;
	reader->word = reader->at;
	while (reader->at < reader->line_end && reader->text[reader->at] != ' ') {
		if (length + 1 < size)
			word[length++] = reader->text[reader->at];
		reader->at++;
	}
	word[length] = '\0';
	if (reader->at - reader->word != length)
		hvc_reader__complain(reader, "'%s...' is too long a word", word);
	return word;
}

bool hvc_reader__name(struct hvc_reader *reader, char **out)
{
	char *name, *again = NULL;
	size_t length;
	bool same;

	while (reader->at < reader->line_end && reader->text[reader->at] == ' ')
		reader->at++;
	reader->word = reader->at;
	length = reader->line_end - reader->at;
	name = strndup(reader->text + reader->at, length);
	same = name && hvc_quote__to_name(name);
	if (same)
		again = hvc_quote__name(name);
	if (!name || (same && !again)) {
		free(name);
		return hvc_reader__no_memory(reader);
	}
	/* One map, one text; and nothing that is not to be seen. */
	same = same && *name && strlen(again) == length &&
	       !memcmp(again, reader->text + reader->at, length);
	free(again);
	if (!same) {
		free(name);
		return hvc_reader__complain(reader, "not a name as maps hold it");
	}
	reader->at = reader->line_end;
	*out = name;
	return true;
}

bool hvc_reader__to_number(struct hvc_reader *reader, const char *word, uint64_t most,
                           uint64_t *out)
{
	char *end;

	errno = 0;
	if (word[0] >= '0' && word[0] <= '9') {
		*out = strtoull(word, &end, 0);
		if (!errno && *end == '\0' && *out <= most)
			return true;
	}
	return hvc_reader__complain(reader, "'%s' is not a number up to 0x%llx", word,
	                            (unsigned long long)most);
}

bool hvc_reader__number(struct hvc_reader *reader, uint64_t most, uint64_t *out)
{
	char word[32];

	return hvc_reader__to_number(reader, hvc_reader__word(reader, word, sizeof word), most,
	                             out);
}

bool hvc_reader__reg(struct hvc_reader *reader, enum hvc_reg *out)
{
	char word[32];

	*out = hvc_reg_find(hvc_reader__word(reader, word, sizeof word));
	return *out != HVC_REG_NONE || hvc_reader__complain(reader, "'%s' is not a register", word);
}

bool hvc_reader__end(struct hvc_reader *reader)
{
	char word[32];

	if (*hvc_reader__word(reader, word, sizeof word) == '\0')
		return true;
	return hvc_reader__complain(reader, "'%s' is one word too many", word);
}

bool hvc_reader__level(struct hvc_reader *reader, enum hvc_level *out)
{
	char word[32];

	*out = hvc_level_find(hvc_reader__word(reader, word, sizeof word));
	return *out != HVC_LEVEL_COUNT || hvc_reader__complain(reader, "'%s' is not a level", word);
}
