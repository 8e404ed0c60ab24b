/* SPDX-License-Identifier: MIT */
/**
 * The command line: two tables, one of commands (main.c) and one of options (options.c), from
 * which parsing and help both follow.
 */
#ifndef HVC_CLI_CLI_H
#define HVC_CLI_CLI_H

#include "machine/outcome.h"
#include "report/report.h"

/** Exit statuses, as those of diff and grep. */
enum hvc_exit {
	HVC_EXIT_HOLDS = 0,   /**< done; holds; equal */
	HVC_EXIT_DIFFERS = 1, /**< violates; differs */
	HVC_EXIT_TROUBLE = 2, /**< could not tell: usage, input, engine, output */
};

enum hvc_option_id {
	HVC_OPTION_IMM,
	HVC_OPTION_FID,
	HVC_OPTION_SET,
	HVC_OPTION_FROM,
	HVC_OPTION_INSN,
	HVC_OPTION_SEED,
	HVC_OPTION_CPU,
	HVC_OPTION_ESR,
	HVC_OPTION_UPPER,
	HVC_OPTION_WORLD,
	HVC_OPTION_MAP_ON_DEMAND,
	HVC_OPTION_STOP_AT,
	HVC_OPTION_STUB,
	HVC_OPTION_MEM,
	HVC_OPTION_STRICT,
	HVC_OPTION_BUDGET,
	HVC_OPTION_TRACE,
	HVC_OPTION_AUDIT,
	HVC_OPTION_SYMBOLS,
	HVC_OPTION_ABI,
	HVC_OPTION_ABIS,    /**< --abi without a value: the arguments are ABIs */
	HVC_OPTION_AGAINST, /**< --abi that takes a subject, too */
	HVC_OPTION_ALSO,
	HVC_OPTION_AND,
	HVC_OPTION_USED_BY,
	HVC_OPTION_SITE,
	HVC_OPTION_ABI_OLD,
	HVC_OPTION_ABI_NEW,
	HVC_OPTION_SUGGEST_ABI,
	HVC_OPTION_RANDOMS,
	HVC_OPTION_ROLLS,     /**< --seed of random sequences */
	HVC_OPTION_SEQUENCES, /**< --randoms that counts them */
	HVC_OPTION_BRIEF,
	HVC_OPTION_SWEEP,
	HVC_OPTION_INTO,
	HVC_OPTION_SMT,
	HVC_OPTION_PICTURE,
	HVC_OPTION_TREE,
	HVC_OPTION_CONTRACT,
	HVC_OPTION_WIDTHS,
	HVC_OPTION_JOBS,
	HVC_OPTION_TIMEOUT,
	HVC_OPTION_FORMAT,
	HVC_OPTION_REPORT,
	HVC_OPTION_FAIL_ON,
	HVC_OPTION_SUPPRESS,
	HVC_OPTION_ALL,
	HVC_OPTION_OUTPUT,
	HVC_OPTION_QUIET,
	HVC_OPTION_COLOR,
	HVC_OPTION_NO_COLOR,
	HVC_OPTION_HELP,
	HVC_OPTION_COUNT,
};

enum hvc_style {
	HVC_STYLE_TEXT,
	HVC_STYLE_JSON,
	HVC_STYLE_MARKDOWN,
	HVC_STYLE_HTML,
	HVC_STYLE_MAP, /**< a saved map */
	HVC_STYLE_JUNIT,
	HVC_STYLE_SARIF,
	HVC_STYLE_GITHUB,
	HVC_STYLE_SVG, /**< the picture of a map */
	HVC_STYLE_COUNT,
};

#define HVC_ARGUMENT_MAX 256u
#define HVC_WORDS_MAX    1024u
#define HVC_SITE_MAX     64u
#define HVC_ALSO_MAX     16u
#define HVC_JOBS_MAX     256u
#define HVC_REPORTS_MAX  8u
/** The report, those of --report, and the certificates. */
#define HVC_OUTPUTS_MAX (2u + HVC_REPORTS_MAX)

/** Escape sequences in text. */
enum hvc_color {
	HVC_COLOR_AUTO, /**< on a terminal that has them, unless NO_COLOR is set */
	HVC_COLOR_ALWAYS,
	HVC_COLOR_NEVER,
	HVC_COLOR_COUNT,
};

/** One --report. */
struct hvc_extra_report {
	enum hvc_style style;
	const char *path;
	const struct hvc_page *page; /**< what goes there, once it is open */
};

