// Plain JavaScript, so that Node also starts it from the sources.
import { serveCells } from './run/serve-cells.js';

serveCells();
