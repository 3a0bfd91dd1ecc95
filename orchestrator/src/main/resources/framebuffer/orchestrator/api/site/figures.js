// The figures at the top, each with its values of the last two minutes.

import { keep, make, say, set, shape } from './elements.js';
import { count, rate, span } from './words.js';

const KEPT = 120;
const past = new Map();

function sum(shed) {
  return Object.values(shed).reduce((all, frames) => all + frames, 0);
}

/** The figures: name, text, value to draw (null: none), and whether it is bad. */
export function figures(all) {
  const { rates, latency, backlogs } = all;
  const total = all.ledger.total;
  const waiting = backlogs.capture.backlog;
  const time = (ms) => (latency === null ? '–' : span(ms));
  return [
    { name: 'captured', text: rate(rates.captured_per_second), drawn: rates.captured_per_second },
    { name: 'completed', text: rate(rates.completed_per_second), drawn: rates.completed_per_second },
    { name: 'waiting', text: count(waiting), drawn: waiting, more: waiting > 0 ? `oldest ${span(backlogs.capture.oldest_age_seconds * 1000)}` : '' },
    { name: 'in flight', text: count(total.in_flight), drawn: total.in_flight },
    { name: 'latency p50', text: time(latency?.p50_ms), drawn: null },
    { name: 'latency p95', text: time(latency?.p95_ms), drawn: latency?.p95_ms ?? null },
    { name: 'latency p99', text: time(latency?.p99_ms), drawn: null },
    { name: 'done', text: count(total.done), drawn: null, more: `of ${count(total.captured)} captured` },
    { name: 'shed', text: count(sum(total.shed)), drawn: null, more: Object.entries(total.shed).map(([why, n]) => `${count(n)} ${why}`).join(', ') },
    { name: 'dead', text: count(total.dead), drawn: null, bad: total.dead > 0 },
    { name: 'lost', text: count(total.lost), drawn: null, bad: total.lost > 0 },
    { name: 'ledger', text: all.ledger.balanced ? 'balances' : 'does not balance', drawn: null, bad: !all.ledger.balanced },
  ];
}

function line(svg, values) {
  const most = Math.max(...values, 0.001);
  const step = 100 / (KEPT - 1);
  const from = KEPT - values.length;
  const points = values.map((value, i) => `${((from + i) * step).toFixed(1)},${(20 - (value / most) * 18).toFixed(1)}`);
  set(svg.firstChild, 'points', points.join(' '));
}

function drawing() {
  const svg = shape('svg', { viewBox: '0 0 100 21', preserveAspectRatio: 'none', 'aria-hidden': 'true' });
  svg.append(shape('polyline'));
  return svg;
}

export function showFigures(element, all) {
  keep(element, figures(all), (one) => one.name,
    (one) => make('div', {}, make('dt', {}, one.name), make('dd'), make('small')),
    (div, one) => {
      const [, value, more] = div.children;
      say(value, one.text);
      say(more, one.more ?? '');
      set(div, 'data-bad', one.bad ? 'bad' : null);
      if (one.drawn !== null) {
        const values = [...(past.get(one.name) ?? []), one.drawn].slice(-KEPT);
        past.set(one.name, values);
        line(div.querySelector('svg') ?? div.appendChild(drawing()), values);
      }
    });
}
