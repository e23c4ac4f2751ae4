/** <fs-run>: follows the events of a run and keeps its steps, its sum line and the title of the page true. */

import { counted, h, patch } from "./dom.js";
import { apply, doneSteps, isOver, newRun } from "./run-model.js";
import { stepList, sumLine } from "./run-view.js";
import { follow, showLive } from "./stream.js";

const SAY_EVERY = 5000;

class FsRun extends HTMLElement {
  connectedCallback() {
    this.run = newRun();
    this.known = Number(this.dataset.seq);
    this.behind = 0;
    if (["done", "failed", "cancelled"].includes(this.dataset.run)) return showLive("idle", "Finished");
    this.original = document.title;
    this.leaving = new AbortController();
    const timers = [setInterval(() => this.tick(), 1000), setInterval(() => this.say(), SAY_EVERY)];
    this.leaving.signal.addEventListener("abort", () => timers.forEach(clearInterval));
    follow(this.getAttribute("src"), {
      signal: this.leaving.signal,
      onState: showLive,
      onEvent: (data) => this.take(JSON.parse(data)),
    });
  }

  disconnectedCallback() {
    this.leaving?.abort();
  }

  take(event) {
    this.run = apply(this.run, event);
    this.heard = performance.now();
    this.schedule();
    return isOver(this.run);
  }

  /** Draws at most once a frame, and not before the replay has caught up with what the server drew. */
  schedule() {
    if (this.run.seq < this.known || this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
      if (isOver(this.run)) this.finish();
    });
  }

  draw() {
    const { run } = this;
    const now = this.now();
    patch(this.querySelector(".run-sum").firstElementChild, sumLine(run, now));
    patch(this.querySelector(".steps"), stepList(run, now, this.hasAttribute("data-retry")));
    const bar = this.querySelector("progress");
    bar.max = run.steps.size || 1;
    bar.value = doneSteps(run);
    this.dataset.run = run.state;
    this.dataset.seq = run.seq;
    if (run.steps.size) document.title = `${doneSteps(run)}/${run.steps.size} · ${this.original}`;
  }

  /** The server's clock, as far as it is known: the last event's moment plus what has passed since it came. */
  now() {
    if (this.run.at === null) return null;
    return isOver(this.run) ? this.run.at : this.run.at + performance.now() - this.heard;
  }

  tick() {
    if (this.run.seq && this.run.seq >= this.known && !isOver(this.run)) this.draw();
  }

  /** Every five seconds one sentence for screen readers, not every line. */
  say() {
    if (!this.run.seq || this.run.seq < this.known) return;
    const steps = [...this.run.steps.values()];
    const lines = steps.reduce((total, step) => total + step.logTotal, 0);
    const going = steps.filter((step) => step.state === "running" || step.state === "retrying").map((step) => step.title);
    const fresh = lines - (this.linesSaid ?? 0);
    this.linesSaid = lines;
    this.speak(
      [
        `${doneSteps(this.run)} of ${counted(steps.length, "step")}.`,
        going.length ? `Now: ${going.slice(0, 3).join(", ")}.` : "",
        fresh > 0 ? `${counted(fresh, "new log line")}.` : "",
      ].filter(Boolean).join(" "),
    );
  }

  speak(words) {
    const place = this.querySelector(".run-says");
    if (place.textContent !== words) place.textContent = words;
  }

  finish() {
    this.leaving.abort();
    showLive("idle", "Finished");
    this.speak(this.run.summary || `Run ${this.run.state}.`);
    this.dispatchEvent(new CustomEvent("fs:finished", { bubbles: true, detail: { state: this.run.state } }));
  }
}

/** <fs-refresh src every>: fetches its content again while the page is in sight and nobody is typing in it. */
class FsRefresh extends HTMLElement {
  connectedCallback() {
    this.timer = setInterval(() => this.refresh(), Number(this.getAttribute("every") || 10) * 1000);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  async refresh() {
    if (document.hidden || this.busy || this.contains(document.activeElement)) return;
    this.busy = true;
    try {
      const headers = { "HX-Request": "true", Accept: "text/html" };
      const response = await fetch(this.getAttribute("src"), { headers, cache: "no-cache" });
      if (!response.ok) throw new Error(String(response.status));
      const wanted = h("fs-refresh", {});
      wanted.innerHTML = await response.text();
      for (const { name, value } of this.attributes) wanted.setAttribute(name, value);
      patch(this, wanted);
      this.seen = new Date();
      showLive("live", "Live");
    } catch {
      const since = (this.seen ?? new Date(performance.timeOrigin)).toLocaleTimeString("en-GB", { timeStyle: "short" });
      showLive("warn", `Stale since ${since}`);
    } finally {
      this.busy = false;
    }
  }
}

customElements.define("fs-run", FsRun);
customElements.define("fs-refresh", FsRefresh);
