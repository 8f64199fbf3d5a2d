/**
 * One person's copy of the draft, as a pure state machine: no DOM, no clock, no network.
 *
 *   base ──queue[0]──queue[1]─ … ─> text
 *
 * `base` is the text at `version`, as the server has confirmed it; `queue` holds one's own changes that it has
 * not. The first of the queue may be under way to the server (it then has a seq); what is typed meanwhile is
 * composed into the last. `text` is what all of it makes, and what the person should see.
 *
 * Positions are UTF-16 units. Messages are those of live/README.md; whoever owns the socket carries them.
 * The server's side of the same rules is definitions/drafting/changes.py and authority.py.
 */
import { ChangeSet, Text } from "@codemirror/state";

const MAX_SECTIONS = 64; // that the server takes in one push
const MAX_UNDO = 200;
const MAX_RECENT = 100; // rows kept to place carets that were sent before them

export class Replica {
  /** `seq`: the last one that this client has used for this draft, 0 for a new client. */
  constructor({ draft, client, version, body, seq = 0 }) {
    this.draft = draft;
    this.client = client;
    this.version = version;
    this.seq = seq;
    this.base = toText(body);
    this.text = this.base;
    this.queue = []; // {changes, left, author, seq}; seq 0: never sent
    this.waiting = false; // for the answer to a push
    this.greeting = false; // for the answer to a hello
    this.lost = false; // base is not what the server has: only a state can help
    this.lastEnd = null; // where one's own last edit ended, in text
    this.undoStack = []; // {changes, phrase}; the last one starts from text, each other from what the next one makes
    this.redoStack = [];
    this.carets = new Map(); // others' carets: client -> position in text
    this.recent = []; // {client, changes} of the last rows, oldest first
  }

  /** Whether the server has confirmed all that was written here. */
  get saved() {
    return this.queue.length === 0;
  }

  toString() {
    return this.text.toString();
  }

  // ---- one's own changes -----------------------------------------------------------------------------------

  /** A change that starts from `text`. With `join`, undo takes it back together with the one before. */
  edit(changes, { join = false } = {}) {
    if (changes.empty) return;
    const way = changes.invert(this.text);
    const last = this.undoStack[this.undoStack.length - 1];
    if (join && last && !last.phrase && !this.redoStack.length) last.changes = way.compose(last.changes);
    else this.remember(way, null);
    this.write(changes, null);
  }

  /** Words from a proposal: a push of their own, which names whose they are. Returns the change, or null. */
  insertPhrase(pos, text, author) {
    const insert = clean(text);
    if (!insert) return null;
    const changes = ChangeSet.of({ from: snap(this.toString(), pos), insert }, this.text.length);
    this.remember(changes.invert(this.text), { text: insert, author });
    this.write(changes, author);
    return changes;
  }

  /** Take back one's own last change, whatever others did since. Returns the change made, or null. */
  undo() {
    return this.turn(this.undoStack, this.redoStack);
  }

  redo() {
    return this.turn(this.redoStack, this.undoStack);
  }

  turn(from, to) {
    const entry = from.pop();
    if (!entry) return null;
    const { changes, phrase } = entry;
    to.push({ changes: changes.invert(this.text), phrase });
    this.lastEnd = null;
    this.write(changes, phrase && inserted(changes) === phrase.text ? phrase.author : null);
    this.lastEnd = null;
    return changes;
  }

  remember(changes, phrase) {
    this.undoStack.push({ changes, phrase });
    if (this.undoStack.length > MAX_UNDO) this.undoStack.shift();
    this.redoStack = [];
  }

  write(changes, author) {
    const { start, end } = extent(changes);
    const last = this.queue[this.queue.length - 1];
    if (last && !last.seq && !last.author && !author) {
      last.changes = last.changes.compose(changes);
      if (last.changes.empty) this.queue.pop();
    } else {
      this.queue.push({ changes, left: start === this.lastEnd, author, seq: 0 });
    }
    this.text = changes.apply(this.text);
    this.lastEnd = end;
    for (const [client, pos] of this.carets) this.carets.set(client, changes.mapPos(pos, -1));
  }

  // ---- to the server ---------------------------------------------------------------------------------------

  /** The message that opens or mends a connection. Nothing is pushed until it is answered. */
  hello() {
    this.greeting = true;
    this.waiting = false;
    return { draft: this.draft, client: this.client, version: this.lost ? -1 : this.version };
  }

  /** The next message to send, or null: there is nothing, or an answer has to come first. */
  push() {
    if (this.waiting || this.greeting || this.lost || !this.queue.length) return null;
    let next = this.queue[0];
    if (!next.seq) {
      const [changes, rest] = split(next.changes, MAX_SECTIONS);
      if (rest) this.queue.splice(0, 1, { ...next, changes }, { ...next, changes: rest });
      next = this.queue[0];
      next.seq = ++this.seq;
    }
    this.waiting = true;
    const message = {
      version: this.version,
      client: this.client,
      seq: next.seq,
      left: next.left,
      changes: next.changes.toJSON(),
    };
    if (next.author) message.author = next.author;
    return message;
  }

