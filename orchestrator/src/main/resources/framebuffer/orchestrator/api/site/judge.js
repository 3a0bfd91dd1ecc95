// What is remarkable about a camera or a processor: a word, and whether it is good, a warning or bad. The service judges
// processors itself; of cameras, it is said who is silent, waits long, or sends far less than the others.

import { span } from './words.js';

const RANK = { bad: 0, warn: 1, good: 2 };
const LONG_WAIT_MS = 1000;
/** Over as long, rates are counted: a camera that sent nothing for longer is silent. */
const SILENT_MS = 15_000;
/** When the service was last seen to be paused: cameras that obey sent nothing until then. */
let pausedAt = 0;

export function rank(judged) {
  return RANK[judged.kind];
}

function processor(all, one) {
  const level = all.control.processors[one.id]?.level;
  if (one.draining) {
    return { word: 'draining', kind: 'warn', why: 'gets no new frames, and is unregistered when its queue is empty' };
  }
  if (one.circuit !== 'closed') {
    return { word: one.circuit === 'open' ? 'cut off' : 'on trial', kind: 'bad', why: one.status_reason };
  }
  if (one.status === 'unhealthy') {
    return { word: 'unhealthy', kind: 'bad', why: one.status_reason };
  }
  if (level === 'CRITICAL' || level === 'HIGH') {
    return { word: 'overloaded', kind: level === 'CRITICAL' ? 'bad' : 'warn', why: `its queue fills: ${level.toLowerCase()}` };
  }
  if (one.status === 'degraded') {
    return { word: 'degraded', kind: 'warn', why: one.status_reason };
  }
  return { word: 'healthy', kind: 'good', why: '' };
}

/** The rate that half of the cameras exceed. */
function usualRate(all) {
  const rates = all.cameras.map((one) => one.frames_per_second).filter((n) => n > 0).sort((a, b) => a - b);
  return rates.length < 3 ? 0 : rates[rates.length >> 1];
}

function camera(all, one, usual) {
  if (one.last_frame_at === null) {
    return { word: 'never seen', kind: 'warn', why: 'has a policy, but has sent no frame' };
  }
  if (all.control.paused_by === 'operator') {
    return { word: 'paused', kind: 'warn', why: 'an operator paused the service: cameras that obey send nothing' };
  }
  const silentFor = Date.parse(all.at) - Math.max(pausedAt, Date.parse(one.last_frame_at));
  if (silentFor > SILENT_MS) {
    return { word: `silent for ${span(silentFor)}`, kind: 'bad', why: 'has sent no frame since' };
  }
  if (one.waits && one.waits.mean_wait_ms > LONG_WAIT_MS) {
    return { word: `waits ${span(one.waits.mean_wait_ms)}`, kind: 'warn', why: 'its frames wait long from capture to hand-off' };
  }
  if (one.frames_per_second < usual / 2) {
    return { word: 'slow', kind: 'warn', why: 'sends less than half of the rate of most cameras' };
  }
  return { word: 'flows', kind: 'good', why: '' };
}

/** The overview, in which each camera and processor bears what other parts of it tell of it, and how it is judged. */
export function judged(all) {
  const by = (list, key) => new Map(list.map((one) => [one[key], one]));
  const queues = by(all.backlogs.processors, 'processor_id');
  const waits = by(all.flows.cameras, 'camera_id');
  const counts = by(all.ledger.cameras, 'camera_id');
  const usual = usualRate(all);
  pausedAt = all.control.paused_by === 'operator' ? Date.parse(all.at) : pausedAt;
  return {
    ...all,
    processors: all.processors.map((one) => ({ ...one, queue: queues.get(one.id), judged: processor(all, one) })),
    cameras: all.cameras.map((one) => {
      const whole = { ...one, waits: waits.get(one.camera_id), counts: counts.get(one.camera_id) };
      return { ...whole, judged: camera(all, whole, usual) };
    }),
  };
}

export function capability(all, name) {
  const offering = all.processors.filter((one) => name === '' || one.capabilities.includes(name));
  const usable = offering.filter((one) => one.status !== 'unhealthy' && !one.draining && one.circuit !== 'open');
  const level = all.control.capabilities[name]?.level ?? 'NORMAL';
  if (usable.length === 0) {
    return { word: 'no usable processor', kind: 'bad' };
  }
  if (level === 'CRITICAL' || level === 'HIGH') {
    return { word: 'overloaded', kind: level === 'CRITICAL' ? 'bad' : 'warn' };
  }
  const those = offering.length === 1 ? '1 processor' : `${offering.length} processors`;
  return usable.length < offering.length
    ? { word: `${usable.length} of ${those} usable`, kind: 'warn' }
    : { word: those, kind: 'good' };
}
