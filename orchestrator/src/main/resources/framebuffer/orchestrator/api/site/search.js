// Searches: frames with what became of them, and results with what was found. The address holds what is asked, so that it can be kept and linked.

import { frameLink, keep, make, say, state, table } from './elements.js';
import * as service from './service.js';
import { byName, day, exactly, percent } from './words.js';

const LIMIT = 50;
const KIND = { done: 'good', shed: 'warn', dead: 'bad', lost: 'bad' };

/** Milliseconds before now, for each period that can be chosen. */
const PERIODS = { '10m': 600_000, '1h': 3_600_000, '24h': 86_400_000 };
const MINUTE = 60_000;

/** The parameters of the service for the values of the form. */
export function asked(values, now) {
  const query = new URLSearchParams();
  for (const [name, value] of values) {
    if (value && !['show', 'when', 'from', 'to'].includes(name)) {
      query.set(name, value);
    }
  }
  const when = values.get('when');
  if (when in PERIODS) {
    query.set('from', new Date(now - PERIODS[when]).toISOString());
  } else if (when === 'between' && values.get('from')) {
    const from = new Date(values.get('from'));
    query.set('from', from.toISOString());
    // A single moment means its minute.
    query.set('to', (values.get('to') ? new Date(values.get('to')) : new Date(from.getTime() + MINUTE)).toISOString());
  }
  query.set('limit', LIMIT);
  return query;
}

function when(cell, at) {
  say(cell, `${day(at)} ${exactly(at)}`);
}

/** What a result found, in words: labels with their best score. */
export function found(result) {
  const best = new Map();
  for (const one of result.objects ?? []) {
    const known = best.get(one.label) ?? { times: 0, score: 0 };
    best.set(one.label, { times: known.times + 1, score: Math.max(known.score, one.score ?? 0) });
  }
  const words = [...best].sort((a, b) => b[1].times - a[1].times)
    .map(([label, { times, score }]) => `${times > 1 ? `${times} × ` : ''}${label}${score ? ` ${percent(score)}` : ''}`);
  return words.join(', ') || (result.status === 'error' ? 'failed' : 'nothing');
}

function search(name, path, columns, keyOf) {
  const form = document.getElementById(`${name}-form`);
  const said = document.getElementById(`${name}-said`);
  const more = document.getElementById(`${name}-more`);
  const rows = table(document.getElementById(name), columns, keyOf, '');
  let shown = [];
  let mine = 0;
  rows(shown);

  async function read(query, turn) {
    more.hidden = true;
    say(said, 'Searching …');
    try {
      const page = await service.get(`${path}?${query}`);
      if (turn !== mine) {
        return;
      }
      shown = [...shown, ...page[name]];
      rows(shown);
      more.hidden = page.next === null;
      more.onclick = () => {
        query.set('cursor', page.next);
        read(query, turn);
      };
      say(said, shown.length === 0 && page.next === null ? 'Nothing fits.'
        : `${shown.length} shown, the newest first${page.next === null ? '.' : '; there may be more.'}`);
    } catch (refused) {
      if (turn === mine) {
        say(said, refused.message);
      }
    }
  }

  function follow() {
    const values = new URLSearchParams(location.hash.slice(1));
    if (values.get('show') !== name) {
      return;
    }
    for (const input of form.querySelectorAll('input, select')) {
      input.value = values.get(input.name) ?? (input.name === 'when' ? 'any' : '');
    }
    between();
    mine += 1;
    shown = [];
    rows(shown);
    read(asked(values, Date.now()), mine);
    form.parentElement.scrollIntoView({ block: 'start' });
  }

  function between() {
    form.querySelector('.between').hidden = form.elements.when.value !== 'between';
  }

  form.elements.when.addEventListener('change', between);
  form.addEventListener('submit', (submitted) => {
    submitted.preventDefault();
    const values = new URLSearchParams({ show: name });
    for (const [key, value] of new FormData(form)) {
      if (value && !(key === 'when' && value === 'any')) {
        values.set(key, value);
      }
    }
    if (location.hash === `#${values}`) {
      follow();
    } else {
      location.hash = values;
    }
  });
  addEventListener('hashchange', follow);
  return follow;
}

const follows = [
  search('frames', 'frames', [
    { title: 'When', cell: (cell, one) => when(cell, one.at) },
    { title: 'Frame', cell: (cell, one) => frameLink(cell, one.frame_id) },
    { title: 'Camera', of: (one) => one.camera_id },
    { title: 'Capability', of: (one) => one.capability || 'any' },
    { title: 'State', cell: (cell, one) => state(cell, one.state, KIND[one.state] ?? 'unknown') },
    { title: 'Why', of: (one) => [one.reason, one.detail].filter(Boolean).join(': ').replaceAll('_', ' '), kind: 'text' },
    { title: 'Processor', of: (one) => one.processor_id ?? '' },
  ], (one) => `${one.capture_id} ${one.capability} ${one.frame_id}`),
  search('results', 'results', [
    { title: 'Time', cell: (cell, one) => when(cell, one.at) },
    { title: 'Camera', of: (one) => one.camera_id },
    { title: 'Found', of: found, kind: 'text' },
    { title: 'Capability', of: (one) => one.capability },
    { title: 'Processor', of: (one) => one.processor_id },
    { title: 'Frame', cell: (cell, one) => frameLink(cell, one.frame_id) },
  ], (one) => `${one.id} ${one.frame_id} ${one.capability}`),
];

/** Offers the known names while one types. */
export function show(all) {
  const lists = {
    'known-cameras': all.cameras.map((one) => one.camera_id),
    'known-capabilities': [...new Set(all.processors.flatMap((one) => one.capabilities))].sort(byName),
  };
  for (const [id, names] of Object.entries(lists)) {
    keep(document.getElementById(id), names, (name) => name, (name) => make('option', { value: name }), () => {});
  }
}

/** Shows the search in the address, if there is one. */
export function follow() {
  follows.forEach((one) => one());
}
