// Time as the server has it: every device shows the same seconds.
import { on } from "./events.js";

let offset = 0; // server minus this device, in ms
let best = Infinity; // the round trip that it was measured with; a shorter one measures better

export function measure({ at, now }) {
  const trip = Date.now() - at;
  if (trip > best * 1.5) return;
  best = Math.min(best, trip);
  offset = now + trip / 2 - Date.now();
}

/** The server's time in ms, as well as we know it. */
export const serverNow = () => Date.now() + offset;

function minutesAndSeconds(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function tick() {
  const now = serverNow();
  for (const element of document.querySelectorAll("[data-ends-at]")) {
    const left = Date.parse(element.dataset.endsAt) - now;
    if (element.tagName === "PROGRESS") element.value = Math.max(0, left / 1000);
    else {
      const text = minutesAndSeconds(left);
      if (element.textContent !== text) element.textContent = text;
      element.closest("[data-clock]")?.classList.toggle("is-over", left <= 0);
    }
  }
  for (const element of document.querySelectorAll("[data-since]")) {
    element.textContent = Math.max(0, Math.round((now - Date.parse(element.dataset.since)) / 60000));
  }
}

export function startClock() {
  setInterval(tick, 250);
  on("panel", tick);
  on("message-pong", measure);
  tick();
}
