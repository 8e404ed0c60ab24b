// SPDX-License-Identifier: MIT
// What is wrong with the page, as an array of lines: for WebDriver's execute.
const faults = [];

function rgba(text) {
	const part = (text.match(/[\d.]+/g) || [0, 0, 0, 0]).map(Number);
	return text.startsWith('rgb') ? [part[0], part[1], part[2], part[3] ?? 1] : [0, 0, 0, 0];
}

function over(top, below) {
	return [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
}

function luminance(colour) {
	const [r, g, b] = colour.slice(0, 3).map(value => {
		const part = value / 255;
		return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
	});
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
	const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
	return (x + 0.05) / (y + 0.05);
}

function ground(element) {
	let colour = [0, 0, 0, 0];
	for (let is = element; is; is = is.parentElement) {
		const style = getComputedStyle(is);
		if (style.backgroundImage !== 'none')
			faults.push(`${is.tagName}.${is.className} has a background that cannot be judged`);
		const below = rgba(style.backgroundColor);
		colour = colour[3] === 1 ? colour : colour[3] === 0 ? below : over(colour, below);
	}
	return colour[3] === 1 ? colour : over(colour, [255, 255, 255, 1]);
}

// Letters of a picture stand on a square, or have a halo.
function svgGround(text) {
	const style = getComputedStyle(text);
	if (style.stroke !== 'none')
		return rgba(style.stroke);
	if (text.closest('.letters')) {
		const x = Number(text.getAttribute('x')), y = Number(text.getAttribute('y'));
		for (const rect of text.closest('.letters').querySelectorAll('rect')) {
			const left = Number(rect.getAttribute('x')), top = Number(rect.getAttribute('y'));
			if (x > left && x < left + Number(rect.getAttribute('width')) && y > top && y < top + 16)
				return rgba(getComputedStyle(rect).fill);
		}
		faults.push('a letter without a square');
	}
	return ground(text.closest('svg').parentElement);
}

function shown(element) {
	return element.checkVisibility() && element.getClientRects().length > 0;
}

let texts = 0;
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node; (node = walker.nextNode());) {
	const element = node.parentElement;
	if (!node.textContent.trim() || !shown(element) || /^(SCRIPT|STYLE|title)$/.test(element.tagName))
		continue;
	const style = getComputedStyle(element), svg = element instanceof SVGElement;
	const back = svg ? svgGround(element) : ground(element);
	const ink = rgba(svg ? style.fill : style.color);
	const ratio = contrast(ink[3] === 1 ? ink : over(ink, back), back);
	texts++;
	if (ratio < 4.5)
		faults.push(`contrast ${ratio.toFixed(2)}: '${node.textContent.trim().slice(0, 30)}' in `
			+ `${element.tagName}.${element.getAttribute('class')}`);
}
if (texts < 20)
	faults.push(`only ${texts} pieces of text`);

// What bounds parts of the picture and of the interface: 3.
for (const path of document.querySelectorAll('.cells path.lined')) {
	const style = getComputedStyle(path);
	const ratio = contrast(rgba(style.stroke), rgba(style.fill));
	if (ratio < 3)
		faults.push(`outline of ${path.getAttribute('class')}: ${ratio.toFixed(2)}`);
}
for (const element of document.querySelectorAll('input, button, .key')) {
	const style = getComputedStyle(element);
	const back = element.matches('.key') ? rgba(style.backgroundColor)
		: ground(element.parentElement);
	const ratio = contrast(rgba(style.borderTopColor), back);
	if (shown(element) && ratio < 3)
		faults.push(`border of ${element.tagName}: ${ratio.toFixed(2)}`);
}

function nameOf(element) {
	const labelled = element.getAttribute('aria-labelledby');
	return (element.getAttribute('aria-label')
		|| (labelled && document.getElementById(labelled)?.textContent)
		|| (element.labels && element.labels[0]?.textContent)
		|| element.textContent || '').trim();
}
for (const element of document.querySelectorAll('a, button, input, summary, [tabindex], [role]'))
	if (!nameOf(element) && element.getAttribute('aria-live') === null)
		faults.push(`${element.tagName}.${element.className} has no name`);
for (const svg of document.querySelectorAll('svg'))
	if (svg.getAttribute('aria-hidden') !== 'true'
		&& !(svg.getAttribute('role') === 'img' && nameOf(svg)))
		faults.push('a drawing that is neither named nor hidden');

let level = 0;
for (const heading of document.querySelectorAll('h1, h2, h3, h4')) {
	const own = Number(heading.tagName[1]);
	if (own > level + 1)
		faults.push(`heading '${heading.textContent}' skips a level`);
	level = own;
}
if (document.querySelectorAll('h1').length !== 1)
	faults.push('not exactly one h1');
if (document.querySelectorAll('main').length !== 1)
	faults.push('not exactly one main');
if (!document.documentElement.lang || !document.title)
	faults.push('no language or no title');
for (const cell of document.querySelectorAll('th'))
	if (!cell.scope)
		faults.push(`header '${cell.textContent}' has no scope`);
const ids = new Set();
for (const element of document.querySelectorAll('[id]')) {
	if (ids.has(element.id))
		faults.push(`id ${element.id} is there twice`);
	ids.add(element.id);
}
for (const link of document.querySelectorAll('a[href^="#"]'))
	if (!ids.has(link.hash.slice(1)))
		faults.push(`link to ${link.hash}, which is nowhere`);
const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
if (wide > 0)
	faults.push(`${wide} pixels wider than the window`);
return faults;
