/* SPDX-License-Identifier: MIT */
#include "report/contract_words.h"
#include "engine/call.h"
#include "hvcheck/arch.h"
#include "machine/reg.h"

void hvc_words__class_name(struct hvc_words *words, const struct hvc_contract *contract,
                           const struct hvc_contract_class *class_)
{
	if (class_->rule < 0)
		hvc_words__add(words, "%u", class_->class_ + 1);
	else
		hvc_words__add(words, "%s",
		               hvc_abi_rule_at(contract->abi, (unsigned)class_->rule)->name);
}

void hvc_words__clobbered(struct hvc_words *words, const struct hvc_contract_class *class_)
{
	char value[80];
	bool any = false;

	for (unsigned place = 0; place < HVC_PLACES; place++) {
		const struct hvc_clause_fate *is = &class_->place[place];

		if (is->fate != HVC_FATE_CLOBBERED)
			continue;
		hvc_words__add(words, "%s%s", any ? ", " : "", hvc_place__name(place));
		any = true;
		if (is->told) {
			hvc_term__print(&is->value, value, sizeof(value));
			hvc_words__add(words, " := %s", value);
		}
		if (!is->allowed)
			hvc_words__add(words, " (not allowed)");
	}
	if (!any)
		hvc_words__add(words, "none");
}

enum group {
	GROUP_GPR, /* told one by one */
	GROUP_SP,
	GROUP_FLAGS,
	GROUP_SIMD,
	GROUP_SYSTEM,
	GROUP_COUNT,
};

static enum group group_of(unsigned place)
{
	if (place >= HVC_REG_COUNT)
		return GROUP_SIMD;
	switch (hvc_reg_info((enum hvc_reg)place)->class_) {
	case HVC_CLASS_GPR:
		return GROUP_GPR;
	case HVC_CLASS_SP:
		return GROUP_SP;
	case HVC_CLASS_PSTATE:
		return GROUP_FLAGS;
	default:
		return GROUP_SYSTEM;
	}
}

/* "simd", "system but vbar_el2"; nothing where none of it was measured or none is kept. */
static void add_group(struct hvc_words *words, const struct hvc_contract_class *class_,
                      enum group group, const char *name)
{
	unsigned kept = 0, lost = 0;

	for (unsigned place = 0; place < HVC_PLACES; place++) {
		const struct hvc_clause_fate *is = &class_->place[place];

		if (is->measured && group_of(place) == group) {
			kept += is->fate == HVC_FATE_PRESERVED;
			lost += is->fate != HVC_FATE_PRESERVED;
		}
	}
	if (!kept)
		return;
	hvc_words__add(words, "%s%s", words->length ? ", " : "", name);
	for (unsigned place = 0; lost && place < HVC_PLACES; place++) {
		const struct hvc_clause_fate *is = &class_->place[place];

		if (is->measured && group_of(place) == group && is->fate != HVC_FATE_PRESERVED)
			hvc_words__add(words, " but %s", hvc_place__name(place));
	}
}

void hvc_words__preserved(struct hvc_words *words, const struct hvc_contract_class *class_)
{
	static const char *const names[GROUP_COUNT] = {
	        [GROUP_SP] = "sp",
	        [GROUP_FLAGS] = "flags",
	        [GROUP_SIMD] = "simd",
	        [GROUP_SYSTEM] = "system",
	};
	struct hvc_regset kept = {{0, 0}};

	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		if (class_->place[n].measured && class_->place[n].fate == HVC_FATE_PRESERVED)
			hvc_regset_add(&kept, (enum hvc_reg)n);
	if (!hvc_regset_empty(&kept))
		hvc_words__ranges(words, &kept);
	for (unsigned group = GROUP_SP; group < GROUP_COUNT; group++)
		add_group(words, class_, (enum group)group, names[group]);
}
