/* SPDX-License-Identifier: MIT */
#include "engine/features_table.h"

#include <stdbool.h>

#include "engine/features.h"

#define PSCI    HVC_FEATURES_PSCI
#define ARCH    HVC_FEATURES_ARCH
#define FFA     HVC_FEATURES_FFA
#define TRNG    HVC_FEATURES_TRNG
#define PV_TIME HVC_FEATURES_PV_TIME
#define KVM     HVC_FEATURES_KVM
#define BOTH    HVC_FEATURES_BOTH
#define ALONE   HVC_FEATURES_ALONE
#define REFUSES HVC_FEATURES_REFUSES
#define EITHER  HVC_FEATURES_EITHER
#define MAYBE   HVC_FEATURES_MAYBE
#define SMC64   UINT32_C(0x40000000)

const struct hvc_features_question hvc_features__question[HVC_FEATURES_FAMILIES] = {
        [PSCI] = {0x8400000a, "PSCI_FEATURES", 0x84000000, 0x8400001f},
        [ARCH] = {0x80000001, "SMCCC_ARCH_FEATURES", 0x80000000, 0x8000000f},
        [FFA] = {0x84000064, "FFA_FEATURES", 0x84000060, 0x8400009f},
        [TRNG] = {0x84000051, "TRNG_FEATURES", 0x84000050, 0x8400005f},
        [PV_TIME] = {0xc5000020, "PV_TIME_FEATURES", 0xc5000020, 0xc500002f},
        [KVM] = {0x86000000, "the vendor's features call", 0x86000001, 0x8600007f},
};

static const struct hvc_features_function functions[] = {
        {PSCI, 0x84000000, "PSCI_VERSION", 0},
        {PSCI, 0x84000001, "CPU_SUSPEND", BOTH},
        {PSCI, 0x84000002, "CPU_OFF", 0},
        {PSCI, 0x84000003, "CPU_ON", BOTH},
        {PSCI, 0x84000004, "AFFINITY_INFO", BOTH},
        {PSCI, 0x84000005, "MIGRATE", BOTH | REFUSES},
        {PSCI, 0x84000006, "MIGRATE_INFO_TYPE", REFUSES},
        {PSCI, 0x84000007, "MIGRATE_INFO_UP_CPU", BOTH | REFUSES},
        {PSCI, 0x84000008, "SYSTEM_OFF", 0},
        {PSCI, 0x84000009, "SYSTEM_RESET", 0},
        {PSCI, 0x8400000b, "CPU_FREEZE", 0},
        {PSCI, 0x8400000c, "CPU_DEFAULT_SUSPEND", BOTH},
        {PSCI, 0x8400000d, "NODE_HW_STATE", BOTH},
        {PSCI, 0x8400000e, "SYSTEM_SUSPEND", BOTH},
        {PSCI, 0x8400000f, "PSCI_SET_SUSPEND_MODE", 0},
        {PSCI, 0x84000010, "PSCI_STAT_RESIDENCY", BOTH},
        {PSCI, 0x84000011, "PSCI_STAT_COUNT", BOTH},
        {PSCI, 0x84000012, "SYSTEM_RESET2", BOTH},
        {PSCI, 0x84000013, "MEM_PROTECT", 0},
        {PSCI, 0x84000014, "MEM_PROTECT_CHECK_RANGE", BOTH},
        {PSCI, 0x84000015, "SYSTEM_OFF2", BOTH},
        {PSCI, 0x80000000, "SMCCC_VERSION", ALONE},
        {ARCH, 0x80000002, "SMCCC_ARCH_SOC_ID", 0},
        {ARCH, 0x80008000, "SMCCC_ARCH_WORKAROUND_1", ALONE},
        {ARCH, 0x80007fff, "SMCCC_ARCH_WORKAROUND_2", ALONE},
        {ARCH, 0x80003ffe, "SMCCC_ARCH_WORKAROUND_4", ALONE},
        {ARCH, 0x80003fff, "SMCCC_ARCH_WORKAROUND_3", ALONE},
        {FFA, 0x84000063, "FFA_VERSION", 0},
        {FFA, 0x84000065, "FFA_RX_RELEASE", 0},
        {FFA, 0x84000066, "FFA_RXTX_MAP", MAYBE},
        {FFA, 0x84000067, "FFA_RXTX_UNMAP", 0},
        {FFA, 0x84000068, "FFA_PARTITION_INFO_GET", 0},
        {FFA, 0x84000069, "FFA_ID_GET", 0},
        {FFA, 0x8400006b, "FFA_MSG_WAIT", 0},
        {FFA, 0x8400006c, "FFA_YIELD", 0},
        {FFA, 0x8400006d, "FFA_RUN", 0},
        {FFA, 0x8400006f, "FFA_MSG_SEND_DIRECT_REQ", MAYBE},
        {FFA, 0x84000070, "FFA_MSG_SEND_DIRECT_RESP", MAYBE},
        {FFA, 0x84000071, "FFA_MEM_DONATE", MAYBE},
        {FFA, 0x84000072, "FFA_MEM_LEND", MAYBE},
        {FFA, 0x84000073, "FFA_MEM_SHARE", MAYBE},
        {FFA, 0x84000074, "FFA_MEM_RETRIEVE_REQ", MAYBE},
        {FFA, 0x84000076, "FFA_MEM_RELINQUISH", 0},
        {FFA, 0x84000077, "FFA_MEM_RECLAIM", 0},
        {FFA, 0x8400007a, "FFA_MEM_FRAG_RX", 0},
        {FFA, 0x8400007b, "FFA_MEM_FRAG_TX", 0},
        {FFA, 0x84000082, "FFA_NOTIFICATION_GET", 0},
        {FFA, 0x84000085, "FFA_SPM_ID_GET", 0},
        {FFA, 0x84000086, "FFA_MSG_SEND2", 0},
        {FFA, 0x8400008a, "FFA_CONSOLE_LOG", MAYBE},
        {TRNG, 0x84000050, "TRNG_VERSION", ALONE},
        {TRNG, 0x84000052, "TRNG_GET_UUID", 0},
        {TRNG, 0x84000053, "TRNG_RND", BOTH},
        {PV_TIME, 0xc5000021, "PV_TIME_ST", 0},
        {KVM, 0x86000001, "KVM's PTP", EITHER},
        {KVM, 0x86000002, "KVM's HYP_MEMINFO", EITHER},
        {KVM, 0x86000003, "KVM's MEM_SHARE", EITHER},
        {KVM, 0x86000004, "KVM's MEM_UNSHARE", EITHER},
        {KVM, 0x86000005, "KVM's MMIO_GUARD_INFO", EITHER},
        {KVM, 0x86000006, "KVM's MMIO_GUARD_ENROLL", EITHER},
        {KVM, 0x86000007, "KVM's MMIO_GUARD_MAP", EITHER},
        {KVM, 0x86000040, "KVM's DISCOVER_IMPL_VER", EITHER},
        {KVM, 0x86000041, "KVM's DISCOVER_IMPL_CPUS", EITHER},
};

