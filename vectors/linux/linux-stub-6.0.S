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

	.equ	HVC_SET_VECTORS, 0
	.equ	HVC_SOFT_RESTART, 1
	.equ	HVC_RESET_VECTORS, 2
	.equ	HVC_FINALISE_EL2, 3	// VHE_RESTART in 5.12 to 5.19

	.equ	ID_AA64PFR0_EL1_SVE_SHIFT, 32
	.equ	ID_AA64PFR1_EL1_SME_SHIFT, 24
	.equ	ID_AA64SMFR0_EL1_FA64_SHIFT, 63
	.equ	ID_AA64MMFR1_EL1_VH_SHIFT, 8
	.equ	ID_AA64MMFR1_EL1_HCX_SHIFT, 40
	.equ	SMIDR_EL1_SMPS, 1 << 15
	.equ	CPTR_EL2_TZ, 1 << 8
	.equ	CPTR_EL2_TSM, 1 << 12
	.equ	ZCR_ELx_LEN_MASK, 0xf	// bits 8:4 are RAZ/WI: 16 * 128 bits is the largest length
	.equ	SMCR_ELx_LEN_MASK, 0xf
	.equ	SMCR_ELx_FA64, 1 << 31
	.equ	SCTLR_ELx_M, 1 << 0
	.equ	SCTLR_ELx_EnTP2, 1 << 60
	.equ	HCRX_EL2_SMPME, 1 << 5
	.equ	MDCR_EL2_E2PB, 3 << 12
	.equ	MDCR_EL2_E2TB, 3 << 24
	.equ	HCR_HOST_VHE_FLAGS, 0x488000000	// E2H, RW, TGE (include/asm/kvm_arm.h)
	.equ	INIT_SCTLR_EL1_MMU_OFF, 0x30500800	// include/asm/sysreg.h, little endian

	subject	"Linux arm64 hyp stub, 6.0 and 6.1: as 4.12, and finalise EL2 (VHE, SVE, SME)"

	stub_table el2h=handle_sync

routine handle_sync
	cmp	x0, #HVC_SET_VECTORS
	b.eq	1f
	cmp	x0, #HVC_FINALISE_EL2
	b.eq	finalise_el2
	cmp	x0, #HVC_SOFT_RESTART
	b.eq	2f
	cmp	x0, #HVC_RESET_VECTORS
	b.eq	3f
	b	stub_error

1:	msr	vbar_el2, x1
	b	3f

2:	mov	x0, x2
	mov	x2, x4
	mov	x4, x1
	mov	x1, x3
	br	x4

3:	mov	x0, xzr
	eret

routine stub_error
	mov	x0, #(HVC_STUB_ERR & 0xffff)
	movk	x0, #(HVC_STUB_ERR >> 16), lsl #16
	eret

// Go to \absent unless the four-bit field at \shift of \id is non-zero and not forced to zero by
// the command line: \override is a value and the mask of the bits that it governs.
// Clobbers x1 and x2.
.macro need_feature id:req, shift:req, override:req, absent:req
	mrs	x1, \id
	ubfx	x1, x1, #\shift, #4
	cbz	x1, \absent
	adr	x2, \override
	ldp	x1, x2, [x2]
	ubfx	x2, x2, #\shift, #4
	cbz	x2, 772f
	ubfx	x1, x1, #\shift, #4
	ands	x1, x1, x2
	b.eq	\absent
772:
.endm

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
	mrs	x1, sctlr_el2
	tst	x1, #SCTLR_ELx_M
	b.ne	stub_error
	need_feature id_aa64mmfr1_el1, ID_AA64MMFR1_EL1_VH_SHIFT, id_aa64mmfr1_override, stub_error

	// With E2H set an EL12 name is the register of EL1, and an EL1 name the one of EL2.
	ldr	x0, =HCR_HOST_VHE_FLAGS
	msr	hcr_el2, x0
	isb

	// What the kernel used at EL1 moves to the EL2 register that takes its place.
	mrs	x0, sp_el1
	mov	sp, x0
	mrs	x0, tpidr_el1
	msr	tpidr_el2, x0
	mrs	x0, cpacr_el12
	msr	cpacr_el1, x0
	mrs	x0, vbar_el12
	msr	vbar_el1, x0
	mrs	x0, mdcr_el2
	bic	x0, x0, #MDCR_EL2_E2PB
	bic	x0, x0, #MDCR_EL2_E2TB
	msr	mdcr_el2, x0
	mrs	x0, tcr_el12
	msr	tcr_el1, x0
	mrs	x0, ttbr0_el12
	msr	ttbr0_el1, x0
	mrs	x0, ttbr1_el12
	msr	ttbr1_el1, x0
	mrs	x0, mair_el12
	msr	mair_el1, x0
	isb

	// ERET goes to EL2h instead of the caller's level.
	mrs	x0, spsr_el1
	bic	x0, x0, #SPSR_ELx_M
	mov	x1, #SPSR_ELx_M_EL2h
	orr	x0, x0, x1
	msr	spsr_el1, x0

	// From here on EL2 translates as EL1 did, and EL1 no longer does.
	tlbi	vmalle1
	dsb	nsh
	isb
	mrs	x0, sctlr_el12
	msr	sctlr_el1, x0
	isb
	ldr	x0, =INIT_SCTLR_EL1_MMU_OFF
	msr	sctlr_el12, x0
	mov	x0, xzr
	eret

// What the kernel's command line overrides in an ID register: a value, then the mask of the bits
// that the value governs. As it comes, nothing is overridden.
	.data
variable id_aa64pfr0_override
	.quad	0, 0
variable id_aa64pfr1_override
	.quad	0, 0
variable id_aa64mmfr1_override
	.quad	0, 0
