/* SPDX-License-Identifier: MIT */
/* The constants that some code compares registers with. */
#include "subject/walk.h"

#include <stdlib.h>

#include "base/grow.h"
#include "hvcheck/arch.h"
#include "subject/finder.h"
#include "subject/subject.h"
#include "subject/value.h"

/* What is known of a register, in terms of the values registers had where the block began. */
enum known {
	KNOWN_NOTHING,
	KNOWN_VALUE, /* k */
	KNOWN_SUB,   /* base - k */
	KNOWN_EOR,   /* base ^ k */
	KNOWN_SHIFT, /* base >> k */
};

struct value {
	enum known known;
	unsigned base;
	bool word; /* computed in 32 bits */
	uint64_t k;
};

struct search {
	const struct hvc_image *image;
	struct value x[32]; /* 31 is xzr */
	struct hvc_constant *found;
	size_t count, capacity;
	enum hvc_status status;
};

static uint64_t cut(uint64_t value, bool word)
{
	return word ? (uint32_t)value : value;
}

static void add(struct search *search, unsigned reg, bool word, uint64_t value, uint64_t address)
{
	if (reg >= HVC_GPR_COUNT || search->status != HVC_OK)
		return;
	if (!hvc_grow(&search->found, &search->capacity, search->count, sizeof *search->found)) {
		search->status = HVC_E_NOMEM;
		return;
	}
	search->found[search->count++] = (struct hvc_constant){
	        .reg = (enum hvc_reg)(HVC_REG_X0 + reg),
	        .word = word,
	        .value = cut(value, word),
	        .address = address,
	};
}

static bool untouched(const struct value *value)
{
	return value->known == KNOWN_SUB && value->k == 0;
}

/* A register is compared with a constant: also what that says of the register it came from. */
static void compare(struct search *search, unsigned reg, bool word, uint64_t value,
                    uint64_t address)
{
	const struct value *from = &search->x[reg];

	add(search, reg, word, value, address);
	word = word || from->word;
	switch (from->known) {
	case KNOWN_NOTHING:
	case KNOWN_VALUE:
		break;
	case KNOWN_SUB:
		add(search, from->base, word, value + from->k, address);
		break;
	case KNOWN_EOR:
		add(search, from->base, word, value ^ from->k, address);
		break;
	case KNOWN_SHIFT:
		add(search, from->base, word, value << from->k, address);
		break;
	}
}

static void compare_bits(struct search *search, unsigned reg, bool word, uint64_t value,
                         uint64_t address)
{
	const struct value *from = &search->x[reg];

	add(search, reg, word, value, address);
	if (untouched(from))
		add(search, from->base, word || from->word, value, address);
}

/* The second operand as a constant, where it is one. */
static bool constant_operand(const struct search *search, const struct hvc_a64 *insn, unsigned reg,
                             uint64_t *value)
{
	if (!insn->reg) {
		*value = insn->imm;
		return true;
	}
	*value = search->x[reg].k;
	return search->x[reg].known == KNOWN_VALUE;
}

static void note_compare(struct search *search, const struct hvc_a64 *insn, uint64_t address)
{
	uint64_t value;
	unsigned reg = insn->rn;

	if (insn->compare == HVC_COMPARE_NONE)
		return;
	if (!constant_operand(search, insn, insn->rm, &value)) {
		/* The constant may be the first operand as well. */
		if (!constant_operand(search, insn, insn->rn, &value))
			return;
		reg = insn->rm;
	}
	if (reg == 31)
		return;
	if (insn->compare == HVC_COMPARE_MINUS)
		value = 0 - value;
	if (insn->compare == HVC_COMPARE_BITS)
		compare_bits(search, reg, insn->word, value, address);
	else
		compare(search, reg, insn->word, value, address);
}

/* base - k - more, base ^ k ^ more; other mixtures are not followed. */
static struct value derived(const struct value *from, enum known known, uint64_t more, bool word)
{
	struct value value = *from;

	value.word = from->word || word;
	if (from->known == KNOWN_SUB && known == KNOWN_SUB)
		value.k += more;
	else if (from->known == KNOWN_EOR && known == KNOWN_EOR)
		value.k ^= more;
	else if (untouched(from)) {
		value.known = known;
		value.k = more;
	} else
		value.known = KNOWN_NOTHING;
	return value;
}

/* The value of rd after an instruction that is not HVC_MOVE_OTHER. */
static struct value moved(const struct search *search, const struct hvc_a64 *insn)
{
	static const enum known known[] = {
	        [HVC_MOVE_SUB] = KNOWN_SUB,
	        [HVC_MOVE_EOR] = KNOWN_EOR,
	        [HVC_MOVE_SHIFT] = KNOWN_SHIFT,
	};
	struct value value = {.word = insn->word};

