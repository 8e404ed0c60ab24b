/* SPDX-License-Identifier: MIT */
/*
 * The cross product of immediates and register values, held to the proof: with the registers of
 * each probe, the immediates that a row says it has are in classes that do what the row says.
 */
#include <stdio.h>

#include "engine/exact_trial.h"

struct comparison {
	struct hvc_exact *exact;
	const struct hvc_map *map;
	uint64_t calls;
	char text[400];
};

/* The outcome that the sweep has for a call. */
static bool differs(struct comparison *c, struct hvc_row_trial *trial, uint64_t *value,
                    const struct hvc_run *run, unsigned imm)
{
	struct hvc_outcome outcome;
	struct hvc_call call;

	hvc_map_call(c->map, run->probe, (uint16_t)imm, &call);
	hvc_way__values(&call, value);
	hvc_class_apply(&c->map->class_[run->class_], &c->map->entry, &call, &outcome);
	return hvc_row__differs(trial, &call, &outcome);
}

/* Immediates of a run that the row has: ends and middles of ranges stand for all of a range. */
static bool run_differs(struct comparison *c, struct hvc_row_trial *trial, uint64_t *value,
                        const struct hvc_run *run)
{
	if (c->map->class_[run->class_].kind == HVC_OUTCOME_FAILED)
		return false;
	for (size_t i = 0; trial->set && i < trial->set->count; i++) {
		uint64_t lo = trial->set->range[i].lo, hi = trial->set->range[i].hi;

		lo = lo < run->lo ? run->lo : lo;
		hi = hi > run->hi ? run->hi : hi;
		if (lo > hi)
			continue;
		c->calls += hi - lo + 1;
		if (differs(c, trial, value, run, (unsigned)lo) ||
		    differs(c, trial, value, run, (unsigned)((lo + hi) / 2)) ||
		    differs(c, trial, value, run, (unsigned)hi))
			return true;
	}
	for (unsigned imm = run->lo; !trial->set && imm <= run->hi; imm++) {
		struct hvc_call call;

		hvc_map_call(c->map, run->probe, (uint16_t)imm, &call);
		hvc_way__values(&call, value);
		if (!hvc_row__holds(trial, (uint16_t)imm))
			continue;
		c->calls++;
		if (differs(c, trial, value, run, imm))
			return true;
	}
	return false;
}

/* All runs of one probe; they are next to each other. */
static bool probe_differs(struct comparison *c, const struct hvc_exact_part *part,
                          const struct hvc_run *run, size_t runs)
{
	uint64_t value[HVC_INPUTS];
	const struct hvc_model model = {.value = value, .count = HVC_INPUTS};

	for (unsigned i = 0; i < part->rows; i++) {
		struct hvc_row_trial trial = {.exact = c->exact,
		                              .part = part,
		                              .row = &part->row[i],
		                              .model = &model,
		                              .machine = c->exact->machine,
		                              .text = c->text,
		                              .size = sizeof c->text};

		if (part->row[i].why || hvc_row__reads_memory(part, &part->row[i]))
			continue;
		hvc_way__values(&c->map->probes.probe[run->probe].call, value);
		if (!hvc_row__prepare(&trial))
			continue;
		for (size_t j = 0; j < runs; j++)
			if (run_differs(c, &trial, value, &run[j]))
				return true;
	}
	return false;
}

enum hvc_status hvc_exact__agree(struct hvc_exact *exact, const struct hvc_map *map,
                                 struct hvc_diag *diag)
{
	struct comparison c = {.exact = exact, .map = map};

	for (size_t i = 0, count; i < map->runs; i += count) {
		const struct hvc_call *call = &map->probes.probe[map->run[i].probe].call;

		for (count = 1;
		     i + count < map->runs && map->run[i + count].probe == map->run[i].probe;)
			count++;
		for (unsigned j = 0; j < exact->parts; j++)
			if (exact->part[j].from == call->from &&
			    exact->part[j].insn == call->insn &&
			    probe_differs(&c, &exact->part[j], &map->run[i], count))
				return hvc_diag_set(diag, HVC_E_ENGINE, map->subject, 0, 0,
				                    "a fault of hvcheck: swept, %s", c.text);
	}
	exact->swept = c.calls;
	return hvc_bv__status(exact->terms);
}
