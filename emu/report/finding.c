/* SPDX-License-Identifier: MIT */
#include "report/new_finding.h"

#include "abi/abi.h"
#include "base/random.h"
#include "engine/call.h"
#include "subject/builtin.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char *const severities[] = {
        [HVC_SEVERITY_NOTE] = "note",
        [HVC_SEVERITY_WARNING] = "warning",
        [HVC_SEVERITY_ERROR] = "error",
};

const char *hvc_severity__name(enum hvc_severity severity)
{
	return severity < HVC_SEVERITY_COUNT ? severities[severity] : "?";
}

enum hvc_severity hvc_severity__find(const char *name)
{
	enum hvc_severity severity = HVC_SEVERITY_NOTE;

	while (severity < HVC_SEVERITY_COUNT && strcmp(name, severities[severity]) != 0)
		severity++;
	return severity;
}

static char *copy(struct hvc_findings *list, const char *text)
{
	char *made = strdup(text ? text : "");

	list->failed = list->failed || !made;
	return made;
}

/* Dashboards look a file up by its path in the repository. */
static const char *relative(const char *file)
{
	return strncmp(file, "./", 2) ? file : file + 2;
}

/* The text of words, which are freed. */
static char *take(struct hvc_findings *list, struct hvc_words *words)
{
	char *made = words->failed ? NULL : copy(list, hvc_words__text(words));

	list->failed = list->failed || !made;
	hvc_words__free(words);
	return made;
}

void hvc_findings__take(struct hvc_findings *list, char **text, struct hvc_words *words)
{
	if (!list) {
		hvc_words__free(words);
		return;
	}
	free(*text);
	*text = take(list, words);
}

struct hvc_findings *hvc_findings__new(const char *command, const char *subject,
                                       const char *against)
{
	struct hvc_findings *list = calloc(1, sizeof(*list));
	struct hvc_words title = {0};

	if (!list)
		return NULL;
	list->command = command;
	list->subject = copy(list, subject);
	list->against = copy(list, against);
	list->account = copy(list, "");
	list->file = copy(list, "");
	hvc_words__add(&title, "%s", subject);
	if (*against)
		hvc_words__add(&title, " against %s", against);
	list->title = take(list, &title);
	return list;
}

struct hvc_findings *hvc_findings__of(const char *command, const char *subject, const char *against,
                                      const char *format, ...)
{
	struct hvc_words identity = {0}, file = {0};
	struct hvc_findings *list;
	va_list args;

	hvc_identity__add(&identity, subject);
	hvc_identity__file(&file, subject);
	list = hvc_findings__new(command, hvc_words__text(&identity), against);
	if (list) {
		free(list->file);
		free(list->account);
		list->file = copy(list, relative(hvc_words__text(&file)));
		va_start(args, format);
		if (vasprintf(&list->account, format, args) < 0)
			list->account = NULL;
		va_end(args);
		list->failed = list->failed || identity.failed || file.failed || !list->account;
	}
	hvc_words__free(&identity);
	hvc_words__free(&file);
	return list;
}

void hvc_new_finding__run(struct hvc_new_finding *draft, const struct hvc_abi *const abi[2],
                          const char *const word[2], const struct hvc_world *world,
                          const struct hvc_call *call, bool both)
{
	bool first = hvc_builtin__find(hvc_abi_name(abi[0]));
	unsigned run = hvc_builtin__find(hvc_abi_name(abi[1])) && !(both && first) ? 1 : 0;
	const struct hvc_probe probe = {.call = *call};
	char text[HVC_COMMAND_SIZE];

	if (!run && !first)
		return;
	hvc_call__command(hvc_abi_name(abi[run]), world, &probe, call->imm, text, sizeof(text));
	hvc_words__add(&draft->command, "%s --", text);
	if (both && hvc_builtin__find(hvc_abi_name(abi[1 - run]))) {
		hvc_words__add(&draft->command, "and %s", hvc_abi_name(abi[1 - run]));
		return;
	}
	hvc_words__add(&draft->command, *word[1 - run] == '-' ? "abi=" : "abi ");
	hvc_words__shell(&draft->command, word[1 - run]);
}

void hvc_new_finding__place(struct hvc_new_finding *draft, const struct hvc_rule *rule,
                            const char *abi, const struct hvc_findings *list)
{
	const char *file = hvc_identity__abi_file(abi);

	if (*list->file) {
		draft->file = list->file;
	} else if (file && rule) {
		draft->file = file;
		draft->line = rule->line;
		draft->column = rule->column;
	}
}

