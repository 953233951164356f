// TPC-H's data by DuckDB's own dbgen, as one Parquet file a table, and its queries. Arguments: { folder, scale }. Answers with the counts of rows.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { answer, args } from './lib.mjs';

const { folder, scale } = args;
const connection = await (await DuckDBInstance.create(':memory:')).connect();
const read = async (sql) => (await connection.runAndReadAll(sql)).getRows();

await connection.run(`call dbgen(sf = ${scale})`);
const counts = {};
for (const [table] of await read('select table_name from information_schema.tables order by 1')) {
  await connection.run(`copy ${table} to '${join(folder, `${table}.parquet`)}' (format parquet, compression snappy)`);
  counts[table] = Number((await read(`select count(*) from ${table}`))[0][0]);
}

const queries = await read(
  `select q.query_nr, q.query, a.answer from tpch_queries() q join tpch_answers() a using (query_nr) where a.scale_factor = ${scale} order by 1`);
writeFileSync(join(folder, 'queries.json'), JSON.stringify(queries.map(([, sql, wanted]) => ({ sql, wanted }))));
answer(counts);
