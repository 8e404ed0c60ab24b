/* SPDX-License-Identifier: MIT */
/*
 * Random vector code through a `run`, and, where the input asks for it, a `map`: every call
 * ends in one outcome within its budget, and what the map says of a call is what a call does.
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "code.h"
#include "engine/exact.h"

static struct hvc_subject *open_subject(const struct code *code, int *fd)
{
	struct hvc_subject *subject = NULL;
	struct hvc_diag diag = {0};
	char spec[64];

	*fd = memfd_create("code", MFD_CLOEXEC);
	FUZZ_HOLD(*fd >= 0 && write(*fd, code->bytes, CODE_SIZE) == (ssize_t)CODE_SIZE, "no file");
	snprintf(spec, sizeof spec, "/proc/self/fd/%d@+0x0", *fd);
	FUZZ_HOLD(hvc_subject_open(spec, &diag, &subject) == HVC_OK, "%s", diag.message);
	return subject;
}

/*
 * The exact map of it, with a call a path: the terms and the machine agree, or one of the two is
 * wrong. Every immediate would be a hundred thousand calls an input; the suites make those.
 */
static void hold_exact(const struct code *code)
{
	struct hvc_exact_config config = {
	        .world = &code->world, .budget = CODE_BUDGET, .paths = 32, .brief = true};
	struct hvc_exact *exact = NULL;
	struct hvc_subject *subject;
	struct hvc_diag diag = {0};
	int fd;

	subject = open_subject(code, &fd);
	config.subject = subject;
	if (hvc_exact__make(&config, &diag, &exact) != HVC_OK)
		FUZZ_HOLD(!strstr(diag.message, "a fault of hvcheck"), "%s", diag.message);
	hvc_exact__free(exact);
	hvc_subject_close(subject);
	close(fd);
}

FUZZ_TARGET
{
	static struct code code;
	struct hvc_machine *machine;
	struct hvc_outcome outcome;
	struct hvc_diag diag = {0};

	code_make(data, size, &code);
	machine = code_open(&code);
	fuzz_taken += code_make_call(machine, &code.call[0], &outcome);
	/* Once more, in the state that this has left. */
	code_make_call(machine, &code.call[1], &outcome);
	FUZZ_HOLD(hvc_machine_reset(machine, &diag) == HVC_OK, "%s", diag.message);
	if (code.options % 8 >= 6)
		hold_exact(&code);
	hvc_machine_close(machine);
	return 0;
}
