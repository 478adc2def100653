/**
 * Resolves when a face can be painted, as a canvas does not wait for one: it paints with another. Also when it can't be
 * loaded: words in another face are better than no picture. `font`: as a canvas takes it.
 */
export async function loadCanvasFace(font: string, fonts: { load(font: string): Promise<unknown> }): Promise<void> {
  await fonts.load(font).catch((error: unknown) => {
    console.warn(`The face of ${font} could not be loaded.`, error);
  });
}
