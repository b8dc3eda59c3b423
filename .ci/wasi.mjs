// Runs a test that was compiled to WebAssembly, with the folders of this repository: node wasi.mjs MODULE [ARGUMENT ...]
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { WASI } from "node:wasi";

const [module, ...rest] = process.argv.slice(2);
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const wasi = new WASI({ version: "preview1", args: [module, ...rest], env: process.env, preopens: { [root]: root } });
const imports = { wasi_snapshot_preview1: wasi.wasiImport };
const { instance } = await WebAssembly.instantiate(readFileSync(module), imports);
process.exit(wasi.start(instance));
