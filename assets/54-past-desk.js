/* The desk of the past: banner, map, lists, time line, play and step. It is handed a source that knows how to get a moment, on
 * the page from the server (55-past-page.js), in an export from the data beside it (past-player.js). Nothing here acts
 * on anything: it has no forms, no acts, no links into the present. Texts are set as texts. */
(() => {
  "use strict";
  const root = (window.opsCentre = window.opsCentre || {});

  const SPEEDS = [1, 10, 60, 300, 1800];
  const SPEED_WORDS = { 1: "real time", 10: "10 × faster", 60: "1 min/s", 300: "5 min/s", 1800: "30 min/s" };
  const MOST_ROWS = 60;
  const SEVERITIES = ["top", "high", "normal"];
  const MINUTE = 60000;
  const GAP_MINUTES = 10;

  function node(name, className, ...children) {
    const element = document.createElement(name);
    if (className) element.className = className;
    element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
    return element;
  }

  function press(text, title, act) {
    const button = node("button", "past-button", text);
    button.type = "button";
    button.title = title;
    if (!/[a-z0-9]/i.test(text)) button.setAttribute("aria-label", title); // where there are words they are its name
    button.addEventListener("click", act);
    return button;
  }

  class PastDesk {
    /* source: {picture(at, known), marks(since, until), frameMs}; bounds: {since(), until()} in ms; holdsBoth: whether the source
     * can tell both what was known then and what is known now. */
    constructor(holder, source, { zone, at, known, exercise, bounds, holdsBoth = true }) {
      Object.assign(this, { source, zone, at, exercise, bounds, holdsBoth });
      this.known = known || "then";
      this.speed = 60;
      this.window = { since: at - 3 * 3600000, until: at + 3 * 3600000 };
      this.marks = [];
      this.picture = null;
      this.onMove = () => {};
      this._build(holder);
      this._place();
    }

    /* ---- building ---- */

    _build(holder) {
      this.word = node("strong", "past-replay", "REPLAY");
      this.clock = node("span", "past-clock");
      this.how = node("span", "past-how");
      this.note = node("span", "past-note");
      this.note.setAttribute("role", "status");
      this.banner = node("div", "past-banner", this.word, this.clock, this.how, this.exercise ? node("strong", "past-exercise", "EXERCISE") : null, this.note);
      const mapHolder = node("div", "past-map");
      this.boards = node("div", "past-boards");
      this.boards.hidden = true;
      this.boards.tabIndex = 0;
      this.boards.setAttribute("role", "region");
      this.boards.setAttribute("aria-label", "Boards as they stood");
      this.lists = node("div", "past-lists");
      this.lists.tabIndex = 0;
      this.lists.setAttribute("role", "region");
      this.lists.setAttribute("aria-label", "Lists as they were known");
      this.controls = node("div", "past-controls", this._transport(), this._timeLine());
      this.element = node("section", "past-desk", this.banner, node("div", "past-body", mapHolder, this.boards, this.lists), this.controls);
      this.element.setAttribute("aria-label", "Replay of the past");
      holder.replaceChildren(this.element);
      this.mapHolder = mapHolder;
      this.map = new root.PastMap(mapHolder);
      this.map.onPick = (key) => this.choose(key);
      this.element.addEventListener("keydown", (event) => this.key(event));
    }

    _transport() {
      this.playButton = press("▶ Play", "Play (space)", () => this.toggle());
      this.playButton.classList.add("past-play");
      this.speedButton = press(SPEED_WORDS[this.speed], "Speed (< and >)", () => this.faster(1, true));
      this.speedButton.classList.add("past-speed");
      this.knownButtons = ["then", "now"].map((word) => {
        const button = press(`Known ${word}`, word === "then" ? "As it was known then (x)" : "What is known now about that moment (x)", () => this.know(word));
        button.dataset.known = word;
        button.hidden = !this.holdsBoth && word !== this.known;
        return button;
      });
      const group = node("span", "past-group", ...this.knownButtons);
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", "From when the knowledge is");
      this.boardsButton = press("Boards", "Boards of operations or the map (b)", () => this.showBoards());
      this.boardsButton.setAttribute("aria-pressed", "false");
      this.extra = node("span", "past-group past-extra");
      return node("div", "past-transport",
        press("|◀", "Previous entry ([)", () => this.toMark(-1)), press("−1 min", "Back one minute (left arrow)", () => this.step(-1)),
        this.playButton, press("+1 min", "On one minute (right arrow)", () => this.step(1)), press("▶|", "Next entry (])", () => this.toMark(1)),
        this.speedButton, group, this.boardsButton, this.extra);
    }

    _timeLine() {
      this.line = node("div", "past-line");
      this.line.tabIndex = 0;
      this.line.setAttribute("role", "slider");
      this.line.setAttribute("aria-label", "Time line");
      this.canvas = document.createElement("canvas");
      this.canvas.setAttribute("aria-hidden", "true");
      this.markColour = node("i", "past-mark");
      this.markColour.hidden = true;
      this.line.append(this.canvas, this.markColour);
      this.said = node("div", "past-said");
      this.said.setAttribute("aria-live", "polite");
      const timeAt = (event) => {
        const box = this.line.getBoundingClientRect();
        return this.window.since + ((event.clientX - box.left) / box.width) * (this.window.until - this.window.since);
      };
      this.line.addEventListener("pointerdown", (event) => {
        const mark = this._markNear(timeAt(event));
        this.go(mark ? mark[0] : timeAt(event));
      });
      this.line.addEventListener("pointermove", (event) => {
        const mark = this._markNear(timeAt(event));
        this.said.textContent = mark ? this._markWords(mark) : this.times(timeAt(event));
      });
      this.line.addEventListener("pointerleave", () => this._sayMark());
      new ResizeObserver(() => this._drawLine()).observe(this.line);
      return node("div", "past-lines", this.line, this.said);
    }

    /* ---- going ---- */

    async go(at) {
      const [first, last] = [this.bounds.since(), this.bounds.until()];
      const moment = Math.round(Math.min(last, Math.max(first, at)));
      this.beyond = at > last + MINUTE / 12 ? "The moment asked for lies ahead: this is the newest there is."
        : at < first - MINUTE / 12 ? `Nothing is kept before ${this.times(first)}: this is the first moment there is.` : "";
      this.at = moment;
      this._place();
      this.onMove(moment, this.known);
      await this._fetch();
    }

    async _fetch() {
      if (this.busy) return void (this.again = true);
      this.busy = true;
      this.element.setAttribute("aria-busy", "true");
      const { at, known } = this;
      try {
        const picture = await this.source.picture(at, known);
        this.picture = picture;
        this.shownAt = at;
        this.trouble = "";
        this.map.show(picture, at);
        this._drawLists();
      } catch (failed) {
        this.pause();
        this.trouble = `This moment could not be had: ${failed.message} ${this.shownAt ? `Shown is still ${this.times(this.shownAt)}.` : ""}`;
      }
      this.busy = false;
      this.element.removeAttribute("aria-busy");
      this._place();
      if (this.again) {
        this.again = false;
        await this._fetch();
      }
    }

    async refreshMarks() {
      const { since, until } = this.window;
      try {
        const { marks, left_off } = await this.source.marks(since, until);
        if (this.window.since !== since) return;
        this.marks = marks;
        this.leftOff = left_off;
      } catch (failed) {
        this.marks = [];
        this.said.textContent = `The entries of this span could not be had: ${failed.message}`;
      }
      this._drawLine();
    }

    look(hours, around = this.at) {
      const half = hours * 1800000;
      const until = Math.min(this.bounds.until(), around + half);
      this.window = { since: until - 2 * half, until };
      this.refreshMarks();
    }

    toggle() {
      if (this.playing) this.pause();
      else this.play();
    }

    play() {
      if (this.at >= this.bounds.until() - 1000) return;
      this.playing = true;
      this.playButton.textContent = "Pause";
      this.playButton.title = "Pause (space)";
      let before = performance.now();
      const tick = async () => {
        if (!this.playing) return;
        const now = performance.now();
        const to = this.at + (now - before) * this.speed;
        before = now;
        await this.go(to);
        if (to >= this.bounds.until()) this.pause();
        if (this.playing) this.timer = setTimeout(tick, Math.max(30, this.source.frameMs - (performance.now() - now)));
      };
      this.timer = setTimeout(tick, this.source.frameMs);
    }

    pause() {
      this.playing = false;
      clearTimeout(this.timer);
      this.playButton.textContent = "▶ Play";
      this.playButton.title = "Play (space)";
    }

    faster(by, round = false) {
      const place = SPEEDS.indexOf(this.speed) + by;
      this.speed = SPEEDS[round ? place % SPEEDS.length : Math.max(0, Math.min(SPEEDS.length - 1, place))];
      this.speedButton.textContent = SPEED_WORDS[this.speed];
    }

    step(by, times = 1) {
      this.pause();
      return this.go(this.at + by * times * MINUTE);
    }

    toMark(by) {
      this.pause();
      const ours = this.marks.filter((mark) => !mark[3] || mark[2] === "decision");
      const from = ours.length ? ours : this.marks;
      const next = by > 0 ? from.find((mark) => mark[0] > this.at) : [...from].reverse().find((mark) => mark[0] < this.at);
      if (!next) return void (this.said.textContent = `No ${by > 0 ? "later" : "earlier"} entry in this span.`);
      return this.go(next[0]);
    }

    know(word) {
      if (!this.holdsBoth) return;
      this.known = word;
      return this.go(this.at);
    }

    showBoards() {
      this.boards.hidden = !this.boards.hidden;
      this.mapHolder.hidden = !this.boards.hidden;
      this.boardsButton.setAttribute("aria-pressed", String(!this.boards.hidden));
      this._drawBoards();
      this.map.redraw();
    }

    _drawBoards() {
      if (this.boards.hidden || !this.picture) return;
      const { scrollTop, scrollLeft } = this.boards;
      this.boards.replaceChildren(...root.pastBoards.boards(this.picture, this), ...this._plans());
      Object.assign(this.boards, { scrollTop, scrollLeft });
    }

    choose(key) {
      this.chosen = key;
      this.map.choose(key);
      this._drawLists();
    }

    key(event) {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
      const onButton = event.target.matches("button, a");
      const far = event.shiftKey ? 10 : 1;
      const acts = {
        " ": () => !onButton && this.toggle(), ArrowLeft: () => this.step(-1, far), ArrowRight: () => this.step(1, far),
        "[": () => this.toMark(-1), "]": () => this.toMark(1), "<": () => this.faster(-1), ">": () => this.faster(1),
        b: () => this.showBoards(),
        x: () => this.know(this.known === "then" ? "now" : "then"), Home: () => this.go(this.window.since), End: () => this.go(this.window.until),
      };
      if (!acts[event.key] || acts[event.key]() === false) return;
      event.preventDefault();
      event.stopPropagation();
    }

    /* ---- showing ---- */

    _format(options) {
      return new Intl.DateTimeFormat("en-NZ", { timeZone: this.zone, hourCycle: "h23", ...options });
    }

    times(ms) {
      const local = this._format({ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short" }).format(ms);
      return `${local} · ${new Date(ms).toISOString().slice(11, 19)} UTC`;
    }

    /* "Sun 14:05", or nothing. */
    day(ms) {
      return ms === null || ms === undefined ? "" : this._format({ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }).format(ms);
    }

    time(ms) {
      return ms === null || ms === undefined ? "" : this._format({ hour: "2-digit", minute: "2-digit" }).format(ms);
    }

    _place() {
      this.clock.textContent = this.times(this.at);
      this.how.textContent = this.known === "then" ? "as it was known then" : "as it is known now";
      this.note.textContent = this.trouble || (this.picture ? this._notes() : "Loading …");
      this.element.dataset.known = this.known;
      this.element.dataset.moment = this.shownAt === this.at && !this.busy ? String(this.at) : "";
      for (const button of this.knownButtons) button.setAttribute("aria-pressed", String(button.dataset.known === this.known));
      this.line.setAttribute("aria-valuemin", String(this.window.since));
      this.line.setAttribute("aria-valuemax", String(this.window.until));
      this.line.setAttribute("aria-valuenow", String(this.at));
      this.line.setAttribute("aria-valuetext", this.times(this.at));
      if (this.at < this.window.since || this.at > this.window.until) this.look((this.window.until - this.window.since) / 3600000);
      this._drawLine();
      this._sayMark();
    }

    _notes() {
      const { past } = this.picture;
      const parts = [this.beyond, this._gap(), "Read only. This is not the present."].filter(Boolean);
      if (this.known === "now") parts.push("Positions, names and log as known today; all else as it stood then.");
      if (past && past.kept_since === null) parts.push("Nothing but positions of craft is kept.");
      else if (past && this.at < past.kept_since) parts.push(`Before ${this.times(past.kept_since)} only positions of craft are kept.`);
      return parts.join(" ");
    }

    /* Words for a moment at which nothing came in, so that an empty or a standing picture is not taken for a quiet sea. */
    _gap() {
      const { tracks, feeds } = this.picture;
      if (!tracks.observed.length) return "No craft was known: nothing had come in for long before this moment.";
      const offsets = new Map((feeds || []).map((feed) => [feed.id, feed.clock_offset_ms || 0]));
      let newest = 0;
      for (let slot = 0; slot < tracks.observed.length; slot++) newest = Math.max(newest, tracks.observed[slot] * 1000 - (offsets.get(tracks.feed[slot]) || 0));
      const quiet = Math.floor((this.shownAt - newest) / MINUTE);
      return quiet < GAP_MINUTES ? "" : `No craft had been heard for ${quiet} min at this moment: a gap.`;
    }

    _markNear(at) {
      const reach = ((this.window.until - this.window.since) * 5) / Math.max(1, this.line.clientWidth);
      let best = null;
      for (const mark of this.marks) {
        const far = Math.abs(mark[0] - at);
        if (far <= reach && (!best || far < best.far)) best = { mark, far };
      }
      return best && best.mark;
    }

    _markWords([at, seq, kind, , text]) {
      return `${this.time(at)} #${seq} ${kind}: ${text}`;
    }

    _sayMark() {
      const mark = [...this.marks].reverse().find((one) => one[0] <= this.at && this.at - one[0] < MINUTE);
      const left = this.leftOff ? ` ${this.leftOff} entries of the centre itself are not marked.` : "";
      this.said.textContent = mark ? this._markWords(mark) : `◆ decision  ▮ written by people  ╵ by the centre.${left}`;
    }

    _drawLine() {
      const { clientWidth: width, clientHeight: height } = this.line;
      if (!width || !height) return;
      const ratio = Math.min(2, window.devicePixelRatio || 1);
      this.canvas.width = width * ratio;
      this.canvas.height = height * ratio;
      this.canvas.style.width = `${width}px`;
      this.canvas.style.height = `${height}px`;
      const colour = (element) => getComputedStyle(element).color; // a canvas does not know light-dark()
      const [text, quiet, marked] = [colour(this.line), colour(this.said), colour(this.markColour)];
      const context = this.canvas.getContext("2d");
      context.scale(ratio, ratio);
      const { since, until } = this.window;
      const x = (ms) => ((ms - since) / (until - since)) * width;
      this._drawTicks(context, x, width, height, quiet);
      for (const [at, , kind, bySystem] of this.marks) {
        context.fillStyle = context.strokeStyle = kind === "decision" ? marked : bySystem ? quiet : text;
        if (kind === "decision") {
          context.beginPath();
          for (const [dx, dy] of [[0, -6], [6, 0], [0, 6], [-6, 0]]) context.lineTo(x(at) + dx, 12 + dy);
          context.fill();
        } else context.fillRect(x(at) - (bySystem ? 0.5 : 1.5), bySystem ? 9 : 5, bySystem ? 1 : 3, bySystem ? 7 : 14);
      }
      context.fillStyle = text;
      context.fillRect(x(this.at) - 1.5, 0, 3, height);
    }

    _drawTicks(context, x, width, height, colour) {
      const { since, until } = this.window;
      const steps = [1, 5, 15, 30, 60, 180, 360, 720, 1440].map((minutes) => minutes * MINUTE);
      const every = steps.find((step) => ((until - since) / step) * 70 < width) || steps[steps.length - 1];
      context.fillStyle = colour;
      context.font = '12px "Inter", "DejaVu Sans", sans-serif';
      context.textBaseline = "bottom";
      const offset = this._offset(since);
      for (let at = Math.ceil((since + offset) / every) * every - offset; at <= until; at += every) {
        context.fillRect(x(at), height - 20, 1, 5);
        const midnight = this.time(at) === "00:00";
        context.fillText(midnight ? this._format({ weekday: "short", day: "numeric" }).format(at) : this.time(at), x(at) + 2, height - 1);
      }
    }

    /* How far local time is ahead of UTC, so that ticks stand at whole local hours. */
    _offset(ms) {
      const found = {};
      for (const { type, value } of this._format({ year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" }).formatToParts(ms)) found[type] = Number(value);
      return Date.UTC(found.year, found.month - 1, found.day, found.hour, found.minute) - Math.floor(ms / MINUTE) * MINUTE;
    }

    /* ---- lists ---- */

    _drawLists() {
      const { picture } = this;
      this._drawBoards();
      const scroll = this.lists.scrollTop;
      const sections = [this._card()];
      const { past } = picture;
      const kept = !past || (past.kept_since !== null && this.shownAt >= past.kept_since);
      const add = (title, rows, draw, none) => rows && sections.push(this._list(title, rows, draw, kept || title === "Log" ? none : "Not kept of this moment."));
      sections.push(node("p", "past-watch", `${picture.tracks.id.length.toLocaleString("en-NZ")} craft`));
      if (picture.watch !== undefined) sections.push(node("p", "past-watch", picture.watch ? `Watch ${picture.watch.name}, ${picture.watch.lead_name || picture.watch.lead || "no lead"}` : kept ? "No watch was on." : "Of the watch nothing is kept of this moment."));
      add("Alerts", picture.alerts && [...picture.alerts].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || b.raised_at - a.raised_at), (row) => [row.severity, row.title, `${row.state} · ${this.time(row.raised_at)}`, null], "No alert stood.");
      add("Targets", picture.targets && [...picture.targets].sort((a, b) => (a.lrm_at || a.arrives_at || 9e15) - (b.lrm_at || b.arrives_at || 9e15)), (row) => [row.severity, row.label, this._targetWords(row), `target:${row.id}`], "No target was open.");
      add("Units", picture.units && [...picture.units].sort((a, b) => a.callsign.localeCompare(b.callsign)), (row) => [null, row.callsign, [row.availability, row.out_of_service_reason, row.status, row.place_name].filter(Boolean).join(" · "), `unit:${row.id}`], "No unit was known.");
      add("Units sent", picture.taskings, (row) => [null, row.callsign, `${row.state} · ${row.subject}`, `unit:${row.unit_id}`], "No unit was sent.");
      add("Operations", picture.operations, (row) => [null, `${row.reference} ${row.name}${row.is_exercise ? " EXERCISE" : ""}`, `${row.kind} · ${row.state}${row.commander ? ` · ${row.commander}` : ""}`, `operation:${row.id}`], "No operation was prepared or running.");
      add("Hazards", picture.hazards, (row) => [row.severity, root.pastBoards.hazardWords(row), `${row.places.join("; ") || "no area named"} · until ${this.day(row.expires_at)}`, row.shapes && row.shapes.length ? `hazard:${row.id}` : null], "No hazard was in force.");
      add("Debriefs", picture.past && picture.past.debriefs, (row) => [null, row.about_label, `${row.sort} debrief of ${row.about_kind} · ${row.points} contributions${row.due_at ? ` · due ${this.day(row.due_at)}` : ""}`, null], "No debrief was open.");
      add("Log", picture.log && [...picture.log].reverse(), (row) => [null, `${this.time(row.recorded_at)} #${row.seq}${row.corrected ? " corrected" : ""}`, row.text, null], "The log was empty.");
      sections.push(node("p", "past-watch", "Plan and orders stand below the boards. Not part of the replay: sufficiency of places and situation reports."));
      this.lists.replaceChildren(...sections.filter(Boolean));
      this.lists.scrollTop = scroll;
    }

    _targetWords(row) {
      const last = row.lrm_at ? `last moment ${this.time(row.lrm_at)}` : row.lrm_note;
      return [row.status, row.place_name, row.arrives_at ? `arrives ${this.time(row.arrives_at)}` : null, last, ...(row.tasked || [])].filter(Boolean).join(" · ");
    }

    _list(title, rows, draw, none) {
      const list = node("ul", "past-list");
      for (const row of rows.slice(0, MOST_ROWS)) {
        const [severity, name, words, key] = draw(row);
        const mark = severity ? node("span", `past-severity past-${severity}`, severity) : null;
        const line = key ? node("button", "past-row", mark, node("b", "", name), node("span", "", words)) : node("span", "past-row", mark, node("b", "", name), node("span", "", words));
        if (key) {
          line.type = "button";
          line.setAttribute("aria-pressed", String(key === this.chosen));
          line.addEventListener("click", () => {
            this.choose(key);
            this.map.flyTo(key);
          });
        }
        list.append(node("li", "", line));
      }
      if (rows.length > MOST_ROWS) list.append(node("li", "past-more", `and ${rows.length - MOST_ROWS} more`));
      const details = node("details", "past-section", node("summary", "", `${title} (${rows.length})`), rows.length ? list : node("p", "past-none", none));
      details.open = !(this.closed || (this.closed = new Set())).has(title);
      details.addEventListener("toggle", () => (details.open ? this.closed.delete(title) : this.closed.add(title)));
      return details;
    }

    /* What was picked on the map, in words. */
    _card() {
      if (!this.chosen) return null;
      const [kind, number] = this.chosen.split(":");
      const words = kind === "track" ? this._trackWords(Number(number)) : this._rowWords(kind, Number(number));
      const close = press("×", "Close", () => this.choose(null));
      const more = words && kind === "target" ? this._hits(Number(number)) : [];
      return node("div", "past-card", close, ...(words ? words.map((line, place) => node(place ? "p" : "h3", "", line)) : [node("h3", "", "Not on the picture at this moment")]), ...more);
    }

    /* Plan and orders, likewise. */
    _plans() {
      if (!this.source.plan) return root.pastPlans.without("Plans and orders are not in an exported file.");
      if (this.playing) return root.pastPlans.without("Plans and orders are shown when it stands still.");
      if (this.plansOf !== this.shownAt) {
        const of = (this.plansOf = this.shownAt);
        this.plans = null;
        this.source.plan(of).catch((failed) => failed).then((told) => {
          if (this.plansOf !== of) return;
          this.plans = told;
          this._drawBoards();
        });
      }
      return root.pastPlans.plans(this.plans, this);
    }

    /* Hits are asked for once for each target and moment, and not while it plays. */
    _hits(id) {
      if (this.playing) return [node("p", "past-none", "Hits are shown when it stands still.")];
      const of = `${id} ${this.shownAt}`;
      if (this.hitsOf !== of) {
        this.hitsOf = of;
        this.told = null;
        this.source.hits(id, this.shownAt).catch((failed) => failed).then((told) => {
          if (this.hitsOf !== of) return;
          this.told = told;
          this._drawLists();
        });
      }
      return root.pastBoards.hits(this.told, this);
    }

    _trackWords(id) {
      const { tracks } = this.picture;
      const slot = tracks.id.indexOf(id);
      if (slot < 0) return null;
      const altitude = tracks.altitude && tracks.altitude[slot] !== null && tracks.kind[slot] === 1 ? `${Math.round(tracks.altitude[slot]).toLocaleString("en-NZ")} ft` : null;
      const squawk = tracks.squawk && tracks.squawk[slot] ? `squawk ${tracks.squawk[slot]}` : null;
      const heading = [tracks.course[slot] === null ? null : `${tracks.course[slot]}°`, tracks.speed[slot] === null ? null : `${tracks.speed[slot]} kn`, altitude, squawk].filter(Boolean).join(", ");
      return [tracks.name[slot] || `Track ${id}`, ["vessel", "aircraft", "vehicle", "base station", "aid to navigation"][tracks.kind[slot]], heading,
        `${tracks.lat[slot].toFixed(4)}, ${tracks.lon[slot].toFixed(4)}`, `observed ${this.times(tracks.observed[slot] * 1000)}`].filter(Boolean);
    }

    _rowWords(kind, id) {
      const row = (this.picture[`${kind}s`] || []).find((one) => one.id === id);
      if (!row) return null;
      if (kind === "target") return [row.label, `${row.subject_kind}, ${row.severity}`, this._targetWords(row), row.reason, `${row.owner} · TLP:${row.marking}`];
      if (kind === "hazard") return [root.pastBoards.hazardWords(row), `${row.severity}, ${row.status}`, row.places.join("; "), `until ${this.day(row.expires_at)}`, `${row.owner} · TLP:${row.marking}`];
      if (kind === "unit") return [row.callsign, `${row.agency} ${row.unit_type}`, [row.availability, row.out_of_service_reason, row.status].filter(Boolean).join(" · "), row.place_name || "", `TLP:${row.marking}`];
      return [`${row.reference} ${row.name}`, `${row.kind} · ${row.state}`, `${row.assigned} of ${row.required} units · ${row.targets} targets`, `${row.owner} · TLP:${row.marking}`];
    }
  }

  root.PastDesk = PastDesk;
})();
