/* SPDX-License-Identifier: MIT */
/* The table of options, and what each makes of its value. Which a command takes is in main.c. */
#include <limits.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/value.h"
#include "cli/world.h"
#include "machine/outcome.h"

#define RANDOMS_MAX   10000u
#define SEQUENCES_MAX 100000000u

static enum hvc_status bad(struct hvc_diag *diag, const char *option, const char *value,
                           const char *wanted)
{
	return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0, "--%s: '%s' is not %s", option, value,
	                    wanted);
}

static enum hvc_status take_imm(struct hvc_options *options, const char *value,
                                struct hvc_diag *diag)
{
	uint64_t number;

	if (!hvc_value__number(value, UINT16_MAX, &number))
		return bad(diag, "imm", value, "an immediate (0 to 65535, decimal or 0x)");
	options->imm = (uint16_t)number;
	return HVC_OK;
}

static enum hvc_status take_fid(struct hvc_options *options, const char *value,
                                struct hvc_diag *diag)
{
	uint64_t number;

	if (!hvc_value__number(value, UINT32_MAX, &number))
		return bad(diag, "fid", value, "a function identifier (32 bits, decimal or 0x)");
	options->fid = (uint32_t)number;
	return HVC_OK;
}

static enum hvc_status take_world(struct hvc_options *options, const char *value,
                                  struct hvc_diag *diag)
{
	(void)diag;
	options->world = value;
	return HVC_OK;
}

static enum hvc_status take_smt(struct hvc_options *options, const char *value,
                                struct hvc_diag *diag)
{
	if (!*value)
		return bad(diag, "smt", value, "a folder");
	options->smt = value;
	return HVC_OK;
}

static enum hvc_status take_map_on_demand(struct hvc_options *options, const char *value,
                                          struct hvc_diag *diag)
{
	uint64_t number = HVC_ZERO_PAGES_DEFAULT;

	if (value && (!hvc_value__number(value, HVC_ZERO_PAGES_MAX, &number) || !number))
		return bad(diag, "map-on-demand", value, "a number of pages (1 to 4096)");
	options->zero_pages = (unsigned)number;
	return HVC_OK;
}

/* length: of the place, at the start of value. */
static enum hvc_status add_boundary(struct hvc_options *options, const struct hvc_stop *boundary,
                                    const char *value, size_t length, struct hvc_diag *diag)
{
	const char *option = boundary->stub ? "stub" : "stop-at";
	struct hvc_stop *out = &options->stop[options->stops];

	if (options->stops == HVC_STOPS_MAX)
		return bad(diag, option, value, "one of the first 64 boundaries");
	if (!length || length >= sizeof(out->name))
		return bad(diag, option, value, "a symbol (at most 127 characters) or an address");
	*out = *boundary;
	memcpy(out->name, value, length);
	options->stops++;
	return HVC_OK;
}

static enum hvc_status take_stop_at(struct hvc_options *options, const char *value,
                                    struct hvc_diag *diag)
{
	const struct hvc_stop boundary = {.stub = false};

	return add_boundary(options, &boundary, value, strlen(value), diag);
}

static enum hvc_status take_stub(struct hvc_options *options, const char *value,
                                 struct hvc_diag *diag)
{
	const char *equals = strrchr(value, '=');
	struct hvc_stop boundary = {.stub = true};

	if (!equals || !hvc_value__signed(equals + 1, UINT64_MAX, &boundary.value))
		return bad(diag, "stub", value, "SYMBOL=VALUE or ADDRESS=VALUE");
	return add_boundary(options, &boundary, value, (size_t)(equals - value), diag);
}

static enum hvc_status take_from(struct hvc_options *options, const char *value,
                                 struct hvc_diag *diag)
{
	options->from = hvc_level_find(value);
	if (options->from == HVC_LEVEL_COUNT)
		return bad(
		        diag, "from", value,
		        "a level (el0, el1t, el1h, el2t, el2h; of AArch32 state el0-usr, el1-svc, "
		        "el1-fiq, el1-irq, el1-abt, el1-und, el1-sys, el2-hyp)");
	return HVC_OK;
}

