// SPDX-License-Identifier: MIT
//
// Linux arm64 hyp stub, 6.0 and 6.1. x0 selects the call; neither the immediate nor the
// exception class is looked at, and an HVC from EL2h is decoded too.
//
//	x0 in			x0 out		effect
//	0 SET_VECTORS		0		VBAR_EL2 := x1
//	1 SOFT_RESTART		x2 in		branch to x1 at EL2h as in 4.12
//	2 RESET_VECTORS		0		none
//	3 FINALISE_EL2		0 or error	see below; x1 and x2 clobbered
//	other			0x0badca11	none
//
// FINALISE_EL2 first opens SVE and SME, each where the CPU has it, and keeps that whatever comes
// next. Then it moves the caller to EL2 with VHE and returns 0 there; or returns 0x0badca11
// to EL1 because the EL2 MMU is on, the CPU has no VHE, or the command line forbids it.
//
// Source: Linux 6.0-rc1 and 6.1.192, arch/arm64/kernel/hyp-stub.S and include/asm/virt.h. Field
// positions: Arm ARM D24, by register name.
	.include "macros.inc"
	.include "linux/stub.inc"
	.include "linux/calls.inc"
	.include "linux/vhe.inc"

	.equ	ID_AA64PFR0_EL1_SVE_SHIFT, 32
	.equ	ID_AA64PFR1_EL1_SME_SHIFT, 24
	.equ	ID_AA64SMFR0_EL1_FA64_SHIFT, 63
	.equ	ID_AA64MMFR1_EL1_HCX_SHIFT, 40
	.equ	SMIDR_EL1_SMPS, 1 << 15
	.equ	CPTR_EL2_TZ, 1 << 8
	.equ	CPTR_EL2_TSM, 1 << 12
	.equ	ZCR_ELx_LEN_MASK, 0xf	// bits 8:4 are RAZ/WI: 16 * 128 bits is the largest length
	.equ	SMCR_ELx_LEN_MASK, 0xf
	.equ	SMCR_ELx_FA64, 1 << 31
	.equ	SCTLR_ELx_EnTP2, 1 << 60
	.equ	HCRX_EL2_SMPME, 1 << 5
	.equ	HCR_HOST_VHE_FLAGS, 0x488000000	// E2H, RW, TGE (include/asm/kvm_arm.h)

	subject	"Linux arm64 hyp stub, 6.0 and 6.1: as 4.12, and finalise EL2 (VHE, SVE, SME)"

	stub_table el2h=handle_sync

	stub_dispatch handle_sync, call3=finalise_el2
	stub_calls

routine finalise_el2
	need_feature id_aa64pfr0_el1, ID_AA64PFR0_EL1_SVE_SHIFT, id_aa64pfr0_override, finalise_sme
	mrs	x1, cptr_el2
	bic	x1, x1, #CPTR_EL2_TZ
	msr	cptr_el2, x1
	isb
	mov	x1, #ZCR_ELx_LEN_MASK
	msr	zcr_el2, x1

// The assemblers of older toolchains do not know SME, hence the encodings.
routine finalise_sme
	need_feature id_aa64pfr1_el1, ID_AA64PFR1_EL1_SME_SHIFT, id_aa64pfr1_override, finalise_vhe
	mrs	x1, cptr_el2
	bic	x1, x1, #CPTR_EL2_TSM
	msr	cptr_el2, x1
	isb
	mrs	x1, sctlr_el2
	orr	x1, x1, #SCTLR_ELx_EnTP2
	msr	sctlr_el2, x1
	isb
	mov	x1, #SMCR_ELx_LEN_MASK
	mrs	x2, S3_0_C0_C4_5		// ID_AA64SMFR0_EL1
	tbz	x2, #ID_AA64SMFR0_EL1_FA64_SHIFT, 1f
	orr	x1, x1, #SMCR_ELx_FA64
1:	msr	S3_4_C1_C2_6, x1		// SMCR_EL2
	mrs	x1, S3_1_C0_C0_6		// SMIDR_EL1
	tst	x1, #SMIDR_EL1_SMPS
	b.eq	finalise_vhe
	msr	S3_4_C1_C2_5, xzr		// SMPRIMAP_EL2
	mrs	x1, id_aa64mmfr1_el1
	ubfx	x1, x1, #ID_AA64MMFR1_EL1_HCX_SHIFT, #4
	cbz	x1, finalise_vhe
	mrs	x1, S3_4_C1_C2_2		// HCRX_EL2
	orr	x1, x1, #HCRX_EL2_SMPME
	msr	S3_4_C1_C2_2, x1

routine finalise_vhe
	need_vhe
	enter_vhe HCR_HOST_VHE_FLAGS, MDCR_EL2_E2PB, MDCR_EL2_E2TB
	return_in_vhe

	override id_aa64pfr0_override
	override id_aa64pfr1_override
	override id_aa64mmfr1_override
