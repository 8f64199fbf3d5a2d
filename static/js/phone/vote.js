// A ballot: marked on the phone, sent when its voter says so, changed until the vote closes.
import { on } from "../live/events.js";
import { pending, post } from "../live/outbox.js";
import { keep, kept } from "../parts/keep.js";
import { mine } from "./mine.js";

const ballot = () => document.querySelector("[data-ballot]");
const marked = () => Array.from(ballot().querySelectorAll(":checked"), (box) => box.value);

export function startVote() {
  on("apply", apply);
  document.addEventListener("change", ({ target }) => {
    if (!target.closest?.("[data-ballot]")) return;
    keep(ballot(), JSON.stringify(marked()));
    state();
  });
  document.addEventListener("click", async ({ target }) => {
    if (!target.closest("[data-send-vote]")) return;
    const { round } = ballot().dataset;
    const choices = marked().join(",");
    const sent = post("vote", { round, choices }, { replaces: `vote-${round}` });
    state();
    const answer = await sent;
    if (answer.ok && ballot()?.dataset.round === round && marked().join(",") === choices) keep(ballot(), "");
    if (ballot()) state();
  });
}

function apply() {
  if (!ballot()) return;
  const { round } = ballot().dataset;
  const changed = JSON.parse(kept(ballot()) ?? "null");
  const given = String(mine.round) === round ? mine.given.choices : null;
  const choices = new Set((changed ?? given ?? []).map(String));
  for (const box of ballot().querySelectorAll("[type=checkbox]")) box.checked = choices.has(box.value);
  state();
}

function state() {
  const { round } = ballot().dataset;
  const count = document.querySelector("[data-choice-count]");
  if (count) count.textContent = marked().length;
  const place = document.querySelector("[data-vote-state]");
  if (!place) return;
  const waits = pending("vote").some(({ fields }) => fields.round === round);
  const given = String(mine?.round) === round && mine.given.voted ? (mine.given.choices ?? []).map(String) : null;
  const same = given && given.length === marked().length && marked().every((choice) => given.includes(choice));
  place.hidden = !waits && !same;
  for (const element of place.querySelectorAll("[data-when]")) element.hidden = element.dataset.when !== (waits ? "waiting" : "sent");
  place.classList.toggle("is-sent", !waits);
  place.classList.toggle("is-waiting", waits);
  const button = document.querySelector("[data-send-vote]");
  button.classList.toggle("btn--go", !same);
  button.classList.toggle("btn--soft", Boolean(same));
}
