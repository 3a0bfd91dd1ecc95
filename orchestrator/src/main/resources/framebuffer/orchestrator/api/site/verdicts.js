// Adds to each camera and processor of the overview its verdict, counts and queue. The service decides the verdicts.

const KIND = { good: 'good', warning: 'warn', bad: 'bad' };
const RANK = { bad: 0, warn: 1, good: 2 };
const UNKNOWN = { state: 'unknown', rating: 'warning', reason: '' };

function shown({ state, rating, reason } = UNKNOWN) {
  return { word: state.replaceAll('_', ' '), kind: KIND[rating], why: reason };
}

/** Sorts the worst first. */
export function rank(judged) {
  return RANK[judged.kind];
}

export function joined(all) {
  const by = (list, key) => new Map(list.map((one) => [one[key], one]));
  const queues = by(all.backlogs.processors, 'processor_id');
  const waits = by(all.flows.cameras, 'camera_id');
  const counts = by(all.ledger.cameras, 'camera_id');
  const { cameras, processors } = all.verdicts;
  return {
    ...all,
    processors: all.processors.map((one) => ({ ...one, queue: queues.get(one.id), judged: shown(processors[one.id]) })),
    cameras: all.cameras.map((one) => ({
      ...one, waits: waits.get(one.camera_id), counts: counts.get(one.camera_id), judged: shown(cameras[one.camera_id]),
    })),
  };
}

/** The verdict on a capability in a few words. */
export function capability(all, name) {
  const { kind, why } = shown(all.verdicts.capabilities[name]);
  return { word: why, kind };
}
