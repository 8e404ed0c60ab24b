/* SPDX-License-Identifier: MIT */
/** The calls that mutants are tried with. */
#ifndef TRIAL_H
#define TRIAL_H

#include "hvcheck/abi.h"
#include "hvcheck/simd.h"
#include "hvcheck/subject.h"

/** One call, and what the right subject does. */
struct trial {
	struct hvc_call call;
	unsigned world;
	struct hvc_state before;
	struct hvc_outcome outcome;
	struct hvc_simd simd;
	bool conforms;
};

struct trials {
	struct trial *trial; /**< malloc'ed */
	unsigned count;
	unsigned suite; /**< the first ones: calls such as a check makes; the others are random */
};

/** Choose them; outcomes are not filled in. False when memory runs out. */
bool trials_choose(const struct hvc_subject *subject, const struct hvc_abi *abi,
                   struct trials *out);

#endif
