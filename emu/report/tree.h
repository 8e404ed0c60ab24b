/* SPDX-License-Identifier: MIT */
/** The dispatch tree of an exact map, in words that its text, drawing and page share. */
#ifndef HVC_REPORT_TREE_H
#define HVC_REPORT_TREE_H

#include "engine/exact_tree.h"
#include "report/exact.h"
#include "report/json.h"
#include "report/page.h"

/** What it takes to go along an edge: "x0 = 2", "imm != 0xea1"; nothing is freed before. */
void hvc_tree__when(const struct hvc_exact *exact, const struct hvc_tree_node *node,
                    const struct hvc_tree_edge *edge, struct hvc_words *out);
/** What a node looks at, and by which instructions: "x0, at handle_sync+0x4: cmp x0, #0; b.eq". */
void hvc_tree__looks(const struct hvc_exact *exact, const struct hvc_exact_part *part,
                     const struct hvc_tree_node *node, struct hvc_words *out);
/** What a leaf does: "class 2: jump to x1 at el2h, x0 := x2". */
void hvc_tree__does(const struct hvc_exact *exact, const struct hvc_exact_part *part,
                    const struct hvc_tree_node *node, struct hvc_words *out);

/** A line of a tree, from its root on: what a text or a drawing has one below the other. */
typedef void hvc_tree_line(void *ctx, unsigned depth, const char *text, bool leaf);
/** All lines of a part's tree. HVC_E_NOMEM. */
HVC_MUST_USE enum hvc_status hvc_tree__lines(const struct hvc_exact *exact,
                                             const struct hvc_exact_part *part, hvc_tree_line *line,
                                             void *ctx);

/** The trees of all callers, as a document has them. */
HVC_MUST_USE enum hvc_status hvc_tree__text(const struct hvc_page *page,
                                            const struct hvc_exact *exact, struct hvc_diag *diag);
/** The member "trees" of the open object. */
void hvc_tree__json(struct hvc_json *json, const struct hvc_exact *exact);
/** The same as a drawing by itself. HVC_E_NOMEM, HVC_E_IO. */
HVC_MUST_USE enum hvc_status hvc_svg_tree__put(FILE *out, const struct hvc_exact *exact,
                                               struct hvc_diag *diag);

#endif
