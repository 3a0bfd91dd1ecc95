// The newest dead letters, which can be requeued. Read again when their number changes.

import { frameLink, make, say, table } from './elements.js';
import * as service from './service.js';
import { ago, count } from './words.js';

const SHOWN = 20;
const said = document.getElementById('letters-said');
let now;
let dead = -1;

const letters = table(document.getElementById('letters'), [
  { title: 'Frame', cell: (cell, one) => frameLink(cell, one.frame_id ?? '', one.frame_id ?? 'without an id') },
  { title: 'Camera', of: (one) => one.camera_id ?? '' },
  { title: 'Reason', of: (one) => one.reason.replaceAll('_', ' ') },
  { title: 'Dead since', of: (one) => ago(one.dead_at, now), kind: 'number' },
  { title: 'After', of: (one) => (one.attempt === 1 ? '1 attempt' : `${one.attempt} attempts`), kind: 'number' },
  { title: 'Why', of: (one) => one.detail, kind: 'text' },
  { title: '', cell: (cell, one) => {
    if (!cell.firstChild) {
      cell.append(make('button', { type: 'button', onclick: () => requeue({ ids: [one.id] }), 'aria-label': `Requeue ${one.frame_id ?? 'this frame'}` }, 'Requeue'));
    }
  } },
], (one) => one.id, 'None.');

const whole = make('button', { type: 'button', onclick: () => {
  if (confirm('Requeue all dead letters?')) {
    requeue({ all: true });
  }
} }, 'Requeue all');

async function requeue(which) {
  try {
    let requeued = 0;
    let answer = await service.post('frames/dead-letters/requeue', which);
    requeued += answer.requeued;
    while (answer.next) {
      answer = await service.post('frames/dead-letters/requeue', { ...which, after: answer.next, up_to: answer.up_to });
      requeued += answer.requeued;
    }
    say(said, requeued === 1 ? 'Requeued one frame.' : `Requeued ${count(requeued)} frames.`);
    await look();
  } catch (refused) {
    say(said, `Not requeued: ${refused.message}`);
  }
}

async function look() {
  const newest = await service.get(`frames/dead-letters?limit=${SHOWN}`);
  letters(newest);
  if (newest.length > 1) {
    said.after(whole);
  } else {
    whole.remove();
  }
}

export async function show(all) {
  now = all.at;
  const given = all.ledger.total.dead;
  if (given !== dead) {
    dead = given;
    try {
      await look();
    } catch (refused) {
      // Read again with the next event.
      dead = -1;
      say(said, `Cannot read the dead letters: ${refused.message}`);
    }
  }
}
