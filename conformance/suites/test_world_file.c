/* SPDX-License-Identifier: MIT */
/*
 * Worlds from YAML files, and the places that they and the command line name: symbols and
 * addresses as the subject's file has them, also where the image is moved down.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/world_file.h"
#include "machine/world.h"
#include "subject/subject.h"
#include "suite.h"
#include "tiny_elf.h"

#define HIGH UINT64_C(0xffff800008010000)

/* Places of a subject that has one symbol, stack, at 0x5000. */
static enum hvc_status find(void *ctx, const char *text, struct hvc_diag *diag, uint64_t *address)
{
	unsigned long long number;

	(void)ctx;
	if (!strcmp(text, "stack+0x1000"))
		*address = 0x6000;
	else if (!strcmp(text, "stack"))
		*address = 0x5000;
	else if (sscanf(text, "0x%llx", &number) == 1)
		*address = number;
	else
		return hvc_diag_set(diag, HVC_E_NOTFOUND, NULL, 0, 0, "no symbol '%s'", text);
	return HVC_OK;
}

static enum hvc_status parse(const char *text, struct hvc_diag *diag, struct hvc_world *world)
{
	return hvc_world__parse(text, strlen(text), "w.yaml", find, NULL, diag, world);
}

TEST(a_world_has_all_its_parts)
{
	static const char text[] = "name: xen\n"
	                           "title: a stack and per-CPU data\n"
	                           "cpu: max\n"
	                           "el3: false\n"
	                           "set: {sp_el2: stack+0x1000, tpidr_el2: 0x10, hcr_el2: -1}\n"
	                           "map_on_demand: 12\n"
	                           "stop_at: [stack, 0x4444]\n"
	                           "stubs:\n"
	                           "  - {at: 0x8000, returns: -2}\n"
	                           "  - {at: stack+0x1000, returns: 7}\n";
	struct hvc_world world, plain;
	struct hvc_diag diag = {0};

	ck_assert_msg(parse(text, &diag, &world) == HVC_OK, "%u:%u: %s", diag.line, diag.column,
	              diag.message);
	ck_assert_str_eq(world.name, "xen");
	ck_assert_int_eq(world.cpu, HVC_CPU_MAX);
	ck_assert(!world.el3);
	ck_assert_uint_eq(world.state.v[HVC_REG_SP_EL2], 0x6000);
	ck_assert_uint_eq(world.state.v[HVC_REG_TPIDR_EL2], 0x10);
	ck_assert_uint_eq(world.state.v[HVC_REG_HCR_EL2], UINT64_MAX);
	ck_assert(hvc_regset_has(&world.given, HVC_REG_SP_EL2));
	ck_assert(!hvc_regset_has(&world.given, HVC_REG_VTTBR_EL2));
	ck_assert_uint_eq(world.zero_pages, 12);
	ck_assert_uint_eq(world.stops, 4);
	ck_assert_uint_eq(world.stop[0].address, 0x5000);
	ck_assert_str_eq(world.stop[0].name, "stack");
	ck_assert(!world.stop[1].stub);
	ck_assert_uint_eq(world.stop[1].address, 0x4444);
	ck_assert(world.stop[2].stub);
	ck_assert_uint_eq(world.stop[2].value, (uint64_t)-2);
	ck_assert_uint_eq(world.stop[3].address, 0x6000);
	ck_assert_str_eq(world.stop[3].name, "stack+0x1000");

	/* only a name: the default world */
	ck_assert_int_eq(parse("name: plain\n", &diag, &world), HVC_OK);
	hvc_world_init(&plain, HVC_CPU_A72);
	ck_assert_mem_eq(&world.state, &plain.state, sizeof plain.state);
	ck_assert(hvc_world__is_closed(&world));
}

