// Compares apache-arrow's picture of a schema and of columns with the golden JSON, value by value.
import { Type, Vector } from 'apache-arrow';

const differ = (where, found, expected) => {
  throw new Error(`${where}: ${found}, expected ${expected}`);
};

const same = (where, found, expected) => {
  if (found !== expected) differ(where, found, expected);
};

const typeNames = {
  null: Type.Null, bool: Type.Bool, int: Type.Int, floatingpoint: Type.Float, decimal: Type.Decimal, utf8: Type.Utf8, largeutf8: Type.LargeUtf8,
  utf8view: Type.Utf8View, binary: Type.Binary, largebinary: Type.LargeBinary, binaryview: Type.BinaryView, fixedsizebinary: Type.FixedSizeBinary,
  date: Type.Date, time: Type.Time, timestamp: Type.Timestamp, duration: Type.Duration, interval: Type.Interval, list: Type.List,
  largelist: Type.LargeList, fixedsizelist: Type.FixedSizeList, struct: Type.Struct, map: Type.Map,
};
const units = ['SECOND', 'MILLISECOND', 'MICROSECOND', 'NANOSECOND'];
const dateUnits = ['DAY', 'MILLISECOND'];
const intervalUnits = ['YEAR_MONTH', 'DAY_TIME', 'MONTH_DAY_NANO'];

export function compareFields(json, schema, where) {
  same(`${where} fields`, schema.fields.length, json.fields.length);
  compareMetadata(json, schema, where);
  json.fields.forEach((field, i) => compareField(field, schema.fields[i], field.name));
}

function compareMetadata(json, owner, where) {
  const expected = Object.fromEntries((json.metadata ?? []).map(pair => [pair.key, pair.value]));
  same(`${where} metadata`, JSON.stringify([...owner.metadata].sort()), JSON.stringify(Object.entries(expected).sort()));
}

function compareField(json, field, where, belowMap = 0) {
  // apache-arrow names what is in a map entries, key and value, whatever it was written as: the format gives those names no meaning.
  if (belowMap === 0) same(`${where} name`, field.name, json.name);
  same(`${where} nullable`, field.nullable, json.nullable);
  compareMetadata(json, field, where);
  let type = field.type;
  if (json.dictionary) {
    same(`${where} is dictionary`, type.typeId, Type.Dictionary);
    same(`${where} index width`, type.indices.bitWidth, json.dictionary.indexType.bitWidth);
    same(`${where} index sign`, type.indices.isSigned, json.dictionary.indexType.isSigned);
    same(`${where} is ordered`, type.isOrdered, json.dictionary.isOrdered);
    type = type.dictionary;
  }
  const t = json.type;
  same(`${where} type`, type.typeId, typeNames[t.name]);
  switch (t.name) {
    case 'int': same(`${where} width`, `${type.bitWidth} ${type.isSigned}`, `${t.bitWidth} ${t.isSigned}`); break;
    case 'floatingpoint': same(`${where} precision`, ['HALF', 'SINGLE', 'DOUBLE'][type.precision], t.precision); break;
    case 'decimal': same(`${where} decimal`, `${type.precision} ${type.scale} ${type.bitWidth}`, `${t.precision} ${t.scale} ${t.bitWidth ?? 128}`); break;
    case 'fixedsizebinary': same(`${where} width`, type.byteWidth, t.byteWidth); break;
    case 'fixedsizelist': same(`${where} size`, type.listSize, t.listSize); break;
    case 'date': same(`${where} unit`, dateUnits[type.unit], t.unit); break;
    case 'time': same(`${where} unit`, `${units[type.unit]} ${type.bitWidth}`, `${t.unit} ${t.bitWidth}`); break;
    case 'timestamp': same(`${where} unit`, `${units[type.unit]} ${type.timezone ?? ''}`, `${t.unit} ${t.timezone ?? ''}`); break;
    case 'duration': same(`${where} unit`, units[type.unit], t.unit); break;
    case 'interval': same(`${where} unit`, intervalUnits[type.unit], t.unit); break;
    case 'map': same(`${where} keys sorted`, type.keysSorted, t.keysSorted); break;
  }
  const below = t.name === 'map' ? 1 : belowMap === 1 ? 2 : 0;
  json.children.forEach((child, i) => compareField(child, type.children[i], `${where}.${child.name}`, below));
}

