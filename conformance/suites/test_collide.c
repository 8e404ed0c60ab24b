/* SPDX-License-Identifier: MIT */
/* Collisions between shipped ABIs, against those that are known from their sources. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "engine/collide.h"
#include "hvcheck/arch.h"
#include "report/report.h"
#include "shipped.h"

static struct hvc_abi *both[2];
static struct hvc_collide *collide;

static void run(const char *first, const char *second)
{
	struct hvc_diag diag = {0};

	both[0] = load(first);
	both[1] = load(second);
	ck_assert_msg(hvc_collide__run((const struct hvc_abi *const *)both, 2, false, &diag,
	                               &collide) == HVC_OK,
	              "%s", diag.message);
	ck_assert_uint_eq(collide->pairs, 1);
}

static void stop(void)
{
	hvc_collide__free(collide);
	hvc_abi_free(both[0]);
	hvc_abi_free(both[1]);
}

static bool is_in(const struct hvc_interval *interval, unsigned count, uint64_t value)
{
	for (unsigned i = 0; i < count; i++)
		if (interval[i].lo <= value && value <= interval[i].hi)
			return true;
	return false;
}

/* The overlap of the rules that govern HVC #imm with x0, where both claim it; NULL: not both. */
static const struct hvc_overlap *overlap_at(unsigned imm, uint64_t x0, bool *agrees)
{
	const struct hvc_collide__pair *pair = &collide->pair[0];
	struct hvc_call call;
	int rule[2];

	hvc_call_init(&call, 0);
	call.imm = (uint16_t)imm;
	call.x[0] = x0;
	for (unsigned k = 0; k < 2; k++)
		rule[k] = hvc_abi__rule_of(both[k], 0, &call);
	for (unsigned i = 0; i < pair->overlaps.count; i++) {
		const struct hvc_overlap *overlap = &pair->overlaps.overlap[i];

		if ((int)overlap->rule[0] != rule[0] || (int)overlap->rule[1] != rule[1])
			continue;
		ck_assert(is_in(overlap->imm, overlap->imms, imm));
		*agrees = pair->agrees[i];
		return overlap;
	}
	return NULL;
}

static const char *name_of(const struct hvc_overlap *overlap, unsigned k)
{
	return hvc_abi_rule_at(both[k], overlap->rule[k])->name;
}

/* Calls that two claim and mean different things by. NULL names: any. */
static const struct {
	const char *first, *second;
	unsigned imm;
	uint64_t x0;
	const char *name[2];
} conflicts[] = {
        /* selector 0 of the Linux stub changed its meaning in 4.12, and so did 1 */
        {"linux-stub-4.7", "linux-stub-4.12", 0, 0, {"get_vectors", "set_vectors"}},
        {"linux-stub-4.7", "linux-stub-4.12", 0, 1, {"set_vectors", "soft_restart"}},
        /* #0: stubs that take what others number */
        {"freebsd-stub", "linux-stub-4.12", 0, 1, {"set_vectors", "soft_restart"}},
        {"freebsd-stub", "smccc-1.1", 0, 0x84000000, {"set_vectors", "psci_version"}},
        {"genode-stub", "linux-stub-4.12", 0, 1, {"invalidate_tlb", "soft_restart"}},
        {"prtos", "linux-stub-4.12", 0, 0, {"multicall", "set_vectors"}},
        /* #1: Zircon's mexec and uvmm's print; #2, #4: Zircon and the Linux kexec series */
        {"zircon-init", "uvmm", 1, 0x86000000, {"mexec", "vm_print"}},
        {"zircon-init", "linux-stub-imm", 1, 0x40000000, {"mexec", "get_vectors"}},
        {"zircon-init", "linux-stub-imm", 4, HVC_FUNCTION, {"el2_off", "call_func"}},
        /* owner 6: Bao, pKVM, the host calls of KVM, uvmm and KVM's features */
        {"bao", "kvm-guest", 0, 0xc6000002, {"remio", "pkvm"}},
        {"bao", "kvm-guest", 0, 0x86000001, {"ipc", "ptp"}},
        {"bao", "linux-kvm-5.10", 0, 0xc6000001, {"ipc", NULL}},
        {"uvmm", "kvm-guest", 1, 0x86000000, {"vm_print", "vendor_features"}},
        {"kvm-guest", "linux-kvm-6.1", 0, 0xc6000003, {"pkvm", NULL}},
        /* those that ignore the immediate claim the numbers of those that do not */
        {"hvisor", "jailhouse", 0x4a48, 1, {"virtio_inject_irq", "cell_create"}},
        {"linux-stub-4.12", "jailhouse", 0x4a48, 0, {"set_vectors", "disable"}},
};

