// Where one frame is, and the decisions about it. Refreshed each second until the frame has ended.

import { bar, make } from './elements.js';
import { showSeen } from './seen.js';
import * as service from './service.js';
import { exactly, span } from './words.js';

const ENDS = ['done', 'dead', 'shed'];
/** Refreshes after the end, because the journal is up to a second late. */
const MORE = 3;
const place = document.getElementById('journey');
const form = document.getElementById('journey-form');
const input = document.getElementById('frame-id');
let looking = 0;
let shown = '';

const SAID = {
  captured: () => 'captured',
  read: (event) => `read by instance ${event.instance}`,
  handed_off: (event) => `handed to ${event.processor_id}${need(event)}`,
  refused: (event) => `found no room at ${event.processor_id}${need(event)}`,
  given: (event) => `${event.processor_id} began with it${need(event)}`,
  returned: (event) => `${event.processor_id} returned it${need(event)}`,
  done: (event) => `${event.processor_id} finished it${need(event)}`,
  dead: () => 'became a dead letter',
  shed: () => 'shed',
};

function need(event) {
  return event.capability ? ` for ${event.capability}` : '';
}

function candidate(one) {
  const cell = make('td');
  bar(cell, one.utilization, `${one.outstanding} of ${one.capacity}`);
  return make('tr', {}, make('th', { scope: 'row' }, one.processor_id), cell, make('td', { class: 'text' }, one.reason));
}

function event(one, first) {
  const after = Math.round(Date.parse(one.at) - Date.parse(first));
  const words = [SAID[one.what](one)];
  if (one.took_ms >= 0.1) {
    words.push(one.what === 'done' ? `after ${span(one.took_ms)}` : `after waiting there ${span(one.took_ms)}`);
  }
  if (one.attempt > 1) {
    words.push(`attempt ${one.attempt}`);
  }
  const li = make('li', {}, make('time', { datetime: one.at, title: exactly(one.at) }, after === 0 ? exactly(one.at) : `+ ${span(after)}`), make('b', {}, words.join(', ')));
  const why = [one.reason?.replaceAll('_', ' '), one.detail].filter(Boolean).join(': ');
  if (why) {
    li.append(make('span', { class: 'why' }, why));
  }
  if (one.candidates) {
    li.append(make('details', { open: one.candidates.length < 5 ? '' : null },
      make('summary', {}, `${one.candidates.length} considered`),
      make('div', { class: 'wide' }, make('table', {}, make('tbody', {}, ...one.candidates.map(candidate))))));
  }
  return li;
}

function part(one) {
  return `${one.capability || 'any'}: ${one.state}${one.processor_id ? ` at ${one.processor_id}` : ''}${one.attempt > 1 ? `, attempt ${one.attempt}` : ''}`;
}

function journey(one) {
  const kind = one.state === 'done' ? 'good' : one.state === 'dead' ? 'bad' : one.state === 'shed' ? 'warn' : 'unknown';
  const traces = [...new Set(one.events.map((each) => each.trace_id).filter(Boolean))];
  const seen = make('div');
  showSeen(seen, one);
  return make('article', {},
    make('h3', {}, make('span', { class: 'state', 'data-state': kind }, one.state), ` ${one.frame_id} of camera ${one.camera_id}`),
    make('p', {}, one.parts.map(part).join(' · ')),
    seen,
    make('ol', { class: 'events' }, ...one.events.map((each) => event(each, one.events[0].at))),
    ...traces.map((trace) => make('p', { class: 'hint' }, `trace ${trace}`)));
}

async function look(id, mine, more = MORE) {
  let found;
  try {
    found = [await service.get(`frames/${encodeURIComponent(id)}`)].flat();
  } catch (refused) {
    if (mine === looking) {
      place.replaceChildren(make('p', { class: 'trouble' }, refused.message));
    }
    return;
  }
  if (mine !== looking) {
    return;
  }
  const now = JSON.stringify(found);
  if (now !== shown) {
    shown = now;
    place.replaceChildren(...found.map(journey));
  }
  const left = found.every((one) => ENDS.includes(one.state)) ? more - 1 : MORE;
  if (left > 0) {
    setTimeout(() => mine === looking && look(id, mine, left), 1000);
  }
}

function follow() {
  const id = new URLSearchParams(location.hash.slice(1)).get('frame');
  looking += 1;
  shown = '';
  if (id) {
    input.value = id;
    look(id, looking);
    document.getElementById('journey-title').scrollIntoView({ block: 'start' });
  } else {
    place.replaceChildren();
  }
}

form.addEventListener('submit', (submitted) => {
  submitted.preventDefault();
  const hash = `#frame=${encodeURIComponent(input.value)}`;
  if (location.hash === hash) {
    follow();
  } else {
    location.hash = hash;
  }
});
addEventListener('hashchange', follow);

/** Shows the frame in the address, if there is one. */
export { follow };
