/* SPDX-License-Identifier: MIT */
#include "subject/finder.h"
#include "base/grow.h"

#include <stdlib.h>

#include "hvcheck/arch.h"
#include "subject/a64.h"
#include "subject/subject.h"
#include "subject/walk.h"

#define SLOTS (HVC_VECTOR_TABLE_SIZE / HVC_VECTOR_SLOT_SIZE)
/* Instructions looked at behind slot 0x400. The longest way to an ERET in the kernels looked
   at, through KVM's save and restore of a guest, is a few hundred. */
#define REACH 512u
/* Slots that may follow right upon code that falls into them; real tables have none or one. */
#define FALLS_MAX 2u

/* What the code behind a slot uses. */
struct trait {
	struct hvc_candidate *candidate;
	bool el2; /* any EL2 register but those of guests, such as VTTBR_EL2 */
	bool el1; /* the registers of an exception taken to EL1 */
};

#define SYSREG(op0, op1, crn, crm, op2) \
	((op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))

static bool visit(void *ctx, uint64_t address, uint32_t word, bool leader)
{
	struct trait *trait = ctx;
	struct hvc_sysop op;
	uint64_t target;

	(void)leader;
	if (hvc_a64__flow(address, word, &target) == HVC_FLOW_ERET)
		trait->candidate->erets = true;
	if (!hvc_a64__sysop(word, &op))
		return true;
	if (op.op0 == 3 && op.op1 == 4)
		trait->el2 = true;
	switch (SYSREG(op.op0, op.op1, op.crn, op.crm, op.op2)) {
	case SYSREG(3, 4, 12, 0, 0): /* VBAR_EL2 */
		trait->candidate->writes_vbar |= op.write;
		break;
	case SYSREG(3, 4, 5, 2, 0): /* ESR_EL2 */
		trait->candidate->reads_esr |= !op.write;
		break;
	case SYSREG(3, 0, 4, 0, 0):  /* SPSR_EL1 */
	case SYSREG(3, 0, 4, 0, 1):  /* ELR_EL1 */
	case SYSREG(3, 0, 5, 2, 0):  /* ESR_EL1 */
	case SYSREG(3, 0, 6, 0, 0):  /* FAR_EL1 */
	case SYSREG(3, 0, 12, 0, 0): /* VBAR_EL1 */
		trait->el1 = true;
		break;
	}
	return true;
}

bool hvc_finder__is_dead(const struct hvc_image *image, uint64_t address)
{
	uint64_t target = 0;
	uint32_t word;

	for (unsigned steps = 0; steps < 2 * HVC_VECTOR_SLOT_SIZE / 4; steps++) {
		if (!hvc_walk__word(image, address, &word))
			return false;
		if (hvc_a64__flow(address, word, &target) == HVC_FLOW_BRANCH)
			address = target;
		else if (word == HVC_A64_NOP)
			address += 4;
		else
			return false;
	}
	return true;
}

/* Nothing but filling: no entry. */
static bool is_empty(const struct hvc_image *image, uint64_t slot)
{
	for (unsigned at = 0; at < HVC_VECTOR_SLOT_SIZE; at += 4) {
		uint32_t word;

		if (!hvc_walk__word(image, slot + at, &word) || !hvc_a64__padding(word))
			return false;
	}
	return true;
}

enum entry {
	ENTRY_NONE,  /* no instruction, or filling */
	ENTRY_FALLS, /* code runs into it from the one before */
	ENTRY_GOOD,
};

static enum entry look_at_slot(const struct hvc_image *image, uint64_t slot, bool first)
{
	uint32_t word, before;
	uint64_t target;

	if (!hvc_walk__word(image, slot, &word) || !hvc_a64__plausible(word) ||
	    is_empty(image, slot))
		return ENTRY_NONE;
	if (first)
		return ENTRY_GOOD;
	if (!hvc_walk__word(image, slot - 4, &before))
		return ENTRY_NONE;
	switch (hvc_a64__flow(slot - 4, before, &target)) {
	case HVC_FLOW_NEXT:
		return hvc_a64__padding(before) ? ENTRY_GOOD : ENTRY_FALLS;
	case HVC_FLOW_COND:
		return ENTRY_FALLS;
	case HVC_FLOW_CALL: /* of a function that does not return */
	case HVC_FLOW_BRANCH:
	case HVC_FLOW_INDIRECT:
	case HVC_FLOW_ERET:
	case HVC_FLOW_STOP:
		break;
	}
	return ENTRY_GOOD;
}

/*
 * Sixteen entries, or the eight of them that EL2 cannot do without: from EL2 itself with SP_EL2,
 * and from AArch64 below. Then the others are filling, or, behind the eight, something else.
 */
