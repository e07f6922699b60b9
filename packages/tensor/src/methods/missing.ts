/** What stands for the methods that `@nn/tensor/methods` brings until it is imported: an error that says so. */
import { NnError } from '@nn/backend';

/** Names of the methods in `more/`, which a test compares. */
const names = `
abs_ acos acos_ acosh acosh_ addbmm addcdiv addcdiv_ addcmul addcmul_ addmm addmv addr allclose allcloseSync amax amin aminmax argsort argwhere
asStrided asin asin_ asinh asinh_ atAsync atan atan2 atan2_ atan_ atanh atanh_ baddbmm bernoulli bernoulli_ bincount bitwiseAnd bitwiseAnd_
bitwiseLeftShift bitwiseLeftShift_ bitwiseNot bitwiseNot_ bitwiseOr bitwiseOr_ bitwiseRightShift bitwiseRightShift_ bitwiseXor bitwiseXor_ bmm
broadcastTo ceil ceil_ chunk clampMax clampMax_ clampMin clampMin_ clamp_ copysign copysign_ cos_ cosh cosh_ countNonzero cross cummax cummin cumprod
cumsum deg2rad deg2rad_ diag diagEmbed diagflat diagonal diagonalScatter diff digamma digamma_ dot eq_ equal equalSync erf erf_ erfc erfc_ erfinv
erfinv_ exp2 exp2_ exp_ expandAs expm1 expm1_ exponential_ flip fliplr flipud floor floorDivide floorDivide_ floor_ fmax fmin fmod fmod_ frac frac_
gather ge_ gt_ hardshrink heaviside heaviside_ histc hypot hypot_ indexAdd indexAdd_ indexCopy indexCopy_ indexFill indexFill_ indexPut indexPut_
indexSelect inner isclose isfinite isinf isnan isneginf isposinf kron kthvalue le_ lerp lerp_ lgamma lgamma_ log10 log10_ log1p log1p_ log2 log2_ log_
logaddexp logaddexp2 logcumsumexp logicalAnd logicalAnd_ logicalNot logicalNot_ logicalOr logicalOr_ logicalXor logicalXor_ logit logit_ logsumexp lt_
maskedFill maskedFill_ maskedScatter maskedScatter_ maskedSelect maskedSelectAsync matrixPower median mm mode movedim msort multinomial mv nanToNum
nanToNum_ nanmean nanmedian nanquantile nansum narrow ne_ neg_ nonzero nonzeroAsync norm outer positive pow_ prelu prod put_ quantile rad2deg rad2deg_
random_ ravel reciprocal reciprocal_ relu_ remainder remainder_ repeat repeatInterleave repeatInterleaveAsync reshapeAs roll rot90 round round_ rsqrt
rsqrt_ scatter scatterAdd scatterAdd_ scatterReduce scatterReduce_ scatter_ select selectScatter setAt setAtAsync sigmoid_ sign sign_ signbit sin_
sinc sinc_ sinh sinh_ sliceScatter sort split sqrt_ square_ std storageOffset storageSize stride sumToSize swapaxes swapdims take takeAlongDim tan
tan_ tanh_ tensorSplit tile topk trace tril triu trunc trunc_ typeAs unbind unflatten unfold unique uniqueConsecutive var viewAs where xlogy xlogy_`;

/** Puts a throwing method in the place of each of them. */
export function announceMissing(prototype: object): void {
  for (const name of names.trim().split(/\s+/))
    Object.defineProperty(prototype, name, {
      configurable: true,
      value() {
        throw new NnError(name, "this method is not loaded: add import '@nn/tensor/methods', or use the function");
      },
    });
}
