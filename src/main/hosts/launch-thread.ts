import type { TrainerCommand, TrainerEvent } from '../../shared/records/run.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import type { Death, Host, HostProgram, Launcher } from './host.ts';
import { pinNativeAddon, TrainingWorker } from './training-worker.ts';

let isRunning = false;
let hasWarned = false;

/**
 * The smallest set-up, for trainers: the training thread is a thread of this process. A crash in native code closes the application.
 * One at a time: two TensorFlow threads in a process corrupt each other. TensorFlow's settings become those of this
 * process, and the first host's stay.
 */
export const threadLauncher: Launcher = {
  maximumHosts: 1,
  launch: <Command, Event>(program: HostProgram<Event>, environment: Readonly<Record<string, string>>) => {
    if (isRunning) {
      throw new WorkbenchError(
        'conflict',
        'Only one trainer can be a thread of the workbench: wait for it to end, or use trainer processes.',
      );
    }
    isRunning = true;
    return new ThreadHost(program, environment) as unknown as Host<Command, Event>;
  },
};

class ThreadHost implements Host<TrainerCommand, TrainerEvent> {
  readonly pid = null;
  private readonly training: TrainingWorker;
  private tell: (event: TrainerEvent) => void = () => undefined;
  private end: (death: Death) => void = () => undefined;

  constructor(program: HostProgram<unknown>, environment: Readonly<Record<string, string>>) {
    const { parse } = program as HostProgram<TrainerEvent>;
    const [trainingModule = ''] = program.arguments;
    for (const [name, value] of Object.entries(environment)) process.env[name] ??= value;
    pinNativeAddon();
    this.training = new TrainingWorker(trainingModule, {
      event: (message) => {
        const event = parse(message);
        if (event) this.tell(event);
      },
      end: (code, error) => {
        isRunning = false;
        this.end({ kind: 'exit', code: error ? code || 1 : code, error: error?.message ?? null });
      },
    });
  }

  send(command: TrainerCommand): void {
    this.training.send(command);
  }

  onEvent(listener: (event: TrainerEvent) => void): void {
    this.tell = listener;
    if (hasWarned) return;
    hasWarned = true;
    const message =
      'Trials are trained in a thread of Cellwright itself: if TensorFlow crashes, Cellwright closes. Nothing stored is lost.';
    listener({ kind: 'log', level: 'warn', message });
  }

  onDeath(listener: (death: Death) => void): void {
    this.end = listener;
  }

  kill(): void {
    this.training.terminate();
  }
}
