/* SPDX-License-Identifier: MIT */
/**
 * Terms as text that is read back as the very same terms, which what people are shown is not:
 *
 *     x0 + 0x10        infix: + - * & | ^ << >> = < signed<; only one of them without parentheses
 *     ~x0, -x0         of one operand
 *     x0[15:8]         bits
 *     0x5a00:48        a number of 48 bits; without a width, of 64
 *     w0               concat(0:32, x0[31:0])
 *     sext64(x0[7:0])  also concat, if, umulh, smulh, udiv, sdiv, asr, clz, rbit
 *     pacia!64(x0, x1) a function that only has a name
 *     $3               what a line before has told, as terms share their parts
 *
 * Inputs of a call are known by name; of others there is a line before:
 *
 *     input vbar_el2 64 0x80080000 s3_4_c12_c0_0     width, usual value, encoding
 *     $2 := memory tpidr_el2 + 0x10 64 0x0 NAME      address, width, usual value
 *
 * Internal.
 */
#ifndef SYMBOLIC_BV_FILE_H
#define SYMBOLIC_BV_FILE_H

#include <stdio.h>

#include "symbolic/bv.h"

struct hvc_bv_writer;

/** HVC_E_NOMEM. The terms must outlive it. met: called of each part that is announced; or NULL. */
HVC_MUST_USE enum hvc_status hvc_bv_writer__open(struct hvc_bvs *terms,
                                                 void (*met)(void *ctx, hvc_ref part), void *ctx,
                                                 struct hvc_bv_writer **out);
void hvc_bv_writer__close(struct hvc_bv_writer *writer);
/** This term will be written. All are announced before the first is. False: memory ran out. */
HVC_MUST_USE bool hvc_bv_writer__announce(struct hvc_bv_writer *writer, hvc_ref a);
/** Write the lines that a term needs before it, each behind `indent`. False: memory ran out. */
HVC_MUST_USE bool hvc_bv_writer__parts(struct hvc_bv_writer *writer, hvc_ref a, const char *indent,
                                       FILE *file);
/** Write the term. */
void hvc_bv_writer__term(struct hvc_bv_writer *writer, hvc_ref a, FILE *file);

/** Most functions that have a name alone. */
#define HVC_BV_READER_FUNCTIONS 64u

struct hvc_bv_reader {
	struct hvc_bvs *terms;
	/** What "$1" is, and so on. */
	hvc_ref *part;
	size_t parts, parts_max;
	size_t most, most_inputs; /**< parts and inputs that there may be */
	/* after a failure: */
	const char *message; /**< constant text */
	size_t position;     /**< in the text */
	/* private */
	const char *text;
	unsigned depth;
	const char *function[HVC_BV_READER_FUNCTIONS]; /**< that have a name alone */
	unsigned functions;
};

/** Into an empty room, in which it makes the inputs of a call. parts, inputs: most of them. */
void hvc_bv_reader__begin(struct hvc_bv_reader *reader, struct hvc_bvs *terms, size_t parts,
                          size_t inputs);
void hvc_bv_reader__end(struct hvc_bv_reader *reader);
/** A term that is all of the text; NULL: it is not one. */
hvc_ref hvc_bv_reader__term(struct hvc_bv_reader *reader, const char *text);
/** What comes after "input ". False: it is none. */
bool hvc_bv_reader__input(struct hvc_bv_reader *reader, const char *text);
/** What comes after "$". False: it is none. */
bool hvc_bv_reader__part(struct hvc_bv_reader *reader, const char *text);

/** The operator between two operands of which both are read and written; "" : none. */
const char *hvc_bv_file__infix(enum hvc_op op);
/** The name as a function; "": none. */
const char *hvc_bv_file__function(enum hvc_op op);
/** Is a name one that terms are written with, and not taken? */
bool hvc_bv_file__is_name(const char *name);

#endif
