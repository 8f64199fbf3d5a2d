// The draft on this page: keeps a replica in step with the room, and draws it. Loaded only when drafting begins.
import { ChangeSet } from "@codemirror/state";
import { isLive, isPolling, send } from "../live/connection.js";
import { on, tell } from "../live/events.js";
import { base, uuid } from "../live/page.js";
import { wordCount } from "../parts/words.js";
import { lookAtLamps } from "./lamp-news.js";
import { drawMirror, turnFlags } from "./mirror.js";
import { News } from "./news.js";
import { tapped, wordAt, wordTo } from "./reading.js";
import { Replica } from "./replica.js";
import { DraftField } from "./textarea.js";

const ANSWER_MS = 4_000; // a push without an answer for so long is sent again
const CARET_MS = 150;
const CARET_STAYS_MS = 15_000; // without a sign from its writer, who may have gone
const POLL_MS = 1_000;
const LONG = [31, 61]; // words from which the type gets smaller
const LEFT_BEHIND = `draft:${base}`;

const rooms = new Map(); // the element with data-draft → its DraftRoom

class DraftRoom {
  constructor(element) {
    this.element = element;
    this.draft = Number(element.dataset.draft);
    this.textarea = element.querySelector("textarea");
    this.mirror = this.textarea ? element.querySelector(".mirror") : element;
    this.client = uuid();
    this.replica = null;
    this.field = null;
    this.writes = !this.textarea || document.body.dataset.view === "desk";
    this.chosen = null; // the words that a reader has tapped: {start, end}
    this.at = null; // the word that a reader is at with the keyboard: {start, end}
    this.pointed = null; // the words that someone is asked about: {version, start, end}
    this.names = new Map();
    this.early = new Map(); // client → their caret in a text whose rows have not come yet
    this.news = new News(document.querySelector("[data-draft-news]"), (client) => this.names.get(client));
    this.fading = new Map(); // client → the timer that takes their caret away
    this.timer = 0;
    this.caretTimer = 0;
    this.revive();
    this.hello();
    this.polling = setInterval(() => isPolling() && this.say(this.helloMessage()), POLL_MS);
    this.textarea?.addEventListener("click", () => this.choose());
    this.textarea?.addEventListener("keydown", (event) => this.walk(event));
    this.textarea?.addEventListener("blur", () => this.goTo(null));
    for (const name of ["keyup", "pointerup"]) this.textarea?.addEventListener(name, () => this.caretSoon());
  }

  release() {
    this.leaveBehind();
    clearTimeout(this.timer);
    clearInterval(this.polling);
    this.news.release();
    this.field?.release();
  }

  get locked() {
    return Boolean(this.element.dataset.locked) || !this.writes;
  }

  // ---- to the server

  helloMessage() {
    const hello = this.replica?.hello() ?? { client: this.client, version: -1 };
    return { t: "draft", ...hello, draft: this.draft };
  }

  hello() {
    this.say(this.helloMessage());
  }

  say(message) {
    if (send(message)) return;
    if (!isPolling()) return;
    const version = message.version ?? this.replica?.version ?? -1;
    fetch(`${base}draft`, {
      method: "POST",
      headers: { "X-CSRFToken": document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "" },
      body: JSON.stringify({ ...message, version }),
    })
      .then((answer) => answer.json())
      .then(({ messages }) => messages.forEach((one) => tell(`message-${one.t}`, one)))
      .catch(() => {}); // the next poll asks again
  }

  pump() {
    const message = this.replica?.push();
    if (message) {
      this.say({ t: "push", draft: this.draft, ...message });
      clearTimeout(this.timer);
      this.timer = setTimeout(() => {
        this.replica.retry();
        if (isLive() || isPolling()) this.pump();
      }, ANSWER_MS);
    }
    this.state();
  }

  caretSoon() {
    if (this.caretTimer || this.locked || !this.field || !isLive()) return;
    this.caretTimer = setTimeout(() => {
      this.caretTimer = 0;
      if (document.activeElement !== this.textarea) return;
      send({ t: "caret", draft: this.draft, client: this.client, ...this.field.caret() });
    }, CARET_MS);
  }

  // ---- from the server

  state_(message) {
    if (!this.replica) {
      this.begin(new Replica({ ...message, draft: this.draft, client: this.client }));
    } else this.took(this.replica.reset(message));
  }

  rows(message) {
    if (this.replica) this.took(this.replica.receive(message));
  }