TEST(known_conflicts)
{
	for (unsigned i = 0; i < sizeof conflicts / sizeof *conflicts; i++) {
		const struct hvc_overlap *overlap;
		bool agrees = false;

		run(conflicts[i].first, conflicts[i].second);
		overlap = overlap_at(conflicts[i].imm, conflicts[i].x0, &agrees);
		ck_assert_msg(overlap, "%s and %s: hvc #0x%x, x0 = 0x%llx", conflicts[i].first,
		              conflicts[i].second, conflicts[i].imm,
		              (unsigned long long)conflicts[i].x0);
		ck_assert_msg(!agrees, "%s and %s: %s", conflicts[i].first, conflicts[i].second,
		              name_of(overlap, 0));
		for (unsigned k = 0; k < 2; k++)
			if (conflicts[i].name[k])
				ck_assert_str_eq(name_of(overlap, k), conflicts[i].name[k]);
		ck_assert_uint_eq(collide->colliding, 1);
		ck_assert_uint_eq(collide->differing, 1);
		stop();
	}
}

/* The same calls, meant the same. */
TEST(agreements)
{
	static const struct {
		const char *first, *second;
		uint64_t x0;
	} rows[] = {
	        {"linux-stub-3.8", "linux-stub-4.7", 0},  {"linux-stub-4.12", "linux-stub-6.0", 0},
	        {"linux-stub-4.12", "linux-stub-6.0", 2}, {"smccc-1.0", "smccc-1.3", 0x84000000},
	        {"smccc-1.1", "kvm-guest", 0x84000000},   {"smccc-1.1", "xen", 0x80000000},
	        {"bao", "kvm-guest", 0xc4000003},
	};

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		bool agrees = false;

		run(rows[i].first, rows[i].second);
		ck_assert_msg(overlap_at(0, rows[i].x0, &agrees) && agrees, "%s and %s",
		              rows[i].first, rows[i].second);
		stop();
	}
}

/*
 * No call in common. Small numbers in x0 lie in the range that the calling convention keeps for
 * older calls, so a compliant callee refuses what the Linux stub does: registers alone tell them
 * apart, at #0. Xen, Jailhouse and Gunyah have immediates of their own.
 */
TEST(told_apart)
{
	static const struct {
		const char *first, *second;
		unsigned imms;
	} rows[] = {
	        {"smccc-1.1", "linux-stub-4.12", 1}, {"smccc-1.3", "linux-stub-6.19", 1},
	        {"psci-0.1", "linux-stub-4.12", 1},  {"xen", "jailhouse", 0},
	        {"gunyah", "jailhouse", 0},          {"smccc-1.1", "jailhouse", 0},
	};

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		run(rows[i].first, rows[i].second);
		ck_assert_msg(!collide->colliding && !collide->differing, "%s and %s",
		              rows[i].first, rows[i].second);
		ck_assert_uint_eq(collide->pair[0].imms, rows[i].imms);
		if (rows[i].imms)
			ck_assert_uint_eq(collide->pair[0].imm[0].hi, 0);
		stop();
	}
}

/* Rules that share a name, a call or neither. */
TEST(what_agrees)
{
	static const struct {
		const char *a, *b;
		bool agrees;
	} rows[] = {
	        {"when: { x0: 1 }, outcome: return, results: { x0: 0 }",
	         "when: { x0: 1 }, outcome: return, results: { x0: 0 }", true},
	        /* a version or a status code; a wider comparison */
	        {"when: { w0: 1 }, outcome: return, results: { x0: 0x10000 }",
	         "when: { x0: 1 }, outcome: return, results: { x0: 0x10001 }", true},
	        {"when: { x0: 1 }, outcome: return, results: { x0: 0 }",
	         "when: { x0: 1 }, outcome: return", true},
	        /* the argument elsewhere; another register asked; another end */
	        {"when: { x0: 1 }, outcome: return, results: { vbar_el2: x0 }",
	         "when: { x0: 1 }, outcome: return, results: { vbar_el2: x1 }", false},
	        {"when: { x0: 1 }, outcome: return, results: { x0: 0 }",
	         "when: { x0: 1 }, outcome: return, results: { x0: vbar_el2 }", false},
	        {"when: { x0: 1 }, outcome: return", "when: { x16: 1 }, outcome: return", false},
	        {"when: { x0: 1 }, outcome: return", "when: { x0: 1 }, outcome: spin", false},
	        {"when: { x0: 1 }, outcome: jump, at: x1", "when: { x0: 1 }, outcome: jump, at: x2",
	         false},
	};

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *const text[2] = {rows[i].a, rows[i].b};
		struct hvc_abi *abi[2] = {NULL, NULL};

		for (unsigned k = 0; k < 2; k++) {
			char file[512];

			snprintf(file, sizeof file,
			         "abi: a\ntitle: t\nsource: s\nrules:\n- { name: r, %s }\n"
			         "- { name: rest, default: true, outcome: return }\n",
			         text[k]);
			ck_assert_int_eq(hvc_abi_parse(file, strlen(file), "a", NULL, &abi[k]),
			                 HVC_OK);
		}
		ck_assert_msg(hvc_rule__agrees(hvc_abi_rule_at(abi[0], 0),
		                               hvc_abi_rule_at(abi[1], 0)) == rows[i].agrees,
		              "row %u", i);
		ck_assert(hvc_rule__agrees(hvc_abi_rule_at(abi[1], 0),
		                           hvc_abi_rule_at(abi[0], 0)) == rows[i].agrees);
		hvc_abi_free(abi[0]);
		hvc_abi_free(abi[1]);
	}
}

