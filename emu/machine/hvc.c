/* SPDX-License-Identifier: MIT */
/* Statuses in words, and diagnostics. */
#include "hvcheck/hvc.h"

#include <stdarg.h>
#include <stdio.h>

const char *hvc_strerror(enum hvc_status status)
{
	switch (status) {
	case HVC_OK:
		return "success";
	case HVC_E_ARG:
		return "argument out of range";
	case HVC_E_NOMEM:
		return "out of memory";
	case HVC_E_IO:
		return "file cannot be read or written";
	case HVC_E_FORMAT:
		return "input is malformed";
	case HVC_E_RANGE:
		return "address or size does not fit";
	case HVC_E_NOTFOUND:
		return "not found";
	case HVC_E_UNSUPPORTED:
		return "not supported by this build or engine";
	case HVC_E_ENGINE:
		return "the CPU emulator failed";
	case HVC_E_CANCELLED:
		return "cancelled";
	}
	return "unknown status";
}

unsigned hvc_version(void)
{
	return HVC_VERSION_MAJOR << 16 | HVC_VERSION_MINOR << 8 | HVC_VERSION_PATCH;
}

enum hvc_status hvc_diag_set(struct hvc_diag *diag, enum hvc_status status, const char *file,
                             unsigned line, unsigned column, const char *format, ...)
{
	va_list args;

	if (!diag)
		return status;
	diag->status = status;
	snprintf(diag->file, sizeof diag->file, "%s", file ? file : "");
	diag->line = line;
	diag->column = column;
	va_start(args, format);
	vsnprintf(diag->message, sizeof diag->message, format, args);
	va_end(args);
	return status;
}
