/* SPDX-License-Identifier: MIT */
#include "engine/saved.h"
#include "base/grow.h"
#include "base/random.h"

#include <inttypes.h>
#include <stdlib.h>

#include "engine/quote.h"
#include "symbolic/bv_file.h"
#include "symbolic/bv_node.h"

struct saver {
	const struct hvc_exact *exact;
	struct hvc_bv_writer *writer;
	FILE *file;
	uint64_t *place; /* addresses in the image that terms speak of */
	size_t places, places_max;
	bool failed;
};

/* A name goes to the end of its line. */
static void put_name(struct saver *s, const char *name)
{
	char *quoted = hvc_quote__name(name);

	s->failed = s->failed || !quoted;
	fprintf(s->file, "%s\n", quoted ? quoted : "");
	free(quoted);
}

static void put_world(struct saver *s)
{
	const struct hvc_world *world = &s->exact->world;
	FILE *file = s->file;

	fprintf(file, "subject ");
	put_name(s, s->exact->name);
	fprintf(file, "cpu %s\n", hvc_cpu_name(world->cpu));
	if (!world->el3)
		fprintf(file, "el3 no\n");
	if (world->upper_zero)
		fprintf(file, "upper zero\n");
	if (world->esr)
		fprintf(file, "trap 0x%" PRIx32 "\n", world->esr);
	if (world->zero_pages)
		fprintf(file, "zero-pages %u\n", world->zero_pages);
	for (enum hvc_reg reg = HVC_REG_X0; reg < HVC_REG_COUNT; reg++)
		if (hvc_regset_has(&world->given, reg))
			fprintf(file, "set %s 0x%" PRIx64 "\n", hvc_reg_name(reg),
			        world->state.v[reg]);
	for (unsigned i = 0; i < world->extras; i++) {
		const uint8_t *e = world->extra[i].encoding;

		fprintf(file, "set s%u_%u_c%u_c%u_%u 0x%" PRIx64 "\n", e[0], e[1], e[2], e[3], e[4],
		        world->extra[i].value);
	}
	for (unsigned i = 0; i < world->stops; i++) {
		const struct hvc_stop *stop = &world->stop[i];

		if (stop->stub)
			fprintf(file, "stub 0x%" PRIx64 " 0x%" PRIx64 " ", stop->address,
			        stop->value);
		else
			fprintf(file, "stop 0x%" PRIx64 " ", stop->address);
		put_name(s, stop->name);
	}
	for (unsigned i = 0; i < world->memories; i++) {
		const struct hvc_memory *memory = &world->memory[i];
		char name[2 * HVC_MEMORY_TEXT + 1];

		snprintf(name, sizeof name, "%s=%s", memory->place, memory->what);
		fprintf(file, "memory 0x%" PRIx64 " 0x%" PRIx64 " 0x%" PRIx64 " ", memory->address,
		        memory->size, memory->digest);
		put_name(s, name);
	}
}

