// Next, while many are not done, wants to be pressed twice; the button says why.
import { on } from "../live/events.js";

const FORGET_MS = 5_000;
let asked = ""; // the form that was pressed once; its id says where the room stood
let timer = 0;

export function startSecondPress() {
  document.addEventListener(
    "click",
    (event) => {
      const button = event.target.closest("[data-second]");
      if (!button || button.form.id === asked) return;
      event.preventDefault();
      ask(button.form.id);
      clearTimeout(timer);
      timer = setTimeout(() => ask(""), FORGET_MS);
    },
    true,
  );
  on("panel", show); // someone else is done: the button is new, and still asks
}

function ask(form) {
  asked = form;
  show();
}

function show() {
  const button = document.querySelector("[data-second]");
  if (!button) return;
  const label = button.querySelector("[data-next-label]");
  const sure = button.form.id === asked;
  button.classList.toggle("is-sure", sure);
  label.dataset.usual ??= label.textContent;
  label.textContent = sure ? button.dataset.second : label.dataset.usual;
}