#define FUNCTIONS (sizeof functions / sizeof *functions)

static bool has(uint32_t id)
{
	for (unsigned i = 0; i < FUNCTIONS; i++)
		if (functions[i].id == id)
			return true;
	return false;
}

unsigned hvc_features__list(struct hvc_features_function out[static HVC_FEATURES_MAX])
{
	unsigned count = 0;

	for (; count < FUNCTIONS; count++)
		out[count] = functions[count];
	for (unsigned f = 0; f < HVC_FEATURES_FAMILIES; f++) {
		const struct hvc_features_question *q = &hvc_features__question[f];

		for (uint32_t id = q->first; id <= q->last && count < HVC_FEATURES_MAX; id++)
			if (!has(id) && id != q->id)
				out[count++] = (struct hvc_features_function){
				        (enum hvc_features_family)f, id, NULL,
				        HVC_FEATURES_NOBODYS};
	}
	return count;
}

bool hvc_features__is_question(uint32_t id)
{
	for (unsigned f = 0; f < HVC_FEATURES_FAMILIES; f++)
		if (hvc_features__question[f].id == id)
			return true;
	return false;
}

const char *hvc_features__name(uint32_t id, const char **asked)
{
	for (unsigned i = 0; i < FUNCTIONS; i++)
		if (functions[i].id == id || (functions[i].id | SMC64) == id) {
			*asked = hvc_features__question[functions[i].family].name;
			return functions[i].name;
		}
	*asked = "?";
	for (unsigned f = 0; f < HVC_FEATURES_FAMILIES; f++)
		if ((id & ~SMC64) >= (hvc_features__question[f].first & ~SMC64) &&
		    (id & ~SMC64) <= (hvc_features__question[f].last & ~SMC64))
			*asked = hvc_features__question[f].name;
	return "a function that no specification names";
}
