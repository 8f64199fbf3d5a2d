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

const underWay = new Map(); // door → fields that were sent last and have no answer yet

async function submit(form) {
  const fields = Object.fromEntries(new FormData(form));
  const { door } = form.dataset;
  const sent = JSON.stringify(fields);
  const staysAsItIs = "clearOnOk" in form.dataset || "closeOnOk" in form.dataset;
  if (staysAsItIs && underWay.get(door) === sent) return; // pressed once more, because nothing seemed to happen
  underWay.set(door, sent);
  const answer = await post(door, fields);
  if (underWay.get(door) === sent) underWay.delete(door);
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
