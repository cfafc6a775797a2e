// A render process for tests of the pool: it speaks the same protocol, and the prompt says how it behaves.
const fs = require('node:fs');
const path = require('node:path');

const settings = JSON.parse(process.argv[2]);
if (settings.soundBank === 'broken') {
  console.error('the bank is broken');
  process.exit(3);
}
let cancel = () => {};
const tell = (message) => process.connected && process.send(message);

const behaviours = {
  crash: () => {
    console.error('out of memory');
    process.exit(3);
  },
  block: () => {
    tell({ type: 'progress', progress: { stage: 'rendering', fraction: 0.5 } });
    setTimeout(() => {
      for (;;);
    }, 50);
  },
  fail: () => tell({ type: 'failed', problem: 'no such chord' }),
  environment: () => tell({ type: 'failed', problem: JSON.stringify(Object.keys(process.env)) }),
  chatter: () => {
    const progress = () => tell({ type: 'progress', progress: { stage: 'rendering', fraction: 0.5 } });
    cancel = () => {
      progress();
      tell({ type: 'preview', piece: { index: 0, seconds: 1, mp3: Buffer.from('a') } });
      tell({ type: 'failed', problem: 'canceled' });
    };
    progress();
  },
  slow: () => {
    cancel = () => tell({ type: 'failed', problem: 'canceled' });
    tell({ type: 'progress', progress: { stage: 'rendering', fraction: 0.5 } });
  },
};

function render({ request, folder }) {
  if (behaviours[request.prompt]) return behaviours[request.prompt]();
  fs.writeFileSync(path.join(folder, 'mix.wav'), 'sound');
  tell({ type: 'progress', progress: { stage: 'rendering', fraction: 0.5 } });
  tell({ type: 'done', result: { artefacts: [], engineVersion: String(process.pid) } });
}

process.on('message', (message) => (message.type === 'render' ? render(message) : cancel()));
process.on('disconnect', () => process.exit(0));
tell({ type: 'ready', models: [{ id: 'fixture-1' }] });
