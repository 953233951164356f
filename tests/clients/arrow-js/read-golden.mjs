// Reads, with apache-arrow, the golden cases as Varve.Arrow wrote them again, and compares them with the golden JSON.
// usage: node read-golden.mjs WRITTEN GOLDEN
//   WRITTEN  a folder of files named <version>__<case>.<stream|file>.<none|lz4|zstd>
//   GOLDEN   the folder of the golden files
// Prints one line per file: "ok NAME", or "fail NAME: what differs". Exits 0 if it could look at all of them.
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { CompressionType, RecordBatchReader, Vector, compressionRegistry } from 'apache-arrow';
import * as fzstd from 'fzstd';
import lz4 from 'lz4js';
import { compareColumn, compareFields } from './compare.mjs';

// apache-arrow brings no codecs. What they return is copied, so that it starts at an aligned address.
compressionRegistry.set(CompressionType.ZSTD, { decode: bytes => Uint8Array.from(fzstd.decompress(bytes)) });
compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: bytes => Uint8Array.from(lz4.decompress(bytes)) });

const [written, golden] = process.argv.slice(2);

/** Integers that a double cannot hold become text, as most of them are in the golden JSON already. */
function parse(text) {
  return JSON.parse(text.replace(/(?<=[[:,]\s*)-?\d{16,}(?=\s*[,}\]])/g, '"$&"'));
}

function check(file) {
  const [version, rest] = file.split('__');
  const name = rest.split('.')[0];
  const json = parse(zlib.gunzipSync(fs.readFileSync(path.join(golden, version, `${name}.json.gz`))).toString());
  const dictionaries = new Map((json.dictionaries ?? []).map(d => [d.id, d.data.columns[0]]));
  const reader = RecordBatchReader.from(fs.readFileSync(path.join(written, file))).open();
  compareFields(json.schema, reader.schema, 'schema');
  let batches = [...reader];
  // apache-arrow makes up one batch without rows where there is none.
  if (json.batches.length === 0) batches = batches.filter(batch => batch.numRows > 0);
  if (batches.length !== json.batches.length) throw new Error(`${batches.length} batches, expected ${json.batches.length}`);
  json.batches.forEach((expected, b) => {
    if (batches[b].numRows !== expected.count) throw new Error(`${batches[b].numRows} rows in batch ${b}, expected ${expected.count}`);
    json.schema.fields.forEach((field, i) => {
      const data = batches[b].data.children[i];
      compareColumn(expected.columns[i], field, data, dictionaries, `batch ${b} ${field.name}`);
      new Vector([data]).toArray(); // The way that users go must not throw either.
    });
  });
}

for (const file of fs.readdirSync(written).sort()) {
  try {
    check(file);
    console.log(`ok ${file}`);
  } catch (error) {
    console.log(`fail ${file}: ${String(error.message).split('\n')[0]}`);
  }
}
