// A tap to try before the sample is taken apart. Nothing of it is sent.
export function startPractice() {
  document.addEventListener("click", ({ target }) => {
    const word = target.closest("[data-practice] .tw");
    if (!word) return;
    const right = Boolean(word.dataset.right);
    for (const other of word.parentElement.children) other.setAttribute("aria-pressed", String(other === word));
    const says = document.querySelector("[data-practice-says]");
    if (says) says.textContent = right ? says.dataset.yes : says.dataset.no;
  });
}
