/* SPDX-License-Identifier: MIT */
/*
 * Reading saved maps: a line is a word that says what it is, then its parts. Lines that belong to
 * the one before are indented. Every complaint has its place, and the sum at the end covers what
 * no rule can.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "engine/saved.h"
#include "machine/file.h"

/* A map being read. */
struct reading {
	struct hvc_reader reader;
	struct hvc_map *map;
	struct hvc_partial partial; /* classes and runs so far */
	uint8_t *listed;            /* of each probe: its runs are there; NULL before `calls` */
	uint32_t *group;            /* probes of the present `calls` line */
	unsigned groups;
	unsigned next; /* immediate that the next run begins with */
};

static struct hvc_class *last_class(struct reading *reading)
{
	return &reading->partial.class_[reading->partial.classes - 1];
}

static bool take_class(struct reading *reading)
{
	struct hvc_partial *partial = &reading->partial;
	struct hvc_class class_ = {.far = {.kind = HVC_TERM_CONST, .reg = HVC_REG_NONE}};
	char word[32];

	class_.kind = hvc_outcome_find(hvc_reader__word(&reading->reader, word, sizeof word));
	if (class_.kind == HVC_OUTCOME_COUNT)
		return hvc_reader__complain(&reading->reader, "'%s' is not an outcome", word);
	if (!hvc_reader__level(&reading->reader, &class_.level) ||
	    !hvc_reader__term(&reading->reader, &class_.pc))
		return false;
	if (partial->classes == HVC_CLASS_MAX)
		return hvc_reader__complain(&reading->reader, "more than %u classes",
		                            HVC_CLASS_MAX);
	if (partial->classes == partial->class_capacity) {
		unsigned capacity = partial->class_capacity ? 2 * partial->class_capacity : 16;
		void *grown = realloc(partial->class_, capacity * sizeof class_);

		if (!grown)
			return hvc_reader__no_memory(&reading->reader);
		partial->class_ = grown;
		partial->class_capacity = capacity;
	}
	partial->class_[partial->classes++] = class_;
	return true;
}

/* "TERM := TERM", or with no first part just ":= TERM". */
static bool take_becomes(struct reading *reading, struct hvc_term *left, struct hvc_term *right)
{
	struct hvc_reader *reader = &reading->reader;
	char text[128], *becomes;
	size_t start;

	hvc_reader__rest(reader, text, sizeof text);
	start = reader->word;
	becomes = strstr(text, ":= ");
	if (!becomes || (left && (becomes == text || becomes[-1] != ' ')))
		return hvc_reader__complain(reader, "expected 'VALUE := VALUE'");
	if (left) {
		becomes[-1] = '\0';
		if (!hvc_reader__to_term(reader, text, left))
			return false;
	}
	reader->word = start + (size_t)(becomes - text) + 3;
	return hvc_reader__to_term(reader, becomes + 3, right);
}

static bool take_effect(struct reading *reading, const char *word)
{
	struct hvc_class *class_ = last_class(reading);
	struct hvc_effect effect = {.reg = hvc_reg_find(word)};
	struct hvc_effect *grown;

	if (effect.reg == HVC_REG_NONE)
		return hvc_reader__complain(&reading->reader, "'%s' is not part of a class", word);
	if (class_->effects && class_->effect[class_->effects - 1].reg >= effect.reg)
		return hvc_reader__complain(&reading->reader, "%s is out of order", word);
	if (!take_becomes(reading, NULL, &effect.value))
		return false;
	grown = realloc((void *)(uintptr_t)class_->effect, (class_->effects + 1) * sizeof effect);
	if (!grown)
		return hvc_reader__no_memory(&reading->reader);
	grown[class_->effects++] = effect;
	class_->effect = grown;
	return true;
}

static bool take_store(struct reading *reading)
{
	struct hvc_class *class_ = last_class(reading);
	struct hvc_memory_effect store = {.size = 0};
	struct hvc_memory_effect *grown;
	uint64_t size;

	if (!hvc_reader__number(&reading->reader, 8, &size))
		return false;
	if (class_->stores == HVC_STORE_MAX)
		return hvc_reader__complain(&reading->reader, "more than %u stores", HVC_STORE_MAX);
	store.size = (uint8_t)size;
	if (!take_becomes(reading, &store.address, &store.value))
		return false;
	grown = realloc((void *)(uintptr_t)class_->store, (class_->stores + 1) * sizeof store);
	if (!grown)
		return hvc_reader__no_memory(&reading->reader);
	grown[class_->stores++] = store;
	class_->store = grown;
	return true;
}

