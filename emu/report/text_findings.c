/* SPDX-License-Identifier: MIT */
/*
 * The first lines of a text report: the verdict, then each finding with the call that shows it.
 * What holds, and what suppressions and other formats call a finding, is told when it is asked for.
 */
#include <string.h>

#include "report/page.h"
#include "report/words.h"

/* Findings shown where not all are asked for: what one screen holds. */
#define SHOWN 10u

enum verdict {
	PASS,
	FAIL,
	OPEN, /* nothing fails, and something could not be told */
};

static const struct {
	const char *word;
	enum hvc_ink ink;
} verdicts[] = {
        [PASS] = {"PASS", HVC_INK_GOOD},
        [FAIL] = {"FAIL", HVC_INK_BAD},
        [OPEN] = {"OPEN", HVC_INK_BAD},
};

static enum verdict verdict_of(const struct hvc_findings *findings)
{
	if (findings->no_answer)
		return OPEN;
	if (hvc_findings__fail(findings))
		return FAIL;
	for (unsigned i = 0; i < findings->count; i++)
		if (!strcmp(findings->found[i].rule->id, "engine-failed"))
			return OPEN;
	return PASS;
}

static enum hvc_ink ink_of(const struct hvc_found *found)
{
	if (found->suppressed || found->rule->severity == HVC_SEVERITY_NOTE)
		return HVC_INK_FAINT;
	return found->rule->severity == HVC_SEVERITY_ERROR ? HVC_INK_BAD : HVC_INK_WARN;
}

/* "2 errors, 1 warning, 1 suppressed" */
static void add_counts(struct hvc_words *words, const struct hvc_findings *findings)
{
	unsigned count[HVC_SEVERITY_COUNT] = {0}, suppressed = 0;
	const char *comma = "";

	for (unsigned i = 0; i < findings->count; i++)
		if (findings->found[i].suppressed)
			suppressed++;
		else
			count[findings->found[i].rule->severity]++;
	for (unsigned severity = HVC_SEVERITY_COUNT; severity-- > HVC_SEVERITY_WARNING;) {
		if (!count[severity])
			continue;
		hvc_words__add(words, "%s%u %s%s", comma, count[severity],
		               hvc_severity__name((enum hvc_severity)severity),
		               count[severity] == 1 ? "" : "s");
		comma = ", ";
	}
	if (suppressed) {
		hvc_words__add(words, "%s%u suppressed", comma, suppressed);
		comma = ", ";
	}
	if (!*comma && count[HVC_SEVERITY_NOTE])
		hvc_words__add(words, "%u note%s", count[HVC_SEVERITY_NOTE],
		               count[HVC_SEVERITY_NOTE] == 1 ? "" : "s");
	else if (!*comma)
		hvc_words__add(words, "no findings");
}

/* Calls that ended where a machine that has booted goes on, and what would help. */
static void add_no_answer(struct hvc_words *words, const struct hvc_doubt *doubt)
{
	char faults[HVC_NUMBER_SIZE], calls[HVC_NUMBER_SIZE];

	hvc_words__add(words, "no answer, %s of %s calls ended in a fault of the assumed world: %s",
	               hvc_words__number(doubt->faults, faults),
	               hvc_words__number(doubt->calls, calls), doubt->why);
}

static void put_suppression(const struct hvc_page *page, const struct hvc_found *found)
{
	const struct hvc_suppression *entry = found->suppressed;

	hvc_page__prose(page, hvc_page__open(page, 8), 8,
	                "suppressed until %04u-%02u-%02u: %s (%s)", entry->expires / 10000,
	                entry->expires / 100 % 100, entry->expires % 100, entry->reason,
	                entry->owner);
}

static void put_finding(const struct hvc_page *page, const struct hvc_found *found, bool all)
{
	const char *about = *found->about ? found->about : found->rule->id;
	unsigned used;

	used = hvc_page__open(page, 2);
	used += hvc_page__print(page, "%s%s%s  ", hvc_ink__begin(page, ink_of(found)), about,
	                        hvc_ink__end(page, ink_of(found)));
	/* The colon is of the format: quoting lets no text begin with one. */
	hvc_page__prose(page, used, 8, *found->call ? "%s: %s" : "%s%s", found->call,
	                found->summary);
	if (*found->command)
		hvc_page__command(page, 8, found->command);
	if (*found->file && found->line)
		hvc_page__line(page, 8, "%s:%u", found->file, found->line);
	if (all)
		hvc_page__line(page, 8, "%s%s %s %s%s", hvc_ink__begin(page, HVC_INK_FAINT),
		               hvc_severity__name(found->rule->severity), found->rule->id,
		               found->fingerprint, hvc_ink__end(page, HVC_INK_FAINT));
	if (found->suppressed)
		put_suppression(page, found);
}

void hvc_findings__text(const struct hvc_page *page, const struct hvc_findings *findings, bool all)
{
	enum verdict verdict = verdict_of(findings);
	char resting[HVC_RESTING_SIZE];
	struct hvc_words counts = {0};
	unsigned shown = 0, more = 0;

	if (findings->no_answer)
		add_no_answer(&counts, findings->doubt);
	else
		add_counts(&counts, findings);
	if (findings->doubt)
		hvc_words__add(&counts, "%s", hvc_words__resting(findings->doubt, resting));
	hvc_page__line(page, 0, "%s%s%s  %s: %s", hvc_ink__begin(page, verdicts[verdict].ink),
	               verdicts[verdict].word, hvc_ink__end(page, verdicts[verdict].ink),
	               findings->title, hvc_words__text(&counts));
	hvc_words__free(&counts);
	if (!strcmp(findings->command, "diff"))
		hvc_page__prose(page, hvc_page__open(page, 2), 2, "%s", findings->account);
	for (unsigned i = 0; i < findings->count; i++) {
		const struct hvc_found *found = &findings->found[i];

		if (!all && found->rule->severity == HVC_SEVERITY_NOTE && !found->fails)
			continue;
		if (!all && shown == SHOWN) {
			more++;
			continue;
		}
		put_finding(page, found, all);
		shown++;
	}
	if (more)
		hvc_page__line(page, 2, "%u more: --all", more);
}