static enum hvc_status take_insn(struct hvc_options *options, const char *value,
                                 struct hvc_diag *diag)
{
	options->insn = hvc_insn_find(value);
	if (options->insn == HVC_INSN_COUNT)
		return bad(diag, "insn", value,
		           "an instruction (hvc, smc, trap, hvc-a32, hvc-t32, smc-a32, smc-t32)");
	return HVC_OK;
}

static enum hvc_status take_esr(struct hvc_options *options, const char *value,
                                struct hvc_diag *diag)
{
	if (!hvc_value__number(value, UINT32_MAX, &options->esr) ||
	    !hvc_arch__is_trap(options->esr))
		return bad(diag, "esr", value,
		           "the syndrome of a trap, which is no HVC, SMC or SVC");
	return HVC_OK;
}

static enum hvc_status take_seed(struct hvc_options *options, const char *value,
                                 struct hvc_diag *diag)
{
	if (!hvc_value__number(value, UINT64_MAX, &options->seed))
		return bad(diag, "seed", value, "a number of 64 bits (decimal or 0x)");
	return HVC_OK;
}

static enum hvc_status take_cpu(struct hvc_options *options, const char *value,
                                struct hvc_diag *diag)
{
	options->cpu = hvc_cpu_find(value);
	if (options->cpu == HVC_CPU_COUNT)
		return bad(diag, "cpu", value, "a CPU model (a72, max, a15)");
	return HVC_OK;
}

static enum hvc_status take_upper(struct hvc_options *options, const char *value,
                                  struct hvc_diag *diag)
{
	options->upper_zero = !strcmp(value, "zero");
	if (!options->upper_zero && strcmp(value, "dirty") != 0)
		return bad(diag, "upper", value, "what upper halves hold (zero, dirty)");
	return HVC_OK;
}

static enum hvc_status take_budget(struct hvc_options *options, const char *value,
                                   struct hvc_diag *diag)
{
	if (!hvc_value__number(value, UINT32_MAX, &options->budget) || !options->budget)
		return bad(diag, "budget", value, "a number of instructions (1 to 4294967295)");
	return HVC_OK;
}

/* Once a subject: the first is of the first. */
static enum hvc_status take_symbols(struct hvc_options *options, const char *value,
                                    struct hvc_diag *diag)
{
	for (unsigned i = 0; i < options->command->most && i < HVC_SIDE_COUNT; i++) {
		if (options->symbols[i])
			continue;
		options->symbols[i] = value;
		return HVC_OK;
	}
	return bad(diag, "symbols", value, "wanted: there is one for each subject");
}

static enum hvc_status take_abi(struct hvc_options *options, const char *value,
                                struct hvc_diag *diag)
{
	(void)diag;
	options->abi = value;
	return HVC_OK;
}

static enum hvc_status take_also(struct hvc_options *options, const char *value,
                                 struct hvc_diag *diag)
{
	if (options->alsos == HVC_ALSO_MAX)
		return bad(diag, "also", value, "wanted: there are 16 already");
	options->also[options->alsos++] = value;
	return HVC_OK;
}

/* FUNCTION, 0xADDRESS or #IMM; repeatable. */
static enum hvc_status take_site(struct hvc_options *options, const char *value,
                                 struct hvc_diag *diag)
{
	struct hvc_site_filter *site = &options->site[options->sites];
	uint64_t number;

	if (options->sites == HVC_SITE_MAX)
		return bad(diag, "site", value, "wanted: there are 64 already");
	if (value[0] == '#') {
		if (!hvc_value__number(value + 1, UINT16_MAX, &number))
			return bad(diag, "site", value, "an immediate (#0 to #65535)");
		*site = (struct hvc_site_filter){.by_imm = true, .imm = (uint16_t)number};
	} else if (value[0] >= '0' && value[0] <= '9') {
		if (!hvc_value__number(value, UINT64_MAX, &number))
			return bad(diag, "site", value, "an address");
		*site = (struct hvc_site_filter){.by_address = true, .address = number};
	} else if (value[0]) {
		*site = (struct hvc_site_filter){.function = value};
	} else {
		return bad(diag, "site", value, "FUNCTION, 0xADDRESS or #IMM");
	}
	options->sites++;
	return HVC_OK;
}

