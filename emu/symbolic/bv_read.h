/* SPDX-License-Identifier: MIT */
/** What the files of a reader of terms share: each takes from where the reader is. */
#ifndef SYMBOLIC_BV_READ_H
#define SYMBOLIC_BV_READ_H

#include "symbolic/bv_file.h"

/** Say what is wrong here; the first stays. Always NULL. */
hvc_ref hvc_bv_reader__bad(struct hvc_bv_reader *r, const char *message);
/** Take a word, if it is there. */
bool hvc_bv_reader__eat(struct hvc_bv_reader *r, const char *word);
/** A number; of base 16 behind "0x". */
bool hvc_bv_reader__number(struct hvc_bv_reader *r, int base, uint64_t most, uint64_t *out);
bool hvc_bv_reader__width(struct hvc_bv_reader *r, unsigned *out);
/** A term without an operator outside parentheses; NULL: there is none. */
hvc_ref hvc_bv_reader__operand(struct hvc_bv_reader *r);
hvc_ref hvc_bv_reader__expression(struct hvc_bv_reader *r);

#endif
