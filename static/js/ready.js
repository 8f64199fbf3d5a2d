// What a browser can find out by itself; where it can't, the page goes on asking.
function tick(name, yes) {
  const seal = document.querySelector(`[data-check="${name}"]`);
  seal.classList.toggle("seal--on", yes);
  seal.querySelector("[data-check-yes]").hidden = !yes;
  seal.querySelector("[data-check-no]").hidden = yes;
  document.querySelector(`[data-check-says="${name}"]`).hidden = !yes;
}

if ("isExtended" in screen) {
  tick("extended", screen.isExtended);
  screen.addEventListener?.("change", () => tick("extended", screen.isExtended));
}

navigator.getBattery?.().then((battery) => {
  tick("power", battery.charging);
  battery.addEventListener("chargingchange", () => tick("power", battery.charging));
});
