import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { CONTRACT_VERSION, EVENTS, PROCEDURES } from '../../src/shared/contract.ts';
import { clientMessageSchema, serverMessageSchema } from '../../src/shared/rpc/connection.ts';

/** Of each version's schemas, newest last. */
const HASHES = ['0d4a2c498f43da73'];

/** Everything that goes over a connection, as JSON Schema with its keys in order. */
function shapeOf(): string {
  const procedures = Object.entries(PROCEDURES).map(([name, { input, output }]) => [name, shape(input), shape(output)]);
  const events = Object.entries(EVENTS).map(([name, payload]) => [name, shape(payload)]);
  const messages = [shape(clientMessageSchema), shape(serverMessageSchema)];
  return JSON.stringify([procedures.toSorted(), events.toSorted(), messages], inOrder);
}

const shape = (schema: z.ZodType): unknown => z.toJSONSchema(schema, { io: 'input' });

const inOrder = (_key: string, value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
    : value;

it('has another version once its schemas are others', () => {
  const hash = createHash('sha256').update(shapeOf()).digest('hex').slice(0, 16);
  expect(
    HASHES.at(-1),
    `A schema of the contract changed; its hash is ${hash} now. Could a page, a terminal or a workbench of before and ` +
      'one of now misread each other (a field that is gone, new and not optional, or means something else)? Then raise ' +
      'CONTRACT_VERSION in src/shared/contract.ts by one and append the hash to HASHES here; if they could not, replace ' +
      'the last hash.',
  ).toBe(hash);
  expect(HASHES, 'each version has one hash').toHaveLength(CONTRACT_VERSION);
});

it('notices a field that is added or gone', () => {
  expect(shapeOf()).toContain('"trialsAtOnce"');
  const some = (field: z.ZodType) => JSON.stringify(shape(z.strictObject({ field })), inOrder);
  expect(some(z.int())).not.toBe(some(z.int().min(1)));
  expect(some(z.int())).not.toBe(some(z.int().optional()));
});
