/* SPDX-License-Identifier: MIT */
/* SARIF 2.1.0, as code scanning dashboards take it. */
#include <ctype.h>
#include <string.h>

#include "report/made.h"
#include "report/new_finding.h"

#define SCHEMA                                                                \
	"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/" \
	"sarif-schema-2.1.0.json"

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
		hvc_json__put(json,
		              "{ id shortDescription{ text } fullDescription{ text } help{ text } "
		              "defaultConfiguration{ level } }",
		              rule->id, rule->title, rule->help, rule->help,
		              hvc_severity__name(rule->severity));
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
static struct hvc_words uri_of(const char *path)
{
	struct hvc_words uri = {0};

	hvc_words__add(&uri, "%s", *path == '/' ? "file://" : "");
	for (const unsigned char *c = (const unsigned char *)path; *c; c++) {
		if (isalnum(*c) || strchr("-._~/", *c))
			hvc_words__add(&uri, "%c", *c);
		else
			hvc_words__add(&uri, "%%%02X", *c);
	}
	return uri;
}

/*
 * GitHub's code scanning takes no report at all in which one result names no file
 * (github/codeql-action, issues 1738 and 2459). What has no place of its own is in the subject's
 * file, and a built-in subject is called by its name.
 */
static void add_physical(struct hvc_json *json, const struct hvc_findings *list,
                         const struct hvc_found *found)
{
	struct hvc_words uri = uri_of(*found->file  ? found->file
	                              : *list->file ? list->file
	                                            : list->subject);

	hvc_json__put(json, "physicalLocation{ artifactLocation{ uri }", &uri);
	if (found->line)
		hvc_json__put(json, "region{ startLine startColumn }", found->line, found->column);
	hvc_json__close(json);
}

static void add_location(struct hvc_json *json, const struct hvc_findings *list,
                         const struct hvc_found *found)
{
	const char *const names[] = {found->about, found->symbol};
	bool named = *found->about || *found->symbol;

	hvc_json__put(json, "locations[ {");
	add_physical(json, list, found);
	if (named)
		hvc_json__array(json, "logicalLocations");
	for (unsigned i = 0; i < 2 && named; i++) {
		if (!*names[i] || (i && !strcmp(names[0], names[1])))
			continue;
		hvc_json__put(json, "{ name kind? }", names[i], i ? "function" : NULL);
	}
	if (named)
		hvc_json__close(json);
	hvc_json__put(json, "} ]");
}

static void add_suppressions(struct hvc_json *json, const struct hvc_suppression *entry)
{
	hvc_json__array(json, "suppressions");
	if (entry)
		hvc_json__put(json, "{ kind status justification }", "external", "accepted",
		              entry->reason);
	hvc_json__close(json);
}

static void add_properties(struct hvc_json *json, const struct hvc_found *found)
{
	hvc_json__put(json, "properties{ about call command calls?", found->about, found->call,
	              found->command, found->calls);
	if (found->has_address)
		hvc_json__hex(json, "address", found->address);
	hvc_json__put(json, "fails }", found->fails);
}

static void add_result(struct hvc_json *json, const struct hvc_findings *list,
                       const struct hvc_found *found)
{
	struct hvc_words message = {0};

	hvc_words__add(&message, "%s%s%s: %s", list->title, *found->about ? ": " : "", found->about,
	               found->summary);
	hvc_json__put(json, "{ ruleId ruleIndex level message{ text }", found->rule->id,
	              index_of(list, found->rule), hvc_severity__name(found->rule->severity),
	              &message);
	add_location(json, list, found);
	hvc_json__put(json, "partialFingerprints{ hvcheck/v1 }", found->fingerprint);
	add_suppressions(json, found->suppressed);
	add_properties(json, found);
	hvc_json__close(json);
}

static void add_tool(struct hvc_json *json, const struct hvc_findings *list)
{
	char version[32];

	snprintf(version, sizeof(version), "%d.%d.%d", HVC_VERSION_MAJOR, HVC_VERSION_MINOR,
	         HVC_VERSION_PATCH);
	hvc_json__put(json, "tool{ driver{ name semanticVersion", "hvcheck", version);
	add_rules(json, list);
	hvc_json__put(json, "} }");
}

/* What the run was made from and by. */
static void add_made(struct hvc_json *json, const struct hvc_made *made)
{
	hvc_json__array(json, "artifacts");
	for (unsigned i = 0; i < made->files; i++) {
		struct hvc_words uri = uri_of(made->file[i].path);

		hvc_json__put(json, "{ location{ uri } hashes{ sha-256 } }", &uri,
		              made->file[i].sha256);
	}
	hvc_json__put(json, "] invocations[ {");
	hvc_json__command(json, "arguments", made);
	hvc_json__put(json, "executionSuccessful } ] properties{", (bool)true);
	hvc_json__programs(json, made);
	hvc_json__close(json);
}

enum hvc_status hvc_findings__sarif(FILE *out, const struct hvc_findings *findings,
                                    struct hvc_diag *diag)
{
	struct hvc_json *json = hvc_json__bare();
	struct hvc_words id = {0};

	hvc_json__put(json, "$schema version runs[ {", SCHEMA, "2.1.0");
	add_tool(json, findings);
	/* What is found by one command about one subject replaces what was found before. */
	hvc_words__add(&id, "hvcheck/%s/%s/%s/", findings->command, findings->subject,
	               findings->against);
	hvc_json__put(json, "automationDetails{ id } columnKind results[", &id,
	              "unicodeCodePoints");
	for (unsigned i = 0; i < findings->count; i++)
		add_result(json, findings, &findings->found[i]);
	hvc_json__close(json);
	if (hvc_made__get())
		add_made(json, hvc_made__get());
	hvc_json__put(json, "} ]");
	return hvc_json__print(json, out, diag);
}
