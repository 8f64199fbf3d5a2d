/**
 * Binds a native <textarea> to a replica. The field is one more replica of its own:
 *
 *   shown (what the field holds) ──unshown──> replica.text
 *
 * `unshown` is what others did and the field does not show yet. Typing is read at once, mapped over it and sent;
 * showing waits for the next animation frame, and for the end of a composition: a field that is changed while an
 * input method is at work doubles its words.
 */
import { ChangeSet } from "@codemirror/state";
import { clean, difference } from "./replica.js";

const MAX_LENGTH = 1000; // the server's cap is above it: a composition may overrun this one
const JOIN_MS = 600; // typing without a longer pause is undone in one step
const MAX_PIECES = 16; // changes shown one by one; more at once are shown as a new value

const HALF = /\p{Cs}/u;

export class DraftField {
  /**
   * `onEdit()`: the person changed the text: push it. `onShow()`: what the field holds has changed: draw the
   * mirror and the counter.
   */
  constructor(field, replica, { onEdit = () => {}, onShow = () => {} } = {}) {
    this.field = field;
    this.replica = replica;
    this.onEdit = onEdit;
    this.onShow = onShow;
    this.composing = false;
    this.held = false;
    this.frame = 0;
    this.lastInput = { type: "", time: -Infinity };
    this.visited = false; // until then the browser's caret says nothing

    field.autocomplete = "off"; // no old text on a reload
    if (field.maxLength < 0) field.maxLength = MAX_LENGTH;
    field.value = this.shown = replica.toString();
    this.unshown = ChangeSet.empty(this.shown.length);

    this.listeners = {
      input: (event) => this.read(event),
      beforeinput: (event) => this.intercept(event),
      keydown: (event) => this.shortcut(event),
      compositionstart: () => this.startComposition(),
      compositionend: (event) => this.endComposition(event),
      blur: (event) => this.endComposition(event),
      focus: () => (this.visited = true),
    };
    for (const [name, listener] of Object.entries(this.listeners)) field.addEventListener(name, listener);
    this.onShow();
  }

