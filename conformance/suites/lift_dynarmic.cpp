// SPDX-License-Identifier: MIT
#include <cstring>
#include <optional>

#include <dynarmic/interface/A64/a64.h>

#include "lift_other.h"

namespace
{

using Dynarmic::A64::VAddr;
using Dynarmic::A64::Vector;

template <typename T> T load(VAddr address)
{
	T value;

	std::memcpy(&value, reinterpret_cast<const void *>(address), sizeof value);
	return value;
}

template <typename T> void store(VAddr address, T value)
{
	std::memcpy(reinterpret_cast<void *>(address), &value, sizeof value);
}

struct Memory final : Dynarmic::A64::UserCallbacks {
	bool refused = false;

	std::optional<std::uint32_t> MemoryReadCode(VAddr a) override { return load<uint32_t>(a); }
	std::uint8_t MemoryRead8(VAddr a) override { return load<uint8_t>(a); }
	std::uint16_t MemoryRead16(VAddr a) override { return load<uint16_t>(a); }
	std::uint32_t MemoryRead32(VAddr a) override { return load<uint32_t>(a); }
	std::uint64_t MemoryRead64(VAddr a) override { return load<uint64_t>(a); }
	Vector MemoryRead128(VAddr a) override { return load<Vector>(a); }
	void MemoryWrite8(VAddr a, std::uint8_t v) override { store(a, v); }
	void MemoryWrite16(VAddr a, std::uint16_t v) override { store(a, v); }
	void MemoryWrite32(VAddr a, std::uint32_t v) override { store(a, v); }
	void MemoryWrite64(VAddr a, std::uint64_t v) override { store(a, v); }
	void MemoryWrite128(VAddr a, Vector v) override { store(a, v); }
	void InterpreterFallback(VAddr, size_t) override { refused = true; }
	void CallSVC(std::uint32_t) override { refused = true; }
	void ExceptionRaised(VAddr, Dynarmic::A64::Exception) override { refused = true; }
	void AddTicks(std::uint64_t) override {}
	std::uint64_t GetTicksRemaining() override { return 1; }
	std::uint64_t GetCNTPCT() override { return 0; }
};

Memory memory;
Dynarmic::A64::Jit *jit;

} // namespace

extern "C" void dynarmic_open(void)
{
	static Dynarmic::A64::UserConfig config{&memory};

	/* Its own prelude fills some, and it is emptied when it is full: small is soon emptied. */
	config.code_cache_size = 16 * 1024 * 1024;
	static Dynarmic::A64::Jit one(config);

	jit = &one;
}

extern "C" bool dynarmic_step(struct other_state *state)
{
	std::array<std::uint64_t, 31> x;
	std::array<Vector, 32> q;

	memory.refused = false;
	std::memcpy(x.data(), state->x, sizeof state->x);
	std::memcpy(q.data(), state->q, sizeof state->q);
	jit->SetRegisters(x);
	jit->SetVectors(q);
	jit->SetSP(state->sp);
	jit->SetPC(state->pc);
	jit->SetPstate(static_cast<uint32_t>(state->nzcv));
	jit->InvalidateCacheRange(state->pc, 4);
	jit->Step();
	x = jit->GetRegisters();
	q = jit->GetVectors();
	std::memcpy(state->x, x.data(), sizeof state->x);
	std::memcpy(state->q, q.data(), sizeof state->q);
	state->sp = jit->GetSP();
	state->pc = jit->GetPC();
	state->nzcv = jit->GetPstate() & 0xf0000000;
	return !memory.refused;
}
