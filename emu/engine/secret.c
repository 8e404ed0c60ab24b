/* SPDX-License-Identifier: MIT */
/*
 * A secret may be anything that leaves the handler the same machine to run on: what decides where
 * control goes or how memory is translated keeps its value (VBAR_EL2, HCR_EL2, SCTLR_EL2, CPTR_EL2;
 * a zero VTTBR_EL2; pointers into the image), and pointers of EL2's own lead to memory of EL2's,
 * different ones to different memory.
 */
#include "engine/secret.h"

#include "machine/internal.h"
#include "subject/subject.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALL     UINT64_MAX
#define ADDRESS UINT64_C(0x0000fffffffff000) /* bits 47:12: base addresses in TTBR and VTTBR */
#define SCTLR_M UINT64_C(1)
#define HCR_VM  UINT64_C(1)

enum needs {
	ALWAYS,
	MMU_OFF,   /* SCTLR_EL2.M is 0: the register translates nothing */
	STAGE2_ON, /* only another guest than this one: HCR_EL2.VM is 0, VTTBR_EL2 is not */
};

static const struct {
	const char *name;
	enum hvc_reg reg;
	uint64_t mask; /* bits that may differ */
	enum needs needs;
} rows[] = {
        [HVC_SECRET_MEMORY] = {"el2_memory", HVC_REG_NONE, ALL, ALWAYS},
        [HVC_SECRET_DATA] = {"own_data", HVC_REG_NONE, ALL, ALWAYS},
        {"sp_el2", HVC_REG_SP_EL2, ~UINT64_C(15), ALWAYS}, /* SP has to stay aligned */
        {"tpidr_el2", HVC_REG_TPIDR_EL2, ALL, ALWAYS},
        {"ttbr0_el2", HVC_REG_TTBR0_EL2, ADDRESS, MMU_OFF},
        {"ttbr1_el2", HVC_REG_TTBR1_EL2, ADDRESS, MMU_OFF},
        {"tcr_el2", HVC_REG_TCR_EL2, 0x3f, MMU_OFF},
        {"mair_el2", HVC_REG_MAIR_EL2, ALL, MMU_OFF},
        {"amair_el2", HVC_REG_AMAIR_EL2, ALL, MMU_OFF},
        {"vttbr_el2", HVC_REG_VTTBR_EL2, ADDRESS, STAGE2_ON},
        {"vtcr_el2", HVC_REG_VTCR_EL2, 0x3f, ALWAYS},
        {"contextidr_el2", HVC_REG_CONTEXTIDR_EL2, UINT32_MAX, ALWAYS},
        {"actlr_el2", HVC_REG_ACTLR_EL2, ALL, ALWAYS},
        {"hacr_el2", HVC_REG_HACR_EL2, UINT32_MAX, ALWAYS},
        {"hstr_el2", HVC_REG_HSTR_EL2, 0xbfef, ALWAYS},
        {"mdcr_el2", HVC_REG_MDCR_EL2, 0x1f, ALWAYS},
        {"far_el2", HVC_REG_FAR_EL2, ALL, ALWAYS},
        {"hpfar_el2", HVC_REG_HPFAR_EL2, UINT64_C(0xffffffffff0), ALWAYS},
};

#define ROWS     (sizeof rows / sizeof *rows)
#define REGISTER (HVC_SECRET_DATA + 1)

unsigned hvc_secret__count(void)
{
	return ROWS;
}

const char *hvc_secret__name(unsigned i)
{
	return i < ROWS ? rows[i].name : "?";
}

static bool may_vary(unsigned row, const struct hvc_state *entry, struct hvc_extent image)
{
	uint64_t value = entry->v[rows[row].reg];

	switch (rows[row].needs) {
	case MMU_OFF:
		return !(entry->v[HVC_REG_SCTLR_EL2] & SCTLR_M);
	case STAGE2_ON:
		return value & ADDRESS && !(entry->v[HVC_REG_HCR_EL2] & HCR_VM);
	case ALWAYS:
		break;
	}
	/* something of the handler's own that it may need to find again */
	return value < image.lo || value > image.hi;
}

