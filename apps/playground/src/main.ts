import { EntrgiPlayground } from './element.js';
import { keepSite } from './keep-site.js';

// In other pages, the element alone.
if (KEEPS_SITE && document.querySelector('entrgi-playground[site]') !== null) await keepSite();
customElements.define('entrgi-playground', EntrgiPlayground);
