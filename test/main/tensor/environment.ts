import { tensorFlowEnvironment } from '../../../src/main/tensor/backend.ts';

// Imported first by every test that opens a session: TensorFlow reads these once, when it is loaded. A test file runs
// in a process of its own, so this reaches no other.
Object.assign(process.env, tensorFlowEnvironment(2));
