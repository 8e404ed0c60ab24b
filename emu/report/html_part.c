/* SPDX-License-Identifier: MIT */
#include "report/html_part.h"

#include <stdlib.h>
#include <string.h>

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
