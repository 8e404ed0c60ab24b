/* SPDX-License-Identifier: MIT */
/*
 * An unmodified kernel: HVC_REAL_KERNEL names an arm64 Image, or Debian 12's is downloaded by
 * conformance/real/fetch-kernel. Without either the test is skipped (exit status 77).
 */
#include <inttypes.h>

#include "engine/call.h"
#include "hvcheck/arch.h"
#include "hvcheck/check.h"
#include "real_kernel.h"
#include "subject/a64.h"
#include "subject/subject.h"
#include "subject/walk.h"
#include "suite.h"

#define STUB_ERROR UINT64_C(0x0badca11) /* Linux 4.12, arch/arm64/include/asm/virt.h */

static char kernel[4096];
static bool is_debian_6_1;

/* What the code behind a table's slots does, as far as the tests ask. */
struct traits {
	unsigned calls;  /* x0 is compared with 0, 1, ... calls - 1 and nothing else; or 0 */
	bool stub_error; /* 0x0badca11 is loaded into a register */
	bool init_call;  /* x0 is compared with 0xc6000000, KVM's first function id */
};

struct loads {
	uint64_t x[32];
	bool stub_error;
};

static bool visit(void *ctx, uint64_t address, uint32_t word, bool leader)
{
	struct loads *loads = ctx;
	struct hvc_a64 insn;

	(void)leader;
	hvc_a64__decode(address, word, &insn);
	if (insn.move == HVC_MOVE_CONST)
		loads->x[insn.rd] = insn.imm;
	else if (insn.move == HVC_MOVE_KEEP)
		loads->x[insn.rd] = (loads->x[insn.rd] & ~insn.mask) | insn.imm;
	else
		return true;
	loads->stub_error |= loads->x[insn.rd] == STUB_ERROR;
	return true;
}

static struct hvc_subject *open_table(const struct hvc_candidate *candidate)
{
	char spec[sizeof kernel + 32];
	struct hvc_subject *subject;
	struct hvc_diag diag;

	snprintf(spec, sizeof spec, "%s@0x%" PRIx64, kernel, candidate->address);
	ck_assert_msg(hvc_subject_open(spec, &diag, &subject) == HVC_OK, "%s: %s", spec,
	              diag.message);
	return subject;
}

static struct traits traits_of(const struct hvc_candidate *candidate)
{
	struct hvc_subject *subject = open_table(candidate);
	const struct hvc_image *image = hvc_subject_image(subject);
	const uint64_t slot = image->vectors + 0x400;
	struct loads loads = {0};
	const struct hvc_walk walk = {
	        .image = image,
	        .entry = &slot,
	        .entries = 1,
	        .limit = 200,
	        .visit = visit,
	        .ctx = &loads,
	};
	struct hvc_constant *constant;
	struct traits traits = {0};
	size_t count;
	bool dense = true;

	ck_assert_int_eq(hvc_subject__constants(subject, 2000, &constant, &count), HVC_OK);
	for (size_t i = 0; i < count; i++) {
		if (constant[i].reg != HVC_REG_X0 || constant[i].word)
			continue;
		traits.init_call |= constant[i].value == UINT64_C(0xc6000000);
		dense = dense && constant[i].value == traits.calls++;
	}
	if (!dense)
		traits.calls = 0;
	free(constant);
	ck_assert_int_eq(hvc_walk__run(&walk), HVC_OK);
	traits.stub_error = loads.stub_error;
	hvc_subject_close(subject);
	return traits;
}

static struct hvc_candidate *find(size_t *count)
{
	struct hvc_candidate *found;
	struct hvc_diag diag;

	ck_assert_msg(hvc_vectors__find(kernel, &diag, &found, count) == HVC_OK, "%s: %s", kernel,
	              diag.message);
	return found;
}

/*
 * The hyp stub, opened: the one table that knows all calls from 0 (three in 4.12, four from
 * 5.12, five from 6.19) and has the error of unknown ones. For tests that run it.
 */
static struct hvc_subject *open_stub(unsigned *calls)
{
	struct hvc_subject *subject = NULL;
	size_t count;
	struct hvc_candidate *found = find(&count);

