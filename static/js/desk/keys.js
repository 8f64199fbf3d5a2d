// The whole meeting from the keyboard, or with a presentation remote (PageDown, PageUp).
const KEYS = new Map([
  ["ArrowRight", "next"], ["PageDown", "next"], [" ", "next"],
  ["ArrowLeft", "back"], ["PageUp", "back"],
  ["t", "t"], ["r", "r"], ["f", "f"], ["b", "b"], ["e", "e"], ["m", "m"],
]); // prettier-ignore

export function startKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (document.querySelector("dialog[open]")) return;
    const remote = event.key === "PageDown" || event.key === "PageUp";
    const busy = event.target.closest("input, textarea, select, [contenteditable]");
    if (busy && !remote) return;
    if (event.key === " " && event.target.closest("button, summary, a")) return; // they have it for themselves
    if (event.key === "?") return document.getElementById("keys").showModal();
    const name = KEYS.get(event.key.length === 1 ? event.key.toLowerCase() : event.key);
    const button = name && document.querySelector(`[data-key="${name}"]`);
    if (!button || button.closest("[hidden]")) return;
    event.preventDefault();
    button.click();
  });
}
