/* SPDX-License-Identifier: MIT */
/*
 * The HVC instructions of an unmodified kernel, and the ABIs they keep to. HVC_REAL_KERNEL names
 * an arm64 Image, or Debian 12's 6.1 is downloaded; without either the test is skipped.
 */
#include <inttypes.h>

#include "engine/callers.h"
#include "hvcheck/arch.h"
#include "real_kernel.h"
#include "subject/image.h"
#include "under_test.h"

static char kernel[4096];
static bool is_debian_6_1;
static struct hvc_scan *scan;
static struct hvc_registry *registry;

static void open_kernel(void)
{
	struct hvc_diag diag = {0};

	ck_assert_msg(hvc_scan__file(kernel, NULL, &diag, &scan) == HVC_OK, "%s: %s", kernel,
	              diag.message);
	ck_assert_msg(hvc_known__open(&diag, &registry) == HVC_OK, "%s", diag.message);
}

static void close_kernel(void)
{
	hvc_scan__free(scan);
	hvc_known__close(registry);
}

static struct hvc_callers *hold(const struct hvc_abi *abi, const struct hvc_subject *subject)
{
	const struct hvc_callers_config config = {
	        .scan = scan, .abi = abi, .subject = subject, .registry = registry};
	struct hvc_callers *callers = NULL;
	struct hvc_diag diag = {0};

	ck_assert_msg(hvc_callers__run(&config, &diag, &callers) == HVC_OK, "%s", diag.message);
	return callers;
}

/* Every word of the file that is HVC is told, as an instruction or as data. */
TEST(every_hvc_is_accounted_for)
{
	const struct hvc_loaded *loaded;
	size_t words = 0, sites = 0, data = 0;

	open_kernel();
	loaded = scan->loaded;
	for (size_t at = 0; at + 4 <= loaded->size; at += 4) {
		const uint8_t *byte = loaded->bytes + at;

		words += hvc_arch_decode((uint32_t)byte[0] | (uint32_t)byte[1] << 8 |
		                                 (uint32_t)byte[2] << 16 | (uint32_t)byte[3] << 24,
		                         NULL);
	}
	for (size_t i = 0; i < scan->sites; i++) {
		sites += scan->site[i].insn == HVC_INSN_HVC;
		data += scan->site[i].insn == HVC_INSN_HVC && scan->site[i].data;
	}
	ck_assert_uint_eq(sites, words);
	ck_assert_uint_gt(sites, data);
	/* Read by hand with objdump in 6.1.0-50: 72, none of them data. */
	if (is_debian_6_1)
		ck_assert_uint_eq(data, 0);
	close_kernel();
}

/* A HYPERVISOR_* function of Xen's calls by HVC #0xea1, and loads its number into x16. */
TEST(xen_hypercalls_have_their_numbers)
{
	unsigned found = 0;

	open_kernel();
	for (size_t i = 0; i < scan->sites; i++) {
		const struct hvc_site *site = &scan->site[i];

		if (site->imm != 0xea1 || site->data || !site->symbol ||
		    strncmp(site->symbol, "HYPERVISOR_", 11))
			continue;
		found++;
		ck_assert_msg(site->x[16].kind == HVC_VALUE_CONSTANT, "%s", site->symbol);
		if (!strcmp(site->symbol, "HYPERVISOR_xen_version"))
			ck_assert_uint_eq(site->x[16].constant[0], 17);
		if (!strcmp(site->symbol, "HYPERVISOR_event_channel_op"))
			ck_assert_uint_eq(site->x[16].constant[0], 32);
	}
	if (is_debian_6_1)
		ck_assert_uint_eq(found, 13);
	close_kernel();
}

