/* SPDX-License-Identifier: MIT */
/** Rules from their text. */
#ifndef HVC_ABI_RULE_H
#define HVC_ABI_RULE_H

#include "abi/abi.h"
#include "abi/list.h"

#define HVC_PRIORITY_MAX 1000

/**
 * Read spec->rule[index] into abi->rule[index]. The ABI's head (levels, insns, worlds, source)
 * is in place; clobbers is the ABI's default. Each rule is checked by itself only.
 */
HVC_MUST_USE enum hvc_status hvc_rule__read(const struct hvc_loader *loader,
                                            const struct hvc_spec *spec, unsigned index,
                                            const struct hvc_spared *clobbers, struct hvc_abi *abi);

/** Index of a world's name, abi->worlds when there is none. ctx is a struct hvc_abi. */
unsigned hvc_rule__find_world(const void *ctx, const char *word);
unsigned hvc_rule__find_level(const void *ctx, const char *word);
/** "hvc, smc-a32" as bits of those that are declared; "hvc" and "smc" are of all sets. */
enum hvc_status hvc_rule__read_insns(const struct hvc_loader *loader, const struct hvc_text *text,
                                     unsigned declared, unsigned *out);

/* owner.c: what depends on the subject that the specification is held to */

/** The condition "[x1, 16]: caller": all bytes are the caller's, or some byte is of the owner. */
HVC_MUST_USE enum hvc_status hvc_owner__read(const struct hvc_loader *loader,
                                             const struct hvc_text *key,
                                             const struct hvc_text *value,
                                             struct hvc_condition *out);
/** The text with a number in place of each "symbol(NAME)". */
HVC_MUST_USE enum hvc_status hvc_owner__symbols(const struct hvc_loader *loader,
                                                const struct hvc_text *text, struct hvc_text *out);

/* property.c: the sequences of a specification, from their text. */

/** Read the list of sequences, NULL for none. The ABI's head and rules are in place. */
HVC_MUST_USE enum hvc_status hvc_property__read(const struct hvc_loader *loader,
                                                const struct hvc_node *list, struct hvc_abi *abi);

#endif