/** What the user asked for. */
struct hvc_options {
	const struct hvc_command *command;
	const struct hvc_command *commands; /**< the table; its last row has no name */
	const char *argument[HVC_ARGUMENT_MAX];
	unsigned arguments;
	const char *word[HVC_WORDS_MAX]; /**< as given, but for options that shape no answer */
	unsigned words;
	uint64_t given; /**< bits 1 << enum hvc_option_id */
	uint16_t imm;
	uint32_t fid;
	struct hvc_regset set; /**< registers named by --set */
	uint64_t value[HVC_REG_COUNT];
	const char *place[HVC_REG_COUNT]; /**< the symbol that --set gives instead of a value */
	unsigned r_set; /**< r0 to r14 that --set names, a bit each; which xN depends on the mode */
	uint32_t r[15]; /**< their values */
	bool psr_set;   /**< --set psr */
	uint32_t psr;   /**< Q, GE and IT */
	bool upper_zero; /**< --upper zero */
	struct hvc_extra extra[HVC_EXTRAS_MAX];
	unsigned extras;
	const char *world;
	unsigned zero_pages;
	struct hvc_stop stop[HVC_STOPS_MAX]; /**< by name; no address yet */
	unsigned stops;
	const char *mem[HVC_MEMORY_MAX]; /**< PLACE=WHAT */
	unsigned mems;
	enum hvc_level from;
	enum hvc_insn insn;
	uint64_t esr;
	uint64_t seed;
	enum hvc_cpu cpu;
	uint64_t budget;
	const char *symbols[HVC_SIDE_COUNT]; /**< of each subject; NULL: none */
	const char *abi;
	const char *abi_of[HVC_SIDE_COUNT];
	struct hvc_site_filter site[HVC_SITE_MAX]; /**< named by --site */
	unsigned sites;
	const char *also[HVC_ALSO_MAX]; /**< other ABIs that the callers speak */
	unsigned alsos;
	unsigned randoms;
	unsigned jobs;
	uint64_t timeout; /**< seconds; 0: none */
	enum hvc_style style;
	enum hvc_color color;
	const struct hvc_page *page; /**< what the report itself goes to, once it is open */
	const char *output;
	struct hvc_extra_report report[HVC_REPORTS_MAX];
	unsigned reports;
	const char *smt; /**< folder for certificates; NULL: none */
	const struct hvc_page
	        *smt_page;         /**< what goes there, as hvc_output__open_folder takes it */
	enum hvc_severity fail_on; /**< HVC_SEVERITY_COUNT: never */
	const char *suppress;
	const struct hvc_suppressions *suppressions; /**< the file, read; NULL: none */
};

static inline bool hvc_options__has(const struct hvc_options *options, enum hvc_option_id id)
{
	return options->given >> id & 1;
}

/** --from, --insn and --esr, where they are given, as sets of callers (bits 1 << enum). */
static inline void hvc_options__callers(const struct hvc_options *options, unsigned *levels,
                                        unsigned *insns)
{
	if (hvc_options__has(options, HVC_OPTION_FROM))
		*levels = 1u << options->from;
	if (hvc_options__has(options, HVC_OPTION_INSN))
		*insns = hvc_insns__all(1u << options->insn);
	if (hvc_options__has(options, HVC_OPTION_ESR))
		*insns = 1u << HVC_INSN_TRAP;
	/* Where nothing is said of who calls. */
	if (!*levels && hvc_options__has(options, HVC_OPTION_INSN) &&
	    options->insn >= HVC_INSN_HVC_A32)
		*levels = 1u << HVC_LEVEL_EL1_SVC;
}

/** What a command does: write its report to the page, and say whether all holds. */
typedef enum hvc_status hvc_command_run(const struct hvc_options *options,
                                        const struct hvc_page *page, bool *holds,
                                        struct hvc_diag *diag);

/** One command. */
struct hvc_command {
	const char *name;
	const char *usage;   /**< what follows the name */
	const char *summary; /**< one line */
	const char *details; /**< a paragraph or two, ends with a newline */
	const char *examples;
	unsigned least, most; /**< arguments */
	uint64_t options;     /**< bits 1 << enum hvc_option_id */
	unsigned styles;      /**< bits 1 << enum hvc_style, besides text and JSON */
	hvc_command_run *run;
};

hvc_command_run hvc_cmd__list, hvc_cmd__history, hvc_cmd__run, hvc_cmd__map, hvc_cmd__check,
        hvc_cmd__diff, hvc_cmd__collide, hvc_cmd__scan, hvc_cmd__callers, hvc_cmd__leaks,
        hvc_cmd__safety, hvc_cmd__sequence, hvc_cmd__completion;
/** What diff does with --abi. */
hvc_command_run hvc_cmd__diff_abi;

/** One option, for help. The id is its index. */
struct hvc_option {
	const char *name;  /**< without the dashes */
	char letter;       /**< '\0': none */
	const char *value; /**< name of its value in help; NULL: takes none */
	const char *help;
	enum hvc_status (*take)(struct hvc_options *options, const char *value,
	                        struct hvc_diag *diag);
	bool optional; /**< its value can be left out, and only follows '=' */
};

/** "text, json, markdown": room for all. */
#define HVC_FORMATS_SIZE 80u
/** The formats of a command, as --format and --report take them. */
void hvc_options__formats(const struct hvc_command *command, char text[HVC_FORMATS_SIZE]);

extern const struct hvc_option hvc_option_table[HVC_OPTION_COUNT];

/** Parse what follows the command. On failure diag holds one clear line. */
HVC_MUST_USE enum hvc_status hvc_options__parse(const struct hvc_command *command, int argc,
                                                char **argv, struct hvc_diag *diag,
                                                struct hvc_options *out);

/** Is every file that is written written once, and none of those that are read? */
HVC_MUST_USE enum hvc_status hvc_clash__check(const struct hvc_options *options,
                                              struct hvc_diag *diag);

/** Help on everything, or on one command. */
void hvc_help__general(FILE *out, const struct hvc_command *commands);
void hvc_help__command(FILE *out, const struct hvc_command *command);

/** Print one line: "path:line:column: error: message", or "hvcheck: error: message". */
void hvc_complain(const struct hvc_diag *diag);
/** Say something on standard error. What is put with %s is quoted, as hvc_page__print does. */
void hvc_tell(const char *format, ...) HVC_PRINTF(1, 2);

#endif
