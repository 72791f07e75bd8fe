// SPDX-License-Identifier: Apache-2.0
//
// node ajv.mjs RULES TYPED NORMALISED: ajv validates the form card.edit that engine.c evaluates. "validate" is with the
// values in normal form already, which engine.c has to make first; "normalise" with NFKC of what was typed before it.
// Prints both medians in microseconds of processor time.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
const Ajv = createRequire(import.meta.url)('ajv');

const ROUNDS = 101;
const VALIDATIONS = 1000;

// The few clauses that twenty.rules uses, one a line.
function schemaOf(rules) {
    const schema = { type: 'object', properties: {}, required: [] };
    let name;
    for (const line of rules.slice(rules.indexOf('form card.edit')).split('\n')) {
        const [, word, rest] = /^\s*(\S*)\s*(.*)$/.exec(line);
        if (word === 'field') {
            name = rest.split(' ')[0];
            schema.properties[name] = { type: 'string' };
        }
        if (word === 'required') schema.required.push(name);
        if (word === 'pattern') schema.properties[name].pattern = `^(?:${rest.slice(1, -1)})$`;
        if (word === 'length') {
            const [least, most] = rest.split('..').map(Number);
            Object.assign(schema.properties[name], { minLength: least, maxLength: most });
        }
    }
    return schema;
}

function valuesIn(file) {
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s, 2)));
}

function median(evaluate) {
    const times = [];
    for (let round = 0; round < ROUNDS; round++) {
        const begin = process.cpuUsage();
        for (let i = 0; i < VALIDATIONS; i++) evaluate();
        const { user, system } = process.cpuUsage(begin);
        times.push((user + system) / VALIDATIONS);
    }
    return times.sort((a, b) => a - b)[ROUNDS >> 1].toFixed(3);
}

const [rules, typed, normalised] = process.argv.slice(2);
const values = valuesIn(normalised);
const raw = Object.values(valuesIn(typed));
const validate = new Ajv({ allErrors: true }).compile(schemaOf(readFileSync(rules, 'utf8')));
let length = 0; // of what nobody looks at, so that it is made all the same
validate(values);
if (raw.length !== 20 || validate.errors?.length !== 1) {
    console.error('ajv: not exactly one rule refuses', validate.errors);
    process.exit(1);
}
console.log(`validate\t${median(() => validate(values))}`);
console.log(`normalise\t${median(() => {
    for (const value of raw) length += value.normalize('NFKC').length;
    return validate(values);
})}`);
if (!length) process.exit(1);
