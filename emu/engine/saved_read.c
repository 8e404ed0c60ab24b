/* SPDX-License-Identifier: MIT */
/*
 * Reading saved maps: a line is a word that says what it is, then its parts. Lines that belong to
 * the one before are indented. Every complaint has its place, and the sum at the end covers what
 * no rule can.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "engine/saved.h"
#include "machine/file.h"
#include "symbolic/bv_file.h"

#define ALIASES_MAX 64u

static struct hvc_exact_part *last_caller(struct hvc_saved_reading *r)
{
	return &r->exact->part[r->exact->parts - 1];
}

static bool take_caller(struct hvc_saved_reading *r)
{
	struct hvc_exact *exact = r->exact;
	struct hvc_exact_part *part;
	enum hvc_level level;
	char word[32];

	if (!hvc_reader__level(r->reader, &level))
		return false;
	if (exact->parts == HVC_LEVEL_COUNT * HVC_INSN_COUNT)
		return hvc_reader__complain(r->reader, "too many callers");
	part = &exact->part[exact->parts];
	part->from = level;
	part->insn = hvc_insn_find(hvc_reader__word(r->reader, word, sizeof word));
	if (part->insn == HVC_INSN_COUNT)
		return hvc_reader__complain(r->reader, "'%s' is not an instruction", word);
	for (unsigned i = 0; i < exact->parts; i++)
		if (exact->part[i].from == part->from && exact->part[i].insn == part->insn)
			return hvc_reader__complain(r->reader, "this caller is told twice");
	exact->parts++;
	part->complete = true;
	return true;
}

static bool take_register(struct hvc_saved_reading *r, bool fixed)
{
	struct hvc_exact_part *part = last_caller(r);
	struct hvc_regset *absent = &r->absent[r->exact->parts - 1];
	uint64_t value = 0;
	enum hvc_reg reg;

	if (!hvc_reader__reg(r->reader, &reg) ||
	    (fixed && !hvc_reader__number(r->reader, UINT64_MAX, &value)))
		return false;
	if (reg < HVC_GPR_COUNT || part->before[reg] || hvc_regset_has(absent, reg) || part->rows)
		return hvc_reader__complain(r->reader, "this register has no place here");
	if (fixed)
		part->before[reg] = hvc_bv__num(r->exact->terms, 64, value);
	else
		hvc_regset_add(absent, reg);
	return true;
}

static bool take_gap(struct hvc_saved_reading *r)
{
	struct hvc_exact_part *part = last_caller(r);
	char *name;

	if (!part->complete || part->rows || !hvc_reader__name(r->reader, &name))
		return hvc_reader__complain(r->reader, "a second gap");
	part->complete = false;
	snprintf(part->why, sizeof part->why, "%s", name);
	if (strlen(name) >= sizeof part->why)
		hvc_reader__complain(r->reader, "longer than what stands here can be");
	free(name);
	return !r->reader->bad;
}

/* "name esr := concat(...)" */
static bool take_name(struct hvc_saved_reading *r)
{
	char word[40], *text;
	hvc_ref a;

	hvc_reader__word(r->reader, word, sizeof word);
	if (!hvc_bv_file__is_name(word) || ++r->aliases > ALIASES_MAX)
		return hvc_reader__complain(r->reader, "'%s' is not a name of a value", word);
	text = r->line + (r->reader->at - r->reader->line_start);
	if (strncmp(text, " := ", 4) != 0)
		return hvc_reader__complain(r->reader, "expected ':='");
	a = hvc_saved__term(r, text + 4, strchr(text, '\0'), 0);
	if (!a)
		return false;
	hvc_bv__alias(r->exact->terms, a, word);
	return true;
}

/* Parts and inputs that the terms of later lines speak of. */
static bool take_shared(struct hvc_saved_reading *r, const char *word)
{
	const char *text = r->line + 2;
	bool input = !strcmp(word, "input");

	if (input ? hvc_bv_reader__input(r->terms, text + 6)
	          : hvc_bv_reader__part(r->terms, text + 1)) {
		r->reader->at = r->reader->line_end;
		return true;
	}
	r->reader->word = r->reader->line_start + (input ? 8 : 3) + r->terms->position;
	return hvc_reader__complain(r->reader, "%s", r->terms->message);
}

static bool take_sum(struct hvc_saved_reading *r)
{
	struct hvc_reader *reader = r->reader;
	uint64_t sum, actual = hvc_hash(HVC_HASH_START, reader->text, reader->line_start);

	if (!hvc_reader__number(reader, UINT64_MAX, &sum))
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
	/* Nothing compared is never equal. */
	for (unsigned i = 0; i < r->exact->parts; i++)
		if (!r->exact->part[i].rows)
			return hvc_reader__complain(reader, "a caller of whom nothing is told");
	if (!r->exact->parts)
		return hvc_reader__complain(reader, "a map of no call");
	return r->exact->name || hvc_reader__complain(reader, "no subject");
}

static bool take_indented(struct hvc_saved_reading *r, const char *word)
{
	struct hvc_exact *exact = r->exact;

	if (word[0] == '$' || !strcmp(word, "input"))
		return take_shared(r, word);
	if (!strcmp(word, "name") && r->names && !exact->parts)
		return take_name(r);
	if (exact->parts && !strcmp(word, "gap"))
		return take_gap(r);
	if (exact->parts && (!strcmp(word, "entry") || !strcmp(word, "absent")))
		return take_register(r, word[0] == 'e');
	if (exact->parts && last_caller(r)->rows)
		return hvc_saved__part(r, word);
	return hvc_reader__complain(r->reader, "'%s' has no place here", word);
}

