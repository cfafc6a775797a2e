import { AppError } from '@musicgen/error-codes';
import { generateKeyRingText, KeyRing } from '@musicgen/service-kit';
import { Envelope, type Binding } from './envelope';

const sealAll = (envelope: Envelope, values: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(values).map(([field, value]) => [field, envelope.seal(field, value)]));
const openAll = (envelope: Envelope, sealed: Record<string, string>) =>
  Object.fromEntries(Object.entries(sealed).map(([field, value]) => [field, envelope.openField(field, value)]));

const ring = KeyRing.parse(generateKeyRingText());
const binding: Binding = { id: 'cred_1', userId: 'user_1', mode: 'live' };
const envelope = Envelope.create(ring, binding);
const sealed = sealAll(envelope, { client_secret: 'a secret', private_key: 'a key' });

const opened = (as: Binding, wrapped: Buffer, values: Record<string, string>, keys = ring) =>
  openAll(Envelope.open(keys, as, wrapped), values);

/** Every failure is the same error, which names the row and nothing of its contents. */
function expectUnreadable(open: () => unknown) {
  let thrown: unknown;
  try {
    open();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(AppError);
  expect(thrown).toMatchObject({ code: 'INTERNAL_ERROR', details: expect.stringContaining('cannot be decrypted') });
  expect((thrown as AppError).cause).toBeInstanceOf(Error);
  expect(String((thrown as AppError).details)).not.toContain('a secret');
}

it('opens what it sealed, in the same row', () => {
  expect(opened(binding, envelope.wrapped, sealed)).toEqual({ client_secret: 'a secret', private_key: 'a key' });
});

it('keeps every kind of value', () => {
  const values = { text: 'ü"\\\n', empty: '', list: ['a', 'b'], number: 7, nothing: null };
  expect(openAll(envelope, sealAll(envelope, values))).toEqual(values);
});

it('never seals to the same bytes, and never uses a data key twice', () => {
  expect(envelope.seal('client_secret', 'a secret')).not.toBe(sealed.client_secret);
  expect(Envelope.create(ring, binding).wrapped).not.toEqual(envelope.wrapped);
});

it.each<[string, Partial<Binding>]>([
  ['row', { id: 'cred_2' }],
  ['owner', { userId: 'user_2' }],
  ['mode', { mode: 'test' }],
])('does not open in another %s', (_, change) => {
  const moved = { ...binding, ...change };
  expectUnreadable(() => opened(moved, envelope.wrapped, sealed));
  const other = Envelope.create(ring, moved);
  // The value alone, under the other row's own key; and with its key.
  expectUnreadable(() => openAll(other, sealed));
  expectUnreadable(() => opened(moved, other.wrapped, sealed));
});

it('does not open as another field', () => {
  expectUnreadable(() => openAll(envelope, { client_secret: sealed.private_key! }));
  expectUnreadable(() => openAll(envelope, { data_key: sealed.private_key! }));
});

it('does not take apart where one part of its binding ends and the next begins', () => {
  const a = Envelope.create(ring, { ...binding, id: 'cred_1', userId: '2user' });
  expectUnreadable(() => opened({ ...binding, id: 'cred_12', userId: 'user' }, a.wrapped, {}));
});

it('does not open with any bit changed', () => {
  const bytes = Buffer.from(sealed.client_secret!, 'base64');
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const changed = Buffer.from(bytes);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    expectUnreadable(() => envelope.openField('client_secret', changed.toString('base64')));
  }
  for (let bit = 0; bit < envelope.wrapped.length * 8; bit += 1) {
    const changed = Buffer.from(envelope.wrapped);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    expectUnreadable(() => Envelope.open(ring, binding, changed));
  }
});

it('does not open when it is cut short or made longer', () => {
  const bytes = Buffer.from(sealed.client_secret!, 'base64');
  for (let length = 0; length < bytes.length; length += 1) {
    expectUnreadable(() => envelope.openField('client_secret', bytes.subarray(0, length).toString('base64')));
  }
  for (let length = 0; length < envelope.wrapped.length; length += 1) {
    expectUnreadable(() => Envelope.open(ring, binding, envelope.wrapped.subarray(0, length)));
  }
  expectUnreadable(() =>
    envelope.openField('client_secret', Buffer.concat([bytes, Buffer.alloc(1)]).toString('base64')),
  );
  expectUnreadable(() => Envelope.open(ring, binding, Buffer.concat([envelope.wrapped, Buffer.alloc(1)])));
});

it('does not open with another ring, and opens with one that has a newer key beside its own', () => {
  const [old, newer] = [generateKeyRingText(1), generateKeyRingText(2)];
  const before = Envelope.create(KeyRing.parse(old), binding);
  const values = sealAll(before, { a: 1 });
  expect(opened(binding, before.wrapped, values, KeyRing.parse(old + newer))).toEqual({ a: 1 });
  expectUnreadable(() => opened(binding, before.wrapped, values, KeyRing.parse(newer)));
  expectUnreadable(() => opened(binding, before.wrapped, values, KeyRing.parse(generateKeyRingText(1))));
});
