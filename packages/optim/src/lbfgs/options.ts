/** What can be chosen of L-BFGS: how far, how often, and when a step ends. */
export interface LBFGSOptions {
  /** Learning rate: how far to go along a direction, or where the line search starts; 1. */
  readonly lr: number;
  /** Iterations a step at most; 20. */
  readonly maxIter: number;
  /** Calls of the closure a step, after which no iteration begins; 1.25 · maxIter. */
  readonly maxEval: number;
  /** A step ends when no element of the gradient is larger; 1e-7. */
  readonly toleranceGrad: number;
  /** A step ends when loss, or parameters, change by no more; 1e-9. */
  readonly toleranceChange: number;
  /** Steps of the past that the curvature is made of, each two vectors as long as all parameters together; 100. */
  readonly historySize: number;
  /** How far to go is searched for, by the strong Wolfe conditions, or always `lr`; null. */
  readonly lineSearchFn: 'strong_wolfe' | null;
}
