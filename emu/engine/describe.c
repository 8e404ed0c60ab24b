/* SPDX-License-Identifier: MIT */
/* Classes in words. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/internal.h"
#include "hvcheck/arch.h"

struct line {
	char *text;
	size_t size, used;
};

static void append(struct line *line, const char *format, ...) HVC_PRINTF(2, 3);

static void append(struct line *line, const char *format, ...)
{
	va_list args;
	int n;

	if (line->used + 1 >= line->size)
		return;
	va_start(args, format);
	n = vsnprintf(line->text + line->used, line->size - line->used, format, args);
	va_end(args);
	if (n > 0)
		line->used += (size_t)n;
	if (line->used >= line->size)
		line->used = line->size - 1;
}

static const char *ec_words(unsigned ec)
{
	switch (ec) {
	case HVC_EC_UNKNOWN:
		return "undefined instruction";
	case HVC_EC_ILLEGAL:
		return "illegal execution state";
	case HVC_EC_SVC64:
		return "svc";
	case HVC_EC_HVC64:
		return "hvc";
	case HVC_EC_SMC64:
		return "smc";
	case HVC_EC_IABT_SAME:
		return "instruction abort";
	case HVC_EC_PC_ALIGN:
		return "pc alignment";
	case HVC_EC_DABT_SAME:
		return "data abort";
	case HVC_EC_BRK64:
		return "brk";
	default:
		return "exception";
	}
}

static void append_end(struct line *line, const struct hvc_class *class_)
{
	char pc[32], far[32];

	hvc_term_print(&class_->pc, pc, sizeof pc);
	append(line, "%s", hvc_outcome_name(class_->kind));
	switch (class_->kind) {
	case HVC_OUTCOME_JUMP:
	case HVC_OUTCOME_HANDOFF:
		append(line, " to %s at %s", pc, hvc_level_name(class_->level));
		break;
	case HVC_OUTCOME_SPIN:
	case HVC_OUTCOME_LIMIT:
	case HVC_OUTCOME_FORWARD:
	case HVC_OUTCOME_FAILED:
		append(line, " at %s", pc);
		break;
	case HVC_OUTCOME_FAULT:
		append(line, ": %s at %s", ec_words(hvc_arch_ec(class_->esr)), pc);
		hvc_term_print(&class_->far, far, sizeof far);
		if (hvc_arch_ec(class_->esr) == HVC_EC_DABT_SAME)
			append(line, " on %s", far);
		break;
	default:
		break;
	}
}

/* Every exception masks DAIF; while the PE is still at EL2 that says nothing. */
static bool goes_without_saying(const struct hvc_class *class_, const struct hvc_effect *effect)
{
	return effect->reg == HVC_REG_DAIF && effect->value.kind == HVC_TERM_CONST &&
	       effect->value.value == HVC_PSTATE_DAIF && hvc_level_el(class_->level) == 2 &&
	       class_->kind != HVC_OUTCOME_RETURN && class_->kind != HVC_OUTCOME_RETRY;
}

void hvc_class_print(const struct hvc_class *class_, char *text, size_t size)
{
	struct line line = {text, size, 0};
	char value[32], address[32];

	if (size)
		text[0] = '\0';
	append_end(&line, class_);
	for (unsigned i = 0; i < class_->effects; i++) {
		const struct hvc_effect *effect = &class_->effect[i];

		if (goes_without_saying(class_, effect))
			continue;
		hvc_term_print(&effect->value, value, sizeof value);
		append(&line, ", %s := %s", hvc_reg_name(effect->reg), value);
	}
	for (unsigned i = 0; i < class_->stores && i < HVC_STORE_MAX; i++) {
		hvc_term_print(&class_->store[i].address, address, sizeof address);
		hvc_term_print(&class_->store[i].value, value, sizeof value);
		append(&line, ", [%s] := %s (%u bytes)", address, value, class_->store[i].size);
	}
	if (class_->stores > HVC_STORE_MAX)
		append(&line, ", and %u more stores", class_->stores - HVC_STORE_MAX);
	for (unsigned i = 0; i < class_->others.count && i < HVC_OTHERS_TOLD; i++)
		append(&line, "%s %s", i ? "," : ", changes",
		       hvc_other_name(class_->others.which[i], value, sizeof value));
}
