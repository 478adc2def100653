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

/**
 * oneDNN, intra-op threads, inter-op threads, Grappler. Without oneDNN a step takes twice as long at search size and
 * less at toy size, so it is tried with the two thread settings that have a chance there.
 */
const TENSORFLOW_SETTINGS = [
  ['1', '1', '2', '0'],
  ['1', '1', '2', '1'],
  ['1', '2', '2', '0'],
  ['1', '2', '2', '1'],
  ['1', '2', '1', '1'],
  ['0', '1', '2', '0'],
  ['0', '1', '2', '1'],
  ['0', '2', '2', '1'],
] as const;

/** The first of ours is what a search runs with. */
function tensorflowVariants(side: Side, command: string[]): PeerVariant[] {
  return TENSORFLOW_SETTINGS.map(([onednn, intra, inter, grappler], index) => ({
    side,
    label: `oneDNN ${onednn}, threads ${intra}/${inter}, Grappler ${grappler}`,
    command,
    environment: {
      TF_ENABLE_ONEDNN_OPTS: onednn,
      TF_NUM_INTRAOP_THREADS: intra,
      TF_NUM_INTEROP_THREADS: inter,
      CELLWRIGHT_GRAPPLER: grappler,
    },
    isDefault: side === 'cellwright' && index === 0,
  }));
}

/** oneDNN, threads, memory layout, torch.compile: which takes minutes a network, so it is tried where it has a chance. */
const PYTORCH_SETTINGS = [
  ['1', '2', 'channels_last', '0'],
  ['1', '2', 'contiguous', '0'],
  ['1', '1', 'channels_last', '0'],
  ['1', '1', 'contiguous', '0'],
  ['0', '2', 'channels_last', '0'],
  ['1', '2', 'channels_last', '1'],
  ['1', '2', 'contiguous', '1'],
] as const;

function pytorchVariants(command: string[]): PeerVariant[] {
  const tuned = PYTORCH_SETTINGS.map(([onednn, threads, layout, compile]) => ({
    side: 'pytorch' as const,
    label: `oneDNN ${onednn}, ${threads} threads, ${layout}${compile === '1' ? ', torch.compile' : ''}`,
    command,
    environment: { CELLWRIGHT_PEER_VARIANT: `onednn=${onednn},threads=${threads},layout=${layout},compile=${compile}` },
    isDefault: false,
  }));
  return [{ side: 'pytorch', label: 'defaults', command, environment: {}, isDefault: true }, ...tuned];
}
