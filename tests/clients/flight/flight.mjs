// Plain Flight through arrow-flight-client (nice-grpc). Arguments: { port, token, stream }.
import { createRequire } from 'node:module';
import { args, run, show } from './lib.mjs';

// The client is a CommonJS module: tables must come from the copy of apache-arrow that it loads.
const require = createRequire(import.meta.url);
const { Float64, Int64, Table, Utf8, tableFromArrays, vectorFromArray } = require('apache-arrow');
const { FlightClient, flightProtocol, pathDescriptor } = require('arrow-flight-client');

const { port, token, stream } = args;
const client = new FlightClient(`127.0.0.1:${port}`, token ? { metadata: { authorization: `Bearer ${token}` } } : {});
const { Empty, FlightDescriptorType } = flightProtocol;

async function all(iterable, map) {
  const items = [];
  for await (const item of iterable) items.push(map(item));
  return items;
}

const acks = (descriptor, table) => all(client.doPut(descriptor, table), (r) => r.appMetadata);

async function get(...path) {
  const info = await client.getFlightInfo(pathDescriptor(...path));
  const table = await client.getTable(info.endpoints[0].ticket);
  return { totalRecords: info.totalRecords, ordered: info.ordered, ...show(table) };
}

const plainTable = (from) => new Table({
  id: vectorFromArray([0n, 1n, 2n].map((n) => n + BigInt(from)), new Int64()),
  name: vectorFromArray(['a', null, 'ü'], new Utf8()),
  value: vectorFromArray([1.5, -2, null], new Float64()),
});

await run({
  // From plain arrays apache-arrow makes a dictionary column of the strings: it must arrive as plain text.
  putDictionary: () => acks(pathDescriptor(`${stream}-dictionary`), tableFromArrays({ id: [1, 2, 3], name: ['x', 'y', 'x'] })),
  getDictionary: () => get(`${stream}-dictionary`),
  put: () => acks(pathDescriptor(stream), plainTable(0)),
  putAgain: () => acks(pathDescriptor(stream), plainTable(3)),
  get: () => get(stream),
  putPath: () => acks(pathDescriptor('folder', stream), plainTable(0)),
  getPath: () => get(`folder/${stream}`),
  schema: async () => (await client.getSchema(pathDescriptor(stream))).fields.map((f) => `${f.name}: ${f.type}`),
  list: () => all(client.listFlights(), (f) => f.descriptor.path.join('/')),
  listPrefix: () => all(client.listFlights(Buffer.from('folder/')), (f) => f.descriptor.path.join('/')),
  actions: () => all(client.listActions(), (a) => a.type),
  unknownStream: () => get('there-is-none'),
  unknownTicket: () => client.getTable(Buffer.from('no ticket of ours')),
  wrongType: () => acks(pathDescriptor(stream), new Table({ id: vectorFromArray(['text'], new Utf8()) })),
  poll: async () => (await client.pollFlightInfo(pathDescriptor(stream))).info.totalRecords,
  exchange: () => all(client.raw.doExchange((async function* () {
    yield { flightDescriptor: { type: FlightDescriptorType.PATH, path: [stream] } };
  })()), () => null),
  unknownAction: () => all(client.doAction({ type: 'NoSuchAction' }), () => null),
  rawListActions: () => all(client.raw.listActions(Empty.create()), (a) => a.type),
  getAfterErrors: () => get(stream),
});
