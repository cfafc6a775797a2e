import { SandboxClient } from '../../test/sandbox-client';
import { registeredPlatforms } from './registry';

let sandbox: SandboxClient;
beforeAll(async () => void (sandbox = await SandboxClient.start()));
afterAll(() => sandbox.close());
beforeEach(() => sandbox.control('DELETE', '/faults'));

const rows = registeredPlatforms.flatMap((platform) =>
  Object.entries(platform.failures).map(([name, failure]) => ({ platform, name, failure })),
);

describe('every row of every table of failures', () => {
  it.each(rows.map((row) => [row.platform.id, row.name, row] as const))(
    '%s: %s is said where the platform says it, and nowhere else',
    async (id, name, { platform, failure }) => {
      await sandbox.control('POST', '/faults', { platform: id, failure: name });
      const host = failure.host ?? Object.keys(platform.hosts)[0];
      const reply = await sandbox.get(`/${id}/${host}${(failure.path ?? '/x').replace('*', 'x')}`);
      const [entry] = (await sandbox.control('GET', '/requests?limit=1')).requests;
      expect(entry).toMatchObject({ fault: name, is_processed: false, status: reply.status });
      const elsewhere = Object.keys(platform.hosts).find((other) => failure.host && other !== failure.host);
      if (elsewhere) {
        await sandbox.get(`/${id}/${elsewhere}/x`);
        const [other] = (await sandbox.control('GET', '/requests?limit=1')).requests;
        expect(other.fault).toBeNull();
      }
    },
  );
});
