// Panels: named regions of the page. A newer one takes the place of an older, in place, so that focus, caret and
// scrolling stay where they are.
import { Idiomorph } from "idiomorph";
import { tell } from "./events.js";

const all = () => document.querySelectorAll("[data-panel]");

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
  Idiomorph.morph(panel, html, { morphStyle: "innerHTML", callbacks: { beforeNodeMorphed, beforeAttributeUpdated } });
  tell("panel", panel);
}

/**
 * Whose inside stays: a region that a script draws (the draft), and the field that someone is typing in. Their own
 * attributes follow.
 */
function beforeNodeMorphed(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) return true;
  const drawn = old.hasAttribute("data-ignore-morph");
  if (!drawn && !(old === document.activeElement && old.matches("input, textarea, select"))) return true;
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  if (drawn) tell("locked", old);
  return false;
}

/** What the person has opened stays open. */
function beforeAttributeUpdated(name, node) {
  return !(name === "open" && (node.tagName === "DETAILS" || node.tagName === "DIALOG"));
}