static uint64_t load(const struct hvc_image *image, uint64_t address)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < image->segments; i++) {
		const struct hvc_segment *s = &image->segment[i];
		uint64_t at = address - s->address;

		if (at < s->data_size && s->data_size - at >= sizeof value)
			memcpy(&value, s->data + at, sizeof value);
	}
	return value;
}

/* Does a world say what (some of) the eight bytes there hold? */
static bool is_told(const struct hvc_world *told, uint64_t address)
{
	for (unsigned i = 0; told && i < told->memories; i++) {
		const struct hvc_memory *memory = &told->memory[i];

		if (memory->address < address + 8 &&
		    address - memory->address + 8 < memory->size + 8)
			return true;
	}
	return false;
}

/* A range of data without the pointers into the image in it, and what the ABI's world tells. */
static size_t take_data(const struct hvc_image *image, struct hvc_range range,
                        const struct hvc_world *told, struct hvc_range *out)
{
	const struct hvc_extent all = hvc_extent__of_image(image);
	struct hvc_range now = range;
	size_t count = 0;

	for (uint64_t at = (range.lo + 7) & ~UINT64_C(7); at + 7 <= range.hi; at += 8) {
		uint64_t value = load(image, at);

		if ((value < all.lo || value > all.hi) && !is_told(told, at))
			continue;
		if (out && at > now.lo)
			out[count] = (struct hvc_range){now.lo, at - 1};
		count += at > now.lo;
		now.lo = at + 8;
	}
	if (out && now.lo <= now.hi)
		out[count] = now;
	return count + (now.lo <= now.hi);
}

static int by_address(const void *a, const void *b)
{
	const struct hvc_range *x = a, *y = b;

	return (x->lo > y->lo) - (x->lo < y->lo);
}

/* In order, without overlaps; returns how many are left. */
static size_t join(struct hvc_range *range, size_t count)
{
	size_t last = 0;

	qsort(range, count, sizeof *range, by_address);
	for (size_t i = 1; i < count; i++) {
		if (range[i].lo > range[last].hi)
			range[++last] = range[i];
		else if (range[i].hi > range[last].hi)
			range[last].hi = range[i].hi;
	}
	return last + 1;
}

static bool take_memory(const struct hvc_subject *subject, const struct hvc_world *told,
                        struct hvc_secret_set *set)
{
	const struct hvc_image *image = hvc_subject_image(subject);
	struct hvc_range one;
	size_t count = 0, spans = 1;

	for (; hvc_subject__data(subject, count, &one.lo, &one.hi); count++)
		spans += take_data(image, one, told, NULL);
	set->region = calloc(count + 1, sizeof *set->region);
	set->span = calloc(spans, sizeof *set->span);
	if (!set->region || !set->span)
		return false;
	set->regions = count + 1;
	set->region[count] = set->span[0] =
	        (struct hvc_range){HVC_EL2_DATA, HVC_EL2_DATA + HVC_EL2_DATA_SIZE - 1};
	spans = 1;
	for (size_t i = 0; i < count; i++) {
		(void)hvc_subject__data(subject, i, &set->region[i].lo, &set->region[i].hi);
		spans += take_data(image, set->region[i], told, set->span + spans);
	}
	set->open.memory = set->span;
	set->open.memories = join(set->span, spans);
	set->rows = 1u << HVC_SECRET_MEMORY | (spans > 1 ? 1u << HVC_SECRET_DATA : 0);
	return true;
}

enum hvc_status hvc_secret__open(const struct hvc_subject *subject,
                                 const struct hvc_machine *machine, const struct hvc_world *told,
                                 struct hvc_secret_set *out)
{
	const struct hvc_extent image = hvc_extent__of_image(hvc_subject_image(subject));

