// SPDX-License-Identifier: MIT
//
// Linux arm64 hyp stub, 6.19 to 7.1. x0 selects the call; neither the immediate nor the exception
// class is looked at, and an HVC from EL2h is decoded too.
//
//	x0 in			x0 out		effect
//	0 SET_VECTORS		0		VBAR_EL2 := x1
//	1 SOFT_RESTART		x2 in		branch to x1 at EL2h as in 4.12
//	2 RESET_VECTORS		0		none
//	3 FINALISE_EL2		0 or error	as 6.0, differences below; x1 and x2 clobbered
//	4 GET_ICH_VTR_EL2	0		x1 := ICH_VTR_EL2
//	other			0x0badca11	none
//
// FINALISE_EL2 differs from 6.0 in this: with E2H set already (the hypervisor alone runs with VHE)
// SVE and SME are opened in the fields that CPTR_EL2 has then; SME2's ZT0 is opened; HCRX_EL2 is
// left alone; the command line may keep VHE for the hypervisor alone, which is one more reason
// for 0x0badca11; TCR2_EL1, PIR_EL1 and PIRE0_EL1 move to EL2 too; and HCR_EL2 gets AMO, IMO and
// FMO as well.
//
// GET_ICH_VTR_EL2 does not ask whether the CPU has the register. Where it has not, the read is
// UNDEFINED at EL2 and lands in this very handler, with x0 = 4 again.
//
// Source: Linux 6.19.9 and 7.1.5, arch/arm64/kernel/hyp-stub.S and include/asm/virt.h; what EL2
// is configured for is read from 6.8.1 and 6.12.117, include/asm/el2_setup.h. MPAM and GCS, which
// 7.2.13 sets up as well, are left out.
	.include "macros.inc"
	.include "linux/stub.inc"
	.include "linux/calls.inc"
	.include "linux/vhe.inc"

	.equ	HCR_E2H_SHIFT, 34
	.equ	HCR_HOST_VHE_FLAGS, 0x488000038	// E2H, RW, TGE, AMO, IMO, FMO
	.equ	ID_AA64PFR0_EL1_SVE_SHIFT, 32
	.equ	ID_AA64PFR1_EL1_SME_SHIFT, 24
	.equ	ID_AA64SMFR0_EL1_SMEver_SHIFT, 56
	.equ	ID_AA64SMFR0_EL1_FA64_SHIFT, 63
	.equ	ID_AA64MMFR3_EL1_TCRX_SHIFT, 0
	.equ	ID_AA64MMFR3_EL1_S1PIE_SHIFT, 8
	.equ	SW_FEATURE_HVHE_SHIFT, 4	// include/asm/cpufeature.h
	.equ	CPTR_EL2_TZ, 1 << 8
	.equ	CPTR_EL2_TSM, 1 << 12
	.equ	CPACR_ELx_ZEN, 3 << 16		// CPTR_EL2 with E2H set
	.equ	CPACR_ELx_SMEN, 3 << 24
	.equ	ZCR_ELx_LEN_MASK, 0xf
	.equ	SMCR_ELx_LEN_MASK, 0xf
	.equ	SMCR_ELx_EZT0, 1 << 30
	.equ	SMCR_ELx_FA64, 1 << 31
	.equ	SMIDR_EL1_SMPS, 1 << 15
	.equ	SCTLR_ELx_EnTP2, 1 << 60

	subject	"Linux arm64 hyp stub, 6.19 to 7.1: as 6.0, and get ICH_VTR_EL2"

	stub_table el2h=handle_sync

	stub_dispatch handle_sync, call3=finalise_el2, call4=get_ich_vtr
	stub_calls

routine get_ich_vtr
	mrs	x1, S3_4_C12_C11_1		// ICH_VTR_EL2
	mov	x0, xzr
	eret

// Clear the trap bits \trap of CPTR_EL2, or where E2H gives the register its other layout set
// the enable bits \enable. Clobbers x1 and x2.
.macro open_feature trap:req, enable:req
	mrs	x1, cptr_el2
	mrs	x2, hcr_el2
	tbnz	x2, #HCR_E2H_SHIFT, 773f
	bic	x1, x1, #\trap
	b	774f
773:	orr	x1, x1, #\enable
774:	msr	cptr_el2, x1
	isb
.endm

routine finalise_el2
	need_feature id_aa64pfr0_el1, ID_AA64PFR0_EL1_SVE_SHIFT, id_aa64pfr0_override, finalise_sme
	open_feature CPTR_EL2_TZ, CPACR_ELx_ZEN
	mov	x1, #ZCR_ELx_LEN_MASK
	msr	zcr_el2, x1

// The assemblers of older toolchains do not know SME, TCR2 and PIE, hence the encodings.
routine finalise_sme
	need_feature id_aa64pfr1_el1, ID_AA64PFR1_EL1_SME_SHIFT, id_aa64pfr1_override, finalise_vhe
	open_feature CPTR_EL2_TSM, CPACR_ELx_SMEN
	mrs	x1, sctlr_el2
	orr	x1, x1, #SCTLR_ELx_EnTP2
	msr	sctlr_el2, x1
	isb
	mov	x1, #SMCR_ELx_LEN_MASK
	mrs	x2, S3_0_C0_C4_5		// ID_AA64SMFR0_EL1
	tbz	x2, #ID_AA64SMFR0_EL1_FA64_SHIFT, 1f
	orr	x1, x1, #SMCR_ELx_FA64
1:	ubfx	x2, x2, #ID_AA64SMFR0_EL1_SMEver_SHIFT, #4
	cbz	x2, 2f
	orr	x1, x1, #SMCR_ELx_EZT0
2:	msr	S3_4_C1_C2_6, x1		// SMCR_EL2
	mrs	x1, S3_1_C0_C0_6		// SMIDR_EL1
	tst	x1, #SMIDR_EL1_SMPS
	b.eq	finalise_vhe
	msr	S3_4_C1_C2_5, xzr		// SMPRIMAP_EL2

routine finalise_vhe
	need_vhe
	adr	x2, sw_feature_override
	ldp	x1, x2, [x2]
	and	x1, x1, x2
	ubfx	x1, x1, #SW_FEATURE_HVHE_SHIFT, #4
	cbnz	x1, stub_error
	enter_vhe HCR_HOST_VHE_FLAGS, MDCR_EL2_E2PB, MDCR_EL2_E2TB
	mrs	x1, S3_0_C0_C7_3		// ID_AA64MMFR3_EL1
	ubfx	x2, x1, #ID_AA64MMFR3_EL1_TCRX_SHIFT, #4
	cbz	x2, 1f
	mrs	x0, S3_5_C2_C0_3		// TCR2_EL12
	msr	S3_0_C2_C0_3, x0		// TCR2_EL1
1:	ubfx	x2, x1, #ID_AA64MMFR3_EL1_S1PIE_SHIFT, #4
	cbz	x2, 2f
	mrs	x0, S3_5_C10_C2_2		// PIRE0_EL12
	msr	S3_0_C10_C2_2, x0		// PIRE0_EL1
	mrs	x0, S3_5_C10_C2_3		// PIR_EL12
	msr	S3_0_C10_C2_3, x0		// PIR_EL1
2:	return_in_vhe

	override id_aa64pfr0_override
	override id_aa64pfr1_override
	override id_aa64mmfr1_override
	override sw_feature_override
