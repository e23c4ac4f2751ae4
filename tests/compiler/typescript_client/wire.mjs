// Uses the client of the odd contract against a `fetch` that remembers what it was asked, and prints what happened.
import * as odd from "./dist/index.js";

const results = {};
const json = (body, status = 200, headers = {}) => () => new Response(JSON.stringify(body), { status, headers });
const refusal = (status, retryPolicy = "none", headers = {}) =>
  json({ error: { code: "SOME_CODE", message: "No.", retryPolicy, requestId: "r-1", details: { a: 1 } } }, status, headers);
const text = (body, status = 200, headers = {}) => () => new Response(body, { status, headers });
const broken = () => {
  throw new TypeError("fetch failed");
};

function client(answers, options = {}) {
  const asked = [];
  const left = [...answers];
  const fetch = async (url, init) => {
    const request = new Request(url, { ...init, duplex: "half" });
    asked.push({ url: String(url), method: init.method, headers: init.headers, text: await request.clone().text(), request });
    init.signal?.throwIfAborted();
    return (left.length > 1 ? left.shift() : left[0])();
  };
  const retries = { firstWaitMs: 0 };
  return { asked, client: new odd.Client({ baseUrl: "http://service/base/", fetch, retries, ...options }) };
}

async function problem(work) {
  try {
    await work;
    return null;
  } catch (error) {
    return error;
  }
}

async function note(name, work) {
  try {
    results[name] = await work();
  } catch (error) {
    results[name] = String(error?.stack ?? error);
  }
}