/* The one finding that all stubs share: a selector uninitialised, where x24 is not zero. */
static const struct hvc_caller *hibernate(const struct hvc_callers *callers)
{
	const struct hvc_caller *found = NULL;

	for (size_t i = 0; i < callers->callers; i++) {
		const struct hvc_caller *caller = &callers->caller[i];

		if (caller->fit != HVC_CALLER_CHANCE)
			continue;
		ck_assert_msg(!found, "0x%" PRIx64 " and 0x%" PRIx64 " are uninitialised",
		              found ? found->site->address : 0, caller->site->address);
		found = caller;
	}
	ck_assert_ptr_nonnull(found);
	ck_assert_uint_eq(found->issues, 1);
	ck_assert_int_eq(found->issue[0].kind, HVC_CALLER_SELECTOR);
	ck_assert_int_eq(found->issue[0].reg, HVC_REG_X0);
	ck_assert(found->site->x[0].pointer);
	ck_assert_int_eq(found->site->guard, HVC_REG_X0 + 24);
	ck_assert(found->site->guard_nonzero);
	return found;
}

/*
 * Linux 5.17 to 7.1: swsusp_arch_suspend_exit() issues HVC #0 by the convention of the vectors
 * before (x24), while trans_pgd_stub_vectors test x0. The file alone tells.
 */
TEST(hibernate_leaves_its_selector_to_chance)
{
	struct hvc_callers *callers;
	struct hvc_abi *abi;

	if (!is_debian_6_1)
		return;
	open_kernel();
	abi = open_abi("linux-stub-6.0");
	callers = hold(abi, NULL);
	hibernate(callers);
	ck_assert_uint_eq(callers->findings, 1);
	hvc_callers__free(callers);
	hvc_abi_free(abi);
	close_kernel();
}

/*
 * Against the small stub alone there are two more: reset_vectors and finalise_el2 are calls that it
 * does not know, which the kernel only makes while the hyp stub is in place.
 */
TEST(small_stub_does_not_know_two_calls_of_the_large)
{
	static const char *const callers_of[] = {"__hyp_reset_vectors", "finalise_el2"};
	struct hvc_abi *small_abi, *large_abi;
	struct hvc_callers *callers, *large;
	unsigned unknown = 0;

	if (!is_debian_6_1)
		return;
	open_kernel();
	small_abi = open_abi("linux-trans-pgd-5.17");
	large_abi = open_abi("linux-stub-6.0");
	callers = hold(small_abi, NULL);
	hibernate(callers);
	ck_assert_uint_eq(callers->findings, 3);
	for (size_t i = 0; i < callers->callers; i++) {
		const struct hvc_caller *caller = &callers->caller[i];

		if (!caller->issues || caller->issue[0].kind != HVC_CALLER_NO_CALL)
			continue;
		ck_assert_uint_lt(unknown, 2);
		ck_assert_str_eq(caller->site->symbol, callers_of[unknown++]);
	}
	ck_assert_uint_eq(unknown, 2);
	large = hold(large_abi, NULL);
	hvc_callers__excuse(callers, large);
	hibernate(callers);
	ck_assert_uint_eq(callers->findings, 1);
	hvc_callers__free(large);
	hvc_callers__free(callers);
	hvc_abi_free(small_abi);
	hvc_abi_free(large_abi);
	close_kernel();
}

/* The kernel's own tables, run, say the same as the specifications. */
TEST(running_the_tables_finds_the_same)
{
	unsigned tables = 0;

	if (!is_debian_6_1)
		return;
	open_kernel();
	for (size_t i = 0; i < scan->tables; i++) {
		const char *likely = scan->table[i].likely.name;
		bool small = likely && strstr(likely, "small stub");
		struct hvc_subject *subject;
		struct hvc_callers *callers;
		char spec[sizeof kernel + 32];

		if (!small && !(likely && !strcmp(likely, "Linux hyp stub")))
			continue;
		tables++;
		snprintf(spec, sizeof spec, "%s@0x%" PRIx64, kernel,
		         scan->table[i].candidate.address);
		subject = open_subject(spec);
		callers = hold(NULL, subject);
		hibernate(callers);
		ck_assert_uint_eq(callers->findings, small ? 3 : 1);
		hvc_callers__free(callers);
		hvc_subject_close(subject);
	}
	ck_assert_uint_eq(tables, 2);
	close_kernel();
}

int main(void)
{
	int status = real_kernel_find(kernel, sizeof kernel, &is_debian_6_1);

	if (status)
		return status;
	return suite_run("real_callers");
}
