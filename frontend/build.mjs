// Bundles htmx and our own browser modules into one file whose name carries its hash: node build.mjs SOURCES OUT HASH
import { build } from "esbuild";
import { basename, join } from "node:path";
import { writeFile } from "node:fs/promises";

const [sources, out, inputs] = process.argv.slice(2);
const result = await build({
  stdin: { contents: `import "htmx.org";\nimport ${JSON.stringify(join(sources, "main.js"))};`, resolveDir: import.meta.dirname },
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  charset: "utf8",
  metafile: true,
  entryNames: "app-[hash]",
  outdir: out,
});
const [bundle] = Object.keys(result.metafile.outputs);
await writeFile(join(out, "manifest.json"), JSON.stringify({ "app.js": basename(bundle), inputs }) + "\n");
