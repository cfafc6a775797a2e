import { readConfig } from './config';

describe('the configuration', () => {
  it('needs nothing, and takes empty values as not given', () => {
    expect(readConfig({ STATE_FILE: '', PORT: '' })).toEqual({
      HOST: '127.0.0.1',
      PORT: 4010,
      LOG_LEVEL: 'info',
      EXIT_WITH_PARENT: false,
    });
  });

  it('says what is wrong', () => {
    expect(() => readConfig({ PORT: 'many' })).toThrow('PORT');
    expect(() => readConfig({ LOG_LEVEL: 'loud' })).toThrow('LOG_LEVEL');
    expect(() => readConfig({ TLS_CERT_FILE: 'cert.pem' })).toThrow('TLS_KEY_FILE');
  });
});
