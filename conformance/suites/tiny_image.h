/* SPDX-License-Identifier: MIT */
/**
 * A vector table and a page of code built from instruction words, and a machine that runs it.
 * Unused slots branch to themselves.
 */
#ifndef TINY_IMAGE_H
#define TINY_IMAGE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hvcheck/arch.h"
#include "hvcheck/machine.h"
#include "hvcheck/subject.h"
#include "suite.h"

#define TINY_BASE  UINT64_C(0x10000000)
#define TINY_SIZE  0x4000u
#define TINY_LOWER 0x400u /* offsets: the slot that callers below EL2 arrive in */
#define TINY_EL2H  0x200u
#define TINY_EL2T  0x000u
#define TINY_CODE  0x1000u /* outside the table */

/* A64 (Arm ARM C6.2); offsets of branches and literals in bytes. */
#define A64_ERET        UINT32_C(0xd69f03e0)
#define A64_NOP         UINT32_C(0xd503201f)
#define A64_WFE         UINT32_C(0xd503205f)
#define A64_WFI         UINT32_C(0xd503207f)
#define A64_ISB         UINT32_C(0xd5033fdf)
#define A64_UDF         UINT32_C(0)
#define A64_RET         UINT32_C(0xd65f03c0)
#define A64_BR(rn)      (UINT32_C(0xd61f0000) | (uint32_t)(rn) << 5)
#define A64_B(offset)   (UINT32_C(0x14000000) | ((uint32_t)(offset) >> 2 & 0x3ffffff))
#define A64_BNE(offset) (UINT32_C(0x54000001) | ((uint32_t)(offset) >> 2 & 0x7ffff) << 5)
#define A64_CBNZ(rt, offset) \
	(UINT32_C(0xb5000000) | ((uint32_t)(offset) >> 2 & 0x7ffff) << 5 | (rt))
/* clang-format off */
#define A64_ADR(rd, offset) \
	(UINT32_C(0x10000000) | ((uint32_t)(offset) & 3) << 29 | \
	 ((uint32_t)(offset) >> 2 & 0x7ffff) << 5 | (rd))
/* clang-format on */
#define A64_MOV(rd, rm)     (UINT32_C(0xaa0003e0) | (uint32_t)(rm) << 16 | (rd))
#define A64_MOVZ(rd, imm)   (UINT32_C(0xd2800000) | (uint32_t)(imm) << 5 | (rd))
#define A64_MOVK16(rd, imm) (UINT32_C(0xf2a00000) | (uint32_t)(imm) << 5 | (rd))
#define A64_MOVK32(rd, imm) (UINT32_C(0xf2c00000) | (uint32_t)(imm) << 5 | (rd))
#define A64_MOVK48(rd, imm) (UINT32_C(0xf2e00000) | (uint32_t)(imm) << 5 | (rd))
#define A64_ADD(rd, rn, imm) \
	(UINT32_C(0x91000000) | (uint32_t)(imm) << 10 | (uint32_t)(rn) << 5 | (rd))
#define A64_SUB(rd, rn, imm) \
	(UINT32_C(0xd1000000) | (uint32_t)(imm) << 10 | (uint32_t)(rn) << 5 | (rd))
#define A64_SUBS(rd, rn, imm) \
	(UINT32_C(0xf1000000) | (uint32_t)(imm) << 10 | (uint32_t)(rn) << 5 | (rd))
#define A64_STR(rt, rn)   (UINT32_C(0xf9000000) | (uint32_t)(rn) << 5 | (rt))
#define A64_STRW(rt, rn)  (UINT32_C(0xb9000000) | (uint32_t)(rn) << 5 | (rt))
#define A64_STRB(rt, rn)  (UINT32_C(0x39000000) | (uint32_t)(rn) << 5 | (rt))
#define A64_LDR(rt, rn)   (UINT32_C(0xf9400000) | (uint32_t)(rn) << 5 | (rt))
#define A64_SVC(imm)      (UINT32_C(0xd4000001) | (uint32_t)(imm) << 5)
#define A64_BRK(imm)      (UINT32_C(0xd4200000) | (uint32_t)(imm) << 5)
#define A64_MSR(name, rt) (UINT32_C(0xd5000000) | (name) | (uint32_t)(rt))
#define A64_MRS(rt, name) (UINT32_C(0xd5200000) | (name) | (uint32_t)(rt))

/* The name of a system register as it stands in an instruction. */
#define SYS(op0, op1, crn, crm, op2)                                             \
	((uint32_t)(op0) << 19 | (uint32_t)(op1) << 16 | (uint32_t)(crn) << 12 | \
	 (uint32_t)(crm) << 8 | (uint32_t)(op2) << 5)

