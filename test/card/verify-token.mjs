// SPDX-License-Identifier: Apache-2.0
//
// verify-token.mjs ORIGIN NONCE < TOKEN: is the Web eID token on standard input signed, with the key of its own
// certificate, over this origin and nonce? Says "ok" and the algorithm and ends with 0, or says why not and ends with 1.
// By Node's own cryptography and the public specification: shares no code with mod_kawasaki, so that each can be wrong
// alone. Trust in the certificate is not its question.
import { X509Certificate, createHash, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';

const algorithms = {
    RS256: { hash: 'sha256', type: 'rsa' },
    ES256: { hash: 'sha256', type: 'ec', curve: 'prime256v1' },
    ES384: { hash: 'sha384', type: 'ec', curve: 'secp384r1' },
};

function problem(token, origin, nonce) {
    const algorithm = algorithms[token.algorithm];
    if (!algorithm) return `the algorithm ${token.algorithm}`;
    if (!/^web-eid:1(\.\d+)?$/.test(token.format)) return `the format ${token.format}`;
    const key = new X509Certificate(Buffer.from(token.unverifiedCertificate, 'base64')).publicKey;
    if (key.asymmetricKeyType !== algorithm.type) return `a key of type ${key.asymmetricKeyType}`;
    if (algorithm.curve && key.asymmetricKeyDetails.namedCurve !== algorithm.curve) return 'another curve';
    const hash = (text) => createHash(algorithm.hash).update(text, 'utf8').digest();
    const message = Buffer.concat([hash(origin), hash(nonce)]);
    const signature = Buffer.from(token.signature, 'base64');
    const right = verify(algorithm.hash, message, { key, dsaEncoding: 'ieee-p1363' }, signature);
    return right ? null : 'the signature';
}

const [origin, nonce] = process.argv.slice(2);
if (!nonce) {
    console.error('usage: verify-token.mjs ORIGIN NONCE < TOKEN');
    process.exit(2);
}
const token = JSON.parse(readFileSync(0, 'utf8'));
const wrong = problem(token, origin, nonce);
console.log(wrong ? `wrong: ${wrong}` : `ok ${token.algorithm}`);
process.exitCode = wrong ? 1 : 0;
