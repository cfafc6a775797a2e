import {
  consumerName,
  eventContracts,
  rpcContracts,
  serviceNames,
  type EventContract,
  type RpcContract,
  type ServiceName,
} from '@musicgen/platform-contracts';
import { eventStream } from '../events/event-consumer';
import { inboxPrefix } from '../nats/connection';
import type { Secrets } from './secrets';

/** What one NATS user may do; anything not listed is denied. */
export interface NatsPermissions {
  publish: string[];
  /** A subject, or "subject queue": then only as a member of that queue group. */
  subscribe: string[];
}

interface Contracts {
  rpc: readonly RpcContract[];
  events: readonly EventContract[];
}

/** Just what the contracts give a service: ask what it calls, answer what it owns, tell and hear its events. */
export function permissionsOf(
  service: ServiceName,
  contracts: Contracts = { rpc: rpcContracts, events: eventContracts },
): NatsPermissions {
  const calls = contracts.rpc.filter((rpc) => rpc.callers.includes(service));
  const answers = contracts.rpc.filter((rpc) => rpc.owner === service);
  const tells = contracts.events.filter((event) => event.owner === service);
  const hears = contracts.events.filter((event) => event.subscribers.includes(service));
  const consumers = hears.filter((event) => !event.live).map((event) => consumerName(service, event));
  return {
    publish: [
      ...calls.map((rpc) => rpc.subject),
      ...tells.map((event) => event.subject),
      ...consumers.flatMap((name) => [
        `$JS.API.CONSUMER.INFO.${eventStream}.${name}`,
        `$JS.API.CONSUMER.MSG.NEXT.${eventStream}.${name}`,
        `$JS.ACK.${eventStream}.${name}.>`,
      ]),
    ],
    subscribe: [
      `${inboxPrefix(service)}.>`,
      ...answers.map((rpc) => `${rpc.subject} ${service}`),
      ...hears.filter((event) => event.live).map((event) => event.subject),
    ],
  };
}

/** Only the init step is this user: it makes streams and consumers. */
const adminPermissions: NatsPermissions = { publish: ['$JS.API.>'], subscribe: [`${inboxPrefix('admin')}.>`] };

const variable = (user: string) => `NATS_NKEY_${user.toUpperCase()}`;

/** The text of nats.conf. Public keys come from the environment ({@link natsEnvironment}), so that the text holds no installation's. */
export function natsConf(options: { host: string; port: number; storeDir: string }): string {
  const users = [
    ...serviceNames.map((service) => user(service, permissionsOf(service), true)),
    user('admin', adminPermissions, false),
  ];
  return `listen: "${options.host}:${options.port}"
max_payload: 1MB
jetstream { store_dir: ${JSON.stringify(options.storeDir)}, max_mem: 64MB, max_file: 4GB }
authorization {
  users: [
${users.join('\n')}
  ]
}
`;
}

/** The variables that nats.conf reads: each user's public nkey. */
export const natsEnvironment = ({ services, admin }: Pick<Secrets, 'services' | 'admin'>): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ ...services, admin }).map(([name, { nkeyPublic }]) => [variable(name), nkeyPublic]),
  );

function user(name: string, { publish, subscribe }: NatsPermissions, isResponder: boolean): string {
  const list = (subjects: string[]) => `[${subjects.map((subject) => JSON.stringify(subject)).join(', ')}]`;
  return `    {
      nkey: $${variable(name)}
      permissions: {
        publish: { allow: ${list(publish)} }
        subscribe: { allow: ${list(subscribe)} }
        ${isResponder ? 'allow_responses: { max: 1, expires: "1m" }' : ''}
      }
    }`;
}