static void drop(struct hvc_found *found)
{
	free(found->about);
	free(found->key);
	free(found->summary);
	free(found->call);
	free(found->command);
	free(found->file);
	free(found->symbol);
}

void hvc_findings__free(struct hvc_findings *findings)
{
	if (!findings)
		return;
	for (unsigned i = 0; i < findings->count; i++)
		drop(&findings->found[i]);
	for (unsigned i = 0; i < findings->cases; i++) {
		free(findings->one[i].name);
		free(findings->one[i].title);
	}
	free(findings->found);
	free(findings->one);
	free(findings->subject);
	free(findings->file);
	free(findings->against);
	free(findings->title);
	free(findings->account);
	free(findings);
}

/* The finding that a draft only says again. */
static struct hvc_found *find_alike(const struct hvc_findings *list,
                                    const struct hvc_new_finding *draft,
                                    const struct hvc_finding_rule *rule)
{
	for (unsigned i = 0; !draft->each && i < list->count; i++) {
		struct hvc_found *found = &list->found[i];

		if (found->rule == rule &&
		    !strcmp(found->about, draft->about ? draft->about : "") &&
		    !strcmp(found->key, hvc_words__text(&draft->key)))
			return found;
	}
	return NULL;
}

static void append(struct hvc_findings *list, struct hvc_new_finding *draft,
                   const struct hvc_finding_rule *rule)
{
	struct hvc_found *grown = realloc(list->found, (list->count + 1) * sizeof(*grown));

	if (!grown) {
		list->failed = true;
		return;
	}
	list->found = grown;
	list->found[list->count++] = (struct hvc_found){
	        .rule = rule,
	        .about = copy(list, draft->about),
	        .key = take(list, &draft->key),
	        .summary = take(list, &draft->summary),
	        .call = take(list, &draft->call),
	        .command = take(list, &draft->command),
	        .file = copy(list, draft->file ? relative(draft->file) : NULL),
	        .line = draft->line,
	        .column = draft->column,
	        .symbol = copy(list, draft->symbol),
	        .address = draft->address,
	        .has_address = draft->has_address,
	        .calls = draft->calls,
	};
}

void hvc_findings__add(struct hvc_findings *list, struct hvc_new_finding *draft)
{
	const struct hvc_finding_rule *rule = hvc_finding_rule__find(draft->rule);
	struct hvc_found *alike = NULL;

	if (list && !list->failed) {
		alike = find_alike(list, draft, rule);
		if (alike)
			alike->calls += draft->calls;
		else
			append(list, draft, rule);
	}
	hvc_words__free(&draft->key);
	hvc_words__free(&draft->summary);
	hvc_words__free(&draft->call);
	hvc_words__free(&draft->command);
}

void hvc_findings__failed(struct hvc_findings *list, uint64_t calls, const char *one)
{
	struct hvc_new_finding draft = {.rule = "engine-failed", .calls = calls};

	if (!calls)
		return;
	hvc_words__add(&draft.summary, "the engine died of these calls: nothing is known of them");
	hvc_words__add(&draft.call, "%s", one);
	hvc_findings__add(list, &draft);
}

void hvc_findings__case(struct hvc_findings *list, const char *name, const char *title, bool open)
{
	struct hvc_finding_case *grown;

	if (!list || list->failed)
		return;
	grown = realloc(list->one, (list->cases + 1) * sizeof(*grown));
	if (!grown) {
		list->failed = true;
		return;
	}
	list->one = grown;
	list->one[list->cases++] =
	        (struct hvc_finding_case){copy(list, name), copy(list, title), open};
}

void hvc_findings__cases(struct hvc_findings *list)
{
	const struct hvc_finding_rule *rule;

	for (size_t i = 0; list && (rule = hvc_finding_rule__at(i)) != NULL; i++)
		if (!strcmp(rule->command, list->command))
			hvc_findings__case(list, rule->id, rule->title, false);
}

unsigned hvc_findings__case_of(const struct hvc_findings *list, const struct hvc_found *found)
{
	unsigned i = 0;

	/* A rule of the ABI may have the name of a finding rule, but not of one of this command. */
	while (i < list->cases && strcmp(list->one[i].name, found->about) != 0)
		i++;
	if (i < list->cases && *found->rule->command &&
	    (!strcmp(list->command, "check") || !strcmp(found->rule->id, "sequence-stated")))
		return i;
	for (i = 0; i < list->cases; i++)
		if (!strcmp(list->one[i].name, found->rule->id))
			break;
	return i;
}

