// Panels: named regions of the page. A newer one takes the place of an older, in place, so that focus, caret and
// scrolling stay where they are.
import { Idiomorph } from "idiomorph";
import { nodesOf } from "../parts/markup.js";
import { on, tell } from "./events.js";

const all = () => document.querySelectorAll("[data-panel]");
const touched = new WeakSet(); // fields in which the person has put or chosen something that they have not sent yet

document.addEventListener("input", ({ target }) => {
  const group = target.type === "radio" && target.form ? target.form.querySelectorAll(`[name="${target.name}"]`) : [target];
  for (const field of group) touched.add(field);
});
on("taken", (form) => Array.from(form.elements, (field) => touched.delete(field)));

/** What this page shows: panel → hash. */
export function have() {
  return Object.fromEntries(Array.from(all(), (panel) => [panel.id, panel.dataset.hash]));
}

export function show({ name, html, hash, rev }) {
  const panel = document.getElementById(name);
  if (!panel || rev < Number(panel.dataset.rev)) return;
  panel.dataset.rev = rev;
  if (panel.dataset.hash === hash) return;
  panel.dataset.hash = hash;
  tell("before-panel", panel);
  const focused = panel.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  const chosen = Array.from(panel.querySelectorAll("select[id]")).filter((field) => touched.has(field));
  const choices = chosen.map((field) => [field, field.value]);
  const callbacks = { beforeNodeMorphed, beforeAttributeUpdated };
  Idiomorph.morph(panel, nodesOf(html), { morphStyle: "innerHTML", callbacks });
  for (const [field, value] of choices) field.value = value; // the list may have changed around it
  if (focused && document.activeElement === document.body) panel.querySelector(`[data-key="${focused}"]`)?.focus();
  tell("panel", panel);
}

/**
 * Whose inside stays: a region that a script draws (the draft), and a field that someone is typing in or has put
 * something into. Their own attributes follow.
 */
function beforeNodeMorphed(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) return true;
  const drawn = old.hasAttribute("data-ignore-morph");
  if (!drawn && !isTheirs(old, fresh)) return true;
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  if (drawn) tell("locked", old);
  return false;
}

/** A box that stands for something else by now is another one. */
function isTheirs(old, fresh) {
  if (old === document.activeElement) return old.matches("input, textarea, select");
  if (!touched.has(old) || old.tagName === "SELECT") return false;
  return old.value === fresh.value || !old.matches("[type=radio], [type=checkbox]");
}

/** What the person has opened stays open. */
function beforeAttributeUpdated(name, node) {
  return !(name === "open" && (node.tagName === "DETAILS" || node.tagName === "DIALOG"));
}
