import { writeFileSync } from 'node:fs';
import { trainerCommandSchema } from '../../shared/records/run.ts';
import { openHostChannel } from './host-channel.ts';
import { pinNativeAddon, TrainingWorker } from './training-worker.ts';

// Entry of a trainer host: its main thread listens and keeps watch, its one worker thread trains.

/** Where memory runs out the kernel ends a trainer, which goes on from its checkpoint, and not the workbench. */
const OUT_OF_MEMORY_SCORE = '800';
/** Exit code when the training thread ended without one of its own. */
const THREAD_LOST = 70;

const [trainingModule = ''] = process.argv.slice(2);
const channel = openHostChannel();

function warn(message: string): void {
  channel.send({ kind: 'log', level: 'warn', message });
}

preferToBeKilled();
try {
  pinNativeAddon();
} catch (error) {
  warn(`The TensorFlow addon could not be loaded ahead: ${String(error)}`);
}

const training = new TrainingWorker(trainingModule, {
  event: channel.send,
  end: (code, error) => {
    if (error) channel.send({ kind: 'log', level: 'error', message: error.stack ?? error.message });
    process.exitCode = error ? code || THREAD_LOST : code;
    channel.close();
  },
});

channel.onMessage((message) => training.send(trainerCommandSchema.parse(message)));
// The workbench is gone. The thread may be deep inside an operation, so nothing is waited for.
channel.onClose(() => {
  if (process.exitCode === undefined) process.kill(process.pid, 'SIGKILL');
});

// Ctrl-C reaches every process of a terminal; the workbench hears it too, and decides.
process.on('SIGINT', () => undefined);
// A closed terminal as well: if the workbench ends with it, the channel closes.
process.on('SIGHUP', () => undefined);
process.on('SIGTERM', () => {
  training.send({ kind: 'suspend' });
  training.send({ kind: 'shutdown' });
});

function preferToBeKilled(): void {
  if (process.platform !== 'linux') return;
  try {
    writeFileSync('/proc/self/oom_score_adj', OUT_OF_MEMORY_SCORE);
  } catch (error) {
    warn(`The system may end the workbench before a trainer when memory runs out: ${String(error)}`);
  }
}
