/* SPDX-License-Identifier: MIT */
/* Memory that worlds set. */

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "hvcheck/limit.h"
#include "machine/file.h"
#include "machine/world.h"

#define WORDS_MAX 32u

/*
 * Worlds are copied as they are and nobody frees them, so what they point to stays. The same
 * content is kept once, which makes equal memory equal pointers.
 */
struct kept {
	struct kept *next;
	size_t size;
	uint8_t bytes[];
};

/* Bytes kept until the process ends, each content once. NULL: memory ran out, or the limit. */
static const uint8_t *keep_bytes(const uint8_t *bytes, size_t size)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static struct kept *all;
	static uint64_t total;
	struct kept *kept;

	pthread_mutex_lock(&lock);
	kept = all;
	while (kept && (kept->size != size || memcmp(kept->bytes, bytes, size) != 0))
		kept = kept->next;
	if (!kept && size <= HVC_LIMIT_MEMORY - total) {
		kept = malloc(sizeof *kept + size);
		if (kept) {
			kept->size = size;
			memcpy(kept->bytes, bytes, size);
			kept->next = all;
			all = kept;
			total += size;
		}
	}
	pthread_mutex_unlock(&lock);
	return kept ? kept->bytes : NULL;
}

struct hvc_memory *hvc_memory__find(struct hvc_world *world, const char *place)
{
	for (unsigned i = 0; i < world->memories; i++)
		if (!strcmp(world->memory[i].place, place))
			return &world->memory[i];
	return NULL;
}

enum hvc_status hvc_world_set_memory(struct hvc_world *world, const char *place, const char *what)
{
	struct hvc_memory *memory = hvc_memory__find(world, place);

	if (strlen(place) >= HVC_MEMORY_TEXT || strlen(what) >= HVC_MEMORY_TEXT ||
	    (!memory && world->memories == HVC_MEMORY_MAX))
		return HVC_E_RANGE;
	/* The last one counts where two overlap, so it is the last. */
	if (memory)
		memmove(memory, memory + 1,
		        (size_t)(&world->memory[world->memories--] - (memory + 1)) *
		                sizeof *memory);
	memory = &world->memory[world->memories++];
	memset(memory, 0, sizeof *memory);
	strcpy(memory->place, place);
	strcpy(memory->what, what);
	return HVC_OK;
}

struct resolver {
	hvc_place_find *find;
	void *ctx;
	struct hvc_diag *diag;
	bool later; /* something waits for a subject */
};

static enum hvc_status bad(const struct resolver *resolver, const struct hvc_memory *memory,
                           const char *why)
{
	return hvc_diag_set(resolver->diag, HVC_E_ARG, NULL, 0, 0, "memory at '%s': '%s' %s",
	                    memory->place, memory->what, why);
}

static bool is_number(const char *text)
{
	return text[0] == '-' || (text[0] >= '0' && text[0] <= '9');
}

/* A number, or a symbol's address; a negative one is its two's complement. */
static enum hvc_status look_up(struct resolver *resolver, const struct hvc_memory *memory,
                               const char *text, uint64_t *value)
{
	struct hvc_diag why = {0};
	enum hvc_status status;
	char *end;

	if (is_number(text)) {
		bool hex = strstr(text, "0x") == text + (text[0] == '-');

		errno = 0;
		*value = text[0] == '-' ? 0 - strtoull(text + 1, &end, hex ? 16 : 10)
		                        : strtoull(text, &end, hex ? 16 : 10);
		if (errno || *end || end == text + (text[0] == '-'))
			return hvc_diag_set(resolver->diag, HVC_E_ARG, NULL, 0, 0,
			                    "memory at '%s': '%s' is not a number", memory->place,
			                    text);
		return HVC_OK;
	}
	*value = 0;
	if (!resolver->find) {
		resolver->later = true;
		return HVC_OK;
	}
	status = resolver->find(resolver->ctx, text, &why, value);
	if (status == HVC_OK)
		return HVC_OK;
	return hvc_diag_set(resolver->diag, status, NULL, 0, 0, "memory at '%s': %s", memory->place,
	                    why.message);
}

