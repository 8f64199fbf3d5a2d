import { startKeys } from "./desk/keys.js";
import { startPeople } from "./desk/people.js";
import { startSecondPress } from "./desk/second-press.js";
import { startTime } from "./desk/time.js";
import { connect, showState } from "./live/connection.js";
import { startClock } from "./live/clock.js";
import { startDoors } from "./live/doors.js";
import { on } from "./live/events.js";
import { startOutbox } from "./live/outbox.js";
import { startDialogs } from "./parts/dialogs.js";
import { startKeeping } from "./parts/keep.js";
import { startToasts } from "./parts/toasts.js";

let draft = null;

async function drafts() {
  if (!document.querySelector("[data-draft]")) return draft?.refresh();
  draft ??= await import("./draft/room.js");
  draft.refresh();
}

/** What the facilitator opens is brought into sight. */
function opened({ target, newState }) {
  if (newState === "open" && target.matches("details") && navigator.userActivation?.isActive) {
    target.scrollIntoView({ block: "nearest" });
  }
}

document.addEventListener("toggle", opened, true);
startSecondPress(); // before the doors, which take the same clicks
startKeeping();
startToasts();
startDialogs();
startDoors();
startKeys();
startPeople();
startTime();
startClock();
startOutbox();
on("panel", drafts);
on("panel", showState);
on("removed", () => location.reload());
connect();
drafts();
