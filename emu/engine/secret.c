/* SPDX-License-Identifier: MIT */
/*
 * The values may differ in any way that leaves the handler the same machine to run on: an
 * address of EL2 memory stays one, and what decides where control goes or how memory is
 * translated keeps its value (VBAR_EL2, HCR_EL2, SCTLR_EL2, CPTR_EL2; a zero VTTBR_EL2).
 */
#include "engine/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALL     UINT64_MAX
#define ADDRESS UINT64_C(0x0000fffffffff000) /* bits 47:12: base addresses in TTBR and VTTBR */
#define SCTLR_M UINT64_C(1)
#define HCR_VM  UINT64_C(1)
#define RESERVE UINT64_C(0x4000) /* kept below an EL2 stack, and above */
#define MEMORY  0u               /* the row that is no register */

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
        [MEMORY] = {"el2_memory", HVC_REG_NONE, ALL, ALWAYS},
        {"sp_el2", HVC_REG_SP_EL2, ALL, ALWAYS},
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

#define ROWS (sizeof rows / sizeof *rows)

unsigned hvc_secret_count(void)
{
	return ROWS;
}

const char *hvc_secret_name(unsigned i)
{
	return i < ROWS ? rows[i].name : "?";
}

/* SplitMix64 (Steele, Lea, Flood 2014), as a function of seed and place. */
static uint64_t noise(uint64_t seed, uint64_t place)
{
	uint64_t z = seed * UINT64_C(0x9e3779b97f4a7c15) + place * UINT64_C(0xd1342543de82ef95);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static bool in_image(const struct hvc_image *image, uint64_t address)
{
	for (unsigned i = 0; i < image->segments; i++)
		if (address - image->segment[i].address < image->segment[i].size)
			return true;
	return false;
}

static bool may_vary(unsigned row, const struct hvc_state *entry, const struct hvc_image *image)
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
	return !in_image(image, value) && !in_image(image, value - 1);
}

static uint64_t vary(unsigned row, uint64_t value, uint64_t seed)
{
	uint64_t flip = seed == 1 ? ALL : noise(seed, row + 1), other;

	if (value - HVC_EL2_DATA > HVC_EL2_DATA_SIZE) {
		other = value ^ (flip & rows[row].mask);
		return rows[row].needs == STAGE2_ON && !(other & ADDRESS) ? value : other;
	}
	/* its place in the 16 bytes is kept: SP has to stay aligned */
	other = HVC_EL2_DATA + RESERVE +
	        noise(seed, row + 1) % (HVC_EL2_DATA_SIZE - 2 * RESERVE) / 16 * 16 + value % 16;
	return other == value ? other + 16 : other;
}

static bool fill_memory(struct hvc_machine *machine, uint64_t seed)
{
	uint64_t *words = malloc(HVC_EL2_DATA_SIZE);
	enum hvc_status status;

	if (!words)
		return false;
	for (size_t i = 0; i < HVC_EL2_DATA_SIZE / sizeof *words; i++)
		words[i] = seed == 1 ? ALL : noise(seed, i + 0x100);
	status = hvc_machine_write(machine, HVC_EL2_DATA, words, HVC_EL2_DATA_SIZE);
	free(words);
	return status == HVC_OK;
}

enum hvc_status hvc_secret__open(const struct hvc_secret_world *secret, struct hvc_diag *diag,
                                 struct hvc_machine **out)
{
	const struct hvc_image *image = hvc_subject_image(secret->subject);
	struct hvc_world world = *secret->world;
	struct hvc_machine_config config = {
	        .image = *image,
	        .world = &world,
	        .budget = secret->budget,
	        .trace = secret->trace,
	        .trace_ctx = secret->trace_ctx,
	};
	enum hvc_status status;

	for (unsigned i = 1; secret->seed && i < ROWS; i++) {
		const struct hvc_state *entry = hvc_machine_entry(secret->base);
		enum hvc_reg reg = rows[i].reg;

		if (secret->which >> i & 1 &&
		    hvc_regset_has(hvc_machine_present(secret->base), reg) &&
		    may_vary(i, entry, image))
			HVC_TRY(hvc_world_set(&world, reg, vary(i, entry->v[reg], secret->seed)));
	}
	status = hvc_machine_open(&config, diag, out);
	if (status != HVC_OK) {
		if (diag && diag->file[0] == '\0')
			snprintf(diag->file, sizeof diag->file, "%s",
			         hvc_subject_name(secret->subject));
		return status;
	}
	if (secret->seed && secret->which & 1 && !fill_memory(*out, secret->seed)) {
		hvc_machine_close(*out);
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	}
	return HVC_OK;
}

uint32_t hvc_secret__varied(const struct hvc_machine *a, const struct hvc_machine *b)
{
	uint32_t varied = 1u << MEMORY;

	for (unsigned i = 1; i < ROWS; i++)
		if (hvc_machine_entry(a)->v[rows[i].reg] != hvc_machine_entry(b)->v[rows[i].reg])
			varied |= UINT32_C(1) << i;
	return varied;
}
