// Apart from the rest, since its packages are fetched for this comparison only, and may be out of reach.
import fs from 'node:fs';
import path from 'node:path';
import { install } from '../../start/prepare.mjs';
import { startServer } from '../servers.mjs';

const PORT = '18204';
const url = `http://127.0.0.1:${PORT}/v1/empty`;

/** The server, and what a round of requests asks it; or the problem that there is none. */
export async function startBetterAuth({ info }) {
  try {
    await install(import.meta.dirname);
  } catch (error) {
    // Somebody has stopped it.
    if (error.status === 0) throw error;
    return { problem: error.message };
  }
  const KEY_FILE = path.join(info.folder, 'better-auth.key');
  const DATABASE_URL = Object.assign(new URL(info.postgresUrl), { pathname: '/bench' }).href;
  const file = path.join(import.meta.dirname, 'server.mjs');
  const server = await startServer(file, [], { DATABASE_URL, KEY_FILE, PORT }, url);
  return { server, target: { url, headers: { 'x-api-key': fs.readFileSync(KEY_FILE, 'utf8') }, processes: [server] } };
}