/* One of a list, with its size behind a colon. */
static enum hvc_status add_word(struct resolver *resolver, const struct hvc_memory *memory,
                                char *text, uint8_t *bytes, size_t *used)
{
	char *colon = strrchr(text, ':');
	unsigned size = 8;
	uint64_t value;

	if (colon) {
		if (!colon[1] || colon[2] || !strchr("1248", colon[1]))
			return bad(resolver, memory, "has a size that is not 1, 2, 4 or 8");
		size = (unsigned)(colon[1] - '0');
		*colon = '\0';
	}
	HVC_TRY(look_up(resolver, memory, text, &value));
	if (size < 8 && value >> 8 * size && (~value >> (8 * size - 1)))
		return bad(resolver, memory, "does not fit its size");
	for (unsigned i = 0; i < size; i++)
		bytes[(*used)++] = (uint8_t)(value >> 8 * i);
	return HVC_OK;
}

static enum hvc_status read_words(struct resolver *resolver, const struct hvc_memory *memory,
                                  uint8_t *bytes, size_t *used)
{
	char text[HVC_MEMORY_TEXT], *next = text;
	unsigned words = 0;

	strcpy(text, memory->what);
	while (next) {
		char *word = next + strspn(next, " "), *end;

		next = strchr(word, ',');
		if (next)
			*next++ = '\0';
		end = word + strlen(word);
		while (end > word && end[-1] == ' ')
			*--end = '\0';
		if (!*word)
			return bad(resolver, memory, "lacks a value");
		if (++words > WORDS_MAX)
			return bad(resolver, memory, "has more than 32 values");
		HVC_TRY(add_word(resolver, memory, word, bytes, used));
	}
	return HVC_OK;
}

static enum hvc_status resolve(struct resolver *resolver, struct hvc_memory *memory)
{
	uint8_t words[8 * WORDS_MAX], *file = NULL;
	const uint8_t *bytes = words;
	size_t size = 0;

	resolver->later = false;
	HVC_TRY(look_up(resolver, memory, memory->place, &memory->address));
	if (!strncmp(memory->what, "file:", 5)) {
		HVC_TRY(hvc_file__read(memory->what + 5, HVC_LIMIT_IMAGE, resolver->diag, &file,
		                       &size));
		bytes = file;
	} else if (!strncmp(memory->what, "string:", 7)) {
		bytes = (const uint8_t *)memory->what + 7;
		size = strlen(memory->what + 7) + 1;
	} else {
		HVC_TRY(read_words(resolver, memory, words, &size));
	}
	if (!size || memory->address + size < memory->address) {
		free(file);
		return bad(resolver, memory, size ? "does not fit there" : "is empty");
	}
	if (!resolver->later) {
		memory->data = keep_bytes(bytes, size);
		memory->size = size;
		memory->digest = hvc_hash(HVC_HASH_START, bytes, size);
	}
	free(file);
	if (!resolver->later && !memory->data)
		return hvc_diag_set(resolver->diag, HVC_E_RANGE, NULL, 0, 0,
		                    "memory at '%s': more than is kept", memory->place);
	return HVC_OK;
}

enum hvc_status hvc_world__resolve(struct hvc_world *world, hvc_place_find *find, void *ctx,
                                   struct hvc_diag *diag)
{
	struct resolver resolver = {find, ctx, diag, false};
	struct hvc_world result;

	if (!world->memories)
		return HVC_OK;
	result = *world;
	for (unsigned i = 0; i < result.memories; i++)
		if (!result.memory[i].data)
			HVC_TRY(resolve(&resolver, &result.memory[i]));
	*world = result;
	return HVC_OK;
}