static enum hvc_status take_abi_old(struct hvc_options *options, const char *value,
                                    struct hvc_diag *diag)
{
	(void)diag;
	options->abi_of[HVC_SIDE_OLD] = value;
	return HVC_OK;
}

static enum hvc_status take_abi_new(struct hvc_options *options, const char *value,
                                    struct hvc_diag *diag)
{
	(void)diag;
	options->abi_of[HVC_SIDE_NEW] = value;
	return HVC_OK;
}

static enum hvc_status take_randoms(struct hvc_options *options, const char *value,
                                    struct hvc_diag *diag)
{
	uint64_t number;

	if (!hvc_value__number(value, RANDOMS_MAX, &number))
		return bad(diag, "randoms", value, "a number of values (0 to 10000)");
	options->randoms = (unsigned)number;
	return HVC_OK;
}

static enum hvc_status take_sequences(struct hvc_options *options, const char *value,
                                      struct hvc_diag *diag)
{
	uint64_t number;

	if (!hvc_value__number(value, SEQUENCES_MAX, &number))
		return bad(diag, "randoms", value, "a number of sequences (0 to 100000000)");
	options->randoms = (unsigned)number;
	return HVC_OK;
}

static enum hvc_status take_jobs(struct hvc_options *options, const char *value,
                                 struct hvc_diag *diag)
{
	uint64_t number;

	if (!hvc_value__number(value, HVC_JOBS_MAX, &number) || !number)
		return bad(diag, "jobs", value, "a number of processes (1 to 256)");
	options->jobs = (unsigned)number;
	return HVC_OK;
}

static enum hvc_status take_timeout(struct hvc_options *options, const char *value,
                                    struct hvc_diag *diag)
{
	if (!hvc_value__number(value, UINT32_MAX, &options->timeout) || !options->timeout)
		return bad(diag, "timeout", value, "a number of seconds (1 to 4294967295)");
	return HVC_OK;
}

static const struct {
	const char *name;
	enum hvc_style style;
} formats[] = {
        {"text", HVC_STYLE_TEXT},   {"json", HVC_STYLE_JSON},     {"markdown", HVC_STYLE_MARKDOWN},
        {"html", HVC_STYLE_HTML},   {"map", HVC_STYLE_MAP},       {"junit", HVC_STYLE_JUNIT},
        {"sarif", HVC_STYLE_SARIF}, {"github", HVC_STYLE_GITHUB}, {"svg", HVC_STYLE_SVG},
};

#define FORMATS (sizeof(formats) / sizeof(formats[0]))

static bool has_style(const struct hvc_command *command, enum hvc_style style)
{
	unsigned styles = command->styles | 1u << HVC_STYLE_TEXT | 1u << HVC_STYLE_JSON;

	return styles >> style & 1;
}

void hvc_options__formats(const struct hvc_command *command, char text[HVC_FORMATS_SIZE])
{
	size_t used = 0;

	for (size_t i = 0; i < FORMATS; i++)
		if (has_style(command, formats[i].style))
			used += (size_t)snprintf(text + used, HVC_FORMATS_SIZE - used, "%s%s",
			                         used ? ", " : "", formats[i].name);
}

/* The style of a format's name, which is not all of a word. */
static enum hvc_status find_style(const struct hvc_command *command, const char *option,
                                  const char *name, size_t length, struct hvc_diag *diag,
                                  enum hvc_style *out)
{
	char known[HVC_FORMATS_SIZE];

	hvc_options__formats(command, known);
	for (size_t i = 0; i < FORMATS; i++) {
		if (strlen(formats[i].name) != length || strncmp(name, formats[i].name, length))
			continue;
		if (!has_style(command, formats[i].style))
			return hvc_diag_set(diag, HVC_E_UNSUPPORTED, NULL, 0, 0,
			                    "--%s: '%s' is not available yet for '%s' (%s)", option,
			                    formats[i].name, command->name, known);
		*out = formats[i].style;
		return HVC_OK;
	}
	return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0, "--%s: '%.*s' is not a format (%s)",
	                    option, (int)length, name, known);
}

