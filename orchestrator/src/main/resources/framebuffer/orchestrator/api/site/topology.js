// Cameras, capabilities and processors, connected by lines whose width shows the rate of frames.

import { bar, keep, make, say, set, shape, state } from './elements.js';
import * as verdicts from './verdicts.js';
import { byName, rate } from './words.js';

const MOST = 24;
const ANY = 'any';

let chosen = null;
let lines = [];
let drawn = null;

const root = document.getElementById('topology');
const svg = root.querySelector('svg');
const columns = {
  camera: document.getElementById('at-cameras'),
  capability: document.getElementById('at-capabilities'),
  processor: document.getElementById('at-processors'),
};

function touches(way, node) {
  return node === null || way[`${node.kind}_id`] === node.id;
}

/** The flows, whose capability has a name like the other ends. */
function ways(all) {
  return all.flows.ways.map((way) => ({ ...way, capability_id: way.capability }));
}

/** The most important items, in a stable order. */
function most(nodes) {
  if (nodes.length <= MOST) {
    return nodes;
  }
  const seen = new Set([...nodes].sort((a, b) => verdicts.rank(a.judged) - verdicts.rank(b.judged) || b.rate - a.rate).slice(0, MOST));
  return nodes.filter((node) => seen.has(node));
}

function nodes(all, flows) {
  const sent = (kind, id) => flows.filter((way) => way[`${kind}_id`] === id).reduce((sum, way) => sum + way.frames_per_second, 0);
  const names = new Set([...all.processors.flatMap((one) => one.capabilities), ...flows.map((way) => way.capability)]);
  return {
    camera: all.cameras.map((one) => ({ kind: 'camera', id: one.camera_id, name: one.camera_id, rate: one.frames_per_second, judged: one.judged })),
    capability: [...names].sort(byName).map((name) => ({ kind: 'capability', id: name, name: name || ANY, rate: sent('capability', name), judged: verdicts.capability(all, name) })),
    processor: all.processors.map((one) => ({ kind: 'processor', id: one.id, name: one.id, rate: all.rates.by_processor[one.id] ?? 0, judged: one.judged, queue: one.queue })),
  };
}

function choose(node) {
  chosen = chosen && chosen.kind === node.kind && chosen.id === node.id ? null : { kind: node.kind, id: node.id };
  show(drawn);
}

function create(node) {
  return make('li', {}, make('button', { type: 'button', onclick: () => choose(node) },
    make('span', { class: 'name' }), make('span', { class: 'rate' }), make('span', { class: 'load' }), make('span', { class: 'judged' })));
}

function update(li, node, flows) {
  const button = li.firstChild;
  const [name, figure, load, judged] = button.children;
  say(name, node.name);
  set(name, 'title', node.name);
  say(figure, rate(node.rate));
  if (node.queue) {
    bar(load, node.queue.utilization, `${node.queue.outstanding} of ${node.queue.capacity}`);
  }
  state(judged, node.judged.word, node.judged.kind);
  set(button, 'data-state', node.judged.kind);
  set(button, 'aria-pressed', String(chosen !== null && chosen.kind === node.kind && chosen.id === node.id));
  set(button, 'data-aside', chosen === null || flows.some((way) => touches(way, chosen) && touches(way, node)) || (chosen.kind === node.kind && chosen.id === node.id) ? null : 'aside');
}

function column(kind, all, flows) {
  const shown = most(all);
  const rest = all.length - shown.length;
  const list = rest > 0 ? [...shown, { kind: 'rest', id: '', rest }] : shown;
  keep(columns[kind], list, (node) => `${node.kind} ${node.id}`,
    (node) => (node.kind === 'rest' ? make('li', { class: 'rest' }) : create(node)),
    (li, node) => (node.kind === 'rest' ? say(li, `and ${node.rest} more, listed below`) : update(li, node, flows)));
}

/** Sums of the flows between two columns: from, to → frames per second. */
function between(flows, from, to) {
  const sums = new Map();
  for (const way of flows) {
    const key = JSON.stringify([way[`${from}_id`], way[`${to}_id`]]);
    const line = sums.get(key) ?? { from: `${from} ${way[`${from}_id`]}`, to: `${to} ${way[`${to}_id`]}`, fromKind: from, toKind: to, rate: 0, lit: false };
    line.rate += way.frames_per_second;
    line.lit ||= chosen !== null && touches(way, chosen);
    sums.set(key, line);
  }
  return [...sums.values()];
}

function draw() {
  const box = root.getBoundingClientRect();
  set(svg, 'viewBox', `0 0 ${box.width} ${box.height}`);
  const at = (kind, key) => [...columns[kind].children].find((li) => li.dataset.key === key)?.getBoundingClientRect();
  const fastest = Math.max(...lines.map((line) => line.rate), 0.001);
  const placed = lines.map((line) => ({ line, from: at(line.fromKind, line.from), to: at(line.toKind, line.to) })).filter((one) => one.from && one.to);
  keep(svg, placed, ({ line }) => `${line.from} ${line.to}`, () => shape('path'), (path, { line, from, to }) => {
    const [x1, y1] = [from.right - box.left, from.top + from.height / 2 - box.top];
    const [x2, y2] = [to.left - box.left, to.top + to.height / 2 - box.top];
    const middle = (x1 + x2) / 2;
    set(path, 'd', `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`);
    set(path, 'stroke-width', (1 + 5 * Math.sqrt(line.rate / fastest)).toFixed(1));
    set(path, 'class', chosen === null ? null : line.lit ? 'lit' : 'aside');
  });
}

export function show(all) {
  drawn = all;
  const flows = ways(all);
  for (const [kind, list] of Object.entries(nodes(all, flows))) {
    column(kind, list, flows);
  }
  lines = [...between(flows, 'camera', 'capability'), ...between(flows, 'capability', 'processor')];
  draw();
}

new ResizeObserver(draw).observe(root);
