// The last hours: charts, and a table of the last day by the hour. The service keeps the figures, so they survive a reload and a restart.

import { keep, make, say, shape, table } from './elements.js';
import * as service from './service.js';
import { count, hour, percent, rate, span } from './words.js';

const AGAIN_MS = 60_000;
const HOUR_S = 3600;
const DAY_MS = 86_400_000;
const [WIDE, HIGH] = [600, 120];
/** Seconds of a chart → seconds between its points. */
const STEPS = { 3600: 60, 10800: 60, 86400: 900 };

const section = document.getElementById('history-section');
const place = document.getElementById('history');
const choice = document.getElementById('history-over');
const slowest = document.getElementById('history-slowest');

const seconds = (point) => Math.max(1, (Date.parse(point.to) - Date.parse(point.from)) / 1000);
const shed = (point) => Object.values(point.shed).reduce((sum, n) => sum + n, 0);

/** Each chart: its title, how a value reads, and its lines. */
function charts(points) {
  const capabilities = [...new Set(points.flatMap((point) => point.capabilities.map((one) => one.capability)))].slice(0, 6);
  return [
    { title: 'Frames per second', text: rate, lines: [
      { name: 'captured', of: (point) => point.captured / seconds(point) },
      { name: 'done', of: (point) => point.done / seconds(point) },
      { name: 'shed', of: (point) => shed(point) / seconds(point) },
      { name: 'dead or lost', of: (point) => (point.dead + point.lost) / seconds(point) },
    ] },
    { title: 'Latency', text: span, lines: ['p50', 'p95', 'p99'].map((name) => ({ name, of: (point) => point.latency?.[`${name}_ms`] ?? null })) },
    { title: 'Waiting frames', text: count, lines: [{ name: 'waiting', of: (point) => point.backlog }] },
    { title: 'Utilization', text: percent, lines: capabilities.map((name) => ({
      name: name || 'any', of: (point) => point.capabilities.find((one) => one.capability === name)?.utilization ?? null,
    })) },
  ];
}

/** The line of a chart; it is interrupted where nothing was counted. */
function path(line, points, at, most, step) {
  let pen = 'M';
  return points.map((point) => {
    const value = line.of(point);
    if (value === null || seconds(point) > 3 * step) {
      pen = 'M';
      return '';
    }
    const part = `${pen}${at(point).toFixed(1)},${(HIGH - (value / most) * (HIGH - 6)).toFixed(1)}`;
    pen = 'L';
    return part;
  }).join('');
}

function chart({ title, text, lines }, points, from, to, step) {
  const values = lines.flatMap((line) => points.map(line.of)).filter((value) => value !== null);
  const most = Math.max(...values, 0.001);
  const at = (point) => (((Date.parse(point.from) + Date.parse(point.to)) / 2 - from) / (to - from)) * WIDE;
  const drawing = shape('svg', { viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' });
  drawing.append(...lines.map((line, i) => shape('path', { class: `line-${i}`, d: path(line, points, at, most, step) })));
  const last = points.at(-1);
  const legend = lines.map((line, i) => make('li', { class: `line-${i}` }, `${line.name} ${last && line.of(last) !== null ? text(line.of(last)) : '–'}`));
  return make('figure', {}, make('figcaption', {}, make('b', {}, title), ` up to ${values.length ? text(Math.max(...values)) : '–'}`), drawing,
    make('p', { class: 'times' }, make('span', {}, hour(from)), make('span', {}, hour(to))), make('ul', { class: 'legend' }, ...legend));
}

const hours = table(document.getElementById('hours'), [
  { title: 'Hour', of: (point) => `${hour(point.from)} to ${hour(point.to)}` },
  { title: 'Captured', of: (point) => count(point.captured), kind: 'number' },
  { title: 'Done', of: (point) => count(point.done), kind: 'number' },
  { title: 'Shed', of: (point) => count(shed(point)), kind: 'number' },
  { title: 'Dead', of: (point) => count(point.dead), kind: 'number' },
  { title: 'Lost', of: (point) => count(point.lost), kind: 'number' },
  { title: 'Latency p50', of: (point) => (point.latency ? span(point.latency.p50_ms) : '–'), kind: 'number' },
  { title: 'Latency p99', of: (point) => (point.latency ? span(point.latency.p99_ms) : '–'), kind: 'number' },
  { title: 'Waiting', of: (point) => count(point.backlog), kind: 'number' },
], (point) => point.from, 'Nothing yet.');

function showSlowest(day) {
  const [worst] = day.filter((point) => point.latency).sort((a, b) => b.latency.p99_ms - a.latency.p99_ms);
  say(slowest, day.length === 0 ? 'The first figures come a minute after the start.' : worst ? `The slowest hour of the last 24: ${hour(worst.from)} to ${hour(worst.to)}, latency p99 ${span(worst.latency.p99_ms)}.` : '');
}

async function read() {
  const over = Number(choice.value);
  const step = STEPS[over];
  const now = Date.now();
  const since = (ms, every) => service.get(`history?from=${new Date(ms).toISOString()}&step=${every}`);
  const [chosen, day] = await Promise.all([since(now - over * 1000, step), since(now - DAY_MS, HOUR_S)]);
  section.hidden = chosen.retention_seconds === 0;
  const [from, to] = [Date.parse(chosen.from), Date.parse(chosen.to)];
  const drawn = chosen.points.length > 0 ? charts(chosen.points).filter((one) => one.lines.length > 0) : [];
  keep(place, drawn, (one) => one.title, () => make('div'),
    (div, one) => div.replaceChildren(chart(one, chosen.points, from, to, step)));
  hours(day.points);
  showSlowest(day.points);
}

let waiting = null;

/** Reads the history now, and again each minute. */
export async function follow() {
  clearTimeout(waiting);
  try {
    await read();
  } catch (refused) {
    say(slowest, `Cannot read the history: ${refused.message}`);
  }
  waiting = setTimeout(follow, AGAIN_MS);
}

choice.addEventListener('change', follow);
