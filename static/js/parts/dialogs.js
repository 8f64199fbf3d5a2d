// Buttons that open a dialog (data-dialog="id") or close the one they stand in (data-close-dialog).
export function startDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
    if (event.target.closest("[data-close-dialog]")) event.target.closest("dialog").close();
    if (event.target.tagName === "DIALOG" && !event.target.classList.contains("gone")) event.target.close(); // the backdrop
  });
}
