// Type as large as there is room for. Each [data-fit] on the screen begins at its own size, and goes down step by step
// (parts/fit.css) until nothing is cut off; the CSS lets none go below what is read from ten meters.
import { on, tell } from "../live/events.js";

const STEPS = 11;

export function startFitting() {
  const wall = document.getElementById("wall");
  // Texts that are typed meanwhile. The clock in the head changes each second, and needs no new look at the rest.
  const changed = (changes) => changes.some(({ target }) => !target.parentElement?.closest(".wall-head")) && fit(wall);
  new MutationObserver(changed).observe(wall, { childList: true, characterData: true, subtree: true });
  on("panel", () => fit(wall));
  addEventListener("resize", () => fit(wall));
  document.fonts.addEventListener("loadingdone", () => fit(wall));
  fit(wall);
}

function fit(wall) {
  wall.dataset.fitting = "";
  for (const element of wall.querySelectorAll("[data-fit]")) {
    const main = element.closest("main");
    const slack = 0.3 * parseFloat(getComputedStyle(element).fontSize); // letters reach out of low lines
    for (let step = 0; step <= STEPS; step++) {
      element.dataset.fit = step;
      if (!isOver(element, slack) && !isOver(main, slack)) break;
    }
  }
  delete wall.dataset.fitting;
  tell("fitted");
}

function isOver({ scrollHeight, clientHeight, scrollWidth, clientWidth }, slack) {
  return scrollHeight > clientHeight + slack || scrollWidth > clientWidth + slack;
}