unsigned hvc_findings__count(const struct hvc_findings *list, enum hvc_severity severity)
{
	unsigned count = 0;

	for (unsigned i = 0; i < list->count; i++)
		count += !list->found[i].suppressed && list->found[i].rule->severity == severity;
	return count;
}

/*
 * Errors first; of one severity, differences in the order of the table of finding rules (what
 * callers do not notice first), and all else in that of the report.
 */
static bool is_before(const struct hvc_found *a, const struct hvc_found *b)
{
	if (a->rule->severity != b->rule->severity)
		return a->rule->severity > b->rule->severity;
	return !strcmp(a->rule->command, "diff") && !strcmp(b->rule->command, "diff") &&
	       a->rule < b->rule;
}

static void sort(struct hvc_findings *list)
{
	for (unsigned i = 1; i < list->count; i++) {
		struct hvc_found found = list->found[i];
		unsigned to = i;

		for (; to && is_before(&found, &list->found[to - 1]); to--)
			list->found[to] = list->found[to - 1];
		list->found[to] = found;
	}
}

/* Over the characters and the zero behind them. */
static uint64_t hash(uint64_t sum, const char *text)
{
	return hvc_hash(sum, text, strlen(text) + 1);
}

/* Ordinals count what is alike, which is of one severity, so that the order does not matter. */
void hvc_findings__number(struct hvc_findings *list)
{
	sort(list);
	for (unsigned i = 0; i < list->count; i++) {
		struct hvc_found *found = &list->found[i];
		uint64_t sum = hash(HVC_HASH_START, "1");
		char ordinal[16];
		unsigned before = 0;

		for (unsigned k = 0; k < i; k++)
			before += list->found[k].rule == found->rule &&
			          !strcmp(list->found[k].about, found->about) &&
			          !strcmp(list->found[k].key, found->key);
		snprintf(ordinal, sizeof(ordinal), "%u", before);
		sum = hash(hash(sum, found->rule->id), list->subject);
		sum = hash(hash(sum, list->against), found->about);
		sum = hash(hash(sum, found->key), before ? ordinal : "");
		snprintf(found->fingerprint, sizeof(found->fingerprint), "%016" PRIx64, sum);
	}
}

static unsigned count_of(const struct hvc_findings *list, const struct hvc_finding_rule *rule)
{
	unsigned count = 0;

	for (unsigned i = 0; i < list->count; i++) {
		unsigned before = 0;

		if (list->found[i].rule != rule)
			continue;
		/* Each operation once; what is of none counts each time. */
		while (before < i && (list->found[before].rule != rule || !*list->found[i].about ||
		                      strcmp(list->found[before].about, list->found[i].about) != 0))
			before++;
		count += before == i;
	}
	return count;
}

void hvc_findings__tally(struct hvc_findings *list, const char *rest)
{
	const struct hvc_finding_rule *rule;
	struct hvc_words words = {0};

	for (size_t i = 0; list && (rule = hvc_finding_rule__at(i)) != NULL; i++) {
		unsigned count = strcmp(rule->command, list->command) ? 0 : count_of(list, rule);

		if (count)
			hvc_words__add(&words, "%s%u %s", words.length ? ", " : "", count,
			               strchr(rule->id, '-') + 1);
	}
	if (!words.length)
		hvc_words__add(&words, "%s", rest);
	hvc_findings__take(list, list ? &list->account : NULL, &words);
}

enum hvc_status hvc_findings__keep(struct hvc_findings *list,
                                   bool (*used)(void *ctx, const char *about), void *ctx,
                                   const char *by, const char *names, struct hvc_diag *diag)
{
	struct hvc_words title = {0}, account = {0};
	unsigned kept = 0;

	for (unsigned i = 0; i < list->count; i++) {
		if (!*list->found[i].about || used(ctx, list->found[i].about))
			list->found[kept++] = list->found[i];
		else
			drop(&list->found[i]);
	}
	list->count = kept;
	hvc_findings__tally(list, "nothing that it uses has changed");
	hvc_words__add(&title, "%s, as %s uses it", list->title, by);
	hvc_words__add(&account, "%s; used: %s", list->account, names);
	hvc_findings__take(list, &list->title, &title);
	hvc_findings__take(list, &list->account, &account);
	if (list->failed)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	return HVC_OK;
}

enum hvc_status hvc_findings__end(struct hvc_findings *list, struct hvc_diag *diag,
                                  struct hvc_findings **out)
{
	if (!list || list->failed) {
		hvc_findings__free(list);
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	}
	hvc_findings__number(list);
	*out = list;
	return HVC_OK;
}
