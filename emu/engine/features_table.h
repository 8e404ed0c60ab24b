/* SPDX-License-Identifier: MIT */
/**
 * The functions that a subject may be asked after. Sources: Arm DEN0022 5.1.14 and 5.2
 * (PSCI_FEATURES), DEN0028 7.3 (SMCCC_ARCH_FEATURES), DEN0077 13.3 (FFA_FEATURES), DEN0098 2.2
 * (TRNG_FEATURES), DEN0057 3.3 (PV_TIME_FEATURES), Linux Documentation/virt/kvm/arm/hypercalls.rst
 * (the vendor's features, a bitmap in w0 to w3). Internal.
 */
#ifndef ENGINE_FEATURES_TABLE_H
#define ENGINE_FEATURES_TABLE_H

#include <stdint.h>

enum hvc_features_family {
	HVC_FEATURES_PSCI,
	HVC_FEATURES_ARCH,
	HVC_FEATURES_FFA,
	HVC_FEATURES_TRNG,
	HVC_FEATURES_PV_TIME,
	HVC_FEATURES_KVM, /**< where the vendor's UID is KVM's */
	HVC_FEATURES_FAMILIES,
};

enum {
	HVC_FEATURES_BOTH = 1,    /**< has a 64-bit form, too */
	HVC_FEATURES_ALONE = 2,   /**< may be called without being told of */
	HVC_FEATURES_REFUSES = 4, /**< says NOT_SUPPORTED to say something else */
	HVC_FEATURES_EITHER = 8,  /**< has one form, of 32 or 64 bits */
	HVC_FEATURES_MAYBE = 16,  /**< may have a 64-bit form */
	HVC_FEATURES_NOBODYS = 32 /**< no specification gives it a meaning */
};

struct hvc_features_question {
	uint32_t id;
	const char *name;
	uint32_t first, last; /**< identifiers that it may be asked after, 64-bit forms apart */
};

struct hvc_features_function {
	enum hvc_features_family family;
	uint32_t id;
	const char *name;
	unsigned is;
};

extern const struct hvc_features_question hvc_features__question[HVC_FEATURES_FAMILIES];

#define HVC_FEATURES_MAX 320u

/** All of them, as 32-bit forms where there are two, those without a meaning last: how many. */
unsigned hvc_features__list(struct hvc_features_function out[static HVC_FEATURES_MAX]);

#endif
