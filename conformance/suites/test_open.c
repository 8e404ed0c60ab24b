/* SPDX-License-Identifier: MIT */
/** What a machine can be opened with, what is refused, and what it has when it is open. */
#include "hvcheck/arch.h"
#include "hvcheck/machine.h"
#include "suite.h"
#include "tiny_image.h"

TEST(selftest_passes)
{
	struct hvc_diag diag = {0};
	enum hvc_status status = hvc_machine_selftest(&diag);

	ck_assert_msg(status == HVC_OK, "%s", diag.message);
	ck_assert_int_eq(strncmp(hvc_machine_engine(), "Unicorn 2.", 10), 0);
}

/* Images of two segments, and what is said of them. */
static const struct {
	const char *what;
	struct hvc_segment a, b;
	uint64_t vectors;
	enum hvc_status status;
} images[] = {
        {"two apart", {TINY_BASE, 0x1000, NULL, 0}, {0, 0x10, NULL, 0}, TINY_BASE, HVC_OK},
        {"two in a page",
         {TINY_BASE, 0x800, NULL, 0},
         {TINY_BASE + 0x900, 8, NULL, 0},
         TINY_BASE,
         HVC_OK},
        {"two that touch",
         {TINY_BASE, 0x800, NULL, 0},
         {TINY_BASE + 0x800, 8, NULL, 0},
         TINY_BASE,
         HVC_OK},
        {"in the other order",
         {TINY_BASE + 0x800, 8, NULL, 0},
         {TINY_BASE, 0x800, NULL, 0},
         TINY_BASE,
         HVC_OK},
        {"overlap by one",
         {TINY_BASE, 0x801, NULL, 0},
         {TINY_BASE + 0x800, 8, NULL, 0},
         TINY_BASE,
         HVC_E_RANGE},
        {"the same twice",
         {TINY_BASE, 0x800, NULL, 0},
         {TINY_BASE, 0x800, NULL, 0},
         TINY_BASE,
         HVC_E_RANGE},
        {"table cut short",
         {TINY_BASE, 0x7ff, NULL, 0},
         {0, 0x10, NULL, 0},
         TINY_BASE,
         HVC_E_RANGE},
        {"table outside",
         {TINY_BASE, 0x1000, NULL, 0},
         {0, 0x10, NULL, 0},
         TINY_BASE + 0x1000,
         HVC_E_RANGE},
        {"table misaligned",
         {TINY_BASE, 0x2000, NULL, 0},
         {0, 0x10, NULL, 0},
         TINY_BASE + 0x400,
         HVC_E_RANGE},
        {"empty segment",
         {TINY_BASE, 0x1000, NULL, 0},
         {0x1000, 0, NULL, 0},
         TINY_BASE,
         HVC_E_RANGE},
        {"beyond the end of memory",
         {TINY_BASE, 0x1000, NULL, 0},
         {UINT64_MAX - 7, 0x10, NULL, 0},
         TINY_BASE,
         HVC_E_RANGE},
        {"into the harness",
         {TINY_BASE, 0x1000, NULL, 0},
         {HVC_HARNESS_BASE - 8, 9, NULL, 0},
         TINY_BASE,
         HVC_E_RANGE},
        {"up to the harness",
         {TINY_BASE, 0x1000, NULL, 0},
         {HVC_HARNESS_BASE - 8, 8, NULL, 0},
         TINY_BASE,
         HVC_OK},
        {"behind the harness",
         {TINY_BASE, 0x1000, NULL, 0},
         {HVC_HARNESS_BASE + HVC_HARNESS_SIZE, 8, NULL, 0},
         TINY_BASE,
         HVC_OK},
        {"inside the harness",
         {TINY_BASE, 0x1000, NULL, 0},
         {HVC_EL2_DATA, 8, NULL, 0},
         TINY_BASE,
         HVC_E_RANGE},
};

TEST(impossible_images_are_refused)
{
	for (size_t i = 0; i < sizeof images / sizeof *images; i++) {
		struct hvc_segment segments[2] = {images[i].a, images[i].b};
		struct hvc_machine_config config = {.image = {.segment = segments,
		                                              .segments = 2,
		                                              .vectors = images[i].vectors}};
		struct hvc_machine *machine = NULL;
		struct hvc_diag diag = {0};
		enum hvc_status status = hvc_machine_open(&config, &diag, &machine);

		ck_assert_msg(status == images[i].status, "%s: %d %s", images[i].what, status,
		              diag.message);
		ck_assert(!machine == (status != HVC_OK));
		if (status != HVC_OK)
			ck_assert_uint_gt(strlen(diag.message), 0);
		hvc_machine_close(machine);
	}
}

