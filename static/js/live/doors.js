// Forms that are commands: <form data-door="…"> goes through the outbox; its answer may close a dialog, fill a place
// or reload the page.
import { on, tell } from "./events.js";
import { post } from "./outbox.js";

export function startDoors() {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-door]");
    if (!form) return;
    event.preventDefault();
    if (event.submitter?.getAttribute("aria-disabled") === "true") return;
    submit(form);
  });
  on("refused", ({ code, sentence }) => tell("toast", { sentence, error: true, code }));
}

const underWay = new Set(); // doors and fields that have no answer yet

async function submit(form) {
  const fields = Object.fromEntries(new FormData(form));
  const same = JSON.stringify([form.dataset.door, fields]);
  const staysAsItIs = "clearOnOk" in form.dataset || "closeOnOk" in form.dataset;
  if (staysAsItIs && underWay.has(same)) return; // pressed once more, because nothing seemed to happen
  underWay.add(same);
  const answer = await post(form.dataset.door, fields);
  underWay.delete(same);
  if (!answer.ok) return;
  tell("taken", form);
  if ("reload" in form.dataset) {
    tell("handed-on"); // it is another person's page from now on
    return location.reload();
  }
  if ("closeOnOk" in form.dataset) form.closest("dialog")?.close();
  if ("clearOnOk" in form.dataset) {
    form.reset();
    tell("cleared", form);
  }
  for (const place of form.querySelectorAll("[data-answer]")) {
    const value = answer[place.dataset.answer];
    if (!value) continue;
    place.hidden = false;
    place.textContent = value.length === 8 ? `${value.slice(0, 4)} ${value.slice(4)}` : value;
  }
}
