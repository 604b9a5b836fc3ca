// Builds ../static/editor.js from source.js: one file, with the licences of everything in it.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const TARGET = "../static/editor.js";
const NAMES = ["LICENSE", "LICENSE.md", "License.txt", "license"];
const sources = ["source.js", "checks.js", "build.js", "package.json", "package-lock.json"];
const digest = createHash("sha256");
for (const name of sources) digest.update(readFileSync(name));

const built = await build({
  entryPoints: ["source.js"],
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2020",
  charset: "utf8",
  legalComments: "none",
  define: { "process.env.NODE_ENV": '"production"', "globalThis.process": "undefined" },
  metafile: true,
  write: false,
});

const packages = new Set();
for (const path of Object.keys(built.metafile.inputs)) {
  const found = path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//);
  if (found) packages.add(found[1]);
}

const licences = new Map();
for (const name of [...packages].sort()) {
  const folder = `node_modules/${name}`;
  const { version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  if (license !== "MIT") throw new Error(`${name}: licence ${license} has not been looked at`);
  const file = NAMES.map((each) => `${folder}/${each}`).find(existsSync);
  if (!file) throw new Error(`${name}: no licence text`);
  const text = readFileSync(file, "utf8").replaceAll("\r", "").replaceAll("*/", "* /").trim();
  licences.set(text, [...(licences.get(text) || []), `${name} ${version}`]);
}

// No shipped file names an outside address, not even in a notice or a text of a library; XML names its own.
const plain = (text) => text.replace(/https?:\/\/(?!www\.w3\.org\/)[^\s"'`)\\]+/g, "[address]");
const notices = [...licences].map(([text, names]) => `${names.join(", ")}\n\n${plain(text)}`).join("\n\n----\n\n");
const head = `/* Built by server/console/editor; do not edit. sources sha256:${digest.digest("hex")}\n\n${notices}\n*/\n`;
writeFileSync(TARGET, head + plain(built.outputFiles[0].text));
console.log(`${TARGET}: ${packages.size} packages`);
