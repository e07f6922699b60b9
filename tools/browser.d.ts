// For tsconfig.browser.json: what a package imports dynamically when it finds itself in Node has no types in a browser.
declare module 'node:*';
