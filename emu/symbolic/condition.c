/* SPDX-License-Identifier: MIT */
/* The conditions of paths, as terms and as text. */
#include <inttypes.h>

#include "symbolic/symbolic.h"

hvc_ref hvc_symbolic__condition(struct hvc_symbolic *symbolic, const struct hvc_sympath *path)
{
	struct hvc_bvs *t = symbolic->scene.terms;
	const struct hvc_facts *facts = &path->way->facts;
	hvc_ref all = hvc_bv__num(t, 1, 1);

	for (size_t i = 0; i < facts->clauses; i++)
		all = hvc_bv__and(t, all, facts->clause[i]);
	return all;
}

void hvc_symbolic__print_condition(struct hvc_symbolic *symbolic, const struct hvc_sympath *path,
                                   char *text, size_t size)
{
	const struct hvc_facts *facts = &path->way->facts;
	struct hvc_text out = {text, size, 0};
	char part[1024];

	if (!size)
		return;
	text[0] = '\0';
	for (size_t i = 0; i < facts->members; i++) {
		hvc_set__print(symbolic->scene.terms, &facts->member[i], part, sizeof part);
		hvc_text__put(&out, "%s%s", out.length ? ", " : "", part);
	}
	for (size_t i = 0; i < facts->rests; i++) {
		hvc_bv__print(symbolic->scene.terms, facts->rest[i], part, sizeof part);
		hvc_text__put(&out, "%s%s", out.length ? ", " : "", part);
	}
	if (!out.length)
		hvc_text__put(&out, "always");
}

static void put_place(struct hvc_text *out, const struct hvc_symbolic *symbolic, uint64_t address)
{
	const char *name;
	uint64_t offset;

	if (symbolic->scene.subject &&
	    hvc_subject_symbol(symbolic->scene.subject, address, &name, &offset))
		hvc_text__put(out, offset ? "%s+0x%" PRIx64 : "%s", name, offset);
	else
		hvc_text__put(out, "0x%" PRIx64, address);
}

void hvc_symbolic__print_end(struct hvc_symbolic *symbolic, const struct hvc_sympath *path,
                             char *text, size_t size)
{
	struct hvc_text out = {text, size, 0};
	char target[512];

	if (!size)
		return;
	text[0] = '\0';
	if (path->end != HVC_END_OUTCOME) {
		hvc_text__put(&out, "%s at ", path->why);
		put_place(&out, symbolic, path->pc);
		if (path->end == HVC_END_UNLIFTED) {
			hvc_disasm(path->pc, path->word, target, sizeof target);
			hvc_text__put(&out, ": %s", target);
		}
	} else {
		hvc_text__put(&out, "%s", hvc_outcome_name(path->kind));
		if (path->target && path->kind != HVC_OUTCOME_RETURN &&
		    path->kind != HVC_OUTCOME_RETRY) {
			hvc_bv__print(symbolic->scene.terms, path->target, target, sizeof target);
			hvc_text__put(&out, path->kind == HVC_OUTCOME_FAULT ? " on " : " to ");
			if (hvc_bv__const(path->target))
				put_place(&out, symbolic, path->target->value);
			else
				hvc_text__put(&out, "%s", target);
		}
		if (path->kind == HVC_OUTCOME_JUMP)
			hvc_text__put(&out, " at %s", hvc_level_name(path->level));
		if (path->kind == HVC_OUTCOME_FAULT || path->kind == HVC_OUTCOME_FORWARD) {
			hvc_text__put(&out, " at ");
			put_place(&out, symbolic, path->pc);
		}
	}
	if (path->undecided)
		hvc_text__put(&out, " (not decided whether it can be)");
}
