/* SPDX-License-Identifier: MIT */
/** The sequences of a specification, from their text. */
#ifndef HVC_ABI_PROPERTY_H
#define HVC_ABI_PROPERTY_H

#include "abi/abi.h"
#include "abi/list.h"

/** Read the list of sequences, NULL for none. The ABI's head and rules are in place. */
HVC_MUST_USE enum hvc_status hvc_property__read(const struct hvc_loader *loader,
                                                const struct hvc_node *list, struct hvc_abi *abi);

#endif
