// The connection to the room: a socket, or where a network blocks it, polling. It tells what arrives by its type.
import { measure } from "./clock.js";
import { tell } from "./events.js";
import { base } from "./page.js";
import { have, show } from "./panels.js";

const PING_MS = 15_000;
const SILENCE_MS = 25_000; // no pong for so long: the socket is dead, whatever the browser thinks
const POLL_MS = 2_000;
const POLL_LOST_MS = 8_000; // until one counts as lost
const POLL_AFTER = 3; // sockets that brought nothing
const GREETING_MS = 5_000; // in which the server says something on a new socket
const REMOVED = 4403;

let socket = null;
let state = "connecting";
let failures = 0;
let broughtNothing = 0;
let opened = false;
let heard = 0;
let timer = 0;
let polling = 0;
let asked = null; // the poll that is under way

export const isLive = () => state === "live";

export function send(message) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  return socket?.readyState === WebSocket.OPEN;
}

export function connect() {
  open();
  setInterval(ping, PING_MS);
  addEventListener("online", () => soon(200));
  addEventListener("offline", () => socket?.close());
  document.addEventListener("visibilitychange", () => !document.hidden && ping());
}

function open() {
  clearTimeout(timer);
  // The one before may not be closed yet, where its network is gone. What was said on it is to be said anew all the same.
  if (state === "live") become("connecting");
  opened = false;
  const url = new URL(`${base}live`, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  socket = new WebSocket(url);
  const mine = socket;
  let brought = false;
  mine.onopen = () => {
    opened = true;
    heard = Date.now();
    send({ t: "hello", have: have() });
    ping();
    setTimeout(() => brought || mine.close(), GREETING_MS);
  };
  mine.onmessage = ({ data }) => {
    heard = Date.now();
    brought = true;
    if (state !== "live") {
      failures = broughtNothing = 0;
      clearInterval(polling);
      polling = 0;
      asked?.abort();
      become("live");
    }
    take(JSON.parse(data));
  };
  mine.onclose = ({ code }) => {
    if (mine !== socket) return;
    if (code === REMOVED && opened) return tell("removed");
    if (!brought) broughtNothing += 1; // a proxy may refuse it, cut it, or let nothing through
    failures += 1;
    if (broughtNothing >= POLL_AFTER && !polling) {
      polling = setInterval(poll, POLL_MS);
      poll();
    }
    if (!polling) become(failures > 1 || !navigator.onLine ? "offline" : "connecting");
    // Sixty phones that lost one server must not all come back in the same moment.
    soon(Math.min(4_000, 300 * 2 ** Math.min(failures, 5)) * (0.5 + Math.random()));
  };
}

function soon(ms) {
  clearTimeout(timer);
  timer = setTimeout(() => socket?.readyState === WebSocket.OPEN || open(), ms);
}

export function ping() {
  if (socket?.readyState !== WebSocket.OPEN) return soon(0);
  if (Date.now() - heard > SILENCE_MS + PING_MS) return socket.close();
  send({ t: "ping", at: Date.now() });
}

async function poll() {
  if (asked) return; // a server that is slow to answer gets no more to do from it
  const known = Object.entries(have()).map((pair) => pair.join(":"));
  const at = Date.now();
  asked = new AbortController();
  const late = setTimeout(() => asked.abort(), POLL_LOST_MS);
  try {
    const address = `${base}panels?have=${known.join(",")}`;
    const answer = await fetch(address, { cache: "no-store", signal: asked.signal });
    if (answer.status === 403) return tell("removed");
    const { panels, mine, now } = await answer.json();
    measure({ at, now });
    panels.forEach(show);
    if (mine) tell("mine", mine);
    if (polling) become("polling");
  } catch {
    if (polling) become("offline");
  } finally {
    clearTimeout(late);
    asked = null;
  }
}

export const isPolling = () => state === "polling";

function take(message) {
  if (message.t === "panel") show(message);
  else if (message.t === "mine") tell("mine", message.mine);
  else tell(`message-${message.t}`, message);
}

function become(next) {
  if (state === next) return;
  state = next;
  const net = document.getElementById("net");
  if (net) net.dataset.net = next;
  showState();
  tell("state", next);
}

export function showState() {
  for (const element of document.querySelectorAll("[data-when-net]")) {
    element.hidden = !element.dataset.whenNet.split(" ").includes(state);
  }
  for (const element of document.querySelectorAll("[data-net-says]")) element.hidden = element.dataset.netSays !== state;
}
