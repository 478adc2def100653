import { describe, expect, it } from 'vitest';
import { NetworkBody, type NetworkOptions } from '../../../src/main/child-model/body.ts';
import { auxiliaryHead, classificationHead } from '../../../src/main/child-model/heads.ts';
import { buildNetwork } from '../../../src/main/child-model/network.ts';
import { preprocess } from '../../../src/main/child-model/preprocess.ts';
import { Graph } from '../../../src/main/tensor/graph.ts';
import { Parameters } from '../../../src/main/tensor/parameters.ts';
import type { Scale } from '../../../src/shared/records/architecture.ts';
import { NASNET_A } from '../../../src/shared/search-space/cells.ts';
import { planNetwork } from '../../../src/shared/search-space/plan-network.ts';

const SCALE: Scale = {
  stem: 'cifar',
  normalRepeats: 1,
  filters: 4,
  height: 12,
  width: 20,
  channels: 1,
  classes: 3,
  auxiliary: true,
  skipReductionInput: false,
};

function setting() {
  const graph = new Graph();
  const parameters = new Parameters(graph);
  const images = preprocess(graph.placeholder('images', 'uint8', [2, 12, 20, 1]));
  const mode = { kind: 'training', dropPath: new Map(), dropout: null } as const;
  const options: NetworkOptions = { images, parameters, mode, batchNormEpsilon: 1e-5 };
  return { plan: planNetwork(NASNET_A, SCALE), options, names: () => parameters.entries.map(({ name }) => name) };
}

describe('the body of a network', () => {
  it('gives feature maps by name and declares nothing of the heads', () => {
    const { plan, options, names } = setting();
    const wanted = ['Cell_1', 'Cell_2'].map((name) => plan.endpoints.find((one) => one.name === name)!.step);
    const body = new NetworkBody(plan, options, wanted);
    expect(body.feature('Cell_1').shape).toEqual([2, 6, 10, 48]);
    expect(body.feature('Cell_2').shape).toEqual([2, 3, 5, 96]);
    expect(body.feature('Stem').shape).toEqual([2, 12, 20, 12]);
    expect(names().filter((name) => /^(aux|final_layer)/.test(name))).toEqual([]);
    expect(names().some((name) => name.startsWith('cell_2/'))).toBe(true);
  });

  it('refuses a feature that the plan does not have, and one that is no map', () => {
    const { plan, options } = setting();
    const body = new NetworkBody(plan, options, [plan.predictions]);
    expect(() => body.feature('Cell_9')).toThrow(/no feature map Cell_9/);
    expect(() => body.feature('Logits')).toThrow(/no feature map Logits/);
  });

  it('with both heads is the whole network, its parameters in the same order', () => {
    const whole = setting();
    buildNetwork(whole.plan, whole.options);
    const parts = setting();
    const { predictions, auxiliaryLogits } = parts.plan;
    const body = new NetworkBody(parts.plan, parts.options, [predictions, auxiliaryLogits!]);
    body.feature('Cell_1');
    expect(auxiliaryHead(body)?.shape).toEqual([2, 3]);
    body.feature('Cell_2');
    expect(classificationHead(body).shape).toEqual([2, 3]);
    expect(parts.names()).toEqual(whole.names());
  });
});
