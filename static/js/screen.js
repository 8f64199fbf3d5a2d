import { connect } from "./live/connection.js";
import { startClock } from "./live/clock.js";
import { on } from "./live/events.js";
import { startFitting } from "./parts/fit.js";

let draft = null;

async function drafts() {
  if (!document.querySelector("[data-draft]")) return draft?.refresh();
  draft ??= await import("./draft/room.js");
  draft.refresh();
}

startClock();
startFitting();
on("panel", drafts);
on("removed", () => location.reload());
connect();
drafts();