export function compareColumn(json, field, data, dictionaries, where) {
  same(`${where} length`, data.length, json.count);
  if (field.dictionary) {
    compareValidity(json, data, where);
    forEachValue(json, data, (row, value) => same(`${where}[${row}] code`, String(data.values[row]), String(value)));
    // The dictionary is a vector, which may be in several chunks; those that were read here are in one.
    same(`${where} chunks of the dictionary`, data.dictionary.data.length, 1);
    comparePlain(dictionaries.get(field.dictionary.id), field, data.dictionary.data[0], dictionaries, `${where} dictionary`);
    return;
  }
  comparePlain(json, field, data, dictionaries, where);
}

function compareValidity(json, data, where) {
  let nulls = 0;
  for (let row = 0; row < json.count; row++) {
    same(`${where}[${row}] valid`, data.getValid(row), json.VALIDITY[row] === 1);
    nulls += json.VALIDITY[row] === 1 ? 0 : 1;
  }
  same(`${where} null count`, data.nullCount, nulls);
}

function forEachValue(json, data, see) {
  const values = json.DATA ?? json.VIEWS;
  for (let row = 0; row < json.count; row++)
    if (data.getValid(row)) see(row, values[row]);
}

function comparePlain(json, field, data, dictionaries, where) {
  const name = field.type.name;
  if (name === 'null') return;
  compareValidity(json, data, where);
  if (name === 'list' || name === 'map' || name === 'largelist')
    for (let i = 0; json.count > 0 && i <= json.count; i++) same(`${where} offset ${i}`, String(data.valueOffsets[i]), String(json.OFFSET[i]));
  if (field.children.length > 0) {
    field.children.forEach((child, i) => compareColumn(json.children[i], child, data.children[i], dictionaries, `${where}.${child.name}`));
    return;
  }
  if (name === 'struct') return;
  const read = reader(field.type, data);
  forEachValue(json, data, (row, value) => same(`${where}[${row}]`, read(row), expected(field.type, value, json)));
}

/** What a value of the JSON is as text. */
function expected(type, value, column) {
  switch (type.name) {
    case 'bool': return String(value === true || value === 1);
    case 'floatingpoint': return String(type.precision === 'SINGLE' ? Math.fround(value) : value);
    case 'interval': return typeof value === 'object' ? Object.values(value).join(' ') : String(value);
    case 'utf8view': case 'binaryview': return view(type, value, column);
    default: return String(value);
  }
}

function view(type, value, column) {
  if (value.INLINED !== undefined) return value.INLINED;
  const hex = column.VARIADIC_DATA_BUFFERS[value.BUFFER_INDEX].substr(value.OFFSET * 2, value.SIZE * 2);
  return type.name === 'binaryview' ? hex : Buffer.from(hex, 'hex').toString('utf8');
}

/** A function from row to text: through the vector where users get the value itself, from the raw values where they would get a conversion. */
function reader(type, data) {
  const vector = new Vector([data]);
  const hex = bytes => Buffer.from(bytes).toString('hex').toUpperCase();
  switch (type.name) {
    case 'bool': case 'utf8': case 'largeutf8': case 'utf8view': case 'floatingpoint': return row => String(vector.get(row));
    case 'binary': case 'largebinary': case 'binaryview': case 'fixedsizebinary': return row => hex(vector.get(row));
    case 'decimal': return row => decimal(data.values, row, (type.bitWidth ?? 128) / 32);
    case 'interval': return row => interval(type.unit, data.values, row);
    default: return row => String(data.values[row]);
  }
}

function decimal(values, row, stride) {
  let number = 0n;
  for (let i = stride - 1; i >= 0; i--) number = (number << 32n) | BigInt(values[row * stride + i] >>> 0);
  return String(BigInt.asIntN(stride * 32, number));
}

function interval(unit, values, row) {
  switch (unit) {
    case 'YEAR_MONTH': return String(values[row]);
    case 'DAY_TIME': return `${values[row * 2]} ${values[row * 2 + 1]}`;
    default: {
      const nanos = (BigInt(values[row * 4 + 3]) << 32n) | BigInt(values[row * 4 + 2] >>> 0);
      return `${values[row * 4]} ${values[row * 4 + 1]} ${nanos}`;
    }
  }
}
