// Uses the client of the example against its service, whose address is the first argument.
import { Client, Conflict, NotFound, PreconditionFailed } from "./dist/index.js";

const client = new Client({ baseUrl: process.argv[2] });
const problem = async (work) => work.then(() => null, (error) => error);
const results = {};

const category = await client.category.createCategory({ name: "Lathes", slug: "lathes" });
for (let n = 0; n < 25; n += 1) {
  const replacementValue = n === 0 ? "12.50" : n;
  await client.tool.createTool({ categoryId: category.id, name: `Lathe ${n}`, replacementValue, condition: "good" });
}
const found = [];
for await (const tool of client.tool.listTools({ categoryId: category.id, limit: 10, sort: "name" })) found.push(tool);
results.found = [found.length, found[0].replacementValue];
const reply = await client.tool.getTool(found[0].id).raw();
const changed = await client.tool.updateTool(found[0].id, { name: "Renamed" }, { ifMatch: reply.etag });
results.changed = [changed.name, changed.condition];
const stale = await problem(client.tool.updateTool(found[0].id, { name: "Again" }, { ifMatch: reply.etag }));
const missing = await problem(client.tool.getTool("3f2b7c9e-5d41-4a86-9c0e-7b1d2e4f6a80"));
const doubled = await problem(client.category.createCategory({ name: "Lathes", slug: "lathes" }));
results.refused = [stale instanceof PreconditionFailed, missing instanceof NotFound, missing.code, doubled instanceof Conflict];
results.deleted = (await client.tool.deleteTool(found[0].id)) ?? null;
console.log(JSON.stringify(results));
