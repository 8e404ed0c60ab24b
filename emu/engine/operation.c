/* SPDX-License-Identifier: MIT */
/*
 * Operations are the rules of the ABIs, matched by name: how each side is asked for one, what it
 * does, and what a caller who still asks the old way gets from the new side.
 */
#include "base/number.h"
#include "engine/abi_diff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "abi/overlap.h"
#include "engine/prover.h"

#define DOES_SIZE 1024u

static bool append(char *text, size_t size, const char *word)
{
	size_t used = strlen(text);

	return (size_t)snprintf(text + used, size - used, "%s", word) < size - used;
}

/* before: "#" where they are immediates, "" where they are values. */
static void append_intervals(char *text, size_t size, const struct hvc_interval *interval,
                             unsigned count, const char *before)
{
	char lo[HVC_U64_SIZE], hi[HVC_U64_SIZE];

	for (unsigned i = 0; i < count && i < 4; i++) {
		const struct hvc_interval *at = &interval[i];

		if (*before)
			snprintf(lo, sizeof lo, "0x%" PRIx64, at->lo);
		else if (at->lo == at->hi)
			hvc_u64_print(at->lo, lo);
		else
			hvc_u64_bound(at->lo, lo);
		append(text, size, i ? ", " : "");
		append(text, size, before);
		append(text, size, lo);
		if (at->lo != at->hi) {
			append(text, size, "-");
			append(text, size, hvc_u64_bound(at->hi, hi));
		}
	}
	if (count > 4)
		append(text, size, ", ...");
}

char *hvc_operation__how(const struct hvc_rule *rule)
{
	char text[256] = "", word[64];
	bool all_imms = rule->imms == 1 && rule->imm[0].lo == 0 && rule->imm[0].hi == 0xffff;

	if (rule->is_default)
		return strdup("anything else");
	if (!all_imms) {
		append(text, sizeof text, "hvc ");
		append_intervals(text, sizeof text, rule->imm, rule->imms, "#");
	}
	for (unsigned i = 0; i < rule->conditions; i++) {
		const struct hvc_condition *c = &rule->condition[i];
		bool word_only = c->mask == UINT32_MAX;

		if (text[0])
			append(text, sizeof text, ", ");
		snprintf(word, sizeof word, "%c%s",
		         hvc_half__letter(rule->levels, c->reg, word_only ? UINT32_MAX : c->mask),
		         hvc_reg_name(c->reg) + 1);
		append(text, sizeof text, word);
		if (c->mask != UINT64_MAX && !word_only) {
			snprintf(word, sizeof word, " & 0x%llx", (unsigned long long)c->mask);
			append(text, sizeof text, word);
		}
		if (c->intervals == 1 && c->interval[0].lo &&
		    c->interval[0].lo < c->interval[0].hi && c->interval[0].hi == c->mask) {
			append(text, sizeof text, " >= ");
			append(text, sizeof text, hvc_u64_bound(c->interval[0].lo, word));
			continue;
		}
		append(text, sizeof text, " = ");
		append_intervals(text, sizeof text, c->interval, c->intervals, "");
	}
	return strdup(text[0] ? text : "any call");
}

/* The rules of a side's ABI, of the calls of one caller. */
struct asker {
	struct hvc_differ *d;
	enum hvc_side side;
	struct hvc_rule_calls calls;
};

static bool begin(struct asker *asker, struct hvc_differ *d, enum hvc_side side,
                  const struct hvc_exact_part *part)
{
	asker->d = d;
	asker->side = side;
	return hvc_rule_calls__begin(&asker->calls, d->terms, d->diff->abi[side], 0, part);
}

static void end(struct asker *asker)
{
	hvc_rule_calls__end(&asker->calls);
}

/* Calls of a rule that meet a row; a constant 0 where there are none. */
static hvc_ref meet(struct asker *asker, unsigned rule, const struct hvc_row *row)
{
	struct hvc_differ *d = asker->d;
	hvc_ref governs = hvc_rule_calls__of(&asker->calls, rule);

	if (row->known != HVC_ROW_PROVED ||
	    hvc_differ__ask(d, governs, row->condition) != HVC_ANSWER_YES)
		return hvc_bv__num(d->terms, 1, 0);
	return hvc_bv__and(d->terms, governs, row->condition);
}

/* The operation of this name, added when it is new. NULL: out of memory. */
static struct hvc_operation *operation_of(struct hvc_differ *d, const char *name)
{
	struct hvc_diff *diff = d->diff;
	struct hvc_operation *grown;
	struct hvc_used *used;

