/* SPDX-License-Identifier: MIT */
#include "report/strip.h"

#include <stdlib.h>
#include <string.h>

#define SIDE HVC_PICTURE_SIDE

/* Is it told apart by values of a register, or of a part of one? Immediates have their square. */
static bool is_selector(const struct hvc_tree_node *node)
{
	return node->key && node->key->width >= 32 && node->edges > 1 &&
	       !(node->key->uses >> HVC_INPUT_IMM & 1);
}

static size_t count_ranges(const struct hvc_tree_node *node)
{
	size_t count = 0;

	for (unsigned i = 0; i + 1 < node->edges; i++)
		count += node->edge[i].set->count;
	return count;
}

/* The row of a value; rows stay in order. */
static void add_row(struct hvc_strip *strip, uint64_t value)
{
	uint64_t base = value & ~(uint64_t)(SIDE - 1);
	unsigned at = strip->rows;

	while (at && strip->base[at - 1] > base)
		at--;
	if (at && strip->base[at - 1] == base)
		return;
	if (strip->rows == SIDE) {
		strip->left++;
		return;
	}
	memmove(&strip->base[at + 1], &strip->base[at], (strip->rows - at) * sizeof *strip->base);
	strip->base[at] = base;
	strip->rows++;
}

/* Of a long range its ends say all. */
static void add_rows(struct hvc_strip *strip)
{
	for (unsigned i = 0; i + 1 < strip->node->edges; i++) {
		const struct hvc_set *set = strip->node->edge[i].set;

		for (size_t k = 0; k < set->count; k++) {
			add_row(strip, set->range[k].lo);
			add_row(strip, set->range[k].hi);
		}
	}
}

/* The last edge has most values, and is the first group. */
static uint32_t group_of(const struct hvc_tree_node *node, uint64_t value)
{
	for (unsigned i = 0; i + 1 < node->edges; i++)
		if (hvc_set__has(node->edge[i].set, value))
			return i + 1;
	return 0;
}

static const struct hvc_tree_node *child_of(const struct hvc_strip *strip, unsigned group)
{
	const struct hvc_tree_node *node = strip->node;

	return &strip->tree.node[node->edge[group ? group - 1 : node->edges - 1].child];
}

static bool fill(struct hvc_strip *strip)
{
	struct hvc_picture *picture = &strip->picture;

	add_rows(strip);
	picture->groups = strip->node->edges;
	picture->cell = calloc(HVC_IMM_COUNT, sizeof *picture->cell);
	picture->group = calloc(picture->groups, sizeof *picture->group);
	if (!picture->cell || !picture->group)
		return false;
	for (unsigned i = 0; i < picture->groups; i++) {
		picture->group[i].mixed = child_of(strip, i)->key != NULL;
		picture->group[i].class_ = i;
	}
	for (unsigned row = 0; row < strip->rows; row++)
		for (unsigned i = 0; i < SIDE; i++)
			picture->cell[row * SIDE + i] = group_of(strip->node, strip->base[row] + i);
	return true;
}

enum hvc_status hvc_strip__make(const struct hvc_exact *exact, struct hvc_diag *diag,
                                struct hvc_strip *out)
{
	struct hvc_strip strip = {0};
	bool good = true;

	for (unsigned i = 0; good && i < exact->parts; i++) {
		const struct hvc_exact_part *part = &exact->part[i];
		size_t most = strip.node ? count_ranges(strip.node) : 0;
		const struct hvc_tree_node *node = NULL;
		struct hvc_tree tree;

		if (part->same || !part->symbolic->paths)
			continue;
		good = hvc_tree__make(exact, part, &tree) == HVC_OK;
		for (unsigned k = 0; good && k < tree.nodes; k++)
			if (is_selector(&tree.node[k]) && count_ranges(&tree.node[k]) > most) {
				node = &tree.node[k];
				most = count_ranges(node);
			}
		if (good && node) {
			hvc_tree__free(&strip.tree);
			strip.tree = tree;
			strip.node = node;
			strip.part = part;
		} else if (good) {
			hvc_tree__free(&tree);
		}
	}
	good = good && (!strip.node || fill(&strip));
	*out = strip;
	if (good)
		return HVC_OK;
	hvc_strip__free(out);
	return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
}

void hvc_strip__free(struct hvc_strip *strip)
{
	hvc_picture__free(&strip->picture);
	hvc_tree__free(&strip->tree);
}

void hvc_strip__title(const struct hvc_exact *exact, const struct hvc_strip *strip,
                      struct hvc_words *out)
{
	struct hvc_words who = {0};
	char text[128];

	hvc_bv__print(exact->terms, strip->node->key, text, sizeof text);
	hvc_exact__callers(&who, exact, strip->part);
	hvc_words__add(out, "%s of %s", text, hvc_words__text(&who));
	hvc_words__free(&who);
}

void hvc_strip__does(const struct hvc_exact *exact, const struct hvc_strip *strip, unsigned group,
                     struct hvc_words *out)
{
	const struct hvc_tree_node *child = child_of(strip, group);

	if (child->key)
		hvc_words__add(out, "then by ");
	if (child->key)
		hvc_tree__looks(exact, strip->part, child, out);
	else
		hvc_tree__does(exact, strip->part, child, out);
}