static int by_address(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Calls of which nothing is known. */
static void put_failed(struct saver *s)
{
	if (!s->exact->failed)
		return;
	fprintf(s->file, "failed %u ", s->exact->failed);
	put_name(s, s->exact->failure);
}

/* Where the image is, and the symbols of what rows speak of. */
static void put_image(struct saver *s)
{
	const struct hvc_exact *exact = s->exact;
	uint64_t last = 0, offset;
	bool any = false;
	const char *name;

	fprintf(s->file, "vectors 0x%" PRIx64 "\n", hvc_exact__vectors(exact));
	if (exact->subject) {
		const struct hvc_image *image = hvc_subject_image(exact->subject);

		for (unsigned i = 0; i < image->segments; i++)
			if (image->segment[i].size)
				fprintf(s->file, "inside 0x%" PRIx64 " 0x%" PRIx64 "\n",
				        image->segment[i].address,
				        image->segment[i].address + image->segment[i].size - 1);
	}
	for (unsigned i = 0; i < exact->origin.insides; i++)
		fprintf(s->file, "inside 0x%" PRIx64 " 0x%" PRIx64 "\n", exact->origin.inside[i].lo,
		        exact->origin.inside[i].hi);
	if (s->places)
		qsort(s->place, s->places, sizeof *s->place, by_address);
	for (size_t i = 0; i < s->places; i++) {
		if (!hvc_exact__symbol(exact, s->place[i], &name, &offset) ||
		    (any && last == s->place[i] - offset))
			continue;
		last = s->place[i] - offset;
		any = true;
		fprintf(s->file, "symbol 0x%" PRIx64 " ", last);
		put_name(s, name);
	}
}

static void note_place(struct saver *s, uint64_t address)
{
	if (!hvc_exact__is_inside(s->exact, address))
		return;
	if (!hvc_grow(&s->place, &s->places_max, s->places, sizeof *s->place)) {
		s->failed = true;
		return;
	}
	s->place[s->places++] = address;
}

static void meet(void *ctx, hvc_ref part)
{
	if (hvc_bv__const(part) && part->width == 64)
		note_place(ctx, part->value);
}

static void announce(struct saver *s, hvc_ref a)
{
	if (a && !hvc_bv_writer__announce(s->writer, a))
		s->failed = true;
}

static void announce_row(struct saver *s, const struct hvc_row *row)
{
	for (unsigned i = 0; i < row->cases; i++) {
		for (size_t k = 0; k < row->case_[i].members; k++)
			announce(s, row->case_[i].member[k].key);
		for (size_t k = 0; k < row->case_[i].rests; k++)
			announce(s, row->case_[i].rest[k]);
	}
	announce(s, row->target);
	announce(s, row->far);
	for (unsigned i = 0; i < row->effects; i++)
		announce(s, row->effect[i].value);
	for (unsigned i = 0; i < row->stores; i++) {
		announce(s, row->store[i].address);
		announce(s, row->store[i].value);
	}
	note_place(s, row->pc);
}

static void announce_all(struct saver *s)
{
	const struct hvc_exact *exact = s->exact;

	for (const struct hvc_alias *a = exact->terms->alias; a; a = a->next)
		announce(s, a->term);
	for (unsigned i = 0; i < exact->parts; i++)
		for (unsigned k = 0; k < exact->part[i].rows; k++)
			announce_row(s, &exact->part[i].row[k]);
}

/* Lines that a term needs before its own. */
static void put_parts(struct saver *s, hvc_ref a)
{
	if (a && !hvc_bv_writer__parts(s->writer, a, "  ", s->file))
		s->failed = true;
}

static void put_line(struct saver *s, const char *before, hvc_ref a)
{
	put_parts(s, a);
	fprintf(s->file, "  %s ", before);
	hvc_bv_writer__term(s->writer, a, s->file);
	fputc('\n', s->file);
}

static void put_member(struct saver *s, const struct hvc_member *member)
{
	put_parts(s, member->key);
	fputs("  when ", s->file);
	hvc_bv_writer__term(s->writer, member->key, s->file);
	fputs(" in", s->file);
	for (size_t i = 0; i < member->set->count; i++) {
		const struct hvc_range *range = &member->set->range[i];

		fprintf(s->file, " 0x%" PRIx64, range->lo);
		if (range->lo != range->hi)
			fprintf(s->file, "-0x%" PRIx64, range->hi);
	}
	fputc('\n', s->file);
}

static void put_cases(struct saver *s, const struct hvc_row *row)
{
	for (unsigned i = 0; i < row->cases; i++) {
		const struct hvc_row_case *c = &row->case_[i];

		if (i)
			fputs("  or\n", s->file);
		for (size_t k = 0; k < c->members; k++)
			put_member(s, &c->member[k]);
		for (size_t k = 0; k < c->rests; k++)
			put_line(s, "when", c->rest[k]);
	}
}

static void put_row(struct saver *s, const struct hvc_row *row)
{
	char text[64];

	fprintf(s->file, "row %s %s %s%s%s\n", hvc_outcome_name(row->kind),
	        hvc_level_name(row->level), hvc_row_known_name(row->known),
	        row->rest ? " rest" : "", row->entered ? " entered" : "");
	put_cases(s, row);
	if (row->why)
		fprintf(s->file, "  why %s\n", row->why);
	if (row->seen)
		fputs("  seen\n", s->file);
	if (row->stored)
		fputs("  stored\n", s->file);
	fprintf(s->file, "  at 0x%" PRIx64 "\n", row->pc);
	if (row->target)
		put_line(s, "to", row->target);
	if (row->kind == HVC_OUTCOME_FAULT)
		fprintf(s->file, "  ec 0x%x\n", (unsigned)row->ec);
	if (row->far)
		put_line(s, "far", row->far);
	for (unsigned i = 0; i < row->effects; i++) {
		snprintf(text, sizeof text,
		         "%s%s :=", row->effect[i].reg == HVC_REG_NONE ? "other " : "",
		         row->effect[i].name);
		put_line(s, text, row->effect[i].value);
	}
	for (unsigned i = 0; i < row->stores; i++) {
		put_parts(s, row->store[i].address);
		put_parts(s, row->store[i].value);
		fprintf(s->file, "  %sstore 0x%" PRIx64 " ", row->store[i].own ? "own-" : "",
		        row->store[i].pc);
		hvc_bv_writer__term(s->writer, row->store[i].address, s->file);
		fputs(" := ", s->file);
		hvc_bv_writer__term(s->writer, row->store[i].value, s->file);
		fputc('\n', s->file);
	}
}

/* Names that terms are printed by, once each, the first given first. */
static void put_names(struct saver *s, const struct hvc_alias *alias)
{
	const struct hvc_alias *same = alias ? alias->next : NULL;
	char text[80];

	if (!alias)
		return;
	put_names(s, alias->next);
	while (same && same->term != alias->term)
		same = same->next;
	if (same)
		return;
	snprintf(text, sizeof text, "name %s :=", alias->name);
	put_line(s, text, alias->term);
}

/* Registers at the call that are no inputs. */
static void put_registers(struct saver *s, const struct hvc_exact_part *part)
{
	for (enum hvc_reg reg = HVC_GPR_COUNT; reg < HVC_REG_COUNT; reg++)
		if (!part->before[reg])
			fprintf(s->file, "  absent %s\n", hvc_reg_name(reg));
		else if (hvc_bv__const(part->before[reg]))
			fprintf(s->file, "  entry %s 0x%" PRIx64 "\n", hvc_reg_name(reg),
			        part->before[reg]->value);
}

static void put_caller(struct saver *s, const struct hvc_exact_part *part)
{
	fprintf(s->file, "caller %s %s\n", hvc_level_name(part->from), hvc_insn_name(part->insn));
	put_registers(s, part);
	if (!part->complete) {
		fputs("  gap ", s->file);
		put_name(s, part->why);
	}
	for (unsigned i = 0; i < part->rows; i++)
		put_row(s, &part->row[i]);
}

static bool put_all(struct saver *s)
{
	fputs(HVC_SAVED_MAGIC, s->file);
	put_world(s);
	put_failed(s);
	put_image(s);
	fputs("names\n", s->file);
	put_names(s, s->exact->terms->alias);
	for (unsigned i = 0; i < s->exact->parts; i++)
		put_caller(s, &s->exact->part[i]);
	return !s->failed && !ferror(s->file);
}

/* What is written can be read. */
static bool is_small(const struct hvc_exact *exact)
{
	size_t rows = 0;

	for (unsigned i = 0; i < exact->parts; i++)
		rows += exact->part[i].rows;
	return rows <= HVC_LIMIT_SAVED_ROWS && hvc_bv__nodes(exact->terms) <= HVC_LIMIT_SAVED_TERMS;
}

enum hvc_status hvc_exact__save(FILE *out, const struct hvc_exact *exact, struct hvc_diag *diag)
{
	struct saver s = {.exact = exact};
	char *text = NULL;
	size_t size = 0;
	bool good;

	if (!is_small(exact))
		return hvc_diag_set(diag, HVC_E_RANGE, NULL, 0, 0,
		                    "larger than a saved map can be (%u rows, %u terms)",
		                    HVC_LIMIT_SAVED_ROWS, HVC_LIMIT_SAVED_TERMS);
	s.file = open_memstream(&text, &size);
	good = s.file && hvc_bv_writer__open(exact->terms, meet, &s, &s.writer) == HVC_OK;
	if (good) {
		announce_all(&s);
		good = put_all(&s);
	}
	good = s.file && !fclose(s.file) && good;
	hvc_bv_writer__close(s.writer);
	free(s.place);
	if (!good || !text) { /* without the room to end the text glibc takes it away, and says 0 */
		free(text);
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	}
	fwrite(text, 1, size, out);
	fprintf(out, "sum 0x%016" PRIx64 "\n", hvc_hash(HVC_HASH_START, text, size));
	free(text);
	if (ferror(out))
		return hvc_diag_set(diag, HVC_E_IO, NULL, 0, 0, "cannot write the map");
	return HVC_OK;
}

const char *hvc_exact__subject(const struct hvc_exact *exact)
{
	return exact->name;
}
