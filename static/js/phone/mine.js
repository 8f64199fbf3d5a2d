// What is mine: panels are the same for everyone, so after each one this puts the person's own state back.
import { on, tell } from "../live/events.js";
import { base } from "../live/page.js";
import { keepFor } from "../parts/keep.js";

export let mine = null;

let timer = 0;

export function startMine() {
  on("mine", (fresh) => {
    if (mine && fresh.revision < mine.revision) return;
    if (mine && mine.seat !== fresh.seat) {
      tell("handed-on");
      return location.reload();
    }
    mine = fresh;
    keepFor(mine.seat);
    apply();
  });
  on("panel", apply);
  on("outbox", () => {
    clearTimeout(timer);
    timer = setTimeout(apply, 0);
  });
  on("removed", () => location.replace(base));
}

function apply() {
  if (!mine) return;
  for (const element of document.querySelectorAll("[data-mine-text]")) element.textContent = mine[element.dataset.mineText];
  for (const field of document.querySelectorAll("[data-mine-value]")) {
    if (document.activeElement !== field) field.value = mine[field.dataset.mineValue];
  }
  for (const place of document.querySelectorAll("[data-mine-greeting]")) {
    place.textContent = mine.name ? `, ${mine.name}` : "";
    place.closest(".hello")?.classList.toggle("is-long", mine.name.length > 12);
  }
  toggle("done", mine.done);
  for (const field of document.querySelectorAll("[data-mine-undone]")) field.value = mine.done ? "" : "1";
  toggle("poster", mine.on_poster);
  for (const field of document.querySelectorAll("[data-mine-unposter]")) field.value = mine.on_poster ? "" : "1";
  share();
  leave();
  catchUp();
  tell("apply", mine);
}

function toggle(name, yes) {
  const attribute = name === "done" ? "whenDone" : "whenPoster";
  for (const element of document.querySelectorAll(name === "done" ? "[data-when-done]" : "[data-when-poster]")) {
    element.hidden = (element.dataset[attribute] === "yes") !== yes;
  }
}

/** Several people share this phone: say whose turn it is, and whom it can go to. */
function share() {
  const place = document.querySelector("[data-sharing]");
  if (!place) return;
  place.hidden = mine.sharing.length === 0;
  const template = document.getElementById("pass-to");
  const others = mine.sharing.map(({ seat, name }) => {
    const form = template.content.cloneNode(true);
    form.querySelector("input").value = seat;
    form.querySelector("b").textContent = name || seat;
    return form;
  });
  place.querySelector("[data-sharing-others]").replaceChildren(...others);
}

/** A latecomer reads what has happened, once; then comes the task. */
function catchUp() {
  const dialog = document.querySelector("[data-so-far]");
  const key = `so-far:${base}${mine.seat}`;
  if (!mine.late || !dialog || dialog.open || localStorage.getItem(key)) return;
  localStorage.setItem(key, "read");
  dialog.showModal();
}

function leave() {
  const dialog = document.getElementById("left");
  if (!mine.here && !dialog.open) dialog.showModal();
  if (mine.here && dialog.open) dialog.close();
}

/** Show, of the elements with data-when inside `root`, those that belong to a state. */
export function showWhen(root, state) {
  for (const element of root.querySelectorAll("[data-when]")) {
    element.hidden = !element.dataset.when.split(" ").includes(state);
  }
}
