/* SPDX-License-Identifier: MIT */
/* JSON of leaks. */
#include "report/json.h"
#include "report/json_class.h"
#include "report/new_finding.h"
#include "report/proof_words.h"

static void add_secrets(struct hvc_json *json, const char *key, uint32_t secrets)
{
	hvc_json__array(json, key);
	for (unsigned i = 0; i < hvc_secret__count(); i++)
		if (secrets >> i & 1)
			hvc_json__string(json, NULL, hvc_secret__name(i));
	hvc_json__close(json);
}

static void add_place(struct hvc_json *json, const struct hvc_leak *leak)
{
	hvc_json__string(json, "channel", hvc_channel__name(leak->channel));
	if (leak->channel == HVC_CHANNEL_REGISTER || leak->channel == HVC_CHANNEL_CONTROL)
		hvc_json__string(json, "register", hvc_reg_name((enum hvc_reg)leak->place));
	else if (leak->channel == HVC_CHANNEL_SIMD)
		hvc_json__string(json, "register", hvc_simd_name(leak->place));
	else if (leak->channel == HVC_CHANNEL_MEMORY)
		hvc_json__hex(json, "address", leak->address);
}

static void add_values(struct hvc_json *json, const struct hvc_leak *leak)
{
	hvc_json__array(json, "values");
	for (unsigned side = 0; side < 2; side++) {
		struct hvc_words words = {0};

		hvc_words__leak_value(&words, leak, side);
		hvc_json__words(json, NULL, &words);
	}
	hvc_json__close(json);
}

static void add_mover(struct hvc_json *json, const struct hvc_subject *subject,
                      const struct hvc_leak *leak)
{
	const char *symbol;
	uint64_t offset;
	char text[80];

	if (!leak->moved) {
		hvc_json__null(json, "moved_by");
		return;
	}
	hvc_disasm__in(leak->isa, leak->pc, leak->word, text, sizeof(text));
	hvc_json__put(json, "moved_by{ address:x", leak->pc);
	if (hvc_subject_symbol(subject, leak->pc, &symbol, &offset))
		hvc_json__put(json, "symbol offset", symbol, offset);
	hvc_json__put(json, "instruction }", text);
}

static void add_leak(struct hvc_json *json, const struct hvc_subject *subject,
                     const struct hvc_leaks *leaks, const struct hvc_leak *leak)
{
	char text[512];

	hvc_leak__print(leak, text, sizeof(text));
	hvc_json__put(json, "{ summary rule?", text,
	              leak->rule >= 0 ? hvc_abi_rule_at(leaks->abi, (unsigned)leak->rule)->name
	                              : NULL);
	add_place(json, leak);
	add_secrets(json, "tells", leak->sources);
	add_values(json, leak);
	add_mover(json, subject, leak);
	hvc_json__put(json, "condition secret{ name values[", leak->condition, leak->secret);
	for (unsigned side = 0; side < 2; side++)
		hvc_json__hex(json, NULL, leak->secret_value[side]);
	hvc_json__put(json, "] } world", leaks->world[leak->world].name);
	hvc_json__witness(json, "witness", leaks->subject, &leaks->world[leak->world], &leak->probe,
	                  leak->imm);
	hvc_json__close(json);
}

enum hvc_status hvc_leaks__json(FILE *out, const void *of, const struct hvc_findings *findings,
                                struct hvc_diag *diag)
{
	const struct hvc_leaks_report *report = of;
	const struct hvc_leaks *leaks = report->leaks;
	struct hvc_json *json = hvc_json__new("hvcheck-leaks/2");

	hvc_json__put(json,
	              "subject abi leaks proved account{ paths compared granted silent declared }",
	              leaks->subject, leaks->abi ? hvc_abi_name(leaks->abi) : NULL,
	              (bool)(leaks->leaks > 0), hvc_words__leaks_proved(leaks), leaks->paths,
	              leaks->compared, leaks->granted, leaks->silent, leaks->declared);
	add_secrets(json, "secrets", leaks->secrets);
	hvc_json__array(json, "findings");
	for (unsigned i = 0; i < leaks->leaks; i++)
		add_leak(json, report->subject, leaks, &leaks->leak[i]);
	hvc_json__close(json);
	hvc_json__findings(json, findings);
	return hvc_json__print(json, out, diag);
}
