import * as nn from '@nn/tensor';
const t = async (x: any) => console.log(x.dtype, x.shape, JSON.stringify(await x.toArray()));
await t(nn.arange(3)); await t(nn.arange(5,0,-2)); await t(nn.arange(0,1,0.3)); await t(nn.linspace(-1,2,7)); await t(nn.eye(2,4)); await t(nn.tril(nn.ones([3,3]),{diagonal:-1}));
await t(nn.hannWindow(6)); await t(nn.logspace(-1,2,4)); await t(nn.trilIndices(3,3)); await t(nn.full([2],true)); await t(nn.tensor([[1n,2n]])); await t(nn.tensor([[1,2],[3,4]],{dtype:'bool'}));
