// "Where is *we mean it*?" One element at a time, of those that fewest have answered; people who sit side by side are
// asked in another order, so that the room looks for all of them. What was said comes back in `mine`.
import { pending, post } from "../live/outbox.js";

const STILL_MS = 700; // a question that changed by itself takes no tap that was meant for the one before

let current = null; // the element that is asked for
let since = 0; // when this question came by itself
let skipped = new Map(); // element → how often
let revisiting = new Set(); // elements to go through once more
let answers = []; // elements in the order of one's answers, for taking the last one back

const area = () => document.querySelector("[data-asking]");
const lamps = () => Array.from(document.querySelectorAll(".lamps > [data-lamp]"), ({ dataset }, index) => ({ ...dataset, index }));

/**
 * Draw the question. `given` is one's own part of the round, `seat` one's seat, `room` the DraftRoom; `chosen` the
 * words that are tapped now.
 */
export function ask({ given, seat, room, chosen }) {
  const place = area();
  if (!place) return forget();
  const all = lamps();
  const said = new Map((given?.tags ?? []).map((tag) => [String(tag.element), tag]));
  const waiting = new Set(pending("tag-draft").map(({ fields }) => String(fields.element)));
  const left = candidates(all, said, waiting, seat);
  const asked = left.find(({ lamp }) => lamp === current);
  const urgent = left[0]?.changed && !asked?.changed && !chosen;
  if (!asked || urgent) {
    current = left[0]?.lamp ?? null;
    if (urgent) since = Date.now();
  }
  const lamp = all.find((one) => one.lamp === current);
  draw(place, lamp, lamp && said.get(current), { chosen, waiting: waiting.size > 0, pen: given?.writes });
  point(room, lamp && said.get(current));
}

/** Begin with an element, where one has not answered for it yet. */
export function beginWith(lamp) {
  current = lamp || null;
}

function forget() {
  current = null;
  skipped = new Map();
  revisiting = new Set();
  answers = [];
}

/** Those still to be asked for, the next one first. */
function candidates(all, said, waiting, seat) {
  const turn = (index) => (index - ((seat * 3) % all.length) + all.length) % all.length;
  return all
    .filter(({ lamp, state }) => state !== "left-out" && (!waiting.has(lamp) || revisiting.has(lamp)))
    .map((one) => ({ ...one, changed: Boolean(said.get(one.lamp)?.changed) }))
    .map((one) => ({ ...one, rank: one.changed ? 0 : rank(one.lamp, said.get(one.lamp)) }))
    .filter((one) => one.rank < 9)
    .sort(
      (a, b) =>
        (skipped.get(a.lamp) ?? 0) - (skipped.get(b.lamp) ?? 0) ||
        a.rank - b.rank ||
        a.answered - b.answered ||
        turn(a.index) - turn(b.index),
    );
}

function rank(lamp, said) {
  if (revisiting.has(lamp)) return 3;
  if (!said) return 1;
  return said.again ? 2 : 9;
}

function draw(place, lamp, said, { chosen, waiting, pen }) {
  const { dataset } = place;
  const changed = said?.changed;
  const still = changed && said.now;
  const [question, note, disc] = ["asking-q", "asking-note", "asking-disc"].map((name) => place.querySelector(`[data-${name}]`));
  disc.hidden = !lamp;
  disc.dataset.el = lamp?.hue ?? "";
  disc.textContent = lamp?.letter ?? "";
  write(question, lamp ? (still ? dataset.still : dataset.where) : dataset.all, { phrase: lamp?.phrase });
  let words = pen ? (lamp ? dataset.tap : "") : lamp ? dataset.tapNoPen : dataset.tapAny;
  if (waiting) words = dataset.waiting;
  else if (still) words = dataset.now;
  else if (changed) words = dataset.gone;
  else if (said?.words) words = dataset.said;
  else if (said) words = said.again ? dataset.notHere : dataset.saidNotHere;
  write(note, words, { was: said?.words, now: said?.now });
  show(place, "here", lamp && chosen);
  show(place, "still", lamp && still && !chosen);
  show(place, "not-here", lamp && !chosen);
  show(place, "skip", lamp && !chosen);
  show(place, "again", !lamp && lamps().length);
  show(place, "undo", answers.length && !chosen && !still);
}

function show(place, name, yes) {
  const button = place.querySelector(`[data-answer-with="${name}"]`);
  if (!yes && button === document.activeElement) place.focus({ preventScroll: true });
  button.hidden = !yes;
}

/** A sentence with %names% in it; what stands for them is set off, and never read as markup. */
function write(element, sentence, values) {
  const parts = (sentence ?? "").split(/%(\w+)%/).map((part, index) => {
    if (index % 2 === 0) return part;
    const word = document.createElement("b");
    word.dir = "auto";
    word.textContent = values[part] ?? "";
    return word;
  });
  const fresh = document.createElement("span");
  fresh.append(...parts);
  if (element.innerHTML !== fresh.innerHTML) element.replaceChildren(...fresh.childNodes);
}

/** The words that are asked about, in the text. */
function point(room, said) {
  if (!room) return;
  const place = said?.changed && said.end > said.start ? { version: said.version, start: said.start, end: said.end } : null;
  if (JSON.stringify(place) === JSON.stringify(room.pointed ?? null)) return;
  room.pointed = place;
  room.draw();
}

/** A button of the question was pressed. Resolves when its answer has been taken, or at once. */
export async function answer(what, { given, room, chosen }) {
  const place = area();
  if (!place || !room?.replica || Date.now() - since < STILL_MS) return;
  const draft = place.dataset.draftId;
  const element = current;
  if (what === "skip") {
    skipped.set(element, (skipped.get(element) ?? 0) + 1);
    revisiting.delete(element);
    current = null;
    return;
  }
  if (what === "again") {
    revisiting = new Set(lamps().map(({ lamp }) => lamp));
    skipped = new Map();
    return;
  }
  if (what === "undo") {
    current = answers.pop();
    revisiting.add(current); // it stays the question while that goes out
    await post("untag-draft", { draft, element: current }, { replaces: `tag-${current}` });
    return;
  }
  const said = given?.tags?.find((tag) => String(tag.element) === element);
  const span = what === "here" ? chosen : what === "still" ? said : null;
  if ((what === "here" || what === "still") && (!span || !room.replica.saved)) return;
  const version = what === "still" ? said.version : room.replica.version;
  const fields = { draft, element, version, ...(span ? { start: span.start, end: span.end } : {}) };
  current = null;
  revisiting.delete(element);
  answers = [...answers.filter((one) => one !== element), element];
  await post("tag-draft", fields, { replaces: `tag-${element}` });
}
