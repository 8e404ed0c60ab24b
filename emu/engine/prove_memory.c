/* SPDX-License-Identifier: MIT */
/*
 * Memory at pointers of the caller's: anything may be there, but where the machine holds the same
 * word over a whole page and more, as in its landing pads, it is that word. Specifications speak
 * of the machine's memory as it is.
 */
#include "engine/prover.h"

#define LEAST 0x1000u
#define MOST  16u

struct pattern {
	struct hvc_range range;
	uint32_t word;
};

struct finder {
	struct pattern list[MOST];
	unsigned count;
	struct pattern now;
};

static void add(struct finder *f, uint64_t address, uint32_t word)
{
	if (word == f->now.word && address == f->now.range.hi + 1) {
		f->now.range.hi = address + 3;
		return;
	}
	if (f->now.range.hi - f->now.range.lo >= LEAST && f->count < MOST)
		f->list[f->count++] = f->now;
	f->now = (struct pattern){{address, address + 3}, word};
}

static void find(struct hvc_prover *p, struct finder *f)
{
	const struct hvc_scene *scene = &p->symbolic->scene;
	uint32_t word[256];

	for (size_t i = 0; i < scene->mappeds; i++)
		for (uint64_t at = scene->mapped[i].lo; at < scene->mapped[i].hi;
		     at += sizeof word) {
			if (hvc_machine_read(p->machine, at, word, sizeof word) != HVC_OK)
				continue;
			for (unsigned k = 0; k < sizeof word / sizeof *word; k++)
				add(f, at + 4 * (uint64_t)k, word[k]);
		}
	add(f, 0, 0);
}

/* Where all eight bytes at this address are in the range, and it is a word's. */
static hvc_ref lies_in(struct hvc_prover *p, hvc_ref address, const struct pattern *pattern)
{
	struct hvc_bvs *t = p->terms;
	hvc_ref from = hvc_bv__sub(t, address, hvc_bv__num(t, 64, pattern->range.lo));
	uint64_t size = pattern->range.hi - pattern->range.lo - 6;

	return hvc_bv__and(t, hvc_bv__ult(t, from, hvc_bv__num(t, 64, size)),
	                   hvc_bv__eq(t, hvc_bv__extract(t, from, 1, 0), hvc_bv__num(t, 2, 0)));
}

void hvc_prover__require_memory(struct hvc_prover *p, const struct hvc_sympath *path)
{
	struct finder f = {.now.range = {1, 0}};
	struct hvc_bvs *t = p->terms;

	for (const struct hvc_read *read = path->way->read; read; read = read->before) {
		if (!read->address || read->value->op != HVC_OP_INPUT)
			continue;
		if (!f.count)
			find(p, &f);
		for (unsigned i = 0; i < f.count; i++) {
			uint64_t word = f.list[i].word;

			hvc_solver__require(
			        p->solver,
			        hvc_bv__or(t, hvc_bv__not(t, lies_in(p, read->address, &f.list[i])),
			                   hvc_bv__eq(t, read->value,
			                              hvc_bv__num(t, 64, word << 32 | word))));
		}
	}
}
