// What all scripts share: arguments come as one JSON object, the answer leaves as one JSON line, values that JSON lacks become text.
import { tableFromIPC } from 'apache-arrow';

export const args = JSON.parse(process.argv[2] ?? '{}');

const hex = (bytes) => Buffer.from(bytes).toString('hex');

function plain(value) {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return hex(value);
  if (ArrayBuffer.isView(value)) return String(value); // A decimal.
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object') {
    if (typeof value.toJSON === 'function') return plain(value.toJSON());
    if (typeof value[Symbol.iterator] === 'function') return [...value].map(plain);
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)]));
  }
  return value;
}

// An apache-arrow table as columns and rows; also from the bytes of an IPC stream or file.
export function show(result) {
  const table = result instanceof Uint8Array ? tableFromIPC(result) : result;
  const columns = table.schema.fields.map((f) => ({ name: f.name, type: String(f.type), nullable: f.nullable }));
  const rows = [];
  for (let i = 0; i < table.numRows; i++) rows.push(columns.map((_, c) => plain(table.getChildAt(c).get(i))));
  return { columns, rows };
}

export const answer = (value) => process.stdout.write(`${JSON.stringify(plain(value))}\n`);

// Runs steps and answers with what each gave: { ok } or { error }. A step that hangs is an error, not a hang.
export async function run(steps, timeoutMs = 30000) {
  const results = {};
  for (const [name, step] of Object.entries(steps)) {
    let timer;
    try {
      const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs); });
      results[name] = { ok: await Promise.race([step(), late]) ?? null };
    } catch (e) {
      results[name] = { error: String(e?.message ?? e), code: e?.code ?? e?.cause?.code ?? null };
    } finally {
      clearTimeout(timer);
    }
  }
  answer(results);
  process.exit(0);
}
