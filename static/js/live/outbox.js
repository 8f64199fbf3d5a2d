// What was sent and is not acknowledged yet. It goes again, in order, with the same (client, seq), until the server
// has answered; so everything happens once, however often the network fails.
//
// It lies in localStorage: a reload or an empty battery loses nothing. Each page load is a client of its own; what an
// earlier one left behind is sent in that one's name.
import { isLive, ping, send } from "./connection.js";
import { on, tell } from "./events.js";
import { base, uuid, view } from "./page.js";

const PREFIX = `outbox:${base}:`;
const ASK_MS = 2_000; // without an answer, until the socket is asked whether it lives
const ANSWER_MS = 20_000; // for one that does, and has more to do than it can; then by POST: what comes first counts
const POST_MS = 8_000; // until a request counts as lost
const LEASE_MS = 6_000; // an outbox whose page has not said so for this long is left behind
const client = uuid();
const began = Date.now();
let seq = 0;
let entries = []; // {door, fields, seq, replaces}
let sending = false;
let adopting = false;
let held = false; // something of this page waits for that to end
const newest = new Map(); // name → door of what this page has sent last under it
let answers = true; // whether the socket does; one that was silent once is believed again when it has answered
let failures = 0;
let timer = 0;
const waiting = new Map(); // seq → {resolve}

/** Send a command. `replaces`: a name; of those that have not left yet, the newest of a name stands for all. */
export function post(door, fields, { replaces = "" } = {}) {
  if (replaces) {
    newest.set(replaces, door);
    const first = sending ? 1 : 0; // the first is under way
    entries = entries.filter((entry, index) => index < first || entry.replaces !== replaces);
  }
  seq += 1;
  const entry = { door, fields, seq, replaces };
  entries.push(entry);
  save();
  tell("outbox", entries);
  const answer = new Promise((resolve) => waiting.set(entry.seq, resolve));
  flush();
  return answer;
}

/** What is under way or waits, oldest first. */
export const pending = (door) => entries.filter((entry) => !door || entry.door === door);

async function flush() {
  if (sending || !entries.length) return;
  if (adopting) return (held = true);
  sending = true;
  const entry = entries[0];
  const answer = await deliver(client, entry);
  sending = false;
  if (answer === null) return later();
  failures = 0;
  entries = entries.filter((other) => other !== entry);
  save();
  if (answer.mine) tell("mine", answer.mine);
  tell("outbox", entries);
  if (!answer.ok) tell("refused", { ...answer.error, door: entry.door, fields: entry.fields });
  waiting.get(entry.seq)?.(answer);
  waiting.delete(entry.seq);
  flush();
}

/** The answer, or null when there was none and it has to go again. */
async function deliver(name, entry) {
  return (await deliverBySocket(name, entry)) ?? deliverByPost(name, entry);
}

/** A phone's commands go by its socket while that lives. Null: by POST, then; the server does it once all the same. */
function deliverBySocket(client, { door, seq, fields }) {
  if (view !== "phone" || !isLive() || !answers) return null;
  const asForm = Object.fromEntries(new URLSearchParams(fields));
  if (!send({ t: "do", door, client, seq, fields: asForm })) return null;
  return new Promise((resolve) => {
    const began = Date.now();
    let pings = 0; // that it has not answered yet
    const end = (answer) => {
      clearInterval(asking);
      stopAnswer();
      stopState();
      stopPong();
      resolve(answer);
    };
    const asking = setInterval(() => {
      answers = pings === 0 && Date.now() - began < ANSWER_MS;
      if (!answers) return end(null);
      pings += 1;
      ping();
    }, ASK_MS);
    const stopPong = on("message-pong", () => (pings = 0));
    const stopAnswer = on("message-answer", (m) => m.client === client && m.seq === seq && end(m.answer));
    const stopState = on("state", () => end(null)); // it was cut
  });
}

