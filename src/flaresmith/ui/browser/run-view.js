/** A run as elements, the same as `run/view.py`; a property test holds the two equal. */

import { counted, duration, h, safeHref, visible } from "./dom.js";
import { doneSteps, isOver } from "./run-model.js";

const RUN = {
  queued: ["Queued", "○", "idle"], running: ["Running", "◐", "live"], waiting: ["Waiting for you", "▲", "warn"],
  done: ["Done", "✓", "ok"], failed: ["Failed", "■", "bad"], cancelled: ["Cancelled", "□", "idle"],
};
const STEP = {
  waiting: ["Waiting", "·", "idle"], running: ["Running", "◐", "live"], retrying: ["Retrying", "▲", "warn"],
  done: ["Done", "✓", "ok"], unchanged: ["Unchanged", "=", "idle"], skipped: ["Skipped", "–", "idle"],
  failed: ["Failed", "■", "bad"], interrupted: ["Interrupted", "▲", "warn"], unreached: ["Not reached", "–", "idle"],
};

/** `◐ Running  6 of 9 steps · 41 s · usually 1 m 10 s`. */
export function sumLine(run, now) {
  return h("div", { class: "row" }, status(RUN[run.state]), h("span", { class: "sum" }, sum(run, now).join(" · ")));
}

/** The steps and what became of the run; `now` is milliseconds since 1970. */
export function stepList(run, now, retry) {
  const offer = retry && isOver(run);
  return h(
    "div", { class: "steps" },
    h("ol", {}, ...[...run.steps.values()].map((step) => stepItem(step, now, offer))),
    run.summary && h("p", { class: "outcome", dir: "auto" }, visible(run.summary)),
  );
}

/** One state: glyph, word and tone together. */
export function status([word, glyph, tone]) {
  return h(
    "span", { class: "status", "data-tone": tone },
    h("span", { class: "glyph", "aria-hidden": "true" }, glyph), h("span", { class: "word" }, word),
  );
}

function stepItem(step, now, retry) {
  const said = notes(step);
  const offered = retry && (step.state === "failed" || step.state === "interrupted");
  return h(
    "li", { class: "step", "data-step": step.id, "data-state": step.state },
    status(STEP[step.state]),
    h(
      "span", { class: "step-title" },
      step.group && h("span", { class: "step-group" }, visible(step.group)),
      h("span", { dir: "auto" }, visible(step.title)), link(step.link),
    ),
    h("span", { class: "step-time" }, elapsed(step, now)),
    said.length > 0 && h("p", { class: "step-note", dir: "auto" }, visible(said.join(" · "))),
    offered && h("button", { class: "button small", name: "step", value: step.id }, "Retry from here"),
    step.logTotal > 0 && log(step),
  );
}

function log(step) {
  return h(
    "details", { class: "step-log" },
    h("summary", {}, `Log · ${counted(step.logTotal, "line")}`),
    h("pre", { class: "log", tabindex: "0" }, step.log.join("\n")),
  );
}

function link(href) {
  const target = href && safeHref(href);
  if (!target) return null;
  return h("a", { class: "step-link", href: target, rel: "noopener noreferrer", target: "_blank" }, "Open ↗");
}

function notes(step) {
  const said = [];
  if (step.state === "retrying") said.push(`Attempt ${step.attempt}${step.of ? ` of ${step.of}` : ""}`);
  else if (step.attempt > 1) said.push(counted(step.attempt, "attempt"));
  if (step.error) said.push(step.error);
  if (step.state === "retrying" && step.wait !== null) said.push(`next try in ${duration(step.wait)}`);
  return said;
}

function elapsed(step, now) {
  if (step.seconds !== null) return duration(step.seconds);
  const open = step.state === "running" || step.state === "retrying";
  return open && step.startedAt !== null && now !== null ? duration(Math.max(now - step.startedAt, 0) / 1000) : "";
}

function sum(run, now) {
  const parts = run.steps.size ? [`${doneSteps(run)} of ${counted(run.steps.size, "step")}`] : [];
  const end = run.finishedAt ?? now;
  if (run.startedAt !== null && end !== null) parts.push(duration(Math.max(end - run.startedAt, 0) / 1000));
  if (run.usual !== null) parts.push(`usually ${duration(run.usual)}`);
  return parts;
}
