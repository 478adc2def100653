import type { UpdateReport } from '../../shared/records/controller.ts';
import type { PpoStrategy } from '../../shared/records/strategy.ts';
import type { WorkbenchErrorCode } from '../../shared/workbench-error.ts';
import type { ControllerProposal, ControllerResult } from './controller.ts';

/** What the thread is started with. */
export interface ControllerThreadData {
  config: PpoStrategy;
  sizes: readonly number[];
  seed: number;
}

/** The controller's methods as messages; answered one after another, in the order of their arrival. */
export interface ControllerMethods {
  ask: { input: number; output: ControllerProposal[] };
  tell: { input: readonly ControllerResult[]; output: UpdateReport | null };
  snapshot: { input: null; output: Uint8Array };
  restore: { input: Uint8Array; output: null };
}
export type ControllerMethod = keyof ControllerMethods;

export type ControllerCall = {
  [Method in ControllerMethod]: { id: number; method: Method; input: ControllerMethods[Method]['input'] };
}[ControllerMethod];

export type ControllerAnswer =
  | { id: number; kind: 'value'; value: ControllerMethods[ControllerMethod]['output'] }
  | { id: number; kind: 'refused'; code: WorkbenchErrorCode; message: string };
