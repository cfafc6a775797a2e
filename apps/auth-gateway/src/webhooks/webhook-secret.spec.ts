import { Webhook } from 'standardwebhooks';
import { makeSecret, signedHeaders } from './webhook-secret';

const body = '{"type":"generation.succeeded"}';

describe('the signature of a delivery', () => {
  it('is one that the receivers’ library accepts, with either secret while there are two', () => {
    const [secret, old] = [makeSecret(), makeSecret()];
    const headers = signedHeaders('dlv_1', new Date(), body, [secret, old]);
    for (const known of [secret, old]) expect(new Webhook(known).verify(body, headers)).toEqual(JSON.parse(body));
    expect(() => new Webhook(makeSecret()).verify(body, headers)).toThrow('No matching signature');
    expect(() => new Webhook(secret).verify(body.replace('succeeded', 'failed'), headers)).toThrow('No matching');
  });

  it('is refused when the delivery is played again later, or under another id', () => {
    const secret = makeSecret();
    const old = signedHeaders('dlv_1', new Date(Date.now() - 600_000), body, [secret]);
    expect(() => new Webhook(secret).verify(body, old)).toThrow('too old');
    const fresh = signedHeaders('dlv_1', new Date(), body, [secret]);
    expect(() => new Webhook(secret).verify(body, { ...fresh, 'webhook-id': 'dlv_2' })).toThrow('No matching');
  });

  it('has a secret of 192 random bits', () => {
    expect(makeSecret()).toMatch(/^whsec_[A-Za-z0-9+/]{32}$/);
    expect(makeSecret()).not.toBe(makeSecret());
  });
});
