@ SPDX-License-Identifier: MIT
@
@ Wrong on purpose: the handler stands in the slot of HVC taken in Hyp mode, and that of callers
@ below parks.
@
@ Judged by linux-arm-stub-4.12, this must be reported:
@
@	unknown: outcome
@		first: HVC #0 from svc, r0 = 3
	.include "arm32.inc"
	.include "arm32/stub.inc"

	subject	"Broken: the arm stub, in the wrong slot"

	hyp_table trap=slot_hyp_trap, call=handle_trap

	stub_handler 1, 1
