// The facilitator's time: when the meeting will end, when only the end still fits, and what a sleeping laptop took.
import { serverNow } from "../live/clock.js";
import { on } from "../live/events.js";
import { post } from "../live/outbox.js";

const SLEPT_MS = 60_000;
let last = Date.now();
let slept = 0;

export function startTime() {
  setInterval(tick, 1_000);
  on("panel", tick);
  tick();
  document.addEventListener("click", async ({ target }) => {
    if (!target.closest("[data-give-back]")) return;
    const seconds = Math.min(3_600, Math.round(slept / 1_000));
    slept = 0;
    document.getElementById("slept").hidden = true;
    await post("extend", { seconds });
  });
}

function tick() {
  const now = Date.now();
  if (now - last > SLEPT_MS && document.querySelector("[data-clock]")) {
    slept += now - last;
    const notice = document.getElementById("slept");
    notice.querySelector("[data-slept]").textContent = minutes(slept);
    notice.hidden = false;
  }
  last = now;
  for (const place of document.querySelectorAll("[data-end-of-meeting]")) ending(place);
  for (const notice of document.querySelectorAll("[data-protect-end]")) {
    notice.hidden = serverNow() < Date.parse(notice.dataset.from);
  }
}

/** When the meeting will end as it goes now: what is left of this step, and the steps that follow. */
function ending(place) {
  const { started, planned, rest } = place.dataset;
  const clock = document.querySelector("#lead [data-ends-at]");
  const left = clock ? Math.max(0, Date.parse(clock.dataset.endsAt) - serverNow()) : 0;
  const end = serverNow() + left + Number(rest) * 60_000;
  const behind = Math.round((end - Date.parse(started)) / 60_000) - Number(planned);
  const text = new Date(end).toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
  place.querySelector("[data-end]").textContent = text;
  place.querySelector("[data-minutes]").textContent = behind;
  place.querySelector("[data-behind]").hidden = behind < 1;
}

function minutes(ms) {
  const count = Math.round(ms / 60_000);
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "minute", unitDisplay: "long" }).format(count);
}