TEST(mistakes_have_their_place)
{
	static const struct {
		const char *text;
		unsigned line, column;
		const char *message;
	} rows[] = {
	        {"title: no name\n", 1, 1, "name"},
	        {"name: a-b\n", 1, 8, "letters, digits and _"},
	        {"name: a\ncpu: a53\n", 2, 6, "unknown cpu"},
	        {"name: a\nset: {x0: 1}\n", 2, 7, "belongs to the caller"},
	        {"name: a\nset: {sp_el9: 1}\n", 2, 7, "sp_el9"},
	        {"name: a\nset: {sp_el2: heap}\n", 2, 15, "no symbol 'heap'"},
	        {"name: a\nset: {sp_el2: 0x1z}\n", 2, 15, "malformed number"},
	        {"name: a\nmap_on_demand: 4097\n", 2, 16, "at most 4096"},
	        {"name: a\nstop_at: [stack, heap]\n", 2, 18, "no symbol 'heap'"},
	        {"name: a\nstop_at: [0x4442]\n", 2, 11, "multiples of 4"},
	        {"name: a\nstubs: [{at: stack}]\n", 2, 9, "returns"},
	        {"name: a\nstubs: [{at: stack, returns: x}]\n", 2, 30, ""},
	        {"name: a\nstubs: {stack: 1}\n", 2, 8, ""},
	        {"name: a\nabi: b\n", 2, 1, "abi"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct hvc_world world, before;
		struct hvc_diag diag = {0};

		memset(&world, 0x55, sizeof world);
		before = world;
		ck_assert_int_eq(parse(rows[i].text, &diag, &world), HVC_E_FORMAT);
		ck_assert_mem_eq(&world, &before, sizeof world);
		ck_assert_str_eq(diag.file, "w.yaml");
		ck_assert_msg(diag.line == rows[i].line && diag.column == rows[i].column &&
		                      strstr(diag.message, rows[i].message),
		              "row %zu: %u:%u: %s", i, diag.line, diag.column, diag.message);
	}
}

/* An ELF file linked at a kernel's addresses, which a machine has lower down. */
static struct hvc_subject *open_high(char path[static 32])
{
	uint8_t bytes[TINY_SIZE];
	struct hvc_subject *subject;
	struct hvc_diag diag = {0};
	FILE *file;
	int fd;

	tiny_elf(bytes);
	for (unsigned i = 0; i < 2; i++)
		memcpy(bytes + TINY_PHDR_AT + i * sizeof(Elf64_Phdr) +
		               offsetof(Elf64_Phdr, p_vaddr),
		       &(uint64_t){HIGH + i * 0x4000}, 8);
	for (unsigned i = 1; i <= 7; i++) {
		uint8_t *value = bytes + TINY_SYMTAB_AT + i * sizeof(Elf64_Sym) +
		                 offsetof(Elf64_Sym, st_value);
		uint64_t address;

		memcpy(&address, value, 8);
		address += HIGH - TINY_TEXT;
		memcpy(value, &address, 8);
	}
	strcpy(path, "/tmp/hvcheck-world-XXXXXX");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	file = fdopen(fd, "wb");
	ck_assert_uint_eq(fwrite(bytes, 1, sizeof bytes, file), sizeof bytes);
	fclose(file);
	ck_assert_msg(hvc_subject_open(path, &diag, &subject) == HVC_OK, "%s", diag.message);
	return subject;
}

TEST(places_are_those_of_the_file)
{
	static const struct {
		const char *text;
		uint64_t address; /* as the file has it; 0: there is none */
	} rows[] = {
	        {"hvc_vectors", HIGH},
	        {"handler", HIGH + 0x800},
	        {"handler+0x10", HIGH + 0x810},
	        {"handler+16", HIGH + 0x810},
	        {"0xffff800008010804", HIGH + 0x804},
	        {"+0x1804", HIGH + 0x804}, /* the text is at 0x1000 in the file */
	        {"nosuch", 0},
	        {"handler+", 0},
	        {"handler+x", 0},
	        {"+0x100000", 0},
	        {"0x", 0},
	};
	char path[32];
	struct hvc_subject *subject = open_high(path);

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		uint64_t address = 1;
		struct hvc_diag diag = {0};
		enum hvc_status status = hvc_subject__place(subject, rows[i].text, &diag, &address);

		ck_assert_msg((status == HVC_OK) == (rows[i].address != 0), "%s: %s", rows[i].text,
		              diag.message);
		if (rows[i].address)
			ck_assert_uint_eq(address, rows[i].address);
		else
			ck_assert_uint_eq(address, 1);
	}
	hvc_subject_close(subject);
	unlink(path);
}

/* A boundary by the file's address is met where the code runs. */
TEST(boundaries_are_where_the_file_has_them)
{
	char path[32];
	struct hvc_subject *subject = open_high(path);
	struct hvc_machine_config config = {.image = *hvc_subject_image(subject)};
	struct hvc_machine *machine;
	struct hvc_outcome outcome;
	struct hvc_world world;
	struct hvc_call call;
	struct hvc_diag diag;
	uint64_t address;

	hvc_world_init(&world, HVC_CPU_A72);
	ck_assert_int_eq(hvc_subject__place(subject, "0xffff800008010400", &diag, &address),
	                 HVC_OK);
	ck_assert_int_eq(hvc_world_stop_at(&world, address, "slot"), HVC_OK);
	config.world = &world;
	ck_assert_int_eq(hvc_machine_open(&config, &diag, &machine), HVC_OK);
	hvc_call_init(&call, 0);
	ck_assert_int_eq(hvc_machine_call(machine, &call, &diag, &outcome), HVC_OK);
	ck_assert_int_eq(outcome.kind, HVC_OUTCOME_HANDOFF);
	ck_assert_uint_eq(outcome.pc, HIGH + 0x400);
	hvc_machine_close(machine);
	hvc_subject_close(subject);
	unlink(path);
}

SUITE_MAIN("world_file")
