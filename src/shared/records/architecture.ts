import { z } from 'zod';

/**
 * The 13 operations of the NASNet search space, in the order of the paper's list (section 3).
 * The order is the order of the controller's softmax.
 */
export const OPERATIONS = [
  'identity',
  'conv_1x3_3x1',
  'conv_1x7_7x1',
  'dil_conv_3x3',
  'avg_pool_3x3',
  'max_pool_3x3',
  'max_pool_5x5',
  'max_pool_7x7',
  'conv_1x1',
  'conv_3x3',
  'sep_conv_3x3',
  'sep_conv_5x5',
  'sep_conv_7x7',
] as const;
export const operationSchema = z.enum(OPERATIONS);
export type Operation = z.infer<typeof operationSchema>;

/** How a block joins its two operands (step 5 of a block): element-wise sum, or concatenation on channels. */
export const COMBINATIONS = ['add', 'concat'] as const;
export const combinationSchema = z.enum(COMBINATIONS);
export type Combination = z.infer<typeof combinationSchema>;

export const MAXIMUM_BLOCKS = 8;

/** One half of a block: an operation applied to a hidden state. */
export const operandSchema = z.strictObject({
  /** Index of a hidden state: 0 is the cell's current input, 1 the previous one, 2 + k the output of block k. */
  input: z.int().min(0),
  operation: operationSchema,
});
export type Operand = z.infer<typeof operandSchema>;

export const blockSchema = z.strictObject({ left: operandSchema, right: operandSchema, combine: combinationSchema });
export type Block = z.infer<typeof blockSchema>;

/**
 * A cell: its blocks in order, and the hidden states that are concatenated (in ascending order) to make its output.
 * `outputs` is data and not derived: the released NASNet-A concatenates a state that is also used.
 */
export const cellSchema = z
  .strictObject({
    blocks: z.array(blockSchema).min(1).max(MAXIMUM_BLOCKS),
    outputs: z.array(z.int().min(0)).min(1),
  })
  .superRefine((cell, context) => {
    for (const [index, block] of cell.blocks.entries()) {
      for (const side of ['left', 'right'] as const) {
        if (block[side].input >= index + 2) {
          context.addIssue({
            code: 'custom',
            path: ['blocks', index, side, 'input'],
            message: `block ${index + 1} can read hidden states 0 to ${index + 1}, not ${block[side].input}`,
          });
        }
      }
    }
    for (const [index, state] of cell.outputs.entries()) {
      const last = cell.blocks.length + 1;
      const before = cell.outputs[index - 1];
      if (state > last) {
        context.addIssue({
          code: 'custom',
          path: ['outputs', index],
          message: `a cell of ${cell.blocks.length} blocks has hidden states 0 to ${last}, not ${state}`,
        });
      } else if (before !== undefined && before >= state) {
        context.addIssue({ code: 'custom', path: ['outputs', index], message: 'outputs must ascend without repeats' });
      }
    }
  });
export type Cell = z.infer<typeof cellSchema>;

export const architectureSchema = z.strictObject({ normal: cellSchema, reduction: cellSchema });
export type Architecture = z.infer<typeof architectureSchema>;

/** What a controller may choose from. The number of hidden states grows by one a block: 2, 3, … B + 1. */
export const searchSpaceSchema = z.strictObject({
  blocks: z.int().min(1).max(MAXIMUM_BLOCKS),
  operations: z
    .array(operationSchema)
    .min(1)
    .refine((list) => new Set(list).size === list.length, 'an operation is listed twice'),
  combinations: z
    .array(combinationSchema)
    .min(1)
    .refine((list) => new Set(list).size === list.length, 'a combination is listed twice'),
});
export type SearchSpace = z.infer<typeof searchSpaceSchema>;

/** The paper's space: five blocks, 13 operations, add and concat. */
export const PAPER_SPACE: SearchSpace = { blocks: 5, operations: [...OPERATIONS], combinations: [...COMBINATIONS] };

export const STEMS = ['cifar', 'imagenet'] as const;
/** What a search can ask for: a stem, or the one that suits its images (search-space/child-scale.ts). */
export const SEARCH_STEMS = ['auto', ...STEMS] as const;

/**
 * Sides of the images that a network can be built for, in pixels. Ours: of smaller ones the two reductions leave too
 * little, and of larger ones the memory of a training does.
 */
export const IMAGE_SIDES = { smallest: 8, largest: 1024 } as const;
const sideSchema = z.int().min(IMAGE_SIDES.smallest).max(IMAGE_SIDES.largest);

/** Of an image: 1 is grey; 3 are red, green and blue. */
export const channelsSchema = z.literal([1, 3]);

/** How large a network is built from an architecture. */
export const scaleSchema = z.strictObject({
  /** `cifar`: one 3x3 convolution. `imagenet`: a strided 3x3 convolution and two Reduction cells. */
  stem: z.enum(STEMS),
  /** N: Normal cells in each of the three stacks. */
  normalRepeats: z.int().min(1).max(40),
  /** F: filters of the first stack; doubled at each reduction. */
  filters: z.int().min(1).max(2048),
  /** Of the input. Pixels. */
  height: sideSchema,
  width: sideSchema,
  channels: channelsSchema.default(3),
  classes: z.int().min(2).max(100_000),
  /** Train with the auxiliary classifier, where its pool fits (search-space/map-sizes.ts). */
  auxiliary: z.boolean(),
  /** The Normal cell after a reduction reads the state before the reduction's input (released large model: true). */
  skipReductionInput: z.boolean(),
  /** Filters of the ImageNet stem's convolution; when absent 32 up to 224 pixels of the longer side, 96 above. */
  stemFilters: z.int().min(1).max(1024).optional(),
});
export type Scale = z.infer<typeof scaleSchema>;
