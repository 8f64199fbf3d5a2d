// Setting up: forms with data-hx change the agenda in place; without JavaScript they load the page anew.
import htmx from "htmx.org";
import { policy } from "./parts/markup.js";
import { startSorting } from "./setup/sorting.js";

htmx.config.includeIndicatorCSS = false;
htmx.registerExtension("our-markup", { init: (api) => api.initSecurity(policy) });

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-hx]");
  if (!form) return;
  event.preventDefault();
  htmx.ajax("POST", form.action, { source: form, values: Object.fromEntries(new FormData(form)), target: "#setup", swap: "outerMorph" });
});
document.addEventListener("focusin", ({ target }) => "selectAll" in target.dataset && target.select());
startSorting((url, to, token) =>
  htmx.ajax("POST", url, { values: { to, csrfmiddlewaretoken: token }, target: "#setup", swap: "outerMorph" }),
);
