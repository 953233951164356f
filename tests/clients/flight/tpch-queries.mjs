// TPC-H's queries through a Flight SQL client, compared with the official answers that DuckDB carries. Arguments: { port, file }, the file from
// tpch-data.mjs. A step per query.
import { readFileSync } from 'node:fs';
import { FlightSQLClient } from '@gizmodata/gizmosql-client';
import { DataType } from 'apache-arrow';
import { args, run } from './lib.mjs';

// Averages are floating point, whose last digits depend on the order in which rows were added.
const tolerance = 1e-9;

const client = new FlightSQLClient({ host: '127.0.0.1', port: args.port, plaintext: true, username: 'someone', password: 'x' });

// The words of a decimal, 32 bits each, the least first, as a number.
function decimal(words, scale) {
  const value = [...new Uint32Array(words.buffer, words.byteOffset, words.length)].reduceRight((high, low) => (high << 32n) | BigInt(low), 0n);
  return Number(BigInt.asIntN(32 * words.length, value)) / 10 ** scale;
}

function plain(value, type) {
  if (value === null) return 'NULL';
  if (DataType.isDecimal(type)) return decimal(value, type.scale);
  if (DataType.isDate(type)) return new Date(value).toISOString().slice(0, 10);
  return typeof value === 'bigint' ? Number(value) : value;
}

function isSame(found, wanted) {
  if (typeof found !== 'number') return found === wanted;
  return Math.abs(found - Number(wanted)) <= tolerance * Math.max(1, Math.abs(found));
}

async function check({ sql, wanted }) {
  // The first line has names of columns, which are not all those of DuckDB's own queries (q18: sum).
  const lines = wanted.trimEnd().split('\n').slice(1);
  const table = await client.execute(sql);
  if (table.numRows !== lines.length) throw new Error(`expected ${lines.length} rows, found ${table.numRows}`);
  const columns = table.schema.fields.map((field, i) => ({ type: field.type, values: table.getChildAt(i) }));
  lines.forEach((line, row) => {
    const found = columns.map(({ type, values }) => plain(values.get(row), type));
    const cells = line.split('|');
    const isEqual = cells.length === found.length && cells.every((cell, i) => isSame(found[i], cell));
    if (!isEqual) throw new Error(`row ${row}: expected ${line}, found ${found.join('|')}`);
  });
  return lines.length;
}

const queries = JSON.parse(readFileSync(args.file, 'utf8'));
await run(Object.fromEntries(queries.map((query, i) => [`q${i + 1}`, () => check(query)])), 120000);
