(function () {
'use strict';
var maps = Array.from(document.querySelectorAll('.map')), at = 0, more = null, spoken = 0;
if (!maps.length) return;
function make(tag, attributes, text) {
  var is = document.createElement(tag);
  for (var name in attributes) is.setAttribute(name, attributes[name]);
  if (text) is.textContent = text;
  return is;
}
function hex(number, digits) { return '0x' + number.toString(16).padStart(digits, '0'); }
function groupOf(name) {
  var letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  return name.length === 1 && letters.includes(name) ? letters.indexOf(name) : name - 1;
}
function read(map) {
  var cells = new Uint32Array(65536), words = [], known = new Map();
  document.getElementById(map.dataset.runs).textContent.split('\n').forEach(function (line) {
    var part = /^(0x[0-9a-f]{4})(?:-(0x[0-9a-f]{4}))? (.*)$/.exec(line), lo;
    if (!part) return;
    if (!known.has(part[3])) { known.set(part[3], words.length); words.push(part[3]); }
    lo = parseInt(part[1], 16);
    cells.fill(known.get(part[3]), lo, (part[2] ? parseInt(part[2], 16) : lo) + 1);
  });
  return {cells: cells, words: words};
}
function describe(group) {
  var section = document.getElementById('group-' + group), rows, said;
  if (!section) {
    more = more || document.getElementById('more').textContent.split('\n');
    said = more[group - document.querySelectorAll('.group').length];
    return said.slice(said.indexOf(':') + 2);
  }
  rows = Array.from(section.querySelectorAll('tbody tr'));
  said = rows.slice(0, 3).map(function (row) {
    var does = 'class ' + row.cells[1].textContent + ', ' + row.cells[2].textContent;
    return rows.length === 1 ? does : row.cells[0].textContent + ': ' + does;
  });
  if (!rows.length) {
    rows = Array.from(section.querySelectorAll('.marks li'));
    said = rows.slice(0, 3).map(function (row) {
      var key = row.querySelector('.key');
      return (key ? 'class ' + key.textContent + ', ' : '') +
        row.textContent.slice(key ? key.textContent.length + 1 : 0);
    });
  }
  if (rows.length > 3) said.push('and ' + (rows.length - 3) + ' more');
  return said.join('; ');
}
maps.forEach(function (map) {
  var svg = map.querySelector('svg');
  map.data = read(map);
  map.cursor = ['cursor outer', 'cursor'].map(function (name) {
    var rect = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    rect.setAttribute('class', name);
    rect.setAttribute('width', 7);
    rect.setAttribute('height', 7);
    svg.appendChild(rect);
    return rect;
  });
  map.tabIndex = 0;
  map.setAttribute('role', 'application');
  map.setAttribute('aria-roledescription', 'map of immediates');
  map.setAttribute('aria-label', map.dataset.name + ': arrow keys move by one and by a row, n '
    + 'and p to the next and previous change');
});
var reader = document.getElementById('reader');
var tools = make('div', {'class': 'tools'}), label = make('label', {}, 'Immediate ');
var input = make('input', {size: 8, inputmode: 'text', spellcheck: 'false'});
label.appendChild(input);
tools.appendChild(label);
reader.appendChild(make('div', {}));
reader = reader.lastChild;
reader.appendChild(tools);
reader.appendChild(make('p', {'class': 'faint'}, 'Arrow keys move over the picture, n and p go '
  + 'to the next and previous change; or point at it.'));
var readout = make('div', {'class': 'readout', id: 'readout'});
var live = make('div', {'class': 'readout', id: 'live', 'aria-live': 'polite', role: 'status'});
live.style.cssText = 'position:absolute;width:1px;height:1px;min-height:0;overflow:hidden;'
  + 'clip-path:inset(50%)';
reader.appendChild(readout);
reader.appendChild(live);
function say(imm) {
  return 'hvc #' + hex(imm, 4) + ' (row ' + hex(imm >> 8, 2) + ', column ' + hex(imm & 255, 2)
    + '). ' + maps.map(function (map) {
      var word = map.data.words[map.data.cells[imm]];
      return (maps.length > 1 ? map.dataset.name + ': ' : '') + ('groups' in map.dataset
        ? 'group ' + word + ': ' + describe(groupOf(word)) : word) + '.';
    }).join(' ');
}
function show(imm) {
  readout.textContent = '';
  readout.appendChild(make('p', {'class': 'strong'}, 'hvc #' + hex(imm, 4)));
  maps.forEach(function (map) {
    var word = map.data.words[map.data.cells[imm]], line = make('p', {}), key;
    if (maps.length > 1) line.appendChild(make('span', {}, map.dataset.name + ': '));
    if ('groups' in map.dataset) {
      key = document.querySelector('#group-' + groupOf(word) + ' .key');
      line.appendChild(key ? key.cloneNode(true) : make('span', {}, word));
      line.appendChild(make('span', {'class': 'code'}, ' ' + describe(groupOf(word))));
    } else {
      line.appendChild(make('span', {}, word));
    }
    readout.appendChild(line);
    map.cursor.forEach(function (rect) {
      rect.setAttribute('x', (imm & 255) - 3);
      rect.setAttribute('y', (imm >> 8) - 3);
    });
  });
}
function go(imm) {
  at = Math.max(0, Math.min(65535, imm));
  input.value = hex(at, 4);
  show(at);
  clearTimeout(spoken);
  spoken = setTimeout(function () { live.textContent = say(at); }, 150);
}
function change(map, from, step) {
  var cells = map.data.cells, imm = from + step;
  while (imm > 0 && imm < 65535 && cells[imm] === cells[imm - step]) imm += step;
  return imm;
}
function place(map, event) {
  var box = map.querySelector('svg').getBoundingClientRect();
  var x = Math.floor((event.clientX - box.left) / box.width * 284 - 27);
  var y = Math.floor((event.clientY - box.top) / box.height * 270 - 13);
  return x < 0 || x > 255 || y < 0 || y > 255 ? -1 : y * 256 + x;
}
maps.forEach(function (map) {
  map.addEventListener('keydown', function (event) {
    var moves = {ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - 256, ArrowDown: at + 256,
      PageUp: at - 4096, PageDown: at + 4096, Home: at & 0xff00, End: at | 0xff};
    if (event.altKey || event.metaKey || event.ctrlKey) return;
    if (event.key === 'n') moves.n = change(map, at, 1);
    if (event.key === 'p') moves.p = change(map, at, -1);
    if (!(event.key in moves)) return;
    event.preventDefault();
    go(moves[event.key]);
  });
  map.addEventListener('pointermove', function (event) {
    var imm = place(map, event);
    if (imm >= 0 && event.pointerType === 'mouse') show(imm);
  });
  map.addEventListener('pointerleave', function () { show(at); });
  map.addEventListener('click', function (event) {
    var imm = place(map, event);
    if (imm >= 0) go(imm);
  });
});
input.addEventListener('change', function () {
  var imm = Number(input.value);
  if (input.value.trim() !== '' && imm >= 0 && imm <= 65535) go(Math.floor(imm)); else go(at);
});
document.querySelectorAll('.group').forEach(function (section) {
  var shapes = document.querySelectorAll('.cells [data-group="' + section.dataset.group + '"]');
  var heading = section.querySelector('h3'), button;
  if (!shapes.length) return;
  button = make('button', {type: 'button', 'aria-pressed': 'false',
    'aria-label': 'Pick out group ' + section.querySelector('.key').textContent}, 'Pick out');
  heading.insertAdjacentElement('afterend', button);
  button.addEventListener('click', function () {
    var on = button.getAttribute('aria-pressed') !== 'true';
    button.setAttribute('aria-pressed', on);
    shapes.forEach(function (shape) { shape.classList.toggle('chosen', on); });
    maps.forEach(function (map) {
      map.classList.toggle('dim', document.querySelector('.chosen'));
    });
  });
});
go(0);
})();
