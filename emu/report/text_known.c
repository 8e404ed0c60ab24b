/* SPDX-License-Identifier: MIT */
/* Text of the registry. */
#include <inttypes.h>
#include <string.h>

#include "report/table.h"

/* "0x6000-0x61ff", "0x8000ff00-0x8000ff03 mask 0xc0ffffff", "8-47". */
static void say_values(struct hvc_words *words, const struct hvc_known *known)
{
	static const int digits[HVC_KNOWN_KIND_COUNT] = {1, 0, 8};
	int width = digits[known->kind];

	for (unsigned i = 0; i < known->values; i++) {
		const struct hvc_interval *part = &known->value[i];

		hvc_words__add(words, "%s", i ? ", " : "");
		if (known->kind == HVC_KNOWN_ENTITY)
			hvc_words__add(words, "%" PRIu64, part->lo);
		else
			hvc_words__add(words, "0x%0*" PRIx64, width, part->lo);
		if (part->lo == part->hi)
			continue;
		if (known->kind == HVC_KNOWN_ENTITY)
			hvc_words__add(words, "-%" PRIu64, part->hi);
		else
			hvc_words__add(words, "-0x%0*" PRIx64, width, part->hi);
	}
	if (known->kind == HVC_KNOWN_FUNCTION && known->mask != UINT32_MAX)
		hvc_words__add(words, " mask 0x%" PRIx64, known->mask);
	if (known->kind == HVC_KNOWN_FUNCTION && (known->imms != 1 || known->imm[0].hi))
		hvc_words__add(words, " on hvc #0x%" PRIx64, known->imm[0].lo);
}

/* What the row means; of one value, by its own name, where it has one. */
static void say_meaning(struct hvc_words *words, const struct hvc_known *known, const char *call)
{
	if (call)
		hvc_words__add(words, "%s: ", call);
	hvc_words__add(words, "%s", known->meaning);
	if (known->since[0] && !strcmp(known->since, known->until))
		hvc_words__add(words, " (%s only)", known->since);
	else if (known->since[0] && known->until[0])
		hvc_words__add(words, " (%s to %s)", known->since, known->until);
	else if (known->since[0])
		hvc_words__add(words, " (since %s)", known->since);
	else if (known->until[0])
		hvc_words__add(words, " (until %s)", known->until);
}

static void say_source(struct hvc_words *words, const struct hvc_known *known)
{
	hvc_words__add(words, "%s%s", known->source, known->unconfirmed ? " (unconfirmed)" : "");
}

static struct hvc_table *new_table(const struct hvc_page *page, const char *value)
{

	return hvc_table__new(page, "%s~|Owner~|Selector|Meaning~|Source~", value);
}

static void add_row(struct hvc_table *table, const struct hvc_known *known, const char *call)
{
	struct hvc_words values = {0}, meaning = {0}, source = {0};

	say_values(&values, known);
	say_meaning(&meaning, known, call);
	say_source(&source, known);
	hvc_table__row(table);
	hvc_table__take(table, 0, HVC_INK_STRONG, &values);
	hvc_table__cell(table, 1, HVC_INK_PLAIN, "%s", known->owner);
	hvc_table__cell(table, 2, HVC_INK_PLAIN, "%s", known->selector[0] ? known->selector : "-");
	hvc_table__take(table, 3, HVC_INK_PLAIN, &meaning);
	hvc_table__take(table, 4, known->unconfirmed ? HVC_INK_WARN : HVC_INK_FAINT, &source);
}

static enum hvc_status list_kind(const struct hvc_page *page, const struct hvc_registry *registry,
                                 enum hvc_known_kind kind, struct hvc_diag *diag)
{
	static const struct {
		const char *title, *column;
	} heads[HVC_KNOWN_KIND_COUNT] = {
	        [HVC_KNOWN_IMMEDIATE] = {"Immediates of the HVC instruction", "Immediate"},
	        [HVC_KNOWN_ENTITY] = {"Owning entities of SMCCC fast calls", "Owner"},
	        [HVC_KNOWN_FUNCTION] = {"Function identifiers", "Identifier"},
	};
	struct hvc_table *table = new_table(page, heads[kind].column);
	const struct hvc_known *known;

	hvc_page__print(page, "\n%s%s%s\n\n", hvc_ink__begin(page, HVC_INK_STRONG),
	                heads[kind].title, hvc_ink__end(page, HVC_INK_STRONG));
	hvc_table__cap(table);
	for (size_t i = 0; (known = hvc_known__at(registry, i)) != NULL; i++) {
		if (known->kind == kind)
			add_row(table, known, NULL);
	}
	return hvc_table__print(table, diag);
}

typedef const struct hvc_known *find_fn(const struct hvc_registry *, uint32_t,
                                        const struct hvc_known *);

static const struct hvc_known *find_imm(const struct hvc_registry *registry, uint32_t imm,
                                        const struct hvc_known *previous)
{
	return hvc_known__find_imm(registry, (uint16_t)imm, previous);
}

/* Who uses this? */
static enum hvc_status answer(const struct hvc_page *page, const struct hvc_registry *registry,
                              find_fn *find, const char *what, uint32_t value,
                              struct hvc_diag *diag)
{
	const struct hvc_known *known = NULL;
	struct hvc_table *table;
	unsigned rows = 0;

	while ((known = find(registry, value, known)) != NULL)
		rows++;
	if (!rows) {
		hvc_page__print(page, "%s is unclaimed: nobody is known to use it\n", what);
		return HVC_OK;
	}
	hvc_page__print(page, "%s is claimed by %u\n\n", what, rows);
	table = new_table(page, "Claim");
	while ((known = find(registry, value, known)) != NULL)
		add_row(table, known, hvc_known__call_name(known, value));
	return hvc_table__print(table, diag);
}

enum hvc_status hvc_known__text(const struct hvc_page *page, const struct hvc_registry *registry,
                                const struct hvc_known_query *query, struct hvc_diag *diag)
{
	char what[64];

	if (query->has_imm) {
		snprintf(what, sizeof(what), "Immediate 0x%x (hvc #0x%x)", query->imm, query->imm);
		HVC_TRY(answer(page, registry, find_imm, what, query->imm, diag));
	}
	if (query->has_imm && query->has_fid)
		fputc('\n', page->out);
	if (query->has_fid) {
		snprintf(what, sizeof(what), "Function identifier 0x%08" PRIx32, query->fid);
		HVC_TRY(answer(page, registry, hvc_known__find_fid, what, query->fid, diag));
	}
	if (query->has_imm || query->has_fid)
		return HVC_OK;
	hvc_page__print(page, "%s\n", hvc_known__title(registry));
	for (unsigned kind = 0; kind < HVC_KNOWN_KIND_COUNT; kind++)
		HVC_TRY(list_kind(page, registry, (enum hvc_known_kind)kind, diag));
	fputs("\nhvcheck list known --imm N and --fid N tell who uses one value, and what as.\n",
	      page->out);
	return HVC_OK;
}
