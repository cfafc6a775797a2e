import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';

const root = path.resolve(__dirname, '../../..');
const bin = (name: string) => path.join(root, 'node_modules/.bin', name);

function run(command: string, args: string[], input = ''): Promise<string> {
  const child = spawn(command, args, { cwd: root, env: { ...process.env, NX_DAEMON: 'false' } });
  child.stdin.end(input);
  return text(child.stdout);
}

/** The rules that a file with this text would break. */
async function brokenRules(file: string, code: string): Promise<string[]> {
  const output = await run(bin('eslint'), ['--stdin', '--stdin-filename', file, '--format', 'json'], code);
  const [{ messages }] = JSON.parse(output) as [{ messages: { ruleId: string }[] }];
  return messages.map(({ ruleId }) => ruleId);
}

describe('the lint refuses', () => {
  // The boundary rule knows projects from nx's graph.
  beforeAll(() => run(bin('nx'), ['show', 'projects']));

  it.each([
    ['a test library in a service', "export * from '@musicgen/testing';", '@nx/enforce-module-boundaries'],
    ['another service', "export * from '../../auth-gateway/src/config';", '@nx/enforce-module-boundaries'],
    ['TypeORM outside stores', "export { DataSource } from 'typeorm';", 'no-restricted-imports'],
    ['the environment outside config.ts', 'export const home = process.env.HOME;', 'no-restricted-properties'],
    ['a platform by name', "export const platform = 'spotify';", 'no-restricted-syntax'],
  ])('%s', async (_, code, rule) => {
    expect(await brokenRules('apps/credential-vault/src/canary.ts', code)).toEqual([rule]);
  });

  it('what points to the left among libraries', async () => {
    const code = "export * from '@musicgen/service-kit';";
    expect(await brokenRules('libs/platform-contracts/src/canary.ts', code)).toEqual(['@nx/enforce-module-boundaries']);
  });

  it('nothing that the map allows', async () => {
    expect(await brokenRules('apps/credential-vault/src/canary.ts', "export * from '@musicgen/service-kit';")).toEqual(
      [],
    );
  });
});
