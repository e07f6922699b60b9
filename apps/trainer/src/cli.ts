#!/usr/bin/env node
console.log('nn-train');
