// Tables of processors and cameras, the worst first; and of partitions, if there are several.

import { bar, make, say, state, table } from './elements.js';
import * as verdicts from './verdicts.js';
import { ago, byName, count, rate, span } from './words.js';

let all;

function judged(cell, one) {
  state(cell, one.judged.word, one.judged.kind);
  cell.title = one.judged.why;
}

/** The worst first, then by name, so that rows keep their places. */
function worstFirst(list, keyOf) {
  return list.sort((a, b) => verdicts.rank(a.judged) - verdicts.rank(b.judged) || byName(keyOf(a), keyOf(b)));
}

const processors = table(document.getElementById('processors'), [
  { title: 'Processor', of: (one) => one.id },
  { title: 'State', cell: judged },
  { title: 'Queue', cell: (cell, one) => (one.queue ? bar(cell, one.queue.utilization, `${count(one.queue.outstanding)} of ${count(one.queue.capacity)}`) : say(cell, 'no queue')) },
  { title: 'Completes', of: (one) => rate(all.rates.by_processor[one.id] ?? 0), kind: 'number' },
  { title: 'Circuit', of: (one) => one.circuit.replace('_', '-') },
  { title: 'Last seen', of: (one) => ago(one.last_seen, all.at), kind: 'number' },
  { title: 'Offers', of: (one) => one.capabilities.join(', ') },
  { title: 'Why', of: (one) => one.judged.why, kind: 'text' },
], (one) => one.id, 'No processor is registered: new frames wait for one.');

const cameras = table(document.getElementById('cameras'), [
  { title: 'Camera', of: (one) => one.camera_id },
  { title: 'State', cell: judged },
  { title: 'Sends', of: (one) => rate(one.frames_per_second), kind: 'number' },
  { title: 'Last frame', of: (one) => ago(one.last_frame_at, all.at), kind: 'number' },
  { title: 'Waits', of: (one) => (one.waits ? span(one.waits.mean_wait_ms) : '–'), kind: 'number' },
  { title: 'In flight', of: (one) => count(one.counts?.in_flight ?? 0), kind: 'number' },
  { title: 'Done', of: (one) => count(one.counts?.done ?? 0), kind: 'number' },
  { title: 'Shed', of: (one) => count(Object.values(one.counts?.shed ?? {}).reduce((sum, n) => sum + n, 0)), kind: 'number' },
  { title: 'Dead', of: (one) => count(one.counts?.dead ?? 0), kind: 'number' },
  { title: 'Keeps', of: (one) => (one.keep === 'latest' ? 'the newest' : 'all') + (one.max_age_ms === null ? '' : `, up to ${span(one.max_age_ms)} old`) },
  { title: 'Newest handed off', cell: frame },
], (one) => one.camera_id, 'No camera has sent a frame yet: append frames to the stream frames:capture.');

/** Tells when the list contains only the most recent cameras. */
const rest = document.getElementById('cameras-rest');

const partitions = table(document.getElementById('partitions'), [
  { title: 'Partition', of: (one) => String(one.partition) },
  { title: 'State', cell: (cell, one) => state(cell, one.trouble ? 'unreachable' : one.instances.length ? 'served' : 'waits', one.trouble ? 'bad' : one.instances.length ? 'good' : 'warn') },
  { title: 'Served by', of: (one) => one.instances.join(', ') || 'no instance yet' },
  { title: 'Window', of: (one) => count(one.window_frames), kind: 'number' },
  { title: 'Key prefix', of: (one) => one.key_prefix },
  { title: 'Why', of: (one) => one.trouble ?? '', kind: 'text' },
], (one) => String(one.partition), '');

function frame(cell, one) {
  const id = one.waits?.last_frame_id;
  if (!id) {
    cell.replaceChildren();
    return;
  }
  const link = cell.firstElementChild ?? cell.appendChild(make('a', { title: 'Where is this frame?' }));
  link.href = `#frame=${encodeURIComponent(id)}`;
  say(link, id);
}

export function show(overview) {
  all = overview;
  processors(worstFirst([...all.processors], (one) => one.id));
  cameras(worstFirst([...all.cameras], (one) => one.camera_id));
  rest.hidden = all.cameras.length >= all.cameras_total;
  say(rest, `The ${count(all.cameras.length)} most recent of ${count(all.cameras_total)} cameras; GET /cameras lists all.`);
  document.getElementById('partitions-section').hidden = all.partitions.length < 2;
  partitions(all.partitions);
}
