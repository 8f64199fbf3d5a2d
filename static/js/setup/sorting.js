// Dragging a step to its place. The arrows beside it do the same from the keyboard and on a touch screen.
export function startSorting(move) {
  let dragged = null;
  const list = () => document.querySelector("[data-sortable]");

  document.addEventListener("dragstart", ({ target, dataTransfer }) => {
    dragged = target.closest?.("[data-move-to]");
    if (!dragged) return;
    dataTransfer.effectAllowed = "move";
    dragged.classList.add("is-dragged");
  });
  document.addEventListener("dragover", (event) => {
    const over = event.target.closest?.("[data-move-to]");
    if (!dragged || !over) return;
    event.preventDefault();
    if (over === dragged) return;
    const { top, height } = over.getBoundingClientRect();
    over[event.clientY > top + height / 2 ? "after" : "before"](dragged);
  });
  document.addEventListener("dragend", () => {
    if (!dragged) return;
    dragged.classList.remove("is-dragged");
    const to = Array.from(list().children).indexOf(dragged) + 1;
    move(dragged.dataset.moveTo, to, dragged.querySelector("[name=csrfmiddlewaretoken]").value);
    dragged = null;
  });
}
