/* SPDX-License-Identifier: MIT */
#include "symbolic/lift.h"

#include "machine/access.h"
#include "machine/trap.h"

static const struct hvc_lift_row *const tables[] = {
        hvc_lift__immediate, hvc_lift__register, hvc_lift__branch, hvc_lift__system,
        hvc_lift__memory,    hvc_lift__atomic,   hvc_lift__pauth,  hvc_lift__simd,
        hvc_lift__vector,    hvc_lift__shuffle,
};

static const struct hvc_lift_row *find(uint32_t word)
{
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		for (const struct hvc_lift_row *row = tables[i]; row->lift; row++)
			if ((word & row->mask) == row->value)
				return row;
	return NULL;
}

const char *hvc_lift__class(uint32_t word)
{
	const struct hvc_lift_row *row = find(word);

	return row ? row->name : "";
}

/* FP/SIMD and SVE where CPTR_EL2 is known to trap them. */
static bool is_trapped(struct hvc_lift *l)
{
	static const uint8_t cptr_name[5] = {3, 4, 1, 1, 2};
	enum hvc_trap_kind kind = hvc_trap__kind(l->word);
	hvc_ref cptr, hcr = l->way->sys[HVC_REG_HCR_EL2];

	if (kind == HVC_TRAP_NONE)
		return false;
	cptr = hvc_way__sys(l->scene, l->way, cptr_name);
	if (!cptr || !hvc_bv__const(cptr) || !hvc_bv__const(hcr))
		return false;
	l->ec = hvc_trap__class(kind, cptr->value, hcr->value & HVC_HCR_E2H);
	return l->ec != HVC_EC_UNKNOWN;
}

static bool read_id(void *ctx, const uint8_t name[5], uint64_t *value)
{
	const struct hvc_scene *scene = ctx;

	return scene->known && scene->known(scene->known_ctx, name, value) == HVC_KNOWN_VALUE;
}

void hvc_lift__word(struct hvc_scene *scene, struct hvc_way *way, uint32_t word,
                    struct hvc_lift *out)
{
	const struct hvc_lift_row *row = find(word);

	*out = (struct hvc_lift){.scene = scene,
	                         .way = way,
	                         .t = scene->terms,
	                         .pc = way->pc,
	                         .word = word,
	                         .next = HVC_NEXT_FALL};
	if (is_trapped(out))
		out->next = HVC_NEXT_FAULT;
	else if (hvc_feature__lacks(word, read_id, scene))
		hvc_lift__undefined(out);
	else if (row)
		row->lift(out);
	else
		hvc_lift__unlifted(out, "an instruction that is not lifted");
	if (hvc_bv__status(scene->terms) != HVC_OK)
		out->next = HVC_NEXT_FAILED;
}
