// What others do to the text, told to who can't see it: now and then one polite line says who, and at which words.
import { extent } from "./replica.js";

const EVERY_MS = 4_000;

export class News {
  /**
   * `line`: a live region, whose data-says and data-someone hold the words; null where there is nobody to tell.
   * `nameOf(client)` is asked when there is something to tell; no name: names are not shown.
   */
  constructor(line, nameOf) {
    Object.assign(this, { line, nameOf });
    this.writers = new Set();
    this.place = null; // {start, end} of what they have changed, in a text of `length`
    this.length = 0;
    this.words = "";
    this.timer = 0;
  }

  /** Those with these clients changed the text by `changes` (a change set), and so made it `text`. */
  add(writers, changes, text) {
    if (!this.line || changes.empty) return;
    for (const client of writers) this.writers.add(client);
    const { start, end } = extent(changes);
    // Where one's own typing came in between, the earlier place means nothing anymore.
    const before = this.place && this.length === changes.length ? this.place : { start, end: start };
    this.place = {
      start: Math.min(changes.mapPos(before.start, -1), changes.mapPos(start, -1)),
      end: Math.max(changes.mapPos(before.end, 1), end),
    };
    this.length = changes.newLength;
    this.words = aroundWords(text, this.place);
    this.timer ||= setTimeout(() => this.tell(), EVERY_MS);
  }

  tell() {
    const { says, someone } = this.line.dataset;
    const who = new Set(Array.from(this.writers, (client) => this.nameOf(client) || someone));
    this.line.textContent = says.replace("%who%", () => Array.from(who).join(", ")).replace("%words%", () => this.words);
    this.writers.clear();
    this.place = null;
    this.timer = 0;
  }

  release() {
    clearTimeout(this.timer);
  }
}

/** The whole words that a place touches. */
function aroundWords(text, { start, end }) {
  const from = start - /\S*$/.exec(text.slice(0, start))[0].length;
  const to = end + /^\S*/.exec(text.slice(end))[0].length;
  return text.slice(from, to).trim();
}
