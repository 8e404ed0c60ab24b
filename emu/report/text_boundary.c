/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "report/boundary.h"
#include "report/table.h"

/* Boundaries that are told; JSON has all. */
#define SHOWN 24u

/* "symbol+0x10", or the address where there is no symbol. */
static void add_place(struct hvc_words *words, const struct hvc_place *place)
{
	if (!place->symbol[0])
		hvc_words__add(words, "0x%llx", (unsigned long long)place->address);
	else if (place->offset)
		hvc_words__add(words, "%s+0x%llx", place->symbol,
		               (unsigned long long)place->offset);
	else
		hvc_words__add(words, "%s", place->symbol);
}

static void add_insn(struct hvc_words *words, const struct hvc_place *place)
{
	char text[96];

	hvc_disasm(place->address, place->word, text, sizeof(text));
	hvc_words__add(words, "%s", text);
}

/* "hvc #0xea0 | #0xea1", "x0 = 0x1 | 0x2, hvc #0x0". */
void hvc_boundary__calls(struct hvc_words *words, const struct hvc_map *map,
                         const struct hvc_boundary *boundary)
{
	const struct hvc_call *left = &map->probes.probe[boundary->probe[0]].call;
	const struct hvc_call *right = &map->probes.probe[boundary->probe[1]].call;
	const char *insn = hvc_insn_name(left->insn);

	if (boundary->reg == HVC_REG_NONE)
		hvc_words__add(words, "%s #0x%x | #0x%x", insn, boundary->imm[0], boundary->imm[1]);
	else
		hvc_words__add(words, "%s = 0x%llx | 0x%llx, %s #0x%x", hvc_reg_name(boundary->reg),
		               (unsigned long long)left->x[boundary->reg],
		               (unsigned long long)right->x[boundary->reg], insn, boundary->imm[0]);
	if (left->from != HVC_LEVEL_EL1H)
		hvc_words__add(words, ", from %s", hvc_level_name(left->from));
	if (boundary->times > 1)
		hvc_words__add(words, " (and %u more)", boundary->times - 1);
}

void hvc_boundary__decision(struct hvc_words *words, const struct hvc_boundary *boundary)
{
	if (boundary->decision == HVC_DECISION_VALUE) {
		hvc_words__add(words, "nothing: the same way, with other values");
		return;
	}
	if (boundary->compares) {
		add_insn(words, &boundary->compare);
		hvc_words__add(words, "; ");
	}
	add_insn(words, &boundary->at);
	hvc_words__add(words, " at ");
	add_place(words, &boundary->at);
	if (boundary->operand != HVC_REG_NONE)
		hvc_words__add(words, " (%s: 0x%llx | 0x%llx)", hvc_reg_name(boundary->operand),
		               (unsigned long long)boundary->value[0],
		               (unsigned long long)boundary->value[1]);
}

enum hvc_status hvc_boundary__text(const struct hvc_page *page, const struct hvc_map *map,
                                   struct hvc_diag *diag)
{
	static const struct hvc_column columns[] = {
	        {"Between", HVC_ALIGN_LEFT},
	        {"Calls", HVC_ALIGN_WRAP},
	        {"Decided by", HVC_ALIGN_WRAP},
	};
	const struct hvc_study *study = map->study;
	struct hvc_table *table;
	unsigned left = study->boundaries > SHOWN ? study->boundaries - SHOWN : 0;

	if (!study->boundaries)
		return HVC_OK;
	fputc('\n', page->out);
	table = hvc_table__new(page, columns, 3);
	for (unsigned i = 0; i < study->boundaries && i < SHOWN; i++) {
		const struct hvc_boundary *boundary = &study->boundary[i];
		struct hvc_words calls = {0}, decision = {0};

		hvc_boundary__calls(&calls, map, boundary);
		hvc_boundary__decision(&decision, boundary);
		hvc_table__row(table);
		hvc_table__cell(table, 0, HVC_INK_STRONG, "%u | %u", boundary->kind[0] + 1,
		                boundary->kind[1] + 1);
		hvc_table__take(table, 1, HVC_INK_PLAIN, &calls);
		hvc_table__take(table, 2, HVC_INK_PLAIN, &decision);
	}
	HVC_TRY(hvc_table__print(table, diag));
	if (left + study->unseen)
		hvc_page__print(page, "\nand %u more%s\n\n", left + study->unseen,
		                study->unseen ? "" : ", in --format json");
	return HVC_OK;
}
