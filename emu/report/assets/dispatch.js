(function () {
'use strict';
var trees = Array.from(document.querySelectorAll('.tree')), fields = new Map();
if (!trees.length || !window.BigInt) return;
function mask(width) { return (1n << BigInt(width)) - 1n; }
function signed(value, width) { return BigInt.asIntN(width, value); }
function number(text) {
  try {
    text = text.trim();
    return text[0] === '-' ? BigInt.asUintN(64, -BigInt(text.slice(1))) : BigInt(text || '0');
  } catch (error) { return null; }
}
function compute(tree, index) {
  var term = tree.terms[index], width, a, b, all, value;
  if (!term) return null;
  if (index in tree.known) return tree.known[index];
  width = term[1]; all = mask(width);
  a = term.slice(4).map(function (at) { return compute(tree, at); });
  b = term[3];
  if (a.includes(null)) return null;
  switch (term[0]) {
  case 'c': value = BigInt(term[2]); break;
  case 'i':
    value = number(fields.get(tree.names[Number(term[2])]).value);
    if (value === null) return null;
    value >>= BigInt(b); break;
  case '+': value = a[0] + a[1]; break;
  case '-': value = a[0] - a[1]; break;
  case 'n': value = -a[0]; break;
  case '*': value = a[0] * a[1]; break;
  case '&': value = a[0] & a[1]; break;
  case '|': value = a[0] | a[1]; break;
  case '^': value = a[0] ^ a[1]; break;
  case '~': value = ~a[0]; break;
  case '<<': value = a[1] < BigInt(width) ? a[0] << a[1] : 0n; break;
  case '>>': value = a[1] < BigInt(width) ? a[0] >> a[1] : 0n; break;
  case 'x': value = a[0] >> BigInt(term[2]); break;
  case '.': value = a[0] << BigInt(b) | a[1]; break;
  case 's': value = signed(a[0], b); break;
  case '?': value = a[0] ? a[1] : a[2]; break;
  case '=': value = a[0] === a[1] ? 1n : 0n; break;
  case '<': value = a[0] < a[1] ? 1n : 0n; break;
  case 'l': value = signed(a[0], b) < signed(a[1], b) ? 1n : 0n; break;
  default: return null;
  }
  return tree.known[index] = value & all;
}
function has(item, value) {
  return item.dataset.set.split(' ').some(function (range) {
    var ends = range.split('-').map(BigInt);
    return ends[0] <= value && value <= ends[1];
  });
}
function light(tree) {
  var item = tree.querySelector(':scope>ul>li'), list, value;
  tree.known = {};
  tree.querySelectorAll('.lit').forEach(function (is) { is.classList.remove('lit'); });
  tree.classList.add('asked');
  for (;;) {
    item.classList.add('lit');
    list = item.querySelector(':scope>ul');
    if (!list) return item.querySelector(':scope>.does').textContent;
    value = compute(tree, Number(list.dataset.by));
    item = value === null ? null : Array.from(list.children).find(function (is) {
      return has(is, value);
    });
    if (!item) return 'not told from these values';
  }
}
function answer() {
  var said = trees.map(function (tree) {
    var who = tree.previousElementSibling.textContent;
    return (trees.length > 1 ? who + ': ' : '') + light(tree);
  });
  document.getElementById('answer').textContent = said.join('; ');
}
function make(tag, attributes, text) {
  var is = document.createElement(tag);
  for (var name in attributes) is.setAttribute(name, attributes[name]);
  if (text) is.textContent = text;
  return is;
}
var way = document.getElementById('way'), tools = make('div', {class: 'tools'});
trees.forEach(function (tree) {
  tree.terms = JSON.parse(tree.dataset.terms);
  tree.names = Array.from(tree.querySelectorAll('.fields li')).map(function (is) {
    return is.textContent;
  });
  tree.names.forEach(function (name) {
    var label = make('label', {}, name + ' '), field = make('input', {value: '0', size: 14});
    if (fields.has(name)) return;
    fields.set(name, field);
    field.dataset.name = name;
    field.addEventListener('input', answer);
    label.appendChild(field);
    tools.appendChild(label);
  });
  tree.querySelectorAll('li[data-values]').forEach(function (leaf) {
    var button = make('button', {type: 'button'}, 'Show this call');
    button.addEventListener('click', function () {
      leaf.dataset.values.split(' ').forEach(function (value, i) {
        if (i < tree.names.length) fields.get(tree.names[i]).value = value;
      });
      answer();
    });
    leaf.insertBefore(button, leaf.querySelector('pre').nextSibling);
  });
});
if (!fields.size) return;
way.appendChild(make('p', {}, 'Type a call, and see which way it takes:'));
way.appendChild(tools);
way.appendChild(make('p', {class: 'answer', id: 'answer', role: 'status', 'aria-label': 'What such a call does'}));
answer();
}());