  release() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    for (const [name, listener] of Object.entries(this.listeners)) this.field.removeEventListener(name, listener);
  }

  // ---- what the person does --------------------------------------------------------------------------------

  /** Take what the field holds by now as the person's edit. */
  read(event) {
    const { value } = this.field;
    if (value === this.shown) return;
    if (HALF.test(value) && event && event.type === "input") return; // the other half comes with the next event
    const after = clean(value);
    const typed = difference(this.shown, after, Math.min(this.field.selectionEnd, after.length));
    const edit = typed.map(this.unshown, true);
    this.unshown = this.unshown.map(typed);
    this.shown = after;
    const join = this.joins(edit, event);
    this.replica.edit(edit, { join });
    if (after !== value) this.put(after, this.field.selectionEnd);
    this.onShow();
    if (!edit.empty) this.onEdit();
  }

  /** Whether an edit belongs to the same step of undo as the one before it. */
  joins(edit, event) {
    const type = (event && event.inputType) || "";
    const time = event ? event.timeStamp : 0;
    const { lastInput } = this;
    this.lastInput = { type, time, composing: this.composing };
    if (this.composing && lastInput.composing) return true;
    let touches = false;
    edit.iterChangedRanges((from, to) => (touches ||= from === this.replica.lastEnd || to === this.replica.lastEnd));
    return touches && type !== "" && type === lastInput.type && time - lastInput.time < JOIN_MS;
  }

  startComposition() {
    this.composing = true;
    this.lastInput = { type: "", time: -Infinity, composing: false };
  }

  /** A composition also ends with the focus; some keyboards say nothing else. */
  endComposition(event) {
    this.read(event);
    this.composing = false;
    this.schedule();
  }

  /** The field's own undo would take back others' words, or nothing at all. */
  intercept(event) {
    if (event.inputType !== "historyUndo" && event.inputType !== "historyRedo") return;
    event.preventDefault();
    if (event.inputType === "historyUndo") this.undo();
    else this.redo();
  }

  shortcut(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.isComposing) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && (key !== "y" || event.shiftKey)) return;
    event.preventDefault();
    if (key === "y" || event.shiftKey) this.redo();
    else this.undo();
  }

  /** For the buttons too. False: there was nothing to undo. */
  undo() {
    return this.turn("undo");
  }

  redo() {
    return this.turn("redo");
  }

  turn(which) {
    if (this.composing || this.field.readOnly) return false;
    this.read();
    return this.own(this.replica[which]());
  }

  /**
   * Words from a proposal, at the caret; `author` is the proposal's id. A blank that is missing before or after
   * them is the person's own. False: they don't fit.
   */
  insertPhrase(text, author) {
    if (this.composing || this.field.readOnly) return false;
    this.read();
    const { replica } = this;
    if (replica.text.length + text.length + 2 > this.field.maxLength) return false;
    let pos = this.visited ? this.unshown.mapPos(this.field.selectionEnd, -1) : replica.text.length;
    const around = replica.text.sliceString(Math.max(0, pos - 1), pos + 1);
    const blank = (at) => {
      const changes = ChangeSet.of({ from: at, insert: " " }, replica.text.length);
      replica.edit(changes);
      this.unshown = this.unshown.compose(changes);
    };
    if (pos > 0 && /^\S/.test(around)) blank(pos++);
    const changes = replica.insertPhrase(pos, text, author);
    if (!changes) return false;
    this.unshown = this.unshown.compose(changes);
    const end = changes.mapPos(pos, 1);
    if (/[\p{L}\p{N}]/u.test(replica.text.sliceString(end, end + 1))) blank(end);
    this.paint(end);
    this.onEdit();
    return true;
  }

  /** A change of one's own that did not come from the field: it shows at once, with the caret behind it. */
  own(changes) {
    if (!changes) return false;
    this.unshown = this.unshown.compose(changes);
    let end = 0;
    changes.iterChangedRanges((fromA, toA, fromB, toB) => (end = toB));
    this.paint(end);
    this.onEdit();
    return true;
  }

  // ---- what others do --------------------------------------------------------------------------------------

  /** Take the `changes` that a message to the replica made in its text. */
  take(changes) {
    this.unshown = this.unshown.compose(changes);
    this.schedule();
  }

  /** The switch *hold others' changes*. One's own edits go on being read and sent. */
  hold(held) {
    this.held = held;
    this.schedule();
  }

  schedule() {
    if (this.frame || this.unshown.empty) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      if (!this.composing && !this.held) this.paint();
    });
  }

  /** Show everything. `caret`: where to put it, in the replica's text; else it stays where it is in the words. */
  paint(caret = null) {
    this.read(); // what the browser put in without saying so is not lost
    const { field, unshown } = this;
    const { selectionStart, selectionEnd, selectionDirection, scrollTop } = field;
    const focused = field.ownerDocument.activeElement === field;
    let [start, end] = [selectionStart, selectionEnd];
    if (caret !== null) start = end = caret;
    else if (start === end) start = end = unshown.mapPos(end, -1);
    else {
      end = unshown.mapPos(end, -1);
      start = Math.min(unshown.mapPos(start, 1), end);
    }
    const pieces = [];
    unshown.iterChanges((from, to, fromB, toB, text) => pieces.push([text.toString(), from, to]));
    this.shown = this.replica.toString();
    this.unshown = ChangeSet.empty(this.shown.length);
    if (pieces.length > MAX_PIECES) field.value = this.shown;
    else for (const piece of pieces.reverse()) field.setRangeText(...piece, "preserve");
    if (field.value !== this.shown) field.value = this.shown;
    if (focused) field.setSelectionRange(start, end, selectionDirection); // else Safari moves the focus here
    if (field.scrollTop !== scrollTop && caret === null) field.scrollTop = scrollTop;
    this.onShow();
  }

  put(text, caret) {
    const pos = Math.min(caret, text.length);
    this.field.value = text;
    if (this.field.ownerDocument.activeElement === this.field) this.field.setSelectionRange(pos, pos);
  }

  // ---- places ----------------------------------------------------------------------------------------------

  /** The person's own caret, for the others: {version, pos}. */
  caret() {
    return this.replica.caretAt(this.unshown.mapPos(Math.min(this.field.selectionEnd, this.shown.length), -1));
  }

  /** Others' carets as places in what the field shows: [{client, pos}]. */
  othersCarets() {
    const back = this.unshown.invertedDesc;
    return Array.from(this.replica.carets, ([client, pos]) => ({ client, pos: back.mapPos(pos, -1) }));
  }

  /** A span of the replica's text in what the field shows. */
  shownSpan({ start, end }) {
    const back = this.unshown.invertedDesc;
    return { start: back.mapPos(start, 1), end: back.mapPos(end, -1) };
  }
}
