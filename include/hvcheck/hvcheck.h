/* SPDX-License-Identifier: MIT */
/**
 * The whole public interface in one include, for C, and for C++ the way to include it.
 *
 * Not in it, since they need another library's headers: unicorn_entry.h and unicorn_aarch32.h
 * (Unicorn), ck.h (Check).
 */
#ifndef HVCHECK_HVCHECK_H
#define HVCHECK_HVCHECK_H

#if defined(__cplusplus)
extern "C" {
#endif

#include "hvcheck/aarch32.h"
#include "hvcheck/abi.h"
#include "hvcheck/abi_diff.h"
#include "hvcheck/arch.h"
#include "hvcheck/call.h"
#include "hvcheck/callers.h"
#include "hvcheck/certificate.h"
#include "hvcheck/check.h"
#include "hvcheck/collide.h"
#include "hvcheck/contract.h"
#include "hvcheck/diff.h"
#include "hvcheck/doubt.h"
#include "hvcheck/exact.h"
#include "hvcheck/exception.h"
#include "hvcheck/expr.h"
#include "hvcheck/finding.h"
#include "hvcheck/fit.h"
#include "hvcheck/hvc.h"
#include "hvcheck/invented.h"
#include "hvcheck/known.h"
#include "hvcheck/leak.h"
#include "hvcheck/limit.h"
#include "hvcheck/machine.h"
#include "hvcheck/oracle.h"
#include "hvcheck/outcome.h"
#include "hvcheck/overlap.h"
#include "hvcheck/probe.h"
#include "hvcheck/property.h"
#include "hvcheck/reg.h"
#include "hvcheck/report.h"
#include "hvcheck/safety.h"
#include "hvcheck/saved.h"
#include "hvcheck/sequence.h"
#include "hvcheck/simd.h"
#include "hvcheck/site.h"
#include "hvcheck/subject.h"
#include "hvcheck/suppression.h"
#include "hvcheck/verdict.h"
#include "hvcheck/witness.h"
#include "hvcheck/world.h"
#include "hvcheck/world_file.h"

#if defined(__cplusplus)
}
#endif

#endif