	switch (insn->move) {
	case HVC_MOVE_OTHER:
	case HVC_MOVE_OR:
	case HVC_MOVE_ADD:
		break;
	case HVC_MOVE_CONST:
		value.known = KNOWN_VALUE;
		value.k = cut(insn->imm, insn->word);
		break;
	case HVC_MOVE_KEEP:
		value = search->x[insn->rd];
		if (value.known != KNOWN_VALUE)
			value.known = KNOWN_NOTHING;
		value.k = cut((value.k & ~insn->mask) | insn->imm, insn->word);
		break;
	case HVC_MOVE_LITERAL:
		if (hvc_value__literal(search->image, insn, &value.k))
			value.known = KNOWN_VALUE;
		break;
	case HVC_MOVE_COPY:
		value = search->x[insn->rm];
		value.word = value.word || insn->word;
		if (value.known == KNOWN_VALUE)
			value.k = cut(value.k, insn->word);
		break;
	case HVC_MOVE_SUB:
	case HVC_MOVE_EOR:
	case HVC_MOVE_SHIFT:
		if (insn->rn != 31 && constant_operand(search, insn, insn->rm, &value.k))
			value = derived(&search->x[insn->rn], known[insn->move], value.k,
			                insn->word);
		break;
	}
	return value;
}

static bool visit(void *ctx, uint64_t address, uint32_t word, bool leader)
{
	struct search *search = ctx;
	struct hvc_a64 insn;
	struct value value;

	for (unsigned i = 0; leader && i < HVC_GPR_COUNT; i++)
		search->x[i] = (struct value){.known = KNOWN_SUB, .base = i};
	search->x[31] = (struct value){.known = KNOWN_VALUE};
	hvc_a64__decode(address, word, &insn);
	note_compare(search, &insn, address);
	value = moved(search, &insn);
	for (unsigned i = 0; i < HVC_GPR_COUNT; i++)
		if (insn.killed >> i & 1)
			search->x[i] = (struct value){0};
	if (insn.move != HVC_MOVE_OTHER && insn.rd != 31)
		search->x[insn.rd] = value;
	return search->status == HVC_OK;
}

static int by_register(const void *a, const void *b)
{
	const struct hvc_constant *l = a, *r = b;

	if (l->reg != r->reg)
		return l->reg < r->reg ? -1 : 1;
	if (l->value != r->value)
		return l->value < r->value ? -1 : 1;
	if (l->word != r->word)
		return l->word ? 1 : -1;
	return l->address < r->address ? -1 : l->address > r->address;
}

/* Keep the first of constants that differ in their address alone. */
static void unique(struct search *search)
{
	size_t kept = 0;

	if (search->count)
		qsort(search->found, search->count, sizeof *search->found, by_register);
	for (size_t i = 0; i < search->count; i++) {
		const struct hvc_constant *last = kept ? &search->found[kept - 1] : NULL;
		const struct hvc_constant *this = &search->found[i];

		if (!last || last->reg != this->reg || last->value != this->value ||
		    last->word != this->word)
			search->found[kept++] = *this;
	}
	search->count = kept;
}

enum hvc_status hvc_constant__find(const struct hvc_walk *way, struct hvc_constant **out,
                                   size_t *count)
{
	struct search search = {.image = way->image};
	struct hvc_walk walk = *way;
	enum hvc_status status;

	walk.visit = visit;
	walk.ctx = &search;
	status = hvc_walk__run(&walk);
	if (status == HVC_OK)
		status = search.status;
	if (status != HVC_OK) {
		free(search.found);
		return status;
	}
	unique(&search);
	*out = search.found;
	*count = search.count;
	return HVC_OK;
}

enum hvc_status hvc_subject__constants(const struct hvc_subject *subject, unsigned limit,
                                       struct hvc_constant **out, size_t *count)
{
	uint64_t slot[HVC_VECTOR_TABLE_SIZE / HVC_VECTOR_SLOT_SIZE];
	const struct hvc_walk walk = {
	        .image = hvc_subject_image(subject),
	        .entry = slot,
	        .entries = sizeof slot / sizeof *slot,
	        .limit = limit,
	        .into_calls = true,
	};

	if (walk.image->aarch32)
		return hvc_constant__find_a32(walk.image, hvc_finder__is_t32(walk.image), out,
		                              count);
	for (unsigned i = 0; i < walk.entries; i++)
		slot[i] = walk.image->vectors + (uint64_t)i * HVC_VECTOR_SLOT_SIZE;
	return hvc_constant__find(&walk, out, count);
}
