/// <reference types="vite/client" />

/** Whether this is the built site, and not the one that is being worked on. */
declare const KEEPS_SITE: boolean;
