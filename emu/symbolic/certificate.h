/* SPDX-License-Identifier: MIT */
/** What hvcheck itself asks beside hvcheck/certificate.h. */
#ifndef HVC_SYMBOLIC_CERTIFICATE_H
#define HVC_SYMBOLIC_CERTIFICATE_H

#include "hvcheck/certificate.h"

void hvc_certificates__free(struct hvc_certificates *certificates);

#endif
