// What the tests of the field put on a page: one replica bound to a field, and a server that takes everything.
import { ChangeSet, Text } from "@codemirror/state";
import { drawMirror, turnFlags } from "../../../static/js/draft/mirror.js";
import { Replica, textHash } from "../../../static/js/draft/replica.js";
import { DraftField } from "../../../static/js/draft/textarea.js";

const field = document.querySelector("textarea");
const mirror = document.querySelector(".mirror");

window.begin = (body) => {
  window.draft?.release();
  const replica = new Replica({ draft: 1, client: "me", version: 0, body });
  let text = Text.of(body.split("\n"));
  let version = 0;
  let seq = 0;
  const row = (client, number, changes, left, seat) => {
    text = changes.apply(text);
    const rows = [[client, number, changes.toJSON(), left, seat]];
    return { from: version++, rows, hash: textHash(text.toString()) };
  };
  window.sent = [];
  /** Everything that was typed reaches the server and comes back. */
  window.flush = () => {
    for (let push = replica.push(); push; push = replica.push()) {
      window.sent.push(push);
      const answer = row("me", push.seq, ChangeSet.fromJSON(push.changes), push.left, 1);
      draft.take(replica.receive(answer).changes);
    }
    return text.toString();
  };
  /** Someone else changes what the server has. */
  window.other = (from, to, insert) => {
    const changes = ChangeSet.of({ from, to, insert }, text.length);
    draft.take(replica.receive(row("you", ++seq, changes, false, 2)).changes);
  };
  window.draft = new DraftField(field, replica, {
    onShow: () => window.draft && drawMirror(mirror, { text: window.draft.shown }),
  });
};
window.frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
window.at = () => [field.value, field.selectionStart, field.selectionEnd, field.selectionDirection];
/** Which flags of a drawing turn to the other side of their caret. */
window.turned = (drawing) => {
  drawMirror(mirror, drawing);
  turnFlags(mirror);
  return Array.from(mirror.querySelectorAll(".caret > b"), (flag) => flag.classList.contains("is-turned"));
};
window.draw = (drawing) => {
  drawMirror(mirror, drawing);
  return mirror.innerHTML;
};
