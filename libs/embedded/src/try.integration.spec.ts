import { startPostgres, startNats, findNatsServer, freePorts, removePostgresFiles, findSoundBank } from './index';
import fs from 'node:fs';
test('x', async () => {
  const dir = fs.mkdtempSync('/tmp/emb-');
  const [p = 0, n = 0] = await freePorts(2);
  let t = Date.now();
  const pg = await startPostgres({ dataDir: dir, port: p, password: 'a b/c', durable: false });
  console.log('pg', Date.now() - t, pg.url);
  t = Date.now();
  await pg.stop();
  console.log('stop', Date.now() - t, await pg.exited);
  t = Date.now();
  const pg2 = await startPostgres({ dataDir: dir, port: p, password: 'a b/c', durable: false });
  console.log('pg2', Date.now() - t);
  t = Date.now();
  const binary = await findNatsServer({ cacheDir: '/work/main/.cache' });
  console.log('find', binary, Date.now() - t);
  t = Date.now();
  fs.writeFileSync(
    dir + '/nats.conf',
    `listen: 127.0.0.1:${n}\njetstream { store_dir: "${dir}/js" }\nauthorization { token: $TOK }`,
  );
  const nats = await startNats({ binary, config: dir + '/nats.conf', port: n, env: { TOK: 'x' } });
  console.log('nats', Date.now() - t, await findSoundBank({ cacheDir: '/work/main/.cache' }));
  t = Date.now();
  console.log(
    fs.readFileSync('/proc/self/status', 'utf8').match(/Pid.*/)?.[0],
    require('child_process').execSync('ps axo pid,ppid,user,args | grep -E "keeper|postgres|nats-server"').toString(),
  );
  await nats.stop();
  await pg2.stop();
  console.log(
    'stopped',
    Date.now() - t,
    fs.readFileSync(dir + '/nats.log', 'utf8'),
    fs.readFileSync(dir + '/postgres/postgres.log', 'utf8'),
  );
  await removePostgresFiles(dir);
  fs.rmSync(dir, { recursive: true });
}, 60000);
