// Creates and updates elements. Existing elements are changed in place, so that focus and selection stay.

/** An element with attributes and children; text is never parsed as markup. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) {
      element.addEventListener(key.slice(2), value);
    } else if (value !== null && value !== undefined) {
      element.setAttribute(key, value);
    }
  }
  element.append(...children);
  return element;
}

/** An element of a drawing with attributes. */
export function shape(name, attributes = {}) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  return element;
}

/** Makes a cell show a link to where a frame is, with this text. */
export function frameLink(cell, id, text = id) {
  const link = cell.firstElementChild ?? cell.appendChild(make('a', { title: 'Where is this frame?' }));
  link.href = `#frame=${encodeURIComponent(id)}`;
  say(link, text);
}

/** Sets a text only if it differs, to avoid needless announcements and layout. */
export function say(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** Sets an attribute; null removes it. */
export function set(element, name, value) {
  if (value === null) {
    element.removeAttribute(name);
  } else if (element.getAttribute(name) !== String(value)) {
    element.setAttribute(name, value);
  }
}

/**
 * Gives a parent one child for each item, in this order.
 *
 * @param keyOf the unique key of an item
 * @param create creates its element
 * @param update makes the element show the item
 */
export function keep(parent, items, keyOf, create, update) {
  const old = new Map();
  for (const child of parent.children) {
    old.set(child.dataset.key, child);
  }
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    let child = old.get(key);
    old.delete(key);
    if (!child) {
      child = create(item);
      child.dataset.key = key;
    }
    update(child, item);
    if (child === place) {
      place = place.nextElementSibling;
    } else {
      parent.insertBefore(child, place);
    }
  }
  old.forEach((child) => child.remove());
}

/**
 * A table with these columns: {title, of: item → text, or cell: (td, item) → void, kind: 'number' or 'text', which may be long}.
 *
 * @param none what it says without items: a text, or a function that returns one
 * @return a function that shows items
 */
export function table(element, columns, keyOf, none) {
  const body = make('tbody');
  const empty = make('caption');
  element.append(make('thead', {}, make('tr', {}, ...columns.map((column) =>
    make('th', { scope: 'col', class: column.kind ?? null }, column.title)))), body);
  return (items) => {
    if (items.length === 0) {
      say(empty, typeof none === 'function' ? none() : none);
      element.prepend(empty);
    } else {
      empty.remove();
    }
    element.tHead.hidden = items.length === 0;
    keep(body, items, keyOf,
      () => make('tr', {}, ...columns.map((column, i) =>
        make(i === 0 ? 'th' : 'td', { scope: i === 0 ? 'row' : null, class: column.kind ?? null }))),
      (row, item) => columns.forEach((column, i) => {
        if (column.cell) {
          column.cell(row.cells[i], item);
        } else {
          say(row.cells[i], column.of(item));
        }
      }));
  };
}

/** A bar that is full at 1, with its value as text. */
export function bar(cell, share, text) {
  let meter = cell.querySelector('.bar');
  if (!meter) {
    meter = make('span', { class: 'bar', role: 'meter', 'aria-valuemin': 0, 'aria-valuemax': 100 }, make('i'), make('b'));
    cell.replaceChildren(meter);
  }
  const percent = Math.round(Math.min(Math.max(share, 0), 1) * 100);
  set(meter, 'aria-valuenow', percent);
  set(meter, 'data-full', share >= 1 ? 'full' : share >= 0.8 ? 'nearly' : null);
  meter.firstChild.style.width = `${percent}%`;
  say(meter.lastChild, text);
}

/** A word with a symbol, which distinguishes states without colour. */
export function state(cell, word, kind) {
  let mark = cell.querySelector('.state');
  if (!mark) {
    mark = make('span', { class: 'state' });
    cell.replaceChildren(mark);
  }
  set(mark, 'data-state', kind);
  say(mark, word);
}
