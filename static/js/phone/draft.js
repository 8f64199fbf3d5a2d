// The draft on a phone: its module is fetched when the room begins to draft. Pens write; everyone else taps words.
import * as asking from "../draft/asking.js";
import { on } from "../live/events.js";
import { post } from "../live/outbox.js";
import { uuid } from "../live/page.js";
import { keep } from "../parts/keep.js";
import { mine } from "./mine.js";

let room = null;
let chosen = null;
let borrowed = null; // {item, first, last}
let looks = false; // someone with a pen looks for the elements for a while

export function startDraft() {
  on("apply", apply);
  on("panel", apply);
  on("chosen", (words) => {
    chosen = words;
    sayTapped();
    marks();
    question();
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.closest("[data-mark]")) return;
    event.preventDefault();
    say(event.target, event.submitter?.value);
  });
  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-draft-undo]")) room?.draftRoom()?.field?.undo();
    const hold = target.closest("[data-draft-hold]");
    if (hold) room?.draftRoom()?.hold(hold.getAttribute("aria-pressed") !== "true");
    const word = target.closest("[data-borrow] [data-word]");
    if (word) borrow(word);
    if (target.closest("[data-borrow-now]")) putIn();
    const looking = target.closest("[data-look]");
    if (looking) look(true, looking.dataset.look);
    if (target.closest("[data-look-end]")) look(false);
    const button = target.closest("[data-answer-with]");
    if (button) answerWith(button.dataset.answerWith);
  });
}

async function apply() {
  if (!document.querySelector("[data-draft]")) return room?.refresh();
  room ??= await import("../draft/room.js");
  if (!document.querySelector("[data-asking]")) looks = false;
  const holds = Boolean(mine?.given?.writes);
  const writes = holds && !looks;
  room.refresh({ writes });
  for (const element of document.querySelectorAll("[data-when-writes]")) element.hidden = (element.dataset.whenWrites === "yes") !== writes;
  for (const element of document.querySelectorAll("[data-vh-when-reading]")) element.classList.toggle("vh", !writes);
  for (const element of document.querySelectorAll("[data-look-end]")) element.hidden = !holds;
  for (const form of document.querySelectorAll("[data-mark]")) form.hidden = holds;
  document.querySelector("[data-draft] textarea")?.setAttribute("aria-describedby", writes ? "draft-state" : "draft-how");
  marks();
  question();
  split();
}

// Where is it? Asked of whoever has no pen, and of writers who want to look.

function look(yes, lamp) {
  looks = yes;
  asking.beginWith(lamp);
  letGo();
  apply();
  document.querySelector(yes ? "[data-asking]" : "[data-look]")?.focus({ preventScroll: true });
}

function question() {
  asking.ask({ given: mine?.given, seat: mine?.seat ?? 0, room: room?.draftRoom(), chosen });
}

async function answerWith(what) {
  if (what === "here" && !room?.draftRoom()?.replica?.saved) return;
  const sent = asking.answer(what, { given: mine?.given, room: room?.draftRoom(), chosen });
  if (what === "here") letGo();
  question();
  await sent;
  question();
}

/** The words that were tapped are let go. */
function letGo() {
  const draft = room?.draftRoom();
  chosen = null;
  if (draft) draft.chosen = null;
  draft?.draw();
  marks();
}

// Readers: keep, change, suggest

/** For who can't see which words are tapped. */
function sayTapped() {
  const line = document.querySelector("[data-draft-tapped]");
  if (!line) return;
  const words = chosen ? room.draftRoom().field.shown.slice(chosen.start, chosen.end) : "";
  line.textContent = words && line.dataset.says.replace("%words%", () => words);
}

function marks() {
  const form = document.querySelector("[data-mark]");
  if (!form) return;
  for (const button of form.querySelectorAll("button")) button.disabled = !chosen;
}

async function say(form, says) {
  const draft = room?.draftRoom();
  if (!chosen || !draft?.replica?.saved) return;
  const suggest = form.querySelector("[data-suggest]");
  const words = form.elements.words.value.trim();
  if (says === "suggest" && !words) {
    suggest.hidden = false;
    return form.elements.words.focus();
  }
  const { start, end } = chosen;
  const fields = { draft: form.elements.draft.value, id: uuid(), says, version: draft.replica.version, start, end, words: says === "suggest" ? words : "" };
  const answer = await post("mark", fields);
  if (!answer.ok) return;
  suggest.hidden = true;
  form.elements.words.value = "";
  keep(form.elements.words, "");
  letGo();
  question();
}

// Writers: borrow words from the others' sentences

/** Every word a button of its own, once. */
function split() {
  for (const item of document.querySelectorAll("[data-borrow] [data-author]:not([data-split])")) {
    item.dataset.split = "";
    const parts = item.textContent.split(/(\s+)/).map((part, index) => {
      if (!part.trim()) return part;
      const word = document.createElement("button");
      word.type = "button";
      word.className = "tw";
      word.dataset.word = index;
      word.textContent = part;
      return word;
    });
    item.replaceChildren(...parts);
  }
}

function borrow(word) {
  const item = word.closest("[data-author]");
  const index = Number(word.dataset.word);
  if (borrowed?.item !== item) borrowed = { item, first: index, last: index };
  else if (borrowed.first === index && borrowed.last === index) borrowed = null;
  else borrowed = { item, first: Math.min(borrowed.first, index), last: Math.max(borrowed.first, index) };
  for (const other of document.querySelectorAll("[data-borrow] [data-word]")) {
    const inside = borrowed?.item.contains(other) && Number(other.dataset.word) >= borrowed.first && Number(other.dataset.word) <= borrowed.last;
    other.setAttribute("aria-pressed", String(Boolean(inside)));
  }
  for (const button of document.querySelectorAll("[data-borrow-now]")) button.disabled = !borrowed;
}

function putIn() {
  if (!borrowed) return;
  const chosenWords = Array.from(borrowed.item.querySelectorAll('[aria-pressed="true"]'), (word) => word.textContent);
  room.draftRoom()?.field?.insertPhrase(chosenWords.join(" "), borrowed.item.dataset.author);
  borrowed.item.closest("dialog").close();
}
