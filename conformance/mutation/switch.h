/* SPDX-License-Identifier: MIT */
/* Mutants that are compiled beside the code they are made of: see schemata.py. Only the mutated
 * copy of the tree has this. */
#ifndef HVC_MUTATION_SWITCH_H
#define HVC_MUTATION_SWITCH_H

#include <stddef.h>

#define HVC_MUTANTS 4096

extern unsigned char hvc_mutant_on[HVC_MUTANTS];
extern unsigned char *hvc_mutant_reached;

/* For gcc, which keeps what it may not move: a test reaches the place where mutant K is made. */
#define HVC_MUTANT_REACHED(k) ((void)(hvc_mutant_reached[k] = 1))

/* Before main: what is at THERE becomes the mutated table, where K is on. */
void hvc_mutant_patch(unsigned k, const void *there, const void *mutant, size_t size);

#endif
