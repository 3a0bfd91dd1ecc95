// Calls to the service. All addresses are relative, so that the page works behind a proxy that puts a path in front.

const KEPT = 'frame-buffer token';

/** An answer that is no success; says what the service's problem document says. */
export class Refused extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

function headers() {
  const token = sessionStorage.getItem(KEPT);
  return token ? { Authorization: `Bearer ${token}` } : {};
}

/** Keeps a token until the tab is closed. */
export function keepToken(token) {
  sessionStorage.setItem(KEPT, token);
}

/** Whether one is kept: then a 401 means that it is wrong. */
export function hasToken() {
  return sessionStorage.getItem(KEPT) !== null;
}

async function answered(path, options) {
  const response = await fetch(path, { cache: 'no-store', ...options, headers: { ...headers(), ...options?.headers } });
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw new Refused(response.status, problem.detail ?? `answered ${response.status}`);
  }
  return response;
}

export async function get(path) {
  return (await answered(path)).json();
}

export async function post(path, body) {
  const options = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
  return (await answered(path, { method: 'POST', ...options })).json();
}

/** A picture, as an address for an image; to be revoked by whoever asked. Null: there is none. */
export async function picture(path) {
  try {
    return URL.createObjectURL(await (await answered(path)).blob());
  } catch (refused) {
    if (refused.status === 404) {
      return null;
    }
    throw refused;
  }
}

/**
 * Server-sent events, until the connection breaks. EventSource would do, if it could send a token.
 *
 * @param heard is called with the name and the data of each
 */
export async function listen(path, heard) {
  const response = await answered(path);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let pending = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) {
      return;
    }
    const events = (pending + value).split('\n\n');
    pending = events.pop();
    for (const event of events) {
      const lines = event.split('\n');
      const of = (field) => lines.filter((line) => line.startsWith(field)).map((line) => line.slice(field.length)).join('\n');
      heard(of('event: '), JSON.parse(of('data: ')));
    }
  }
}
