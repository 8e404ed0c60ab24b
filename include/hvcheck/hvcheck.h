/* SPDX-License-Identifier: MIT */
/**
 * The whole public interface in one include, for C, and for C++ the way to include it.
 *
 * Not in it, since they need another library's headers: unicorn_entry.h, unicorn_aarch32.h,
 * unicorn_hyp.h (Unicorn), ck.h (Check).
 */
#ifndef HVCHECK_HVCHECK_H
#define HVCHECK_HVCHECK_H

#if defined(__cplusplus)
extern "C" {
#endif

#include "hvcheck/aarch32.h"
#include "hvcheck/abi.h"
#include "hvcheck/arch.h"
#include "hvcheck/certificate.h"
#include "hvcheck/check.h"
#include "hvcheck/doubt.h"
#include "hvcheck/exception.h"
#include "hvcheck/expr.h"
#include "hvcheck/hvc.h"
#include "hvcheck/limit.h"
#include "hvcheck/machine.h"
#include "hvcheck/outcome.h"
#include "hvcheck/probe.h"
#include "hvcheck/reg.h"
#include "hvcheck/simd.h"
#include "hvcheck/subject.h"
#include "hvcheck/supplied.h"
#include "hvcheck/verdict.h"
#include "hvcheck/world.h"

#if defined(__cplusplus)
}
#endif

#endif
