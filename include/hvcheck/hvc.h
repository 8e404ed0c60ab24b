/* SPDX-License-Identifier: MIT */
/**
 * Status and diagnostics, shared by every part of the library.
 *
 * Three number spaces never mix: enum hvc_status says whether the tool worked, enum
 * hvc_outcome_kind (outcome.h) what the machine did, enum hvc_verdict_kind (verdict.h) what a
 * specification says of it. The library never prints, exits or aborts on input.
 */
#ifndef HVCHECK_HVC_H
#define HVCHECK_HVC_H

#include <stddef.h>

#define HVC_VERSION_MAJOR 0
#define HVC_VERSION_MINOR 1
#define HVC_VERSION_PATCH 0

#if defined(__GNUC__)
#define HVC_API               __attribute__((visibility("default")))
#define HVC_MUST_USE          __attribute__((warn_unused_result))
#define HVC_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define HVC_API
#define HVC_MUST_USE
#define HVC_PRINTF(fmt, args)
#endif

/** Did the tool work? Zero is success; every other value leaves outputs untouched. */
enum hvc_status {
	HVC_OK = 0,
	HVC_E_ARG,         /**< an argument is outside its documented range */
	HVC_E_NOMEM,       /**< memory ran out */
	HVC_E_IO,          /**< a file could not be read or written */
	HVC_E_FORMAT,      /**< input was read but is not what it should be */
	HVC_E_RANGE,       /**< an address or size does not fit */
	HVC_E_NOTFOUND,    /**< no subject, symbol, ABI or register of that name */
	HVC_E_UNSUPPORTED, /**< well formed, but this build or engine cannot do it */
	HVC_E_ENGINE,      /**< the CPU emulator failed; its own words are in the diagnostic */
	HVC_E_CANCELLED,   /**< a callback asked to stop */
};

/**
 * Where and why something failed. Callers own the struct; the library only fills it, and only
 * on failure. All strings are NUL-terminated and cut to fit.
 */
struct hvc_diag {
	enum hvc_status status;
	char file[192];    /**< file or subject name, "" when there is none */
	unsigned line;     /**< from 1; 0 when there is none */
	unsigned column;   /**< from 1; 0 when there is none */
	char message[320]; /**< no final full stop or newline; quotes the input as it is */
};

/** Constant English text for a status. Never NULL, for any integer. */
HVC_API const char *hvc_strerror(enum hvc_status status);

/** Version of the linked library: major << 16 | minor << 8 | patch. */
HVC_API unsigned hvc_version(void);

/**
 * Fill a diagnostic and return its status, so that a failure is one statement:
 * `return hvc_diag_set(diag, HVC_E_FORMAT, path, line, column, "...")`.
 * diag may be NULL; file may be NULL (stored as ""). status must not be HVC_OK.
 */
HVC_API enum hvc_status hvc_diag_set(struct hvc_diag *diag, enum hvc_status status,
                                     const char *file, unsigned line, unsigned column,
                                     const char *format, ...) HVC_PRINTF(6, 7);

/** Propagate a failure where nothing is held. */
#define HVC_TRY(expr)                          \
	do {                                   \
		enum hvc_status try_ = (expr); \
		if (try_ != HVC_OK)            \
			return try_;           \
	} while (0)

#endif
