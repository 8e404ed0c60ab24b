/* SPDX-License-Identifier: MIT */
/** What stands in pages and drawings as it is: the files of emu/report/assets, which the build
 * embeds. */
#ifndef HVC_REPORT_ASSETS_H
#define HVC_REPORT_ASSETS_H

/**
 * What a page can do beyond being read: a cursor over its pictures, by keys, pointer or number;
 * what happens there, said as well as shown; groups picked out; tables filtered. Everything that
 * it needs it reads from the page.
 */
extern const char *const hvc_asset__script;
/**
 * The way of a call that is typed in, lit up in a dispatch tree. It is evaluated as the tree was
 * made: what a node looks at is computed from the fields, and the edge is taken whose values have
 * it. Nothing there knows an instruction.
 */
extern const char *const hvc_asset__dispatch;
/** Style of such trees. */
extern const char *const hvc_asset__tree;
/** Style of every page. */
extern const char *const hvc_asset__page;
/** Style of a page with pictures, and of a drawing by itself. */
extern const char *const hvc_asset__picture, *const hvc_asset__drawing;
/**
 * Style of pictures in both. Dark letters and lines have a contrast of 4.5 and more on every ink,
 * in light and dark; outlines lie outside, on what was drawn before: larger shapes.
 */
extern const char *const hvc_asset__svg;

#endif
