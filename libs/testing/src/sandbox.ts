import { spawn } from 'node:child_process';
import path from 'node:path';
import { opening } from './closer';
import { freePort } from './port';
import { root } from './service';
import { until } from './until';

const main = 'dist/tools/platform-sandbox/tools/platform-sandbox/src/main.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what the control API answers; each test knows what it asked for.
type Json = any;

/** What somebody does on the consent page: Ada agrees to everything. */
export interface Consent {
  user?: string;
  decision?: 'approve' | 'deny';
  /** What he leaves ticked. */
  scopes?: string[];
}

/** The platform sandbox as a process of its own. */
export interface TestSandbox {
  url: string;
  /** A call of its control API that must work. */
  control(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<Json>;
  /** An app of a platform, registered for this test. */
  register(platform: string, facts?: object): Promise<{ client_id: string; client_secret: string }>;
  /** Where the browser is sent once the consent page is filled in. */
  consent(authorizeUrl: string, choice?: Consent): Promise<URL>;
  /** What was asked of a platform, oldest first. */
  requests(filter: Record<string, string>): Promise<Json[]>;
  close(): Promise<void>;
}

/** Starts the built sandbox in an empty world. */
export function startTestSandbox(builtIn = root): Promise<TestSandbox> {
  return opening(async (closer) => {
    const port = await freePort();
    const env = { PATH: process.env.PATH, PORT: String(port), EXIT_WITH_PARENT: 'true', LOG_LEVEL: 'error' };
    const child = spawn(process.execPath, ['--enable-source-maps', path.join(builtIn, main)], { env });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
    const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
    await closer.open(child.stdin, (stdin) => {
      stdin.end();
      return exited;
    });
    const url = `http://127.0.0.1:${port}`;
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`The sandbox ended with status ${child.exitCode}:\n${output}`);
      return (await fetch(`${url}/health/ready`).catch(() => undefined))?.ok;
    }, 'the sandbox to be ready');
    const control: TestSandbox['control'] = async (method, path, body) => {
      const init = { method, ...(body !== undefined && { body: JSON.stringify(body) }) };
      const answer = await fetch(`${url}/_sandbox${path}`, init);
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
      return JSON.parse(text);
    };
    return {
      url,
      control,
      register: (platform, facts = {}) => control('POST', '/clients', { platform, ...facts }),
      async consent(authorizeUrl, choice = {}) {
        const { redirect, page } = await control('POST', '/consents', { authorize_url: authorizeUrl, ...choice });
        if (!redirect) throw new Error(`Nobody is sent back: ${page}`);
        return new URL(redirect);
      },
      requests: async (filter) => (await control('GET', `/requests?${new URLSearchParams(filter)}`)).requests,
      close: closer.close,
    };
  });
}