async function deliverByPost(name, entry) {
  // A network that goes without a word leaves a request hanging for minutes, and all that waits behind it.
  const hung = new AbortController();
  const late = setTimeout(() => hung.abort(), POST_MS);
  const stopState = on("state", (state) => state === "live" && hung.abort());
  try {
    const answer = await fetch(`${base}do/${entry.door}`, {
      method: "POST",
      headers: { "X-CSRFToken": csrfToken() },
      body: new URLSearchParams({ ...entry.fields, client: name, seq: entry.seq }),
      keepalive: true,
      signal: hung.signal,
    });
    // What is not ours (a portal's page, a proxy's error) says nothing of the command: it goes again.
    const ours = answer.headers.has("X-Request-Id") || answer.status === 413;
    if (ours && answer.headers.get("Content-Type")?.startsWith("application/json")) return await answer.json();
    if (!ours || answer.status >= 500 || answer.status === 429) return null;
    return { ok: false, error: { code: `http-${answer.status}`, sentence: "" } };
  } catch {
    return null;
  } finally {
    clearTimeout(late);
    stopState();
  }
}

function later() {
  failures += 1;
  clearTimeout(timer);
  // Six seconds at most: where the database alone was away, no new socket says that it is back.
  timer = setTimeout(flush, Math.min(4_000, 400 * 2 ** Math.min(failures, 5)) * (0.5 + Math.random()));
  tell("outbox", entries);
}

function csrfToken() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
}

function save(alive = Date.now()) {
  try {
    if (entries.length) localStorage.setItem(PREFIX + client, JSON.stringify({ began, alive, entries }));
    else localStorage.removeItem(PREFIX + client);
  } catch {
    // Storage is full or forbidden: what is here is still sent while the page is open.
  }
}

/** Send what pages before this one left behind, in order, and nothing of this page's beside it. */
async function adopt() {
  if (sending || adopting) return; // the next look does it
  adopting = true;
  try {
    await sendLeftBehind();
  } finally {
    adopting = false;
    if (held) flush();
    held = false;
  }
}

/** This page has sent what stands for it. What is merely kept takes the place of nothing that was sent. */
function isOutOfDate({ door, replaces }) {
  const by = newest.get(replaces);
  return by === door || (by !== undefined && by !== "keep-unsent");
}

/** What other pages keep, the one that began first before the others. */
function leftBehind() {
  const others = Object.keys(localStorage).filter((name) => name.startsWith(PREFIX) && name !== PREFIX + client);
  const outboxes = others.map((key) => ({ key, left: readOutbox(key) })).filter(({ left }) => left);
  return outboxes.sort((one, other) => one.left.began - other.left.began);
}

/** Null where none of our pages wrote it: that must not keep what others left behind from being sent. */
function readOutbox(key) {
  try {
    const left = JSON.parse(localStorage.getItem(key));
    return Array.isArray(left?.entries) ? left : null;
  } catch {
    return null;
  }
}

async function sendLeftBehind() {
  for (const { key, left } of leftBehind()) {
    if (Date.now() - left.alive < LEASE_MS) continue;
    for (const entry of left.entries) {
      if (isOutOfDate(entry)) continue;
      const answer = await deliver(key.slice(PREFIX.length), entry);
      if (answer === null) return;
      if (answer.mine) tell("mine", answer.mine);
      if (!answer.ok) tell("refused", { ...answer.error, door: entry.door, fields: entry.fields });
    }
    localStorage.removeItem(key);
  }
}

export function startOutbox() {
  on("message-answer", () => (answers = true));
  on("state", (state) => {
    answers = true; // if it lives, it is another one
    if (state !== "live" && state !== "polling") return;
    failures = 0;
    clearTimeout(timer);
    flush();
    adopt();
  });
  addEventListener("online", flush);
  addEventListener("pagehide", () => save(0)); // the page that comes next need not wait, nor be overtaken later
  setInterval(() => {
    save();
    adopt();
  }, LEASE_MS / 3);
  adopt();
}
