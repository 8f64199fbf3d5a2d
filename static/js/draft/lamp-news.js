// Lamps that light or go out: the screen's piece settles into its place, and who can't see it is told, now and then.
import { on } from "../live/events.js";

const EVERY_MS = 5_000;

let told = null; // lamp → the state that was told last
let seen = null; // lamp → the state that was shown last
let timer = 0;
let last = 0;

const shown = () => new Map(Array.from(document.querySelectorAll("[data-lamp]"), (lamp) => [lamp.dataset.lamp, lamp]));

/** Look at the lamps on the page, after each panel. */
export function lookAtLamps() {
  const lamps = shown();
  const states = new Map(Array.from(lamps, ([id, lamp]) => [id, lamp.dataset.state]));
  if (!states.size) return (told = seen = null);
  told ??= states;
  for (const [id, lamp] of lamps) {
    if (seen && seen.get(id) !== "lit" && states.get(id) === "lit") settle(lamp);
  }
  seen = states;
  if (document.querySelector("[data-lamp-news]") && !timer) timer = setTimeout(tell, Math.max(0, last + EVERY_MS - Date.now()));
}

function settle(lamp) {
  for (const piece of document.querySelectorAll(`.pz[data-el="${lamp.dataset.el}"]`)) {
    piece.classList.add("is-new");
    piece.addEventListener("animationend", () => piece.classList.remove("is-new"), { once: true });
  }
}

function tell() {
  timer = 0;
  const line = document.querySelector("[data-lamp-news]");
  if (!line || !seen || !told) return;
  const names = (changed) =>
    Array.from(shown())
      .filter(([id, lamp]) => changed(told.get(id), lamp.dataset.state))
      .map(([, lamp]) => lamp.dataset.name);
  const lit = names((before, now) => before !== "lit" && now === "lit");
  const out = names((before, now) => before === "lit" && now !== "lit" && now !== "left-out");
  told = seen;
  if (!lit.length && !out.length) return;
  last = Date.now();
  const say = (sentence, list) => (list.length ? sentence.replace("%names%", () => list.join(", ")) : "");
  line.textContent = `${say(line.dataset.lit, lit)} ${say(line.dataset.out, out)}`.trim();
}

on("removed", () => clearTimeout(timer));
