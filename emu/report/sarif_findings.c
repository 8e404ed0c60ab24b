/* SPDX-License-Identifier: MIT */
/* SARIF 2.1.0, as code scanning dashboards take it. */
#include <ctype.h>
#include <string.h>

#include "report/made.h"
#include "report/new_finding.h"

#define SCHEMA                                                                \
	"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/" \
	"sarif-schema-2.1.0.json"

static void add_text(struct hvc_json *json, const char *key, const char *text)
{
	hvc_json__object(json, key);
	hvc_json__string(json, "text", text);
	hvc_json__close(json);
}

static bool is_told(const struct hvc_findings *list, const struct hvc_finding_rule *rule)
{
	return !*rule->command || !strcmp(rule->command, list->command);
}

/* All rules of the command, found or not: what is not in the results was looked for. */
static void add_rules(struct hvc_json *json, const struct hvc_findings *list)
{
	const struct hvc_finding_rule *rule;

	hvc_json__array(json, "rules");
	for (size_t i = 0; (rule = hvc_finding_rule__at(i)) != NULL; i++) {
		if (!is_told(list, rule))
			continue;
		hvc_json__object(json, NULL);
		hvc_json__string(json, "id", rule->id);
		add_text(json, "shortDescription", rule->title);
		add_text(json, "fullDescription", rule->help);
		add_text(json, "help", rule->help);
		hvc_json__object(json, "defaultConfiguration");
		hvc_json__string(json, "level", hvc_severity__name(rule->severity));
		hvc_json__close(json);
		hvc_json__close(json);
	}
	hvc_json__close(json);
}

static unsigned index_of(const struct hvc_findings *list, const struct hvc_finding_rule *wanted)
{
	const struct hvc_finding_rule *rule;
	unsigned index = 0;

	for (size_t i = 0; (rule = hvc_finding_rule__at(i)) != wanted; i++)
		index += is_told(list, rule);
	return index;
}

/* A path as a URI reference. */
static void add_uri(struct hvc_json *json, const char *path)
{
	struct hvc_words uri = {0};

	hvc_words__add(&uri, "%s", *path == '/' ? "file://" : "");
	for (const unsigned char *c = (const unsigned char *)path; *c; c++) {
		if (isalnum(*c) || strchr("-._~/", *c))
			hvc_words__add(&uri, "%c", *c);
		else
			hvc_words__add(&uri, "%%%02X", *c);
	}
	if (uri.failed)
		hvc_json__fail(json);
	hvc_json__string(json, "uri", hvc_words__text(&uri));
	hvc_words__free(&uri);
}

/*
 * GitHub's code scanning takes no report at all in which one result names no file
 * (github/codeql-action, issues 1738 and 2459). What has no place of its own is in the subject's
 * file, and a built-in subject is called by its name.
 */
static void add_physical(struct hvc_json *json, const struct hvc_findings *list,
                         const struct hvc_found *found)
{
	const char *file = *found->file ? found->file : *list->file ? list->file : list->subject;

	hvc_json__object(json, "physicalLocation");
	hvc_json__object(json, "artifactLocation");
	add_uri(json, file);
	hvc_json__close(json);
	if (found->line) {
		hvc_json__object(json, "region");
		hvc_json__number(json, "startLine", found->line);
		hvc_json__number(json, "startColumn", found->column);
		hvc_json__close(json);
	}
	hvc_json__close(json);
}

static void add_location(struct hvc_json *json, const struct hvc_findings *list,
                         const struct hvc_found *found)
{
	const char *const names[] = {found->about, found->symbol};
	bool named = *found->about || *found->symbol;

	hvc_json__array(json, "locations");
	hvc_json__object(json, NULL);
	add_physical(json, list, found);
	if (named)
		hvc_json__array(json, "logicalLocations");
	for (unsigned i = 0; i < 2 && named; i++) {
		if (!*names[i] || (i && !strcmp(names[0], names[1])))
			continue;
		hvc_json__object(json, NULL);
		hvc_json__string(json, "name", names[i]);
		if (i)
			hvc_json__string(json, "kind", "function");
		hvc_json__close(json);
	}
	if (named)
		hvc_json__close(json);
	hvc_json__close(json);
	hvc_json__close(json);
}

static void add_suppressions(struct hvc_json *json, const struct hvc_suppression *entry)
{
	hvc_json__array(json, "suppressions");
	if (entry) {
		hvc_json__object(json, NULL);
		hvc_json__string(json, "kind", "external");
		hvc_json__string(json, "status", "accepted");
		hvc_json__string(json, "justification", entry->reason);
		hvc_json__close(json);
	}
	hvc_json__close(json);
}