  took(result) {
    if (!result) return;
    this.placeCarets();
    this.moveChosen(result.changes);
    this.news.add(result.writers, result.changes, this.replica.toString());
    if (this.field) this.field.take(result.changes);
    else this.draw();
    if (result.hello) this.hello();
    if (this.replica.saved) clearTimeout(this.timer);
    this.pump();
  }

  refused(message) {
    const result = this.replica?.refused(message);
    if (!result) return;
    this.took(result);
    const notice = document.querySelector("[data-draft-refused]");
    if (!notice) return tell("toast", { sentence: result.reason, error: true });
    notice.hidden = false;
    notice.querySelector("b").textContent = result.reason;
    notice.querySelector("[data-draft-refused-text]").textContent = result.unsent;
  }

  caret({ client, name, ...caret }) {
    this.names.set(client, name || "");
    this.early.set(client, caret);
    this.placeCarets();
    this.draw();
    clearTimeout(this.fading.get(client));
    this.fading.set(
      client,
      setTimeout(() => {
        this.early.delete(client);
        this.replica?.placeCaret(client, null);
        this.draw();
      }, CARET_STAYS_MS),
    );
  }

  placeCarets() {
    for (const [client, caret] of this.early) {
      if (!this.replica || caret.version > this.replica.version) continue;
      this.replica.placeCaret(client, caret);
      this.early.delete(client);
    }
  }

  begin(replica) {
    this.replica = replica;
    this.placeCarets();
    if (this.textarea) {
      this.field = new DraftField(this.textarea, replica, {
        onEdit: () => {
          this.pump();
          this.caretSoon();
        },
        onShow: () => this.draw(),
      });
    }
    this.lock();
    this.draw();
    this.pump();
  }

  /** The switch *hold others' changes*: they wait until it is let go. */
  hold(held) {
    this.field?.hold(held);
    this.state();
  }

  // ---- drawing

  lock() {
    if (!this.textarea) return;
    this.textarea.readOnly = this.locked || !this.replica;
    this.element.classList.toggle("is-locked", this.locked);
  }

  draw() {
    const text = this.field ? this.field.shown : (this.replica?.toString() ?? "");
    const places = this.field ? this.field.othersCarets() : Array.from(this.replica?.carets ?? [], ([client, pos]) => ({ client, pos }));
    const carets = places.map(({ client, pos }) => ({ pos, name: this.names.get(client) ?? "" }));
    const spans = [...this.strokes(), ...this.passages()];
    const pointed = this.pointed && this.placed(this.pointed);
    if (pointed) spans.push({ ...pointed, className: "is-pointed" });
    if (this.chosen) spans.push({ ...this.chosen, className: "is-chosen" });
    if (this.at) spans.push({ ...this.at, className: "is-at" });
    drawMirror(this.mirror, { text, carets, spans });
    turnFlags(this.mirror);
    const words = wordCount(text);
    this.element.classList.toggle("is-long", words >= LONG[0]);
    this.element.classList.toggle("is-longer", words >= LONG[1]);
    for (const place of document.querySelectorAll("[data-draft-words]")) place.textContent = words;
  }

  /** Words of an earlier version as they stand by now; null: gone. */
  placed(place) {
    const span = this.replica?.placeSpan(place);
    return span ? (this.field?.shownSpan(span) ?? span) : null;
  }

  /** A list of words in a panel, each with where it stands by now. */
  listed(selector, draw) {
    return Array.from(document.querySelectorAll(`${selector} > li`)).flatMap(({ dataset, parentElement }) => {
      const [version, start, end] = [parentElement.dataset.version, dataset.start, dataset.end].map(Number);
      const span = this.placed({ version, start, end });
      return span ? [{ ...span, ...draw(dataset) }] : [];
    });
  }

  /** What was said of words. */
  passages() {
    return this.listed("[data-passages]", ({ says, label }) => ({ className: `said said--${says}`, label }));
  }

  /** The words in which the room sees an element. */
  strokes() {
    return this.listed("[data-strokes]", ({ el, letters }) => ({ className: "hl", data: { el }, label: letters }));
  }

  state() {
    let now = "saved";
    if (!this.replica) now = "reading";
    else if (!this.replica.saved) now = isLive() || isPolling() ? "saving" : "offline";
    for (const element of document.querySelectorAll("[data-draft-when]")) {
      element.hidden = !element.dataset.draftWhen.split(" ").includes(now);
    }
    const held = Boolean(this.field?.held);
    for (const element of document.querySelectorAll("[data-draft-held]")) element.hidden = !held;
    for (const button of document.querySelectorAll("[data-draft-hold]")) button.setAttribute("aria-pressed", String(held));
    const line = document.getElementById("draft-state");
    line?.classList.toggle("is-sent", now === "saved");
    line?.classList.toggle("is-waiting", now !== "saved");
  }

