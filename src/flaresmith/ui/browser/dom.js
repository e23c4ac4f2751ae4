/** Building elements, bringing one tree to the shape of another, and the few words that Python and the browser share. */

const CONTROLS = "\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f";
const FORMATS = "\\u061c\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufeff\\ufff9-\\ufffb";
const INVISIBLE = new RegExp(`[${CONTROLS}${FORMATS}]`, "gu");
const ANSI = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[^\n])/gu;

/** An element with attributes and children; null, false and "" among the children are left out. */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== false && child !== ""));
  return element;
}

/** Makes `current` equal to `wanted` while keeping its nodes, so that focus, scroll and open logs stay. */
export function patch(current, wanted) {
  if (current.nodeType !== wanted.nodeType || current.nodeName !== wanted.nodeName) {
    current.replaceWith(wanted);
    return;
  }
  if (current.nodeType === Node.TEXT_NODE) {
    if (current.data !== wanted.data) current.data = wanted.data;
    return;
  }
  patchAttributes(current, wanted);
  const nodes = [...wanted.childNodes];
  while (current.childNodes.length > nodes.length) current.lastChild.remove();
  nodes.forEach((node, at) => {
    if (at < current.childNodes.length) patch(current.childNodes[at], node);
    else current.append(node);
  });
}

function patchAttributes(current, wanted) {
  for (const { name } of [...current.attributes]) {
    if (!wanted.hasAttribute(name) && name !== "open") current.removeAttribute(name);
  }
  for (const { name, value } of wanted.attributes) {
    if (current.getAttribute(name) !== value) current.setAttribute(name, value);
  }
}

/** The text without colour codes and with invisible characters spelled out (text.py: visible). */
export function visible(text) {
  const spelled = (found) => `⟨U+${found.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`;
  return text.replace(ANSI, "").replace(INVISIBLE, spelled);
}

/** Elapsed time for people (text.py: duration). */
export function duration(seconds) {
  if (seconds < 10) {
    const tenths = Math.trunc(Math.max(seconds, 0) * 10);
    return `${Math.trunc(tenths / 10)}.${tenths % 10} s`;
  }
  const whole = Math.trunc(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.trunc(whole / 60)} m ${whole % 60} s`;
  if (whole < 86400) return `${Math.trunc(whole / 3600)} h ${Math.trunc((whole % 3600) / 60)} m`;
  return `${Math.trunc(whole / 86400)} d ${Math.trunc((whole % 86400) / 3600)} h`;
}

/** `1 step`, `2 steps` (text.py: counted). */
export function counted(number, one) {
  return `${number.toLocaleString("en-US")} ${number === 1 ? one : `${one}s`}`;
}

/** The address when it is safe to follow, otherwise null (text.py: safe_href). */
export function safeHref(href) {
  if (href.search(INVISIBLE) >= 0 || /[\s\\]/.test(href)) return null;
  const scheme = /^([^/?#]*?):/.exec(href);
  return scheme === null || ["http", "https", "mailto"].includes(scheme[1].toLowerCase()) ? href : null;
}

/** Says something in the corner of the page, and to screen readers. */
export function toast(words) {
  const place = document.getElementById("toasts");
  if (!place) return;
  const notice = h("div", { class: "notice" }, words);
  place.append(notice);
  setTimeout(() => notice.remove(), 6000);
}

/** Keeps a preference for a year, readable by the server. */
export function remember(name, value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
}

/** A preference that was kept, or "". */
export function recall(name) {
  return document.cookie.split("; ").find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
}
