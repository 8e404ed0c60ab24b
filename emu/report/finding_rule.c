/* SPDX-License-Identifier: MIT */
/* The rules that findings are of. An id is for ever: suppressions and dashboards name it. */
#include <string.h>

#include "report/finding.h"

#define ERROR   HVC_SEVERITY_ERROR, true
#define WARNING HVC_SEVERITY_WARNING, true
#define NOTE    HVC_SEVERITY_NOTE, true
/* Told, but no violation and no difference: the exit status stays. */
#define TELLS HVC_SEVERITY_NOTE, false
#define WARNS HVC_SEVERITY_WARNING, false

/* clang-format off */
static const struct hvc_finding_rule rules[] = {
	{"check-outcome", "check", ERROR, "a call ends another way than promised",
	 "The handler returns where the ABI promises a refusal, faults where it promises a return, and the like. Run the command given with --trace to see the way taken."},
	{"check-level", "check", ERROR, "a call ends at another exception level than promised",
	 "What comes after the call runs with more or fewer rights than its caller relies on."},
	{"check-address", "check", ERROR, "control goes to another address than promised",
	 "The outcome is of the promised kind, but execution continues elsewhere."},
	{"check-result", "check", ERROR, "a result has another value than promised",
	 "A register that the rule names as a result holds something else when the call comes back."},
	{"check-preserve", "check", ERROR, "a register changes that had to be kept",
	 "Callers compiled against the ABI keep values in it over the call."},
	{"check-memory", "check", ERROR, "memory is written that is not EL2's own",
	 "The call stores to memory that the ABI leaves to its callers."},
	{"check-own", "check", ERROR, "EL2's own memory is written by a pointer of the caller's",
	 "A pointer into the image or stack of EL2 is not refused. Check that all of the buffer is the caller's before anything is stored."},
	{"check-features", "check", ERROR, "what is told to be there and what is there differ",
	 "PSCI_FEATURES, SMCCC_ARCH_FEATURES or FFA_FEATURES say one thing of a function, and calling it shows another."},
	{"check-fetch", "check", ERROR, "a promise hangs on the caller's memory not changing during the call",
	 "Read it once into EL2's own memory, then test and use that: another CPU of the caller's writes in between."},
	{"check-width", "check", ERROR, "an SMC32 or HVC32 call goes by bits that are not its",
	 "Bits 63:32 of x0 to x7 may hold anything where bit 30 of the identifier is clear (SMC calling convention)."},
	{"check-contradiction", "check", WARNS, "a rule promises what it makes impossible itself",
	 "It says at which address the caller goes on, and has another value in ELR_EL2, which is that address whatever the code does. The value is not judged: correct the specification."},
	{"contract-broken", "check", ERROR, "a register comes back changed though the ABI promises it is kept",
	 "Proved for every input with --contract, so also where most calls happen to look right."},
	{"contract-clobbered", "check", TELLS, "a register comes back used up, as the ABI allows",
	 "Callers must not keep values in it. Worth knowing before an ABI is narrowed."},
	{"check-undecided", "check", TELLS, "the ABI promises nothing for some calls",
	 "The rule is marked unspecified, so nothing about these calls can be right or wrong."},

	{"diff-silent", "diff", ERROR, "an old call silently does something else",
	 "An unchanged caller gets no error, and not what it asked for. Callers must change before this is deployed."},
	{"diff-removed", "diff", ERROR, "an operation is gone",
	 "The new side has no call for it."},
	{"diff-renumbered", "diff", ERROR, "an operation has another number",
	 "Callers of the old number get what has it now: see diff-silent."},
	{"diff-moved", "diff", ERROR, "an operation is selected differently",
	 "It moved between the immediate and a register, or goes by other registers, bits or ranges."},
	{"diff-changed", "diff", ERROR, "an operation does something else",
	 "The same operation ends in another way, or gives other results."},
	{"diff-clobbers", "diff", ERROR, "an operation changes registers that it kept",
	 "Callers that keep values in them over the call break."},
	{"diff-differs", "diff", ERROR, "calls do something else that no operation accounts for",
	 "Told by kind of outcome. With an ABI for each side (--abi-old, --abi-new) the report speaks of operations."},
	{"diff-untried", "diff", WARNING, "something could not be compared, and may differ",
	 "Code that is not followed, a handler behind its door, a caller of whom the saved map says nothing, or the solver gave up."},
	{"diff-unknown", "diff", WARNING, "a call that was none does something else now",
	 "What asks whether a call exists gets another answer than before."},
	{"diff-refused", "diff", WARNING, "an old call is refused, or ends otherwise, and its caller can tell",
	 "Nothing happens unseen, but an unchanged caller does not get what it asked for."},
	{"diff-no-promise", "diff", WARNING, "nothing is promised any more for an old call",
	 "It may go on working, and may not."},
	{"diff-added", "diff", NOTE, "there is a new operation",
	 "No old caller is concerned, unless it probed for it."},
	{"diff-preserves", "diff", NOTE, "an operation keeps registers that it changed",
	 "New callers that rely on it do not work on the old side."},
	{"diff-renamed", "diff", NOTE, "an operation has another name, and the same promise",
	 "Of interest to who reads specifications only."},

	{"leak-register", "leaks", ERROR, "a register leaks a secret of EL2",
	 "Its value depends on what the caller has no way to read. The instruction that moved it there is named where it is known."},
	{"leak-simd", "leaks", ERROR, "an FP/SIMD register leaks a secret of EL2",
	 "As leak-register."},
	{"leak-memory", "leaks", ERROR, "memory of the caller leaks a secret of EL2",
	 "What the call stores depends on what the caller has no way to read."},
	{"leak-outcome", "leaks", ERROR, "how a call ends leaks a secret of EL2",
	 "The handler branches on what the caller has no way to read."},
	{"leak-control", "leaks", ERROR, "a caller installs EL2's vectors, though no rule says that it may",
	 "Code of its choice runs at EL2 at the next exception, and reads everything that is there."},

	{"safety-control", "safety", ERROR, "an unallocated call makes EL2 go where its caller chose",
	 "Code of the caller's choice runs at EL2."},
	{"safety-vectors", "safety", ERROR, "an unallocated call changes VBAR_EL2",
	 "The next exception to EL2 goes elsewhere."},
	{"safety-state", "safety", ERROR, "an unallocated call changes a register of EL2",
	 "An unallocated call should change nothing."},
	{"safety-memory", "safety", ERROR, "an unallocated call writes memory that is not EL2's own",
	 "An unallocated call should change nothing."},
	{"safety-image", "safety", ERROR, "an unallocated call writes the handler's own code or data",
	 "The next call may do anything."},
	{"safety-fault", "safety", ERROR, "an unallocated call faults inside EL2",
	 "Any caller can stop the hypervisor with it."},
	{"safety-width", "safety", ERROR, "an SMC32 or HVC32 call goes by bits 63:32 of a register",
	 "A caller's value gets past what EL2 tests of its lower half; see check-width."},
	{"safety-undecided", "safety", WARNING, "an unallocated call may do anything: what it runs was not followed",
	 "Code that is not followed, or a handler behind its door. Name it with --stop-at where that is meant."},
	{"safety-open", "safety", TELLS, "a call that the ABI leaves unspecified does one of these things",
	 "No promise is broken: the ABI says nothing about it."},
	{"safety-stuck", "safety", TELLS, "an unallocated call never comes back",
	 "Often meant: the handler parks the caller."},

	{"sequence-stated", "sequence", ERROR, "a sequence that the ABI states does not hold",
	 "Each call alone keeps its promise; one after the other they do not."},
	{"sequence-random", "sequence", ERROR, "a promise is broken after other calls",
	 "Found by random sequences and cut down to the fewest calls: the handler keeps state that it should not."},

	{"scan-eret", "scan", ERROR, "nothing stops speculation past an ERET",
	 "What stands behind it may be executed speculatively, with what a caller left in registers: CVE-2020-13844."},
	{"scan-control", "scan", WARNING, "a control of EL2 is written without an ISB behind it",
	 "What follows may still be executed with the old one."},
	{"scan-landing", "scan", WARNING, "a branch goes to where no landing pad is",
	 "The code has landing pads elsewhere: where its pages are guarded, the branch is an exception inside EL2."},
	{"scan-stack", "scan", ERROR, "memory is accessed by SP before EL2 has set it",
	 "What SP holds at reset, or SP_EL0 from below, is nothing that EL2 may write to."},

	{"caller-selector", "callers", ERROR, "what selects the call is uninitialised",
	 "On some way to the HVC nobody sets the selecting register for it."},
	{"caller-unknown-call", "callers", ERROR, "a call that the vectors do not know",
	 "The caller gets the answer to unallocated calls."},
	{"caller-result", "callers", WARNING, "nothing reads a result",
	 "The caller cannot know whether the call worked."},
	{"caller-clobbered", "callers", ERROR, "a register that the call may change is used after it",
	 "It works until the handler makes use of its right."},
	{"caller-conduit", "callers", ERROR, "a call is made by the instruction that the ABI does not answer",
	 "An SMC that nobody traps goes to EL3, an HVC without EL2 is UNDEFINED: the one that answers is never asked."},
	{"caller-widened", "callers", ERROR, "32 bits of a call are sign-extended to 64",
	 "The convention has no sign; callees that compare all of the register do not know the call."},

	{"collide-differs", "collide", ERROR, "two ABIs claim a call, and mean something else by it",
	 "They cannot be told apart by it: only one of them can be served at a time."},
	{"collide-same", "collide", WARNING, "two ABIs claim a call, and mean the same",
	 "Harmless as long as both stay as they are."},

	{"engine-failed", "", ERROR, "the engine died of a call",
	 "Nothing is known of what the call does, so the exit status is 2 whatever else was found, suppressed or not. Report it, with the instruction named."},
	{"suppression-expired", "", WARNS, "a suppression has ended",
	 "It does not suppress any more. Repair what it is about, or look again and set a new day."},
	{"suppression-unused", "", WARNS, "a suppression suppresses nothing",
	 "What it is about is repaired, or it names it wrongly. Remove it, so that it hides nothing new."},
};
/* clang-format on */

const struct hvc_finding_rule *hvc_finding_rule__at(size_t i)
{
	return i < sizeof(rules) / sizeof(rules[0]) ? &rules[i] : NULL;
}

const struct hvc_finding_rule *hvc_finding_rule__find(const char *id)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (!strcmp(rules[i].id, id))
			return &rules[i];
	return NULL;
}
