// Half-written text in fields with data-keep: it survives a panel's change, a reload, an empty battery.
import { on } from "../live/events.js";
import { base } from "../live/page.js";

const key = (field) => `keep:${base}:${field.id}`;

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
  on("cleared", (form) => form.querySelectorAll("[data-keep]").forEach((field) => keep(field, "")));
  restore(document);
}
