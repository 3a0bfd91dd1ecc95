// Formats figures.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** Orders names; digits in them compare as numbers. */
export const byName = new Intl.Collator('en', { numeric: true }).compare;

export function count(n) {
  return whole.format(n);
}

/** Frames per second. */
export function rate(n) {
  return `${n < 100 ? tenths.format(n) : whole.format(n)}/s`;
}

/** A duration in milliseconds. */
export function span(ms) {
  if (ms < 1000) {
    return `${ms < 10 ? tenths.format(ms) : whole.format(ms)} ms`;
  }
  if (ms < 100_000) {
    return `${tenths.format(ms / 1000)} s`;
  }
  const minutes = ms / 60_000;
  return minutes < 120 ? `${whole.format(minutes)} min` : minutes < 2880 ? `${whole.format(minutes / 60)} h` : `${whole.format(minutes / 1440)} days`;
}

/** The time since a moment, by the clock of the service. */
export function ago(moment, now) {
  return moment === null ? 'never' : `${span(Math.max(0, Date.parse(now) - Date.parse(moment)))} ago`;
}

/** The local time of day. */
export function clock(moment) {
  return new Date(moment).toLocaleTimeString('en-GB');
}

/** The local time of day with milliseconds. */
export function exactly(moment) {
  const at = new Date(moment);
  return `${at.toLocaleTimeString('en-GB')}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

/** The local date, or nothing if it is today. */
export function day(moment) {
  const at = new Date(moment);
  return at.toDateString() === new Date().toDateString() ? '' : at.toLocaleDateString('en-CA');
}

/** A share as a whole percentage. */
export function percent(share) {
  return `${Math.round(share * 100)} %`;
}

/** The local time of day in hours and minutes, with the date if it is not today. */
export function hour(moment) {
  return `${day(moment)} ${new Date(moment).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })}`.trim();
}
