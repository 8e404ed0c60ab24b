/* SPDX-License-Identifier: MIT */
/** Claims as SMT-LIB 2 scripts: see hvcheck/certificate.h. Internal. */
#ifndef SYMBOLIC_SMT_H
#define SYMBOLIC_SMT_H

#include "hvcheck/certificate.h"
#include "symbolic/symbolic.h"

/** That some truth values cannot hold all at once; or, which is a counterexample's, that they can.
 */
struct hvc_smt_claim {
	const char *about;  /**< becomes the first part of the file's name: "host hvc el1h" */
	const char *what;   /**< and the second: "conforms set_vectors" */
	const char *reason; /**< one line for people */
	const hvc_ref *all;
	size_t count;
	bool possible; /**< the answer is sat */
};

/** Add the script of a claim. HVC_E_NOMEM: nothing was added. */
HVC_MUST_USE enum hvc_status hvc_smt__claim(struct hvc_bvs *terms,
                                            const struct hvc_smt_claim *claim,
                                            struct hvc_certificates *out);
/** Of an exploration: no two paths at once ("disjoint"), and one always ("total"). */
HVC_MUST_USE enum hvc_status hvc_smt__paths(struct hvc_symbolic *symbolic, const char *about,
                                            struct hvc_certificates *out);

void hvc_certificates__free(struct hvc_certificates *certificates);

#endif
