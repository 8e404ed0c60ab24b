#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A finding of a check leads to the fault: the instruction that did it, and a command that shows it.
here=$(dirname "$(realpath "$0")")
. "$here/common.sh"
abi=$(realpath "$here/../cases")

# What check says of a case, and that each of its calls shows it.
leads_to() { # CASE ABI WHAT...
	local case=$HVC_CASES/$1.elf@vectors yaml=$2
	shift 2
	expect 1 check "$case" --abi "$abi/$yaml.yaml"
	shows_its_calls
	for what; do
		says out "$what"
	done
}

leads_to features-told features 'is there, and the call gives NOT_SUPPORTED; by '
leads_to width-wrong width 'w0 is 1, and 0 where bits 63:32' '; by sync+0x14, 0x40200818: mov x0, #1'
leads_to cause-frame cause 'x9 is ' '; wrong in this call, too: x10; by out+0x8, ' ': ldp x10, x9, [sp], #0x20'
leads_to cause-skip cause 'it skips one instruction, past the return address; by one+0x8, ' ': msr elr_el2, x9'
leads_to cause-own cause "is written by a pointer of the caller's; by two+0x1c, " ': str xzr, [x1]'
# What a rule makes impossible itself is told of the rule, and no code fails for it.
expect 0 check "$HVC_CASES/state-right.elf@vectors" --abi "$abi/contradiction.yaml"
says out 'PASS' '1 warning' 'no code can do that in a call from el1t' '1 contradicts itself' 'contradiction.yaml:13'
shows_its_calls 0
expect 0 run "$HVC_CASES/state-right.elf@vectors" --imm 1 --from el1t --abi "$abi/contradiction.yaml"
says out 'conforms to rule undefined' 'but  ' 'not judged'
expect 1 check "$HVC_CASES/state-right.elf@vectors" --abi "$abi/contradiction.yaml" --fail-on warning
leads_to nested-undefined-wrong probe 'its ERET goes to EL2 again and again, for ELR_EL2 is that of an exception inside the call'
# A function is answered where its caller goes on, and not where EL2 hangs.
expect 1 check broken-kvm-guest-host --abi linux-kvm-5.8 --brief --from el1h --insn hvc
says out 'spin, promised return'
! grep -q 'PSCI_VERSION' out || complain "an answer that nobody gets: $(grep -m 1 PSCI_VERSION out)"
# What a verdict hangs on.
expect 0 check "$HVC_CASES/cause-right.elf@vectors" --abi "$abi/cause.yaml"
says out 'Holds for the value that the code reads, and no world of cause sets: vttbr_el2 = 0'
# A call that is made outside of every world of the ABI.
expect 0 run "$HVC_CASES/cause-right.elf@vectors" --set x0=1 --set vttbr_el2=0x1000 --abi "$abi/cause.yaml"
says out 'world         that of the command line, none of cause; the nearest, host, has vttbr_el2 = 0 (--world host)'
# What no CPU of the rule's worlds has cannot be judged, and nothing else is wrong.
lacks='not decided: rule unknown promises zcr_el2, which the CPU model has not'
doubt "$lacks" check "$HVC_CASES/minus-right.elf@vectors" --abi "$abi/lacking.yaml"
doubt "$lacks" run "$HVC_CASES/minus-right.elf@vectors" --abi "$abi/lacking.yaml"
finish
