const SOURCE = 'it reads no tensor';
const STEP = 'it is constant between its jumps';
const TRUTH = 'its output is true or false';
const RANDOM = 'it reads a seed and a shape, which are whole numbers';
const UPDATE = 'it has no output';

/** Operations that end a gradient, as nothing flows through them: each with the reason. */
export const FLAT: Readonly<Record<string, string>> = {
  Const: SOURCE,
  Placeholder: SOURCE,
  Parameter: SOURCE,
  VarHandleOp: SOURCE,
  ReadVariableOp: 'it reads a state, which is no function of this run',
  StopGradient: 'it is there for that',
  Floor: STEP,
  ArgMax: STEP,
  OneHot: 'it reads classes, and two constants',
  Equal: TRUTH,
  Less: TRUTH,
  GreaterEqual: TRUTH,
  IsFinite: TRUTH,
  LogicalAnd: TRUTH,
  LogicalNot: TRUTH,
  StatelessRandomUniform: RANDOM,
  StatelessTruncatedNormal: RANDOM,
  AssignVariableOp: UPDATE,
  AssignSubVariableOp: UPDATE,
  ResourceApplyMomentum: UPDATE,
  ResourceApplyRMSProp: UPDATE,
};

const SECOND = 'it is the kernel of a gradient, and second derivatives are not taken';

/** Operations that do have a gradient, which nothing asks for: asking for it is an error that gives the reason. */
export const REFUSED: Readonly<Record<string, string>> = {
  SqrtGrad: SECOND,
  RsqrtGrad: SECOND,
  ReluGrad: SECOND,
  MaxPoolGrad: SECOND,
  AvgPoolGrad: SECOND,
  BiasAddGrad: SECOND,
  FusedBatchNormGradV3: SECOND,
  Conv2DBackpropInput: SECOND,
  Conv2DBackpropFilter: SECOND,
  DepthwiseConv2dNativeBackpropInput: SECOND,
  DepthwiseConv2dNativeBackpropFilter: SECOND,
  UnsortedSegmentSum: SECOND,
  Bitcast: 'bits are read as numbers only where tests feed float64',
  DeepCopy: 'it copies what is fed or assigned, before a step',
  ImageProjectiveTransformV3: 'images are turned before the network and are not learned',
};
