/** What the events of a run amount to: a pure fold, the same as `run/model.py`, where the vocabulary is written down. */

import { visible } from "./dom.js";

const LOG_LINES = 200;
const GOOD = ["done", "unchanged", "skipped"];
const OVER = ["done", "failed", "cancelled"];
const LEFT = { waiting: "unreached", running: "interrupted", retrying: "interrupted" };

/** A run of which nothing is known yet. */
export function newRun() {
  return {
    state: "queued", steps: new Map(), startedAt: null, finishedAt: null, usual: null, summary: "", seq: 0, at: null,
  };
}

/** The run after one more event; malformed, unknown and repeated events change nothing. */
export function apply(run, event) {
  if (!Number.isInteger(event?.seq) || event.seq <= run.seq) return run;
  const at = moment(text(event, "at"));
  const next = { ...run, seq: event.seq, at: at ?? run.at };
  return Object.hasOwn(CHANGES, text(event, "type")) ? CHANGES[event.type](next, event) : next;
}

/** The run that these events tell of. */
export const fold = (events, run = newRun()) => events.reduce(apply, run);

/** How many steps need nothing more. */
export const doneSteps = (run) => [...run.steps.values()].filter((step) => GOOD.includes(step.state)).length;

/** Whether nothing more will come. */
export const isOver = (run) => OVER.includes(run.state);

const CHANGES = {
  "run.started": (run, event) => {
    const steps = new Map(run.steps);
    for (const each of Array.isArray(event.steps) ? event.steps : []) {
      const id = text(each, "step");
      if (id && !steps.has(id)) steps.set(id, newStep(id, text(each, "title") || id, text(each, "group")));
    }
    const usual = number(event, "usual_s");
    return { ...run, state: "running", steps, startedAt: run.at, finishedAt: null, usual, summary: "" };
  },
  "step.started": (run, event) =>
    change(run, event, true, { state: "running", startedAt: run.at, seconds: null, wait: null, error: "", link: "" }),
  "step.attempt": (run, event) => {
    const of = number(event, "of");
    return change(run, event, true, {
      state: "retrying", seconds: null, attempt: Math.trunc(number(event, "attempt") || 1),
      of: of === null ? null : Math.trunc(of), wait: number(event, "wait_s"), error: text(event, "error"),
    });
  },
  "step.log": (run, event) => {
    const step = named(run, event);
    const log = [...step.log, visible(text(event, "line"))].slice(-LOG_LINES);
    return change(run, event, false, { log, logTotal: step.logTotal + 1 });
  },
  "step.finished": (run, event) => {
    const step = named(run, event);
    const outcome = text(event, "outcome");
    const state = GOOD.includes(outcome) || outcome === "failed" ? outcome : "done";
    let seconds = number(event, "seconds");
    if (seconds === null && step.startedAt !== null && run.at !== null) {
      seconds = Math.max(run.at - step.startedAt, 0) / 1000;
    }
    const error = text(event, "error") || (state === "failed" ? step.error : "");
    return change(run, event, false, { state, seconds, wait: null, error, link: text(event, "link") });
  },
  "run.waiting": (run, event) => ({ ...run, state: "waiting", summary: text(event, "summary") }),
  "run.finished": (run, event) => {
    const outcome = text(event, "outcome");
    const steps = new Map();
    for (const [id, step] of run.steps) steps.set(id, { ...step, state: LEFT[step.state] ?? step.state });
    const state = OVER.includes(outcome) ? outcome : "done";
    return { ...run, state, steps, finishedAt: run.at, summary: text(event, "summary") };
  },
};

function newStep(id, title, group = "") {
  return {
    id, title, group, state: "waiting", startedAt: null, seconds: null, attempt: 1, of: null, wait: null, error: "",
    link: "", log: [], logTotal: 0,
  };
}

/** The step that an event speaks of, with the title and group it may bring. */
function named(run, event) {
  const id = text(event, "step");
  const step = run.steps.get(id) ?? newStep(id, id);
  return { ...step, title: text(event, "title") || step.title, group: text(event, "group") || step.group };
}

function change(run, event, going, changes) {
  const step = named(run, event);
  if (!step.id) return run;
  const woken = going && (run.state === "queued" || run.state === "waiting");
  const steps = new Map(run.steps).set(step.id, { ...step, ...changes });
  return { ...run, steps, state: woken ? "running" : run.state, summary: woken ? "" : run.summary };
}

function text(event, key) {
  const value = event?.[key];
  return typeof value === "string" ? value : "";
}

function number(event, key) {
  const value = event[key];
  return typeof value === "number" && value >= 0 && value < 1e12 ? value : null;
}

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** Milliseconds since 1970 of an RFC 3339 moment, or null. */
function moment(value) {
  const parsed = RFC3339.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(parsed) ? null : parsed;
}
