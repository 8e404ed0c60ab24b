/* SPDX-License-Identifier: MIT */
/** The dispatch tree says what the rows say: for each path of each built-in subject. */

#include "engine/exact_tree.h"
#include "under_test.h"

static struct hvc_exact *explore(const char *name, struct hvc_subject **subject)
{
	struct hvc_exact_config config = {.unconfirmed = true, .brief = true};
	struct hvc_exact *exact = NULL;
	struct hvc_diag diag = {0};

	*subject = open_subject(name);
	config.subject = *subject;
	config.levels = 1u << HVC_LEVEL_EL1H | 1u << HVC_LEVEL_EL2H;
	config.insns = 1u << HVC_INSN_HVC | 1u << HVC_INSN_SMC;
	ck_assert_msg(hvc_exact__make(&config, &diag, &exact) == HVC_OK, "%s: %s", name,
	              diag.message);
	return exact;
}

/* The leaf that inputs lead to, by the edges whose values they have: exactly one a node. */
static const struct hvc_tree_node *follow(const struct hvc_exact *exact,
                                          const struct hvc_tree *tree,
                                          const struct hvc_model *model, const char *what)
{
	const struct hvc_tree_node *node = tree->node;

	while (node->key) {
		uint64_t value = hvc_bv__eval(exact->terms, node->key, model);
		unsigned taken = node->edges;

		for (unsigned i = 0; i < node->edges; i++) {
			if (!hvc_set__has(node->edge[i].set, value))
				continue;
			ck_assert_msg(taken == node->edges, "%s: two edges", what);
			taken = i;
		}
		ck_assert_msg(taken < node->edges, "%s: no edge for 0x%llx", what,
		              (unsigned long long)value);
		node = &tree->node[node->edge[taken].child];
	}
	return node;
}

static void check_part(const struct hvc_exact *exact, const struct hvc_exact_part *part,
                       const char *name)
{
	struct hvc_tree tree;
	char what[200];

	ck_assert_int_eq(hvc_tree__make(exact, part, &tree), HVC_OK);
	for (unsigned row = 0; row < part->rows; row++)
		for (unsigned i = 0; i < part->row[row].paths; i++) {
			unsigned path = part->row[row].path[i];
			const struct hvc_model model =
			        hvc_facts__model(&part->symbolic->path[path].way->facts);

			snprintf(what, sizeof what, "%s, %s from %s, path %u", name,
			         hvc_insn_name(part->insn), hvc_level_name(part->from), path);
			ck_assert_msg(follow(exact, &tree, &model, what)->row == row,
			              "%s is not of row %u", what, row + 1);
		}
	hvc_tree__free(&tree);
}

TEST(each_path_meets_its_row)
{
	const struct hvc_builtin *builtin;

	for (size_t i = 0; (builtin = hvc_builtin_at(i)) != NULL; i++) {
		struct hvc_subject *subject;
		struct hvc_exact *exact;

		if (hvc_builtin_is_aarch32(builtin))
			continue; /* Hyp mode, whose code is not followed */
		exact = explore(builtin->name, &subject);
		for (unsigned k = 0; k < exact->parts; k++)
			if (exact->part[k].symbolic->paths)
				check_part(exact, &exact->part[k], builtin->name);
		hvc_exact__free(exact);
		hvc_subject_close(subject);
	}
}

/* A chain of comparisons is one node, and so is a range with a chain in it. */
TEST(chains_are_folded)
{
	static const struct {
		const char *name;
		unsigned edges, inner; /* of the root; nodes that are no leaf */
	} rows[] = {
	        {"linux-stub-4.12", 4, 1}, {"linux-stub-imm", 4, 1}, {"linux-kvm-6.1", 5, 1},
	        {"linux-stub-3.8", 2, 1},  {"bsd-spin", 0, 0},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct hvc_subject *subject;
		struct hvc_exact *exact = explore(rows[i].name, &subject);
		unsigned inner = 0, edges;
		struct hvc_tree tree;

		ck_assert_int_eq(hvc_tree__make(exact, &exact->part[0], &tree), HVC_OK);
		edges = tree.node->edges;
		for (unsigned k = 0; k < tree.nodes; k++)
			inner += tree.node[k].key != NULL;
		ck_assert_msg(edges == rows[i].edges, "%s: %u", rows[i].name, edges);
		ck_assert_msg(inner == rows[i].inner, "%s: %u", rows[i].name, inner);
		hvc_tree__free(&tree);
		hvc_exact__free(exact);
		hvc_subject_close(subject);
	}
}

SUITE_MAIN("tree")
