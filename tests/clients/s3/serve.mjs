// An S3 server on a port that the system chooses, with one bucket. Prints the port when it serves. Usage: node serve.mjs DIRECTORY BUCKET [PORT]
import S3rver from 's3rver';

const [directory, bucket, port] = process.argv.slice(2);
const server = new S3rver({ address: '127.0.0.1', port: Number(port ?? 0), silent: true, directory, configureBuckets: [{ name: bucket }] });
const address = await server.run();
console.log(address.port);
