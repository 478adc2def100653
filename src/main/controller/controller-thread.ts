import { parentPort, workerData } from 'node:worker_threads';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { Controller } from './controller.ts';
import type { ControllerAnswer, ControllerCall, ControllerMethods, ControllerThreadData } from './thread-protocol.ts';

/**
 * The entry of the controller's thread. A refusal is answered; anything else that is thrown is a bug and ends the
 * thread, which the client reports to whoever waits.
 */
if (parentPort === null) throw new Error('The controller’s thread was started as a program.');
const port = parentPort;
const { config, sizes, seed } = workerData as ControllerThreadData;
const controller = new Controller(config, sizes, seed);

port.on('message', (call: ControllerCall) => {
  const told = answer(call);
  // A snapshot is megabytes, made for this one answer: copies of it would stay behind as holes in the thread's memory.
  const moved = told.kind === 'value' && told.value instanceof Uint8Array ? [told.value.buffer as ArrayBuffer] : [];
  port.postMessage(told, moved);
});

function answer(call: ControllerCall): ControllerAnswer {
  try {
    return { id: call.id, kind: 'value', value: perform(call) };
  } catch (error) {
    if (error instanceof WorkbenchError) {
      return { id: call.id, kind: 'refused', code: error.code, message: error.message };
    }
    throw error;
  }
}

function perform(call: ControllerCall): ControllerMethods[ControllerCall['method']]['output'] {
  switch (call.method) {
    case 'ask':
      return controller.ask(call.input);
    case 'tell':
      return controller.tell(call.input);
    case 'snapshot':
      return controller.snapshot();
    case 'restore':
      controller.restore(call.input);
      return null;
  }
}
