/* SPDX-License-Identifier: MIT */
/** A specification in the making. */
#ifndef ENGINE_SUGGEST_H
#define ENGINE_SUGGEST_H

#include "engine/internal.h"
#include "hvcheck/study.h"
#include "hvcheck/suggest.h"

/* A rule: calls, and the behaviour that is promised of them. */
struct hvc_draft_rule {
	unsigned behaviour;
	bool is_default;
	struct hvc_interval *imm;
	unsigned imms;    /* 0: all */
	enum hvc_reg reg; /* HVC_REG_NONE: any registers */
	bool word;
	struct hvc_interval *value;
	unsigned values;
	int priority;
	bool unspecified;         /* nothing is promised after all */
	enum hvc_reg aligned;     /* promised only where this register is a multiple of 4 */
	struct hvc_regset spared; /* registers that are not promised after all */
};

/* A behaviour: a class, or a kind of many classes of which only what they share is promised. */
struct hvc_draft_behaviour {
	unsigned class_; /* one of them */
	bool stores;     /* to memory that is not EL2's own */
	struct hvc_regset varies;
};

struct hvc_draft {
	const struct hvc_map_config *config;
	const struct hvc_map *map;
	const char *name;
	struct hvc_draft_behaviour *behaviour;
	unsigned behaviours;
	unsigned *behaviour_of; /* of each class */
	struct hvc_draft_rule *rule;
	unsigned rules, room;
};

/* Rules of the format at most, see conformance/abi/README.md. */
#define HVC_DRAFT_RULES 512u

/* draft.c */
enum hvc_status hvc_draft__make(struct hvc_draft *draft, struct hvc_diag *diag);
void hvc_draft__clear(struct hvc_draft *draft);
/* draft_text.c: rule[i] is the draft's rule that rule i of the text comes from */
bool hvc_draft__write(const struct hvc_draft *draft, char **text, size_t *size, unsigned *rule);

#endif