	for (unsigned i = 0; i < diff->operations; i++)
		if (!strcmp(diff->operation[i].name, name))
			return &diff->operation[i];
	grown = realloc(diff->operation, (diff->operations + 1) * sizeof *grown);
	if (!grown)
		return NULL;
	diff->operation = grown;
	used = realloc(d->used, (diff->operations + 1) * sizeof *used);
	if (!used)
		return NULL;
	d->used = used;
	memset(&used[diff->operations], 0, sizeof *used);
	grown += diff->operations;
	memset(grown, 0, sizeof *grown);
	grown->name = strdup(name);
	if (!grown->name)
		return NULL;
	diff->operations++;
	return grown;
}

static char *print_behaviour(struct hvc_differ *d, enum hvc_side side, const struct hvc_row *row)
{
	char *text = malloc(DOES_SIZE);

	if (text)
		hvc_exact__print_behaviour(d->side[side], row, text, DOES_SIZE);
	return text;
}

/* What a rule's calls do on its own side, in a part: of several rows the last, the broadest. */
static enum hvc_status add_use(struct asker *asker, const struct hvc_exact_part *part,
                               unsigned index, struct hvc_diag *diag)
{
	const struct hvc_rule *rule = hvc_abi_rule_at(asker->calls.config.abi, index);
	const struct hvc_exact_part *one[HVC_SIDE_COUNT] = {NULL};
	const struct hvc_row *row[HVC_SIDE_COUNT] = {NULL};
	struct hvc_operation *operation = NULL;
	struct hvc_used *used;
	struct hvc_use *use;
	hvc_ref calls = NULL;

	for (unsigned i = 0; i < part->rows; i++) {
		hvc_ref met = meet(asker, index, &part->row[i]);

		if (hvc_bv__is(met, 0))
			continue;
		if (!operation)
			operation = operation_of(asker->d, rule->name);
		if (!operation)
			return HVC_E_NOMEM;
		calls = met;
		row[asker->side] = &part->row[i];
		for (unsigned k = 0; k < part->row[i].effects; k++)
			if (part->row[i].effect[k].reg != HVC_REG_NONE &&
			    hvc_differ__changes(asker->d, part, &part->row[i].effect[k], met))
				hvc_regset_add(&operation->use[asker->side].changes,
				               part->row[i].effect[k].reg);
	}
	if (!operation || operation->use[asker->side].offered)
		return HVC_OK;
	use = &operation->use[asker->side];
	use->offered = true;
	use->how = hvc_operation__how(rule);
	use->does = print_behaviour(asker->d, asker->side, row[asker->side]);
	use->kind = row[asker->side]->kind;
	one[asker->side] = part;
	used = &asker->d->used[operation - asker->d->diff->operation];
	used->part[asker->side] = part;
	used->row[asker->side] = row[asker->side];
	used->calls[asker->side] = calls;
	used->rule[asker->side] = rule;
	if (!use->how || !use->does)
		return HVC_E_NOMEM;
	return hvc_differ__witness(asker->d, one, row, calls, false, diag, &use->witness);
}

static enum hvc_status find_uses(struct hvc_differ *d, enum hvc_side side, struct hvc_diag *diag)
{
	const struct hvc_exact_part *part[HVC_DIFFER_PARTS];
	unsigned count = hvc_differ__parts(d->side[side], part);
	enum hvc_status status = HVC_OK;

	for (unsigned i = 0; status == HVC_OK && i < count; i++) {
		struct asker asker;

		if (!begin(&asker, d, side, part[i]))
			return HVC_E_NOMEM;
		hvc_solver__push(d->solver);
		hvc_solver__require(d->solver, hvc_search__address(d->terms, part[i]->insn));
		for (unsigned r = 0; status == HVC_OK && r < hvc_abi_rule_count(d->diff->abi[side]);
		     r++)
			if (hvc_abi_rule_at(d->diff->abi[side], r)->specified ||
			    hvc_abi__offers(d->diff->abi[side],
			                    hvc_abi_rule_at(d->diff->abi[side], r)))
				status = add_use(&asker, part[i], r, diag);
		hvc_solver__pop(d->solver);
		end(&asker);
	}
	return status;
}

/* Nothing tells the caller that this was not what it asked for. */
static bool is_silent(const struct hvc_row *row, const struct hvc_rule *rule)
{
	if (row->kind != HVC_OUTCOME_RETURN)
		return false;
	if (rule && rule->role != HVC_ROLE_UNKNOWN)
		return true;
	for (unsigned i = 0; i < row->effects; i++)
		if (row->effect[i].reg == HVC_REG_X0)
			return false; /* an error code, as far as one can tell */
	return true;
}

/* A rule of the old ABI, and what the new side does with some of its calls. */
struct encounter {
	struct hvc_differ *d;
	const struct hvc_exact_part *part[HVC_SIDE_COUNT];
	const struct hvc_rule *asked, *got;
	unsigned operation;
	const struct hvc_row *row; /* of the new side */
	hvc_ref calls;
};

