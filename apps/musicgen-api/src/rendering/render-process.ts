// The program of a render process: engines are made once, banks loaded once, then one generation after the other.
import os from 'node:os';
import { setImmediate as nextTick } from 'node:timers/promises';
import type { ModelDescription } from '../engines/engine';
import { engines } from '../engines/registry';
import type { FromRenderProcess, RenderSettings, ToRenderProcess } from './render-messages';

const settings = JSON.parse(process.argv[2] ?? '{}') as RenderSettings;
const made = Object.values(engines).map((entry) => entry.create(settings));
const engineOf = new Map<string, (typeof made)[number]>();
let stop: AbortController | undefined;
let warm: Promise<unknown> = Promise.resolve();

// Whoever waits for an answer of the API goes before whoever waits for music, on a machine that has both to do.
giveWay();

const tell = (message: FromRenderProcess) => process.connected && process.send!(message);

function giveWay(): void {
  try {
    os.setPriority(5);
  } catch {
    // It may not: then it renders as it is.
  }
}

async function describe(): Promise<ModelDescription[]> {
  const models: ModelDescription[] = [];
  for (const engine of made) {
    for (const model of await engine.describe()) {
      engineOf.set(model.id, engine);
      models.push(model);
    }
  }
  return models;
}

async function render({ request, folder }: Extract<ToRenderProcess, { type: 'render' }>): Promise<void> {
  stop = new AbortController();
  try {
    await warm;
    // Out of the turn in which the message came: from here on, each turn hears first what was told during the one before.
    await nextTick(undefined, { signal: stop.signal });
    const engine = engineOf.get(request.model);
    if (!engine) throw new Error(`no engine has the model ${request.model}`);
    const result = await engine.render(
      request,
      folder,
      stop.signal,
      (progress) => tell({ type: 'progress', progress }),
      (piece) => tell({ type: 'preview', piece }),
    );
    tell({ type: 'done', result });
  } catch (error) {
    tell({ type: 'failed', problem: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

process.on('message', (message: ToRenderProcess) => {
  if (message.type === 'render') void render(message);
  else stop?.abort(new Error('canceled'));
});
// Nobody would take the result.
process.on('disconnect', () => process.exit(0));
// A Ctrl-C in a terminal reaches the whole group: the service decides when this process ends.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);

void describe().then((models) => {
  tell({ type: 'ready', models });
  // Whoever only wanted to know the models ends the process by now; what cannot be loaded is told to the first request.
  warm = Promise.allSettled(made.map((engine) => engine.warmUp?.()));
});
