# SPDX-License-Identifier: MIT
# Kuenta's own function for Python, as its page has it, and sello's hex_hmac give the same verdicts on the same bytes.
# python3 kuenta_test.py <sello_tool> [seed] [deliveries]
import base64
import hashlib
import hmac
import json
import random
import subprocess
import sys
import time
import unicodedata


# From the page, "Verificación de firmas":
def verify_webhook_signature(payload, signature, secret):
    expected = hmac.new(
        secret.encode('utf-8'),
        payload.encode('utf-8'),
        hashlib.sha256
    ).hexdigest()
    return hmac.compare_digest(expected, signature)


def ask(tool, questions):
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    run = subprocess.run([tool], input=lines, capture_output=True, encoding="utf-8", check=True)
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    failed = [answer["failed"] for answer in answers if "failed" in answer]
    if failed or len(answers) != len(questions):
        raise RuntimeError(f"{len(answers)} answers to {len(questions)} questions, failed: {failed[:1]}")
    return answers


def random_text(size):
    return "".join(random.choice('abc0123456789 "\\{}[]:,.\n\r\tñÁ€💳\ufeff\x00') for _ in range(size))


def main():
    tool = sys.argv[1]
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 5000
    print("seed", seed)
    random.seed(seed)

    deliveries = []
    for _ in range(count):
        payload = random_text(random.randrange(400))
        # Any text but what no secret can be: controls, and blanks or quotes at its ends.
        text = random_text(random.randrange(6, 100))
        secret = "s-" + "".join("0" if unicodedata.category(c) == "Cc" else c for c in text) + "-e"
        deliveries.append((payload, secret, base64.b64encode(payload.encode()).decode()))

    signed = ask(tool, [{"op": "sign", "scheme": "hex_hmac", "secret": secret, "body_b64": body} for _, secret, body in deliveries])
    differences = 0
    claims = []
    for (payload, secret, body), answer in zip(deliveries, signed):
        signature = answer["headers"][0][1]
        differences += not verify_webhook_signature(payload, signature, secret)
        at = random.randrange(64)
        other = "1" if signature[at] == "0" else "0"
        claims.append((payload, secret, body, random.choice([
            signature, signature, signature,
            signature[:at] + other + signature[at + 1:],
            signature[1:], signature + "0", "sha256=" + signature,
            hmac.new((secret + "x").encode(), payload.encode(), hashlib.sha256).hexdigest(),
            hmac.new(secret.encode(), payload.encode() + b" ", hashlib.sha256).hexdigest(),
        ])))

    verdicts = ask(tool, [{"op": "verify", "scheme": "hex_hmac", "secret": secret, "body_b64": body,
                           "headers": [["X-Webhook-Signature", signature]]} for _, secret, body, signature in claims])
    accepted = 0
    for (payload, secret, _, signature), answer in zip(claims, verdicts):
        good = answer["verdict"] == "ok"
        accepted += good
        if good != verify_webhook_signature(payload, signature, secret):
            differences += 1
            print("differs:", repr(payload), signature, repr(secret), answer)
    print(f"{len(claims)} deliveries, {accepted} accepted by both, {differences} differences")
    return 1 if differences or accepted in (0, len(claims)) else 0


sys.exit(main())
