import type { Demo } from './demo';

/** What the person who typed `npm start` reads at the end; the commands work as pasted. */
export function banner(demo: Demo, dataDir: string): string {
  const key = `-H 'X-API-Key: ${demo.api_key_live}'`;
  return `
  The Music Gen AI platform is up.

    API            ${demo.base_url}
    Documentation  ${demo.base_url}/docs
    Demo user      ${demo.email}, password ${demo.password}
    Keys           ${dataDir}/demo.json
    Sandbox        ${demo.sandbox_url} (the platforms, for keys of test mode)
    Logs           ${dataDir}/logs

  Ask for a piece of music, and save it when it is done:

    id=$(curl -s ${demo.base_url}/v1/generate ${key} -H 'Content-Type: application/json' -d '{"prompt":"calm lo-fi piano, 80 bpm"}' | sed -E 's/.*"id":"([^"]+)".*/\\1/')
    curl -s --retry 60 --retry-delay 1 --retry-all-errors -f -o music.mp3 ${key} "${demo.base_url}/v1/generate/$id/audio?format=mp3"

  Ctrl-C stops everything; the next start finds all data again.
`;
}
