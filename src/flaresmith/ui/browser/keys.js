/** The keyboard: palette, shortcuts that the page's own links announce, rows, the sheet; single keys can be turned off. */

import { recall, remember } from "./dom.js";
import { nextTheme } from "./page.js";

const OFF = "fs_keys";
let pending = "";
let pendingTimer = 0;

const SINGLE = {
  "/": () => focusOn(document.getElementById("search")),
  "?": () => document.getElementById("keys")?.showModal(),
  t: nextTheme,
  j: () => moveRow(1),
  k: () => moveRow(-1),
  ".": openRowMenu,
};

document.addEventListener("keydown", (event) => {
  if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") return act(event, openPalette);
  if (event.key === "Escape") return closeMenus(event);
  if (event.metaKey || event.ctrlKey || event.altKey || typing(event.target) || recall(OFF) === "off") return;
  if (document.querySelector("dialog[open]")) return;
  const chord = pending ? `${pending} ${event.key}` : event.key;
  const link = document.querySelector(`[data-keys="${CSS.escape(chord)}"]`);
  if (link) act(event, () => link.click());
  else if (!pending && Object.hasOwn(SINGLE, event.key)) act(event, SINGLE[event.key]);
  else if (!pending && document.querySelector(`[data-keys^="${CSS.escape(event.key)} "]`)) return wait(event.key);
  wait("");
});

function wait(key) {
  pending = key;
  clearTimeout(pendingTimer);
  if (key) pendingTimer = setTimeout(() => (pending = ""), 1500);
}

function act(event, action) {
  event.preventDefault();
  action();
}

function typing(target) {
  return target.isContentEditable || (target.matches("input, textarea, select") && !target.matches("[type=checkbox], [type=radio]"));
}

function focusOn(element) {
  element?.focus();
  element?.select?.();
}

function rows() {
  return [...document.querySelectorAll("[data-rows] tbody tr")];
}

function moveRow(by) {
  const all = rows();
  const at = all.indexOf(document.activeElement?.closest("[data-rows] tbody tr"));
  const row = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
  row?.querySelector("a, button, summary")?.focus();
}

function openRowMenu() {
  const menu = document.activeElement?.closest("tr")?.querySelector("[data-menu]");
  if (!menu) return;
  menu.open = true;
  menu.querySelector("div a, div button")?.focus();
}

function closeMenus(event) {
  for (const menu of document.querySelectorAll("[data-menu][open]")) {
    if (menu.contains(event.target)) menu.querySelector("summary").focus();
    menu.open = false;
  }
  if (event.target.id === "search") event.target.blur();
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
});

const sheetSwitch = document.querySelector("[data-single-keys]");
if (sheetSwitch) {
  sheetSwitch.checked = recall(OFF) !== "off";
  sheetSwitch.addEventListener("change", () => remember(OFF, sheetSwitch.checked ? "on" : "off"));
}

const dialog = document.getElementById("palette");
const query = document.getElementById("palette-query");
const options = [...(dialog?.querySelectorAll("[role=option]") ?? [])];
let chosen = 0;

function openPalette() {
  if (!dialog || dialog.open) return dialog?.close();
  query.value = "";
  filter();
  dialog.showModal();
}

function shown() {
  return options.filter((option) => !option.parentElement.hidden);
}

/** Keeps the entries in which every word of the query begins somewhere. */
function filter() {
  const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const option of options) {
    const text = option.textContent.toLowerCase();
    option.parentElement.hidden = !words.every((word) => text.includes(word));
  }
  dialog.querySelector(".palette-none").hidden = shown().length > 0;
  choose(0);
}

function choose(at) {
  const all = shown();
  chosen = all.length ? (at + all.length) % all.length : 0;
  for (const option of options) {
    const on = option === all[chosen];
    option.classList.toggle("on", on);
    option.setAttribute("aria-selected", String(on));
  }
  query.setAttribute("aria-activedescendant", all[chosen]?.id ?? "");
  all[chosen]?.scrollIntoView({ block: "nearest" });
}

query?.addEventListener("input", filter);
query?.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") act(event, () => choose(chosen + 1));
  else if (event.key === "ArrowUp") act(event, () => choose(chosen - 1));
  else if (event.key === "Enter") act(event, () => shown()[chosen]?.click());
});
