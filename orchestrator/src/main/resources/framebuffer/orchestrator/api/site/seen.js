// The picture of one frame with the boxes that detectors found in it, and their results.

import { make, shape } from './elements.js';
import * as service from './service.js';
import { found } from './search.js';
import { percent, span } from './words.js';

/** Boxes with their labels, in the coordinates of the picture. */
function boxes(results, width, height) {
  const svg = shape('svg', { viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' });
  const size = Math.max(width, height) / 45;
  for (const object of results.flatMap((one) => one.objects).filter((one) => one.box)) {
    const [x, y, w, h] = object.box;
    const text = shape('text', { x, y: Math.max(y - size / 4, size), 'font-size': size });
    text.textContent = [object.label, object.score === undefined ? '' : percent(object.score)].join(' ').trim();
    svg.append(shape('rect', { x, y, width: w, height: h }), text);
  }
  return svg;
}

function words(result) {
  const title = `${result.capability || 'any'}: ${found(result)}`;
  const by = [result.processor_id && `by ${result.processor_id}`, result.processing_ms !== null && `in ${span(result.processing_ms)}`].filter(Boolean).join(' ');
  return make('details', {}, make('summary', {}, `${title}, ${by}`), make('pre', {}, JSON.stringify(result.result, null, 1)));
}

/**
 * The picture of a frame with the boxes of these results, once it is decoded; null: it is no longer kept. With `search` the service also
 * looks through streams for the entry of the frame, which costs much more than its key.
 */
export async function picture(frameId, results, alt, search) {
  const url = await service.picture(`frames/${encodeURIComponent(frameId)}/picture?search=${search}`).catch(() => null);
  if (url === null) {
    return null;
  }
  const image = make('img', { alt, src: url });
  try {
    await image.decode();
  } catch (undecodable) {
    return null;
  } finally {
    URL.revokeObjectURL(url);
  }
  return make('div', { class: 'seen' }, image, boxes(results, image.naturalWidth, image.naturalHeight));
}

/** Appends what was seen of a frame to a place, and its picture while it is kept. */
export async function showSeen(place, frame) {
  const results = frame.results ?? [];
  place.append(...results.map(words));
  place.prepend(await picture(frame.frame_id, results, `Frame ${frame.frame_id} of camera ${frame.camera_id}`, frame.state !== 'done')
    ?? make('p', { class: 'hint' }, 'The picture of this frame is no longer kept.'));
}
