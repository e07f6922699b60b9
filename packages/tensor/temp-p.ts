import { tensor } from '@nn/tensor';
const x = tensor([[1,2,3],[4,5,6]]);
console.log(x.shape, x.toArraySync());
