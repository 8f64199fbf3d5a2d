// How a reader points at words of the draft: a finger taps them, a keyboard goes from one to the next. Pure.

/** The word at a place of a text: {start, end}; null between two. */
export function wordAt(text, at) {
  const before = text.slice(0, at).search(/\S+$/);
  const start = before < 0 ? at : before;
  const end = start + (text.slice(start).match(/^\S+/)?.[0].length ?? 0);
  return start < end ? { start, end } : null;
}

/** The words that are chosen once one more is tapped: all from the first to the last; one of them lets all go. */
export function tapped(chosen, word) {
  if (!word || !chosen) return word;
  if (word.start >= chosen.start && word.end <= chosen.end) return null;
  return { start: Math.min(word.start, chosen.start), end: Math.max(word.end, chosen.end) };
}

/** The word that a key leads to from another; null: the text has none; undefined: the key leads nowhere. */
export function wordTo(text, word, key, rightToLeft) {
  const words = Array.from(text.matchAll(/\S+/g), ({ 0: letters, index }) => ({ start: index, end: index + letters.length }));
  const onwards = ["ArrowDown", rightToLeft ? "ArrowLeft" : "ArrowRight"];
  const back = ["ArrowUp", rightToLeft ? "ArrowRight" : "ArrowLeft"];
  if (!words.length) return null;
  if (key === "Home" || (!word && onwards.includes(key))) return words[0];
  if (key === "End" || (!word && back.includes(key))) return words.at(-1);
  if (onwards.includes(key)) return words.find(({ start }) => start >= word.end) ?? words.at(-1);
  if (back.includes(key)) return words.findLast(({ end }) => end <= word.start) ?? words[0];
}
