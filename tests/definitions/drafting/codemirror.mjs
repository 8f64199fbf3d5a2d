// Answers questions about @codemirror/state's ChangeSet and runs replicas, for the tests beside this file.
// One line in, a JSON array of calls [name, ...arguments]; one line out, the array of their results.
import { createInterface } from "node:readline";
import { ChangeSet, Text } from "@codemirror/state";
import { Replica, clean, difference, snap, textHash } from "../../../static/js/draft/replica.js";

const toText = (text) => Text.of(text.split("\n"));
const read = (json) => ChangeSet.fromJSON(json);

const replicas = new Map(); // id -> a replica that lives on
const states = []; // replicas that never change: a step makes another one
const known = new Map(); // fingerprint -> index in states

const actions = {
  edit: (replica, json) => replica.edit(read(json)),
  // As a field does it: words in the place of so many units at a place, both taken modulo what there is.
  type: (replica, place, taken, words, join) => {
    const before = replica.toString();
    const from = snap(before, place % (before.length + 1));
    const after = before.slice(0, from) + words + before.slice(Math.min(before.length, from + taken));
    replica.edit(difference(before, clean(after), from + words.length), { join });
  },
  // Where one's own last edit ended; there two people's words meet.
  goOn: (replica, taken, words) => actions.type(replica, replica.lastEnd ?? 0, taken, words, true),
  phrase: (replica, place, words, author) => {
    replica.insertPhrase(place % (replica.text.length + 1), words, author);
  },
  undoAll: (replica) => {
    while (replica.undo());
  },
};

function act(replica, name, args) {
  const result = name in actions ? actions[name](replica, ...args) : replica[name](...args);
  return result && result.writers ? { ...result, writers: [...result.writers] } : result;
}

function copy(replica) {
  const twin = Object.assign(Object.create(Object.getPrototypeOf(replica)), replica);
  twin.queue = replica.queue.map((own) => ({ ...own }));
  twin.undoStack = replica.undoStack.map((entry) => ({ ...entry }));
  twin.redoStack = replica.redoStack.map((entry) => ({ ...entry }));
  twin.carets = new Map(replica.carets);
  twin.recent = replica.recent.slice();
  return twin;
}

function intern(replica) {
  const { recent, undoStack, redoStack, ...rest } = replica; // what no step here looks at
  const key = JSON.stringify(rest);
  if (!known.has(key)) known.set(key, states.push(replica) - 1);
  return known.get(key);
}

const calls = {
  apply: (json, text) => read(json).apply(toText(text)).toString(),
  map: (a, b, before) => read(a).map(read(b), before),
  compose: (a, b) => read(a).compose(read(b)),
  invert: (json, text) => read(json).invert(toText(text)),
  positions: (json) => {
    const changes = read(json);
    return Array.from({ length: changes.length + 1 }, (_, pos) => [changes.mapPos(pos, -1), changes.mapPos(pos, 1)]);
  },
  hash: (text) => textHash(text),
  difference: (before, after, caret) => difference(before, after, caret),
  clean: (text) => clean(text),

  make: (id, options) => void replicas.set(id, new Replica(options)),
  act: (id, name, ...args) => {
    const result = act(replicas.get(id), name, args);
    return result === undefined ? null : result;
  },
  look: (id) => {
    const replica = replicas.get(id);
    return { text: replica.toString(), base: replica.base.toString(), version: replica.version, saved: replica.saved };
  },
  carets: (id) => Object.fromEntries(replicas.get(id).carets),
  forget: () => replicas.clear(),

  state: (options) => intern(new Replica(options)),
  step: (state, name, ...args) => {
    const replica = copy(states[state]);
    const result = act(replica, name, args);
    return [intern(replica), result === undefined ? null : result];
  },
  see: (state) => ({ text: states[state].toString(), version: states[state].version, saved: states[state].saved }),
  clear: () => {
    states.length = 0;
    known.clear();
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const results = JSON.parse(line).map(([name, ...args]) => calls[name](...args));
  process.stdout.write(JSON.stringify(results, (_, value) => (value === undefined ? null : value)) + "\n");
}
