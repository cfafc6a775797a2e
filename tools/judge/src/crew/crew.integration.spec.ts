import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../../../..');
const COMPILED = 'dist/tools/judge/tools/judge/src';

/** An engine that answers, fails, or takes its process down, as the prompt says. */
const ENGINE = `exports.engines = { composer: { create: () => ({ render: async ({ prompt }) => {
  if (prompt === 'crash') process.kill(process.pid, 'SIGKILL');
  if (prompt === 'fail') throw new Error('out of tune');
  return { interpretation: prompt, analysis: {} };
} }) } };`;

describe('the crew', () => {
  it('goes on with the other pieces when one brings its process down', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'judge-crew-'));
    try {
      execFileSync(process.execPath, ['tools/build/build.mjs', 'tools/judge'], { cwd: ROOT, stdio: 'ignore' });
      const engines = path.join(folder, 'apps/musicgen-api/src/engines');
      await mkdir(path.join(engines, 'composer'), { recursive: true });
      await writeFile(path.join(engines, 'registry.js'), ENGINE);
      await writeFile(path.join(engines, 'composer/compose.js'), 'exports.compose = () => ({});');
      const { doAll } = (await import(path.join(ROOT, COMPILED, 'crew/crew.js'))) as typeof import('./crew');
      const prompts = ['a', 'crash', 'fail', 'b', 'crash', 'c'];
      const wishes = prompts.map((prompt) => ({ prompt, duration: 1, seed: 1, folder }));
      const outcomes = await doAll('render', wishes, { engine: folder });
      const said = outcomes.map((each) => ('error' in each ? each.error.split('\n')[0] : each.result.interpretation));
      const ended = 'its process ended (SIGKILL)';
      expect(said).toEqual(['a', ended, 'Error: out of tune', 'b', ended, 'c']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