static bool has_shape(const struct hvc_image *image, uint64_t table)
{
	unsigned falls = 0, entries = 0, needed = 0, behind = 0;

	for (unsigned i = 0; i < SLOTS; i++) {
		const uint64_t slot = table + (uint64_t)i * HVC_VECTOR_SLOT_SIZE;
		const enum entry entry = look_at_slot(image, slot, !i);
		const bool is_needed =
		        i / 4 == HVC_GROUP_CURRENT_SPX || i / 4 == HVC_GROUP_LOWER_A64;

		entries += entry != ENTRY_NONE;
		needed += is_needed && entry == ENTRY_GOOD;
		falls += entry == ENTRY_FALLS;
		if (entry == ENTRY_NONE && is_needed)
			return false;
		if (entry == ENTRY_NONE && i / 4 == 0 && !is_empty(image, slot))
			return false;
		behind += i / 4 == HVC_GROUP_LOWER_A32 && entry != ENTRY_GOOD;
	}
	if (entries == SLOTS)
		return falls <= FALLS_MAX || (needed == SLOTS / 2 && behind == falls);
	return needed == SLOTS / 2;
}

static int score(const struct trait *trait)
{
	const struct hvc_candidate *candidate = trait->candidate;
	int points = 0;

	/* Vectors of EL1, whose handlers end in ERET as well; nor is one register a handler. */
	if (!trait->el2)
		return candidate->erets && !trait->el1 ? 1 : 0;
	points += candidate->writes_vbar ? 4 : 0;
	points += candidate->erets ? 3 : 0;
	points += candidate->reads_esr ? 3 : 0;
	/* Small tables park what they do not expect. */
	points += candidate->live < SLOTS / 2 ? 1 : 0;
	return points;
}

static enum hvc_status examine(const struct hvc_image *image, uint64_t table,
                               struct hvc_candidate *out)
{
	struct trait trait = {.candidate = out};
	const uint64_t entry = table + hvc_arch_vector(HVC_GROUP_LOWER_A64);
	const struct hvc_walk walk = {
	        .image = image,
	        .entry = &entry,
	        .entries = 1,
	        .limit = REACH,
	        .visit = visit,
	        .ctx = &trait,
	};

	*out = (struct hvc_candidate){.address = table};
	for (unsigned i = 0; i < SLOTS; i++)
		out->live +=
		        !hvc_finder__is_dead(image, table + (uint64_t)i * HVC_VECTOR_SLOT_SIZE);
	HVC_TRY(hvc_walk__run(&walk));
	out->score = score(&trait);
	return HVC_OK;
}

struct found {
	struct hvc_candidate *row;
	size_t count, capacity;
};

static enum hvc_status add(struct found *found, const struct hvc_candidate *candidate)
{
	if (!hvc_grow(&found->row, &found->capacity, found->count, sizeof *found->row))
		return HVC_E_NOMEM;
	found->row[found->count++] = *candidate;
	return HVC_OK;
}

static enum hvc_status scan(const struct hvc_loaded *loaded, struct found *found)
{
	const struct hvc_image image = {.segment = loaded->segment,
	                                .segments = loaded->segments,
	                                .aarch32 = loaded->aarch32};
	const uint64_t size = hvc_image_table(&image);

	for (unsigned i = 0; i < loaded->segments; i++) {
		const struct hvc_segment *segment = &loaded->segment[i];
		uint64_t skip = (0 - segment->address) % size;

		for (; skip + size <= segment->data_size; skip += size) {
			struct hvc_candidate candidate;
			uint64_t table = segment->address + skip;

			if (loaded->aarch32 ? !hvc_finder__is_hyp(&image, table, &candidate)
			                    : !has_shape(&image, table))
				continue;
			if (!loaded->aarch32)
				HVC_TRY(examine(&image, table, &candidate));
			if (candidate.score < 1)
				continue;
			HVC_TRY(add(found, &candidate));
		}
	}
	return HVC_OK;
}

static int by_score(const void *a, const void *b)
{
	const struct hvc_candidate *l = a, *r = b;

	if (l->score != r->score)
		return l->score > r->score ? -1 : 1;
	return l->address < r->address ? -1 : l->address > r->address;
}

enum hvc_status hvc_finder__run(const struct hvc_loaded *loaded, struct hvc_candidate **out,
                                size_t *count)
{
	struct found found = {0};
	enum hvc_status status = scan(loaded, &found);

	if (status != HVC_OK) {
		free(found.row);
		return status;
	}
	if (found.count)
		qsort(found.row, found.count, sizeof *found.row, by_score);
	*out = found.row;
	*count = found.count;
	return HVC_OK;
}

enum hvc_status hvc_vectors__find(const char *path, struct hvc_diag *diag,
                                  struct hvc_candidate **out, size_t *count)
{
	struct hvc_loaded loaded;
	enum hvc_status status;

	HVC_TRY(hvc_image__load(path, diag, &loaded));
	status = hvc_finder__run(&loaded, out, count);
	hvc_image__unload(&loaded);
	if (status != HVC_OK)
		return hvc_diag_set(diag, status, path, 0, 0, "%s", hvc_strerror(status));
	return HVC_OK;
}
