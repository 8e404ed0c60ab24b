/* SPDX-License-Identifier: MIT */
/* What a path of an exact exploration takes to be so, and need not be in the machine. */
#include "symbolic/scene.h"
#include "symbolic/symbolic.h"

static bool has_opaque(const struct hvc_way *way)
{
	if (hvc_facts__hang_on_opaque(&way->facts))
		return true;
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		if (hvc_bv__is_opaque(way->x[n]))
			return true;
	for (unsigned n = HVC_REG_SP_EL0; n < HVC_REG_COUNT; n++)
		if (hvc_bv__is_opaque(way->sys[n]))
			return true;
	return false;
}

static hvc_ref address_of(struct hvc_bvs *t, const struct hvc_log *log)
{
	hvc_ref offset = hvc_bv__num(t, 64, log->offset);

	return log->base ? hvc_bv__add(t, log->base, offset) : offset;
}

static hvc_ref overlap(struct hvc_bvs *t, hvc_ref a, unsigned a_size, hvc_ref b, unsigned b_size)
{
	return hvc_bv__or(t, hvc_bv__ult(t, hvc_bv__sub(t, a, b), hvc_bv__num(t, 64, b_size)),
	                  hvc_bv__ult(t, hvc_bv__sub(t, b, a), hvc_bv__num(t, 64, a_size)));
}

/* One base is one pointer, and its accesses are told apart by offsets. */
static bool same_base(hvc_ref a, hvc_ref b)
{
	hvc_ref a_base, b_base;

	(void)hvc_bv__offset(a, &a_base);
	(void)hvc_bv__offset(b, &b_base);
	return a_base == b_base;
}

/* May a store have reached what is read, or stored, by another pointer? */
static hvc_ref reaches_others(struct hvc_bvs *t, const struct hvc_way *way,
                              const struct hvc_log *log)
{
	hvc_ref at = address_of(t, log), any = hvc_bv__num(t, 1, 0), other;

	for (const struct hvc_read *read = way->read; read; read = read->before)
		if (read->address && !same_base(read->address, at))
			any = hvc_bv__or(t, any,
			                 overlap(t, at, log->size, read->address, read->size));
	for (const struct hvc_log *l = log->before; l; l = l->before) {
		other = address_of(t, l);
		if (!same_base(other, at))
			any = hvc_bv__or(t, any, overlap(t, at, log->size, other, l->size));
	}
	return any;
}

/* Memory that no code is in, of EL2 and of the stacks. */
static const struct hvc_extent data = {HVC_LANDING + HVC_LANDING_SIZE,
                                       HVC_EL2_DATA + HVC_EL2_DATA_SIZE};

/* Where callers' pointers land, which a call that comes back does not execute. */
static const struct hvc_extent landing = {HVC_LANDING, HVC_EL2_DATA + HVC_EL2_DATA_SIZE};

static hvc_ref where_memory_is_other(const struct hvc_symbolic *symbolic,
                                     const struct hvc_sympath *path)
{
	const struct hvc_way *way = path->way;
	const struct hvc_extent *plain = path->kind == HVC_OUTCOME_RETURN ? &landing : &data;
	struct hvc_bvs *t = symbolic->scene.terms;
	hvc_ref any = hvc_bv__num(t, 1, 0);

	for (const struct hvc_log *log = way->log; log; log = log->before) {
		hvc_ref at = address_of(t, log);

		if (log->base)
			any = hvc_bv__or(t, any,
			                 hvc_bv__not(t, hvc_extent__has(t, plain, at, log->size)));
		any = hvc_bv__or(t, any, reaches_others(t, way, log));
	}
	return any;
}

/* The same doubleword all over, which no call has changed: see emu/machine/harness.c. */
static const struct {
	struct hvc_extent extent;
	uint64_t value;
} filled[] = {
        {{HVC_LANDING, HVC_LANDING + HVC_LANDING_SIZE}, UINT64_C(0xd4000001d4000001)},
        {{HVC_EL2_DATA, HVC_EL2_DATA + HVC_EL2_DATA_SIZE}, 0},
};

hvc_ref hvc_symbolic__memory(const struct hvc_symbolic *symbolic, const struct hvc_sympath *path)
{
	struct hvc_bvs *t = symbolic->scene.terms;
	hvc_ref all = hvc_bv__num(t, 1, 1);

	for (const struct hvc_read *read = path->way->read; read; read = read->before) {
		if (!read->address || hvc_bv__const(read->address))
			continue;
		for (size_t i = 0; i < sizeof filled / sizeof *filled; i++) {
			hvc_ref there = hvc_extent__has(t, &filled[i].extent, read->address, 8);
			hvc_ref word = hvc_bv__extract(t, read->address, 1, 0);

			there = hvc_bv__and(t, there, hvc_bv__eq(t, word, hvc_bv__num(t, 2, 0)));
			all = hvc_bv__and(
			        t, all,
			        hvc_bv__or(t, hvc_bv__not(t, there),
			                   hvc_bv__eq(t, read->value,
			                              hvc_bv__num(t, 64, filled[i].value))));
		}
	}
	return all;
}

bool hvc_symbolic__reads_callers(const struct hvc_sympath *path)
{
	for (const struct hvc_read *read = path->way->read; read; read = read->before)
		if (read->address && !hvc_bv__const(read->address))
			return true;
	return false;
}

const char *hvc_symbolic__loose(const struct hvc_symbolic *symbolic, const struct hvc_sympath *path,
                                hvc_ref *where)
{
	static const char pointer[] = "memory at a pointer that the caller chose";

	*where = hvc_bv__num(symbolic->scene.terms, 1, 1);
	if (path->way->partial)
		return "an access that faults for some addresses only";
	if (path->way->translates)
		return "translation that the code turns on";
	if (has_opaque(path->way))
		return "a signed pointer, or a value that is not computed";
	for (unsigned i = 0; i < path->way->others; i++)
		if (path->way->other[i].written && path->way->other[i].moves)
			return "a timer or counter that is written";
	if (!symbolic->scene.extents && hvc_symbolic__reads_callers(path))
		return pointer;
	*where = where_memory_is_other(symbolic, path);
	return hvc_bv__is(*where, 0) ? NULL : pointer;
}
