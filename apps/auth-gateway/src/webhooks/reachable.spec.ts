import { compileAddressList } from '../api-keys/address-list';
import { isReachable, urlProblem } from './reachable';

const nothing = compileAddressList([]);
const office = compileAddressList(['10.0.0.0/8', '127.0.0.0/8']);

describe('an address that a delivery may go to', () => {
  const forbidden = [
    ...['127.0.0.1', '0.0.0.0', '10.1.2.3', '172.16.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1'],
    ...['224.0.0.1', '255.255.255.255', '192.0.2.1', '198.18.0.1', '240.0.0.1', '192.0.0.8'],
    ...['::1', '::', 'fe80::1', 'fc00::1', 'fd12:3456::1', 'ff02::1', '2001:db8::1'],
    ...['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::127.0.0.1', '64:ff9b::7f00:1', '64:ff9b:1::7f00:1'],
    ...['2002:7f00:1::', '2001:0:7f00:1::', 'localhost', '0x7f.1', ''],
  ];

  it.each(forbidden)('is not %s', (address) => {
    expect(isReachable(address, 'https:', nothing)).toBe(false);
  });

  it.each(['8.8.8.8', '1.1.1.1', '2606:4700:4700::1111', '::ffff:8.8.8.8'])('is %s, over https alone', (address) => {
    expect(isReachable(address, 'https:', nothing)).toBe(true);
    expect(isReachable(address, 'http:', nothing)).toBe(false);
  });

  it('is one of the networks that the installation names, over both', () => {
    for (const protocol of ['http:', 'https:']) {
      expect(isReachable('10.1.2.3', protocol, office)).toBe(true);
      expect(isReachable('::ffff:10.1.2.3', protocol, office)).toBe(true);
      expect(isReachable('192.168.1.1', protocol, office)).toBe(false);
    }
  });
});

describe('the url of an endpoint', () => {
  it.each([
    ['https://example.com/hooks', null],
    ['https://user:pw@example.com', 'must have no user and password in it; deliveries are signed'],
    ['https://example.com/#part', 'must have no fragment'],
    ['http://example.com', 'must be https'],
    ['https://127.0.0.1/', 'must not be a private or reserved address'],
    ['https://[::1]:8443/', 'must not be a private or reserved address'],
    ['https://2130706433/', 'must not be a private or reserved address'],
    ['https://0x7f.1/', 'must not be a private or reserved address'],
    ['https://localhost/', 'must not be this machine'],
    ['https://api.localhost./', 'must not be this machine'],
  ])('%s: %s', (url, problem) => {
    expect(urlProblem(url, nothing, false)).toBe(problem);
  });

  it('may be http, and on this machine, where the installation allows its own network', () => {
    expect(urlProblem('http://127.0.0.1:8080/hook', office, true)).toBeNull();
    expect(urlProblem('http://localhost:8080/hook', office, true)).toBeNull();
    expect(urlProblem('http://8.8.8.8/hook', office, true)).toBe('must be https');
  });
});
