// Next, while many are not done, wants to be pressed twice; the button says why.
const FORGET_MS = 5_000;

export function startSecondPress() {
  document.addEventListener(
    "click",
    (event) => {
      const button = event.target.closest("[data-second]");
      if (!button || button.classList.contains("is-sure")) return;
      event.preventDefault();
      const label = button.querySelector("[data-next-label]");
      const usual = label.textContent;
      label.textContent = button.dataset.second;
      button.classList.add("is-sure");
      setTimeout(() => {
        button.classList.remove("is-sure");
        if (label.textContent === button.dataset.second) label.textContent = usual;
      }, FORGET_MS);
    },
    true,
  );
}
