/** What a trial, and each try, trains with: less than the experiment asks for where the memory did not suffice. */
export const BATCH_SIZES = `
ALTER TABLE trials ADD COLUMN reduced_batch_size INTEGER CHECK (reduced_batch_size >= 1);
-- NULL for tries from before it was recorded.
ALTER TABLE attempts ADD COLUMN batch_size INTEGER CHECK (batch_size >= 1);
`;
