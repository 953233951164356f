// All that one client can do: connect with credentials, query, list metadata, change, prepare, bind, ingest. What fails is told, not hidden.
// Arguments: { client, port, token, certificate }; certificate is for the one that sends credentials over TLS only.
import { createRequire } from 'node:module';
import { Int64, Table, tableFromIPC, vectorFromArray } from 'apache-arrow';
import { args, run } from './lib.mjs';
import { any, field, ingest } from './messages.mjs';

const { client, port, token } = args;
const host = '127.0.0.1';
const user = { username: 'someone', password: token };
const stream = `by_${client.toLowerCase()}`;
const create = `create table ${stream} (id bigint, name varchar)`;
const insert = `insert into ${stream} values (1, 'a'), (2, 'b')`;
const alter = `alter table ${stream} add column later date`;
const select = `select id, name from ${stream} order by id`;
const drop = `drop table ${stream}`;

// Rows of whatever a client gives, as [[...]], to compare with what they should be.
function rowsOf(result) {
  if (result instanceof Uint8Array) return rowsOf(tableFromIPC(result));
  if (!Array.isArray(result)) return rowsOf(result.toArray());
  return result.map((row) => Object.values(typeof row.toJSON === 'function' ? row.toJSON() : row).map((v) => (typeof v === 'bigint' ? Number(v) : v)));
}

function expect(found, wanted) {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) throw new Error(`expected ${JSON.stringify(wanted)}, found ${JSON.stringify(found)}`);
}

const expectSome = (found) => {
  if (!(found.length > 0)) throw new Error('expected some, found none');
};

async function expectError(call, words) {
  let found = 'no error';
  try {
    await call();
  } catch (e) {
    found = e.message;
  }
  if (!found.includes(words)) throw new Error(`expected an error with '${words}', found ${found}`);
}

async function all(iterable) {
  const items = [];
  for await (const item of iterable) items.push(item);
  return items;
}

// A stream's life through a client's one method for statements.
const life = (execute) => ({
  create: () => execute(create),
  insert: async () => expect(rowsOf(await execute(insert)), [[2]]),
  alter: () => execute(alter),
  query: async () => expect(rowsOf(await execute(select)), [[1, 'a'], [2, 'b']]),
  drop: () => execute(drop),
});

