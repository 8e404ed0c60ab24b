/* SPDX-License-Identifier: MIT */
/**
 * Addresses that the engine's CPU does not reach with its MMU off. Internal, beside unicorn.c.
 *
 * Such a CPU has as many address bits as ID_AA64MMFR0_EL1.PARange says, 44 for model a72, and
 * hypervisors are linked higher: Bao at 0xfd8000000000, Jailhouse at 0xffffc0200000. There the
 * engine's EL2 runs with a translation table of hvcheck's own, in which every address below 2^48
 * is itself; SCTLR_EL2, TTBR0_EL2 and TCR_EL2 are kept beside it as EL2 code wrote them, so that
 * it sees an MMU that is off until it turns it on itself.
 *
 * No table of EL2 without FEAT_VHE reaches what is linked higher still, a kernel's vmlinux: that
 * is run at other addresses, windows, and each address that goes in or out is changed.
 */
#ifndef MACHINE_MAPPING_H
#define MACHINE_MAPPING_H

#include "hvcheck/machine.h"
#include "machine/engine.h"

/** Addresses of EL2 end here. */
#define HVC_MAPPING_TOP (UINT64_C(1) << 48)
/** Where windows begin, one each 2^39 bytes; and the table, which EL2 code does not reach. */
#define HVC_MAPPING_WINDOWS   UINT64_C(0x7d0000000000)
#define HVC_MAPPING_WINDOW    (UINT64_C(1) << 39)
#define HVC_MAPPING_TABLE     (HVC_MAPPING_WINDOWS - HVC_MAPPING_BLOCK)
#define HVC_MAPPING_BLOCK     (UINT64_C(1) << 30)
#define HVC_MAPPING_MAX       4u
#define HVC_MAPPING_REGISTERS 4u

/** Addresses of the image, and where they are in the engine instead. */
struct hvc_window {
	uint64_t address, size, place;
};

struct hvc_mapping {
	bool on;                                /**< EL2 translates by the table, */
	bool always;                            /**< with its MMU on, too */
	bool booted;                            /**< no stage 2 either */
	bool made;                              /**< the table is in memory */
	uint64_t shadow[HVC_MAPPING_REGISTERS]; /**< then: the registers as EL2 code knows them */
	struct hvc_window window[HVC_MAPPING_MAX];
	unsigned windows;
};

/** Where the engine has an address. */
static inline uint64_t hvc_mapping__in(const struct hvc_mapping *mapping, uint64_t address)
{
	for (unsigned i = 0; i < mapping->windows; i++)
		if (address - mapping->window[i].address < mapping->window[i].size)
			return address - mapping->window[i].address + mapping->window[i].place;
	return address;
}

/** The address that the engine has somewhere else; other values are left alone. */
static inline uint64_t hvc_mapping__out(const struct hvc_mapping *mapping, uint64_t value)
{
	for (unsigned i = 0; i < mapping->windows; i++)
		if (value - mapping->window[i].place < mapping->window[i].size)
			return value - mapping->window[i].place + mapping->window[i].address;
	return value;
}

/** Does the encoding name SCTLR_EL2? */
static inline bool hvc_mapping__is_control(const uint8_t encoding[static 5])
{
	return encoding[0] == 3 && encoding[1] == 4 && encoding[2] == 1 && !encoding[3] &&
	       !encoding[4];
}

/** Which of the registers beside the table this encoding names, or HVC_MAPPING_REGISTERS. */
unsigned hvc_mapping__find(const struct hvc_mapping *mapping, const uint8_t encoding[static 5]);
/**
 * EL2 code writes this register: where that turns its MMU on, and there is nothing at TTBR0_EL2,
 * the table stands in for what would be there. True: it does from now on.
 */
bool hvc_mapping__stand_in(struct hvc_engine *engine, const uint8_t encoding[static 5],
                           uint64_t value);
/** Write one of them as EL2 code does. */
void hvc_mapping__set(struct hvc_engine *engine, unsigned index, uint64_t value);
/**
 * EL2 code went to, or accessed, an address in a window: true, and the engine goes on where it is.
 * Only in an exception hook, with the pc that it got.
 */
bool hvc_mapping__catch(struct hvc_engine *engine, enum hvc_event event, uint64_t pc);

#endif
