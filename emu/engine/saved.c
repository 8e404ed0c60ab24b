/* SPDX-License-Identifier: MIT */
#include "engine/saved.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "engine/internal.h"
#include "engine/quote.h"

/* A name goes to the end of its line. */
static bool put_name(FILE *file, const char *name)
{
	char *quoted = hvc_quote__name(name);

	if (quoted)
		fprintf(file, "%s\n", quoted);
	free(quoted);
	return quoted != NULL;
}

static bool put_world(FILE *file, const struct hvc_map *map)
{
	const struct hvc_world *world = &map->world;

	fprintf(file, "subject ");
	if (!put_name(file, map->subject))
		return false;
	fprintf(file, "cpu %s\n", hvc_cpu_name(world->cpu));
	if (!world->el3)
		fprintf(file, "el3 no\n");
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
	for (unsigned i = 0; i < world->boundaries; i++) {
		const struct hvc_stop *stop = &world->boundary[i];

		if (stop->stub)
			fprintf(file, "stub 0x%" PRIx64 " 0x%" PRIx64 " ", stop->address,
			        stop->value);
		else
			fprintf(file, "stop 0x%" PRIx64 " ", stop->address);
		if (!put_name(file, stop->name))
			return false;
	}
	for (unsigned i = 0; i < world->memories; i++) {
		const struct hvc_memory *memory = &world->memory[i];
		char name[2 * HVC_MEMORY_TEXT + 1];

		snprintf(name, sizeof name, "%s=%s", memory->place, memory->what);
		fprintf(file, "memory 0x%" PRIx64 " 0x%" PRIx64 " 0x%" PRIx64 " ", memory->address,
		        memory->size, memory->digest);
		if (!put_name(file, name))
			return false;
	}
	for (enum hvc_reg reg = HVC_GPR_COUNT; reg < HVC_REG_COUNT; reg++)
		if (hvc_regset_has(&map->present, reg))
			fprintf(file, "entry %s 0x%" PRIx64 "\n", hvc_reg_name(reg),
			        map->entry.v[reg]);
	return true;
}

static void put_probe(FILE *file, const struct hvc_probe *probe)
{
	struct hvc_call plain;

	hvc_call_init(&plain, probe->seed);
	fprintf(file, "call %s %s %" PRIu64 " %s %s", hvc_insn_name(probe->call.insn),
	        hvc_level_name(probe->call.from), probe->seed, hvc_why_name(probe->why),
	        hvc_reg_name(probe->reg));
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		if (probe->call.x[n] != plain.x[n])
			fprintf(file, " x%u=0x%" PRIx64, n, probe->call.x[n]);
	fputc('\n', file);
}

static void put_term(FILE *file, const char *before, const struct hvc_term *term)
{
	char text[64];

	hvc_term_print(term, text, sizeof text);
	fprintf(file, "%s%s", before, text);
}

static void put_class(FILE *file, const struct hvc_class *class_)
{
	unsigned kept = class_->stores < HVC_STORE_MAX ? class_->stores : HVC_STORE_MAX;

	fprintf(file, "class %s %s", hvc_outcome_name(class_->kind), hvc_level_name(class_->level));
	put_term(file, " ", &class_->pc);
	fputc('\n', file);
	if (class_->esr)
		fprintf(file, "  esr 0x%" PRIx64 "\n", class_->esr);
	if (class_->far.kind != HVC_TERM_CONST || class_->far.value) {
		put_term(file, "  far ", &class_->far);
		fputc('\n', file);
	}
	if (class_->untracked)
		fprintf(file, "  untracked %u\n", class_->untracked);
	for (unsigned i = 0; i < class_->effects; i++) {
		fprintf(file, "  %s", hvc_reg_name(class_->effect[i].reg));
		put_term(file, " := ", &class_->effect[i].value);
		fputc('\n', file);
	}
	for (unsigned i = 0; i < kept; i++) {
		fprintf(file, "  store %u", class_->store[i].size);
		put_term(file, " ", &class_->store[i].address);
		put_term(file, " := ", &class_->store[i].value);
		fputc('\n', file);
	}
	if (class_->stores > kept)
		fprintf(file, "  stores %u\n", class_->stores);
}

/* The runs of one probe. */
struct row {
	const struct hvc_run *run;
	size_t runs;
	bool put;
};

static bool same_row(const struct row *a, const struct row *b)
{
	if (a->runs != b->runs)
		return false;
	for (size_t i = 0; i < a->runs; i++)
		if (a->run[i].class_ != b->run[i].class_ || a->run[i].lo != b->run[i].lo)
			return false;
	return true;
}

/* Calls that do alike by every immediate are told together. */
static bool put_runs(FILE *file, const struct hvc_map *map)
{
	struct row *row = calloc(map->probes.count + 1, sizeof *row);

	if (!row)
		return false;
	for (size_t i = 0; i < map->runs; i++) {
		struct row *of = &row[map->run[i].probe];

		if (!of->runs++)
			of->run = &map->run[i];
	}
	for (unsigned p = 0; p < map->probes.count; p++) {
		if (row[p].put)
			continue;
		fprintf(file, "calls");
		for (unsigned q = p, end; q < map->probes.count; q = end) {
			end = q + 1;
			if (!same_row(&row[p], &row[q]))
				continue;
			while (end < map->probes.count && same_row(&row[p], &row[end]))
				end++;
			fprintf(file, end - q > 1 ? " %u-%u" : " %u", q + 1, end);
			for (unsigned i = q; i < end; i++)
				row[i].put = true;
		}
		fputc('\n', file);
		for (size_t i = 0; i < row[p].runs; i++)
			fprintf(file, "  0x%04x-0x%04x %u\n", row[p].run[i].lo, row[p].run[i].hi,
			        row[p].run[i].class_ + 1);
	}
	free(row);
	return true;
}

enum hvc_status hvc_map_save(FILE *out, const struct hvc_map *map, struct hvc_diag *diag)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file;
	bool good;

	/* What is written can be read. */
	if (map->runs > HVC_LIMIT_STRETCHES || map->probes.count > HVC_LIMIT_CALLS ||
	    map->classes > HVC_CLASS_MAX)
		return hvc_diag_set(diag, HVC_E_RANGE, NULL, 0, 0,
		                    "larger than a saved map can be (%u calls, %u stretches of "
		                    "immediates, %u classes)",
		                    HVC_LIMIT_CALLS, HVC_LIMIT_STRETCHES, HVC_CLASS_MAX);
	file = open_memstream(&text, &size);
	good = file != NULL;
	if (good) {
		fputs(HVC_SAVED_MAGIC, file);
		good = put_world(file, map);
		for (unsigned i = 0; i < map->probes.count; i++)
			put_probe(file, &map->probes.probe[i]);
		for (unsigned i = 0; i < map->classes; i++)
			put_class(file, &map->class_[i]);
		good = good && put_runs(file, map) && !ferror(file);
		good = !fclose(file) && good;
	}
	if (!good || !text) { /* without the room to end the text glibc takes it away, and says 0 */
		free(text);
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	}
	fwrite(text, 1, size, out);
	fprintf(out, "sum 0x%016" PRIx64 "\n", hvc_saved__sum(text, size));
	free(text);
	if (ferror(out))
		return hvc_diag_set(diag, HVC_E_IO, NULL, 0, 0, "cannot write the map");
	return HVC_OK;
}
