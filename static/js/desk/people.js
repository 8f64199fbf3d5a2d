// What can be done for one person: one dialog, filled for whoever was clicked.
export function startPeople() {
  const dialog = document.getElementById("person");
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-person]");
    if (!button) return;
    const { person, name, hidden, out, phone } = button.dataset;
    dialog.querySelector("[data-person-name]").textContent = name;
    for (const field of dialog.querySelectorAll("[data-person-id]")) field.value = person;
    for (const field of dialog.querySelectorAll("[data-person-value]")) field.value = name;
    for (const field of dialog.querySelectorAll("[data-person-hide]")) field.value = hidden ? "" : "1";
    show("[data-person-shown]", !hidden);
    show("[data-person-hidden]", hidden);
    show("[data-person-in]", out !== "removed"); // who had to go can still be taken out
    show("[data-person-out]", out);
    show("[data-person-phone]", phone);
    for (const answer of dialog.querySelectorAll("[data-answer]")) answer.hidden = true;
    dialog.showModal();
  });

  function show(selector, yes) {
    for (const element of dialog.querySelectorAll(selector)) element.hidden = !yes;
  }
}
