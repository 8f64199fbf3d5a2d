// The time-lapse of a draft: every change in its order, at the pace of the room or faster.
import { ChangeSet, Text } from "@codemirror/state";

const LONGEST_PAUSE_MS = 1_200;
const FASTER = 4;

const place = document.querySelector("[data-history]");
const text = place.querySelector("[data-history-text]");
const says = place.querySelector("[data-history-says]");
const slider = place.querySelector("[data-history-at]");
const play = place.querySelector("[data-history-play]");

const frames = [{ text: "", spans: [], at: 0, seat: null }];
let names = {};
let timer = 0;

async function open() {
  const answer = await fetch(place.dataset.history);
  const history = await answer.json();
  names = history.names;
  let current = Text.of([""]);
  for (const { changes, seat, at } of history.rows) {
    const change = ChangeSet.fromJSON(changes);
    current = change.apply(current);
    const spans = [];
    change.iterChangedRanges((fromA, toA, from, to) => to > from && spans.push({ from, to }));
    frames.push({ text: current.toString(), spans, at, seat });
  }
  slider.max = frames.length - 1;
  slider.disabled = play.disabled = frames.length < 2;
  slider.value = slider.max;
  slider.addEventListener("input", () => {
    stop();
    show();
  });
  play.addEventListener("click", () => (timer ? stop() : start()));
  show();
}

function show() {
  const n = Number(slider.value);
  const frame = frames[n];
  const parts = [];
  let at = 0;
  for (const { from, to } of frame.spans) {
    const mark = document.createElement("mark");
    mark.className = "fresh";
    mark.textContent = frame.text.slice(from, to);
    parts.push(frame.text.slice(at, from), mark);
    at = to;
  }
  text.replaceChildren(...parts, frame.text.slice(at));
  if (n === 0) return says.replaceChildren();
  const line = place.querySelector("[data-history-line]").content.cloneNode(true);
  line.querySelector("[data-n]").textContent = n;
  line.querySelector("[data-of]").textContent = frames.length - 1;
  line.querySelector("[data-who]").textContent = who(frame.seat);
  const seconds = Math.round(frame.at);
  line.querySelector("[data-time]").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  says.replaceChildren(line);
}

function who(seat) {
  const other = seat === 0 ? "[data-history-facilitator]" : "[data-history-someone]";
  return names[seat] ?? place.querySelector(other).content.textContent;
}

function start() {
  if (slider.value === slider.max) slider.value = 0;
  playing(true);
  step();
}

function step() {
  if (slider.value === slider.max) return stop();
  slider.value = Number(slider.value) + 1;
  show();
  const n = Number(slider.value);
  const pause = n < frames.length - 1 ? ((frames[n + 1].at - frames[n].at) * 1_000) / FASTER : 0;
  timer = setTimeout(step, Math.min(LONGEST_PAUSE_MS, Math.max(120, pause)));
}

function stop() {
  clearTimeout(timer);
  timer = 0;
  playing(false);
}

function playing(yes) {
  for (const part of play.querySelectorAll("[data-when-playing]")) part.hidden = (part.dataset.whenPlaying === "yes") !== yes;
}

open();
