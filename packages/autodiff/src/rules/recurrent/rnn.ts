import type { RuleRequest } from '../../rule/rule.js';
import { overTime } from './over-time.js';
import { recurrentLayer } from './recurrent-layer.js';

/** h = tanh(a): da = dh · (1 − h²), and dh of the step before is da · R */
export const RNN = (request: RuleRequest) =>
  recurrentLayer(request, ['Tanh'], ({ h, R, dh, dLast, reversed }) => {
    const { g } = request;
    const slope = g.Sub(g.scalarLike(1, h), g.Mul(h, h));
    const { emitted, carried } = overTime(g, {
      sequences: [dh, slope],
      carried: [dLast],
      constants: [R],
      backwards: !reversed,
      step: (body, { slices: [dy, bend], carried: [more], constants: [matrix] }) => {
        const da = body.Mul(body.Add(dy!, more!), bend!);
        return { carried: [body.MatMul(da, matrix!)], emitted: [da] };
      },
      like: [h],
    });
    return { gates: emitted[0]!, state: carried[0]! };
  });
