export { GRU } from './gru.js';
export { LSTM } from './lstm.js';
export { RNN } from './rnn.js';
