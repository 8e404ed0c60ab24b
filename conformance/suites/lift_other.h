/* SPDX-License-Identifier: MIT */
/**
 * A64 executors that share no code with the engine, one instruction at a time. They see memory at
 * the address where the test has it. C++ behind a face of C, each in a file of its own.
 */
#ifndef LIFT_OTHER_H
#define LIFT_OTHER_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct other_state {
	uint64_t x[31], sp, pc;
	uint64_t nzcv; /* in bits 31 to 28 */
	uint64_t q[32][2];
};

/** VIXL's simulator. */
void vixl_open(void);
/** Run the instruction at pc; false: it was refused. */
bool vixl_step(struct other_state *state);

/** dynarmic. */
void dynarmic_open(void);
bool dynarmic_step(struct other_state *state);

#ifdef __cplusplus
}
#endif

#endif
