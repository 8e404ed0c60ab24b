/* SPDX-License-Identifier: MIT */
/* A report as one document: what it is called, the verdict, the findings, and all else behind. */
#include "report/html.h"
#include "report/page.h"

static void put_head(const struct hvc_page *page, const struct hvc_findings *findings,
                     const char *title, bool all, struct hvc_diag *diag, enum hvc_status *status)
{
	if (page->markup == HVC_MARKUP_HTML) {
		hvc_html__begin(page->out, title, NULL);
		hvc_html__findings(page->out, findings, all);
	} else if (page->markup == HVC_MARKUP_MARKDOWN && findings) {
		*status = hvc_findings__markdown(page->out, findings, diag);
	} else if (page->markup == HVC_MARKUP_MARKDOWN) {
		hvc_page__print(page, "## %s\n", title);
	} else if (findings) {
		hvc_findings__text(page, findings, all);
		hvc_page__gap(page);
	}
}

enum hvc_status hvc_document__write(const struct hvc_page *page,
                                    const struct hvc_findings *findings, const char *title,
                                    bool all, hvc_document_body *body, const void *of,
                                    struct hvc_diag *diag)
{
	enum hvc_status status = HVC_OK;

	put_head(page, findings, findings ? findings->title : title, all, diag, &status);
	HVC_TRY(status);
	HVC_TRY(body(page, of, diag));
	if (page->markup == HVC_MARKUP_HTML)
		return hvc_html__end(page->out, diag);
	return hvc_page__status(page, diag);
}
