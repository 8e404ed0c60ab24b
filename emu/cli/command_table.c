/* SPDX-License-Identifier: MIT */
#include "cli/command_table.h"

#define BIT(option) (UINT64_C(1) << HVC_OPTION_##option)
#define POLICY      (BIT(REPORT) | BIT(FAIL_ON) | BIT(SUPPRESS) | BIT(ALL))
#define COMMON                                                                                \
	(BIT(FORMAT) | BIT(OUTPUT) | BIT(QUIET) | BIT(COLOR) | BIT(NO_COLOR) | BIT(TIMEOUT) | \
	 BIT(HELP))
#define AROUND                                                                               \
	(BIT(SET) | BIT(ESR) | BIT(UPPER) | BIT(WORLD) | BIT(MAP_ON_DEMAND) | BIT(STOP_AT) | \
	 BIT(STUB) | BIT(MEM))
#define SWEEP (BIT(RANDOMS) | BIT(BRIEF) | BIT(JOBS) | BIT(BUDGET))
/* What every list of findings can be written as. */
#define FINDINGS                                                                    \
	(1u << HVC_STYLE_MARKDOWN | 1u << HVC_STYLE_JUNIT | 1u << HVC_STYLE_SARIF | \
	 1u << HVC_STYLE_GITHUB | 1u << HVC_STYLE_HTML)

