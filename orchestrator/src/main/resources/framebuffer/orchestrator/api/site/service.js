// Requests to the service. All addresses are relative, so that the page works behind a proxy that adds a path prefix.

const KEPT = 'frame-buffer token';

/** A failed response, with the text of its problem document. */
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

/** Stores a token until the tab is closed. */
export function keepToken(token) {
  sessionStorage.setItem(KEPT, token);
}

/** Whether a token is stored: then a 401 means that it is wrong. */
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

export async function remove(path) {
  await answered(path, { method: 'DELETE' });
}

/** The URL of a picture, which the caller must revoke; null: there is none. */
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
 * Receives server-sent events until the connection breaks. EventSource cannot send a token.
 *
 * @param heard receives name and data of each event
 * @param signal ends it
 */
export async function listen(path, heard, signal) {
  const response = await answered(path, { signal });
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
      const data = of('data: ');
      // A comment only keeps the connection open.
      if (data) {
        heard(of('event: '), JSON.parse(data));
      }
    }
  }
}