  // ---- readers tap words

  get reads() {
    return !this.writes && this.replica && this.element.dataset.locked !== "1"; // frozen pens hinder no reader
  }

  choose() {
    if (!this.reads) return;
    this.tap(wordAt(this.field.shown, this.textarea.selectionStart));
    this.goTo(null);
  }

  tap(word) {
    this.chosen = tapped(this.chosen, word);
    tell("chosen", this.chosen);
  }

  /** Arrows go from word to word; Enter or Space taps the one that they have come to. */
  walk(event) {
    if (!this.reads || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const taps = event.key === "Enter" || event.key === " ";
    const rightToLeft = getComputedStyle(this.mirror).direction === "rtl";
    const at = taps && this.at ? this.at : wordTo(this.field.shown, this.at, taps ? "Home" : event.key, rightToLeft);
    if (at === undefined) return;
    event.preventDefault();
    if (taps && this.at) this.tap(at);
    this.goTo(at);
  }

  /** The word is selected, too: that is what a screen reader says. */
  goTo(word) {
    this.at = word;
    this.element.classList.toggle("is-walking", Boolean(word));
    if (word) this.textarea.setSelectionRange(word.start, word.end);
    this.draw();
    this.mirror.querySelector(".is-at")?.scrollIntoView({ block: "nearest" });
  }

  /** The words that a reader has tapped, and the one they are at, stay theirs while others type. */
  moveChosen(changes) {
    if (changes.empty) return;
    const moved = ({ start, end }) => ({ start: changes.mapPos(start, 1), end: changes.mapPos(end, -1) });
    const still = (words) => (words && moved(words).start < moved(words).end ? moved(words) : null);
    this.at = still(this.at);
    if (!this.chosen) return;
    this.chosen = still(this.chosen);
    tell("chosen", this.chosen);
  }

  // ---- a reload in the middle of a word

  leaveBehind() {
    this.field?.read();
    const { replica } = this;
    if (!replica || replica.saved) return sessionStorage.removeItem(LEFT_BEHIND);
    const queue = replica.queue.map(({ changes, ...rest }) => ({ ...rest, changes: changes.toJSON() }));
    const { client, version, seq, draft } = replica;
    sessionStorage.setItem(LEFT_BEHIND, JSON.stringify({ draft, client, version, seq, body: replica.base.toString(), queue }));
  }

  revive() {
    const left = JSON.parse(sessionStorage.getItem(LEFT_BEHIND) ?? "null");
    sessionStorage.removeItem(LEFT_BEHIND);
    if (!left || left.draft !== this.draft || !this.textarea) return;
    this.client = left.client;
    const replica = new Replica(left);
    for (const own of left.queue) {
      const changes = ChangeSet.fromJSON(own.changes);
      replica.queue.push({ ...own, changes });
      replica.text = changes.apply(replica.text);
    }
    this.begin(replica);
  }
}

export function draftRoom() {
  return rooms.values().next().value ?? null;
}

/** Take up the drafts that are on the page now, let go of those that are not. */
export function refresh({ writes } = {}) {
  for (const [element, room] of rooms) {
    if (element.isConnected && Number(element.dataset.draft) === room.draft) continue;
    room.release();
    rooms.delete(element);
  }
  for (const element of document.querySelectorAll("[data-draft]")) {
    if (!rooms.has(element)) rooms.set(element, new DraftRoom(element));
  }
  for (const room of rooms.values()) {
    if (writes !== undefined && document.body.dataset.view === "phone") room.writes = writes;
    room.lock();
    room.draw();
    room.state();
  }
  lookAtLamps();
}

function each(name) {
  return (message) => {
    for (const room of rooms.values()) if (message.draft === undefined || message.draft === room.draft) room[name](message);
  };
}

on("message-state", each("state_"));
on("message-rows", each("rows"));
on("message-refused", each("refused"));
on("message-caret", each("caret"));
on("message-behind", each("hello"));
on("state", (state) => {
  for (const room of rooms.values()) {
    if (state === "live" || state === "polling") room.hello();
    room.state();
  }
});
function turn() {
  for (const { mirror } of rooms.values()) turnFlags(mirror);
}

on("fitted", turn);
addEventListener("resize", turn);
on("locked", () => {
  for (const room of rooms.values()) room.lock();
});
addEventListener("pagehide", () => {
  for (const room of rooms.values()) room.leaveBehind();
});