static inline uint32_t sys_name(enum hvc_reg reg)
{
	const uint8_t *e = hvc_reg_info(reg)->encoding;

	return SYS(e[0], e[1], e[2], e[3], e[4]);
}

struct tiny_image {
	uint8_t bytes[TINY_SIZE];
	struct hvc_segment segment;
	struct hvc_machine_config config;
	struct hvc_world world;
};

/** An image whose sixteen slots spin, in the default world of this CPU model. */
static inline void tiny_init(struct tiny_image *image, enum hvc_cpu cpu)
{
	const uint32_t spin = A64_B(0);

	memset(image, 0, sizeof *image);
	for (unsigned at = 0; at < HVC_VECTOR_TABLE_SIZE; at += HVC_VECTOR_SLOT_SIZE)
		memcpy(image->bytes + at, &spin, sizeof spin);
	hvc_world_init(&image->world, cpu);
	image->segment = (struct hvc_segment){TINY_BASE, TINY_SIZE, image->bytes, TINY_SIZE};
	image->config.image =
	        (struct hvc_image){.segment = &image->segment, .segments = 1, .vectors = TINY_BASE};
	image->config.world = &image->world;
}

/** Code at an offset; tiny_put(&image, 0x400, word, word, ...). */
#define tiny_put(image, offset, ...)                                       \
	memcpy((image)->bytes + (offset), (const uint32_t[]){__VA_ARGS__}, \
	       sizeof((const uint32_t[]){__VA_ARGS__}))

static inline void tiny_set(struct tiny_image *image, enum hvc_reg reg, uint64_t value)
{
	ck_assert_int_eq(hvc_world_set(&image->world, reg, value), HVC_OK);
}

static inline struct hvc_machine *tiny_open(struct tiny_image *image)
{
	struct hvc_machine *machine = NULL;
	struct hvc_diag diag = {0};
	enum hvc_status status = hvc_machine_open(&image->config, &diag, &machine);

	ck_assert_msg(status == HVC_OK, "%s", diag.message);
	return machine;
}

/** The image as a raw file of that name, and where its table is: what opens it as a subject. */
static inline const char *tiny_file(const struct tiny_image *image, const char *name)
{
	static char spec[600];
	char path[512];

	snprintf(path, sizeof path, HVC_BINARY_DIR "/tiny.files/%s", name);
	suite_put(path, image->bytes, sizeof image->bytes);
	snprintf(spec, sizeof spec, "%s@0x%llx", path, (unsigned long long)HVC_IMAGE_BASE);
	return spec;
}

static inline void tiny_reset(struct hvc_machine *machine)
{
	struct hvc_diag diag = {0};
	enum hvc_status status = hvc_machine_reset(machine, &diag);

	ck_assert_msg(status == HVC_OK, "%s", diag.message);
}

static inline struct hvc_outcome tiny_call(struct hvc_machine *machine, const struct hvc_call *call)
{
	struct hvc_outcome outcome;
	struct hvc_diag diag = {0};
	enum hvc_status status = hvc_machine_call(machine, call, &diag, &outcome);

	ck_assert_msg(status == HVC_OK, "%s", diag.message);
	return outcome;
}

/** One HVC #0 from this level with the recognisable registers of seed 0. */
static inline struct hvc_outcome tiny_hvc(struct hvc_machine *machine, enum hvc_level from)
{
	struct hvc_call call;

	hvc_call_init(&call, 0);
	call.from = from;
	return tiny_call(machine, &call);
}

/** One HVC #0 from EL1h with these, and else recognisable, registers. */
static inline struct hvc_outcome tiny_call_with(struct hvc_machine *machine, uint64_t x1,
                                                uint64_t x2)
{
	struct hvc_call call;

	hvc_call_init(&call, 0);
	call.x[1] = x1;
	call.x[2] = x2;
	return tiny_call(machine, &call);
}

/** Open, make that call, close. */
static inline struct hvc_outcome tiny_once(struct tiny_image *image, enum hvc_level from)
{
	struct hvc_machine *machine = tiny_open(image);
	struct hvc_outcome outcome = tiny_hvc(machine, from);

	hvc_machine_close(machine);
	return outcome;
}

#define assert_kind(outcome, expected)                                                    \
	ck_assert_msg((outcome).kind == (expected), "%s at 0x%llx (EC 0x%x), not %s",     \
	              hvc_outcome_name((outcome).kind), (unsigned long long)(outcome).pc, \
	              hvc_arch_ec((outcome).esr), hvc_outcome_name(expected))

#define assert_hex(is, should)                                                               \
	ck_assert_msg((uint64_t)(is) == (uint64_t)(should), "%s is 0x%llx, not 0x%llx", #is, \
	              (unsigned long long)(is), (unsigned long long)(should))

#endif
