// Tag: one element's question at a time, about one text; tap the words that answer it. Who reads which texts, and what
// they have answered, is theirs alone and comes with what is mine.
import { on } from "../live/events.js";
import { pending, post } from "../live/outbox.js";
import { keep, kept } from "../parts/keep.js";
import { mine } from "./mine.js";

let place = null; // {round, at}: the question that the person went back to, as a number; else the first that is open

const root = () => document.querySelector("[data-tagging]");
const foot = (part) => document.querySelector(`[data-tag-foot] [data-tag-${part}]`);
const pressed = (text) => Array.from(text.querySelectorAll('[aria-pressed="true"]'), (word) => Number(word.dataset.word));

export function startTag() {
  on("apply", apply);
  // The room moves on: words that are tapped but not sent still arrive.
  let before = null;
  on("before-panel", () => (before = root() && current() ? { ...current(), round: root().dataset.round } : null));
  on("panel", () => {
    if (before && root()?.dataset.round !== before.round && before.changed) answer(before, "words");
    before = null;
  });
  document.addEventListener("click", ({ target }) => {
    if (!root()) return;
    const word = target.closest("[data-tagging] .tw");
    if (word) return tap(word);
    const says = target.closest("[data-tag-says]");
    if (says && says.getAttribute("aria-disabled") !== "true") return go(says.dataset.tagSays);
    if (target.closest("[data-tag-back]")) return goTo(current().at - 1);
    if (target.closest("[data-tag-again]")) goTo(0);
  });
}

/** Every question of this person, in their order, with the answer they have given: {text, element, given}. */
function questions() {
  if (!mine || String(mine.round) !== root().dataset.round || !mine.given.texts) return [];
  const elements = Array.from(root().querySelectorAll("[data-question]"), (question) => question.dataset.question);
  const coming = new Map(pending("tag").map(({ fields }) => [`${fields.text}-${fields.element}`, fields]));
  return mine.given.texts.map(String).flatMap((text) =>
    elements.map((element) => {
      const fields = coming.get(`${text}-${element}`);
      const sent = fields && { says: fields.says, words: fields.words ? fields.words.split(",").map(Number) : [] };
      return { text, element, given: sent ?? mine.given.answers[text]?.[element] ?? null };
    }),
  );
}

/** The question that is shown, with the words that are tapped for it; null when all are answered. */
function current() {
  const all = questions();
  const went = place && place.round === root().dataset.round ? place.at : null;
  const at = went ?? all.findIndex(({ given }) => !given);
  if (at < 0 || at >= all.length) return null;
  const draft = JSON.parse(kept(root()) ?? "null");
  const changed = draft && draft.text === all[at].text && draft.element === all[at].element;
  const words = changed ? draft.words : (all[at].given?.words ?? []);
  return { ...all[at], at, words, changed: Boolean(changed && words.length) };
}

function tap(word) {
  const { text, element } = current();
  word.setAttribute("aria-pressed", String(word.getAttribute("aria-pressed") !== "true"));
  keep(root(), JSON.stringify({ text, element, words: pressed(word.parentElement) }));
  apply();
}

function go(says) {
  const asked = current();
  const all = questions();
  answer({ ...asked, round: root().dataset.round }, says);
  keep(root(), "");
  // On to the next; having gone back, one goes on through what is answered already.
  goTo(place && asked.at + 1 < all.length ? asked.at + 1 : null);
}

function goTo(at) {
  place = at === null ? null : { round: root().dataset.round, at };
  apply();
  root().closest("main").scrollTop = 0;
}

function answer({ round, text, element, words }, says) {
  const chosen = says === "words" ? words.join(",") : "";
  post("tag", { round, text, element, says, words: chosen }, { replaces: `tag-${round}-${text}-${element}` });
}

function apply() {
  if (!root() || !mine) return;
  const all = questions();
  const now = current();
  const show = now ?? (all.length ? { at: all.length, text: all[all.length - 1].text, element: "", words: [] } : null);
  if (!show) return;
  const texts = [...new Set(all.map(({ text }) => text))];
  for (const question of root().querySelectorAll("[data-question]")) question.hidden = question.dataset.question !== show.element;
  root().querySelector("[data-tag-finished]").hidden = Boolean(now);
  for (const text of root().querySelectorAll("[data-text]")) {
    text.hidden = !now || text.dataset.text !== show.text;
    if (!text.hidden) drawWords(text, all, now);
  }
  const where = root().querySelector("[data-tag-place]");
  const numbers = {
    text: texts.indexOf(show.text) + 1,
    texts: texts.length,
    question: (show.at % (all.length / texts.length)) + 1,
    questions: all.length / texts.length,
  };
  const says = texts.length > 1 ? where.dataset.says : where.dataset.saysOne;
  where.textContent = now ? says.replace(/%(\w+)%/g, (_all, name) => numbers[name]) : "";
  root().querySelector("[data-tag-back]").hidden = !now || show.at === 0;
  buttons(now);
}

/** The words with the strokes of what has been answered, and with this question's own. */
function drawWords(text, all, now) {
  for (const word of text.querySelectorAll(".tw")) {
    const number = Number(word.dataset.word);
    const chosen = now.words.includes(number);
    const others = all.filter(({ text: of, element, given }) => of === now.text && element !== now.element && given?.words.includes(number));
    const marks = [...(chosen ? [now.element] : []), ...others.map(({ element }) => element)].map(
      (element) => root().querySelector(`[data-question="${element}"]`).dataset,
    );
    word.setAttribute("aria-pressed", String(chosen));
    const stroke = word.firstElementChild;
    stroke.classList.toggle("hl", marks.length > 0);
    stroke.dataset.el = marks.slice(0, 2).map(({ hue }) => hue).join(" ");
    stroke.dataset.letters = marks.map(({ letter }) => letter).join("");
  }
}

function buttons(now) {
  foot("buttons").hidden = !now;
  foot("again").hidden = Boolean(now);
  foot("waits").hidden = !pending("tag").length || navigator.onLine;
  if (!now) return;
  const count = now.words.length;
  foot("none").hidden = count > 0;
  foot("some").hidden = count === 0;
  foot("count").textContent = count;
  for (const button of document.querySelectorAll("[data-tag-foot] [data-tag-says]")) {
    const says = button.dataset.tagSays;
    if (says === "words") button.setAttribute("aria-disabled", String(count === 0));
    else button.setAttribute("aria-pressed", String(!count && now.given?.says === says));
  }
}
