// Key words: short cards, several each. Each is on the list at once, and its seal says whether it has arrived.
import { on } from "../live/events.js";
import { uuid } from "../live/page.js";
import { pending, post } from "../live/outbox.js";
import { keep } from "../parts/keep.js";
import { mine } from "./mine.js";

export function startCards() {
  on("apply", draw);
  // The room moves on: a word that is half typed still arrives, and can still be taken away.
  let before = null;
  on("before-panel", () => (before = document.querySelector("[data-add-card]")));
  on("panel", () => before && !before.isConnected && send(before));
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-add-card]");
    if (!form) return;
    event.preventDefault();
    send(form);
    form.elements.body.focus();
  });
}

async function send(form) {
  const input = form.elements.body;
  const body = input.value.trim();
  if (!body) return;
  const fields = { round: form.elements.round.value, id: uuid(), body };
  const sent = post("add-card", fields);
  input.value = "";
  keep(input, "");
  if (!(await sent).ok) putBack(fields);
}

/** What was not taken stands in the field again, unless something else does already. Not what an earlier page left
 * behind: the phone may have been handed on since. */
function putBack({ round, body }) {
  const form = document.querySelector("[data-add-card]");
  if (form?.elements.round.value !== round || form.elements.body.value) return;
  form.elements.body.value = body;
  keep(form.elements.body, body);
}

function draw() {
  const list = document.querySelector("[data-own-cards]");
  const template = document.getElementById("own-card");
  if (!list || !template) return;
  const round = template.content.querySelector('[name="round"]').value;
  const leaving = new Set(pending("remove-card").map(({ fields }) => fields.id));
  const given = String(mine.round) === round ? (mine.given.cards ?? []) : [];
  const there = new Set(given.map(({ id }) => id));
  const coming = pending("add-card").filter(({ fields }) => fields.round === round && !there.has(fields.id));
  const cards = [
    ...given.map((card) => ({ ...card, sent: true })),
    ...coming.map(({ fields }) => ({ ...fields, sent: false })),
  ].filter(({ id }) => !leaving.has(id));
  const drawn = cards.map(({ id, body, sent }) => `${id}${sent}${body}`).join();
  if (list.dataset.drawn === drawn && list.childElementCount === cards.length) return;
  list.dataset.drawn = drawn;
  list.replaceChildren(...cards.map((card) => one(template, card)));
}

function one(template, { id, body, sent }) {
  const item = template.content.cloneNode(true).firstElementChild;
  item.querySelector(".words").textContent = body;
  item.querySelector(".words").dir = "auto";
  item.querySelector('[name="id"]').value = id;
  item.classList.add(sent ? "is-sent" : "is-waiting");
  const icon = document.querySelector(sent ? '[data-icon="check"]' : '[data-icon="wait"]');
  if (icon) item.querySelector(".seal").append(icon.content.cloneNode(true));
  return item;
}
