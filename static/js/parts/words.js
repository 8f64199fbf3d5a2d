// Counting words as definitions/texts/tokens.py does.
const ALONE = "[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}ー]";
const RUN = `(?:(?!${ALONE})[\\p{L}\\p{M}\\p{N}])+`;
const WORD = new RegExp(`${ALONE}\\p{M}*|${RUN}(?:['’‑-]${RUN})*`, "gu");

export const wordCount = (text) => text.match(WORD)?.length ?? 0;

/** The words of a text with their places: [{start, end}] in UTF-16 units. */
export const words = (text) => Array.from(text.matchAll(WORD), (m) => ({ start: m.index, end: m.index + m[0].length }));