const clients = {
  async lakehouse() {
    const { createFlightSqlClient } = await import('@lakehouse-rs/flight-sql-client');
    const c = await createFlightSqlClient({ host, port, tls: false, headers: [], ...user });
    return {
      ...life((sql) => c.query(sql)),
      catalogs: async () => expect(rowsOf(await c.getCatalogs()), [['varve']]),
      schemas: async () => expect(rowsOf(await c.getDbSchemas({})), [['varve', 'main']]),
      tables: async () => expectSome(rowsOf(await c.getTables({ includeSchema: true }))),
    };
  },
  async ceramic() {
    const { createFlightSqlClient } = await import('@ceramic-sdk/flight-sql-client');
    const c = await createFlightSqlClient({ host, port, tls: false, headers: [], ...user });
    return {
      ...life((sql) => c.query(sql)),
      prepareAndBind: async () => expect(rowsOf(await c.preparedQuery('select name from trips where id = $1', [['$1', '1']])), [['Zürich']]),
      feed: async () => expectSome(rowsOf(await (await c.feedQuery('select id from trips')).next())),
      catalogs: async () => expect(rowsOf(await c.getCatalogs()), [['varve']]),
      schemas: async () => expect(rowsOf(await c.getDbSchemas({})), [['varve', 'main']]),
      tables: async () => expectSome(rowsOf(await c.getTables({ includeSchema: true }))),
    };
  },
  async gizmosql() {
    const { FlightSQLClient } = await import('@gizmodata/gizmosql-client');
    return javascript(new FlightSQLClient({ host, port, plaintext: true, ...user }));
  },
  async firetiger() {
    const { FlightSQLClient } = await import('@firetiger-oss/flight-sql-client');
    return javascript(new FlightSQLClient({ host, port, plaintext: true, token }));
  },
  async lancedb() {
    const { Client } = await import('@lancedb/arrow-flight-sql-client');
    const c = await Client.connect({ host: `${host}:${port}`, ...user, insecure: true });
    return life(async (sql) => (await c.query(sql)).collectToObjects());
  },
  async influx() {
    const { InfluxDBClient } = await import('@influxdata/influxdb3-client');
    const c = new InfluxDBClient({ host: `http://${host}:${port}`, token, database: 'varve', authScheme: 'Bearer' });
    return {
      ...life((sql) => all(c.query(sql, 'varve'))),
      points: async () => expectSome(await all(c.queryPoints('select id, value from trips', 'varve'))),
      close: () => c.close(),
    };
  },
  async spice() {
    const { SpiceClient } = await import('@spiceai/spice');
    const c = new SpiceClient({
      apiKey: token, flightUrl: `localhost:${port}`, flightTlsEnabled: true, tlsRootCertFile: args.certificate,
      httpUrl: 'http://127.0.0.1:1', logging: false, flightOnly: true,
    });
    return {
      ...life((sql) => c.sql(sql)),
      prepareAndBind: async () => expect(rowsOf(await c.sql('select name from trips where id = $1', { parameters: [1] })), [['Zürich']]),
    };
  },
  async qualithm() {
    const { createFlightClient, createFlightSqlClient, encodeTableToFlightData } = await import('@qualithm/arrow-flight-client');
    const options = { url: `http://${host}:${port}`, auth: { type: 'basic', credentials: user } };
    const c = createFlightSqlClient(options);
    await c.authenticate();
    const flight = createFlightClient({ ...options, auth: { type: 'bearer', token } });
    const prepared = async (sql, use) => {
      const statement = await c.prepare(sql);
      const result = await use(statement);
      await c.closePreparedStatement(statement);
      return result;
    };
    const update = async (sql) => Number((await c.executeUpdate(sql)).recordCount);
    const table = new Table({ id: vectorFromArray([3n, 4n], new Int64()) });
    async function* put() {
      let first = true;
      for await (const data of encodeTableToFlightData(table)) {
        yield first ? { ...data, flightDescriptor: { type: 1, path: [stream], cmd: new Uint8Array() } } : data;
        first = false;
      }
    }
    return {
      create: () => update(create),
      insert: async () => expect(await update(insert), 2),
      alter: () => update(alter),
      query: async () => expect(rowsOf(await c.query(select)), [[1, 'a'], [2, 'b']]),
      prepare: async () => expect(rowsOf(await prepared(select, (s) => c.executePrepared(s))), [[1, 'a'], [2, 'b']]),
      preparedUpdate: () => prepared(`insert into ${stream} (id) values (9)`, (s) => c.executePreparedUpdate(s)),
      preparedUpdateWithRows: () => prepared(`insert into ${stream} (id) values (?)`, (s) => c.executePreparedUpdate(s, table.batches)),
      put: () => all(flight.doPut(put())),
      drop: () => update(drop),
      transactionsAreRefused: () => expectError(() => c.beginTransaction(), 'transactions'),
      catalogs: async () => expect(rowsOf(await c.getCatalogs()), [['varve']]),
      schemas: async () => expect(rowsOf(await c.getDbSchemas({})), [['varve', 'main']]),
      tables: async () => expectSome(rowsOf(await c.getTables({ includeSchema: true }))),
      tableTypes: async () => expect(rowsOf(await c.getTableTypes()), [['TABLE']]),
      primaryKeys: async () => expect(rowsOf(await c.getPrimaryKeys('trips')), []),
      listFlights: async () => expectSome(await all(flight.listFlights())),
      listActions: async () => expectSome(await all(flight.listActions())),
      poll: async () => expect(Number((await flight.pollFlightInfo({ type: 'path', path: ['trips'] })).info.totalRecords), 3),
      close: () => c.close(),
    };
  },
  // Plain Flight, whose messages carry any command: ingestion, updates and parameters with rows.
  async flight() {
    const require = createRequire(import.meta.url);
    const arrow = require('apache-arrow');
    const { FlightClient, commandDescriptor, pathDescriptor } = require('arrow-flight-client');
    const c = new FlightClient(`${host}:${port}`, { metadata: { authorization: `Bearer ${token}` } });
    const rows = (...ids) => new arrow.Table({
      id: arrow.vectorFromArray(ids.map(BigInt), new arrow.Int64()),
      name: arrow.vectorFromArray(ids.map(String), new arrow.Utf8()),
    });
    const put = async (command, table) => (await all(c.doPut(commandDescriptor(command), table))).map((r) => Buffer.from(r.appMetadata).toString('hex'));
    const get = async (descriptor) => rowsOf(await c.getTable((await c.getFlightInfo(descriptor)).endpoints[0].ticket));
    const count = async (n) => expect(await get(commandDescriptor(any('CommandStatementQuery', field(1, `select count(*) from ${stream}`)))), [[n]]);
    const act = async (type, body) => (await all(c.doAction({ type, body }))).map((r) => Buffer.from(r.body ?? r));
    // The handle stands behind the Any's type and the tag and length of its value and of itself.
    const prepare = async (sql) => {
      const [result] = await act('CreatePreparedStatement', any('ActionCreatePreparedStatementRequest', field(1, sql)));
      const at = result.indexOf(Buffer.from([0x0a, 16]), result.indexOf('Result'));
      return result.subarray(at + 2, at + 18);
    };
    return {
      ingestCreates: async () => expect(await put(ingest(stream, 1, 1), rows(1, 2)), ['0802']),
      ingestAppends: async () => expect(await put(ingest(stream, 2, 2), rows(3)), ['0801']),
      ingestFailsWhereItSays: () => expectError(() => put(ingest(stream, 1, 1), rows(4)), 'exists'),
      countedThree: () => count(3),
      ingestReplaces: async () => expect(await put(ingest(stream, 1, 3), rows(5)), ['0801']),
      countedOne: () => count(1),
      preparedUpdateWithRows: async () => expect(
        await put(any('CommandPreparedStatementUpdate', field(1, await prepare(`insert into ${stream} values (?, ?)`))), rows(6, 7, 8)), ['0803']),
      bindManyRows: async () => {
        const command = any('CommandPreparedStatementQuery', field(1, await prepare(`select id + 10 as id, $2 as name from ${stream} where id = $1`)));
        await put(command, rows(6, 8, 99));
        expect(await get(commandDescriptor(command)), [[16, '6'], [18, '8']]);
      },
      list: async () => expectSome(await all(c.listFlights())),
      get: async () => expectSome(await get(pathDescriptor('trips'))),
      actions: async () => expectSome(await all(c.listActions())),
      poll: async () => expect(Number((await c.pollFlightInfo(pathDescriptor('trips'))).info.totalRecords), 3),
      close: () => c.close(),
    };
  },
};

// Two clients of one descent.
function javascript(c) {
  return {
    ...life((sql) => c.execute(sql)),
    querySchema: () => c.getQuerySchema('select id from trips'),
    prepare: () => c.prepare('select id from trips'),
    catalogs: async () => expect(await c.getCatalogs(), ['varve']),
    schemas: async () => expectSome(await c.getSchemas()),
    tables: async () => expectSome(await c.getTables()),
    tableTypes: async () => expect(await c.getTableTypes(), ['TABLE']),
    primaryKeys: async () => expect(await c.getPrimaryKeys('varve', 'main', 'trips'), []),
    foreignKeys: async () => expect(await c.getForeignKeys('varve', 'main', 'trips'), []),
    ...(c.getSqlInfo ? { sqlInfo: async () => expectSome([...await c.getSqlInfo()]) } : {}),
    close: () => c.close(),
  };
}

await run(await clients[client]());
