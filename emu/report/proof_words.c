/* SPDX-License-Identifier: MIT */
#include "report/proof_words.h"
#include "base/number.h"

#include "engine/call.h"
#include "hvcheck/arch.h"
#include "machine/reg.h"

/* "hvc from el1h, el1t; smc from el1h": the callers of one world, which are those of each. */
static void add_callers(struct hvc_words *words, const struct hvc_check *check)
{
	const struct hvc_check_part *before = NULL;

	for (unsigned i = 0; i < check->parts && check->part[i].world == 0; i++) {
		const struct hvc_check_part *part = &check->part[i];

		if (!before || before->insn != part->insn)
			hvc_words__add(words, "%s%s from %s", before ? "; " : ", ",
			               hvc_insn_name(part->insn), hvc_level_name(part->from));
		else
			hvc_words__add(words, ", %s", hvc_level_name(part->from));
		before = part;
	}
	if (check->worlds > 1)
		hvc_words__add(words, ", in %u worlds", check->worlds);
}

/* Of those whose turn it was to take them. */
static unsigned taken_by_each(const struct hvc_check *check)
{
	unsigned least = HVC_IMM_COUNT;

	for (unsigned i = 0; i < check->worlds; i++)
		if (check->world[i].calls && check->world[i].classified < least)
			least = check->world[i].classified;
	return least;
}

void hvc_words__proof(struct hvc_words *words, const struct hvc_check *check)
{
	unsigned proved = 0, rules = 0, handlers = 0, taken = taken_by_each(check);
	uint64_t paths = 0;
	char number[HVC_NUMBER_SIZE];

	for (unsigned i = 0; i < check->parts; i++) {
		proved += check->part[i].proved || check->part[i].handlers;
		handlers = check->part[i].handlers > handlers ? check->part[i].handlers : handlers;
		paths += check->part[i].paths;
	}
	for (unsigned i = 0; i < hvc_abi_rule_count(check->abi); i++)
		rules += check->rule[i].known == HVC_EVIDENCE_PROVED && check->rule[i].calls > 0;
	hvc_words__number(taken, number);
	if (!proved && taken < HVC_IMM_COUNT) {
		hvc_words__add(words,
		               "Sampled: calls that take long are not made with each immediate, "
		               "of which %s were taken with all register values of a list.",
		               number);
		return;
	}
	if (!proved) {
		hvc_words__add(words, "Swept: each immediate with the register values of a list, "
		                      "not with every one");
		/* See engine/imm_class.h; --sweep has no parts. */
		if (check->parts && hvc_cpu__is_hyp(check->world[0].world.cpu))
			hvc_words__add(words, "; of immediates that no instruction tells apart, "
			                      "one was called");
		hvc_words__add(words, ".");
		return;
	}
	hvc_words__add(words, "Proved for every input");
	if (handlers)
		hvc_words__add(words, " that goes to none of %u handler%s", handlers,
		               handlers == 1 ? "" : "s");
	hvc_words__add(words, ": ");
	if (proved < check->parts)
		hvc_words__add(words, "%u of %u callers; ", proved, check->parts);
	hvc_words__add(words, "%s path%s", hvc_words__number(paths, number), paths == 1 ? "" : "s");
	hvc_words__add(words, ", %u rule%s", rules, rules == 1 ? "" : "s");
	add_callers(words, check);
	hvc_words__add(words, "; %s immediates taken by each%s.", hvc_words__number(taken, number),
	               taken < HVC_IMM_COUNT ? ", as calls take long" : "");
}

/* EL2's own, or one that identifies the CPU: others are the caller's state. Not if it is given. */
static bool hangs_on(const struct hvc_check *check, hvc_other which, enum hvc_reg reg)
{
	unsigned op0 = which >> 14, op1 = which >> 11 & 7, crn = which >> 7 & 15;

	/* The vectors are the subject's own. */
	if (op0 != 3 || (op1 != 4 && (op1 != 0 || crn != 0)) || reg == HVC_REG_VBAR_EL2)
		return false;
	if (reg != HVC_REG_NONE && hvc_reg_info(reg)->class_ != HVC_CLASS_SYS)
		return false;
	for (unsigned i = 0; i < check->worlds; i++) {
		const struct hvc_world *world = &check->world[i].world;

		if (reg != HVC_REG_NONE && hvc_regset_has(&world->given, reg))
			return false;
		for (unsigned k = 0; k < world->extras; k++) {
			const uint8_t *e = world->extra[k].encoding;

			if (HVC_OTHER_SYS(e[0], e[1], e[2], e[3], e[4]) == which)
				return false;
		}
	}
	return true;
}

void hvc_words__reads(struct hvc_words *words, const struct hvc_check *check)
{
	hvc_other told[HVC_READS_MAX];
	unsigned count = 0;

	for (unsigned i = 0; i < check->parts; i++)
		for (unsigned k = 0; k < check->part[i].reads && count < HVC_READS_MAX; k++) {
			hvc_other which = check->part[i].read[k];
			enum hvc_reg reg =
			        hvc_reg__find_sys(which >> 14, which >> 11 & 7, which >> 7 & 15,
			                          which >> 3 & 15, which & 7);
			char name[24], number[HVC_U64_SIZE];
			unsigned n = 0;

			while (n < count && told[n] != which)
				n++;
			if (n < count || !hangs_on(check, which, reg))
				continue;
			told[count++] = which;
			hvc_words__add(words, count == 1 ? "" : ", ");
			if (reg == HVC_REG_NONE)
				hvc_words__add(words, "%s",
				               hvc_other__name(which, name, sizeof name));
			else
				hvc_words__add(
				        words, "%s = %s", hvc_reg_name(reg),
				        hvc_u64_print(
				                check->world[check->part[i].world].entry.v[reg],
				                number));
		}
}

void hvc_words__part(struct hvc_words *words, const struct hvc_check *check,
                     const struct hvc_check_part *part)
{
	hvc_words__add(words, "%s, not proved: %s from %s", part->handlers ? "Sampled" : "Swept",
	               hvc_insn_name(part->insn), hvc_level_name(part->from));
	if (check->worlds > 1)
		hvc_words__add(words, " in world %s",
		               hvc_abi_world_at(check->abi, part->world)->world.name);
	hvc_words__add(words, ": %s.", part->why);
}

void hvc_words__callers(struct hvc_words *words, uint64_t callers)
{
	for (enum hvc_insn insn = HVC_INSN_HVC; insn < HVC_INSN_COUNT; insn++) {
		bool any = false;

		for (enum hvc_level level = HVC_LEVEL_EL0; level < HVC_LEVEL_COUNT; level++) {
			if (!(callers & HVC_CALLER_BIT(insn, level)))
				continue;
			if (any)
				hvc_words__add(words, ", %s", hvc_level_name(level));
			else
				hvc_words__add(words, "%s%s from %s", words->length ? "; " : "",
				               hvc_insn_name(insn), hvc_level_name(level));
			any = true;
		}
	}
}
