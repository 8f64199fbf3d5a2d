// How far one agrees: chosen on the phone, sent when its person says so, changed until the round closes. And in the
// draft that is mended: the question, theirs alone, whether their reservation is settled.
import { on } from "../live/events.js";
import { pending, post } from "../live/outbox.js";
import { keep, kept } from "../parts/keep.js";
import { mine, showWhen } from "./mine.js";

const NOTHING = { level: "", reason: "", words: [], says: "", consent: false };

let folded = false; // the other steps make room for the sentence, once one that reserves is tapped

const root = () => document.querySelector("[data-deciding]");
const field = (name) => root().querySelector(`[data-decide-${name}]`);

export function startDecide() {
  on("apply", apply);
  document.addEventListener("change", ({ target }) => {
    if (target.matches(".level input")) change({ level: target.value });
    if (target.matches("[data-decide-consent]")) change({ consent: target.checked });
  });
  document.addEventListener("input", ({ target }) => {
    if (target.matches("[data-decide-says]")) change({ says: target.value });
  });
  document.addEventListener("click", ({ target, detail }) => {
    const settled = target.closest("[data-settled]");
    if (settled) return settle(settled.dataset.settled);
    if (!root()) return;
    const level = target.closest(".level");
    if (level && detail) folded = true; // by touch; a keyboard still goes up and down
    if (level) return setTimeout(apply); // once the choice is made, which comes after the click
    if (target.closest("[data-decide-levels]")) {
      folded = false;
      return apply();
    }
    const word = target.closest("[data-decide-words] .tw");
    if (word) return tap(Number(word.dataset.word));
    const reason = target.closest("[data-reason]");
    if (reason) return change({ reason: reason.dataset.reason });
    const button = target.closest("[data-send-stance]");
    if (button && button.getAttribute("aria-disabled") !== "true") send();
  });
}

/** What was sent or is on its way; null: nothing yet. */
function given() {
  const { round } = root().dataset;
  const coming = pending("decide").findLast(({ fields }) => fields.round === round);
  if (coming) {
    const { level, reason, words, says, consent } = coming.fields;
    return { level, reason, words: words ? words.split(",").map(Number) : [], says, consent: Boolean(consent) };
  }
  return String(mine?.round) === round && mine.given.level ? mine.given : null;
}

/** What the phone shows: what its person has changed since they sent, else what they sent. */
const now = () => ({ ...NOTHING, ...(JSON.parse(kept(root()) ?? "null") ?? given() ?? {}) });

function change(part) {
  keep(root(), JSON.stringify({ ...now(), ...part }));
  apply();
}

function tap(word) {
  const { words } = now();
  change({ words: words.includes(word) ? words.filter((other) => other !== word) : [...words, word].sort((a, b) => a - b) });
}

const reserves = () => root().querySelector(".level :checked")?.matches("[data-reserves]") ?? false;

async function send() {
  const { round } = root().dataset;
  const { level, reason, words, says, consent } = now();
  const reserved = reserves();
  const fields = {
    round,
    level,
    reason: reserved ? reason : "",
    words: reserved ? words.join(",") : "",
    says: reserved ? says : "",
    consent: reserved && consent ? "1" : "",
  };
  const before = kept(root());
  const sent = post("decide", fields, { replaces: `decide-${round}` });
  apply();
  const answer = await sent;
  if (!root() || root().dataset.round !== round) return;
  if (answer.ok && kept(root()) === before) keep(root(), "");
  apply();
}

function apply() {
  ask();
  if (!root() || !mine) return;
  const shown = now();
  for (const box of root().querySelectorAll(".level input")) box.checked = box.value === shown.level;
  const reserved = reserves();
  root().querySelector("[data-reserve]").hidden = !reserved;
  root().classList.toggle("is-reserving", reserved && folded);
  for (const word of root().querySelectorAll(".tw")) {
    word.disabled = !reserved;
    word.setAttribute("aria-pressed", String(reserved && shown.words.includes(Number(word.dataset.word))));
  }
  for (const reason of root().querySelectorAll("[data-reason]")) {
    reason.setAttribute("aria-pressed", String(reason.dataset.reason === shown.reason));
  }
  const says = field("says");
  if (document.activeElement !== says) says.value = shown.says;
  field("consent").checked = shown.consent;
  state(shown, reserved);
}

function state(shown, reserved) {
  const sent = given();
  const same = sent && sent.level === shown.level && (!reserved || sameReserve(sent, shown));
  const waits = pending("decide").length > 0;
  const place = document.querySelector("[data-decide-state]");
  place.hidden = !same;
  document.querySelector("[data-decide-note]").hidden = Boolean(same);
  showWhen(place, waits ? "waiting" : "sent");
  place.classList.toggle("is-sent", !waits);
  place.classList.toggle("is-waiting", waits);
  const button = document.querySelector("[data-send-stance]");
  const ready = !shown.level ? "level" : reserved && !shown.reason ? "reason" : "yes";
  for (const says of button.querySelectorAll("[data-decide-ready]")) says.hidden = says.dataset.decideReady !== ready;
  button.setAttribute("aria-disabled", String(ready !== "yes" || Boolean(same)));
}

function sameReserve(sent, shown) {
  const plain = ({ reason, words, says, consent }) => JSON.stringify([reason, words, says.trim(), Boolean(consent)]);
  return plain(sent) === plain(shown);
}

// In the draft: is it settled?

function ask() {
  const place = document.querySelector("[data-settle]");
  if (!place || !mine) return;
  const { asked } = mine;
  place.hidden = !asked;
  if (!asked) return;
  place.querySelector("[data-settle-words]").textContent = asked.quotation;
  place.querySelector("[data-settle-why]").textContent = asked.says || asked.reason;
  const coming = pending("settle").findLast(({ fields }) => fields.id === asked.id);
  const settled = coming ? Boolean(coming.fields.settled) : asked.settled;
  for (const button of place.querySelectorAll("[data-settled]")) {
    button.setAttribute("aria-pressed", String(Boolean(button.dataset.settled) === settled));
  }
}

function settle(settled) {
  if (!mine?.asked) return;
  post("settle", { id: mine.asked.id, settled }, { replaces: `settle-${mine.asked.id}` });
  ask();
}
