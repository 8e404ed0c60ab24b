/* SPDX-License-Identifier: MIT */
/*
 * JUnit XML, as test dashboards read it (junit-10.xsd of Jenkins' xUnit plugin, and GitLab): one
 * case a rule. A case fails where a finding fails it; each finding is told with its fingerprint.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/quote.h"
#include "report/made.h"
#include "report/new_finding.h"

/* Text, or the value of an attribute. */
static void put_text(FILE *out, const char *text)
{
	hvc_quote__put(out, HVC_QUOTE_XML, text);
}

static void put_attribute(FILE *out, const char *name, const char *value)
{
	fprintf(out, " %s=\"", name);
	put_text(out, value);
	fputc('"', out);
}

/* What is to be known of one finding, a line each. */
static void put_finding(FILE *out, const struct hvc_found *found)
{
	char calls[HVC_NUMBER_SIZE];

	fprintf(out, "%s[%s] ", hvc_severity__name(found->rule->severity), found->rule->id);
	put_text(out, found->about);
	fputs(*found->about ? ": " : "", out);
	put_text(out, found->summary);
	fputc('\n', out);
	if (found->calls)
		fprintf(out, "  in %s call%s\n", hvc_words__number(found->calls, calls),
		        found->calls == 1 ? "" : "s");
	if (*found->call) {
		fputs("  for example ", out);
		put_text(out, found->call);
		fputc('\n', out);
	}
	if (*found->command) {
		fputs("  ", out);
		put_text(out, found->command);
		fputc('\n', out);
	}
	fprintf(out, "  fingerprint %s\n", found->fingerprint);
	if (found->suppressed) {
		fputs("  suppressed: ", out);
		put_text(out, found->suppressed->reason);
		fputc('\n', out);
	}
}

struct counts {
	unsigned all, failing, suppressed;
};

static struct counts count(const struct hvc_findings *list, unsigned index, const char *rule)
{
	struct counts counts = {0};

	for (unsigned i = 0; i < list->count; i++) {
		const struct hvc_found *found = &list->found[i];

		if (hvc_findings__case_of(list, found) != index ||
		    (rule && strcmp(rule, found->rule->id) != 0))
			continue;
		counts.all++;
		counts.failing += found->fails;
		counts.suppressed += found->suppressed != NULL;
	}
	return counts;
}

/* The findings that fail, or those that only tell. */
static void put_findings(FILE *out, const struct hvc_findings *list, unsigned index,
                         const char *rule, bool failing)
{
	for (unsigned i = 0; i < list->count; i++) {
		const struct hvc_found *found = &list->found[i];

		if (hvc_findings__case_of(list, found) == index && found->fails == failing &&
		    (!rule || !strcmp(rule, found->rule->id)))
			put_finding(out, found);
	}
}

static const struct hvc_found *first_failing(const struct hvc_findings *list, unsigned index,
                                             const char *rule)
{
	for (unsigned i = 0; i < list->count; i++)
		if (list->found[i].fails && hvc_findings__case_of(list, &list->found[i]) == index &&
		    (!rule || !strcmp(rule, list->found[i].rule->id)))
			return &list->found[i];
	return NULL;
}

/* A part of a class name: dashboards make folders of what is between dots. */
static void put_part(FILE *out, const char *name)
{
	char *part = strdup(name);

	for (char *c = part; c && *c; c++)
		*c = *c == '.' ? '_' : *c;
	fputc('.', out);
	put_text(out, part ? part : name);
	free(part);
}

/* rule: of what has no case of its own; NULL: the case is list->one[index]. */
static void put_case(FILE *out, const struct hvc_findings *list, unsigned index, const char *rule)
{
	const struct hvc_found *first = first_failing(list, index, rule);
	struct counts counts = count(list, index, rule);
	bool open = !rule && list->one[index].open;

	fputs("    <testcase classname=\"hvcheck.", out);
	put_text(out, list->command);
	put_part(out, list->subject);
	if (*list->against)
		put_part(out, list->against);
	fputc('"', out);
	put_attribute(out, "name", rule ? rule : list->one[index].name);
	if (!counts.all && !open) {
		fputs("/>\n", out);
		return;
	}
	fputs(">\n", out);
	if (first) {
		fputs("      <failure", out);
		put_attribute(out, "type", first->rule->id);
		put_attribute(out, "message", first->summary);
		fputc('>', out);
		put_findings(out, list, index, rule, true);
		fputs("</failure>\n", out);
	} else if (open || (counts.suppressed && counts.suppressed == counts.all)) {
		fputs("      <skipped", out);
		put_attribute(out, "message",
		              open ? "nothing was judged" : "what was found is suppressed");
		fputs("/>\n", out);
	}
	if (counts.all > counts.failing) {
		fputs("      <system-out>", out);
		put_findings(out, list, index, rule, false);
		fputs("</system-out>\n", out);
	}
	fputs("    </testcase>\n", out);
}

/* Rules of findings that no case of the list is for; told once each. */
static const char *stray(const struct hvc_findings *list, unsigned i)
{
	if (hvc_findings__case_of(list, &list->found[i]) != list->cases)
		return NULL;
	for (unsigned k = 0; k < i; k++)
		if (list->found[k].rule == list->found[i].rule)
			return NULL;
	return list->found[i].rule->id;
}

static void tally(const struct hvc_findings *list, unsigned index, const char *rule,
                  unsigned totals[3])
{
	struct counts counts = count(list, index, rule);
	bool open = !rule && list->one[index].open;

	totals[0]++;
	totals[1] += counts.failing > 0;
	totals[2] +=
	        !counts.failing && (open || (counts.suppressed && counts.suppressed == counts.all));
}

enum hvc_status hvc_findings__junit(FILE *out, const struct hvc_findings *findings,
                                    struct hvc_diag *diag)
{
	unsigned totals[3] = {0};
	char numbers[96];

	for (unsigned i = 0; i < findings->cases; i++)
		tally(findings, i, NULL, totals);
	for (unsigned i = 0; i < findings->count; i++)
		if (stray(findings, i))
			tally(findings, findings->cases, stray(findings, i), totals);
	snprintf(numbers, sizeof(numbers), " tests=\"%u\" failures=\"%u\" errors=\"0\"", totals[0],
	         totals[1]);
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"hvcheck\"", out);
	fprintf(out, "%s>\n  <testsuite", numbers);
	put_attribute(out, "name", findings->title);
	fprintf(out, "%s skipped=\"%u\">\n", numbers, totals[2]);
	hvc_made__junit(out);
	for (unsigned i = 0; i < findings->cases; i++)
		put_case(out, findings, i, NULL);
	for (unsigned i = 0; i < findings->count; i++)
		if (stray(findings, i))
			put_case(out, findings, findings->cases, stray(findings, i));
	fputs("  </testsuite>\n</testsuites>\n", out);
	if (ferror(out))
		return hvc_diag_set(diag, HVC_E_IO, NULL, 0, 0, "cannot write the report");
	return HVC_OK;
}