TEST(no_segment_at_all)
{
	struct hvc_machine_config config = {.image = {.vectors = TINY_BASE}};
	struct hvc_machine *machine = NULL;

	ck_assert_int_eq(hvc_machine_open(&config, NULL, &machine), HVC_E_RANGE);
	ck_assert_ptr_null(machine);
	hvc_machine_close(NULL);
}

TEST(impossible_worlds_are_refused)
{
	struct tiny_image image;
	struct hvc_machine *machine = NULL;
	struct hvc_diag diag;

	tiny_init(&image, HVC_CPU_A72);
	image.world.cpu = HVC_CPU_COUNT;
	ck_assert_int_eq(hvc_machine_open(&image.config, &diag, &machine), HVC_E_ARG);
	tiny_init(&image, HVC_CPU_A72);
	tiny_set(&image, HVC_REG_ZCR_EL2, 1);
	ck_assert_int_eq(hvc_machine_open(&image.config, &diag, &machine), HVC_E_UNSUPPORTED);
	ck_assert_ptr_nonnull(strstr(diag.message, "zcr_el2"));
	ck_assert_ptr_null(machine);
}

/* Calls that no program can make leave the machine as it was. */
TEST(impossible_calls_are_refused)
{
	struct tiny_image image;
	struct hvc_machine *machine;
	struct hvc_outcome outcome;
	struct hvc_call call, bad;

	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_LOWER, A64_ERET);
	machine = tiny_open(&image);
	hvc_call_init(&call, 0);
	for (unsigned n = 0; n < 6; n++) {
		bad = call;
		if (n == 0)
			bad.from = HVC_LEVEL_COUNT;
		else if (n == 1)
			bad.insn = HVC_INSN_COUNT;
		else if (n == 2)
			bad.nzcv = 1;
		else if (n == 3)
			bad.daif = 0x20;
		else if (n == 4)
			bad.nzcv = UINT64_C(1) << 32;
		else
			bad.daif = 0x400;
		ck_assert_int_eq(hvc_machine_call(machine, &bad, NULL, &outcome), HVC_E_ARG);
		assert_kind(tiny_call(machine, &call), HVC_OUTCOME_RETURN);
	}
	hvc_machine_close(machine);
}

/* The image is in memory as its segments say, with zeros where they say nothing. */
TEST(segments_are_loaded)
{
	static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8};
	struct tiny_image image;
	struct hvc_segment segments[3];
	struct hvc_machine *machine;
	uint8_t read[32], expected[32] = {0};

	tiny_init(&image, HVC_CPU_A72);
	segments[0] = image.segment;
	segments[1] = (struct hvc_segment){0x5003, 16, bytes, 8};
	segments[2] = (struct hvc_segment){0x5ff8, 16, bytes, 8}; /* over a page's end */
	image.config.image.segment = segments;
	image.config.image.segments = 3;
	machine = tiny_open(&image);
	memcpy(expected + 3, bytes, 8);
	ck_assert_int_eq(hvc_machine_read(machine, 0x5000, read, 32), HVC_OK);
	ck_assert_mem_eq(read, expected, 32);
	memset(expected, 0, sizeof expected);
	memcpy(expected + 8, bytes, 8);
	ck_assert_int_eq(hvc_machine_read(machine, 0x5ff0, read, 32), HVC_OK);
	ck_assert_mem_eq(read, expected, 32);
	hvc_machine_close(machine);
}

/* What the world says is what the machine has, in every register that can be set. */
TEST(the_world_is_what_calls_find)
{
	for (unsigned cpu = 0; cpu < HVC_CPU_A15; cpu++) {
		struct tiny_image image;
		struct hvc_machine *machine;
		const struct hvc_state *entry;

		tiny_init(&image, (enum hvc_cpu)cpu);
		machine = tiny_open(&image);
		entry = hvc_machine_entry(machine);
		for (unsigned reg = 0; reg < HVC_REG_COUNT; reg++)
			if (hvc_regset_has(&image.world.set, (enum hvc_reg)reg) &&
			    hvc_regset_has(hvc_machine_present(machine), (enum hvc_reg)reg))
				ck_assert_msg(entry->v[reg] == image.world.state.v[reg], "%s",
				              hvc_reg_name((enum hvc_reg)reg));
			else if (!hvc_regset_has(hvc_machine_present(machine), (enum hvc_reg)reg))
				assert_hex(entry->v[reg], 0);
		assert_hex(entry->v[HVC_REG_VBAR_EL2], TINY_BASE);
		for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
			assert_hex(entry->v[n], 0);
		ck_assert_int_eq(hvc_regset_has(hvc_machine_present(machine), HVC_REG_TTBR1_EL2),
		                 cpu == HVC_CPU_MAX);
		ck_assert_int_eq(
		        hvc_regset_has(hvc_machine_present(machine), HVC_REG_CONTEXTIDR_EL2),
		        cpu == HVC_CPU_MAX);
		hvc_machine_close(machine);
	}
}

SUITE_MAIN("open")