static void add_properties(struct hvc_json *json, const struct hvc_found *found)
{
	hvc_json__object(json, "properties");
	hvc_json__string(json, "about", found->about);
	hvc_json__string(json, "call", found->call);
	hvc_json__string(json, "command", found->command);
	if (found->calls)
		hvc_json__number(json, "calls", found->calls);
	if (found->has_address)
		hvc_json__hex(json, "address", found->address);
	hvc_json__boolean(json, "fails", found->fails);
	hvc_json__close(json);
}

static void add_result(struct hvc_json *json, const struct hvc_findings *list,
                       const struct hvc_found *found)
{
	struct hvc_words message = {0};

	hvc_words__add(&message, "%s%s%s: %s", list->title, *found->about ? ": " : "", found->about,
	               found->summary);
	if (message.failed)
		hvc_json__fail(json);
	hvc_json__object(json, NULL);
	hvc_json__string(json, "ruleId", found->rule->id);
	hvc_json__number(json, "ruleIndex", index_of(list, found->rule));
	hvc_json__string(json, "level", hvc_severity__name(found->rule->severity));
	add_text(json, "message", hvc_words__text(&message));
	hvc_words__free(&message);
	add_location(json, list, found);
	hvc_json__object(json, "partialFingerprints");
	hvc_json__string(json, "hvcheck/v1", found->fingerprint);
	hvc_json__close(json);
	add_suppressions(json, found->suppressed);
	add_properties(json, found);
	hvc_json__close(json);
}

static void add_tool(struct hvc_json *json, const struct hvc_findings *list)
{
	char version[32];

	snprintf(version, sizeof(version), "%d.%d.%d", HVC_VERSION_MAJOR, HVC_VERSION_MINOR,
	         HVC_VERSION_PATCH);
	hvc_json__object(json, "tool");
	hvc_json__object(json, "driver");
	hvc_json__string(json, "name", "hvcheck");
	hvc_json__string(json, "semanticVersion", version);
	add_rules(json, list);
	hvc_json__close(json);
	hvc_json__close(json);
}

/* What the run was made from and by. */
static void add_made(struct hvc_json *json, const struct hvc_made *made)
{
	hvc_json__array(json, "artifacts");
	for (unsigned i = 0; i < made->files; i++) {
		hvc_json__object(json, NULL);
		hvc_json__object(json, "location");
		add_uri(json, made->file[i].path);
		hvc_json__close(json);
		hvc_json__object(json, "hashes");
		hvc_json__string(json, "sha-256", made->file[i].sha256);
		hvc_json__close(json);
		hvc_json__close(json);
	}
	hvc_json__close(json);
	hvc_json__array(json, "invocations");
	hvc_json__object(json, NULL);
	hvc_json__command(json, "arguments", made);
	hvc_json__boolean(json, "executionSuccessful", true);
	hvc_json__close(json);
	hvc_json__close(json);
	hvc_json__object(json, "properties");
	hvc_json__programs(json, made);
	hvc_json__close(json);
}

enum hvc_status hvc_findings__sarif(FILE *out, const struct hvc_findings *findings,
                                    struct hvc_diag *diag)
{
	struct hvc_json *json = hvc_json__bare();
	struct hvc_words id = {0};

	hvc_json__string(json, "$schema", SCHEMA);
	hvc_json__string(json, "version", "2.1.0");
	hvc_json__array(json, "runs");
	hvc_json__object(json, NULL);
	add_tool(json, findings);
	/* What is found by one command about one subject replaces what was found before. */
	hvc_words__add(&id, "hvcheck/%s/%s/%s/", findings->command, findings->subject,
	               findings->against);
	if (id.failed)
		hvc_json__fail(json);
	hvc_json__object(json, "automationDetails");
	hvc_json__string(json, "id", hvc_words__text(&id));
	hvc_json__close(json);
	hvc_words__free(&id);
	hvc_json__string(json, "columnKind", "unicodeCodePoints");
	hvc_json__array(json, "results");
	for (unsigned i = 0; i < findings->count; i++)
		add_result(json, findings, &findings->found[i]);
	hvc_json__close(json);
	if (hvc_made__get())
		add_made(json, hvc_made__get());
	hvc_json__close(json);
	hvc_json__close(json);
	return hvc_json__print(json, out, diag);
}
