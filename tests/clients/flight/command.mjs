// Flight SQL commands that few clients have a method for: built here byte by byte and read by @qualithm/arrow-flight-client and apache-arrow.
// Arguments: { port, token, commands: { name: [messageName, bodyHex] } }.
import { createFlightClient, decodeFlightDataToTable } from '@qualithm/arrow-flight-client';
import { args, run, show } from './lib.mjs';
import { any } from './messages.mjs';

const auth = args.token ? { type: 'bearer', token: args.token } : { type: 'none' };
const client = createFlightClient({ url: `http://127.0.0.1:${args.port}`, auth });

const steps = {};
for (const [name, [message, body]] of Object.entries(args.commands)) {
  steps[name] = async () => {
    const info = await client.getFlightInfo({ type: 'cmd', cmd: any(message, Buffer.from(body, 'hex')) });
    return show(await decodeFlightDataToTable(client.doGet(info.endpoint[0].ticket)));
  };
}
await run(steps);
