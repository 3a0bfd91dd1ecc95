// The page: receives the overview each second, and shows it.

import { keep, make, say, set } from './elements.js';
import { showFigures } from './figures.js';
import * as history from './history.js';
import * as journey from './journey.js';
import * as letters from './letters.js';
import * as pictures from './pictures.js';
import * as search from './search.js';
import * as service from './service.js';
import * as tables from './tables.js';
import * as topology from './topology.js';
import { joined } from './verdicts.js';
import { byName, clock, span } from './words.js';

const STALE_MS = 3000;
const AGAIN_MS = [500, 1000, 2000, 5000];
const KIND = { healthy: 'good', degraded: 'warn', unhealthy: 'bad', warning: 'warn', critical: 'bad', NORMAL: 'good', MODERATE: 'good', HIGH: 'warn', CRITICAL: 'bad' };

const at = (id) => document.getElementById(id);
let last = null;
let heardAt = 0;
let paused = false;
/** State of the connection; its text changes each second with the age of the figures. */
let link = { state: 'connecting', detail: '' };

const MOST_NAMED = 5;

/** Alerts grouped by rule. */
function grouped(all) {
  const kinds = new Map();
  for (const alert of all.alerts) {
    kinds.set(alert.name, [...(kinds.get(alert.name) ?? []), alert]);
  }
  return [...kinds].map(([name, alerts]) => {
    const [first] = alerts;
    const lasts = (alert) => `for ${span(Date.parse(all.at) - Date.parse(alert.since))}`;
    const subjects = alerts.map((alert) => alert.subject).sort(byName);
    const named = subjects.slice(0, MOST_NAMED).join(', ') + (subjects.length > MOST_NAMED ? ` and ${subjects.length - MOST_NAMED} more` : '');
    const silenced = alerts.every((alert) => alert.silenced_until) ? alerts.map((alert) => alert.silenced_until).sort()[0] : null;
    return {
      key: name, kind: KIND[first.severity], runbook: first.runbook, rule: name, silenced,
      name: alerts.length > 1 ? `${name} (${alerts.length})` : first.subject ? `${name} ${first.subject}` : name,
      text: alerts.length > 1 ? `${named}: the first ${lasts(first)}` : `${first.summary}, ${lasts(first)}`,
      all: alerts.length > 1 ? alerts.map((alert) => `${alert.subject}: ${alert.summary}`).join('\n') : '',
    };
  });
}

/** The alerts, and the other failing health checks. */
function troubles(all) {
  // A silenced alert still fires, but comes last.
  const alerts = grouped(all).sort((a, b) => (a.silenced !== null) - (b.silenced !== null));
  const checks = all.health.checks.filter((check) => check.status !== 'healthy' && check.name !== 'alerts')
    .map((check) => ({ key: check.name, name: check.name.replaceAll('_', ' '), text: check.detail, kind: KIND[check.status], runbook: null, rule: null, silenced: null, all: '' }));
  return [...alerts, ...checks];
}

/** A button that keeps everybody from being told of an alert for an hour, or ends that. */
function silencer(rule) {
  return make('button', { type: 'button', class: 'silence', onclick: async ({ target }) => {
    const ends = target.parentElement.dataset.silenced;
    target.disabled = true;
    try {
      await (ends ? service.remove(`alerts/${rule}/silence`) : service.post(`alerts/${rule}/silence`, { duration: 3600 }));
    } catch (refused) {
      say(target.parentElement.lastChild, `Not changed: ${refused.message}`);
    }
    target.disabled = false;
  } });
}

function showTroubles(list) {
  keep(at('troubles'), list, (one) => one.key,
    (one) => make('p', { class: 'trouble' }, make('span', { class: 'state' }), make('span'),
      ...(one.runbook ? [' ', make('a', { href: `runbooks/${one.runbook}` }, 'What to do')] : []),
      ...(one.rule ? [' ', silencer(one.rule), ' ', make('small')] : [])),
    (p, one) => {
      if (one.rule) {
        set(p, 'data-silenced', one.silenced);
        say(p.querySelector('.silence'), one.silenced ? 'End the silence' : 'Silence for an hour');
        say(p.lastChild, one.silenced ? `silent until ${clock(one.silenced)}` : '');
      }
      set(p, 'data-kind', one.kind);
      set(p, 'title', one.all || null);
      set(p.firstChild, 'data-state', one.kind);
      say(p.firstChild, one.name);
      say(p.children[1], one.text);
    });
}