  /** No answer came in time: let `push` give the same one again, as it reads by now. */
  retry() {
    this.waiting = false;
  }

  // ---- from the server -------------------------------------------------------------------------------------
  // Each returns {changes, writers, hello}: how `text` changed (an empty change set if it didn't), the clients of
  // those who changed it, and whether a hello must be said now.

  /** A `rows` message: taken in one by one, because mapping over several at once can end in another text. */
  receive({ from, rows, hash }) {
    let shown = ChangeSet.empty(this.text.length);
    const writers = new Set();
    if (this.lost) return { changes: shown, writers, hello: !this.greeting };
    if (from > this.version) return { changes: shown, writers, hello: !this.greeting };
    for (const [client, seq, json, left] of rows.slice(this.version - from)) {
      const changes = ChangeSet.fromJSON(json);
      const first = this.queue[0];
      const own = client === this.client && first !== undefined && first.seq === seq;
      this.lost = changes.length !== this.base.length || (own && !same(changes, first.changes));
      if (this.lost) break;
      this.base = changes.apply(this.base);
      this.version++;
      this.recent.push({ client, changes });
      if (this.recent.length > MAX_RECENT) this.recent.shift();
      if (own) {
        this.queue.shift();
        this.waiting = false;
        continue;
      }
      const mapped = this.absorb(changes, left);
      if (mapped.empty) continue;
      if (this.carets.has(client)) this.carets.set(client, extent(mapped).end);
      writers.add(client);
      shown = shown.compose(mapped);
    }
    if (from + rows.length === this.version && textHash(this.base.toString()) !== hash) this.lost = true;
    this.greeting = false;
    return { changes: shown, writers, hello: this.lost };
  }

  /**
   * A `state` message: the text anew. `seq` is the last one that the server has from this client. What it has
   * not is carried over to the new text as if one person had made all the difference in one edit.
   */
  reset({ version, body, seq = 0 }) {
    if (version < this.version && !this.greeting) {
      return { changes: ChangeSet.empty(this.text.length), writers: new Set(), hello: false };
    }
    const first = this.queue[0];
    if (first && first.seq && first.seq <= seq) {
      this.base = first.changes.apply(this.base);
      this.queue.shift();
    }
    this.seq = Math.max(this.seq, seq);
    const changes = this.absorb(difference(this.base.toString(), body), false);
    this.base = toText(body);
    this.version = version;
    this.recent = [];
    this.greeting = this.waiting = this.lost = false;
    return { changes, writers: new Set(), hello: false };
  }

  /** A `behind` message: too much has happened since the push. It goes again after the hello. */
  behind() {
    return { changes: ChangeSet.empty(this.text.length), writers: new Set(), hello: true };
  }

  /**
   * A `refused` message: what the server has not is given back as `unsent`, one line a place, for the person
   * to copy, and `text` is what the server has. Null when the refusal is of something long settled.
   */
  refused({ seq, reason }) {
    if (!this.queue.length || this.queue[0].seq !== seq) return null;
    const mine = this.queue.map((own) => own.changes).reduce((all, next) => all.compose(next));
    const changes = mine.invert(this.base);
    this.queue = [];
    this.undoStack = [];
    this.redoStack = [];
    this.lastEnd = null;
    this.absorb(changes, false);
    this.waiting = false;
    return { changes, writers: new Set(), hello: true, reason, unsent: inserted(mine, "\n") };
  }

  /** Take a row that starts from `base` into `text`; returns it as it reads there. */
  absorb(row, left) {
    for (const own of this.queue) {
      const first = own.left && !left;
      const mapped = own.changes.map(row, first);
      row = row.map(own.changes, !first);
      own.changes = mapped;
    }
    this.queue = this.queue.filter((own) => own.seq || !own.changes.empty);
    this.text = row.apply(this.text);
    this.undoStack = carry(this.undoStack, row);
    this.redoStack = carry(this.redoStack, row);
    if (this.lastEnd !== null) this.lastEnd = row.mapPos(this.lastEnd, -1);
    for (const [client, pos] of this.carets) this.carets.set(client, row.mapPos(pos, -1));
    return row;
  }

  // ---- carets ----------------------------------------------------------------------------------------------

  /** Another client's caret, as `caretAt` gave it there; null takes it away. False: it can't be placed now. */
  placeCaret(client, caret) {
    this.carets.delete(client);
    if (!caret) return true;
    const since = this.version - caret.version;
    if (!(since >= 0 && since <= this.recent.length)) return false;
    const rows = this.recent.slice(this.recent.length - since);
    const length = rows.length ? rows[0].changes.length : this.base.length;
    if (!(Number.isInteger(caret.pos) && caret.pos >= 0 && caret.pos <= length)) return false;
    let pos = caret.pos;
    for (const row of rows) {
      if (row.client === client && !row.changes.empty) pos = extent(row.changes).end;
      else pos = row.changes.mapPos(pos, -1);
    }
    for (const own of this.queue) pos = own.changes.mapPos(pos, -1);
    this.carets.set(client, pos);
    return true;
  }