/* A line that belongs to a class. */
static bool take_part(struct reading *reading, const char *word)
{
	struct hvc_reader *reader = &reading->reader;
	struct hvc_class *class_ = last_class(reading);
	uint64_t number;

	if (!strcmp(word, "store"))
		return take_store(reading);
	if (!strcmp(word, "far"))
		return hvc_reader__term(reader, &class_->far);
	if (!strcmp(word, "esr"))
		return hvc_reader__number(reader, UINT64_MAX, &class_->esr);
	if (!strcmp(word, "untracked") || !strcmp(word, "stores")) {
		if (!hvc_reader__number(reader, UINT32_MAX, &number))
			return false;
		if (word[0] == 'u')
			class_->untracked = (unsigned)number;
		else if (class_->stores == HVC_STORE_MAX && number > HVC_STORE_MAX)
			class_->stores = (unsigned)number;
		else
			return hvc_reader__complain(reader, "these stores are not all there");
		return true;
	}
	return take_effect(reading, word);
}

static bool take_group(struct reading *reading, uint64_t first, uint64_t last)
{
	if (first < 1 || last < first || last > reading->map->probes.count)
		return hvc_reader__complain(&reading->reader, "there is no such call");
	for (uint64_t i = first - 1; i < last; i++) {
		if (reading->listed[i])
			return hvc_reader__complain(&reading->reader,
			                            "call %" PRIu64 " is told twice", i + 1);
		reading->listed[i] = 1;
		reading->group[reading->groups++] = (uint32_t)i;
	}
	return true;
}

/* The immediates of the last group are all there. */
static bool is_complete(struct reading *reading)
{
	return !reading->groups || reading->next == HVC_IMM_COUNT ||
	       hvc_reader__complain(&reading->reader, "immediate 0x%04x is missing before this",
	                            reading->next);
}

static bool take_calls(struct reading *reading)
{
	struct hvc_reader *reader = &reading->reader;
	size_t room = reading->map->probes.count + 1;
	char word[64], *dash;
	uint64_t first, last;

	if (!is_complete(reading))
		return false;
	if (!reading->listed) {
		reading->listed = calloc(room, sizeof *reading->listed);
		reading->group = calloc(room, sizeof *reading->group);
		if (!reading->listed || !reading->group)
			return hvc_reader__no_memory(reader);
	}
	reading->groups = 0;
	reading->next = 0;
	while (*hvc_reader__word(reader, word, sizeof word)) {
		dash = strchr(word, '-');
		if (dash)
			*dash = '\0';
		if (!hvc_reader__to_number(reader, word, UINT32_MAX, &first) ||
		    !hvc_reader__to_number(reader, dash ? dash + 1 : word, UINT32_MAX, &last) ||
		    !take_group(reading, first, last))
			return false;
	}
	return reading->groups || hvc_reader__complain(reader, "no calls");
}

/* "0x0000-0x0ea0 1" */
static bool take_run(struct reading *reading, char *word)
{
	struct hvc_reader *reader = &reading->reader;
	char *dash = strchr(word, '-');
	uint64_t lo, hi, class_;

	if (dash)
		*dash = '\0';
	if (!hvc_reader__to_number(reader, word, UINT16_MAX, &lo) ||
	    !hvc_reader__to_number(reader, dash ? dash + 1 : word, UINT16_MAX, &hi))
		return false;
	if (lo != reading->next || hi < lo)
		return hvc_reader__complain(reader, "expected immediates from 0x%04x on",
		                            reading->next);
	if (!hvc_reader__number(reader, reading->partial.classes, &class_))
		return false;
	if (class_ == 0)
		return hvc_reader__complain(reader, "classes are counted from 1");
	if (reading->partial.runs + reading->groups > HVC_LIMIT_STRETCHES)
		return hvc_reader__complain(reader, "more than %u stretches of immediates",
		                            HVC_LIMIT_STRETCHES);
	for (unsigned i = 0; i < reading->groups; i++) {
		struct hvc_run run = {reading->group[i], (uint32_t)class_ - 1, (uint16_t)lo,
		                      (uint16_t)hi};

		if (!hvc_partial__add_run(&reading->partial, &run))
			return hvc_reader__no_memory(reader);
		reading->partial.class_[class_ - 1].calls += hi - lo + 1;
	}
	reading->next = (unsigned)hi + 1;
	return true;
}

static bool take_sum(struct reading *reading)
{
	struct hvc_reader *reader = &reading->reader;
	uint64_t sum, actual = hvc_saved__sum(reader->text, reader->line_start);

	if (!hvc_reader__number(reader, UINT64_MAX, &sum) || !is_complete(reading))
		return false;
	if (reader->line_end + 1 != reader->size) {
		reader->word = reader->line_end;
		return hvc_reader__complain(reader, "the file goes on after its sum, or lacks the "
		                                    "last newline");
	}
	if (sum != actual)
		return hvc_reader__complain(reader,
		                            "the file was changed since it was written: "
		                            "its sum is 0x%016" PRIx64,
		                            actual);
	for (unsigned i = 0; i < reading->map->probes.count; i++)
		if (!reading->listed || !reading->listed[i])
			return hvc_reader__complain(reader, "call %u is told nothing of", i + 1);
	/* Nothing compared is never equal. */
	if (!reading->map->probes.count)
		return hvc_reader__complain(reader, "a map of no call");
	return reading->map->subject || hvc_reader__complain(reader, "no subject");
}