/* One line; *done after the sum. */
static bool take_line(struct hvc_saved_reading *r, bool *done)
{
	struct hvc_reader *reader = r->reader;
	size_t length = reader->line_end - reader->line_start;
	bool known = false;
	char word[64];

	memcpy(r->line, reader->text + reader->line_start, length);
	r->line[length] = '\0';
	hvc_reader__word(reader, word, sizeof word);
	if (r->line[0] == ' ')
		return take_indented(r, word) && hvc_reader__end(reader);
	if (!strcmp(word, "sum")) {
		*done = true;
		return take_sum(r);
	}
	if (!strcmp(word, "caller") && r->names)
		return take_caller(r) && hvc_reader__end(reader);
	if (!strcmp(word, "row") && r->exact->parts)
		return hvc_saved__row(r) && hvc_reader__end(reader);
	if (!strcmp(word, "names") && !r->names) {
		r->names = true;
		return hvc_reader__end(reader);
	}
	if (!r->names && (!hvc_saved__world(reader, word, r->exact, &known) || known))
		return !reader->bad;
	return hvc_reader__complain(reader, "'%s' has no place here", word);
}

static bool read_text(struct hvc_saved_reading *r)
{
	struct hvc_reader *reader = r->reader;
	bool done = false;

	if (!hvc_reader__line(reader) || reader->size < strlen(HVC_SAVED_MAGIC) ||
	    memcmp(reader->text, HVC_SAVED_MAGIC, strlen(HVC_SAVED_MAGIC)) != 0) {
		bool old = reader->size > strlen(HVC_SAVED_BEGIN) + 1 &&
		           reader->text[strlen(HVC_SAVED_BEGIN)] == '1' &&
		           reader->text[strlen(HVC_SAVED_BEGIN) + 1] == '\n';

		return hvc_reader__complain(
		        reader, old ? "a map of an earlier version, which holds calls that were "
		                      "tried and no conditions: make it again"
		                    : "not a map of this version of hvcheck");
	}
	while (!done) {
		if (!hvc_reader__line(reader))
			return hvc_reader__complain(reader, "the file ends before its sum");
		if (!take_line(r, &done) || reader->bad)
			return false;
		if (hvc_bv__status(r->exact->terms) == HVC_E_RANGE)
			return hvc_reader__complain(reader, "more than %u terms",
			                            HVC_LIMIT_SAVED_TERMS);
		if (hvc_bv__status(r->exact->terms) != HVC_OK)
			return hvc_reader__no_memory(reader);
	}
	return true;
}

/* What a caller's registers hold that nothing was said of. */
static bool fill_before(struct hvc_saved_reading *r)
{
	for (unsigned i = 0; i < r->exact->parts; i++) {
		struct hvc_exact_part *part = &r->exact->part[i];

		for (enum hvc_reg reg = HVC_REG_X0; reg < HVC_REG_COUNT; reg++)
			if (!part->before[reg] && !hvc_regset_has(&r->absent[i], reg))
				part->before[reg] = hvc_saved__register(r, reg);
		for (unsigned n = 0; hvc_level_is_aarch32(part->from) && n < HVC_GPR_COUNT; n++)
			part->before[n] = hvc_symbolic__low(r->exact->terms, part->before[n]);
	}
	return hvc_bv__status(r->exact->terms) == HVC_OK || hvc_reader__no_memory(r->reader);
}

/* One map, one text: whatever was taken for something else than it says shows here. */
static bool is_canonical(struct hvc_saved_reading *r)
{
	struct hvc_reader *reader = r->reader;
	char *again = NULL;
	size_t size = 0, at = 0;
	FILE *file = open_memstream(&again, &size);
	bool good = file && hvc_exact__save(file, r->exact, NULL) == HVC_OK;

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

static bool open_exact(struct hvc_saved_reading *r, size_t size)
{
	struct hvc_exact *exact = r->exact = calloc(1, sizeof *exact);

	r->line = malloc(size + 1);
	if (!exact || !r->line)
		return hvc_reader__no_memory(r->reader);
	exact->part = calloc(HVC_LEVEL_COUNT * HVC_INSN_COUNT, sizeof *exact->part);
	if (!exact->part || hvc_bv__open(HVC_LIMIT_SAVED_TERMS, &exact->terms) != HVC_OK)
		return hvc_reader__no_memory(r->reader);
	hvc_world_init(&exact->world, HVC_CPU_A72);
	hvc_bv_reader__begin(r->terms, exact->terms, HVC_LIMIT_SAVED_TERMS, HVC_LIMIT_SAVED_INPUTS);
	return true;
}

enum hvc_status hvc_exact__load(const char *path, struct hvc_diag *diag, struct hvc_exact **out)
{
	struct hvc_diag own = {0};
	struct hvc_reader reader = {.path = path, .diag = diag ? diag : &own};
	struct hvc_bv_reader terms = {0};
	struct hvc_saved_reading reading = {.reader = &reader, .terms = &terms};
	uint8_t *text;
	bool good;

	HVC_TRY(hvc_file__read(path, HVC_SAVED_MAX, diag, &text, &reader.size));
	reader.text = (const char *)text;
	good = open_exact(&reading, reader.size) && read_text(&reading) && fill_before(&reading) &&
	       is_canonical(&reading);
	hvc_bv_reader__end(&terms);
	free(reading.line);
	free(text);
	if (!good) {
		hvc_exact__free(reading.exact);
		return reader.diag->status;
	}
	*out = reading.exact;
	return HVC_OK;
}

bool hvc_map__is_saved(const char *path)
{
	return hvc_file__begins(path, "hvcheck-map");
}
