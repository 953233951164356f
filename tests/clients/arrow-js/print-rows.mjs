// Prints the rows of a stream or file as apache-arrow's users see them: one line of JSON per batch, an array of the first column's values.
// usage: node print-rows.mjs FILE
import fs from 'node:fs';
import { RecordBatchReader } from 'apache-arrow';

for (const batch of RecordBatchReader.from(fs.readFileSync(process.argv[2])).open()) {
  const column = batch.getChildAt(0);
  console.log(JSON.stringify(Array.from({ length: batch.numRows }, (_, row) => column.get(row))));
}