/* One line; *done after the sum. */
static bool take_line(struct reading *reading, bool *done)
{
	struct hvc_reader *reader = &reading->reader;
	bool indented = reader->text[reader->line_start] == ' ', known = false;
	char word[64];

	hvc_reader__word(reader, word, sizeof word);
	if (indented && reading->listed)
		return take_run(reading, word) && hvc_reader__end(reader);
	if (indented && reading->partial.classes)
		return take_part(reading, word) && hvc_reader__end(reader);
	if (!indented && !strcmp(word, "sum")) {
		*done = true;
		return take_sum(reading);
	}
	if (!indented && !strcmp(word, "calls"))
		return take_calls(reading);
	if (!indented && !strcmp(word, "class") && !reading->listed)
		return take_class(reading);
	if (!indented && !reading->partial.classes &&
	    (!hvc_saved__world(reader, word, reading->map, &known) || known))
		return !reader->bad;
	return hvc_reader__complain(reader, "'%s' has no place here", word);
}

static bool read_text(struct reading *reading)
{
	struct hvc_reader *reader = &reading->reader;
	bool done = false;

	if (!hvc_reader__line(reader) || reader->size < strlen(HVC_SAVED_MAGIC) ||
	    memcmp(reader->text, HVC_SAVED_MAGIC, strlen(HVC_SAVED_MAGIC)) != 0)
		return hvc_reader__complain(reader, "not a map of this version of hvcheck");
	while (!done) {
		if (!hvc_reader__line(reader))
			return hvc_reader__complain(reader, "the file ends before its sum");
		if (!take_line(reading, &done) || reader->bad)
			return false;
	}
	return true;
}

/* One map, one text: whatever was taken for something else than it says shows here. */
static bool is_canonical(struct reading *reading)
{
	struct hvc_reader *reader = &reading->reader;
	char *again = NULL;
	size_t size = 0, at = 0;
	FILE *file = open_memstream(&again, &size);
	bool good = file && hvc_map_save(file, reading->map, NULL) == HVC_OK;

	good = file && !fclose(file) && good;
	if (!good) {
		free(again);
		return hvc_reader__no_memory(reader);
	}
	while (at < size && at < reader->size && again[at] == reader->text[at])
		at++;
	free(again);
	if (at == size && at == reader->size)
		return true;
	reader->line_start = reader->line = 0;
	while (hvc_reader__line(reader) && reader->line_end < at)
		;
	reader->word = at;
	return hvc_reader__complain(reader, "not written as hvcheck writes it");
}

/* The map gets what was read. */
static bool give(struct reading *reading)
{
	struct hvc_partial *partial = &reading->partial;

	hvc_region__sort_plain(partial->run, partial->runs);
	reading->map->class_ = partial->class_;
	reading->map->classes = partial->classes;
	reading->map->run = partial->run;
	reading->map->runs = partial->runs;
	hvc_map__count_failed(reading->map);
	free(partial->bucket);
	*partial = (struct hvc_partial){0};
	return hvc_map__doubt(reading->map) || hvc_reader__no_memory(&reading->reader);
}

enum hvc_status hvc_map_load(const char *path, struct hvc_diag *diag, struct hvc_map **out)
{
	struct hvc_diag own = {0};
	struct reading reading = {.reader = {.path = path, .diag = diag ? diag : &own}};
	struct hvc_map *map;
	uint8_t *text;
	bool good;

	HVC_TRY(hvc_file__read(path, HVC_SAVED_MAX, diag, &text, &reading.reader.size));
	map = reading.map = calloc(1, sizeof *map);
	reading.reader.text = (const char *)text;
	if (map)
		hvc_world_init(&map->world, HVC_CPU_A72);
	for (enum hvc_reg reg = HVC_REG_X0; map && reg < HVC_GPR_COUNT; reg++)
		hvc_regset_add(&map->present, reg);
	good = map ? read_text(&reading) : hvc_reader__no_memory(&reading.reader);
	if (good) {
		good = give(&reading) && is_canonical(&reading);
	}
	free(text);
	free(reading.listed);
	free(reading.group);
	if (!good || !map) {
		hvc_partial__clear(&reading.partial);
		hvc_map_free(map);
		return reading.reader.diag->status;
	}
	*out = map;
	return HVC_OK;
}

bool hvc_map_is_saved(const char *path)
{
	return hvc_file__begins(path, "hvcheck-map");
}