  /** A span of the text at `version` as it is in `text` by now; null: nothing of it is left, or it can't be told. */
  placeSpan({ version, start, end }) {
    const since = this.version - version;
    if (!(since >= 0 && since <= this.recent.length)) return null;
    const rows = this.recent.slice(this.recent.length - since);
    if (end > (rows.length ? rows[0].changes.length : this.base.length)) return null;
    for (const { changes } of [...rows, ...this.queue]) {
      [start, end] = [changes.mapPos(start, 1), changes.mapPos(end, -1)];
    }
    return start < end ? { start, end } : null;
  }

  /** A place in `text`, said so that others understand it: {version, pos}, without what is not confirmed yet. */
  caretAt(pos) {
    for (const own of this.queue.slice().reverse()) pos = own.changes.invertedDesc.mapPos(pos, -1);
    return { version: this.version, pos };
  }
}

/** CRC-32 over the UTF-16 units, low byte first; `text_hash` in changes.py is the same. */
export function textHash(text) {
  let crc = -1;
  for (let i = 0; i < text.length; i++) {
    crc ^= text.charCodeAt(i);
    for (let bit = 0; bit < 16; bit++) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return ~crc >>> 0;
}

/** The text as the server takes it: newlines alone, no other control characters, no half characters. */
export function clean(text) {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/\t/g, " ")
    .replace(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/g, "")
    .replace(/\p{Cs}/gu, "\ufffd");
}

/**
 * The smallest single replacement that makes `after` of `before`, as a change set. Of several that are equally
 * small it is the one that ends at `caret` (a position in `after`). It never cuts a character in two.
 */
export function difference(before, after, caret = after.length) {
  const most = Math.min(before.length, after.length);
  const shared = (step, limit) => {
    let count = 0;
    const [i, j] = step > 0 ? [0, 0] : [before.length - 1, after.length - 1];
    while (count < limit && before.charCodeAt(i + step * count) === after.charCodeAt(j + step * count)) count++;
    return count;
  };
  let tail = shared(-1, Math.min(most, after.length - caret));
  let head = shared(1, most - tail);
  const whole = shared(-1, most);
  const ahead = shared(1, most - whole);
  if (ahead + whole > head + tail) [head, tail] = [ahead, whole];
  if (isHigh(before, head - 1) && (isLow(before, head) || isLow(after, head))) head--;
  const cut = before.length - tail;
  if (isLow(before, cut) && (isHigh(before, cut - 1) || isHigh(after, after.length - tail - 1))) tail--;
  return ChangeSet.of(
    { from: head, to: before.length - tail, insert: after.slice(head, after.length - tail) },
    before.length,
  );
}

/** The given position, or the one before it if it lies between the two halves of a character. */
export function snap(text, pos) {
  return isLow(text, pos) && isHigh(text, pos - 1) ? pos - 1 : pos;
}

const isHigh = (text, i) => (text.charCodeAt(i) & 0xfc00) === 0xd800;
const isLow = (text, i) => (text.charCodeAt(i) & 0xfc00) === 0xdc00;
const toText = (text) => Text.of(text.split("\n"));
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** Where a change set's first change begins in the old text, and where its last one ends in the new text. */
export function extent(changes) {
  let start = null;
  let end = 0;
  changes.iterChangedRanges((fromA, toA, fromB, toB) => {
    if (start === null) start = fromA;
    end = toB;
  });
  return { start, end };
}

/** The words that a change set puts in. */
function inserted(changes, between = "") {
  const words = [];
  changes.iterChanges((fromA, toA, fromB, toB, text) => text.length && words.push(text.toString()));
  return words.join(between);
}

/** Someone else's row passes a stack of one's own changes, from the newest down. */
function carry(stack, row) {
  for (let i = stack.length - 1; i >= 0 && !row.empty; i--) {
    const own = stack[i].changes;
    stack[i].changes = own.map(row, true);
    row = row.map(own, false);
  }
  return stack.filter((entry) => !entry.changes.empty);
}

/** The same change in two steps, of which the first has at most `most` sections; the second is null if it has. */
function split(changes, most) {
  const json = changes.toJSON();
  if (json.length <= most) return [changes, null];
  let count = most - 1;
  while (typeof json[count - 1] === "number") count--;
  const head = json.slice(0, count);
  const tail = json.slice(count);
  const later = ChangeSet.fromJSON(tail).length;
  const done = ChangeSet.fromJSON(head).newLength;
  const second = typeof tail[0] === "number" ? [done + tail[0], ...tail.slice(1)] : [done, ...tail];
  return [ChangeSet.fromJSON([...head, later].filter(Boolean)), ChangeSet.fromJSON(second.filter(Boolean))];
}