static enum hvc_status take_format(struct hvc_options *options, const char *value,
                                   struct hvc_diag *diag)
{
	return find_style(options->command, "format", value, strlen(value), diag, &options->style);
}

static enum hvc_status take_color(struct hvc_options *options, const char *value,
                                  struct hvc_diag *diag)
{
	static const char *const names[] = {"auto", "always", "never"};

	for (unsigned color = 0; color < HVC_COLOR_COUNT; color++)
		if (!strcmp(value, names[color])) {
			options->color = (enum hvc_color)color;
			return HVC_OK;
		}
	return bad(diag, "color", value, "a use of colors (auto, always, never)");
}

static enum hvc_status take_report(struct hvc_options *options, const char *value,
                                   struct hvc_diag *diag)
{
	const char *equals = strchr(value, '=');
	struct hvc_extra_report *report = &options->report[options->reports];

	if (!equals || !equals[1])
		return bad(diag, "report", value, "FORMAT=FILE");
	if (options->reports == HVC_REPORTS_MAX)
		return bad(diag, "report", value, "wanted: there are 8 already");
	HVC_TRY(find_style(options->command, "report", value, (size_t)(equals - value), diag,
	                   &report->style));
	report->path = equals + 1;
	options->reports++;
	return HVC_OK;
}

static enum hvc_status take_fail_on(struct hvc_options *options, const char *value,
                                    struct hvc_diag *diag)
{
	options->fail_on = hvc_severity__find(value);
	if (options->fail_on == HVC_SEVERITY_COUNT && strcmp(value, "never") != 0)
		return bad(diag, "fail-on", value, "a level (error, warning, note, never)");
	return HVC_OK;
}

static enum hvc_status take_suppress(struct hvc_options *options, const char *value,
                                     struct hvc_diag *diag)
{
	(void)diag;
	options->suppress = value;
	return HVC_OK;
}

static enum hvc_status take_output(struct hvc_options *options, const char *value,
                                   struct hvc_diag *diag)
{
	if (!*value)
		return bad(diag, "output", value, "the name of a file");
	options->output = value;
	return HVC_OK;
}