/* Is it a register that one of the two changes and the other keeps? */
static bool is_used_up(const struct hvc_row *const row[2], const char *name)
{
	unsigned changed = 0;

	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
		for (unsigned i = 0; i < row[side]->effects; i++)
			changed += !strcmp(row[side]->effect[i].name, name);
	return changed == 1;
}

/*
 * A call of these that gets something else than of the old side, in anything or in results: of a
 * rule that states none, in more than the registers that it uses up.
 */
static hvc_ref differing(const struct encounter *e, const struct hvc_row *was, bool results)
{
	struct hvc_bvs *t = e->d->terms;
	const struct hvc_row *const row[2] = {was, e->row};
	struct hvc_aspect aspect[HVC_ASPECTS_MAX];
	size_t count = hvc_differ__aspects(e->d, e->part, row, aspect), kept = 0;

	for (size_t i = 0; i < count; i++) {
		bool wanted = !results || !strcmp(aspect[i].name, "outcome") ||
		              (!e->asked->results && !is_used_up(row, aspect[i].name));

		for (unsigned k = 0; k < e->asked->results; k++)
			wanted = wanted ||
			         !strcmp(aspect[i].name, hvc_reg_name(e->asked->result[k].reg));
		if (wanted)
			aspect[kept++] = aspect[i];
	}
	return hvc_bv__and(t, e->calls,
	                   hvc_bv__and(t, was->condition, hvc_differ__any(e->d, aspect, kept)));
}

/* Is there one, for any row of the old side? Then the first. */
static hvc_ref any_differing(const struct encounter *e, bool results)
{
	for (unsigned i = 0; i < e->part[HVC_SIDE_OLD]->rows; i++) {
		hvc_ref calls = differing(e, &e->part[HVC_SIDE_OLD]->row[i], results);

		if (hvc_differ__ask(e->d, calls, calls) != HVC_ANSWER_NO)
			return calls;
	}
	return NULL;
}

/* Does the new ABI call it another operation, though what can be seen may be the same? */
static bool is_another(const struct encounter *e)
{
	const struct hvc_diff *diff = e->d->diff;

	return e->got && hvc_rule__claims(e->asked) && hvc_rule__claims(e->got) &&
	       strcmp(e->asked->name, e->got->name) != 0 &&
	       !hvc_abi__renames(diff->abi[HVC_SIDE_OLD], e->asked, diff->abi[HVC_SIDE_NEW],
	                         e->got);
}

static enum hvc_status add_meeting(const struct encounter *e, struct hvc_diag *diag)
{
	const struct hvc_row *const row[2] = {NULL, e->row};
	const struct hvc_exact_part *const part[2] = {NULL, e->part[HVC_SIDE_NEW]};
	const char *name = e->got ? e->got->name : "";
	struct hvc_diff *diff = e->d->diff;
	char *does = print_behaviour(e->d, HVC_SIDE_NEW, e->row);
	hvc_ref other = any_differing(e, false);
	bool another = is_another(e);
	struct hvc_migration *migration;

	if (!does)
		return HVC_E_NOMEM;
	for (unsigned i = 0; i < diff->migrations; i++) {
		migration = &diff->migration[i];
		if (migration->operation != e->operation || strcmp(migration->does, does) != 0 ||
		    strcmp(migration->rule_new, name) != 0)
			continue;
		migration->same = migration->same && !other && !another;
		free(does);
		return HVC_OK;
	}
	migration = realloc(diff->migration, (diff->migrations + 1) * sizeof *migration);
	if (!migration) {
		free(does);
		return HVC_E_NOMEM;
	}
	diff->migration = migration;
	migration += diff->migrations++;
	*migration = (struct hvc_migration){
	        .operation = e->operation,
	        .does = does,
	        .kind = e->row->kind,
	        .rule_new = strdup(name),
	        .same = !other && !another,
	};
	/* All that the old rule promised may still be so: only what it leaves open has changed. */
	migration->silent =
	        is_silent(e->row, e->got) && (another || (other && any_differing(e, true)));
	if (!migration->rule_new)
		return HVC_E_NOMEM;
	return hvc_differ__witness(e->d, part, row, other ? other : e->calls, false, diag,
	                           &migration->witness);
}

/* Some call of the encounter's, as far as calls are told apart by the new ABI's rules. */
static enum hvc_status next_rule(const struct encounter *e, struct asker *new, hvc_ref *rest,
                                 int *rule)
{
	struct hvc_simplest simplest = {.terms = e->d->terms,
	                                .solver = e->d->solver,
	                                .from = new->calls.caller.from,
	                                .insn = new->calls.caller.insn,
	                                .condition = *rest};
	enum hvc_status status = hvc_simplest__find(&simplest);

	if (status != HVC_OK)
		return status;
	*rule = hvc_abi__rule_of(new->calls.config.abi, 0, &simplest.call);
	hvc_simplest__free(&simplest);
	return HVC_OK;
}