	memset(out, 0, sizeof *out);
	if (!take_memory(subject, told, out)) {
		hvc_secret__close(out);
		return HVC_E_NOMEM;
	}
	for (unsigned i = REGISTER; i < ROWS; i++) {
		uint64_t kept, ones;

		/* What the CPU model does not keep is no secret of anybody's. */
		hvc_machine__kept(machine, rows[i].reg, &kept, &ones);
		kept &= rows[i].mask;
		if (hvc_regset_has(hvc_machine_present(machine), rows[i].reg) && kept &&
		    may_vary(i, hvc_machine_entry(machine), image)) {
			out->open.reg[rows[i].reg] = kept;
			out->rows |= UINT32_C(1) << i;
		}
	}
	return HVC_OK;
}

void hvc_secret__close(struct hvc_secret_set *set)
{
	free(set->region);
	free(set->span);
	memset(set, 0, sizeof *set);
}

bool hvc_secret__is_pointed(struct hvc_bvs *terms, const struct hvc_input *input)
{
	return input->address && hvc_way__is_callers(terms, input->address);
}

/* Of the registers that are not fixed, only secrets are inputs. */
int hvc_secret__of(const struct hvc_input *input)
{
	if (input->address)
		return hvc_bv__const(input->address) &&
		                       input->address->value - HVC_EL2_DATA >= HVC_EL2_DATA_SIZE
		               ? HVC_SECRET_DATA
		               : HVC_SECRET_MEMORY;
	for (unsigned i = REGISTER; i < ROWS; i++)
		if (input->encoding[0] && !strcmp(input->name, rows[i].name))
			return (int)i;
	return HVC_SECRET_NONE;
}

static hvc_ref replace(void *ctx, hvc_ref part)
{
	const struct hvc_input *input = hvc_bv__input_of(ctx, part);
	uint64_t usual;
	char name[320];
	hvc_ref other;

	if (!input || hvc_secret__of(input) == HVC_SECRET_NONE)
		return NULL;
	usual = input->usual;
	snprintf(name, sizeof name, "%s'", input->name);
	other = hvc_bv__input(ctx, name, part->width);
	if (hvc_bv__input_of(ctx, other))
		hvc_bv__input_of(ctx, other)->usual = usual;
	return other;
}

hvc_ref hvc_secret__other(struct hvc_bvs *terms, hvc_ref a)
{
	return hvc_bv__rewrite(terms, a, replace, terms);
}

bool hvc_secret__in(struct hvc_bvs *terms, hvc_ref a)
{
	return hvc_secret__other(terms, a) != a;
}

hvc_ref hvc_secret__before(struct hvc_bvs *t, const struct hvc_secrets *secrets, enum hvc_reg reg,
                           uint64_t value)
{
	uint64_t mask = secrets->reg[reg];

	return mask ? hvc_bv__or(t,
	                         hvc_bv__and(t, hvc_bv__input(t, hvc_reg_name(reg), 64),
	                                     hvc_bv__num(t, 64, mask)),
	                         hvc_bv__num(t, 64, value & ~mask))
	            : hvc_bv__num(t, 64, value);
}

hvc_ref hvc_secret__lies_at(struct hvc_bvs *t, const struct hvc_secret_set *set, hvc_ref address,
                            unsigned size)
{
	hvc_ref any = hvc_bv__num(t, 1, 0);

	for (size_t i = 0; i < set->regions; i++) {
		uint64_t lo = set->region[i].lo - (size - 1);
		hvc_ref past = hvc_bv__ult(t, hvc_bv__num(t, 64, set->region[i].hi - lo),
		                           hvc_bv__sub(t, address, hvc_bv__num(t, 64, lo)));

		any = hvc_bv__or(t, any, hvc_bv__not(t, past));
	}
	return any;
}

hvc_ref hvc_secret__is_own(struct hvc_bvs *terms, const struct hvc_image *image, hvc_ref at,
                           unsigned size)
{
	struct hvc_extent own[2] = {hvc_extent__of_image(image),
	                            {HVC_EL2_DATA, HVC_EL2_DATA + HVC_EL2_DATA_SIZE}};
	hvc_ref any = hvc_bv__num(terms, 1, 0);

	for (unsigned i = 0; i < 2; i++) {
		own[i].lo -= size - 1u;
		any = hvc_bv__or(terms, any, hvc_extent__has(terms, &own[i], at, 1));
	}
	return any;
}
