/* SPDX-License-Identifier: MIT */
/*
 * How a call is made beside what it asks for: by HVC or by SMC, and in how many bits.
 *
 * SMCCC (Arm DEN0028): an identifier is 32 bits, in w0; with bit 30 clear the arguments are w1 to
 * w7 as well. What stands above them does not count, but it tells that the caller's C has a signed
 * type where the convention has uint32_t, and callees that compare all of a register are common.
 */
#include <inttypes.h>

#include "engine/callers.h"
#include "hvcheck/arch.h"

#define FAST         UINT32_C(0x80000000)
#define WIDE         UINT32_C(0x40000000)
#define ARGUMENTS    3u /* registers that are taken for arguments: what C sets for a call */
#define SIGN_EXTENDS UINT64_C(0xffffffff80000000)

static bool is_sign_extended(uint64_t value)
{
	return (value & SIGN_EXTENDS) == SIGN_EXTENDS;
}

uint64_t hvc_caller__identifier(const struct hvc_registry *registry, uint64_t value)
{
	return is_sign_extended(value) && hvc_known__find_fid(registry, (uint32_t)value, NULL)
	               ? (uint32_t)value
	               : value;
}

bool hvc_caller__width(const struct hvc_registry *registry, struct hvc_caller *caller)
{
	const struct hvc_value *x = caller->site->x;
	uint64_t fid;

	if (x[0].kind != HVC_VALUE_CONSTANT)
		return true;
	fid = hvc_caller__identifier(registry, x[0].constant[0]);
	if (fid != x[0].constant[0] &&
	    !hvc_caller__issue(caller, HVC_CALLER_WIDENED, HVC_REG_X0, x[0].at,
	                       "x0 holds the identifier 0x%" PRIx64 " sign-extended, 0x%" PRIx64
	                       ": it is 32 bits without a sign",
	                       fid, x[0].constant[0]))
		return false;
	if (fid > UINT32_MAX || !(fid & FAST) || fid & WIDE)
		return true;
	for (unsigned n = 1; n <= ARGUMENTS; n++) {
		if (x[n].kind != HVC_VALUE_CONSTANT || x[n].constants != 1 ||
		    !is_sign_extended(x[n].constant[0]))
			continue;
		if (!hvc_caller__issue(caller, HVC_CALLER_WIDENED, (enum hvc_reg)(HVC_REG_X0 + n),
		                       x[n].at,
		                       "x%u holds a 32-bit argument sign-extended, 0x%" PRIx64
		                       ": the identifier 0x%" PRIx64 " has bit 30 clear",
		                       n, x[n].constant[0], fid))
			return false;
	}
	return true;
}

/* May a site make a call with this identifier? */
static bool may_make(const struct hvc_site *site, uint64_t fid)
{
	for (unsigned i = 0; i < site->x[0].constants; i++) {
		if (site->x[0].kind == HVC_VALUE_CONSTANT && site->x[0].constant[i] == fid)
			return true;
	}
	return false;
}

/* Is the same call made by the other instruction elsewhere, or in the same function? */
static bool made_by_both(const struct hvc_scan *scan, const struct hvc_site *site)
{
	for (size_t i = 0; i < scan->sites + scan->calls; i++) {
		const struct hvc_site *other =
		        i < scan->sites ? &scan->site[i] : &scan->call[i - scan->sites];

		if (other->insn == site->insn || other->data)
			continue;
		if (may_make(other, site->x[0].constant[0]) ||
		    (other->has_function && other->function == site->function &&
		     other->x[0].kind != HVC_VALUE_CONSTANT))
			return true;
	}
	return false;
}

bool hvc_caller__conduit(const struct hvc_scan *scan, struct hvc_caller *caller)
{
	bool smc = hvc_insn_is_smc(caller->site->insn);

	if (made_by_both(scan, caller->site)) {
		caller->fit = HVC_CALLER_OTHER;
		caller->owner = smc ? "whoever answers SMCs" : "whoever answers HVCs";
		return true;
	}
	return hvc_caller__issue(caller, HVC_CALLER_CONDUIT, HVC_REG_NONE, 0,
	                         "made by %s, and the ABI answers '%s' by %s", smc ? "SMC" : "HVC",
	                         caller->answer[0].text, smc ? "HVC" : "SMC");
}
