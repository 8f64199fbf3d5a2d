// Close: which piece is mine, and my line for its element. Panels hold all pieces; what is mine says which one shows.
import { on } from "../live/events.js";
import { uuid } from "../live/page.js";
import { pending, post } from "../live/outbox.js";
import { keep, kept } from "../parts/keep.js";
import { mine, showWhen } from "./mine.js";

const form = () => document.querySelector("[data-line-form]");

export function startLine() {
  on("apply", apply);
  document.addEventListener("input", ({ target }) => target.form === form() && form() && state());
  document.addEventListener("submit", (event) => {
    if (!form() || event.target !== form()) return;
    event.preventDefault();
    send();
  });
}

function send() {
  const field = form().elements.body;
  const body = field.value.trim();
  if (!body) return field.focus();
  const { round } = form().dataset;
  post("write-line", { round, id: uuid(), body }, { replaces: `line-${round}` });
  keep(field, "");
  state();
}

function apply() {
  for (const piece of document.querySelectorAll("[data-piece]")) {
    piece.hidden = piece.dataset.piece !== String(mine.given.piece);
  }
  if (!form()) return;
  const field = form().elements.body;
  if (kept(field) === null && document.activeElement !== field) field.value = given();
  state();
}

const coming = () => pending("write-line").filter(({ fields }) => fields.round === form().dataset.round).at(-1)?.fields;

/** What has been sent or is on its way. */
const given = () => coming()?.body ?? mine?.given.line?.body ?? "";

function state() {
  const written = form().elements.body.value.trim();
  const picked = mine?.given.line?.picked;
  if (picked) form().querySelector("[data-line-picked]").textContent = mine.given.line.body;
  const sent = written && written === given();
  showWhen(form(), picked ? "picked" : !sent ? "draft" : coming() ? "waiting" : "sent");
}
