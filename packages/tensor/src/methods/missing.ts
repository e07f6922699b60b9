/** What stands for the methods that `@nn/tensor/methods` brings until it is imported: an error that says so. */
import { NnError } from '@nn/backend';

/** Names of the methods in `more/`, which a test compares; a star stands for the method and its form in place. */
const names = `
abs_ acos* acosh* addbmm addcdiv* addcmul* addmm addmv addr allclose allcloseSync amax amin aminmax argsort argwhere asin* asinh* asStrided at atan* atan2*
atanh* atAsync baddbmm bernoulli* bincount bitwiseAnd* bitwiseLeftShift* bitwiseNot* bitwiseOr* bitwiseRightShift* bitwiseXor* bmm broadcastTo ceil* cholesky choleskySolve chunk
clamp_ clampMax* clampMin* copysign* cos_ cosh* corrcoef countNonzero cov cross cummax cummin cumprod* cumsum* deg2rad* det diag diagEmbed diagflat diagonal diagonalScatter diff
digamma* dot eq_ equal equalSync erf* erfc* erfinv* exp_ exp2* expandAs expm1* exponential_ flip fliplr flipud floor* floorDivide* fmax fmin fmod* frac*
gather ge_ gt_ hardshrink heaviside* histc hypot* indexAdd* indexCopy* indexFill* indexPut* indexSelect inner inverse isclose isfinite isinf isnan isneginf isposinf
kron kthvalue le_ lerp* lgamma* log_ log10* log1p* log2* logaddexp logaddexp2 logcumsumexp logdet logicalAnd* logicalNot* logicalOr* logicalXor* logit* logsumexp lt_
maskedFill* maskedScatter* maskedSelect maskedSelectAsync matrixPower median mm mode movedim msort multinomial mv nanmean nanmedian nanquantile nansum
nanToNum* narrow ne_ neg_ nonzero nonzeroAsync norm outer positive pow_ prelu prod put_ quantile rad2deg* random_ ravel reciprocal* relu_ remainder* repeat
repeatInterleave repeatInterleaveAsync reshapeAs roll rot90 round* rsqrt* scatter* scatterAdd* scatterReduce* select selectScatter setAt setAtAsync sigmoid_
sign* signbit sin_ sinc* sinh* sliceScatter slogdet sort split sqrt_ square_ std storageOffset storageSize stride sumToSize swapaxes swapdims take takeAlongDim tan*
tanh_ tensorSplit tile topk trace tril triu trunc* typeAs unbind unflatten unfold unique uniqueConsecutive var viewAs where xlogy*`;

/** Puts a throwing method in the place of each of them. */
export function announceMissing(prototype: object): void {
  for (const name of names
    .replaceAll(/(\w+)\*/g, '$1 $1_')
    .trim()
    .split(/\s+/))
    Object.defineProperty(prototype, name, {
      configurable: true,
      value() {
        throw new NnError(name, "this method is not loaded: add import '@nn/tensor/methods', or use the function");
      },
    });
}
