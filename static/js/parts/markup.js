// The one place where text becomes markup: browsers refuse it everywhere else (Trusted Types). What comes in here was
// made by our own templates, which escape whatever people have typed.
const allow = { createHTML: (html) => html };

export const policy = globalThis.trustedTypes?.createPolicy("words", allow) ?? allow;

/** @returns {ChildNode[]} */
export function nodesOf(html) {
  const template = document.createElement("template");
  template.innerHTML = policy.createHTML(html);
  return [...template.content.childNodes];
}
