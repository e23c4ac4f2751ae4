/** The small things of every page: theme, rail, copying, dialogs, folds, forms on their way, times, offline. */

import { recall, remember, toast } from "./dom.js";

const THEMES = ["auto", "paper", "night"];
const root = document.documentElement;

/** Goes to the next theme: auto, paper, night. */
export function nextTheme() {
  const next = THEMES[(THEMES.indexOf(recall("fs_theme") || "auto") + 1) % THEMES.length];
  setTheme(next);
  toast(`Theme: ${next}`);
}

function setTheme(theme) {
  remember("fs_theme", theme);
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
  for (const button of document.querySelectorAll("[data-theme-set]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeSet === theme));
  }
}

function foldRail(button) {
  const narrow = root.dataset.rail !== "narrow";
  remember("fs_rail", narrow ? "narrow" : "wide");
  if (narrow) root.dataset.rail = "narrow";
  else delete root.dataset.rail;
  button.setAttribute("aria-pressed", String(narrow));
}

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    return toast("The browser did not allow copying. Select the text instead.");
  }
  button.dataset.copied = "";
  toast("Copied.");
  setTimeout(() => delete button.dataset.copied, 1500);
}

function unfold(button) {
  const gap = button.closest("tbody");
  gap.nextElementSibling.hidden = false;
  gap.nextElementSibling.setAttribute("tabindex", "-1");
  gap.nextElementSibling.focus();
  gap.remove();
}

const CLICKS = {
  "[data-theme-set]": (button, event) => (event.preventDefault(), setTheme(button.dataset.themeSet)),
  "[data-rail-toggle]": foldRail,
  "[data-copy]": copy,
  "[data-unfold]": unfold,
  "[data-open]": (button) => openDialog(button.dataset.open),
  "[data-close]": (button) => document.getElementById(button.dataset.close)?.close(),
  "[aria-disabled=true]": (button, event) => event.preventDefault(),
};

document.addEventListener("click", (event) => {
  for (const [selector, act] of Object.entries(CLICKS)) {
    const found = event.target.closest?.(selector);
    if (found) act(found, event);
  }
});

/** Browsers that know `command` open the dialog themselves; opening it twice would be an error. */
function openDialog(id) {
  const dialog = document.getElementById(id);
  if (dialog && !dialog.open) dialog.showModal();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-form]")) return;
  if ("pending" in form.dataset) return event.preventDefault();
  form.dataset.pending = "";
  const button = event.submitter;
  if (button?.dataset.pending) button.firstChild.data = `${button.dataset.pending} …`;
});

/** A page that comes back from the browser's memory, or an answer that came by htmx, ends the waiting. */
function release() {
  for (const form of document.querySelectorAll("form[data-pending]")) delete form.dataset.pending;
}
addEventListener("pageshow", release);
document.addEventListener("htmx:finally:request", release);

document.addEventListener("htmx:config:request", (event) => {
  const token = document.querySelector("meta[name=csrf-token]")?.content;
  if (token) event.detail.ctx.request.headers["X-CSRF-Token"] = token;
});

function showOffline() {
  const banner = document.getElementById("offline");
  if (banner) banner.hidden = navigator.onLine;
}
addEventListener("online", showOffline);
addEventListener("offline", showOffline);
showOffline();

const UNITS = [["d", 86400], ["h", 3600], ["m", 60], ["s", 1]];

/** The same words as when.py: relative. */
export function relative(at, now) {
  const seconds = (now - at) / 1000;
  const size = Math.abs(seconds);
  if (size >= 30 * 86400) return new Date(at).toISOString().slice(0, 10);
  if (size < 5) return "just now";
  const [unit, length] = UNITS.find(([, each]) => size >= each);
  const words = `${Math.trunc(size / length)} ${unit}`;
  return seconds > 0 ? `${words} ago` : `in ${words}`;
}

function tellTimes() {
  for (const time of document.querySelectorAll("time.when")) {
    const words = relative(Date.parse(time.dateTime), Date.now());
    if (time.textContent !== words) time.textContent = words;
  }
}
setInterval(tellTimes, 10_000);
