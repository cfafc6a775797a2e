// Gateway → NATS → service → back, against a raw NATS request behind bare Fastify: the same question, answered with the same text.
import path from 'node:path';
import { environmentOf, mainOf, makeKey } from './installation.mjs';
import { inTurns, rounded } from './servers.mjs';

const raw = path.join(import.meta.dirname, 'raw-hop.mjs');
const at = (port, route = '/health/ready') => `http://127.0.0.1:${port}${route}`;

export async function measure(context) {
  const gatewayEnv = environmentOf(context, 'auth');
  const serviceEnv = { ...environmentOf(context, 'musicgen'), ROLE: 'api' };
  const headers = { 'x-api-key': makeKey(context, gatewayEnv) };
  const route = '/v1/models/composer-1';

  const url = at(18212, route);
  let ANSWER = '';
  const { ours } = await inTurns(async (startServer) => {
    const service = await startServer(
      mainOf(context, 'musicgen'),
      [],
      { ...serviceEnv, HEALTH_PORT: '18211' },
      at(18211),
    );
    const gateway = await startServer(mainOf(context, 'auth'), [], { ...gatewayEnv, PORT: '18212' }, at(18212));
    ANSWER = await (await fetch(url, { headers })).text();
    return { ours: { url, headers, processes: [gateway, service] } };
  });
  // Not beside the other: both answer the same subject.
  const { baseline } = await inTurns(async (startServer) => {
    const responder = await startServer(raw, ['musicgen'], { ...serviceEnv, ANSWER, PORT: '18213' }, at(18213, '/'));
    const asker = await startServer(raw, ['auth'], { ...gatewayEnv, PORT: '18214' }, at(18214, route));
    return { baseline: { url: at(18214, route), headers: {}, processes: [asker, responder] } };
  });

  return [
    {
      what: 'gateway → NATS → service → back : raw request/reply behind Fastify',
      ratio: rounded(baseline.cpuMs / ours.cpuMs),
      baseline: `CPU per request: ${Math.round(baseline.cpuMs)} µs, ${baseline.perSecond}/s`,
      measured: `${Math.round(ours.cpuMs)} µs, ${ours.perSecond}/s, p50 ${ours.p50} ms`,
      target: '',
    },
  ];
}
