// Tables of processors and cameras, the worst first; and of partitions, if there are several.

import { bar, frameLink, make, say, state, table } from './elements.js';
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

const filter = document.getElementById('cameras-filter');
filter.addEventListener('input', () => show(all));

/** The cameras whose name has what the filter says, without regard to upper and lower case. */
function fitting(list) {
  const part = filter.value.trim().toLowerCase();
  return list.filter((one) => one.camera_id.toLowerCase().includes(part));
}

const cameras = table(document.getElementById('cameras'), [
  { title: 'Camera', of: (one) => one.camera_id },
  { title: 'State', cell: judged },
  { title: 'Why', of: (one) => one.judged.why, kind: 'text' },
  { title: 'Sends', of: (one) => rate(one.frames_per_second), kind: 'number' },
  { title: 'Last frame', of: (one) => ago(one.last_frame_at, all.at), kind: 'number' },
  { title: 'Waits', of: (one) => (one.waits ? span(one.waits.mean_wait_ms) : '–'), kind: 'number' },
  { title: 'In flight', of: (one) => count(one.counts?.in_flight ?? 0), kind: 'number' },
  { title: 'Done', of: (one) => count(one.counts?.done ?? 0), kind: 'number' },
  { title: 'Shed', cell: (cell, one) => frames(cell, one, 'shed', Object.values(one.counts?.shed ?? {}).reduce((sum, n) => sum + n, 0)), kind: 'number' },
  { title: 'Dead', cell: (cell, one) => frames(cell, one, 'dead', one.counts?.dead ?? 0), kind: 'number' },
  { title: 'Keeps', of: (one) => (one.keep === 'latest' ? 'the newest' : 'all') + (one.max_age_ms === null ? '' : `, up to ${span(one.max_age_ms)} old`) },
  { title: 'Newest handed off', cell: frame },
], (one) => one.camera_id, () => (filter.value ? 'No camera has this in its name.' : 'No camera has sent a frame yet: append frames to the stream frames:capture.'));

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

/** A number of frames that leads to them. */
function frames(cell, one, ended, number) {
  if (number === 0) {
    say(cell, '0');
    return;
  }
  if (!cell.firstElementChild) {
    cell.replaceChildren(make('a', { title: 'Which frames, and why?' }));
  }
  cell.firstElementChild.href = `#${new URLSearchParams({ show: 'frames', camera: one.camera_id, state: ended })}`;
  say(cell.firstElementChild, count(number));
}

function frame(cell, one) {
  if (one.waits?.last_frame_id) {
    frameLink(cell, one.waits.last_frame_id);
  } else {
    cell.replaceChildren();
  }
}

export function show(overview) {
  all = overview;
  processors(worstFirst([...all.processors], (one) => one.id));
  cameras(worstFirst(fitting(all.cameras), (one) => one.camera_id));
  rest.hidden = all.cameras.length >= all.cameras_total;
  say(rest, `The ${count(all.cameras.length)} most recent of ${count(all.cameras_total)} cameras; GET /cameras lists all.`);
  document.getElementById('partitions-section').hidden = all.partitions.length < 2;
  partitions(all.partitions);
}
