// SQL through one Flight SQL client. Arguments: { client, port, token?, certificate?, and steps by name: queries, prepared, prepareAndClose, stream,
// update, begin, metadata }.
import { args, run, show } from './lib.mjs';

const { client, port, token, queries = {} } = args;
const host = '127.0.0.1';

// Each gives an object with query(sql) and the metadata calls that the client has.
const clients = {
  // Rust (tonic 0.10, arrow 49): prepares every statement and never closes one.
  async lakehouse() {
    const { createFlightSqlClient } = await import('@lakehouse-rs/flight-sql-client');
    const c = await createFlightSqlClient({ host, port, tls: false, headers: [], ...(token ? { token } : {}) });
    return {
      query: (sql) => c.query(sql),
      metadata: { catalogs: () => c.getCatalogs(), schemas: () => c.getDbSchemas({}), tables: () => c.getTables({ includeSchema: true }) },
    };
  },
  // The same by user and password: a Handshake with a Basic header.
  async lakehousePassword() {
    const { createFlightSqlClient } = await import('@lakehouse-rs/flight-sql-client');
    const c = await createFlightSqlClient({ host, port, tls: false, headers: [], username: 'someone', password: token });
    return { query: (sql) => c.query(sql), metadata: {} };
  },
  // Rust (tonic 0.12): statements as they are.
  async ceramic() {
    const { createFlightSqlClient } = await import('@ceramic-sdk/flight-sql-client');
    const c = await createFlightSqlClient({ host, port, tls: false, headers: [{ key: 'x-extra', value: '1' }], ...(token ? { token } : {}) });
    return {
      query: (sql) => c.query(sql),
      prepared: (sql, values) => c.preparedQuery(sql, values),
      async stream(sql) {
        const feed = await c.feedQuery(sql);
        let rows = 0;
        let batches = 0;
        for (let bytes; (bytes = await feed.next()) !== null; batches++) rows += show(bytes).rows.length;
        return { rows, batches };
      },
      metadata: { catalogs: () => c.getCatalogs(), schemas: () => c.getDbSchemas({}), tables: () => c.getTables({ includeSchema: false }) },
    };
  },
  // JavaScript (grpc-js and apache-arrow).
  async gizmosql() {
    const { FlightSQLClient } = await import('@gizmodata/gizmosql-client');
    const c = new FlightSQLClient({ host, port, plaintext: true, username: 'someone', password: token ?? 'x' });
    return {
      query: (sql) => c.execute(sql),
      metadata: {
        catalogs: () => c.getCatalogs(),
        schemas: () => c.getSchemas(),
        tables: () => c.getTables(),
        tableTypes: () => c.getTableTypes(),
        sqlInfo: async () => Object.fromEntries(await c.getSqlInfo()),
      },
      close: () => c.close(),
    };
  },
  async gizmosqlTls() {
    const { FlightSQLClient } = await import('@gizmodata/gizmosql-client');
    const c = new FlightSQLClient({ host: 'localhost', port, tlsSkipVerify: true, username: 'someone', password: token });
    return { query: (sql) => c.execute(sql), metadata: {}, close: () => c.close() };
  },
  // JavaScript (grpc-js): SQL as bare text in the command; credentials only over TLS.
  async spice() {
    const { SpiceClient } = await import('@spiceai/spice');
    const c = new SpiceClient({
      apiKey: token, flightUrl: `localhost:${port}`, flightTlsEnabled: true, tlsRootCertFile: args.certificate,
      httpUrl: 'http://127.0.0.1:1', logging: false, flightOnly: true,
    });
    return { query: (sql) => c.sql(sql), prepared: (sql, parameters) => c.sql(sql, { parameters }), metadata: {} };
  },
  // JavaScript (grpc-js); its Handshake never half-closes.
  async lancedb() {
    const { Client } = await import('@lancedb/arrow-flight-sql-client');
    const c = await Client.connect({ host: `${host}:${port}`, username: 'someone', password: token ?? 'x', insecure: true });
    return { query: async (sql) => ({ rows: await (await c.query(sql)).collectToObjects() }), metadata: {} };
  },
  // JavaScript (connect-es).
  async qualithm() {
    const { createFlightSqlClient } = await import('@qualithm/arrow-flight-client');
    const auth = token ? { type: 'basic', credentials: { username: 'someone', password: token } } : { type: 'none' };
    const c = createFlightSqlClient({ url: `http://${host}:${port}`, auth });
    if (token) await c.authenticate();
    return {
      query: (sql) => c.query(sql),
      update: (sql) => c.executeUpdate(sql),
      begin: () => c.beginTransaction(),
      async prepareAndClose(sql) {
        const statement = await c.prepare(sql);
        const table = await c.executePrepared(statement);
        await c.closePreparedStatement(statement);
        return table;
      },
      metadata: {
        catalogs: () => c.getCatalogs(),
        schemas: () => c.getDbSchemas({}),
        tables: () => c.getTables({ includeSchema: true }),
        tableTypes: () => c.getTableTypes(),
        primaryKeys: () => c.getPrimaryKeys('any'),
      },
      close: () => c.close(),
    };
  },
  // Not Flight SQL: one DoGet with a JSON ticket.
  async influx() {
    const { InfluxDBClient } = await import('@influxdata/influxdb3-client');
    const c = new InfluxDBClient({ host: `http://${host}:${port}`, token: token ?? 'x', database: 'varve', authScheme: 'Bearer' });
    return {
      async query(sql) {
        const rows = [];
        for await (const row of c.query(sql, 'varve')) rows.push(row);
        return { rows };
      },
      metadata: {},
      close: () => c.close(),
    };
  },
};

const table = (r) => (r instanceof Uint8Array || r?.schema?.fields ? show(r) : r);
const connected = await clients[client]();
const steps = {};
for (const [name, sql] of Object.entries(queries)) steps[name] = async () => table(await connected.query(sql));
for (const [name, [sql, values]] of Object.entries(args.prepared ?? {})) steps[name] = async () => table(await connected.prepared(sql, values));
for (const [name, sql] of Object.entries(args.prepareAndClose ?? {})) steps[name] = async () => table(await connected.prepareAndClose(sql));
for (const [name, sql] of Object.entries(args.stream ?? {})) steps[name] = () => connected.stream(sql);
for (const [name, sql] of Object.entries(args.update ?? {})) steps[name] = () => connected.update(sql);
if (args.begin) steps.begin = () => connected.begin();
if (args.metadata) for (const [name, call] of Object.entries(connected.metadata)) steps[name] = async () => table(await call());
if (connected.close) steps.close = async () => { await connected.close(); };
await run(steps);