	for (size_t i = 0; i < count; i++) {
		struct traits traits = traits_of(&found[i]);

		if (traits.calls < 3 || !traits.stub_error)
			continue;
		ck_assert_msg(!subject, "%s looks like the hyp stub, and 0x%" PRIx64 " too",
		              hvc_subject_name(subject), found[i].address);
		subject = open_table(&found[i]);
		*calls = traits.calls;
	}
	free(found);
	ck_assert_msg(subject != NULL, "no table of %s looks like the hyp stub", kernel);
	return subject;
}

TEST(small_tables_are_found)
{
	size_t count, small = 0;
	struct hvc_candidate *found = find(&count);

	/* The hyp stub, the stub of hibernate and kexec, KVM's init vectors: at the top. */
	for (; small < count && found[small].writes_vbar && found[small].erets; small++)
		ck_assert_uint_le(found[small].live, 2);
	ck_assert_uint_ge(small, 3);
	/* What follows are KVM's other tables. */
	ck_assert_uint_le(count, 24);
	for (size_t i = small; i < count && is_debian_6_1; i++)
		ck_assert(found[i].reads_esr);
	free(found);
}

TEST(each_table_is_told_from_the_others)
{
	unsigned stubs = 0, copies = 0, inits = 0;
	size_t count;
	struct hvc_candidate *found = find(&count);

	for (size_t i = 0; i < count && found[i].writes_vbar; i++) {
		struct traits traits = traits_of(&found[i]);

		stubs += traits.calls >= 3 && traits.stub_error;
		copies += traits.calls == 2 && traits.stub_error;
		inits += traits.init_call;
	}
	ck_assert_uint_eq(stubs, 1);
	if (is_debian_6_1) {
		ck_assert_uint_eq(copies, 1);
		ck_assert_uint_eq(inits, 1);
	}
	free(found);
}

TEST(hyp_stub_has_its_calls)
{
	unsigned calls = 0;
	struct hvc_subject *subject = open_stub(&calls);

	ck_assert_int_eq(hvc_subject__format(subject), HVC_FORMAT_IMAGE);
	if (is_debian_6_1)
		ck_assert_uint_eq(calls, 4);
	ck_assert_uint_le(calls, 5);
	hvc_subject_close(subject);
}

/* The specification is for 6.0 to 6.14; another kernel's stub may be of another generation. */
TEST(hyp_stub_conforms_to_its_specification)
{
	unsigned calls;
	struct hvc_check_config config = {.subject = open_stub(&calls), .jobs = 2};
	struct hvc_diag diag = {0};
	struct hvc_check *check;
	struct hvc_abi *abi;
	char text[256] = "", command[512] = "";

	ck_assert_msg(calls == 4, "this stub has %u calls, not the 4 of Linux 6.0", calls);
	ck_assert_msg(hvc_abi_open("linux-stub-6.0", &diag, &abi) == HVC_OK, "%s", diag.message);
	config.abi = abi;
	ck_assert_msg(hvc_check_run(&config, &diag, &check) == HVC_OK, "%s", diag.message);
	if (check->findings) {
		const struct hvc_finding *first = &check->finding[0];

		hvc_finding_print(check, first, text, sizeof text);
		hvc_call__command(check->subject, &check->world[first->world].world, &first->probe,
		                  first->imm, command, sizeof command);
	}
	ck_assert_msg(check->findings == 0, "%u findings; the first: %s\n%s", check->findings, text,
	              command);
	ck_assert_uint_eq(check->immediates_violating, 0);
	/* A proof makes few calls: what counts is that none is wrong and each immediate was taken.
	 */
	ck_assert_uint_eq(check->total.violates, 0);
	ck_assert_uint_eq(check->total.conforms + check->total.undecided, check->total.calls);
	for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++)
		ck_assert_msg(check->verdicts[imm] & 1u << HVC_VERDICT_CONFORMS,
		              "immediate 0x%x was not taken", imm);
	for (unsigned i = 0; i < hvc_abi_rule_count(abi); i++)
		ck_assert_msg(check->rule[i].calls > 0 || !hvc_abi_rule_at(abi, i)->specified,
		              "no call reached rule %s", hvc_abi_rule_at(abi, i)->name);
	hvc_check_free(check);
	hvc_abi_free(abi);
	hvc_subject_close((struct hvc_subject *)(uintptr_t)config.subject);
}

int main(void)
{
	int status = real_kernel_find(kernel, sizeof kernel, &is_debian_6_1);

	if (status)
		return status;
	return suite_run("real_kernel");
}