const struct hvc_command hvc_command_table[] = {
        {
                .name = "list",
                .usage = "[subjects|abis|rules|known [--imm N] [--fid N]]",
                .summary = "built-in subjects, shipped ABIs, rules, known users of HVC",
                .details = "Subjects are vector code to run; ABIs are specifications to check "
                           "against; rules are\nwhat findings are of, with what each means; "
                           "known is the registry of who uses which\nimmediate and function "
                           "identifier: all of it, or who uses one value.\n",
                .examples = "  hvcheck list\n"
                            "  hvcheck list known --imm 0x6000\n"
                            "  hvcheck list known --fid 0xc6000001\n",
                .most = 1,
                .options = COMMON | BIT(IMM) | BIT(FID) | BIT(ALL),
                .run = hvc_cmd__list,
        },
        {
                .name = "run",
                .usage = "SUBJECT [--imm N] [--set REG=VALUE]... [--from LEVEL] [--trace] "
                         "[--abi ABI] [--and SUBJECT]",
                .summary = "make one call and tell everything it did",
                .details =
                        "Executes one HVC and prints how it ended and what it changed. With --abi "
                        "the call is\njudged too, and the exit status is 1 when it violates "
                        "its rule. Registers that --set\ndoes not name hold addresses that "
                        "name them (xN: 0x4000020000 + N * 0x800).\n"
                        "With --and it is 1 where two subjects part.\n",
                .examples = "  hvcheck run linux-stub-4.12 --set x0=0 --set x1=0x4000018000\n"
                            "  hvcheck run linux-stub-4.7 --and linux-stub-4.12 --set x0=1\n"
                            "  hvcheck run vmlinux@__hyp_stub_vectors --set x0=2 --abi "
                            "linux-stub-4.12\n",
                .least = 1,
                .most = 1,
                .options = COMMON | BIT(IMM) | AROUND | BIT(STRICT) | BIT(FROM) | BIT(INSN) |
                           BIT(SEED) | BIT(CPU) | BIT(BUDGET) | BIT(TRACE) | BIT(SYMBOLS) |
                           BIT(ABI) | BIT(AND),
                .styles = 1u << HVC_STYLE_MARKDOWN | 1u << HVC_STYLE_HTML,
                .run = hvc_cmd__run,
        },
        {
                .name = "map",
                .usage = "SUBJECT [--abi ABI]",
                .summary = "account for every immediate: classes of equal outcome",
                .details =
                        "Follows every path of the code: each class of calls is a condition on the "
                        "immediate and\nthe registers, and what they do, proved to be disjoint "
                        "and to leave none out. A call of\neach path and every immediate are "
                        "also made in the machine, which has to agree. A path\nends where the "
                        "code calls the function that a dispatch chose. What the file does not\n"
                        "bring is an input with a name. Who calls is whoever can: HVC from "
                        "EL1 and EL2, SMC\nfrom EL1 as if HCR_EL2.TSC trapped it; --from, "
                        "--insn and --abi pick some. A file without\na symbol of its vector "
                        "table is taken at the likeliest one. --sweep calls every immediate "
                        "with a list of values as well,\nand holds each outcome to its "
                        "class.\n",
                .examples = "  hvcheck map linux-stub-imm\n"
                            "  hvcheck map vmlinux@__hyp_stub_vectors --format map -o stub.map\n"
                            "  hvcheck map gunyah --picture\n"
                            "  hvcheck map gunyah --format html -o gunyah.html\n"
                            "  hvcheck map build/el2.elf --suggest-abi -o my-abi.yaml\n",
                .least = 1,
                .most = 1,
                .options = COMMON | BIT(REPORT) | SWEEP | BIT(SWEEP) | BIT(SMT) | BIT(INTO) |
                           BIT(CONTRACT) | BIT(SYMBOLS) | BIT(ABI) | AROUND | BIT(FROM) |
                           BIT(INSN) | BIT(CPU) | BIT(SUGGEST_ABI) | BIT(PICTURE) | BIT(TREE),
                .styles = 1u << HVC_STYLE_MAP | 1u << HVC_STYLE_HTML | 1u << HVC_STYLE_SVG |
                          1u << HVC_STYLE_MARKDOWN,
                .run = hvc_cmd__map,
        },
        {
                .name = "check",
                .usage = "SUBJECT --abi ABI",
                .summary = "hold a subject to a written ABI",
                .details =
                        "Follows every path of the code, in every world and from every caller of "
                        "the ABI, and\nproves each promise for all immediates and register "
                        "values, or names a call that breaks\nit. All these calls, and every "
                        "immediate, are made and judged. A handler that is too\nlong to follow "
                        "gets a call of each rule; what else cannot be proved is swept: called\n"
                        "with the register values that code and specification name; the report "
                        "says which is\nwhich. Exit status 0: conforms, 1: violates. A built-in "
                        "subject is checked against the\nABI of its name when there is no "
                        "--abi.\n",
                .examples = "  hvcheck check linux-stub-4.12 --abi linux-stub-4.12\n"
                            "  hvcheck check vmlinux@__hyp_stub_vectors --abi linux-stub-6.0\n"
                            "  hvcheck check build/el2.elf --abi ./my-abi.yaml --quiet\n",
                .least = 1,
                .most = 1,
                .options = COMMON | POLICY | SWEEP | BIT(SWEEP) | BIT(SMT) | BIT(CONTRACT) |
                           BIT(SYMBOLS) | BIT(ABI) | AROUND | BIT(STRICT) | BIT(FROM) | BIT(INSN),
                .styles = FINDINGS,
                .run = hvc_cmd__check,
        },
        {
                .name = "diff",
                .usage = "A B [--abi-old ABI] [--abi-new ABI], or --abi A B; --abi A --widths",
                .summary = "where two subjects or two ABIs part",
                .details =
                        "Proves for every input that both do the same, or tells where they part "
                        "and makes a\ncall that shows it. ABIs name the operations, so that it "
                        "can tell what moved where and\nwhat a caller of A gets from B; built-in "
                        "subjects have theirs. With --abi, A and B are\nspecifications, compared "
                        "as written over all immediates and register values. A and B\nmay also "
                        "be maps that 'map --format map' saved. An ABI of 64 bits and one of 32 "
                        "are compared\nas their callers write calls, r0 for x0; --widths does "
                        "so with the two of one file.\nExit status 0: equal, 1: they differ, 2: "
                        "something could not be compared.\n",
                .examples = "  hvcheck diff linux-stub-imm linux-stub-4.7\n"
                            "  hvcheck diff old/vmlinux@__hyp_stub_vectors "
                            "new/vmlinux@__hyp_stub_vectors\n"
                            "  hvcheck diff stub.map new/vmlinux@__hyp_stub_vectors\n"
                            "  hvcheck diff --abi linux-stub-4.7 linux-stub-4.12 --format "
                            "markdown\n"
                            "  hvcheck diff --abi jailhouse --widths\n",
                .least = 2, /* with --widths one will do */
                .most = 2,
                .options = COMMON | POLICY | BIT(BRIEF) | BIT(BUDGET) | BIT(SMT) | BIT(CONTRACT) |
                           BIT(SYMBOLS) | BIT(USED_BY) | BIT(ABIS) | BIT(WIDTHS) | BIT(ABI_OLD) |
                           BIT(ABI_NEW) | AROUND | BIT(CPU) | BIT(FROM) | BIT(INSN),
                .styles = FINDINGS,
                .run = hvc_cmd__diff,
        },
        {
                .name = "history",
                .usage = "FAMILY, or ABI ABI..., or FAMILY FAMILY --widths",
                .summary = "the generations of an ABI side by side",
                .details = "Compares each generation of a family of specifications with the one "
                           "before it: a row an\noperation, a column a generation, and ! where a "
                           "number means another operation than it did.\nThe family of "
                           "linux-stub-4.12 is linux-stub; ABIs that are named one by one come "
                           "oldest first.\n--widths sets a family of 64 bits against one of 32, "
                           "version by version.\n",
                .examples = "  hvcheck history linux-stub --format markdown\n"
                            "  hvcheck history ./abi-1.yaml ./abi-2.yaml ./abi-3.yaml\n"
                            "  hvcheck history linux-stub linux-arm-stub --widths\n",
                .least = 1,
                .most = HVC_ARGUMENT_MAX,
                .options = COMMON | BIT(REPORT) | BIT(WIDTHS),
                .styles = 1u << HVC_STYLE_MARKDOWN | 1u << HVC_STYLE_HTML,
                .run = hvc_cmd__history,
        },
        {
                .name = "leaks",
                .usage = "SUBJECT [--abi ABI] [--imm N]",
                .summary = "what a caller below EL2 learns of EL2's secrets",
                .details = "Proves that what a caller sees of its call is the same whatever it "
                           "cannot read: EL2's\nregisters, memory and the subject's own data. "
                           "Else two values of a secret are named that\nit can tell apart, and the "
                           "call is made with both; unless the ABI declares it a result.\nExit "
                           "status 0: proved, 1: leaks, 2: not all is decided, or no call comes "
                           "back.\n",
                .examples = "  hvcheck leaks linux-stub-4.12\n"
                            "  hvcheck leaks broken-leak-el2 --imm 0\n"
                            "  hvcheck leaks build/el2.elf --abi ./my-abi.yaml\n",
                .least = 1,
                .most = 1,
                .options = COMMON | POLICY | BIT(BUDGET) | BIT(ABI) | BIT(IMM) | BIT(SYMBOLS) |
                           AROUND | BIT(FROM) | BIT(INSN) | BIT(CPU),
                .styles = FINDINGS,
                .run = hvc_cmd__leaks,
        },
        {
                .name = "safety",
                .usage = "SUBJECT [--abi ABI]",
                .summary = "what unallocated calls do",
                .details =
                        "Looks at every behaviour that a call from below EL2 can meet which falls "
                        "under a\nrule of the role unknown, as the default is: does it leave EL2's "
                        "registers, its vectors, memory and\nthe image alone, and does control "
                        "never go to an address that the caller chose? Proved for\nevery input, "
                        "or shown by a call. Calls that the ABI leaves unspecified are told, too.\n"
                        "Exit status 0: so it is, 1: it is not, 2: something could not be "
                        "followed.\n",
                .examples = "  hvcheck safety linux-stub-4.12\n"
                            "  hvcheck safety broken-vbar-unknown --abi linux-stub-4.12 --brief\n",
                .least = 1,
                .most = 1,
                .options = COMMON | POLICY | BIT(BRIEF) | BIT(BUDGET) | BIT(SYMBOLS) | BIT(ABI) |
                           AROUND | BIT(FROM) | BIT(INSN),
                .styles = FINDINGS,
                .run = hvc_cmd__safety,
        },
        {
                .name = "sequence",
                .usage = "SUBJECT [--abi ABI] [--seed N] [--randoms N]",
                .summary = "hold a subject to a written ABI over several calls",
                .details = "Makes calls one after the other, without a reset in between: the "
                           "sequences that the ABI\nstates, and random ones, each call judged by "
                           "its rule in the state that those before\nit left. A random sequence "
                           "that fails is cut down to the shortest one that fails the\nsame way. "
                           "A built-in subject is held to the ABI of its name when there is no\n"
                           "--abi. Exit status 0: all hold, 1: some do not.\n",
                .examples = "  hvcheck sequence linux-stub-4.7\n"
                            "  hvcheck sequence broken-seq-set-once --abi linux-stub-4.12\n"
                            "  hvcheck sequence build/el2.elf --abi ./my-abi.yaml --randoms "
                            "10000\n",
                .least = 1,
                .most = 1,
                .options = COMMON | POLICY | BIT(ROLLS) | BIT(SEQUENCES) | BIT(BUDGET) |
                           BIT(SYMBOLS) | BIT(ABI) | AROUND | BIT(STRICT) | BIT(FROM) | BIT(INSN),
                .styles = FINDINGS,
                .run = hvc_cmd__sequence,
        },
        {
                .name = "collide",
                .usage = "[ABI]...",
                .summary = "which calls more than one ABI claims",
                .details =
                        "Compares specifications, two by two, over all immediates and all register "
                        "values: no\ncode is run. One ABI is set against everything shipped; none: "
                        "everything shipped\nagainst itself. Exit status 0: no call is claimed "
                        "twice, 1: some are.\n",
                .examples = "  hvcheck collide xen hafnium\n"
                            "  hvcheck collide ./my-abi.yaml\n"
                            "  hvcheck collide --format html -o collisions.html\n",
                .most = HVC_ARGUMENT_MAX,
                .options = COMMON | POLICY,
                .styles = FINDINGS,
                .run = hvc_cmd__collide,
        },
        {
                .name = "scan",
                .usage = "FILE[:MEMBER] [--audit]",
                .summary = "vector tables and HVC instructions in an image",
                .details =
                        "Finds EL2 vector tables, the likeliest first, and every HVC and SMC "
                        "instruction with what\nits function loads into registers before it, and "
                        "who is known to make such calls. Runs\nnothing, and needs no symbols; "
                        "an address it prints is one that FILE@ADDRESS takes. With --audit, exit "
                        "status 0: no findings,\n1: findings.\n",
                .examples = "  hvcheck scan vmlinuz\n"
                            "  hvcheck scan linux-image-6.1.0-50-arm64_6.1.176-1_arm64.deb\n"
                            "  hvcheck scan firmware.elf --format json -o scan.json\n",
                .least = 1,
                .most = 1,
                .options = COMMON | POLICY | BIT(SYMBOLS) | BIT(AUDIT),
                .styles = FINDINGS,
                .run = hvc_cmd__scan,
        },
        {
                .name = "callers",
                .usage = "FILE[:MEMBER] [--abi ABI|SUBJECT] [--also ABI|SUBJECT]... [--site "
                         "SITE]...",
                .summary = "do the HVC and SMC call sites of an image keep to an ABI?",
                .details =
                        "Tells for each HVC and SMC instruction which rule of the ABI its call "
                        "falls "
                        "under, and where\ncaller and callee disagree: a selector uninitialised, "
                        "an unallocated call, the wrong conduit,\na result that nothing reads or "
                        "that is overwritten first, a register that the call may change and\nthe "
                        "caller goes on using, 32 bits sign-extended. Calls of a function that "
                        "makes an HVC of its\narguments are sites, too. An image speaks several "
                        "ABIs: calls whose immediate or function\nidentifier is another's are "
                        "left out, unless --site names them. Without --abi each is held to\nthe "
                        "ABI that the registry knows it to belong to, by HVC or by SMC. Where a "
                        "value is unknown\nnothing is found. Exit status 0: no findings, 1: "
                        "findings.\n",
                .examples =
                        "  hvcheck callers vmlinuz --abi linux-trans-pgd-5.17 --also "
                        "linux-stub-6.0\n"
                        "  hvcheck callers vmlinuz\n"
                        "  hvcheck callers vmlinuz --abi vmlinuz@0x4003f000\n"
                        "  hvcheck callers kernel.elf --abi ./my-abi.yaml --site my_hypercall\n",
                .least = 1,
                .most = 1,
                .options = COMMON | POLICY | BIT(SYMBOLS) | BIT(AGAINST) | BIT(ALSO) | BIT(SITE),
                .styles = FINDINGS,
                .run = hvc_cmd__callers,
        },
        {
                .name = "completion",
                .usage = "bash|zsh|roff",
                .summary = "completion for a shell, made of what this program takes",
                .details = "Writes the script that completes commands, options, their values and "
                           "the names of\nsubjects and ABIs; roff is the part of the manual page "
                           "that is made of the same tables.\nAn installed hvcheck comes with all "
                           "three.\n",
                .examples = "  hvcheck completion bash -o hvcheck.bash\n"
                            "  hvcheck completion zsh -o _hvcheck\n",
                .least = 1,
                .most = 1,
                .options = BIT(OUTPUT) | BIT(TIMEOUT) | BIT(HELP),
                .run = hvc_cmd__completion,
        },
        {0},
};
