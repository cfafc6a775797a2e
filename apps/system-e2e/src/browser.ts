import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** A real browser: the one that CHROMIUM_BIN names, or the first on the PATH. Without any it fails, and says what to do. */
export function startBrowser(): Promise<Browser> {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const found = names
    .flatMap((name) => folders.map((folder) => path.join(folder, name)))
    .find((file) => existsSync(file));
  const executablePath = process.env.CHROMIUM_BIN || found;
  if (!executablePath) throw new Error('These tests need Chromium: install it, or name it in CHROMIUM_BIN');
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
}
