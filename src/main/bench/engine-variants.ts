import { fileURLToPath } from 'node:url';
import { peerPython } from './peer-environment.ts';
import type { PeerVariant } from './peer-process.ts';

export type Side = PeerVariant['side'];

const folder = fileURLToPath(new URL('./peers/', import.meta.url));

/**
 * The settings that a side may choose from. The same freedom for all: oneDNN on and off, threads within and between
 * operations, Grappler on and off; PyTorch its memory layout and compiler as well. The defaults are those of somebody
 * who sets nothing.
 */
export function engineVariants(side: Side, home: string, log: (line: string) => void): PeerVariant[] {
  switch (side) {
    case 'cellwright':
      return tensorflowVariants('cellwright', [process.execPath, '--expose-gc', `${folder}cellwright-child.ts`]);
    case 'keras':
      return [
        { side, label: 'defaults', command: keras(home, log), environment: {}, isDefault: true },
        ...tensorflowVariants('keras', keras(home, log)),
      ];
    case 'pytorch':
      return pytorchVariants([peerPython(home, 'pytorch', log), `${folder}pytorch_child.py`]);
  }
}

function keras(home: string, log: (line: string) => void): string[] {
  return [peerPython(home, 'keras', log), `${folder}keras_child.py`];
}

/** The first of ours is what a search runs with. */
function tensorflowVariants(side: Side, command: string[]): PeerVariant[] {
  const variants: PeerVariant[] = [];
  for (const onednn of ['1', '0']) {
    for (const grappler of ['0', '1']) {
      for (const [intra, inter] of [
        ['1', '2'],
        ['2', '2'],
        ['2', '1'],
      ] as const) {
        variants.push({
          side,
          label: `oneDNN ${onednn}, threads ${intra}/${inter}, Grappler ${grappler}`,
          command,
          environment: {
            TF_ENABLE_ONEDNN_OPTS: onednn,
            TF_NUM_INTRAOP_THREADS: intra,
            TF_NUM_INTEROP_THREADS: inter,
            CELLWRIGHT_GRAPPLER: grappler,
          },
          isDefault: side === 'cellwright' && variants.length === 0,
        });
      }
    }
  }
  return variants;
}

function pytorchVariants(command: string[]): PeerVariant[] {
  const variants: PeerVariant[] = [{ side: 'pytorch', label: 'defaults', command, environment: {}, isDefault: true }];
  for (const onednn of ['1', '0']) {
    for (const threads of ['2', '1']) {
      for (const layout of ['channels_last', 'contiguous']) {
        // The compiler takes minutes a network, so it is tried where it has a chance: both threads, oneDNN on.
        for (const compile of onednn === '1' && threads === '2' ? ['0', '1'] : ['0']) {
          variants.push({
            side: 'pytorch',
            label: `oneDNN ${onednn}, ${threads} threads, ${layout}${compile === '1' ? ', torch.compile' : ''}`,
            command,
            environment: {
              CELLWRIGHT_PEER_VARIANT: `onednn=${onednn},threads=${threads},layout=${layout},compile=${compile}`,
            },
            isDefault: false,
          });
        }
      }
    }
  }
  return variants;
}
