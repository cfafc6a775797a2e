import { ConfigError, parseConfig } from '@musicgen/service-kit';
import { itDocuments } from '@musicgen/testing';
import path from 'node:path';
import { config } from './config';

itDocuments(config, path.join(__dirname, '..'));

it.each(['', '1:canary', 'canary', `1:${Buffer.alloc(31).toString('base64')}`])(
  'refuses the key ring "%s" without repeating it',
  (text) => {
    const problems: string[] = [];
    try {
      parseConfig({ vaultKeys: config.vaultKeys }, { VAULT_KEYS: text });
    } catch (error) {
      problems.push(...(error as ConfigError).problems);
    }
    expect(problems).toEqual([expect.stringMatching(/^VAULT_KEYS is .+\.$/)]);
    expect(problems[0]).not.toContain('canary');
  },
);