function show(all) {
  last = all;
  const { health, control } = all;
  say(at('health'), health.status);
  set(at('health'), 'data-state', KIND[health.status]);
  paused = control.paused_by === 'operator';
  say(at('pressure'), paused ? 'paused' : `backpressure ${control.backpressure_level.toLowerCase()}`);
  set(at('pressure'), 'data-state', paused ? 'warn' : KIND[control.backpressure_level]);
  say(at('pause'), paused ? 'Resume' : 'Pause');
  at('pause').disabled = false;
  showTroubles(troubles(all));
  showFigures(at('figures'), all);
  const known = joined(all);
  topology.show(known);
  tables.show(known);
  letters.show(all);
  pictures.show(all);
  search.show(all);
  document.title = health.status === 'healthy' && !paused ? 'frame-buffer' : `${paused ? 'paused' : health.status} · frame-buffer`;
}

/** Shows the age of the figures. */
function showLink() {
  const old = Date.now() - heardAt;
  const state = link.state === 'live' && old > STALE_MS ? 'stale' : link.state;
  const since = last ? ` The page shows the figures of ${clock(last.at)}.` : '';
  say(at('link'), {
    connecting: 'connecting …',
    live: `live · ${last ? clock(last.at) : ''}`,
    stale: `Stale: no update for ${Math.round(old / 1000)} s.${since}`,
    trouble: `${link.detail}.${since}`,
    disconnected: `Disconnected: ${link.detail}. Trying again.${since}`,
    locked: 'The service requires its token.',
  }[state]);
  set(at('link'), 'data-link', state);
  set(document.body, 'data-old', state === 'live' ? null : 'old');
}

let begun = false;

/** Shows what the address asks for. The sections above it must have their height before the page scrolls to it. */
async function begin() {
  if (!begun) {
    begun = true;
    await history.follow();
    journey.follow();
    search.follow();
  }
}

function heard(name, data) {
  heardAt = Date.now();
  if (name === 'overview') {
    link = { state: 'live', detail: '' };
    show(data);
    begin();
  } else {
    link = { state: 'trouble', detail: data.detail };
  }
  showLink();
}

/** Returns when the user has entered a token. */
function askForToken() {
  const dialog = at('token-dialog');
  if (service.hasToken()) {
    say(at('token-said'), 'The service rejects this token.');
  }
  dialog.showModal();
  return new Promise((given) => {
    at('token-form').onsubmit = (submitted) => {
      submitted.preventDefault();
      service.keepToken(at('token').value);
      at('token').value = '';
      dialog.close();
      given();
    };
    // Nothing can be shown without a token: ask until the user enters it.
    dialog.oncancel = (cancelled) => cancelled.preventDefault();
  });
}

async function follow() {
  for (let tries = 0; ; tries += 1) {
    const before = heardAt;
    try {
      await service.listen('overview/events', heard);
      link = { state: 'disconnected', detail: 'the service has stopped' };
    } catch (failure) {
      if (failure.status === 401) {
        link = { state: 'locked', detail: '' };
        showLink();
        await askForToken();
        tries = -1;
        continue;
      }
      link = { state: 'disconnected', detail: failure.status ? failure.message : 'the service does not answer' };
    }
    showLink();
    tries = heardAt === before ? tries : 0;
    await new Promise((over) => setTimeout(over, AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)]));
  }
}

at('pause').addEventListener('click', async () => {
  if (!paused && !confirm('Pause? All hand-offs stop until somebody resumes; frames wait in the capture stream.')) {
    return;
  }
  at('pause').disabled = true;
  try {
    const control = await service.post(paused ? 'control/resume' : 'control/pause');
    show({ ...last, control });
  } catch (refused) {
    at('pause').disabled = false;
    link = { state: 'trouble', detail: `Not changed: ${refused.message}` };
    showLink();
  }
});

setInterval(showLink, 1000);
follow();
