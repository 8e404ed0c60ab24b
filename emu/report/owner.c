/* SPDX-License-Identifier: MIT */
#include "report/owner.h"

#include <stdlib.h>
#include <string.h>

#define TOLD 3u /* owners named in text */
/* SMCCC: identifiers below this are of older conventions, and small numbers. */
#define FIRST_IDENTIFIER UINT64_C(0x02000000)

static uint64_t breadth(const struct hvc_known *known)
{
	uint64_t count = 0;

	for (unsigned i = 0; i < known->values; i++)
		count += known->value[i].hi - known->value[i].lo + 1;
	/* An owner's whole range says less than any function. */
	return known->kind == HVC_KNOWN_FUNCTION ? count : UINT64_MAX;
}

static int by_breadth(const void *a, const void *b)
{
	const struct hvc_known *const *l = a, *const *r = b;
	uint64_t left = breadth(*l), right = breadth(*r);

	if (left != right)
		return left < right ? -1 : 1;
	return (*l)->line < (*r)->line ? -1 : (*l)->line > (*r)->line;
}

static void add(struct hvc_owners *out, const struct hvc_known *known)
{
	if (out->rows < sizeof(out->row) / sizeof(out->row[0]))
		out->row[out->rows++] = known;
}

void hvc_owner__find(const struct hvc_registry *registry, const struct hvc_site *site,
                     struct hvc_owners *out)
{
	const struct hvc_value *x0 = &site->x[0];
	const struct hvc_known *known = NULL;
	bool constant = x0->kind == HVC_VALUE_CONSTANT && x0->constants == 1;

	*out = (struct hvc_owners){0};
	if (!site->data && site->analysed && !site->imm && constant &&
	    x0->constant[0] >= FIRST_IDENTIFIER && x0->constant[0] <= UINT32_MAX) {
		out->by_function = true;
		out->fid = (uint32_t)x0->constant[0];
		while ((known = hvc_known__find_fid(registry, out->fid, known)) != NULL)
			add(out, known);
	}
	if (!out->rows && !hvc_insn_is_smc(site->insn)) {
		out->by_function = false;
		while ((known = hvc_known__find_imm(registry, site->imm, known)) != NULL)
			add(out, known);
	}
	if (out->rows && out->by_function)
		qsort(out->row, out->rows, sizeof(const struct hvc_known *), by_breadth);
}

void hvc_owner__say(const struct hvc_owners *owners, struct hvc_words *words)
{
	unsigned told = 0, left = 0;

	for (unsigned i = 0; i < owners->rows; i++) {
		const struct hvc_known *known = owners->row[i];
		const char *call =
		        owners->by_function ? hvc_known__call_name(known, owners->fid) : NULL;
		bool again = false;

		for (unsigned n = 0; n < i && !again; n++)
			again = !strcmp(owners->row[n]->owner, known->owner);
		if (again)
			continue;
		if (told == TOLD) {
			left++;
			continue;
		}
		hvc_words__add(words, "%s%s", told++ ? "; " : "", known->owner);
		if (call)
			hvc_words__add(words, ": %s", call);
	}
	if (left)
		hvc_words__add(words, "; %u more", left);
	if (!told)
		hvc_words__add(words, "-");
}
