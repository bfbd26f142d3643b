/* Says in every frame what is wrong with the centre itself: the database, the worker, the clock, the disk. The server says
 * it with each beat of the stream; where no beat comes it is asked for, and a server that cannot answer is said as such. So
 * no page looks calm because nobody told it anything. Sentences only: it never decides what is wrong, and all of it is text. */
(() => {
  "use strict";
  const ops = (window.opsCentre = window.opsCentre || {});
  const ASK_MS = 5000;
  const UNREACHED = { kind: "reads", what: "The server cannot be reached", works: "Acts are refused, not lost: what you typed stays in its form. It goes on by itself." };

  let told = []; // troubles by the last word of the server
  let heardAt = Date.now();
  let asking = false;
  let frozen = null;
  let unservedSince = null; // by the server's clock as last heard
  let drawn = "";

  const clock = (ms) => (ops.ticking ? ops.ticking.clock(ms) : "");
  const head = (one) => `${one.what}${Number.isFinite(one.since) && one.since ? ` since ${clock(one.since)}` : ""}${one.why ? `: ${one.why}` : ""}.`;
  const rest = (one) => `${one.as_of ? ` What you see is as of ${clock(one.as_of)}.` : ""} ${one.works || ""}`;

  /* While the picture is frozen its own line says since when; why, and what becomes of acts, is said here in one line. */
  function draw() {
    const place = document.getElementById("shell-trouble");
    if (!place) return;
    const sign = JSON.stringify([told, Boolean(frozen)]);
    if (sign === drawn && place.childElementCount === told.length) return;
    drawn = sign;
    place.replaceChildren(...told.map(line));
    place.dataset.worst = told.length ? told[0].kind : "";
    place.hidden = !told.length;
    const why = document.querySelector("#shell-frozen .frozen-why");
    if (why) why.textContent = frozen && !told.length && frozen.reason ? ` · ${frozen.reason} · reconnecting` : " · reconnecting";
    window.dispatchEvent(new Event("resize")); // the map and whatever fills the screen makes room
  }

  function line(one) {
    const row = document.createElement("p");
    const strong = document.createElement("strong");
    strong.textContent = head(one);
    row.append(strong, rest(one));
    return row;
  }

  function unserved(what) {
    const now = ops.store && ops.store.serverNow ? ops.store.serverNow() : Date.now();
    unservedSince = unservedSince || now;
    show([{ ...UNREACHED, what, since: unservedSince }]);
  }

  function take(troubles) {
    unservedSince = null;
    heardAt = Date.now();
    show(troubles);
  }

  function show(troubles) {
    told = Array.isArray(troubles) ? troubles : [];
    draw();
  }

  /* No beat comes: this reader may not see the picture, all streams are taken, or the server is in trouble. */
  async function ask() {
    if (asking || Date.now() - heardAt < ASK_MS || document.hidden) return;
    asking = true;
    try {
      const answer = await fetch("/api/v1/troubles", { credentials: "same-origin", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(ASK_MS * 2) });
      const said = await answer.json().catch(() => ({}));
      if (answer.ok) take(said.troubles);
      else if (answer.status === 401) await ops.session.ended();
      else if (answer.status === 503) unserved(String(said.error || "The server cannot serve now").split(". ")[0].replace(/\.$/, ""));
    } catch {
      unserved(UNREACHED.what);
    } finally {
      asking = false;
    }
  }

  document.addEventListener("ops:beat", (event) => event.detail && Array.isArray(event.detail.troubles) && take(event.detail.troubles));
  document.addEventListener("ops:frozen", (event) => {
    frozen = event.detail || {};
    draw();
  });
  document.addEventListener("ops:thawed", () => {
    frozen = null;
    draw();
  });
  document.addEventListener("ops:redrawn", draw);
  setInterval(ask, ASK_MS);

  ops.trouble = { take, told: () => told };
})();
