// Messages of Flight SQL, built byte by byte, for what few clients have a method for.

// A field of a message whose value is bytes, text or a message.
export function field(number, value) {
  const bytes = Buffer.from(value);
  const length = [];
  let n = bytes.length;
  for (; n >= 0x80; n >>>= 7) length.push((n & 0x7f) | 0x80);
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length, n]), bytes]);
}

// A field whose value is a small number.
export const number = (place, value) => Buffer.from([place << 3, value]);

export const any = (name, body) => Buffer.concat([
  field(1, `type.googleapis.com/arrow.flight.protocol.sql.${name}`),
  body.length ? field(2, body) : Buffer.alloc(0),
]);

// What to do where a table is not there (1 create, 2 fail) and where it is (1 fail, 2 append, 3 replace).
export const ingest = (table, ifNotExist, ifExists) =>
  any('CommandStatementIngest', Buffer.concat([field(1, Buffer.concat([number(1, ifNotExist), number(2, ifExists)])), field(2, table)]));
