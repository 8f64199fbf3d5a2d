// One sentence of one's own: saved as it is typed, sent when its writer says so, changed until the step closes.
import { on } from "../live/events.js";
import { uuid } from "../live/page.js";
import { pending, post } from "../live/outbox.js";
import { keep, kept } from "../parts/keep.js";
import { wordCount } from "../parts/words.js";
import { mine, showWhen } from "./mine.js";

const PAUSE_MS = 900;
const ids = new Map(); // round → the id of one's proposal in it
let editing = null; // the round in which a sent sentence is being changed
let timer = 0;

const place = () => document.querySelector("[data-propose]");
const field = () => place()?.querySelector("textarea");
const waits = (round) => pending("send-proposal").some(({ fields }) => fields.round === round);

function id(round) {
  const given = mine?.given?.id;
  if (given && String(mine.round) === round) return given;
  if (!ids.has(round)) ids.set(round, uuid());
  return ids.get(round);
}

export function startPropose() {
  on("apply", apply);
  on("before-panel", ({ id: panel }) => panel === "stage" && autosave());
  document.addEventListener("input", ({ target }) => {
    if (target !== field()) return;
    count();
    state();
    clearTimeout(timer);
    timer = setTimeout(autosave, PAUSE_MS);
  });
  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-send-proposal]")) sendIt();
    if (target.closest("[data-change-proposal]")) change();
    const word = target.closest("[data-tap-word]");
    if (word) tap(word.dataset.tapWord);
  });
  addEventListener("pagehide", autosave);
}

function apply() {
  late();
  const text = field();
  if (!text) return;
  const { round } = place().dataset;
  const given = String(mine.round) === round ? mine.given : {};
  if (document.activeElement !== text && kept(text) === null && !waits(round)) {
    const body = given.unsent || given.sent || "";
    if (text.value !== body) text.value = body;
  }
  count();
  state();
}

function state() {
  const { round } = place().dataset;
  const text = field();
  const given = String(mine?.round) === round ? mine.given : {};
  let now = "draft";
  if (waits(round)) now = "waiting";
  else if (given.sent && editing !== round && text.value.trim() === given.sent) now = "sent";
  showWhen(document.getElementById("stage"), now);
  text.readOnly = now !== "draft";
  place().classList.toggle("is-sealed", now !== "draft");
  document.querySelector("[data-propose-state]").className = `sent is-${now}`;
  const at = document.querySelector("[data-sent-at]");
  if (at && given.sent_at) {
    at.textContent = `, ${new Date(given.sent_at).toLocaleTimeString([], { hour: "numeric", minute: "2-digit" })}`;
  }
}

function count() {
  const words = wordCount(field().value);
  const ruler = document.querySelector("[data-ruler]");
  if (ruler) ruler.value = Math.min(words, 40);
  const number = document.querySelector("[data-word-count]");
  if (number) number.textContent = words;
}

function autosave() {
  clearTimeout(timer);
  const text = field();
  if (!text || text.readOnly) return;
  const { round } = place().dataset;
  const given = String(mine?.round) === round ? mine.given : {};
  const body = text.value.trim();
  if (body === (given.unsent || "") || body === given.sent) return;
  post("keep-unsent", { round, id: id(round), body }, { replaces: `unsent-${round}` });
}

async function sendIt() {
  clearTimeout(timer);
  const text = field();
  const body = text.value.trim();
  const { round } = place().dataset;
  if (!body) return text.focus();
  editing = null;
  const sent = post("send-proposal", { round, id: id(round), body }, { replaces: `unsent-${round}` });
  state();
  const answer = await sent;
  if (answer.ok && field() === text && text.value.trim() === body) keep(text, "");
  else if (answer.ok) keep({ id: `p-${round}` }, "");
  if (field()) state();
}

function change() {
  editing = place().dataset.round;
  state();
  field().focus();
  field().setSelectionRange(field().value.length, field().value.length);
}

function tap(word) {
  const text = field();
  if (text.readOnly) return;
  const before = text.value.slice(0, text.selectionEnd);
  const after = text.value.slice(text.selectionEnd);
  text.setRangeText(`${before && !/\s$/.test(before) ? " " : ""}${word}${after && !/^\s/.test(after) ? " " : ""}`, text.selectionEnd, text.selectionEnd, "end");
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

/** The reveal came before this person was ready: what they have is kept, and can still be sent. */
function late() {
  const foot = document.querySelector("[data-proposal-late]");
  if (!foot) return;
  for (const slip of document.querySelectorAll("[data-proposal]")) {
    slip.classList.toggle("is-mine", slip.dataset.proposal === mine.given.id);
  }
  const form = foot.querySelector("[data-send-unsent]");
  const round = form.elements.round.value;
  const unsent = kept({ id: `p-${round}` }) ?? mine.given.unsent ?? "";
  const has = Boolean(unsent.trim()) && mine.given.state !== "sent" && mine.given.state !== "late";
  form.elements.body.value = unsent.trim();
  form.elements.id.value = id(round);
  foot.querySelector("[data-unsent-text]").textContent = unsent;
  foot.querySelector("[data-late-has-unsent]").hidden = !has;
  foot.querySelector("[data-late-waits]").hidden = has || mine.given.state !== "late";
  foot.querySelector("[data-late-none]").hidden = has || mine.given.state === "late";
}
