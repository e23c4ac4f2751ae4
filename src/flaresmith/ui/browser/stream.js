/**
 * Server-sent events with a visible life: reads a stream by `fetch`, so that a break can be told from a refusal,
 * asks again with `Last-Event-ID`, and reports «Live», «Reconnecting 3 s», «Stale since 12:04».
 */

const SILENCE = 45_000;
const STALE = 15_000;
const LONGEST_WAIT = 30;

/** Follows `href` until `onEvent` returns true (the end), the signal aborts, or the server refuses for good. */
export async function follow(href, { onEvent, onState, signal, lastId = "" }) {
  let id = lastId;
  let failures = 0;
  let heard = Date.now();
  while (!signal.aborted) {
    try {
      const ended = await readOnce(href, id, signal, (event) => {
        failures = 0;
        heard = Date.now();
        if (event.id) id = event.id;
        return event.data ? onEvent(event.data) : false;
      }, () => {
        heard = Date.now();
        onState("live", "Live");
      });
      if (ended) return onState("idle", "Finished");
    } catch (error) {
      if (signal.aborted) return;
      if (error.final) return onState("bad", error.message);
    }
    failures += 1;
    await pause(Math.min(2 ** (failures - 1), LONGEST_WAIT), heard, onState, signal);
  }
}

async function readOnce(href, id, signal, onEvent, onAlive) {
  const attempt = new AbortController();
  const abort = () => attempt.abort();
  signal.addEventListener("abort", abort);
  let watch = setTimeout(abort, SILENCE);
  try {
    const headers = { Accept: "text/event-stream", ...(id ? { "Last-Event-ID": id } : {}) };
    const response = await fetch(href, { headers, signal: attempt.signal, cache: "no-store" });
    if (!response.ok) throw refusal(response.status);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const take = parser(onEvent);
    for (;;) {
      onAlive();
      const { value, done } = await reader.read();
      if (done) return false;
      clearTimeout(watch);
      watch = setTimeout(abort, SILENCE);
      if (take(value)) return true;
    }
  } finally {
    clearTimeout(watch);
    signal.removeEventListener("abort", abort);
    attempt.abort();
  }
}

/** Splits text into events as the HTML standard says; true as soon as a handler says that it was the last one. */
function parser(onEvent) {
  let rest = "";
  let data = [];
  let id = "";
  return (chunk) => {
    const lines = (rest + chunk).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop();
    for (const line of lines) {
      if (line === "") {
        if (data.length && onEvent({ data: data.join("\n"), id })) return true;
        data = [];
      } else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
      else if (line.startsWith("id:")) id = line.slice(3).trim();
    }
    return false;
  };
}

function refusal(status) {
  const error = new Error(status === 401 ? "Signed out" : status === 403 || status === 404 ? "Not found" : `Error ${status}`);
  error.final = status >= 400 && status < 500 && status !== 408 && status !== 429;
  return error;
}

async function pause(seconds, heard, onState, signal) {
  for (let left = seconds; left > 0 && !signal.aborted; left -= 1) {
    if (Date.now() - heard > STALE) onState("warn", `Stale since ${clock(heard)}`);
    else onState("warn", `Reconnecting ${left} s`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

function clock(at) {
  return new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

/** Shows the state of the connection in the top bar. */
export function showLive(tone, words) {
  const live = document.getElementById("live");
  if (!live) return;
  const glyph = { live: "●", idle: "○", warn: "▲", bad: "■" }[tone];
  live.dataset.tone = tone;
  if (live.children[0].textContent !== glyph) live.children[0].textContent = glyph;
  if (live.children[1].textContent !== words) live.children[1].textContent = words;
}
