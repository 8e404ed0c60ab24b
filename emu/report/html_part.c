/* SPDX-License-Identifier: MIT */
#include "report/html_part.h"

#include <stdlib.h>
#include <string.h>

#include "engine/call.h"
#include "report/contract_words.h"
#include "report/supplied.h"

void hvc_html_part__table(FILE *out, const char *name, const char *const *column)
{
	fputs("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"", out);
	hvc_html__text(out, name);
	fputs("\"><table>\n<thead><tr>", out);
	for (; *column; column++) {
		size_t length = strlen(*column);
		bool number = length && (*column)[length - 1] == '\t';
		char *title = strndup(*column, length - number);

		hvc_html__element(out,
		                  number ? "th scope=\"col\" class=\"number\"" : "th scope=\"col\"",
		                  title ? title : *column);
		free(title);
	}
	fputs("</tr></thead>\n<tbody>\n", out);
}

void hvc_html_part__end(FILE *out)
{
	fputs("</tbody></table></div>\n", out);
}

void hvc_html_part__number(FILE *out, uint64_t number)
{
	char text[HVC_NUMBER_SIZE];

	fprintf(out, "<td class=\"number\">%s</td>", hvc_words__number(number, text));
}

static bool put_class(FILE *out, const struct hvc_contract *contract,
                      const struct hvc_contract_class *class_)
{
	struct hvc_words name = {0}, results = {0}, clobbered = {0}, kept = {0};
	struct hvc_regset result = {{0, 0}};
	bool broken = false, made;

	for (unsigned place = 0; place < HVC_PLACES; place++) {
		const struct hvc_clause_fate *is = &class_->place[place];

		broken = broken || (is->fate == HVC_FATE_CLOBBERED && !is->allowed);
		if (is->fate == HVC_FATE_RESULT && place < HVC_REG_COUNT)
			hvc_regset_add(&result, (enum hvc_reg)place);
	}
	hvc_words__class_name(&name, contract, class_);
	hvc_words__ranges(&results, &result);
	hvc_words__clobbered(&clobbered, class_);
	hvc_words__preserved(&kept, class_);
	fprintf(out, "<tr%s>", broken ? " class=\"bad\"" : "");
	made = hvc_html__words(out, "th scope=\"row\"", &name);
	hvc_html_part__number(out, class_->calls);
	hvc_html__element(out, "td", hvc_outcome_name(class_->kind));
	made = hvc_html__words(out, "td class=\"code\"", &results) && made;
	made = hvc_html__words(out, "td class=\"does code\"", &clobbered) && made;
	made = hvc_html__words(out, "td class=\"does code\"", &kept) && made;
	fputs("</tr>\n", out);
	return made;
}

static bool put_finding(FILE *out, const struct hvc_contract *contract, const char *subject,
                        const struct hvc_contract_finding *finding)
{
	struct hvc_words name = {0};
	char command[HVC_COMMAND_SIZE];
	bool made;

	hvc_words__class_name(&name, contract, &contract->class_[finding->class_]);
	hvc_call__command(subject, &finding->world, &finding->probe, finding->probe.call.imm,
	                  command, sizeof(command));
	fprintf(out, "<li%s>", finding->allowed ? "" : " class=\"bad\"");
	hvc_html__text(out, hvc_place__name(finding->place));
	fputs(" comes back neither as it was nor as a result from ", out);
	made = hvc_html__words(out, "strong", &name);
	fputs(finding->allowed ? ": the ABI lets calls use it up<br>"
	                       : ": the ABI promises that it is kept<br>",
	      out);
	hvc_html__element(out, "code", command);
	fputs("</li>\n", out);
	return made;
}

bool hvc_html_part__contract(FILE *out, const struct hvc_contract *contract, const char *subject)
{
	const char *const columns[] = {contract && contract->abi ? "Rule" : "Class",
	                               "Calls\t",
	                               "Outcome",
	                               "Results",
	                               "Clobbered",
	                               "Preserved",
	                               NULL};
	bool made = true;

	if (!contract)
		return true;
	fputs("<section>\n<h2>Register contract of ", out);
	hvc_html__text(out, subject);
	if (contract->proved)
		fputs("</h2>\n<p class=\"faint\">Proved for every input.</p>\n", out);
	else if (!contract->abi)
		fputs("</h2>\n<p class=\"faint\">Of the classes that are proved.</p>\n", out);
	else
		fprintf(out,
		        "</h2>\n<p class=\"faint\">Measured over %u register files a "
		        "call.</p>\n",
		        contract->seeds);
	hvc_html_part__table(out, "Register contract", columns);
	for (unsigned i = 0; i < contract->classes; i++)
		made = put_class(out, contract, &contract->class_[i]) && made;
	hvc_html_part__end(out);
	if (contract->abi && !contract->findings)
		fputs("<p>Every call that comes back restores what is no result of it.</p>\n", out);
	if (contract->findings)
		fputs("<ol>\n", out);
	for (unsigned i = 0; i < contract->findings; i++)
		made = put_finding(out, contract, subject, &contract->finding[i]) && made;
	fputs(contract->findings ? "</ol>\n</section>\n" : "</section>\n", out);
	return made;
}

bool hvc_html_part__invented(FILE *out, const char *whose, const struct hvc_world *world,
                             const struct hvc_supplied *supplied)
{
	static const char *const columns[] = {"Invented", "Which", "What", "Calls\t", NULL};
	char number[HVC_NUMBER_SIZE];
	bool made = true;

	if (!supplied->rows && !supplied->more)
		return true;
	fputs("<section>\n<h2>What was made up", out);
	if (whose) {
		fputs(" for ", out);
		hvc_html__text(out, whose);
	}
	fputs("</h2>\n<p>This is not the real machine. What stands in for it, and how many calls "
	      "met "
	      "it:</p>\n",
	      out);
	hvc_html_part__table(out, "What was made up", columns);
	for (unsigned i = 0; i < supplied->rows; i++) {
		struct hvc_words where = {0}, what = {0};

		hvc_supplied__where(&where, world, NULL, &supplied->row[i]);
		hvc_supplied__what(&what, NULL, &supplied->row[i]);
		fputs("<tr>", out);
		hvc_html__element(out, "th scope=\"row\"", hvc_supply_name(supplied->row[i].kind));
		made = hvc_html__words(out, "td class=\"code\"", &where) && made;
		made = hvc_html__words(out, "td class=\"does\"", &what) && made;
		hvc_html_part__number(out, supplied->row[i].calls);
		fputs("</tr>\n", out);
	}
	hvc_html_part__end(out);
	if (supplied->more)
		fprintf(out, "<p>and more that is not told, met %s times</p>\n",
		        hvc_words__number(supplied->more, number));
	fputs("</section>\n", out);
	return made;
}
