import { z } from 'zod';
import { serviceNames } from '../rpc';
import { consumerName, defineEvent, eventContracts } from '.';

describe.each(eventContracts.map((event) => [event.subject, event] as const))('%s', (subject, event) => {
  it('belongs to a known service and goes to known ones', () => {
    expect(serviceNames).toContain(event.owner);
    expect(subject.startsWith(`${event.owner}.v`)).toBe(true);
    for (const subscriber of event.subscribers) expect(serviceNames).toContain(subscriber);
    expect(new Set(event.subscribers).size).toBe(event.subscribers.length);
  });

  it('carries ids and states: no secret, no address', () => {
    const schema = z.toJSONSchema(event.payload, { io: 'output' });
    const names = Object.keys(schema.properties ?? {});
    expect(names.filter((name) => /secret|token|password|email|address|url|fields/.test(name))).toEqual([]);
    expect(schema.type).toBe('object');
  });

  it('has for each subscriber a consumer of its own, whose name NATS takes', () => {
    for (const subscriber of event.subscribers) expect(consumerName(subscriber, event)).toMatch(/^[a-z0-9_-]{1,100}$/);
  });
});

it('has one event per subject and one name per consumer', () => {
  const consumers = eventContracts.flatMap((event) => event.subscribers.map((name) => consumerName(name, event)));
  const subjects = eventContracts.map((event) => event.subject);
  for (const names of [subjects, consumers]) expect(new Set(names).size).toBe(names.length);
});

it('refuses a subject that is no event of a known service', () => {
  for (const subject of ['vault.v1.credential.deleted', 'napster.v1.event.song.played']) {
    expect(() => defineEvent({ subject, subscribers: [], payload: z.object({}) })).toThrow(subject);
  }
});

/** A change that is not an addition is a new version beside the old one. */
it('is the event that was committed', () => {
  const events = eventContracts.map(({ subject, subscribers, live, payload }) => ({
    subject,
    subscribers,
    live,
    payload: z.toJSONSchema(payload, { io: 'output' }),
  }));
  expect(events.toSorted((a, b) => a.subject.localeCompare(b.subject))).toMatchSnapshot();
});
