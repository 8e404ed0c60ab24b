/* SPDX-License-Identifier: MIT */
/* Whose memory a path stores to: EL2's own, the caller's that a rule grants, or anybody's. */
#include "engine/prover.h"
#include "engine/secret.h"

#define STACK UINT64_C(0x1000) /* below SP_EL2, which no caller has anything to do with */

static hvc_ref number(struct hvc_prover *p, uint64_t value)
{
	return hvc_bv__num(p->terms, 64, value);
}

static struct hvc_extent image_of(const struct hvc_prover *p)
{
	return hvc_extent__of_image(hvc_subject_image(p->config->subject));
}

/* Is an access in memory that the rule lets calls write? */
static hvc_ref is_granted(struct hvc_prover *p, const struct hvc_rule *rule, hvc_ref at,
                          unsigned size)
{
	hvc_ref any = hvc_bv__num(p->terms, 1, 0), offset, bytes, fits;

	for (unsigned i = 0; i < rule->buffers; i++) {
		if (!rule->buffer[i].written)
			continue;
		offset = hvc_bv__sub(p->terms, at, hvc_prover__expr(p, &rule->buffer[i].address));
		bytes = hvc_prover__expr(p, &rule->buffer[i].size);
		fits = hvc_bv__and(
		        p->terms, hvc_bv__not(p->terms, hvc_bv__ult(p->terms, bytes, offset)),
		        hvc_bv__not(p->terms,
		                    hvc_bv__ult(p->terms, hvc_bv__sub(p->terms, bytes, offset),
		                                number(p, size))));
		any = hvc_bv__or(p->terms, any, fits);
	}
	return any;
}

static hvc_ref address_of(struct hvc_prover *p, const struct hvc_log *log)
{
	hvc_ref offset = number(p, log->offset);

	return log->base ? hvc_bv__add(p->terms, log->base, offset) : offset;
}

/* Are all stores to EL2's own memory, as the machine counts them, or to the caller's buffers? */
hvc_ref hvc_prover__stores_at_home(struct hvc_prover *p, const struct hvc_rule *rule,
                                   const struct hvc_sympath *path)
{
	const struct hvc_image *image = hvc_subject_image(p->config->subject);
	hvc_ref all = hvc_bv__num(p->terms, 1, 1);

	for (const struct hvc_log *log = path->way->log; log; log = log->before) {
		hvc_ref at = address_of(p, log);
		hvc_ref home = hvc_secret__is_own(p->terms, image, at, 1);

		if (log->when)
			home = hvc_bv__or(p->terms, home, hvc_bv__not(p->terms, log->when));
		all = hvc_bv__and(p->terms, all,
		                  hvc_bv__or(p->terms, home, is_granted(p, rule, at, log->size)));
	}
	return all;
}

/* A pointer that the caller chose; what it only chooses is a place in a table of EL2's. */
static bool is_callers(const struct hvc_log *log, const struct hvc_extent *image)
{
	const uint64_t registers = (UINT64_C(1) << HVC_GPR_COUNT) - 1;

	return log->base && log->base->uses & registers &&
	       log->offset - image->lo >= image->hi - image->lo;
}

hvc_ref hvc_prover__stores_to_own(struct hvc_prover *p, const struct hvc_rule *rule,
                                  const struct hvc_sympath *path)
{
	const struct hvc_extent image = image_of(p);
	uint64_t sp = hvc_machine_entry(p->machine)->v[HVC_REG_SP_EL2];
	const struct hvc_extent stack = {sp - STACK, sp};
	hvc_ref any = hvc_bv__num(p->terms, 1, 0), at, own;

	for (const struct hvc_log *log = path->way->log; log; log = log->before) {
		if (!is_callers(log, &image))
			continue;
		at = address_of(p, log);
		own = hvc_bv__or(p->terms, hvc_extent__has(p->terms, &image, at, log->size),
		                 hvc_extent__has(p->terms, &stack, at, log->size));
		own = hvc_bv__and(p->terms, own,
		                  hvc_bv__not(p->terms, is_granted(p, rule, at, log->size)));
		if (log->when)
			own = hvc_bv__and(p->terms, own, log->when);
		any = hvc_bv__or(p->terms, any, own);
	}
	return any;
}

bool hvc_prover__stored_to_own(const struct hvc_prover *p, const struct hvc_sympath *path,
                               const struct hvc_model *model, struct hvc_machine *machine,
                               struct hvc_verdict *out)
{
	const struct hvc_extent image = image_of(p);
	uint64_t sp = hvc_machine_entry(machine)->v[HVC_REG_SP_EL2];

	for (const struct hvc_log *log = path->way->log; log; log = log->before) {
		uint64_t at, is = 0, value;

		if (!is_callers(log, &image) ||
		    (log->when && !hvc_bv__eval(p->terms, log->when, model)))
			continue;
		at = hvc_bv__eval(p->terms, log->base, model) + log->offset;
		value = hvc_bv__eval(p->terms, log->value, model);
		if ((at - image.lo >= image.hi - image.lo && sp - at - 1 >= STACK) ||
		    hvc_machine_read(machine, at, &is, log->size) != HVC_OK || is != value)
			continue;
		out->kind = HVC_VERDICT_VIOLATES;
		out->clause = HVC_CLAUSE_OWN;
		out->reg = HVC_REG_NONE;
		out->other = 0;
		out->expected = 0;
		out->actual = at;
		return true;
	}
	return false;
}
