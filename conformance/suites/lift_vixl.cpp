// SPDX-License-Identifier: MIT
#include <cstring>

#include <vixl/aarch64/simulator-aarch64.h>

#include "lift_other.h"

using namespace vixl::aarch64;

static Simulator *simulator;

extern "C" void vixl_open(void)
{
	static Decoder decoder;
	static Simulator one(&decoder);

	simulator = &one;
}

extern "C" bool vixl_step(struct other_state *state)
{
	for (unsigned n = 0; n < 31; n++)
		simulator->WriteXRegister(n, static_cast<int64_t>(state->x[n]), Simulator::NoRegLog);
	simulator->WriteSp(state->sp);
	for (unsigned n = 0; n < 32; n++) {
		Simulator::qreg_t q;

		std::memcpy(q.val, state->q[n], sizeof state->q[n]);
		simulator->WriteQRegister(n, q, Simulator::NoRegLog);
	}
	simulator->ReadNzcv().SetRawValue(static_cast<uint32_t>(state->nzcv));
	simulator->WritePc(reinterpret_cast<const Instruction *>(state->pc),
	                   Simulator::NoBranchLog);
	simulator->ExecuteInstruction();
	for (unsigned n = 0; n < 31; n++)
		state->x[n] = static_cast<uint64_t>(simulator->ReadXRegister(n));
	state->sp = static_cast<uint64_t>(simulator->ReadXRegister(31, Reg31IsStackPointer));
	for (unsigned n = 0; n < 32; n++) {
		Simulator::qreg_t q = simulator->ReadVRegister<Simulator::qreg_t>(n);

		std::memcpy(state->q[n], q.val, sizeof state->q[n]);
	}
	state->nzcv = simulator->ReadNzcv().GetRawValue();
	state->pc = reinterpret_cast<uint64_t>(simulator->ReadPc());
	return true;
}
