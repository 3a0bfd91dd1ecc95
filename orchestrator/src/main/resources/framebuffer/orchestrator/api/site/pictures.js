// The latest picture of each camera with its findings, for one capability at a time.

import { keep, make, say, set } from './elements.js';
import * as service from './service.js';
import { ago, byName, count } from './words.js';

const MOST = 16;
const section = document.getElementById('pictures-section');
const place = document.getElementById('pictures');
const choice = document.getElementById('pictures-of');
let capability = null;

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
  const address = await service.picture(`cameras/${encodeURIComponent(one.camera_id)}/picture?capability=${encodeURIComponent(one.capability)}`)
    .catch(() => null);
  if (address !== null) {
    URL.revokeObjectURL(image.src);
    image.src = address;
  }
}

export function show(all) {
  section.hidden = all.pictures.length === 0;
  if (section.hidden) {
    return;
  }
  options(all.pictures);
  keep(place, all.pictures.filter((one) => one.capability === capability).slice(0, MOST), (one) => one.camera_id,
    () => make('figure', {}, make('img', { width: 768, height: 576 }), make('figcaption', {}, make('b'), ' ', make('a'), make('span'))),
    (figure, one) => {
      const [image, caption] = figure.children;
      const [name, link, said] = caption.children;
      const found = one.objects === 1 ? '1 found' : `${count(one.objects)} found`;
      set(image, 'alt', `What ${one.processor_id} saw of camera ${one.camera_id}: ${found}`);
      say(name, one.camera_id);
      link.href = `#frame=${encodeURIComponent(one.frame_id)}`;
      say(link, found);
      say(said, ` by ${one.processor_id}, ${ago(one.at, all.at)}`);
      load(image, one);
    });
}

choice.addEventListener('change', () => {
  capability = choice.value;
});
