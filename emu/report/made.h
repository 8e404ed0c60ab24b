/* SPDX-License-Identifier: MIT */
/**
 * What a report was made by, with and from, so that it can be made again: programs and their
 * versions, the words of the command that shape it, and what each file that it read had in it.
 * Every format ends with it but text, whose first screen is for the answer.
 */
#ifndef REPORT_MADE_H
#define REPORT_MADE_H

#include <stdio.h>

struct hvc_made_file {
	const char *path;
	char sha256[65]; /**< FIPS 180-4, in hexadecimal */
};

struct hvc_made {
	const char *program;     /**< name and version, as of the others */
	const char *engine;      /**< the emulated CPU */
	const char *solver;      /**< what proofs were found by */
	const char *decoder;     /**< what read instructions */
	const char *const *word; /**< the command, the program's name left out */
	unsigned words;
	const struct hvc_made_file *file;
	unsigned files;
};

/** Of all reports that this process writes from now on. Borrows; NULL: nothing is said. */
void hvc_made__set(const struct hvc_made *by);
/** What was set; NULL: nothing. */
const struct hvc_made *hvc_made__get(void);

/** The properties of a test suite of JUnit. */
void hvc_made__junit(FILE *out);
void hvc_made__svg(FILE *out);
void hvc_made__html(FILE *out);
void hvc_made__markdown(FILE *out);

#endif
