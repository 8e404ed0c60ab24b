/* SPDX-License-Identifier: MIT */
#include "symbolic/bv.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/random.h"
#include "symbolic/bv_node.h"

#define CHUNK_SIZE (size_t)65536

struct hvc_chunk {
	struct hvc_chunk *before;
	size_t used, size;
	max_align_t data[];
};

struct hvc_name {
	struct hvc_name *next;
	char text[];
};

static void fail(struct hvc_bvs *terms, enum hvc_status status)
{
	if (terms->status == HVC_OK)
		terms->status = status;
}

void *hvc_bv__take(struct hvc_bvs *terms, size_t size)
{
	struct hvc_chunk *chunk = terms->chunk;
	size_t room = size > CHUNK_SIZE ? size : CHUNK_SIZE;
	void *data;

	size = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	if (!chunk || chunk->size - chunk->used < size) {
		chunk = calloc(1, sizeof *chunk + room + sizeof(max_align_t));
		if (!chunk) {
			fail(terms, HVC_E_NOMEM);
			return NULL;
		}
		chunk->size = room + sizeof(max_align_t);
		chunk->before = terms->chunk;
		terms->chunk = chunk;
	}
	data = (char *)chunk->data + chunk->used;
	chunk->used += size;
	return data;
}

enum hvc_status hvc_bv__open(size_t limit, struct hvc_bvs **out)
{
	struct hvc_bvs *terms = calloc(1, sizeof *terms);

	if (!terms)
		return HVC_E_NOMEM;
	terms->limit = limit ? limit : HVC_BV_NODES_DEFAULT;
	terms->slots = 4096;
	terms->slot = calloc(terms->slots, sizeof *terms->slot);
	if (!terms->slot) {
		free(terms);
		return HVC_E_NOMEM;
	}
	for (unsigned width = 1; width <= 64; width++)
		terms->zero[width] = (struct hvc_bv){
		        .op = HVC_OP_CONST, .width = (uint8_t)width, .zeros = hvc_bv__mask(width)};
	*out = terms;
	return HVC_OK;
}

void hvc_bv__close(struct hvc_bvs *terms)
{
	if (!terms)
		return;
	while (terms->chunk) {
		struct hvc_chunk *chunk = terms->chunk;

		terms->chunk = chunk->before;
		free(chunk);
	}
	free(terms->slot);
	free(terms->input);
	free(terms->value);
	free(terms->stamp);
	free(terms->stack);
	free(terms->rewriter.done);
	free(terms->rewriter.stamp);
	free(terms->rewriter.stack);
	free(terms);
}

enum hvc_status hvc_bv__status(const struct hvc_bvs *terms)
{
	return terms->status;
}

size_t hvc_bv__nodes(const struct hvc_bvs *terms)
{
	return terms->nodes;
}

const char *hvc_bv__text(struct hvc_bvs *terms, const char *text)
{
	struct hvc_name *name = terms->name;

	while (name && strcmp(name->text, text) != 0)
		name = name->next;
	if (name)
		return name->text;
	name = hvc_bv__take(terms, sizeof *name + strlen(text) + 1);
	if (!name)
		return "?";
	strcpy(name->text, text);
	name->next = terms->name;
	terms->name = name;
	return name->text;
}

static uint64_t hash(const struct hvc_bv *node)
{
	uint64_t h = node->op * UINT64_C(0x9e3779b97f4a7c15) + node->width;

	h = (h ^ node->value) * UINT64_C(0xff51afd7ed558ccd);
	for (unsigned i = 0; i < node->args; i++)
		h = (h ^ h >> 29 ^ node->arg[i]->id) * UINT64_C(0xc4ceb9fe1a85ec53);
	return h ^ h >> 32;
}

static bool same(const struct hvc_bv *a, const struct hvc_bv *b)
{
	return a->op == b->op && a->width == b->width && a->value == b->value &&
	       a->args == b->args && a->arg[0] == b->arg[0] && a->arg[1] == b->arg[1] &&
	       a->arg[2] == b->arg[2];
}

