// The latest picture of each camera with its findings, for one capability at a time.

import { keep, make, say, set } from './elements.js';
import { found } from './search.js';
import { picture } from './seen.js';
import * as service from './service.js';
import { ago, byName, count, exactly } from './words.js';

const MOST = 24;
const AGAIN_MS = 2000;
const section = document.getElementById('pictures-section');
const place = document.getElementById('pictures');
const choice = document.getElementById('pictures-of');
const dialog = document.getElementById('picture-dialog');
const large = document.getElementById('picture');
const said = document.getElementById('picture-said');
let capability = null;
/** Ends the large picture. */
let open = null;

/** The capability with the most findings, until the user chooses. */
function best(pictures) {
  const found = new Map();
  for (const one of pictures) {
    found.set(one.capability, (found.get(one.capability) ?? 0) + one.objects);
  }
  return [...found].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}

function options(pictures) {
  const names = [...new Set(pictures.map((one) => one.capability))].sort(byName);
  keep(choice, names, (name) => name, (name) => make('option', { value: name }, name), () => {});
  if (!names.includes(capability)) {
    capability = best(pictures);
  }
  choice.value = capability;
}

async function load(image, one) {
  if (image.dataset.at === one.at) {
    return;
  }
  image.dataset.at = one.at;
  const url = await service.picture(`cameras/${encodeURIComponent(one.camera_id)}/picture?capability=${encodeURIComponent(one.capability)}`).catch(() => null);
  if (url !== null) {
    URL.revokeObjectURL(image.src);
    image.src = url;
  }
}

/** Shows a camera large, with each result of its detector. */
async function enlarge(one) {
  open = new AbortController();
  const { signal } = open;
  const alt = `What the detector sees of camera ${one.camera_id}`;
  say(document.getElementById('picture-title'), `${one.camera_id}: ${one.capability}`);
  say(said, 'The next result is awaited.');
  const [small] = place.querySelectorAll(`[data-key="${CSS.escape(one.camera_id)}"] img`);
  large.replaceChildren(make('img', { alt, src: small.src }));
  dialog.showModal();
  let busy = false;
  async function shown(name, result) {
    // A result that comes while the last picture is loaded is skipped, so that the newest is shown.
    if (name !== 'result' || busy) {
      return;
    }
    busy = true;
    const view = await picture(result.frame_id, [result], alt, false);
    busy = false;
    if (view !== null && !signal.aborted) {
      large.replaceChildren(view);
      say(said, `${exactly(result.at)}: ${found(result)}`);
    }
  }
  const query = new URLSearchParams({ camera: one.camera_id, capability: one.capability });
  while (!signal.aborted) {
    await service.listen(`results/events?${query}`, shown, signal)
      .catch((failure) => signal.aborted || say(said, failure.status ? failure.message : 'The service does not answer.'));
    await new Promise((over) => setTimeout(over, AGAIN_MS));
  }
}

dialog.addEventListener('close', () => {
  open.abort();
  large.replaceChildren();
});

export function show(all) {
  section.hidden = all.pictures.length === 0;
  if (section.hidden) {
    return;
  }
  options(all.pictures);
  keep(place, all.pictures.filter((one) => one.capability === capability).slice(0, MOST), (one) => one.camera_id,
    () => make('figure', {}, make('button', { type: 'button', title: 'Show it large and live' }, make('img', { width: 768, height: 576 })), make('figcaption', {}, make('b'), ' ', make('a'), make('span'))),
    (figure, one) => {
      const [button, caption] = figure.children;
      const image = button.firstChild;
      button.onclick = () => enlarge(one);
      const [name, link, by] = caption.children;
      const objects = one.objects === 1 ? '1 found' : `${count(one.objects)} found`;
      set(image, 'alt', `What ${one.processor_id} saw of camera ${one.camera_id}: ${objects}`);
      say(name, one.camera_id);
      link.href = `#frame=${encodeURIComponent(one.frame_id)}`;
      say(link, objects);
      say(by, ` by ${one.processor_id}, ${ago(one.at, all.at)}`);
      load(image, one);
    });
}

choice.addEventListener('change', () => {
  capability = choice.value;
});
