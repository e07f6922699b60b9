/** torch.nn.init: functions that fill a tensor, and the two that only compute. */

export const initializers: Readonly<Record<string, string>> = {
  'torch.nn.init.xavier_uniform_': 'init.xavierUniform_(tensor, { gain })',
  'torch.nn.init.xavier_normal_': 'init.xavierNormal_(tensor, { gain })',
  'torch.nn.init.kaiming_uniform_': 'init.kaimingUniform_(tensor, { a, mode, nonlinearity })',
  'torch.nn.init.kaiming_normal_': 'init.kaimingNormal_(tensor, { a, mode, nonlinearity })',
  'torch.nn.init.orthogonal_': 'init.orthogonal_(tensor, { gain })',
  'torch.nn.init.dirac_': 'init.dirac_(tensor, { groups })',
  'torch.nn.init.eye_': 'init.eye_(tensor)',
  'torch.nn.init.zeros_': 'init.zeros_(tensor)',
  'torch.nn.init.ones_': 'init.ones_(tensor)',
  'torch.nn.init.constant_': 'init.constant_(tensor, val)',
  'torch.nn.init.uniform_': 'init.uniform_(tensor, { a, b })',
  'torch.nn.init.normal_': 'init.normal_(tensor, { mean, std })',
  'torch.nn.init.trunc_normal_': 'init.truncNormal_(tensor, { mean, std, a, b })',
  'torch.nn.init.sparse_': 'init.sparse_(tensor, sparsity, { std })',
  'torch.nn.init.calculate_gain': 'init.calculateGain(nonlinearity, param)',
  'torch.nn.init._calculate_fan_in_and_fan_out': 'init.calculateFanInAndFanOut(tensor)',
};
