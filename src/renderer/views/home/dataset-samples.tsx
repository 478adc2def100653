import { type ReactElement, useLayoutEffect, useRef } from 'react';
import type { Dataset, DatasetSample } from '../../../shared/records/dataset.ts';
import { useAnswer } from '../../state/use-workbench.ts';
import styles from './home.module.css';

/** What the images of a data set look like: one of each class. Nothing where they can't be read. */
export function DatasetSamples({ dataset }: { readonly dataset: Dataset }): ReactElement | null {
  const samples = useAnswer('dataset.samples', { name: dataset.name });
  if (samples.kind === 'failed') return null;
  if (samples.kind === 'loading') return <div className={styles.samples} />;
  const names = samples.value.map(({ label }) => dataset.classes[label]).join(', ');
  return (
    <div className={styles.samples} role="img" aria-label={`A training image each of ${names}`}>
      {samples.value.map((sample) => (
        <Sample key={sample.label} sample={sample} title={dataset.classes[sample.label] ?? ''} />
      ))}
    </div>
  );
}

function Sample({ sample, title }: { readonly sample: DatasetSample; readonly title: string }): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { height, width } = sample;
  useLayoutEffect(() => {
    canvas.current?.getContext('2d')?.putImageData(imageOf(sample), 0, 0);
  }, [sample]);
  return <canvas ref={canvas} className={styles.sample} height={height} width={width} title={title} />;
}

/** RGB with an opaque alpha beside it. */
function imageOf({ height, width, pixels }: DatasetSample): ImageData {
  const rgb = atob(pixels);
  const image = new ImageData(width, height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      image.data[pixel * 4 + channel] = rgb.charCodeAt(pixel * 3 + channel);
    }
    image.data[pixel * 4 + 3] = 255;
  }
  return image;
}
