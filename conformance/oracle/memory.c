/* SPDX-License-Identifier: MIT */
/* Memory as calls under QEMU find it: the image, and a harness whose ends are SMCs. */
#include <stdlib.h>
#include <string.h>

#include "hvcheck/aarch32.h"
#include "hvcheck/arch.h"
#include "machine/exception_hyp.h"
#include "machine/internal.h"
#include "machine/outcome.h"
#include "oracle/wire.h"
#include "subject/walk.h"

#define SCTLR_TE (UINT64_C(1) << 30)
#define LINES    4u

struct memory {
	uint32_t table[HVC_VECTOR_TABLE_SIZE / 4];
	uint32_t caller[HVC_VECTOR_TABLE_SIZE / 4]; /* the caller's own vectors, */
	uint32_t next[HVC_VECTOR_TABLE_SIZE / 4];   /* and those for EL2 to install */
	uint32_t landing[HVC_LANDING_SIZE / 4];
	uint32_t pads[HVC_LANDING_SIZE / 4 + 2]; /* where pads of A32 lead */
	uint32_t calls[LINES][HVC_CALLS_SIZE / 4];
	const void *data[WIRE_CHUNKS];
};

uint32_t hvc_oracle__image_word(const struct hvc_image *image, uint64_t address)
{
	uint32_t word = 0;

	return hvc_walk__word(image, address, &word) ? word : 0;
}

static void add_chunk(struct wire_header *header, struct memory *memory, uint64_t address,
                      const void *data, uint64_t size)
{
	if (!data || !size || header->chunks == WIRE_CHUNKS)
		return;
	memory->data[header->chunks] = data;
	header->chunk[header->chunks++] = (struct wire_span){address, size};
}

static void fill(uint32_t *words, uint64_t size, uint32_t even, uint32_t odd)
{
	for (uint64_t i = 0; i < size / 4; i++)
		words[i] = i & 1 ? odd : even;
}

/* Callers of each kind, in their order in memory, with an end behind the last. */
static void add_calls(struct memory *memory, const struct hvc_oracle_plan *plan,
                      struct wire_header *header)
{
	static const enum hvc_insn a64[] = {HVC_INSN_HVC, HVC_INSN_SMC},
	                           a32[] = {HVC_INSN_HVC_A32, HVC_INSN_HVC_T32, HVC_INSN_SMC_A32,
	                                    HVC_INSN_SMC_T32};

	for (unsigned i = 0; i < (plan->hyp ? LINES : 2); i++) {
		struct hvc_call call = {.insn = plan->hyp ? a32[i] : a64[i],
		                        .from = plan->hyp ? HVC_LEVEL_EL1_SVC : HVC_LEVEL_EL1H};
		bool t32 = hvc_insn_is_t32(call.insn);
		uint64_t address = hvc_call__address(&call);

		for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++) {
			call.imm = (uint16_t)imm;
			memory->calls[i][imm] = hvc_call__word(&call);
			if (t32)
				memory->calls[i][imm] = hvc_aarch32_swap_t32(memory->calls[i][imm]);
		}
		memory->calls[i][HVC_IMM_COUNT] = t32 ? WIRE_T32 : plan->hyp ? WIRE_A32 : WIRE_SMC;
		add_chunk(header, memory, address, memory->calls[i], sizeof memory->calls[i]);
	}
}

/* What stands in place of SVCs, by width. */
static void fill_memory(struct memory *memory, const struct hvc_oracle_plan *plan)
{
	const uint64_t sctlr = plan->config->world[0]->v[HVC_REG_SCTLR_EL1];
	const uint32_t vector = !plan->hyp ? WIRE_SMC : plan->t32 ? WIRE_T32 : WIRE_A32;
	const uint32_t caller = !plan->hyp ? WIRE_SMC : sctlr & SCTLR_TE ? WIRE_T32 : WIRE_A32;
	const uint32_t pad[2] = {plan->hyp ? WIRE_PAD : WIRE_SMC, plan->hyp ? WIRE_T32 : WIRE_SMC};

	for (uint64_t i = 0; i < plan->header.slots << plan->header.stride >> 2; i++)
		memory->table[i] = i * 4 >> plan->header.stride << plan->header.stride == i * 4
		                           ? vector
		                           : hvc_oracle__image_word(&plan->config->image,
		                                                    plan->header.vectors + 4 * i);
	fill(memory->caller, sizeof memory->caller, caller, caller);
	fill(memory->next, sizeof memory->next, pad[0], pad[1]);
	fill(memory->landing, sizeof memory->landing, pad[0], pad[1]);
	fill(memory->pads, sizeof memory->pads, WIRE_A32, WIRE_A32);
}

/* Where the pads' A32 half leads; the chunk begins at a multiple of 16. */
static void add_pads(struct memory *memory, struct wire_header *header, uint64_t pads,
                     uint64_t size)
{
	add_chunk(header, memory, (hvc_harness32(pads) + WIRE_PAD_A32) & ~UINT64_C(15),
	          memory->pads, size + 8);
}

static void plan_memory(struct memory *memory, const struct hvc_oracle_plan *plan,
                        struct wire_header *header)
{
	const struct hvc_image *image = &plan->config->image;

	for (unsigned i = 0; i < image->segments; i++)
		add_chunk(header, memory, image->segment[i].address, image->segment[i].data,
		          image->segment[i].data_size);
	add_chunk(header, memory, image->vectors, memory->table, header->slots << header->stride);
	add_chunk(header, memory, plan->room, plan->moved, sizeof plan->moved);
	add_chunk(header, memory, hvc_oracle__place(plan->hyp, HVC_CALLER_VECTORS), memory->caller,
	          sizeof memory->caller);
	add_chunk(header, memory, hvc_oracle__place(plan->hyp, HVC_NEW_VECTORS), memory->next,
	          sizeof memory->next);
	add_chunk(header, memory, hvc_oracle__place(plan->hyp, HVC_FUNCTION),
	          plan->hyp ? hvc_machine__function32 : hvc_machine__function,
	          sizeof hvc_machine__function);
	add_chunk(header, memory, hvc_oracle__place(plan->hyp, HVC_LANDING), memory->landing,
	          sizeof memory->landing);
	if (plan->hyp) {
		add_pads(memory, header, HVC_NEW_VECTORS, HVC_VECTOR_TABLE_SIZE);
		add_pads(memory, header, HVC_LANDING, HVC_LANDING_SIZE);
	}
	add_calls(memory, plan, header);
}

bool hvc_oracle__put(FILE *file, const void *data, size_t size)
{
	static const char padding[WIRE_PART];
	size_t over = size % WIRE_PART;

	return (!size || fwrite(data, size, 1, file) == 1) &&
	       (!over || fwrite(padding, WIRE_PART - over, 1, file) == 1);
}

bool hvc_oracle__write_memory(const struct hvc_oracle_plan *plan, struct wire_header *header,
                              FILE *file)
{
	struct memory *memory = calloc(1, sizeof *memory);
	bool ok = memory != NULL;

	if (!ok)
		return false;
	fill_memory(memory, plan);
	plan_memory(memory, plan, header);
	ok = hvc_oracle__put(file, header, sizeof *header);
	for (unsigned i = 0; i < header->chunks; i++)
		ok = ok && hvc_oracle__put(file, memory->data[i], header->chunk[i].size);
	free(memory);
	return ok;
}