/* Each of the new ABI's rules that these calls fall under. */
static enum hvc_status split(struct encounter *e, struct asker *new, struct hvc_diag *diag)
{
	hvc_ref rest = e->calls, governs;
	enum hvc_status status;
	int rule = -1;

	if (!new->calls.config.abi)
		return add_meeting(e, diag);
	while ((status = next_rule(e, new, &rest, &rule)) == HVC_OK) {
		governs = rule < 0 ? hvc_bv__num(e->d->terms, 1, 1)
		                   : hvc_rule_calls__of(&new->calls, (unsigned)rule);
		e->got = rule < 0 ? NULL : hvc_abi_rule_at(new->calls.config.abi, (unsigned)rule);
		e->calls = hvc_bv__and(e->d->terms, rest, governs);
		HVC_TRY(add_meeting(e, diag));
		rest = hvc_bv__and(e->d->terms, rest, hvc_bv__not(e->d->terms, governs));
	}
	return status == HVC_E_NOTFOUND || status == HVC_E_UNSUPPORTED ? HVC_OK : status;
}

static unsigned index_of(const struct hvc_diff *diff, const char *name)
{
	unsigned i = 0;

	while (i < diff->operations && strcmp(diff->operation[i].name, name) != 0)
		i++;
	return i;
}

/* Every call of the old ABI's operations from one caller, as the new side answers it. */
static enum hvc_status find_meetings(struct hvc_differ *d, struct asker *old, struct asker *new,
                                     struct encounter *e, struct hvc_diag *diag)
{
	for (unsigned r = 0; r < hvc_abi_rule_count(old->calls.config.abi); r++) {
		e->asked = hvc_abi_rule_at(old->calls.config.abi, r);
		e->operation = index_of(d->diff, e->asked->name);
		if (!e->asked->specified || e->asked->role == HVC_ROLE_UNKNOWN ||
		    e->operation == d->diff->operations)
			continue;
		for (unsigned i = 0; i < e->part[HVC_SIDE_NEW]->rows; i++) {
			e->row = &e->part[HVC_SIDE_NEW]->row[i];
			e->calls = meet(old, r, e->row);
			e->got = NULL;
			if (!hvc_bv__is(e->calls, 0))
				HVC_TRY(split(e, new, diag));
		}
	}
	return HVC_OK;
}

static enum hvc_status meet_all(struct hvc_differ *d, struct hvc_diag *diag)
{
	const struct hvc_exact_part *parts[HVC_DIFFER_PARTS];
	unsigned count = hvc_differ__parts(d->side[HVC_SIDE_OLD], parts);
	enum hvc_status status = HVC_OK;

	for (unsigned i = 0; status == HVC_OK && i < count; i++) {
		const struct hvc_exact_part *part = parts[i];
		struct encounter e = {.d = d, .part = {part, hvc_differ__other(d, part)}};
		struct asker old, new;

		if (!e.part[HVC_SIDE_NEW])
			continue;
		if (!begin(&old, d, HVC_SIDE_OLD, part) || !begin(&new, d, HVC_SIDE_NEW, part))
			return HVC_E_NOMEM;
		hvc_solver__push(d->solver);
		hvc_solver__require(d->solver, hvc_search__address(d->terms, part->insn));
		status = find_meetings(d, &old, &new, &e, diag);
		hvc_solver__pop(d->solver);
		end(&old);
		end(&new);
	}
	return status;
}

static int by_operation(const void *a, const void *b)
{
	const struct hvc_migration *x = a, *y = b;

	if (x->operation != y->operation)
		return x->operation < y->operation ? -1 : 1;
	if (x->silent != y->silent)
		return x->silent ? -1 : 1;
	if (strcmp(x->rule_new, y->rule_new) != 0)
		return strcmp(x->rule_new, y->rule_new);
	return strcmp(x->does, y->does);
}

enum hvc_status hvc_operation__find(struct hvc_differ *d, struct hvc_diag *diag)
{
	struct hvc_diff *diff = d->diff;

	for (enum hvc_side side = HVC_SIDE_OLD; side < HVC_SIDE_COUNT; side++)
		if (diff->abi[side])
			HVC_TRY(find_uses(d, side, diag));
	for (unsigned i = 0; i < diff->operations; i++)
		if (!hvc_operation__note(d, i))
			return HVC_E_NOMEM;
	if (diff->abi[HVC_SIDE_OLD])
		HVC_TRY(meet_all(d, diag));
	if (diff->migrations)
		qsort(diff->migration, diff->migrations, sizeof *diff->migration, by_operation);
	return HVC_OK;
}
