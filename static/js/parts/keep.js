// Half-written text in fields with data-keep: it survives a panel's change, a reload, an empty battery. Where several
// share a phone each one's is kept apart: it is blank for whoever gets it next.
import { on } from "../live/events.js";
import { base } from "../live/page.js";

const HOLDER = `holder:${base}`;
let holder = localStorage.getItem(HOLDER) ?? "";

const key = (field) => `keep:${base}:${holder}:${field.id}`;

/** Who has the phone in hand: their seat. */
export function keepFor(seat) {
  if (holder === String(seat)) return;
  holder = String(seat);
  localStorage.setItem(HOLDER, holder);
}

export function kept(field) {
  return localStorage.getItem(key(field));
}

export function keep(field, text) {
  try {
    if (text) localStorage.setItem(key(field), text);
    else localStorage.removeItem(key(field));
  } catch {
    // Storage is full or forbidden: the text is still in the field.
  }
}

function restore(root) {
  for (const field of root.querySelectorAll("[data-keep]")) {
    const text = kept(field);
    if (text !== null && field.value !== text && document.activeElement !== field) field.value = text;
  }
}

export function startKeeping() {
  document.addEventListener("input", ({ target }) => target.matches?.("[data-keep]") && keep(target, target.value));
  on("panel", restore);
  on("apply", () => restore(document));
  on("handed-on", () => localStorage.removeItem(HOLDER)); // until it is known who has it, nobody's text shows
  on("cleared", (form) => form.querySelectorAll("[data-keep]").forEach((field) => keep(field, "")));
  restore(document);
}