await note("styles", async () => {
  const { asked, client: c } = client([json({ results: [] })]);
  await c.searchingThings.search({
    q: "a&b=c d", ids: [1, 2], pipes: ["x", "y|z"], filter: { from: "1", to: "2" }, class: 'd"q', list: ["m", "n"],
    "X-Trace": "t", session: "s;1",
  });
  return [new URL(asked[0].url).search, asked[0].headers.get("x-trace"), asked[0].headers.get("cookie")];
});
await note("paths", async () => {
  const { asked, client: c } = client([json([])]);
  await c.points.point(1.5, -2);
  await c.label.label(["a", "b c"], "../x");
  await c.label.getLabelIds(["a", "b"]);
  const refused = [];
  for (const bad of ["", ".", ".."]) refused.push((await problem(c.files.download(bad)))?.constructor.name);
  return [asked.map((each) => each.url.replace("http://service", "")), refused];
});
await note("forms", async () => {
  const { asked, client: c } = client([() => new Response(null, { status: 204 })]);
  const file = new File(["\u0000x"], "ä.bin", { type: "image/x" });
  const none = await c.files.class("one", { file, more: [new Blob(["1"]), new Blob(["2"])], meta: { a: 1 }, note: "hi" });
  const form = await asked[0].request.formData();
  const meta = form.get("meta");
  await c.form.login({ "user name": "a b", tags: ["x", "y"] });
  return [none ?? null, form.getAll("more").length, form.get("file").name, await meta.text(), form.get("note"),
    asked[1].text, asked[1].headers.get("content-type")];
});
await note("bytes", async () => {
  const { client: c } = client([text("\u0001"), text("día")]);
  return [(await c.files.download("x")) instanceof Blob, await c.files.raw("x", new Blob(["x"]))];
});
await note("errors", async () => {
  const found = {};
  for (const status of [400, 401, 402, 403, 404, 409, 412, 422, 428, 500, 418]) {
    const error = await problem(client([refusal(status)]).client.files.download("x"));
    found[status] = [error.name, error.status, error.code, error.message, error.requestId, error.details.a, error instanceof odd.ApiError];
  }
  found.html = (await problem(client([text("<html>", 404)]).client.files.download("x"))).message;
  found.rfc = (await problem(client([json({ title: "Bad", detail: "Why" }, 400)]).client.files.download("x"))).message;
  return found;
});
await note("unexpected", async () => {
  const found = [];
  for (const body of ["nonsense", "[".repeat(5000)]) {
    found.push((await problem(client([text(body)]).client.searchingThings.search({ q: "x" }))).name);
  }
  return found;
});
await note("repeats", async () => {
  const found = {};
  const cases = { 503: refusal(503, "none", { "Retry-After": "0" }), 502: refusal(502), 504: refusal(504), 429: refusal(429), broken };
  for (const [name, answer] of Object.entries(cases)) {
    const get = client([answer, answer, text("x")]);
    await get.client.files.download("x");
    const post = client([answer, text("x")]);
    const failed = await problem(post.client.files.raw("x", new Blob([])));
    const keyed = client([answer, json({ kind: "cat" })]);
    await keyed.client.import.import(["a"]);
    const keys = new Set(keyed.asked.map((each) => each.headers.get("idempotency-key")));
    found[name] = [get.asked.length, post.asked.length, failed?.name ?? null, keyed.asked.length, keys.size];
  }
  const said = client([refusal(503, "safe"), text("x")]);
  await said.client.files.raw("x", new Blob([]));
  found.said = said.asked.length;
  const late = client([refusal(429, "none", { "Retry-After": "3600" })]);
  found.late = [(await problem(late.client.files.download("x"))).name, late.asked.length];
  const own = client([json({ kind: "cat" })]);
  await own.client.import.import(["a"], { idempotencyKey: "mine" });
  found.own = own.asked[0].headers.get("idempotency-key");
  return found;
});
await note("lists", async () => {
  const { asked, client: c } = client([json([{}, {}]), json([{}]), json([])]);
  let count = 0;
  for await (const tree of c.models.offsets({ limit: 2 })) count += tree ? 1 : 0;
  const pages = client([json({ results: [{ kind: "cat" }] }), json({ results: [] })]);
  const kinds = [];
  for await (const found of pages.client.searchingThings.search({ q: "x" })) kinds.push(found.kind);
  const offsets = asked.map((each) => new URL(each.url).searchParams.get("offset"));
  return [count, offsets, kinds, pages.asked.map((each) => new URL(each.url).searchParams.get("page"))];
});
await note("conditions", async () => {
  const { asked, client: c } = client([text("x", 200, { etag: '"1"' })], { headers: { "X-A": "1" } });
  const reply = await c.files.download("x").raw();
  await c.withOptions({ timeoutMs: 5 }).files.download("x", undefined, { ifMatch: reply.etag });
  const same = await problem(client([() => new Response(null, { status: 304 })]).client.files.download("x", {}, { ifNoneMatch: '"1"' }));
  return [reply.status, reply.etag, asked[1].headers.get("if-match"), asked[1].headers.get("x-a"), same.name];
});
await note("tokens", async () => {
  const tokens = ["old", "new"];
  const { asked, client: c } = client([refusal(401), text("x")], { auth: async () => tokens.shift() });
  await c.files.download("x");
  const key = client([text("x")], { auth: odd.apiKey("key", "k", "query") });
  await key.client.files.download("x");
  const basic = client([text("x")], { auth: odd.basic("ä", "b") });
  await basic.client.files.download("x");
  return [asked.map((each) => each.headers.get("authorization")), new URL(key.asked[0].url).search, basic.asked[0].headers.get("authorization")];
});
await note("aborted", async () => {
  const controller = new AbortController();
  const waiting = client([refusal(503, "none", { "Retry-After": "30" })]);
  const work = problem(waiting.client.files.download("x", {}, { signal: controller.signal }));
  setTimeout(() => controller.abort(new Error("enough")), 20);
  const error = await work;
  const never = () => new Promise((resolve, reject) => setTimeout(() => reject(new TypeError("late")), 60));
  const timed = await problem(client([never]).client.files.download("x", {}, { timeoutMs: 10, retries: { most: 0 } }));
  return [error.message, waiting.asked.length, timed.name];
});
await note("promise", async () => {
  const { client: c } = client([text("x")]);
  const [one, two] = await Promise.all([c.files.download("x").finally(() => {}), c.files.download("y").catch(() => null)]);
  return [one instanceof Blob, two instanceof Blob, ({}).polluted === undefined];
});
console.log(JSON.stringify(results));
