import { readdirSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { openHomeDesk } from '../../../src/main/workbench/home-desk.ts';
import { costSchema } from '../../../src/shared/contract.ts';
import { NASNET_A } from '../../../src/shared/search-space/cells.ts';
import { scratchFolder } from './small-project.ts';

it('answers what needs no project, refuses what needs one, and creates nothing', async () => {
  const { folder, remove } = scratchFolder();
  onTestFinished(remove);
  const unexpected: unknown[] = [];
  const { client, close } = openHomeDesk(folder, (error) => unexpected.push(error));
  onTestFinished(close);
  const sizes = { normalRepeats: 6, filters: 32, height: 32, width: 32, classes: 10 };
  const scale = { stem: 'cifar', ...sizes, auxiliary: true, skipReductionInput: false } as const;
  const described = costSchema.parse(await client.call('model.describe', { architecture: NASNET_A, scale }));
  const parts = described.parts.map(({ name }) => name);
  expect([parts[0], ...parts.slice(-2)]).toEqual(['stem', 'auxiliary', 'head']);
  expect(described.parts.reduce((sum, part) => sum + part.multiplyAdds, 0)).toBe(described.multiplyAdds);
  expect(await client.call('dataset.list', {})).toEqual([]);
  await expect(client.call('dataset.add', { name: 'cifar11' })).rejects.toMatchObject({ code: 'not_found' });
  await expect(client.call('experiment.list', {})).rejects.toThrow(
    'experiment.list needs a project, and none is open.',
  );
  expect(unexpected).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});