static bool grow(struct hvc_bvs *terms)
{
	size_t slots = 2 * terms->slots;
	struct hvc_bv **slot = calloc(slots, sizeof *slot);

	if (!slot)
		return false;
	for (size_t i = 0; i < terms->slots; i++) {
		size_t at;

		if (!terms->slot[i])
			continue;
		at = hash(terms->slot[i]) & (slots - 1);
		while (slot[at])
			at = (at + 1) & (slots - 1);
		slot[at] = terms->slot[i];
	}
	free(terms->slot);
	terms->slot = slot;
	terms->slots = slots;
	return true;
}

static unsigned leading_zeros(hvc_ref a)
{
	unsigned n = 0;

	while (n < a->width && a->zeros >> (a->width - 1 - n) & 1)
		n++;
	return n;
}

static unsigned trailing_zeros(hvc_ref a)
{
	unsigned n = 0;

	while (n < a->width && a->zeros >> n & 1)
		n++;
	return n;
}

/* Upper bits that stay 0 in a sum or product, and lower ones. */
static uint64_t outer_zeros(unsigned width, unsigned high, unsigned low)
{
	uint64_t zeros = hvc_bv__mask(low < width ? low : width);

	if (high && high <= width)
		zeros |= hvc_bv__mask(high) << (width - high);
	return zeros;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static void know_number(struct hvc_bv *n)
{
	hvc_ref a = n->arg[0], b = n->arg[1];
	unsigned high, used;

	switch (n->op) {
	case HVC_OP_CONST:
		n->ones = n->value;
		n->zeros = ~n->value;
		break;
	case HVC_OP_ADD:
		high = least(leading_zeros(a), leading_zeros(b));
		n->zeros = outer_zeros(n->width, high ? high - 1 : 0,
		                       least(trailing_zeros(a), trailing_zeros(b)));
		break;
	case HVC_OP_MUL:
		used = 2u * n->width - leading_zeros(a) - leading_zeros(b);
		n->zeros = outer_zeros(n->width, used < n->width ? n->width - used : 0,
		                       trailing_zeros(a) + trailing_zeros(b));
		break;
	case HVC_OP_SUB:
		n->zeros = outer_zeros(n->width, 0, least(trailing_zeros(a), trailing_zeros(b)));
		break;
	case HVC_OP_UDIV:
		n->zeros = outer_zeros(n->width, leading_zeros(a), 0);
		break;
	case HVC_OP_CLZ:
		n->zeros = ~(uint64_t)(n->width * 2u - 1);
		break;
	default:
		break;
	}
}

static void know(struct hvc_bv *n)
{
	hvc_ref a = n->arg[0], b = n->arg[1], c = n->arg[2];

	switch (n->op) {
	case HVC_OP_AND:
		n->zeros = a->zeros | b->zeros;
		n->ones = a->ones & b->ones;
		break;
	case HVC_OP_OR:
		n->zeros = a->zeros & b->zeros;
		n->ones = a->ones | b->ones;
		break;
	case HVC_OP_XOR:
		n->zeros = (a->zeros & b->zeros) | (a->ones & b->ones);
		n->ones = (a->zeros & b->ones) | (a->ones & b->zeros);
		break;
	case HVC_OP_NOT:
		n->zeros = a->ones;
		n->ones = a->zeros;
		break;
	case HVC_OP_EXTRACT:
		n->zeros = a->zeros >> n->value;
		n->ones = a->ones >> n->value;
		break;
	case HVC_OP_CONCAT:
		n->zeros = a->zeros << b->width | b->zeros;
		n->ones = a->ones << b->width | b->ones;
		break;
	case HVC_OP_SEXT:
		n->zeros = a->zeros;
		n->ones = a->ones;
		break;
	case HVC_OP_ITE:
		n->choice = hvc_bv__chosen(b) && hvc_bv__chosen(c);
		n->zeros = b->zeros & c->zeros;
		n->ones = b->ones & c->ones;
		break;
	default:
		know_number(n);
	}
	n->zeros &= hvc_bv__mask(n->width);
	n->ones &= hvc_bv__mask(n->width);
	n->opaque = n->op == HVC_OP_OPAQUE && !hvc_bv__is_computed(hvc_bv__opaque_name(n));
	for (unsigned i = 0; i < n->args; i++) {
		n->uses |= n->arg[i]->uses;
		n->opaque |= n->arg[i]->opaque;
	}
	if (n->op == HVC_OP_INPUT)
		n->uses = UINT64_C(1) << (n->value < 40 ? n->value : 40 + n->value % 24);
}

static hvc_ref intern(struct hvc_bvs *terms, const struct hvc_bv *node)
{
	size_t at = hash(node) & (terms->slots - 1);
	struct hvc_bv *kept;

	while (terms->slot[at]) {
		if (same(terms->slot[at], node))
			return terms->slot[at];
		at = (at + 1) & (terms->slots - 1);
	}
	if (terms->nodes == terms->limit) {
		fail(terms, HVC_E_RANGE);
		return &terms->zero[node->width];
	}
	if (2 * (terms->nodes + 1) > terms->slots) {
		if (!grow(terms)) {
			fail(terms, HVC_E_NOMEM);
			return &terms->zero[node->width];
		}
		return intern(terms, node);
	}
	kept = hvc_bv__take(terms, sizeof *kept);
	if (!kept)
		return &terms->zero[node->width];
	*kept = *node;
	kept->id = (uint32_t)terms->nodes++;
	terms->slot[at] = kept;
	return kept;
}

hvc_ref hvc_bv__node(struct hvc_bvs *terms, enum hvc_op op, unsigned width, uint64_t value,
                     unsigned args, hvc_ref a, hvc_ref b, hvc_ref c)
{
	struct hvc_bv node = {.op = (uint8_t)op,
	                      .width = (uint8_t)width,
	                      .args = (uint8_t)args,
	                      .value = value,
	                      .arg = {a, b, c}};

	know(&node);
	if (op != HVC_OP_CONST && (node.zeros | node.ones) == hvc_bv__mask(width))
		return hvc_bv__num(terms, width, node.ones);
	return intern(terms, &node);
}

hvc_ref hvc_bv__num(struct hvc_bvs *terms, unsigned width, uint64_t value)
{
	return hvc_bv__node(terms, HVC_OP_CONST, width, value & hvc_bv__mask(width), 0, NULL, NULL,
	                    NULL);
}

hvc_ref hvc_bv__input(struct hvc_bvs *terms, const char *name, unsigned width)
{
	const char *text = hvc_bv__text(terms, name);

	for (size_t i = 0; i < terms->inputs; i++)
		if (terms->input[i].name == text && terms->input[i].width == width)
			return terms->input[i].term;
	if (!hvc_grow(&terms->input, &terms->inputs_max, terms->inputs, sizeof *terms->input)) {
		fail(terms, HVC_E_NOMEM);
		return &terms->zero[width];
	}
	terms->input[terms->inputs] = (struct hvc_input){.name = text, .width = width};
	terms->input[terms->inputs].term =
	        hvc_bv__node(terms, HVC_OP_INPUT, width, terms->inputs, 0, NULL, NULL, NULL);
	return terms->input[terms->inputs++].term;
}

struct hvc_input *hvc_bv__input_at(struct hvc_bvs *terms, size_t index)
{
	return index < terms->inputs ? &terms->input[index] : NULL;
}

struct hvc_input *hvc_bv__input_of(struct hvc_bvs *terms, hvc_ref a)
{
	return a->op == HVC_OP_INPUT ? hvc_bv__input_at(terms, a->value) : NULL;
}

hvc_ref hvc_bv__opaque(struct hvc_bvs *terms, const char *name, unsigned width, hvc_ref a,
                       hvc_ref b, hvc_ref c)
{
	unsigned args = c ? 3 : b ? 2 : a ? 1 : 0;
	uint64_t value[HVC_BV_ARGS] = {0};

	if (args == 2 && hvc_bv__const(a) && hvc_bv__const(b) && hvc_bv__is_computed(name)) {
		value[0] = a->value;
		value[1] = b->value;
		return hvc_bv__num(terms, width, hvc_bv__compute(name, width, value));
	}
	return hvc_bv__node(terms, HVC_OP_OPAQUE, width,
	                    (uint64_t)(uintptr_t)hvc_bv__text(terms, name), args, a, b, c);
}

const char *hvc_bv__opaque_name(hvc_ref a)
{
	return (const char *)(uintptr_t)a->value;
}

void hvc_bv__alias(struct hvc_bvs *terms, hvc_ref a, const char *name)
{
	const char *text = hvc_bv__text(terms, name);
	struct hvc_alias *alias;

	/* Callers have the same terms. */
	if (hvc_bv__alias_of(terms, a) == text)
		return;
	alias = hvc_bv__take(terms, sizeof *alias);
	if (!alias)
		return;
	*alias = (struct hvc_alias){a, text, terms->alias};
	terms->alias = alias;
}

const char *hvc_bv__alias_of(const struct hvc_bvs *terms, hvc_ref a)
{
	for (const struct hvc_alias *alias = terms->alias; alias; alias = alias->next)
		if (alias->term == a)
			return alias->name;
	return NULL;
}

uint64_t hvc_bv__offset(hvc_ref a, hvc_ref *base)
{
	if (a->op == HVC_OP_CONST) {
		*base = NULL;
		return a->value;
	}
	if (a->op == HVC_OP_ADD && a->arg[1]->op == HVC_OP_CONST) {
		*base = a->arg[0];
		return a->arg[1]->value;
	}
	*base = a;
	return 0;
}

bool hvc_bv__is_opaque(hvc_ref a)
{
	return a && a->opaque;
}

/* Values of functions that have but a name, and of those among them that are known: CRC32. */

/* Polynomials of CRC32 and CRC32C, bits reversed (Arm ARM C6.2, Poly32Mod2). */
#define CRC32  0xedb88320u
#define CRC32C 0x82f63b78u

static const struct {
	char name[8];
	uint32_t polynomial;
	unsigned bits;
} sums[] = {
        {"crc32b", CRC32, 8},    {"crc32h", CRC32, 16},   {"crc32w", CRC32, 32},
        {"crc32x", CRC32, 64},   {"crc32cb", CRC32C, 8},  {"crc32ch", CRC32C, 16},
        {"crc32cw", CRC32C, 32}, {"crc32cx", CRC32C, 64},
};

/* Index into `sums`; their number: it is none of them. */
static size_t find_sum(const char *name)
{
	size_t i = 0;

	while (i < sizeof sums / sizeof *sums && strcmp(sums[i].name, name) != 0)
		i++;
	return i;
}

bool hvc_bv__is_computed(const char *name)
{
	return find_sum(name) < sizeof sums / sizeof *sums;
}

static uint64_t crc(size_t which, uint64_t old, uint64_t value)
{
	uint32_t sum = (uint32_t)old;

	for (unsigned i = 0; i < sums[which].bits; i++)
		sum = sum >> 1 ^ ((sum ^ value >> i) & 1 ? sums[which].polynomial : 0);
	return sum;
}

uint64_t hvc_bv__compute(const char *name, unsigned width, const uint64_t arg[HVC_BV_ARGS])
{
	uint64_t h = hvc_hash(HVC_HASH_START, name, strlen(name));

	if (hvc_bv__is_computed(name))
		return crc(find_sum(name), arg[0], arg[1]);
	for (unsigned i = 0; i < HVC_BV_ARGS; i++)
		h = (h ^ arg[i] ^ h >> 31) * UINT64_C(0xff51afd7ed558ccd);
	return (h ^ h >> 33) & hvc_bv__mask(width);
}