/* Every two shipped ABIs: each overlap's witness is claimed by both, and the matrix is whole. */
TEST(everything_shipped)
{
	struct hvc_abi *abi[256];
	unsigned count = 0;

	for (unsigned i = 0; shipped(i); i++) {
		abi[count] = load(shipped(i));
		if (hvc_abi__is_aarch32(abi[count]))
			hvc_abi_free(abi[count]);
		else
			count++;
	}
	ck_assert_uint_ge(count, 60);
	ck_assert_int_eq(
	        hvc_collide__run((const struct hvc_abi *const *)abi, count, false, NULL, &collide),
	        HVC_OK);
	ck_assert_uint_eq(collide->pairs, count * (count - 1) / 2);
	for (unsigned i = 0; i < collide->pairs; i++) {
		const struct hvc_collide__pair *pair = &collide->pair[i];

		ck_assert_ptr_eq(hvc_collide__pair(collide, pair->abi[1], pair->abi[0]), pair);
		ck_assert(!pair->overlaps.count || pair->imms);
		for (unsigned n = 0; n < pair->overlaps.count; n++) {
			const struct hvc_overlap *overlap = &pair->overlaps.overlap[n];

			for (unsigned k = 0; k < 2; k++) {
				const struct hvc_abi *one = abi[pair->abi[k]];
				int rule =
				        hvc_abi__rule_of(one, overlap->world[k], &overlap->witness);

				if (rule != (int)overlap->rule[k] ||
				    !hvc_rule__claims(hvc_abi_rule_at(one, overlap->rule[k])))
					ck_abort_msg("%s: %s", hvc_abi_name(one),
					             hvc_abi_rule_at(one, overlap->rule[k])->name);
			}
			if (!is_in(pair->imm, pair->imms, overlap->witness.imm))
				ck_abort_msg("immediate 0x%x", overlap->witness.imm);
		}
	}
	ck_assert_ptr_null(hvc_collide__pair(collide, 0, 0));
	hvc_collide__free(collide);
	while (count)
		hvc_abi_free(abi[--count]);
}

TEST(one_against_others)
{
	const struct hvc_abi *abi[3] = {load("linux-stub-4.12"), load("linux-stub-4.7"),
	                                load("jailhouse")};

	ck_assert_int_eq(hvc_collide__run(abi, 3, true, NULL, &collide), HVC_OK);
	ck_assert_uint_eq(collide->pairs, 2);
	ck_assert_ptr_nonnull(hvc_collide__pair(collide, 2, 0));
	ck_assert_ptr_null(hvc_collide__pair(collide, 1, 2));
	hvc_collide__free(collide);
	ck_assert_int_eq(hvc_collide__run(abi, 1, false, NULL, &collide), HVC_E_ARG);
	for (unsigned i = 0; i < 3; i++)
		hvc_abi_free((struct hvc_abi *)abi[i]);
}

static enum hvc_status put_body(const struct hvc_page *page, const void *of, struct hvc_diag *diag)
{
	return hvc_collide__text(page, of, true, diag);
}

/* The page needs no other file, and escapes what it is given. */
TEST(the_page_stands_alone)
{
	struct hvc_page page = {.markup = HVC_MARKUP_HTML};
	char *text;
	size_t size;

	page.out = open_memstream(&text, &size);
	run("linux-stub-4.7", "linux-stub-4.12");
	ck_assert_int_eq(
	        hvc_document__write(&page, NULL, "collide", false, put_body, collide, NULL),
	        HVC_OK);
	ck_assert_int_eq(fclose(page.out), 0);
	ck_assert(!strncmp(text, "<!DOCTYPE html>\n", 16));
	ck_assert_ptr_null(strstr(text, "http"));
	ck_assert_ptr_null(strstr(text, "<script"));
	ck_assert_ptr_nonnull(strstr(text, "prefers-color-scheme:dark"));
	ck_assert_ptr_nonnull(strstr(text, "x1 &amp; 0x3 = 0"));
	free(text);
	stop();
}

SUITE_MAIN("collide")
