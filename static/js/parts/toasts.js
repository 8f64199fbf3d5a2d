// Short messages over the page, read out by screen readers; they leave by themselves.
import { on } from "../live/events.js";

const STAY_MS = 7_000;

export function startToasts() {
  const place = document.getElementById("toasts");
  on("toast", ({ sentence, error }) => {
    const said = sentence || (error && place?.dataset.otherwise);
    if (!said || !place) return;
    const toast = document.createElement("p");
    toast.className = error ? "notice notice--error" : "notice";
    const words = document.createElement("span");
    words.textContent = said;
    toast.append(words);
    place.replaceChildren(toast);
    setTimeout(() => toast.remove(), STAY_MS);
  });
}
