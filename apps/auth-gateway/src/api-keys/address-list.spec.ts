import fc from 'fast-check';
import { addressGroup, addressRangeProblem, compileAddressList, isWithin } from './address-list';

const v4 = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));

describe('an address list', () => {
  it.each([
    ['203.0.113.0/24', '203.0.113.255', true],
    ['203.0.113.0/24', '203.0.114.0', false],
    ['203.0.113.7', '203.0.113.7', true],
    ['203.0.113.7', '203.0.113.8', false],
    ['0.0.0.0/0', '8.8.8.8', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['2001:db8::/32', '2001:0DB8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['::/0', '10.0.0.1', false],
    ['::1', '::1', true],
    ['fe80::/10', 'fe80::1%eth0', true],
  ])('%s lets %s in: %s', (range, address, expected) => {
    expect(compileAddressList([range])(address)).toBe(expected);
  });

  it('takes an IPv4-mapped IPv6 address for the IPv4 address it is', () => {
    expect(compileAddressList(['10.0.0.0/8'])('::ffff:10.1.2.3')).toBe(true);
    expect(compileAddressList(['10.0.0.0/8'])('::ffff:a01:203')).toBe(true);
    expect(compileAddressList(['::ffff:10.0.0.0/104'])('10.1.2.3')).toBe(true);
    expect(compileAddressList(['::ffff:10.0.0.0/104'])('11.1.2.3')).toBe(false);
  });

  it('lets nobody in when it is empty, and no text that is not an address', () => {
    expect(compileAddressList([])('10.0.0.1')).toBe(false);
    for (const text of ['', 'localhost', '10.0.0', '0x0a.0.0.1', '012.0.0.1', '10.0.0.1:80', '10.0.0.1/8', 'unknown'])
      expect(compileAddressList(['0.0.0.0/0', '::/0'])(text)).toBe(false);
  });

  it('agrees with comparing the first bits by hand', () => {
    const bits = (parts: readonly number[]) => parts.map((part) => part.toString(2).padStart(8, '0')).join('');
    fc.assert(
      fc.property(v4, v4, fc.nat(32), (network, address, prefix) => {
        const kept = bits(network).slice(0, prefix).padEnd(32, '0');
        const masked = [0, 8, 16, 24].map((at) => parseInt(kept.slice(at, at + 8), 2)).join('.');
        const expected = bits(address).slice(0, prefix) === bits(network).slice(0, prefix);
        expect(compileAddressList([`${masked}/${prefix}`])(address.join('.'))).toBe(expected);
      }),
    );
  });
});

describe('an address range', () => {
  it.each(['10.0.0.0/8', '10.0.0.1', '2001:db8::/32', '::1/128', '0.0.0.0/0', '::ffff:10.0.0.0/104'])(
    '%s is accepted',
    (range) => expect(addressRangeProblem(range)).toBeNull(),
  );

  it.each(['', '10.0.0.0/33', '10.0.0/8', '10.0.0.0/', '10.0.0.0/08', '10.0.0.0/8/8', '10.0.0.0/-1', 'fe80::%eth0/10'])(
    '"%s" is refused',
    (range) => {
      expect(addressRangeProblem(range)).toContain('must be an IPv4 or IPv6 range');
      expect(() => compileAddressList([range])).toThrow();
    },
  );

  it('with host bits set is refused with the range that may be meant', () => {
    expect(addressRangeProblem('10.0.0.5/8')).toBe('must have no bits after the first 8; did you mean 10.0.0.0/8?');
    expect(addressRangeProblem('2001:db8::1/32')).toContain('did you mean 2001:db8::/32?');
  });

  it('lies within a list when one range of the list covers all of it', () => {
    expect(isWithin('10.1.0.0/16', ['192.168.0.0/16', '10.0.0.0/8'])).toBe(true);
    expect(isWithin('10.0.0.0/8', ['10.0.0.0/8'])).toBe(true);
    expect(isWithin('10.0.0.0/7', ['10.0.0.0/8'])).toBe(false);
    expect(isWithin('::/0', ['0.0.0.0/0'])).toBe(false);
    expect(isWithin('10.0.0.1', [])).toBe(false);
  });
});

describe('the group an address is counted in', () => {
  it('is the address for IPv4, also when mapped, and the /64 for IPv6', () => {
    expect(addressGroup('203.0.113.7')).toBe('203.0.113.7/32');
    expect(addressGroup('::ffff:203.0.113.7')).toBe('203.0.113.7/32');
    expect(addressGroup('2001:db8:1:2:3:4:5:6')).toBe(addressGroup('2001:db8:1:2::'));
    expect(addressGroup('2001:db8:1:3::1')).not.toBe(addressGroup('2001:db8:1:2::1'));
    expect(addressGroup('not an address')).toBe('unknown');
  });
});
