import {
  Closer,
  freePort,
  startService,
  startTestNats,
  testDatabase,
  until,
  type TestDatabase,
  type TestNats,
} from '@musicgen/testing';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { database } from '../src/persistence/data-source';
import { clientOf } from './client';
import { password } from './gateway';

let test: TestDatabase;
let nats: TestNats;

const closer = new Closer();
beforeAll(async () => {
  [test, nats] = await Promise.all([
    closer.open(testDatabase(database), ({ drop }) => drop()),
    closer.open(startTestNats(), ({ close }) => close()),
  ]);
});
afterAll(closer.close);

const start = (port: number, user = '') =>
  startService('auth', test, {
    NATS_URL: nats.url,
    ANONYMOUS_PER_HOUR: '10000',
    ANONYMOUS_BURST: '10000',
    SMTP_URL: `smtp://${user}127.0.0.1:${port}`,
    MAIL_FROM: 'Music <music@example.com>',
  });

interface Mailbox {
  mails: { from: string; to: string[]; user: unknown; message: string }[];
  close(): Promise<void>;
}

async function mailServer(port: number, accept = true): Promise<Mailbox> {
  const mails: Mailbox['mails'] = [];
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    allowInsecureAuth: true,
    onAuth: ({ username, password: secret }, _, done) => done(null, { user: `${username}:${secret}` }),
    onRcptTo: (_address, _session, done) =>
      done(accept ? null : Object.assign(new Error(`no such mailbox`), { responseCode: 550 })),
    onData(stream, { envelope, user }, done) {
      void text(stream).then((message) => {
        const from = envelope.mailFrom ? envelope.mailFrom.address : '';
        mails.push({ from, to: envelope.rcptTo.map(({ address }) => address), user, message });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { mails, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

it('e-mail goes out by SMTP, from the configured sender, with the configured login', async () => {
  const port = await freePort();
  const server = await mailServer(port);
  const gateway = await start(port, 'me:secret@');
  try {
    await clientOf(gateway.url)('POST /v1/auth/register', { body: { email: 'clara@example.com', password } });
    await until(() => server.mails.length > 0, 'the e-mail');
    expect(server.mails).toEqual([
      expect.objectContaining({ from: 'music@example.com', to: ['clara@example.com'], user: 'me:secret' }),
    ]);
    expect(server.mails[0]!.message).toMatch(/^From: Music <music@example.com>\r\nTo: clara@example.com\r\n/);
    expect(server.mails[0]!.message).toContain('/verify-email#token=');
  } finally {
    await gateway.stop();
    await server.close();
  }
});

it('e-mail is not lost when the gateway is killed before it is sent', async () => {
  const port = await freePort();
  let calls = 0;
  // Answers the telephone, and says nothing.
  const silent = net.createServer(() => void calls++);
  await new Promise<void>((resolve) => silent.listen(port, '127.0.0.1', resolve));
  const first = await start(port);
  await clientOf(first.url)('POST /v1/auth/register', { body: { email: 'robert@example.com', password } });
  await until(() => calls > 0, 'the first try');
  await first.stop('SIGKILL');
  await new Promise((resolve) => silent.close(resolve));
  // Its next try is half a minute away.
  await test.dataSource.query('UPDATE mails SET not_before = now()');
  const server = await mailServer(port);
  const second = await start(port);
  try {
    await until(() => server.mails.length > 0, 'the e-mail', 60_000);
    expect(server.mails.map(({ to }) => to)).toEqual([['robert@example.com']]);
    await until(async () => (await test.dataSource.query('SELECT 1 FROM mails')).length === 0, 'it to be done with');
  } finally {
    await second.stop();
    await server.close();
  }
});

it('e-mail that a server refuses waits, and neither address nor link is logged', async () => {
  const port = await freePort();
  const server = await mailServer(port, false);
  const gateway = await start(port);
  try {
    await clientOf(gateway.url)('POST /v1/auth/register', { body: { email: 'felix@example.com', password } });
    await until(() => gateway.output().includes('an e-mail could not be sent; trying again'), 'the line in the log');
    expect(gateway.output()).toContain('"response_code":550');
    expect(gateway.output()).not.toContain('felix@example.com');
    expect(gateway.output()).not.toContain('#token=');
    expect(await test.dataSource.query(`SELECT email, attempts FROM mails`)).toEqual([
      { email: 'felix@example.com', attempts: 1 },
    ]);
  } finally {
    await gateway.stop();
    await server.close();
  }
});
