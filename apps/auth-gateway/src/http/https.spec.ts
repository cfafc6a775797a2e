import { plainHttp } from './https';

const PUBLIC = 'https://api.example.com';
const request = (method: string, url = '/v1/models?limit=1', protocol: 'http' | 'https' = 'http') => ({
  method,
  url,
  protocol,
});

describe('where the API is reached over https', () => {
  it.each(['GET', 'HEAD'])('a %s over plain http is sent to the same address with https', (method) => {
    expect(plainHttp(request(method), PUBLIC)).toEqual({ redirect: 'https://api.example.com/v1/models?limit=1' });
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('a %s over plain http is refused', (method) => {
    expect(plainHttp(request(method), PUBLIC)).toBe('refused');
  });

  it.each(['/health/live', '/health/ready', '/metrics', '/metrics?name=x'])('%s is answered over plain http', (url) => {
    expect(plainHttp(request('GET', url), PUBLIC)).toBe('allowed');
    expect(plainHttp(request('POST', url), PUBLIC)).toBe('allowed');
  });

  it.each(['/healthy', '/metrics-of-mine', '/v1/health/live'])('%s only looks like a probe', (url) => {
    expect(plainHttp(request('POST', url), PUBLIC)).toBe('refused');
  });

  it('nobody is sent to another host', () => {
    expect(plainHttp(request('GET', 'http://evil.example/x'), PUBLIC)).toEqual({ redirect: `${PUBLIC}/` });
    expect(plainHttp(request('GET', '@evil.example'), PUBLIC)).toEqual({ redirect: `${PUBLIC}/` });
    expect(plainHttp(request('GET', '//evil.example'), PUBLIC)).toEqual({ redirect: `${PUBLIC}//evil.example` });
  });

  it('https is answered', () => expect(plainHttp(request('POST', '/v1/generate', 'https'), PUBLIC)).toBe('allowed'));
});

it('where the API is reached over http, http is answered', () => {
  expect(plainHttp(request('POST'), 'http://127.0.0.1:3000')).toBe('allowed');
});