/* clang-format off */
const struct hvc_option hvc_option_table[HVC_OPTION_COUNT] = {
	[HVC_OPTION_IMM] = {"imm", 0, "N", "immediate of the call, 0 to 65535, decimal or 0x (0)", take_imm, false},
	[HVC_OPTION_FID] = {"fid", 0, "N", "function identifier, 32 bits, decimal or 0x", take_fid, false},
	[HVC_OPTION_SET] = {"set", 0, "REG=VALUE", "register before the call: x0 to x30, w0 to w30, nzcv, daif or a\nsystem register; of a caller in AArch32 state r0 to r14, psr;\nsystem registers also as s3_4_c1_c0_1; decimal, 0x, negative, or\nSYMBOL[+0xOFFSET] of the subject; repeatable", hvc_cli_world__take_set, false},
	[HVC_OPTION_FROM] = {"from", 0, "LEVEL", "who calls: el0, el1t, el1h, el2t, el2h; in AArch32 state el0-usr,\nel1-svc, el1-fiq, el1-irq, el1-abt, el1-und, el1-sys, el2-hyp (el1h)", take_from, false},
	[HVC_OPTION_INSN] = {"insn", 0, "INSN", "calling instruction: hvc, smc; hvc-a32, hvc-t32, smc-a32, smc-t32 in\nAArch32 state, where hvc and smc are those; trap: see --esr (hvc)", take_insn, false},
	[HVC_OPTION_ESR] = {"esr", 0, "ESR", "no call: an exception of the caller's with this syndrome, as 0x26000000\nis for pointer authentication that HCR_EL2 traps; ELR_EL2 is the\ninstruction; other commands than run try all of its bits 15:0", take_esr, false},
	[HVC_OPTION_SEED] = {"seed", 0, "N", "fill the registers that --set does not name with pseudo-random\nvalues; 0: with addresses that name their register (0)", take_seed, false},
	[HVC_OPTION_CPU] = {"cpu", 0, "MODEL", "CPU model: a72, max; a15, whose EL2 is Hyp mode (a72, or a15 for\n32-bit subjects)", take_cpu, false},
	[HVC_OPTION_UPPER] = {"upper", 0, "HALVES", "upper halves of x0 to x30 when a caller in AArch32 state is trapped,\nwhich the CPU may choose: zero, or dirty, whatever they held (dirty)", take_upper, false},
	[HVC_OPTION_WORLD] = {"world", 0, "FILE", "world in a YAML file: system registers, boundaries, stubs; for a\ncall with --abi also the name of a world of the ABI", take_world, false},
	[HVC_OPTION_MAP_ON_DEMAND] = {"map-on-demand", 0, "[=PAGES]", "lend EL2 code zero pages where there is no memory, at most PAGES\na call (256), and answer calls of missing functions with 0", take_map_on_demand, true},
	[HVC_OPTION_STOP_AT] = {"stop-at", 0, "PLACE", "boundary, SYMBOL[+0xOFFSET] or address as the file has it:\nreaching it ends the call as 'handoff'; repeatable", take_stop_at, false},
	[HVC_OPTION_STUB] = {"stub", 0, "PLACE=VALUE", "do not run the function at PLACE: return VALUE; repeatable", take_stub, false},
	[HVC_OPTION_MEM] = {"mem", 0, "PLACE=VALUE", "memory before the call: at SYMBOL[+0xOFFSET] or an address, numbers or\nsymbols with commas (8 bytes each; VALUE:4 is 4), string:TEXT or\nfile:FILE; repeatable", hvc_cli_world__take_memory, false},
	[HVC_OPTION_STRICT] = {"strict", 0, NULL, "end with status 2 where the answer hangs on memory that nobody set", NULL, false},
	[HVC_OPTION_BUDGET] = {"budget", 0, "N", "instructions that one call may execute at EL2 (100000)", take_budget, false},
	[HVC_OPTION_TRACE] = {"trace", 0, NULL, "print every instruction executed at EL2", NULL, false},
	[HVC_OPTION_AUDIT] = {"audit", 0, NULL, "look at the code of EL2 as well: ERETs without a barrier behind them,\ncontrols written without ISB", NULL, false},
	[HVC_OPTION_SYMBOLS] = {"symbols", 0, "MAP", "names from a System.map (nm's output), besides the subject's own;\nof two subjects the first --symbols is the first's", take_symbols, false},
	[HVC_OPTION_ABI] = {"abi", 0, "ABI", "specification: a name of 'hvcheck list abis', or a YAML file", take_abi, false},
	[HVC_OPTION_ABIS] = {"abi", 0, NULL, "A and B are specifications: names of 'hvcheck list abis', or YAML\nfiles", NULL, false},
	[HVC_OPTION_AGAINST] = {"abi", 0, "ABI|SUBJECT", "what the callers are held to: a name of 'hvcheck list', a YAML file,\nor vectors in a file, which are run", take_abi, false},
	[HVC_OPTION_ALSO] = {"also", 0, "ABI|SUBJECT", "another ABI that the image speaks: calls that it knows are no\nunknown ones; repeatable", take_also, false},
	[HVC_OPTION_AND] = {"and", 0, "SUBJECT", "make the call on this subject, too, and set both traces side by side", take_also, false},
	[HVC_OPTION_USED_BY] = {"used-by", 0, "IMAGE", "only what the HVC and SMC sites of this image use, by the ABI of A", take_also, false},
	[HVC_OPTION_SITE] = {"site", 0, "SITE", "only these calls, which are calls of the ABI whatever they look\nlike: FUNCTION, 0xADDRESS (of the call or its function) or #IMM;\nrepeatable", take_site, false},
	[HVC_OPTION_ABI_OLD] = {"abi-old", 0, "ABI", "specification that names the operations of A", take_abi_old, false},
	[HVC_OPTION_ABI_NEW] = {"abi-new", 0, "ABI", "specification that names the operations of B", take_abi_new, false},
	[HVC_OPTION_SUGGEST_ABI] = {"suggest-abi", 0, NULL, "write a first specification, in YAML, from what the code does;\nits name is that of the --output file", NULL, false},
	[HVC_OPTION_RANDOMS] = {"randoms", 0, "N", "seeded random values tried in each selecting register, besides\nthose that code and specification name (4)", take_randoms, false},
	[HVC_OPTION_ROLLS] = {"seed", 0, "N", "seed of the first random sequence; the next has N + 1 (0)", take_seed, false},
	[HVC_OPTION_SEQUENCES] = {"randoms", 0, "N", "random sequences tried (1000)", take_sequences, false},
	[HVC_OPTION_BRIEF] = {"brief", 0, NULL, "try only the values that code or specification name: no neighbours,\nno dirty upper bits, no edges, no random values; of a map: a call a\npath, and not every immediate", NULL, false},
	[HVC_OPTION_SWEEP] = {"sweep", 0, NULL, "prove nothing: call every immediate with every value of a list", NULL, false},
	[HVC_OPTION_INTO] = {"into", 0, NULL, "go on inside the functions that a dispatch chose, as far as each comes\nto an end", NULL, false},
	[HVC_OPTION_SMT] = {"smt", 0, "DIR", "write what is proved as SMT-LIB 2, a script a claim, to a new or empty folder", take_smt, false},
	[HVC_OPTION_PICTURE] = {"picture", 0, NULL, "also draw the immediates as a picture of letters, a letter for all\nthat do alike", NULL, false},
	[HVC_OPTION_TREE] = {"tree", 0, NULL, "the classes as a tree: where the code chooses, by what, and what it does\nthen; of an svg, in place of the square", NULL, false},
	[HVC_OPTION_WIDTHS] = {"widths", 0, NULL, "compare an ABI of 64 bits with one of 32: operation by operation, do\nthey agree?", NULL, false},
	[HVC_OPTION_CONTRACT] = {"contract", 0, NULL, "also measure the fate of every register, FP/SIMD included, over many\nregister files", NULL, false},
	[HVC_OPTION_JOBS] = {"jobs", 'j', "N", "worker processes, 1 to 256 (one a CPU); the report is the same", take_jobs, false},
	[HVC_OPTION_TIMEOUT] = {"timeout", 0, "SECONDS", "end with status 2 when it is not done by then, and say how far it is", take_timeout, false},
	[HVC_OPTION_FORMAT] = {"format", 0, "FORMAT", "text, json, markdown, html, svg, map, junit, sarif or github, as the\ncommand has them (text)", take_format, false},
	[HVC_OPTION_REPORT] = {"report", 0, "FORMAT=FILE", "write the same run in another format, too, to FILE, whole or not at\nall; - is standard output; repeatable", take_report, false},
	[HVC_OPTION_FAIL_ON] = {"fail-on", 0, "LEVEL", "exit status 1 on findings of this level and above: error, warning,\nnote; never (violations and differences)", take_fail_on, false},
	[HVC_OPTION_SUPPRESS] = {"suppress", 0, "FILE", "findings that somebody lets stand for now, in YAML: they are told,\nand do not fail", take_suppress, false},
	[HVC_OPTION_ALL] = {"all", 0, NULL, "lists to their end, also what holds, notes, and the names that suppressions take", NULL, false},
	[HVC_OPTION_OUTPUT] = {"output", 'o', "FILE", "write the report to FILE, whole or not at all; - is standard output", take_output, false},
	[HVC_OPTION_QUIET] = {"quiet", 'q', NULL, "print errors only; the exit status tells", NULL, false},
	[HVC_OPTION_COLOR] = {"color", 0, "WHEN", "colours: auto (on a terminal), always, never", take_color, false},
	[HVC_OPTION_NO_COLOR] = {"no-color", 0, NULL, "--color=never (also: NO_COLOR in the environment)", NULL, false},
	[HVC_OPTION_HELP] = {"help", 'h', NULL, "print this help", NULL, false},
};
/* clang-format on */
