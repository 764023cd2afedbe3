import { EntrgiPlayground } from './element.js';

customElements.define('entrgi-playground', EntrgiPlayground);
